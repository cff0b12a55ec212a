/*
 * Rollups: minutes and quarters of an hour of each target. The target's poller folds, faces read
 * (rollup_read.c).
 *
 * The one idea: samples that are not folded yet all belong to one minute, and which they are stands
 * in rollup_head. So whatever a reader adds up is records + those samples, each check exactly once:
 * a sequence around each fold (as in slot.h) makes it read again where one came in between.
 */
#include "store/rollup.h"

#include "store/rollup_record.h"

/* ---- folding ---- */

/* Adds what is new to what the record of this period has. */
static void fold_histogram(struct block *block, enum block_row row, size_t target, uint32_t period,
			   const struct histogram *news)
{
	struct histogram sum = *news;

	record_add_histogram(block, row, target, period, &sum);
	record_store_histogram(block, row, target, period, &sum);
}

/* A record of that minute may be there: the minute was folded in parts, or the clock was
 * set back. */
static void fold_minute(struct block *block, size_t target, const struct rollup *minute)
{
	struct summary summary;
	struct rollup before;

	summary_start(&summary, minute->period);
	if (record_load(block, ROW_MINUTES, target, minute->period, &before))
		summary_add(&summary, &before);
	summary_add(&summary, minute);
	record_store(block, ROW_MINUTES, target, summary_end(&summary));
}

static void fold_quarter(struct block *block, size_t target, uint32_t quarter)
{
	struct summary summary;
	struct rollup minute;

	summary_start(&summary, quarter);
	for (uint32_t i = 0; i < QUARTER_MINUTES; i++)
		if (record_load(block, ROW_MINUTES, target, quarter * QUARTER_MINUTES + i, &minute))
			summary_add(&summary, &minute);
	record_store(block, ROW_QUARTERS, target, summary_end(&summary));
}

static void fold(struct block *block, size_t target, uint64_t folded, uint64_t head)
{
	struct rollup_head *state = block_to(block, ROW_FOLDS, target);
	struct ring_view ring = block_ring(block, target);
	struct histogram histogram;
	struct rollup minute;
	/* Relaxed, and the rest as in slot.c. */
	uint64_t sequence = atomic_load_explicit(&state->sequence, memory_order_relaxed) | 1;

	atomic_store_explicit(&state->sequence, sequence, memory_order_relaxed);
	histogram_clear(&histogram);
	if (record_roll(&ring, folded, head, &minute, &histogram)) {
		uint32_t quarter = minute.period / QUARTER_MINUTES;
		fold_minute(block, target, &minute);
		fold_quarter(block, target, quarter);
		fold_histogram(block, ROW_MINUTES, target, minute.period, &histogram);
		fold_histogram(block, ROW_QUARTERS, target, quarter, &histogram);
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

	/* At the latest when half of the ring is unfolded: samples must be summed before they are
	 * overwritten. */
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
		_Atomic uint64_t *written = block_to(to, row, i * (size_t)to->targets + to_target);
		for (size_t k = 0; k < ROLLUP_CHUNK * record_words(row); k++) {
			/* Relaxed: nobody else is there, or it will be done again. What is
			 * the same is left alone: a page that is not touched costs nothing. */
			uint64_t word = atomic_load_explicit(&read[k], memory_order_relaxed);
			if (word != atomic_load_explicit(&written[k], memory_order_relaxed))
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
	/* of a writer that is gone: whoever goes on repairs what it was folding */
	written->sequence = read->sequence & 1;
}

/* The minute's record may or may not hold the samples that were being folded in: it is made anew of
 * all that the ring still has of this minute. */
void rollup_repair(struct block *block, size_t target)
{
	struct rollup_head *state = block_to(block, ROW_FOLDS, target);
	struct ring_view ring = block_ring(block, target);
	uint64_t head = ring_head(&ring), first = state->folded;
	struct histogram histogram;
	struct rollup minute;
	struct sample sample;

	if (first > head) /* never true but in a damaged file */
		state->folded = first = head;
	if (!(state->sequence & 1))
		return;
	while (first > 0 && ring_get(&ring, first - 1, &sample) &&
	       (uint64_t)(sample.at_ms / MINUTE_MS) == state->minute)
		first--;
	histogram_clear(&histogram);
	if (record_roll(&ring, first, head, &minute, &histogram)) {
		uint32_t quarter = minute.period / QUARTER_MINUTES;
		record_store(block, ROW_MINUTES, target, &minute);
		fold_quarter(block, target, quarter);
		record_store_histogram(block, ROW_MINUTES, target, minute.period, &histogram);
		/* that of the quarter from all its minutes */
		histogram_clear(&histogram);
		for (uint32_t i = 0; i < QUARTER_MINUTES; i++)
			record_add_histogram(block, ROW_MINUTES, target,
					     quarter * QUARTER_MINUTES + i, &histogram);
		record_store_histogram(block, ROW_QUARTERS, target, quarter, &histogram);
	}
	state->folded = head;
	state->sequence++;
}
