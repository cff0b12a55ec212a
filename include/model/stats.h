#ifndef WEBMON_MODEL_STATS_H
#define WEBMON_MODEL_STATS_H
/*
 * Window statistics and time bins of a series of samples. Pure functions; any thread.
 * Times are of good answers only; each statistic carries the number of samples it stands on.
 */
#include <stddef.h>

#include "model/sample.h"

struct stats {
	int64_t  from_ms, to_ms;         /* the window asked for */
	uint32_t samples;                /* untainted, in the window */
	uint32_t good, failed, tainted;  /* samples = good + failed */
	/* of them: a kept connection was found closed, and another one made */
	uint32_t retried;
	/* ABSENT_US without good answers */
	int32_t  min_us, max_us, p50_us, p90_us, p95_us, p99_us, mean_us;
	/* starts that passed during longer checks; see stats_correct() */
	uint32_t swallowed;
	/* part of the window in which there were checks; < 0: not known */
	double   coverage;
	double   uptime;                 /* good / samples; < 0 without samples */
	/* (satisfied + tolerating / 2) / samples, failures frustrated; < 0 without samples */
	double   apdex;
};

/*
 * samples in any order; those from from_ms to to_ms, both included, count. scratch has room for
 * `count` values. Percentiles by the nearest-rank method (the smallest value with at least p per
 * cent of the values at or below it). apdex_us: satisfied limit T; tolerating up to 4 T.
 */
struct stats stats_of(const struct sample *samples, size_t count, int64_t from_ms, int64_t to_ms,
		      int64_t apdex_us, int32_t *scratch);

/*
 * How many starts of the schedule passed while this check was under way: a hang at an interval of
 * one second and a time-out of ten is one sample in ten seconds. Whoever counted it as one would
 * let hangs weigh a tenth of what visitors felt ("coordinated omission", Gil Tene).
 */
static inline uint32_t sample_swallowed(const struct sample *sample, int64_t interval_us)
{
	if (interval_us <= 0 || sample->total_us <= interval_us || sample_is_tainted(sample))
		return 0;
	return (uint32_t)((sample->total_us - 1) / interval_us);
}

/*
 * The least that such a start would have waited: a hang ends for all at once, but where each answer
 * takes long, whoever comes later waits no less than the one before (before_us; ABSENT_US: not
 * known). Else a server that is slower than the interval would look fast.
 */
static inline int32_t sample_floor_us(const struct sample *sample, int32_t before_us)
{
	return before_us == ABSENT_US || before_us > sample->total_us ? sample->total_us
								      : before_us;
}

/*
 * Counts with each check the starts that it swallowed: those of a failed one as failed, those of a
 * good one as answers that came so much sooner as they would have begun later, as HdrHistogram
 * corrects for an expected interval, but no sooner than sample_floor_us(). Samples in order of
 * time. Corrects uptime, apdex and percentiles of stats, which stats_of() made of the same samples;
 * fills in swallowed and coverage. Counts of checks, least, greatest and mean stay those of real
 * ones.
 */
void stats_correct(struct stats *stats, const struct sample *samples, size_t count,
		   int64_t interval_us, int64_t apdex_us);

/*
 * The per_mille-th percentile (500: the median) by the nearest-rank method; ABSENT_US without
 * values. Reorders values.
 */
int32_t values_percentile(int32_t *values, size_t count, unsigned per_mille);

/* One column of a history or chart. */
struct bin {
	uint16_t good, failed, tainted;
	int32_t  median_us, max_us; /* of good answers; ABSENT_US without */
	char     letter;            /* of the worst and newest failure; 0 without */
	bool     slow;              /* some good answer was over its limit */
};

/*
 * Sorts samples into `bin_count` bins of width_ms each; the newest bin is the one that holds
 * end_ms. Bins lie on multiples of width_ms since 1970, so all targets share them. samples in order
 * of time (where the clock was set back, a median is that of the longest run). scratch has room for
 * `count` values.
 */
void bins_of(struct bin *bins, size_t bin_count, int64_t end_ms, int64_t width_ms,
	     const struct sample *samples, size_t count, int32_t *scratch);

#endif
