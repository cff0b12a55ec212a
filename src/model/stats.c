/*
 * Statistics of a window and bins of a history. Pure functions over the caller's memory; any
 * thread.
 *
 * Percentiles come from a selection, not from sorting: each one narrows the part that is left for
 * the next.
 */
#include "model/stats.h"

static void swap(int32_t *a, int32_t *b)
{
	int32_t kept = *a;

	*a = *b;
	*b = kept;
}

/* Any value of the range, by a multiplicative step, so that no order of values is a bad one for
 * long. */
static int32_t pick_pivot(const int32_t *values, size_t count, uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return values[(size_t)((uint64_t)*seed * count >> 32)];
}

/* Puts the value of that rank (from 0) in its place, the smaller ones before it, the larger ones
 * after it. */
static int32_t select_rank(int32_t *values, size_t count, size_t rank)
{
	uint32_t seed = (uint32_t)count;
	size_t low = 0, high = count;

	while (high - low > 1) {
		int32_t pivot = pick_pivot(values + low, high - low, &seed);
		size_t less = low, more = high;
		/* Three parts, so that many equal values cost nothing extra. */
		for (size_t i = low; i < more;) {
			if (values[i] < pivot)
				swap(&values[i++], &values[less++]);
			else if (values[i] > pivot)
				swap(&values[i], &values[--more]);
			else
				i++;
		}
		if (rank < less)
			high = less;
		else if (rank >= more)
			low = more;
		else
			break;
	}
	return values[rank];
}

/* Nearest rank, from 0: the least one with at least that share of the values at or below it. */
static size_t nearest_rank(size_t count, unsigned per_mille)
{
	size_t rank = (count * per_mille + 999) / 1000;

	return rank > 0 ? rank - 1 : 0;
}

int32_t values_percentile(int32_t *values, size_t count, unsigned per_mille)
{
	return count ? select_rank(values, count, nearest_rank(count, per_mille)) : ABSENT_US;
}

/* Percentiles in rising order: each is looked for only behind the one before. */
static void fill_percentiles(struct stats *stats, int32_t *values, size_t count)
{
	const struct {
		unsigned per_mille;
		int32_t *value;
	} wanted[] = {
		{500, &stats->p50_us},
		{900, &stats->p90_us},
		{950, &stats->p95_us},
		{990, &stats->p99_us},
	};
	size_t done = 0;

	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		size_t rank = nearest_rank(count, wanted[i].per_mille);
		*wanted[i].value = select_rank(values + done, count - done, rank - done);
		done = rank;
	}
}

struct stats stats_of(const struct sample *samples, size_t count, int64_t from_ms, int64_t to_ms,
		      int64_t apdex_us, int32_t *scratch)
{
	struct stats stats = {.from_ms = from_ms,
			      .to_ms = to_ms,
			      .min_us = ABSENT_US,
			      .max_us = ABSENT_US,
			      .p50_us = ABSENT_US,
			      .p90_us = ABSENT_US,
			      .p95_us = ABSENT_US,
			      .p99_us = ABSENT_US,
			      .mean_us = ABSENT_US,
			      .coverage = -1,
			      .uptime = -1,
			      .apdex = -1};
	uint32_t satisfied = 0, tolerating = 0;
	int64_t sum_us = 0;

	for (size_t i = 0; i < count; i++) {
		const struct sample *sample = &samples[i];
		if (sample->at_ms < from_ms || sample->at_ms > to_ms)
			continue;
		stats.tainted += sample_is_tainted(sample);
		stats.failed += sample_is_failure(sample);
		stats.retried += !sample_is_tainted(sample) && sample->flags & SAMPLE_RETRIED;
		if (!sample_is_good(sample))
			continue;
		int32_t total_us = sample->total_us;
		scratch[stats.good++] = total_us;
		sum_us += total_us;
		satisfied += total_us <= apdex_us;
		tolerating += total_us > apdex_us && total_us <= 4 * apdex_us;
		if (stats.min_us == ABSENT_US || total_us < stats.min_us)
			stats.min_us = total_us;
		if (total_us > stats.max_us)
			stats.max_us = total_us;
	}
	stats.samples = stats.good + stats.failed;
	if (stats.samples > 0) {
		stats.uptime = (double)stats.good / stats.samples;
		stats.apdex = (satisfied + tolerating / 2.0) / stats.samples;
	}
	if (stats.good > 0) {
		stats.mean_us = (int32_t)(sum_us / stats.good);
		fill_percentiles(&stats, scratch, stats.good);
	}
	return stats;
}

/* ---- starts that were swallowed ---- */

struct correction {
	const struct sample *samples;
	size_t count;
	int64_t from_ms, to_ms, interval_us;
};

static bool is_counted(const struct correction *c, const struct sample *sample)
{
	return sample->at_ms >= c->from_ms && sample->at_ms <= c->to_ms &&
	       !sample_is_tainted(sample);
}

/* Good answers at or below the limit, each with those that its swallowed starts would have had:
 * total, total less one interval, less two ... down to the floor. */
static uint64_t count_below(const struct correction *c, int64_t limit_us)
{
	int32_t before_us = ABSENT_US, floor_us;
	uint64_t below = 0;

	for (size_t i = 0; i < c->count; i++) {
		const struct sample *sample = &c->samples[i];
		int64_t over_us = sample->total_us - limit_us, swallowed;
		if (!sample_is_good(sample) || !is_counted(c, sample))
			continue;
		swallowed = sample_swallowed(sample, c->interval_us);
		floor_us = sample_floor_us(sample, before_us);
		before_us = sample->total_us;
		if (over_us <= 0)
			below += (uint64_t)swallowed + 1;
		else if (floor_us <= limit_us && swallowed * c->interval_us >= over_us)
			below += (uint64_t)(swallowed -
					    (over_us + c->interval_us - 1) / c->interval_us + 1);
	}
	return below;
}

/* Nearest rank, by halving the range of values: nothing is to be stored for it. */
static int32_t corrected_percentile(const struct correction *c, uint64_t total, unsigned per_mille,
				    int32_t max_us)
{
	uint64_t rank = (total * per_mille + 999) / 1000;
	int32_t low = 0, high = max_us;

	while (low < high) {
		int32_t middle = low + (high - low) / 2;
		if (count_below(c, middle) >= (rank > 0 ? rank : 1))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static void correct_percentiles(struct stats *stats, const struct correction *c, uint64_t good)
{
	stats->p50_us = corrected_percentile(c, good, 500, stats->max_us);
	stats->p90_us = corrected_percentile(c, good, 900, stats->max_us);
	stats->p95_us = corrected_percentile(c, good, 950, stats->max_us);
	stats->p99_us = corrected_percentile(c, good, 990, stats->max_us);
}

void stats_correct(struct stats *stats, const struct sample *samples, size_t count,
		   int64_t interval_us, int64_t apdex_us)
{
	struct correction c = {.samples = samples,
			       .count = count,
			       .from_ms = stats->from_ms,
			       .to_ms = stats->to_ms,
			       .interval_us = interval_us};
	uint64_t good = stats->good, all;
	double window_us = (double)(stats->to_ms - stats->from_ms) * 1000;

	for (size_t i = 0; i < count; i++) {
		uint32_t swallowed = is_counted(&c, &samples[i])
					     ? sample_swallowed(&samples[i], interval_us)
					     : 0;
		stats->swallowed += swallowed;
		good += sample_is_good(&samples[i]) ? swallowed : 0;
	}
	all = (uint64_t)stats->samples + stats->swallowed;
	if (interval_us > 0 && window_us > 0) {
		stats->coverage = (double)all * (double)interval_us / window_us;
		if (stats->coverage > 1)
			stats->coverage = 1;
	}
	if (stats->swallowed == 0)
		return;
	uint64_t satisfied = count_below(&c, apdex_us);
	uint64_t tolerating = count_below(&c, 4 * apdex_us) - satisfied;
	stats->uptime = (double)good / (double)all;
	stats->apdex = ((double)satisfied + (double)tolerating / 2) / (double)all;
	if (good > stats->good)
		correct_percentiles(stats, &c, good);
}

static void count_one(uint16_t *count)
{
	if (*count < UINT16_MAX)
		++*count;
}

static void bin_add(struct bin *bin, const struct sample *sample)
{
	if (sample_is_tainted(sample))
		count_one(&bin->tainted);
	if (sample_is_failure(sample)) {
		char letter = class_letter(sample->cls, sample->status);
		count_one(&bin->failed);
		if (class_letter_rank(letter) >= class_letter_rank(bin->letter))
			bin->letter = letter;
	}
	if (sample_is_good(sample)) {
		count_one(&bin->good);
		bin->slow |= (sample->warnings & WARN_SLOW) != 0;
		if (sample->total_us > bin->max_us)
			bin->max_us = sample->total_us;
	}
}

/* The samples of one bin that follow each other; returns how many. */
static size_t bin_add_run(struct bin *bin, int64_t number, int64_t width_ms,
			  const struct sample *samples, size_t count, int32_t *scratch)
{
	uint16_t good_before = bin->good;
	size_t i = 0, good = 0;

	for (; i < count && samples[i].at_ms / width_ms == number; i++) {
		bin_add(bin, &samples[i]);
		if (sample_is_good(&samples[i]))
			scratch[good++] = samples[i].total_us;
	}
	/* Two runs of one bin come from a clock that was set back: the longer one has the say. */
	if (good > good_before)
		bin->median_us = values_percentile(scratch, good, 500);
	return i;
}

void bins_of(struct bin *bins, size_t bin_count, int64_t end_ms, int64_t width_ms,
	     const struct sample *samples, size_t count, int32_t *scratch)
{
	int64_t first = end_ms / width_ms - (int64_t)bin_count + 1;

	for (size_t k = 0; k < bin_count; k++)
		bins[k] = (struct bin){.median_us = ABSENT_US, .max_us = ABSENT_US};
	for (size_t i = 0; i < count;) {
		int64_t number = samples[i].at_ms / width_ms;
		if (number >= first && number - first < (int64_t)bin_count)
			i += bin_add_run(&bins[number - first], number, width_ms, samples + i,
					 count - i, scratch);
		else
			i++;
	}
}
