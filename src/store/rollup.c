/*
 * Rollups: minutes and quarters of an hour of each target. The target's poller folds, faces read.
 *
 * The one idea: samples that are not folded yet all belong to one minute, and which they are stands
 * in rollup_head. So whatever a reader adds up is records + those samples, each check exactly once:
 * a sequence around each fold (as in slot.h) makes it read again where one came in between.
 */
#include "store/rollup.h"

#include "store/patience.h"

enum {
	VALUES = 1024, /* good answers that a minute's median stands on; of more, an even choice */
	TRIES = 10000, /* a fold a minute interrupts a reader once, if at all */
};

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

/* Samples number from to end (exclusive), which are of one minute. False where there is none. */
static bool roll_samples(const struct ring_view *ring, uint64_t from, uint64_t end,
			 struct rollup *rollup)
{
	struct choice choice = {.step = 1};
	int64_t at_ms = -1, total_us = 0, good = 0;
	struct sample sample;

	*rollup = (struct rollup){.min_us = ABSENT_US, .max_us = ABSENT_US, .mean_us = ABSENT_US};
	if (end > from + ring->shape->slots) /* of a damaged file, or while the writer runs ahead */
		from = end - ring->shape->slots;
	for (uint64_t number = from; number < end; number++) {
		if (!ring_get(ring, number, &sample))
			continue;
		at_ms = sample.at_ms;
		rollup->tainted = rollup_count(rollup->tainted, sample_is_tainted(&sample));
		if (sample_is_failure(&sample)) {
			char letter = class_letter(sample.cls, sample.status);
			rollup->failed = rollup_count(rollup->failed, 1);
			if (class_letter_rank(letter) >= class_letter_rank(rollup->letter))
				rollup->letter = letter;
		}
		if (!sample_is_good(&sample))
			continue;
		good++;
		total_us += sample.total_us;
		rollup->slow = rollup_count(rollup->slow, (sample.warnings & WARN_SLOW) != 0);
		if (rollup->min_us == ABSENT_US || sample.total_us < rollup->min_us)
			rollup->min_us = sample.total_us;
		if (sample.total_us > rollup->max_us)
			rollup->max_us = sample.total_us;
		choice_add(&choice, sample.total_us);
	}
	rollup->good = good < UINT16_MAX ? (uint16_t)good : UINT16_MAX;
	rollup->period = (uint32_t)(at_ms / MINUTE_MS);
	rollup->median_us = values_percentile(choice.values, choice.count, 500);
	if (good > 0)
		rollup->mean_us = (int32_t)(total_us / good);
	return at_ms >= 0;
}

/* ---- records in the block ---- */

static size_t record_place(const struct block *block, enum block_row row, size_t target,
			   uint32_t period, size_t *word)
{
	size_t chunks = row == ROW_MINUTES ? MINUTE_CHUNKS : QUARTER_CHUNKS;
	size_t slot = period % (chunks * ROLLUP_CHUNK);

	*word = slot % ROLLUP_CHUNK * ROLLUP_WORDS;
	return slot / ROLLUP_CHUNK * (size_t)block->targets + target;
}

static bool load_record(const struct block *block, enum block_row row, size_t target,
			uint32_t period, struct rollup *rollup)
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

static void store_record(struct block *block, enum block_row row, size_t target,
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

/* ---- folding ---- */

/* A record of that minute may be there: the minute was folded in parts, or the clock was set back.
 */
static void fold_minute(struct block *block, size_t target, const struct rollup *minute)
{
	struct summary summary;
	struct rollup before;

	summary_start(&summary, minute->period);
	if (load_record(block, ROW_MINUTES, target, minute->period, &before))
		summary_add(&summary, &before);
	summary_add(&summary, minute);
	store_record(block, ROW_MINUTES, target, summary_end(&summary));
}

static void fold_quarter(struct block *block, size_t target, uint32_t quarter)
{
	struct summary summary;
	struct rollup minute;

	summary_start(&summary, quarter);
	for (uint32_t i = 0; i < QUARTER_MINUTES; i++)
		if (load_record(block, ROW_MINUTES, target, quarter * QUARTER_MINUTES + i, &minute))
			summary_add(&summary, &minute);
	store_record(block, ROW_QUARTERS, target, summary_end(&summary));
}

static void fold(struct block *block, size_t target, uint64_t folded, uint64_t head)
{
	struct rollup_head *state = block_to(block, ROW_FOLDS, target);
	struct ring_view ring = block_ring(block, target);
	struct rollup minute;
	/* Relaxed, and the rest as in slot.c. */
	uint64_t sequence = atomic_load_explicit(&state->sequence, memory_order_relaxed) | 1;

	atomic_store_explicit(&state->sequence, sequence, memory_order_relaxed);
	if (roll_samples(&ring, folded, head, &minute)) {
		fold_minute(block, target, &minute);
		fold_quarter(block, target, minute.period / QUARTER_MINUTES);
	}
	atomic_store_explicit(&state->folded, head, memory_order_release);
	atomic_store_explicit(&state->sequence, sequence + 1, memory_order_release);
}

void rollup_advance(struct block *block, size_t target, int64_t at_ms)
{
	struct rollup_head *state = block_to(block, ROW_FOLDS, target);
	struct ring_view ring = block_ring(block, target);
	uint64_t head = ring_head(&ring);
	/* Relaxed: the writer reads its own. */
	uint64_t folded = atomic_load_explicit(&state->folded, memory_order_relaxed);
	uint64_t open = atomic_load_explicit(&state->minute, memory_order_relaxed);
	uint64_t minute = at_ms > 0 ? (uint64_t)(at_ms / MINUTE_MS) : 0;

	/* Half of the ring at most waits, so that none is overwritten unfolded. */
	if (head != folded && (minute != open || head - folded >= ring.shape->slots / 2))
		fold(block, target, folded, head);
	if (minute != open)
		atomic_store_explicit(&state->minute, minute, memory_order_relaxed);
}

/* ---- going on ---- */

static void carry_row(struct block *to, size_t to_target, const struct block *from,
		      size_t from_target, enum block_row row)
{
	size_t chunks = row == ROW_MINUTES ? MINUTE_CHUNKS : QUARTER_CHUNKS;

	for (size_t i = 0; i < chunks; i++) {
		const _Atomic uint64_t *read =
			block_at(from, row, i * (size_t)from->targets + from_target);
		_Atomic uint64_t *written =
			block_to(to, row, i * (size_t)to->targets + to_target);
		for (size_t k = 0; k < ROLLUP_CHUNK * ROLLUP_WORDS; k++) {
			/* Relaxed: nobody else is there. Zeros are left alone: a page that is not
			 * touched costs nothing. */
			uint64_t word = atomic_load_explicit(&read[k], memory_order_relaxed);
			if (word)
				atomic_store_explicit(&written[k], word, memory_order_relaxed);
		}
	}
}

void rollup_carry(struct block *to, size_t to_target, const struct block *from, size_t from_target)
{
	const struct rollup_head *read = block_at(from, ROW_FOLDS, from_target);
	struct rollup_head *written = block_to(to, ROW_FOLDS, to_target);

	carry_row(to, to_target, from, from_target, ROW_MINUTES);
	carry_row(to, to_target, from, from_target, ROW_QUARTERS);
	written->folded = read->folded;
	written->minute = read->minute;
}

/* The minute's record may or may not hold the samples that were being folded in: it is made anew of
 * all that the ring still has of this minute. */
void rollup_repair(struct block *block, size_t target)
{
	struct rollup_head *state = block_to(block, ROW_FOLDS, target);
	struct ring_view ring = block_ring(block, target);
	uint64_t head = ring_head(&ring), first = state->folded;
	struct rollup minute;
	struct sample sample;

	if (first > head) /* never true but in a damaged file */
		state->folded = first = head;
	if (!(state->sequence & 1))
		return;
	while (first > 0 && ring_get(&ring, first - 1, &sample) &&
	       (uint64_t)(sample.at_ms / MINUTE_MS) == state->minute)
		first--;
	if (roll_samples(&ring, first, head, &minute)) {
		store_record(block, ROW_MINUTES, target, &minute);
		fold_quarter(block, target, minute.period / QUARTER_MINUTES);
	}
	state->folded = head;
	state->sequence++;
}

/* ---- reading ---- */

/* What a reader adds up: the records, and what is not in them yet. */
struct look {
	const struct block *block;
	size_t target;
	int tries;
	bool is_stuck; /* a writer was killed in a fold: its records are checked one by one */
	uint64_t sequence;
	bool has_pending;
	struct rollup pending; /* its period is a minute */
};

static const struct rollup_head *look_state(const struct look *look)
{
	return block_at(look->block, ROW_FOLDS, look->target);
}

/* Begins, or begins again. */
static void look_begin(struct look *look)
{
	const struct rollup_head *state = look_state(look);
	struct ring_view ring = block_ring(look->block, look->target);
	unsigned turns = 0;

	look->is_stuck = false;
	do {
		/* Acquire: the records of the fold this sequence ended are seen. */
		look->sequence = atomic_load_explicit(&state->sequence, memory_order_acquire);
		if (look->sequence & 1)
			look->is_stuck = !patience_wait(&turns);
	} while (look->sequence & 1 && !look->is_stuck);
	uint64_t folded = atomic_load_explicit(&state->folded, memory_order_acquire);
	uint64_t head = ring_head(&ring);
	look->has_pending = roll_samples(&ring, folded, head, &look->pending);
}

/* False where a fold came in between: all that was read counts for nothing. */
static bool look_end(struct look *look)
{
	const struct rollup_head *state = look_state(look);

	/* Relaxed: the acquire loads before keep their place. */
	return look->is_stuck || ++look->tries == TRIES ||
	       atomic_load_explicit(&state->sequence, memory_order_relaxed) == look->sequence;
}

/* Periods first to end (exclusive) of a row; and the pending minute, where it is among them. */
static void look_add(const struct look *look, enum block_row row, int64_t first, int64_t end,
		     struct summary *summary)
{
	int64_t pending = look->pending.period / (row == ROW_MINUTES ? 1 : QUARTER_MINUTES);
	struct rollup rollup;

	if (first < 0)
		first = 0;
	for (int64_t period = first; period < end && period <= UINT32_MAX; period++)
		if (load_record(look->block, row, look->target, (uint32_t)period, &rollup))
			summary_add(summary, &rollup);
	if (look->has_pending && pending >= first && pending < end)
		summary_add(summary, &look->pending);
}

static struct bin bin_of(const struct rollup *rollup)
{
	return (struct bin){
		.good = rollup->good,
		.failed = rollup->failed,
		.tainted = rollup->tainted,
		.median_us = rollup->median_us,
		.max_us = rollup->max_us,
		.letter = rollup->letter,
		.slow = rollup->slow > 0,
	};
}

bool rollup_bins(const struct block *block, size_t target, struct bin *bins, size_t bin_count,
		 int64_t end_ms, int64_t width_ms)
{
	if (width_ms <= 0 || width_ms % MINUTE_MS)
		return false;
	bool quarters = width_ms % (QUARTER_MINUTES * MINUTE_MS) == 0;
	enum block_row row = quarters ? ROW_QUARTERS : ROW_MINUTES;
	int64_t periods = width_ms / MINUTE_MS / (quarters ? QUARTER_MINUTES : 1);
	int64_t newest = end_ms / width_ms;
	struct summary summary;
	struct look look = {.block = block, .target = target};

	do {
		look_begin(&look);
		for (size_t i = 0; i < bin_count; i++) {
			int64_t bin = newest - (int64_t)(bin_count - 1 - i);
			summary_start(&summary, 0);
			look_add(&look, row, bin * periods, (bin + 1) * periods, &summary);
			bins[i] = bin_of(summary_end(&summary));
		}
	} while (!look_end(&look));
	return true;
}

static void tally_records(const struct look *look, enum block_row row, int64_t first, int64_t end,
			  struct rollup_sum *sum)
{
	struct rollup rollup;

	for (int64_t period = first > 0 ? first : 0; period < end; period++) {
		if (!load_record(look->block, row, look->target, (uint32_t)period, &rollup))
			continue;
		sum->good += rollup.good;
		sum->failed += rollup.failed;
	}
}

struct rollup_sum rollup_tally(const struct block *block, size_t target, int64_t from_ms)
{
	const struct rollup_head *state = block_at(block, ROW_FOLDS, target);
	struct rollup_sum sum;
	struct look look = {.block = block, .target = target};

	do {
		look_begin(&look);
		/* Relaxed: only how far to look. */
		int64_t newest =
			(int64_t)atomic_load_explicit(&state->minute, memory_order_relaxed);
		int64_t oldest = newest - QUARTER_MINUTES * QUARTER_CHUNKS * ROLLUP_CHUNK;
		int64_t first = from_ms > oldest * MINUTE_MS ? from_ms / MINUTE_MS : oldest;
		int64_t quarter = first / QUARTER_MINUTES;
		sum = (struct rollup_sum){0, 0};
		if (first > newest - 24 * 60 - 1 && first % QUARTER_MINUTES) {
			quarter++;
			tally_records(&look, ROW_MINUTES, first, quarter * QUARTER_MINUTES, &sum);
		}
		tally_records(&look, ROW_QUARTERS, quarter, newest / QUARTER_MINUTES + 1, &sum);
		if (look.has_pending && look.pending.period >= first) {
			sum.good += look.pending.good;
			sum.failed += look.pending.failed;
		}
	} while (!look_end(&look));
	return sum;
}

/* Minutes further back than this are no longer told apart where time is summed up. */
#define FINE_MINUTES (6 * 60)

static void add_time(struct rollup_time *time, const struct rollup *rollup, int64_t length_ms)
{
	int64_t checks = (int64_t)rollup->good + rollup->failed;

	if (checks == 0)
		return;
	time->known_ms += length_ms;
	time->bad_ms += length_ms * rollup->failed / checks;
}

/* Periods first to end (exclusive) of a row, the pending minute with them where it is among them. */
static void time_records(const struct look *look, enum block_row row, int64_t first, int64_t end,
			 struct rollup_time *time)
{
	int64_t minutes = row == ROW_MINUTES ? 1 : QUARTER_MINUTES;
	int64_t pending = look->has_pending ? look->pending.period / minutes : -1;

	for (int64_t period = first > 0 ? first : 0; period < end; period++) {
		struct summary summary;
		struct rollup rollup;
		bool found = load_record(look->block, row, look->target, (uint32_t)period, &rollup);

		if (period == pending) {
			summary_start(&summary, (uint32_t)period);
			if (found)
				summary_add(&summary, &rollup);
			summary_add(&summary, &look->pending);
			rollup = *summary_end(&summary);
			found = true;
		}
		if (found)
			add_time(time, &rollup, minutes * MINUTE_MS);
	}
}

struct rollup_time rollup_time(const struct block *block, size_t target, int64_t from_ms,
			       bool coarse)
{
	const struct rollup_head *state = block_at(block, ROW_FOLDS, target);
	struct look look = {.block = block, .target = target};
	struct rollup_time time;

	do {
		look_begin(&look);
		/* Relaxed: only how far to look. */
		int64_t newest =
			(int64_t)atomic_load_explicit(&state->minute, memory_order_relaxed);
		int64_t oldest = newest - QUARTER_MINUTES * QUARTER_CHUNKS * ROLLUP_CHUNK;
		int64_t first = from_ms > oldest * MINUTE_MS ? from_ms / MINUTE_MS : oldest;
		int64_t fine = (newest - FINE_MINUTES) / QUARTER_MINUTES * QUARTER_MINUTES;

		if (coarse)
			fine = newest + 1;
		time = (struct rollup_time){0, 0};
		time_records(&look, ROW_QUARTERS, first / QUARTER_MINUTES,
			     (fine + QUARTER_MINUTES - 1) / QUARTER_MINUTES, &time);
		time_records(&look, ROW_MINUTES, first > fine ? first : fine, newest + 1, &time);
	} while (!look_end(&look));
	return time;
}
