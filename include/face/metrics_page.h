#ifndef WEBMON_FACE_METRICS_PAGE_H
#define WEBMON_FACE_METRICS_PAGE_H
/*
 * Text in the exposition formats of Prometheus: families of series, line by line, into a buffer
 * that grows. For the metrics alone. One thread.
 *
 * Sources: https://prometheus.io/docs/instrumenting/exposition_formats/ (version 0.0.4), RFC draft
 * OpenMetrics 1.0.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum metrics_format { METRICS_PROMETHEUS, METRICS_OPENMETRICS };

enum metrics_type { METRICS_GAUGE, METRICS_COUNTER, METRICS_HISTOGRAM };

struct metrics_family {
	const char *name; /* as in the lines: a counter's with _total */
	enum metrics_type type;
	const char *help;
};

struct metrics_page {
	enum metrics_format format;
	char *text; /* free() */
	size_t length, capacity;
	const struct metrics_family *headed; /* the family whose head was written last */
};

/* name="value" with what must be escaped in the value; returns new. */
char *metrics_label(const char *name, const char *value);

/*
 * One line of the family, whose head is written before its first line. suffix: "_bucket" or "";
 * labels: "a=\"b\",c=\"d\"" or ""; more: labels beside them, "" for none.
 */
struct metrics_series {
	const struct metrics_family *family;
	const char *suffix, *labels, *more;
};

void metrics_put_count(struct metrics_page *page, const struct metrics_series *series,
		       uint64_t value);
/* us >= 0 */
void metrics_put_seconds(struct metrics_page *page, const struct metrics_series *series,
			 int64_t us);
void metrics_put_real(struct metrics_page *page, const struct metrics_series *series, double value);

/* What the format wants at its end. */
void metrics_page_end(struct metrics_page *page);

const char *metrics_content_type(enum metrics_format format);

/* What a request's Accept header (NULL: none) asks for. */
enum metrics_format metrics_choose_format(const char *accept);

#endif
