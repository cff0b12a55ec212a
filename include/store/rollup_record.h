#ifndef WEBMON_STORE_ROLLUP_RECORD_H
#define WEBMON_STORE_ROLLUP_RECORD_H
/*
 * One record of a rollup with its histogram, in its place in the block. For rollup and rollup_read
 * alone. row: ROW_MINUTES or ROW_QUARTERS.
 */
#include "store/block.h"
#include "store/histogram.h"
#include "store/summary.h"

/*
 * Samples number from to end (exclusive), which are of one minute. False where there is none.
 * histogram: their good times are added; NULL: not wanted.
 */
bool record_roll(const struct ring_view *ring, uint64_t from, uint64_t end, struct rollup *rollup,
		 struct histogram *histogram);

/* Words of a record, histogram and all. */
size_t record_words(enum block_row row);

/* False where there is none of this period. */
bool record_load(const struct block *block, enum block_row row, size_t target, uint32_t period,
		 struct rollup *rollup);
void record_store(struct block *block, enum block_row row, size_t target,
		  const struct rollup *rollup);

/* Adds that of a record, where it has one. */
bool record_add_histogram(const struct block *block, enum block_row row, size_t target,
			  uint32_t period, struct histogram *histogram);
void record_store_histogram(struct block *block, enum block_row row, size_t target, uint32_t period,
			    const struct histogram *histogram);

#endif
