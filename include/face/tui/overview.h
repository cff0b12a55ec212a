#ifndef WEBMON_FACE_TUI_OVERVIEW_H
#define WEBMON_FACE_TUI_OVERVIEW_H
/*
 * The whole fleet in a few numbers, over the last hour: percentiles of all good answers, checks a
 * second, late starts, how many targets failed in each minute. Each sample is read once, when it is
 * new; memory does not grow.
 *
 * Percentiles come from a histogram with buckets 1.4 % wide, of which the middle is told: right to
 * 0.7 %. Main thread.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "face/row.h"
#include "store/store.h"

#define OVERVIEW_MINUTES 60

struct overview;

struct overview *overview_new(const struct store *store);
void overview_free(struct overview *overview);

/* Reads what is new. The rows lend their scratch memory. */
void overview_refresh(struct overview *overview, const struct store *store, const struct rows *rows,
		      int64_t now_ms);

/* The hour before a moment of the past, out of the samples that the rows stand on; what only the
 * program itself knew (late starts) is not known any more. */
void overview_look_back(struct overview *overview, const struct store *store,
			const struct rows *rows, int64_t at_ms);

struct overview_numbers {
	int32_t p50_us, p95_us; /* ABSENT_US: no good answer in the hour */
	double rate; /* checks a second over the last minute, or since the first; < 0: too early to
			tell */
	/* starts in the hour that were late or left out; UINT64_MAX: not known */
	uint64_t late;
	int64_t started_ms; /* 0: not known */
};

struct overview_numbers overview_numbers(const struct overview *overview, int64_t now_ms);

/*
 * How many targets failed at least once in each of the last `count` spans of the hour, newest last;
 * -1 where nothing was checked. count must divide OVERVIEW_MINUTES.
 */
void overview_failing(const struct overview *overview, int64_t now_ms, int *failing, int count);

#endif
