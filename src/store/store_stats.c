/*
 * What the store knows of the past beyond single samples: the reader's side of the rollups in the
 * words of store.h. Any thread.
 */
#include "store/store.h"

#include <string.h>

#include "store/histogram.h"
#include "store/inside.h"
#include "store/rollup.h"

bool store_bins(const struct store *store, size_t target, struct bin *bins, size_t bin_count,
		int64_t end_ms, int64_t width_ms)
{
	return rollup_bins(store->block, store_place(store, target), bins, bin_count, end_ms,
			   width_ms);
}

void store_tally(const struct store *store, size_t target, int64_t from_ms, uint64_t *good,
		 uint64_t *failed)
{
	store_tally_then(store, target, from_ms, NULL, good, failed);
}

void store_tally_then(const struct store *store, size_t target, int64_t from_ms,
		      const struct store_then *then, uint64_t *good, uint64_t *failed)
{
	struct rollup_sum sum =
		rollup_tally(store->block, store_place(store, target), from_ms, then);

	*good = sum.good;
	*failed = sum.failed;
}

int64_t store_rolled_from_ms(const struct store *store, size_t target)
{
	return rollup_earliest_ms(store->block, store_place(store, target));
}

_Static_assert(STORE_FAILURE_GROUPS == ROLLUP_GROUPS, "one set of groups");

static void take_percentiles(struct stats *stats, const struct histogram *histogram)
{
	int32_t *values[] = {&stats->p50_us, &stats->p90_us, &stats->p95_us, &stats->p99_us};
	static const unsigned per_mille[] = {500, 900, 950, 990};

	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		int32_t value = histogram_percentile(histogram, per_mille[i]);
		/* the middle of a bucket may lie beyond what was ever measured */
		*values[i] = value < stats->min_us   ? stats->min_us
			     : value > stats->max_us ? stats->max_us
						     : value;
	}
}

struct stats store_stats(const struct store *store, size_t target, int64_t from_ms, int64_t to_ms,
			 int64_t apdex_us, uint32_t failures[STORE_FAILURE_GROUPS])
{
	struct stats stats = stats_of(NULL, 0, from_ms, to_ms, apdex_us, NULL);
	struct histogram histogram;
	struct rollup_window sum;

	rollup_window(store->block, store_place(store, target), from_ms, to_ms, &sum, &histogram);
	if (failures)
		memcpy(failures, sum.groups, sizeof sum.groups);
	stats.good = (uint32_t)sum.good;
	stats.failed = (uint32_t)sum.failed;
	stats.tainted = (uint32_t)sum.tainted;
	stats.samples = stats.good + stats.failed;
	if (stats.samples > 0)
		stats.uptime = (double)stats.good / stats.samples;
	if (stats.samples > 0)
		stats.apdex = 0;
	if (sum.good == 0 || histogram.total == 0)
		return stats;
	stats.min_us = sum.min_us;
	stats.max_us = sum.max_us;
	stats.mean_us = (int32_t)(sum.total_us / (int64_t)sum.good);
	take_percentiles(&stats, &histogram);
	uint64_t satisfied = histogram_count_below(&histogram, apdex_us);
	uint64_t tolerating = histogram_count_below(&histogram, 4 * apdex_us) - satisfied;
	/* by share: what a histogram has lost counts for nobody */
	stats.apdex = ((double)satisfied + (double)tolerating / 2) / (double)histogram.total *
		      (double)stats.good / stats.samples;
	return stats;
}

void store_time(const struct store *store, size_t target, int64_t from_ms, int64_t interval_ms,
		int64_t *known_ms, int64_t *bad_ms)
{
	struct rollup_time sum =
		rollup_time(store->block, store_place(store, target), from_ms, interval_ms);

	*known_ms = sum.known_ms;
	*bad_ms = sum.bad_ms;
}
