/*
 * Lines of metrics. Numbers are put together by hand: of a thousand targets there are seventy
 * thousand of them in each scrape.
 */
#include "face/metrics_page.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/units.h"

#define ROOM_FIRST 65536
#define NUMBER_MAX 32

static void room(struct metrics_page *page, size_t more)
{
	if (page->length + more <= page->capacity)
		return;
	while (page->capacity < page->length + more)
		page->capacity = page->capacity ? page->capacity * 2 : ROOM_FIRST;
	page->text = x_realloc(page->text, page->capacity);
}

static void add_bytes(struct metrics_page *page, const char *text, size_t length)
{
	room(page, length);
	memcpy(page->text + page->length, text, length);
	page->length += length;
}

static void add(struct metrics_page *page, const char *text)
{
	add_bytes(page, text, strlen(text));
}

char *metrics_label(const char *name, const char *value)
{
	struct metrics_page page = {.text = NULL};

	add(&page, name);
	add(&page, "=\"");
	for (; *value != '\0'; value++) {
		if (*value == '\n') {
			add(&page, "\\n");
			continue;
		}
		if (*value == '"' || *value == '\\')
			add(&page, "\\");
		add_bytes(&page, value, 1);
	}
	add_bytes(&page, "\"", 2);
	page.text = x_realloc(page.text, page.length);
	return page.text;
}

static void add_head(struct metrics_page *page, const struct metrics_family *family)
{
	static const char *const types[] = {
		[METRICS_GAUGE] = "gauge",
		[METRICS_COUNTER] = "counter",
		[METRICS_HISTOGRAM] = "histogram",
	};
	size_t length = strlen(family->name);

	/* OpenMetrics names a family of counters without what its lines end with */
	if (page->format == METRICS_OPENMETRICS && family->type == METRICS_COUNTER)
		length -= strlen("_total");
	add(page, "# HELP ");
	add_bytes(page, family->name, length);
	add(page, " ");
	add(page, family->help);
	add(page, "\n# TYPE ");
	add_bytes(page, family->name, length);
	add(page, " ");
	add(page, types[family->type]);
	add(page, "\n");
	page->headed = family;
}

static void add_name(struct metrics_page *page, const struct metrics_series *series)
{
	if (page->headed != series->family)
		add_head(page, series->family);
	add(page, series->family->name);
	add(page, series->suffix);
	if (series->labels[0] != '\0' || series->more[0] != '\0') {
		add(page, "{");
		add(page, series->labels);
		if (series->labels[0] != '\0' && series->more[0] != '\0')
			add(page, ",");
		add(page, series->more);
		add(page, "}");
	}
	add(page, " ");
}

/* The digits of a number, from the end of out backwards. */
static char *digits(char out[NUMBER_MAX], uint64_t value)
{
	char *at = out + NUMBER_MAX;

	do {
		*--at = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	return at;
}

void metrics_put_count(struct metrics_page *page, const struct metrics_series *series,
		       uint64_t value)
{
	char number[NUMBER_MAX], *at = digits(number, value);

	add_name(page, series);
	add_bytes(page, at, (size_t)(number + NUMBER_MAX - at));
	add(page, "\n");
}

void metrics_put_seconds(struct metrics_page *page, const struct metrics_series *series, int64_t us)
{
	char number[NUMBER_MAX], *at = digits(number, (uint64_t)us / 1000000);
	char fraction[] = ".000000";
	int64_t rest = us % 1000000;
	size_t length = rest ? sizeof fraction - 1 : 0;

	add_name(page, series);
	add_bytes(page, at, (size_t)(number + NUMBER_MAX - at));
	for (int i = 6; i > 0; i--, rest /= 10)
		fraction[i] = (char)('0' + rest % 10);
	while (length > 0 && fraction[length - 1] == '0')
		length--;
	add_bytes(page, fraction, length);
	add(page, "\n");
}

void metrics_put_real(struct metrics_page *page, const struct metrics_series *series, double value)
{
	char number[NUMBER_MAX];

	if (!isfinite(value))
		return;
	snprintf(number, sizeof number, "%.6g", value);
	add_name(page, series);
	add(page, number);
	add(page, "\n");
}

void metrics_page_end(struct metrics_page *page)
{
	if (page->format == METRICS_OPENMETRICS)
		add(page, "# EOF\n");
}

const char *metrics_content_type(enum metrics_format format)
{
	return format == METRICS_OPENMETRICS
		       ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
		       : "text/plain; version=0.0.4; charset=utf-8";
}

/* The weight of one media range, "text/plain;q=0.5": 1 where none is said. */
static double quality(const char *range, size_t length)
{
	char text[16];
	double q;

	for (const char *at = range;
	     (at = memchr(at, ';', length - (size_t)(at - range))) != NULL;) {
		size_t left = length - (size_t)(++at - range);

		while (left > 0 && *at == ' ') {
			at++;
			left--;
		}
		if (left < 3 || strncasecmp(at, "q=", 2) != 0)
			continue;
		snprintf(text, sizeof text, "%.*s", (int)strcspn(at + 2, ",; "), at + 2);
		return parse_fraction(text, 0, 1, &q) ? q : 0;
	}
	return 1;
}

enum metrics_format metrics_choose_format(const char *accept)
{
	static const char open[] = "application/openmetrics-text";
	static const char plain[] = "text/plain";
	double open_q = 0, plain_q = 0;

	while (accept != NULL && *accept != '\0') {
		size_t length;

		accept += strspn(accept, ", \t");
		length = strcspn(accept, ",");
		double q = quality(accept, length);

		if (strncasecmp(accept, open, sizeof open - 1) == 0 && q > open_q)
			open_q = q;
		else if (strncasecmp(accept, plain, sizeof plain - 1) == 0 && q > plain_q)
			plain_q = q;
		accept += length;
	}
	return open_q > 0 && open_q >= plain_q ? METRICS_OPENMETRICS : METRICS_PROMETHEUS;
}
