/*
 * Reading rollups: bins, tallies, times and windows, each the records and what is not in them yet.
 * Any thread; never makes the poller wait.
 */
#include "store/rollup_record.h"

#include "store/rollup.h"
#include "store/slot.h"
#include "store/store.h"

enum { TRIES = 10000 }; /* a fold a minute interrupts a reader once, if at all */

/* What a reader adds up: the records, and what is not in them yet. */
struct look {
	const struct block *block;
	size_t target;
	int tries;
	bool is_stuck; /* a writer was killed in a fold: its records are checked one by one */
	uint64_t sequence;
	bool has_pending;
	struct rollup pending;	     /* its period is a minute */
	struct histogram *histogram; /* gets the pending ones, from empty; NULL: not wanted */
};

static const struct rollup_head *look_state(const struct look *look)
{
	return block_at(look->block, ROW_FOLDS, look->target);
}

/* The newest minute that is known of; no later than a record can say. */
static int64_t newest_minute(const struct block *block, size_t target)
{
	const struct rollup_head *state = block_at(block, ROW_FOLDS, target);
	/* Relaxed: only how far to look. */
	uint64_t minute = atomic_load_explicit(&state->minute, memory_order_relaxed);

	return minute < UINT32_MAX ? (int64_t)minute : UINT32_MAX;
}

/* Begins, or begins again. */
static void look_begin(struct look *look)
{
	const struct rollup_head *state = look_state(look);
	struct ring_view ring = block_ring(look->block, look->target);
	unsigned turns = 0;

	look->is_stuck = false;
	if (look->histogram)
		histogram_clear(look->histogram);
	do {
		/* Acquire: the records of the fold this sequence ended are seen. */
		look->sequence = atomic_load_explicit(&state->sequence, memory_order_acquire);
		if (look->sequence & 1)
			look->is_stuck = !slot_wait(&turns);
	} while (look->sequence & 1 && !look->is_stuck);
	uint64_t folded = atomic_load_explicit(&state->folded, memory_order_acquire);
	uint64_t head = ring_head(&ring);
	look->has_pending = record_roll(&ring, folded, head, &look->pending, look->histogram);
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
		if (record_load(look->block, row, look->target, (uint32_t)period, &rollup))
			summary_add(summary, &rollup);
	if (look->has_pending && pending >= first && pending < end)
		summary_add(summary, &look->pending);
}

static bool has_record(const struct block *block, enum block_row row, size_t target, int64_t period)
{
	struct rollup rollup;

	return period >= 0 && record_load(block, row, target, (uint32_t)period, &rollup);
}

int64_t rollup_earliest_ms(const struct block *block, size_t target)
{
	int64_t newest = newest_minute(block, target), minute;
	int64_t quarter = newest / QUARTER_MINUTES - QUARTER_CHUNKS * ROLLUP_CHUNK + 1;

	while (quarter <= newest / QUARTER_MINUTES &&
	       !has_record(block, ROW_QUARTERS, target, quarter))
		quarter++;
	if (quarter > newest / QUARTER_MINUTES)
		return INT64_MAX;
	minute = quarter * QUARTER_MINUTES;
	while (minute < (quarter + 1) * QUARTER_MINUTES &&
	       !has_record(block, ROW_MINUTES, target, minute))
		minute++;
	return (minute < (quarter + 1) * QUARTER_MINUTES ? minute : quarter * QUARTER_MINUTES) *
	       MINUTE_MS;
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
		if (!record_load(look->block, row, look->target, (uint32_t)period, &rollup))
			continue;
		sum->good += rollup.good;
		sum->failed += rollup.failed;
	}
}

/* Whether minutes from this one on are still told apart. */
static bool has_minutes(int64_t newest, int64_t minute)
{
	return minute > newest - 24 * 60 - 1;
}

/* Minutes first to end (exclusive), which a quarter of an hour ends with: by quarters, but for the
 * first minutes. */
static void tally_quarters(const struct look *look, int64_t newest, int64_t first, int64_t end,
			   struct rollup_sum *sum)
{
	int64_t quarter = first / QUARTER_MINUTES;

	if (has_minutes(newest, first) && first % QUARTER_MINUTES) {
		quarter++;
		int64_t whole = quarter * QUARTER_MINUTES;
		tally_records(look, ROW_MINUTES, first, whole < end ? whole : end, sum);
	}
	tally_records(look, ROW_QUARTERS, quarter, end / QUARTER_MINUTES, sum);
}

/* What had ended by a moment gone by, from the minute `first` on, out of the ring: the records of
 * its last minute tell also of what came after it. */
static void tally_ring(const struct look *look, int64_t first, uint64_t head,
		       struct rollup_sum *sum)
{
	struct ring_view ring = block_ring(look->block, look->target);
	uint64_t from = head;
	struct rollup rest;
	struct sample sample;

	while (from > 0 && ring_get(&ring, from - 1, &sample) && sample.at_ms / MINUTE_MS >= first)
		from--;
	if (!record_roll(&ring, from, head, &rest, NULL))
		return;
	sum->good += rest.good;
	sum->failed += rest.failed;
}

/* The last quarter of an hour of a moment gone by, in which more came after it. */
static void tally_last(const struct look *look, int64_t newest, int64_t first,
		       const struct store_then *then, struct rollup_sum *sum)
{
	struct ring_view ring = block_ring(look->block, look->target);
	int64_t last = then->at_ms / MINUTE_MS, from = last / QUARTER_MINUTES * QUARTER_MINUTES;
	struct sample sample;

	/* a check that was under way may have begun in a minute before */
	if (then->head > 0 && ring_get(&ring, then->head - 1, &sample) &&
	    sample.at_ms / MINUTE_MS < last)
		last = sample.at_ms / MINUTE_MS;
	from = from > first ? from : first;
	if (has_minutes(newest, from)) {
		tally_records(look, ROW_MINUTES, from, last, sum);
		from = from > last ? from : last;
	}
	tally_ring(look, from, then->head, sum);
}

struct rollup_sum rollup_tally(const struct block *block, size_t target, int64_t from_ms,
			       const struct store_then *then)
{
	struct rollup_sum sum;
	struct look look = {.block = block, .target = target};

	do {
		look_begin(&look);
		int64_t newest = newest_minute(block, target);
		int64_t oldest = newest - QUARTER_MINUTES * QUARTER_CHUNKS * ROLLUP_CHUNK;
		int64_t first = from_ms > oldest * MINUTE_MS ? from_ms / MINUTE_MS : oldest;
		int64_t end = (then ? then->at_ms / MINUTE_MS : newest + QUARTER_MINUTES) /
			      QUARTER_MINUTES * QUARTER_MINUTES;

		sum = (struct rollup_sum){0, 0};
		tally_quarters(&look, newest, first, end, &sum);
		if (then) {
			tally_last(&look, newest, first, then, &sum);
		} else if (look.has_pending && look.pending.period >= first) {
			sum.good += look.pending.good;
			sum.failed += look.pending.failed;
		}
	} while (!look_end(&look));
	return sum;
}

/* What of a window is asked for: periods first to end (exclusive) of a row. */
struct window {
	enum block_row row;
	int64_t first, end;
};

/* Minutes while they last, else quarters of an hour. */
static struct window window_of(const struct block *block, size_t target, int64_t from_ms,
			       int64_t to_ms)
{
	int64_t newest = newest_minute(block, target);
	int64_t quarters = QUARTER_CHUNKS * ROLLUP_CHUNK;
	struct window window = {ROW_MINUTES, from_ms / MINUTE_MS, to_ms / MINUTE_MS + 1};

	if (window.first <= newest - 24 * 60) {
		window = (struct window){ROW_QUARTERS, window.first / QUARTER_MINUTES,
					 (window.end - 1) / QUARTER_MINUTES + 1};
		newest /= QUARTER_MINUTES;
		if (window.first < newest - quarters + 1)
			window.first = newest - quarters + 1;
	}
	if (window.first < 0)
		window.first = 0;
	if (window.end > newest + 1)
		window.end = newest + 1;
	return window;
}

static void rollup_window_add(struct rollup_window *sum, const struct rollup *rollup)
{
	sum->good += rollup->good;
	sum->failed += rollup->failed;
	sum->tainted += rollup->tainted;
	for (size_t i = 0; i < ROLLUP_GROUPS; i++)
		sum->groups[i] += rollup->groups[i];
	if (rollup->good == 0)
		return;
	sum->total_us += (int64_t)rollup->mean_us * rollup->good;
	if (sum->min_us == ABSENT_US || rollup->min_us < sum->min_us)
		sum->min_us = rollup->min_us;
	if (rollup->max_us > sum->max_us)
		sum->max_us = rollup->max_us;
}

/* The pending minute is in the look's histogram already: it must be of the window. */
static void look_sum(struct look *look, const struct window *window, struct rollup_window *sum)
{
	struct histogram *histogram = look->histogram;
	int64_t pending = look->pending.period / (window->row == ROW_MINUTES ? 1 : QUARTER_MINUTES);
	struct rollup rollup;

	*sum = (struct rollup_window){.min_us = ABSENT_US, .max_us = ABSENT_US};
	if (!look->has_pending || pending < window->first || pending >= window->end)
		histogram_clear(histogram);
	else
		rollup_window_add(sum, &look->pending);
	for (int64_t period = window->first; period < window->end; period++) {
		if (!record_load(look->block, window->row, look->target, (uint32_t)period, &rollup))
			continue;
		rollup_window_add(sum, &rollup);
		record_add_histogram(look->block, window->row, look->target, (uint32_t)period,
				     histogram);
	}
}

void rollup_window(const struct block *block, size_t target, int64_t from_ms, int64_t to_ms,
		   struct rollup_window *sum, struct histogram *histogram)
{
	struct window window = window_of(block, target, from_ms, to_ms);
	struct look look = {.block = block, .target = target, .histogram = histogram};

	do {
		look_begin(&look);
		look_sum(&look, &window, sum);
	} while (!look_end(&look));
}

/* Minutes further back than this are no longer told apart where time is summed up. */
#define FINE_MINUTES (6 * 60)

static void add_time(struct rollup_time *time, const struct rollup *rollup, int64_t length_ms,
		     int64_t interval_ms)
{
	int64_t checks = (int64_t)rollup->good + rollup->failed;

	if (checks == 0)
		return;
	if (interval_ms > 0 && checks * interval_ms < length_ms)
		length_ms = checks * interval_ms;
	time->known_ms += length_ms;
	time->bad_ms += length_ms * rollup->failed / checks;
}

/* Periods first to end (exclusive) of a row, the pending minute with them where it is among them.
 */
static void time_records(const struct look *look, enum block_row row, int64_t first, int64_t end,
			 int64_t interval_ms, struct rollup_time *time)
{
	int64_t minutes = row == ROW_MINUTES ? 1 : QUARTER_MINUTES;
	int64_t pending = look->has_pending ? look->pending.period / minutes : -1;

	for (int64_t period = first > 0 ? first : 0; period < end; period++) {
		struct summary summary;
		struct rollup rollup;
		bool found = record_load(look->block, row, look->target, (uint32_t)period, &rollup);

		if (period == pending) {
			summary_start(&summary, (uint32_t)period);
			if (found)
				summary_add(&summary, &rollup);
			summary_add(&summary, &look->pending);
			rollup = *summary_end(&summary);
			found = true;
		}
		/* Of the first and the last period a part may be known; of others a check that
		 * hangs takes the place of several. */
		bool is_edge = time->known_ms == 0 || period == pending;

		if (found)
			add_time(time, &rollup, minutes * MINUTE_MS, is_edge ? interval_ms : 0);
	}
}

struct rollup_time rollup_time(const struct block *block, size_t target, int64_t from_ms,
			       int64_t interval_ms)
{
	struct look look = {.block = block, .target = target};
	struct rollup_time time;

	do {
		look_begin(&look);
		int64_t newest = newest_minute(block, target);
		int64_t oldest = newest - QUARTER_MINUTES * QUARTER_CHUNKS * ROLLUP_CHUNK;
		int64_t first = from_ms > oldest * MINUTE_MS ? from_ms / MINUTE_MS : oldest;
		int64_t fine = (newest - FINE_MINUTES) / QUARTER_MINUTES * QUARTER_MINUTES;

		if (interval_ms > MINUTE_MS)
			fine = newest + 1;
		time = (struct rollup_time){0, 0};
		time_records(&look, ROW_QUARTERS, first / QUARTER_MINUTES,
			     (fine + QUARTER_MINUTES - 1) / QUARTER_MINUTES, interval_ms, &time);
		time_records(&look, ROW_MINUTES, first > fine ? first : fine, newest + 1,
			     interval_ms, &time);
	} while (!look_end(&look));
	return time;
}
