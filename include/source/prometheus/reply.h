#ifndef WEBMON_SOURCE_PROMETHEUS_REPLY_H
#define WEBMON_SOURCE_PROMETHEUS_REPLY_H
/*
 * A question to the engine and its answer, series by series. All texts in a series are as the
 * engine sent them: not clean.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ask;
struct json_t;

struct question {
	const char *query;
	int64_t start_ms, end_ms, step_ms; /* step 0: the query at this moment */
	int64_t timeout_ms;
};

struct series {
	const struct json_t *labels, *values;
	const char *name; /* the metric's; "" where it has none */
};

typedef void series_take(void *user, const struct series *series);

#define REPLY_WHY 160

/* Each series of the answer. False with why (clean), also where a part of it was taken already. */
bool reply_series(struct ask *ask, const struct question *question, series_take *take, void *user,
		  char why[REPLY_WHY]);

/* The engine's clock: the moment for which it answers a question about now. */
bool reply_time(struct ask *ask, int64_t *now_ms, char why[REPLY_WHY]);

size_t series_count(const struct series *series);
/* False where there is no number (NaN: nothing was measured). */
bool series_at(const struct series *series, size_t i, int64_t *at_ms, double *value);

/* "" where there is no such label. */
const char *label(const struct json_t *labels, const char *name);

/* What all series of one probe have in common: a hash of the labels but the metric's name and
 * `except` (NULL: none). */
uint64_t labels_key(const struct json_t *labels, const char *except);

#endif
