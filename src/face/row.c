/*
 * Rows: one copied look at each target, with its window statistics.
 *
 * The ring's head tells whether a target has anything new, so a refresh of an idle fleet reads two
 * words a target. Statistics of the window are computed here, by the reader, out of a copy: the
 * poller never pays for them. A series that does not grow is looked at again each half minute,
 * because its window moves.
 */
#include "face/row.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/units.h"

#define STALE_MS 30000
#define SPARE	 64 /* samples beyond those of the window as it was last looked at */

struct rows *rows_new(const struct config *config, const struct store *store)
{
	struct rows *rows = x_calloc(1, sizeof(*rows));
	size_t largest = 1;

	rows->count = config->target_count;
	rows->items = x_calloc(rows->count + 1, sizeof(*rows->items));
	rows->window_ms = ROW_WINDOW_MS;
	for (size_t i = 0; i < rows->count; i++) {
		struct row *row = &rows->items[i];
		size_t capacity = store_ring_capacity(store, i);

		row->target = &config->targets[i];
		row->index = i;
		row->head = UINT64_MAX;
		row->last = sample_blank(0);
		row->stats = stats_of(NULL, 0, 0, 0, 0, NULL);
		row->verdict.last_us = row->verdict.usual_us = ABSENT_US;
		for (int phase = 0; phase < PHASE_COUNT; phase++)
			row->verdict.usual_phase_us[phase] = ABSENT_US;
		if (capacity > largest)
			largest = capacity;
	}
	rows->samples = x_calloc(largest, sizeof(*rows->samples));
	rows->scratch = x_calloc(largest, sizeof(*rows->scratch));
	rows->capacity = largest;
	return rows;
}

void rows_free(struct rows *rows)
{
	if (!rows)
		return;
	free(rows->items);
	free(rows->samples);
	free(rows->scratch);
	free(rows);
}

/*
 * Only as much of the ring as the window needs: a day of samples read for each new one would be the
 * dearest thing the program does. What the window held last time (at first: what the interval
 * promises), and some more; twice as much where that does not reach back.
 */
static size_t read_window(struct rows *rows, const struct row *row, const struct store *store,
			  int64_t from_ms)
{
	uint64_t guess = row->stats.samples + row->stats.tainted,
		 head = store_head(store, row->index);

	if (guess == 0 && row->target->interval_ms > 0)
		guess = (uint64_t)(rows->window_ms / row->target->interval_ms);
	for (guess += SPARE;; guess *= 2) {
		uint64_t from = head > guess ? head - guess : 0;
		size_t count =
			store_samples(store, row->index, from, rows->samples, rows->capacity, NULL);

		if (from == 0 || guess >= rows->capacity ||
		    (count > 0 && rows->samples[0].at_ms < from_ms))
			return count;
	}
}

static void refresh_statistics(struct rows *rows, struct row *row, const struct store *store,
			       int64_t now_ms)
{
	size_t count = read_window(rows, row, store, now_ms - rows->window_ms);

	row->has_last = count > 0;
	if (row->has_last)
		row->last = rows->samples[count - 1];
	row->stats = stats_of(rows->samples, count, now_ms - rows->window_ms, now_ms,
			      target_satisfied_us(row->target), rows->scratch);
	stats_correct(&row->stats, rows->samples, count, row->target->interval_ms * 1000,
		      target_satisfied_us(row->target));
	store_tally(store, row->index, now_ms - DAY_MS, &row->good_24h, &row->failed_24h);
	row->statistics_at_ms = now_ms;
}

static bool refresh_row(struct rows *rows, struct row *row, const struct store *store,
			int64_t now_ms)
{
	uint64_t head = store_head(store, row->index);
	struct verdict verdict = row->verdict;
	int64_t due = row->due_us, in_flight = row->in_flight_since_us;
	bool changed = false;

	store_pulse(store, row->index, &due, &in_flight);
	if (due != row->due_us || in_flight != row->in_flight_since_us) {
		row->due_us = due;
		row->in_flight_since_us = in_flight;
		changed = true;
	}
	if (store_verdict(store, row->index, &verdict) &&
	    memcmp(&verdict, &row->verdict, sizeof(verdict)) != 0) {
		row->verdict = verdict;
		changed = true;
	}
	if (head != row->head) {
		row->head = head;
		store_cert(store, row->index, &row->cert);
		changed = true;
	} else if (now_ms - row->statistics_at_ms < STALE_MS && now_ms >= row->statistics_at_ms) {
		return changed;
	}
	refresh_statistics(rows, row, store, now_ms);
	return changed;
}

bool rows_refresh(struct rows *rows, const struct store *store)
{
	int64_t now_ms = clock_wall_ms();
	bool changed = false;

	for (size_t i = 0; i < rows->count; i++)
		changed |= refresh_row(rows, &rows->items[i], store, now_ms);
	return changed;
}

/* Where a state stands in a list that shows trouble first; loaded comes right after down. */
static int trouble_rank(const struct row *row)
{
	static const int rank[STATE_COUNT] = {
		[STATE_DOWN] = 0, [STATE_SLOW] = 2, [STATE_UNKNOWN] = 3,
		[STATE_NEW] = 4,  [STATE_UP] = 5,   [STATE_PAUSED] = 6,
	};

	return row_is_loaded(row) ? 1 : rank[row->verdict.state];
}

int row_compare_trouble(const struct row *a, const struct row *b)
{
	int rank_a = trouble_rank(a), rank_b = trouble_rank(b);

	if (rank_a != rank_b)
		return rank_a < rank_b ? -1 : 1;
	if (rank_a <= 2 && row_since_ms(a) != row_since_ms(b))
		return row_since_ms(a) > row_since_ms(b) ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* DOWN is worst, then SLOW, then not knowing; all well only where every target was seen well or is
 * paused. */
static enum state worst_state(const struct tally *tally)
{
	if (tally->down)
		return STATE_DOWN;
	if (tally->slow || tally->loaded)
		return STATE_SLOW;
	if (tally->unknown)
		return STATE_UNKNOWN;
	if (!tally->up && tally->paused)
		return STATE_PAUSED;
	return STATE_UP;
}

void tally_add(struct tally *tally, const struct row *row)
{
	unsigned *const counts[STATE_COUNT] = {
		[STATE_NEW] = &tally->unknown,	   [STATE_UP] = &tally->up,
		[STATE_SLOW] = &tally->slow,	   [STATE_DOWN] = &tally->down,
		[STATE_UNKNOWN] = &tally->unknown, [STATE_PAUSED] = &tally->paused,
	};

	tally->targets++;
	++*counts[row->verdict.state];
	tally->loaded += row_is_loaded(row);
	tally->loaded_slow += row_is_loaded(row) && row->verdict.state == STATE_SLOW;
	tally->outdated += row->outdated;
	tally->certs += (row->verdict.warnings & WARN_TLS_EXPIRING) != 0;
}

struct tally rows_tally(const struct rows *rows)
{
	struct tally tally = {0};

	for (size_t i = 0; i < rows->count; i++)
		tally_add(&tally, &rows->items[i]);
	tally.state = worst_state(&tally);
	return tally;
}

int tally_exit_status(const struct tally *tally)
{
	if (tally->down)
		return 2;
	if (tally->outdated)
		return 3;
	return tally->slow || tally->loaded || tally->certs || tally->unknown ? 1 : 0;
}

void row_result(const struct row *row, char out[16])
{
	const struct verdict *verdict = &row->verdict;
	/* of one that was down before any sample that is kept this much is known */
	bool told = !row->has_last && verdict->state == STATE_DOWN && verdict->cls != CLASS_OK;
	enum probe_class cls = told ? verdict->cls : row->last.cls;
	uint16_t status = told ? verdict->status : row->last.status;

	if (verdict->state == STATE_PAUSED)
		text_copy(out, 16, "paused");
	else if (!row->has_last && !told)
		text_copy(out, 16, row->in_flight_since_us ? "…" : "");
	else if (class_table[cls].result[0])
		text_copy(out, 16, class_table[cls].result);
	else if (status)
		text_format(out, 16, "%u", status);
	else
		text_copy(out, 16, cls == CLASS_OK ? "ok" : class_table[cls].name);
}

int row_cert_days(const struct row *row, int64_t now_ms)
{
	if (!row->cert.seen || row->cert.chain_not_after_ms == 0)
		return INT_MIN;
	return (int)cert_days_left(row->cert.chain_not_after_ms, now_ms);
}
