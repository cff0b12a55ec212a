/*
 * Times of which no sample is left. Rollups say that there were checks and how they went, events
 * and incidents what was told; which answer was the last one nobody knows any more.
 */
#include "base/clock.h"
#include "base/units.h"
#include "face/tui/past.h"
#include "face/tui/past_parts.h"

#define BINS_MOST 16

int64_t past_rolled_width_ms(int64_t at_ms)
{
	return at_ms > clock_wall_ms() - DAY_MS ? MINUTE_MS : 15 * MINUTE_MS;
}

/* That of all rows would read the whole file: it is asked of what was checked for the longest. */
int64_t past_earliest_ms(const struct past *past)
{
	int64_t earliest = past_samples_from_ms(past), longest_ms = 0, from_ms;
	size_t oldest = 0;

	for (size_t i = 0; i < past->rows->count; i++) {
		int64_t checked_ms = (int64_t)store_head(past->store, i) *
				     past->rows->items[i].target->interval_ms;

		if (checked_ms <= longest_ms)
			continue;
		longest_ms = checked_ms;
		oldest = i;
	}
	if (longest_ms == 0)
		return earliest;
	from_ms = store_rolled_from_ms(past->store, oldest);
	return from_ms < earliest ? from_ms : earliest;
}

/* The newest bin with checks until end_ms that may still stand for it; empty: nobody checked then.
 */
static struct bin newest_bin(const struct past *past, const struct row *row, int64_t end_ms)
{
	struct bin bins[BINS_MOST] = {0};
	int64_t width_ms = past_rolled_width_ms(past->at_ms);
	int64_t count = row->target->interval_ms / width_ms + 2;

	if (count > BINS_MOST)
		count = BINS_MOST;
	if (!store_bins(past->store, row->index, bins, (size_t)count, end_ms, width_ms))
		return (struct bin){0};
	while (count > 1 && bins[count - 1].good + bins[count - 1].failed == 0)
		count--;
	return bins[count - 1];
}

bool past_is_rolled(const struct past *past, const struct row *row)
{
	struct bin before;

	if (row->has_last || past_oldest(past, row->index) > 0)
		return !row->has_last;
	/* samples may also have been left behind in a file of another shape */
	before = newest_bin(past, row, past->at_ms - past_rolled_width_ms(past->at_ms));
	return before.good + before.failed > 0;
}

/* Of whole bins: what came in the rest of the moment's own came after it, in part. */
void past_roll_statistics(const struct past *past, struct row *row)
{
	int64_t width_ms = past_rolled_width_ms(past->at_ms);
	int64_t end_ms = (past->at_ms + 1) / width_ms * width_ms;

	row->stats = store_stats(past->store, row->index, end_ms - past->rows->window_ms,
				 end_ms - 1, target_satisfied_us(row->target), NULL);
}

/* Its incident of failed checks that was open then; NULL: there was none. */
static const struct incident *failure_then(const struct past *past, const struct row *row)
{
	uint32_t latest = past->latest[row->index];
	const struct incident *incident = latest ? &past->today->items[latest - 1] : NULL;

	return incident && incident_is_open_at(incident, past->at_ms) ? incident : NULL;
}

void past_roll_state(struct past *past, struct row *row)
{
	/* of an event that is lost nobody knows whether it came before the moment or after it */
	bool is_lost = past->kept_ms && past->at_ms < past->kept_ms;
	const struct told *told = &past->told[row->index];
	const struct incident *failure = failure_then(past, row);
	struct verdict *verdict = &row->verdict;
	struct bin bin = newest_bin(past, row, past->at_ms);

	verdict->state = STATE_UNKNOWN;
	verdict->since_ms = 0;
	if (!is_lost && told->known && told->state == STATE_PAUSED) {
		verdict->state = STATE_PAUSED;
		verdict->since_ms = told->since_ms;
	} else if (failure &&
		   (is_lost ? failure->confirmed : told->known && told->state == STATE_DOWN)) {
		verdict->state = STATE_DOWN;
		verdict->since_ms = failure->opened_ms;
		verdict->cls = failure->cls;
		verdict->status = failure->status;
	} else if (bin.good > 0 && (bin.failed == 0 || failure || !is_lost)) {
		verdict->state = !is_lost && told->slow ? STATE_SLOW : STATE_UP;
		if (!is_lost && told->known && told->state == verdict->state)
			verdict->since_ms = told->since_ms;
	}
}
