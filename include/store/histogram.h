#ifndef WEBMON_STORE_HISTOGRAM_H
#define WEBMON_STORE_HISTOGRAM_H
/*
 * How durations are spread: a log-linear histogram that adds up, so that percentiles of any window
 * can be told from those of its parts. Private to the store.
 *
 * Each power of two is cut into 32 equal buckets (below 64 us a bucket is a microsecond): the
 * middle of a bucket is within 1.6 % of each value in it.
 *
 * Packed, it has a fixed size: a byte for each bucket in use and its distance from the one before,
 * as a rule. Where that does not fit, neighbours are put together (16 buckets a power of two, then
 * 8
 * ...): counts are never lost, and the record says how fine it is.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HISTOGRAM_BUCKETS 864u

struct histogram {
	uint64_t total;
	uint32_t counts[HISTOGRAM_BUCKETS];
};

void histogram_clear(struct histogram *histogram);
void histogram_add(struct histogram *histogram, int32_t value_us);

/*
 * Into words that hold `bytes` bytes (a multiple of 8, at least 16). period: what the record stands
 * for, a part of its check.
 */
void histogram_pack(uint64_t *words, size_t bytes, const struct histogram *histogram,
		    uint32_t period);
/* Adds what is packed. False, and nothing is added, where it is none of this period. */
bool histogram_add_packed(struct histogram *histogram, const uint64_t *words, size_t bytes,
			  uint32_t period);

/* The smallest value with at least per_mille of all at or below it; ABSENT_US where there
 * is none. */
int32_t histogram_percentile(const struct histogram *histogram, unsigned per_mille);

/* How many are at or below the value, to within its bucket. */
uint64_t histogram_count_below(const struct histogram *histogram, int64_t value_us);

#endif
