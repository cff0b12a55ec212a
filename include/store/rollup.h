#ifndef WEBMON_STORE_ROLLUP_H
#define WEBMON_STORE_ROLLUP_H
/*
 * What is left of samples in the long run: a record for each minute of the last 24 h and one for
 * each quarter of an hour of the last 30 d. Private to the store.
 *
 * The place of a record (see summary.h) follows from its period; one of another period in its place
 * is none: time without checks is a gap.
 *
 * The target's poller folds samples in; readers see either all of a fold or nothing of it.
 */
#include "model/stats.h"
#include "store/block.h"
#include "store/summary.h"

/* To be called before a sample of this time is pushed. */
void rollup_advance(struct block *block, size_t target, int64_t at_ms);

/* The same target's records in another block. */
void rollup_carry(struct block *to, size_t to_target, const struct block *from, size_t from_target);

/* Does again a fold in which a writer was killed. */
void rollup_repair(struct block *block, size_t target);

/* As store_bins(). */
bool rollup_bins(const struct block *block, size_t target, struct bin *bins, size_t bin_count,
		 int64_t end_ms, int64_t width_ms);

/* Everything of a window but its percentiles, which are its histogram's. */
struct rollup_window {
	uint64_t good, failed, tainted;
	int64_t total_us; /* of good answers */
	int32_t min_us, max_us;
	uint32_t groups[ROLLUP_GROUPS];
};

struct histogram;

/* As store_stats(). */
void rollup_window(const struct block *block, size_t target, int64_t from_ms, int64_t to_ms,
		   struct rollup_window *sum, struct histogram *histogram);

/* As store_rolled_from_ms(). */
int64_t rollup_earliest_ms(const struct block *block, size_t target);

struct rollup_sum {
	uint64_t good, failed;
};

struct store_then;

/* As store_tally(); then: as store_tally_then(), NULL: now. */
struct rollup_sum rollup_tally(const struct block *block, size_t target, int64_t from_ms,
			       const struct store_then *then);

struct rollup_time {
	int64_t known_ms, bad_ms;
};

/* As store_time(). */
struct rollup_time rollup_time(const struct block *block, size_t target, int64_t from_ms,
			       int64_t interval_ms);

#endif
