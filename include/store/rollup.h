#ifndef WEBMON_STORE_ROLLUP_H
#define WEBMON_STORE_ROLLUP_H
/*
 * What is left of samples in the long run: a record for each minute of the last 24 h and one for
 * each quarter of an hour of the last 30 d. Private to the store.
 *
 * A record is four words: period 32, letter 8, unused 8, slow 16 | good 16, failed 16, tainted 16,
 * check 16 | min 32, max 32 | median 32, mean 32. Its place follows from its period, and it carries
 * it, so that a record of another day is no record: time without checks is a gap.
 *
 * The target's poller folds samples in; readers see either all of a fold or nothing of it.
 */
#include "model/stats.h"
#include "store/block.h"

#define MINUTE_MS INT64_C(60000)
#define QUARTER_MINUTES 15

struct rollup {
	uint32_t period; /* minutes or quarters since 1970 */
	uint16_t good, failed, tainted, slow;
	char     letter; /* of the worst and newest failure; 0 without */
	int32_t  min_us, max_us, median_us, mean_us; /* of good answers; ABSENT_US without */
};

void rollup_pack(uint64_t words[ROLLUP_WORDS], const struct rollup *rollup);
bool rollup_unpack(struct rollup *rollup, const uint64_t words[ROLLUP_WORDS], uint32_t period);

/* To be called before a sample of this time is pushed. */
void rollup_advance(struct block *block, size_t target, int64_t at_ms);

/* As store_bins(). */
bool rollup_bins(const struct block *block, size_t target, struct bin *bins, size_t bin_count,
		 int64_t end_ms, int64_t width_ms);

struct rollup_sum {
	uint64_t good, failed;
};

/* As store_tally(). */
struct rollup_sum rollup_tally(const struct block *block, size_t target, int64_t from_ms);

#endif
