/*
 * Records of rollups in the block: how one is made of samples, where it stands, how it is loaded
 * and stored. The target's poller stores, anybody loads; the sequence around a fold is the
 * caller's.
 */
#include "store/rollup_record.h"

#include "model/stats.h"

enum { VALUES = 1024 }; /* good answers that a minute's median stands on; of more, an even choice */

/* ---- from samples ---- */

/* Values for a median: all of them while they fit, then an even choice. */
struct choice {
	size_t count;
	uint32_t step, skipped; /* one in `step` is taken */
	int32_t values[VALUES];
};

static void choice_add(struct choice *choice, int32_t value)
{
	if (++choice->skipped < choice->step)
		return;
	choice->skipped = 0;
	choice->values[choice->count++] = value;
	if (choice->count < VALUES)
		return;
	for (size_t i = 0; i < VALUES / 2; i++)
		choice->values[i] = choice->values[2 * i + 1];
	choice->count = VALUES / 2;
	choice->step *= 2;
}

static uint16_t rollup_limit(uint32_t count)
{
	return count < UINT16_MAX ? (uint16_t)count : UINT16_MAX;
}

bool record_roll(const struct ring_view *ring, uint64_t from, uint64_t end, struct rollup *rollup,
		 struct histogram *histogram)
{
	struct choice choice = {.step = 1};
	int64_t at_ms = -1, total_us = 0, good = 0;
	int32_t before_us = ABSENT_US;
	struct sample sample;

	*rollup = (struct rollup){.min_us = ABSENT_US, .max_us = ABSENT_US, .mean_us = ABSENT_US};
	if (end > from + ring->shape->slots) /* of a damaged file, or while the writer runs ahead */
		from = end - ring->shape->slots;
	if (from > 0 && ring_get(ring, from - 1, &sample) && sample_is_good(&sample))
		before_us = sample.total_us;
	for (uint64_t number = from; number < end; number++) {
		if (!ring_get(ring, number, &sample))
			continue;
		/* A hang counts with the starts that it swallowed: stats_correct() says how. */
		uint32_t swallowed = sample_swallowed(&sample, ring->interval_us);
		at_ms = sample.at_ms;
		rollup->tainted = rollup_count(rollup->tainted, sample_is_tainted(&sample));
		if (sample_is_failure(&sample)) {
			char letter = class_letter(sample.cls, sample.status);
			rollup->failed = rollup_count(rollup->failed, rollup_limit(swallowed + 1));
			rollup->groups[rollup_group(letter)] += swallowed + 1;
			if (class_letter_rank(letter) >= class_letter_rank(rollup->letter))
				rollup->letter = letter;
		}
		if (!sample_is_good(&sample))
			continue;
		good += swallowed + 1;
		rollup->slow = rollup_count(rollup->slow, (sample.warnings & WARN_SLOW) != 0);
		if (rollup->min_us == ABSENT_US || sample.total_us < rollup->min_us)
			rollup->min_us = sample.total_us;
		if (sample.total_us > rollup->max_us)
			rollup->max_us = sample.total_us;
		int32_t floor_us = sample_floor_us(&sample, before_us);
		before_us = sample.total_us;
		for (uint32_t i = 0; i <= swallowed; i++) {
			int32_t us = (int32_t)(sample.total_us - i * ring->interval_us);

			us = us > floor_us ? us : floor_us;
			total_us += us;
			choice_add(&choice, us);
			if (histogram)
				histogram_add(histogram, us);
		}
	}
	rollup->good = good < UINT16_MAX ? (uint16_t)good : UINT16_MAX;
	rollup->period = (uint32_t)(at_ms / MINUTE_MS);
	rollup->median_us = values_percentile(choice.values, choice.count, 500);
	if (good > 0)
		rollup->mean_us = (int32_t)(total_us / good);
	return at_ms >= 0;
}

/* ---- records in the block ---- */

size_t record_words(enum block_row row)
{
	return row == ROW_MINUTES ? MINUTE_WORDS : QUARTER_WORDS;
}

static size_t record_place(const struct block *block, enum block_row row, size_t target,
			   uint32_t period, size_t *word)
{
	size_t chunks = row == ROW_MINUTES ? MINUTE_CHUNKS : QUARTER_CHUNKS;
	size_t slot = period % (chunks * ROLLUP_CHUNK);

	*word = slot % ROLLUP_CHUNK * record_words(row);
	return slot / ROLLUP_CHUNK * (size_t)block->targets + target;
}

bool record_load(const struct block *block, enum block_row row, size_t target, uint32_t period,
		 struct rollup *rollup)
{
	size_t word, chunk = record_place(block, row, target, period, &word);
	const _Atomic uint64_t *place = block_at(block, row, chunk);
	uint64_t words[ROLLUP_WORDS];

	/* Acquire, here and below: a word of a fold brings its odd sequence with it. */
	words[0] = atomic_load_explicit(&place[word], memory_order_acquire);
	if ((uint32_t)words[0] != period)
		return false;
	for (size_t i = 1; i < ROLLUP_WORDS; i++)
		words[i] = atomic_load_explicit(&place[word + i], memory_order_acquire);
	return rollup_unpack(rollup, words, period);
}

void record_store(struct block *block, enum block_row row, size_t target,
		  const struct rollup *rollup)
{
	size_t word, chunk = record_place(block, row, target, rollup->period, &word);
	_Atomic uint64_t *place = block_to(block, row, chunk);
	uint64_t words[ROLLUP_WORDS];

	rollup_pack(words, rollup);
	for (size_t i = 0; i < ROLLUP_WORDS; i++) {
		/* Release: whoever sees this word sees that a fold is under way. */
		atomic_store_explicit(&place[word + i], words[i], memory_order_release);
	}
}

static size_t histogram_bytes(enum block_row row)
{
	return (record_words(row) - ROLLUP_WORDS) * sizeof(uint64_t);
}

/* Adds the histogram of a record, where it has one. */
bool record_add_histogram(const struct block *block, enum block_row row, size_t target,
			  uint32_t period, struct histogram *histogram)
{
	size_t word, chunk = record_place(block, row, target, period, &word);
	const _Atomic uint64_t *place = block_at(block, row, chunk);
	uint64_t words[QUARTER_WORDS - ROLLUP_WORDS];

	/* Acquire: as in record_load. */
	for (size_t i = 0; i < record_words(row) - ROLLUP_WORDS; i++)
		words[i] =
			atomic_load_explicit(&place[word + ROLLUP_WORDS + i], memory_order_acquire);
	return histogram_add_packed(histogram, words, histogram_bytes(row), period);
}

void record_store_histogram(struct block *block, enum block_row row, size_t target, uint32_t period,
			    const struct histogram *histogram)
{
	size_t word, chunk = record_place(block, row, target, period, &word);
	_Atomic uint64_t *place = block_to(block, row, chunk);
	uint64_t words[QUARTER_WORDS - ROLLUP_WORDS];

	histogram_pack(words, histogram_bytes(row), histogram, period);
	for (size_t i = 0; i < record_words(row) - ROLLUP_WORDS; i++) {
		/* Release: as in record_store. */
		atomic_store_explicit(&place[word + ROLLUP_WORDS + i], words[i],
				      memory_order_release);
	}
}
