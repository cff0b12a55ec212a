#ifndef WEBMON_SOURCE_PROMETHEUS_POINT_H
#define WEBMON_SOURCE_PROMETHEUS_POINT_H
/*
 * One probe as the metrics of one moment tell of it, put together out of the series of a target:
 * all that were scraped at once have one time. Metrics are those of the blackbox exporter and of
 * webmon's own recorders. The source's thread.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/sample.h"
#include "model/verdict.h"
#include "source/prometheus/reply.h"

struct point {
	int64_t at_ms;	       /* of the scrape */
	int64_t probed_ms;     /* of the probe, where the recorder tells it; else 0 */
	struct sample sample;  /* without its time and class until point_finish() */
	bool judged;	       /* there is a probe_success, */
	bool ok;	       /* its value */
	bool mismatch;	       /* a body or header was not as wanted */
	bool unresolved;       /* no address was found */
	bool inferred;	       /* the class of the failure is the best that the metrics allow */
	enum probe_class told; /* the class, where the recorder tells it; else CLASS_COUNT */
	enum state state;      /* as the recorder holds it; STATE_COUNT: it does not say */
	int64_t since_ms;      /* of that state; 0: not told */
	enum load_level level;
	enum load_cause cause;
	float ratio;
	int64_t cert_end_ms; /* 0: none */
};

/* In order of time. */
struct points {
	struct point *items;
	size_t count, room;
};

void points_clear(struct points *points); /* keeps the memory */
void points_free(struct points *points);

struct metric;

/* NULL: nothing that webmon knows. */
const struct metric *metric_find(const char *name);
/* The label that its series have beside those of the target; NULL: none. */
const char *metric_label(const struct metric *metric);

/* Whether targets are found by it. */
bool metric_names(const struct metric *metric);

/* What is asked for at once: a query each. PART_NAMES finds targets, the others are what is known
 * of them. */
enum metric_part { PART_NAMES, PART_STATE, PART_PHASES, PART_COUNT };

#define SELECTOR_BYTES 4096

/* {__name__=~"a|b|c",MATCH}. False where that is too long. */
bool metric_selector(char out[SELECTOR_BYTES], enum metric_part part, const char *match);

/* Takes a series' values later than after_ms into the points. */
void points_take(struct points *points, const struct metric *metric, const struct series *series,
		 int64_t after_ms);

/* What became of the probe, once all metrics are in. */
void point_finish(struct point *point, bool is_tls);

#endif
