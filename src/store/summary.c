/*
 * Records of rollups and their sums. Pure; a poller folding or a reader adding up, each with memory
 * of its own.
 *
 * Medians do not add up: a sum keeps those of its parts and takes the one in the middle of their
 * weight.
 */
#include "store/summary.h"

#include <string.h>

#include "model/sample.h"

#define CHECK_SHIFT 48

/* ---- one record ---- */

size_t rollup_group(char letter)
{
	static const char letters[] = ROLLUP_GROUP_LETTERS;
	/* a redirect is an answer, but not the one that was wanted */
	const char *found = letter ? strchr(letters, letter == 'R' ? 'B' : letter) : NULL;

	return found ? (size_t)(found - letters) : ROLLUP_GROUPS - 1;
}

/* 0 to 15, then four bits and an exponent. */
static uint64_t small_code(uint32_t count)
{
	unsigned exponent = 0;

	if (count < 16)
		return count;
	while (count >= 32 && exponent < 14) {
		count >>= 1;
		exponent++;
	}
	return (count < 32 ? count & 15 : 15) | (exponent + 1) << 4;
}

static uint32_t small_value(uint64_t code)
{
	uint32_t low = code & 15, exponent = (uint32_t)(code >> 4);

	return exponent == 0 ? low : (16 + low) << (exponent - 1);
}

static uint64_t pair(int32_t low, int32_t high)
{
	return (uint64_t)(uint32_t)low | (uint64_t)(uint32_t)high << 32;
}

void rollup_pack(uint64_t words[ROLLUP_WORDS], const struct rollup *rollup)
{
	words[0] = rollup->period | (uint64_t)(unsigned char)rollup->letter << 32 |
		   (uint64_t)rollup->slow << 48;
	words[1] = rollup->good | (uint64_t)rollup->failed << 16 | (uint64_t)rollup->tainted << 32;
	words[2] = pair(rollup->min_us, rollup->max_us);
	words[3] = pair(rollup->median_us, rollup->mean_us);
	words[4] = 0;
	for (unsigned i = 0; i < ROLLUP_GROUPS; i++)
		words[4] |= small_code(rollup->groups[i]) << 8 * i;
	words[1] |= (uint64_t)words_check(words, ROLLUP_WORDS, rollup->period) << CHECK_SHIFT;
}

/* A letter of a failure, and times that can have been measured. */
static bool is_sound(const struct rollup *rollup)
{
	int32_t least = rollup->good > 0 ? 0 : ABSENT_US;

	return (rollup->letter == '\0' || class_letter_rank(rollup->letter) > 0) &&
	       rollup->min_us >= least && rollup->max_us >= least && rollup->median_us >= least &&
	       rollup->mean_us >= least;
}

bool rollup_unpack(struct rollup *rollup, const uint64_t words[ROLLUP_WORDS], uint32_t period)
{
	uint64_t bare[ROLLUP_WORDS] = {words[0], words[1] & ((UINT64_C(1) << CHECK_SHIFT) - 1),
				       words[2], words[3], words[4]};

	if ((uint32_t)words[0] != period ||
	    words[1] >> CHECK_SHIFT != words_check(bare, ROLLUP_WORDS, period))
		return false;
	*rollup = (struct rollup){
		.period = period,
		.letter = (char)(words[0] >> 32 & 0x7f),
		.slow = (uint16_t)(words[0] >> 48),
		.good = (uint16_t)words[1],
		.failed = (uint16_t)(words[1] >> 16),
		.tainted = (uint16_t)(words[1] >> 32),
		.min_us = (int32_t)(uint32_t)words[2],
		.max_us = (int32_t)(uint32_t)(words[2] >> 32),
		.median_us = (int32_t)(uint32_t)words[3],
		.mean_us = (int32_t)(uint32_t)(words[3] >> 32),
	};
	for (unsigned i = 0; i < ROLLUP_GROUPS; i++)
		rollup->groups[i] = small_value(words[4] >> 8 * i & 255);
	return is_sound(rollup);
}

/* ---- several into one ---- */

void summary_start(struct summary *summary, uint32_t period)
{
	summary->sum = (struct rollup){.period = period,
				       .min_us = ABSENT_US,
				       .max_us = ABSENT_US,
				       .median_us = ABSENT_US,
				       .mean_us = ABSENT_US};
	summary->good = 0;
	summary->total_us = 0;
	summary->count = 0;
}

/* Into the order of their medians; they are few. */
static void sort_parts(struct summary_part *parts, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct summary_part part = parts[i];
		size_t k = i;
		for (; k > 0 && parts[k - 1].median_us > part.median_us; k--)
			parts[k] = parts[k - 1];
		parts[k] = part;
	}
}

/* The least median with at least half of the weight at or below it. */
static struct summary_part middle_part(struct summary *summary)
{
	uint64_t weight = 0, below = 0;
	size_t i = 0;

	sort_parts(summary->parts, summary->count);
	for (size_t k = 0; k < summary->count; k++)
		weight += summary->parts[k].weight;
	while ((below += summary->parts[i].weight) * 2 < weight)
		i++;
	return (struct summary_part){summary->parts[i].median_us, (uint32_t)weight};
}

uint16_t rollup_count(uint16_t a, uint16_t b)
{
	return a + b > UINT16_MAX ? UINT16_MAX : (uint16_t)(a + b);
}

void summary_add(struct summary *summary, const struct rollup *rollup)
{
	struct rollup *sum = &summary->sum;

	sum->good = rollup_count(sum->good, rollup->good);
	sum->failed = rollup_count(sum->failed, rollup->failed);
	sum->tainted = rollup_count(sum->tainted, rollup->tainted);
	sum->slow = rollup_count(sum->slow, rollup->slow);
	if (class_letter_rank(rollup->letter) >= class_letter_rank(sum->letter))
		sum->letter = rollup->letter;
	for (size_t i = 0; i < ROLLUP_GROUPS && rollup->failed > 0; i++)
		sum->groups[i] += rollup->groups[i];
	if (rollup->good == 0)
		return;
	if (sum->min_us == ABSENT_US || rollup->min_us < sum->min_us)
		sum->min_us = rollup->min_us;
	if (rollup->max_us > sum->max_us)
		sum->max_us = rollup->max_us;
	summary->good += rollup->good;
	summary->total_us += (int64_t)rollup->mean_us * rollup->good;
	if (summary->count == SUMMARY_PARTS) {
		summary->parts[0] = middle_part(summary);
		summary->count = 1;
	}
	summary->parts[summary->count++] = (struct summary_part){rollup->median_us, rollup->good};
}

const struct rollup *summary_end(struct summary *summary)
{
	if (summary->count > 0) {
		summary->sum.median_us = middle_part(summary).median_us;
		summary->sum.mean_us = (int32_t)(summary->total_us / (int64_t)summary->good);
	}
	return &summary->sum;
}
