#ifndef WEBMON_STORE_SUMMARY_H
#define WEBMON_STORE_SUMMARY_H
/*
 * A record of a rollup, and several of them in one. Private to the store.
 *
 * Packed, a record is five words: period 32, letter 8, unused 8, slow 16 | good 16, failed 16,
 * tainted 16, check 16 | min 32, max 32 | median 32, mean 32 | failures by group, 8 each (4 bits
 * and an exponent). It carries its period, so that one of another day, which has the same place, is
 * not taken for it. Its histogram stands after it with a check of its own, since most readers have
 * no use for it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/units.h"

#define QUARTER_MINUTES 15

#define ROLLUP_WORDS  5
#define ROLLUP_GROUPS 8

#define ROLLUP_GROUP_LETTERS "45BDCTSX" /* of the groups, in order */

/* The group of a failure's letter. */
size_t rollup_group(char letter);

struct rollup {
	uint32_t period; /* minutes or quarters of an hour since 1970 */
	uint16_t good, failed, tainted, slow;
	char     letter; /* of the worst and newest failure; 0 without */
	uint32_t groups[ROLLUP_GROUPS]; /* failures; above 15 to within 6 % */
	int32_t  min_us, max_us, median_us, mean_us; /* of good answers; ABSENT_US without */
};

/* Counts end at 65 535. */
uint16_t rollup_count(uint16_t a, uint16_t b);

void rollup_pack(uint64_t words[ROLLUP_WORDS], const struct rollup *rollup);

/* False where the words are no record of this period. */
bool rollup_unpack(struct rollup *rollup, const uint64_t words[ROLLUP_WORDS], uint32_t period);

#define SUMMARY_PARTS 64 /* with more of them, the first ones are put together */

struct summary {
	struct rollup sum;
	uint64_t      good;
	int64_t       total_us; /* of good answers */
	size_t        count;
	struct summary_part {
		int32_t  median_us;
		uint32_t weight;
	} parts[SUMMARY_PARTS];
};

void summary_start(struct summary *summary, uint32_t period);

/* In order of time: of two letters of the same rank the later one stays. */
void summary_add(struct summary *summary, const struct rollup *rollup);

/* The sum, which stands in summary. */
const struct rollup *summary_end(struct summary *summary);

#endif
