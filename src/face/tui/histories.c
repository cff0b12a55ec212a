/*
 * Histories: samples or rollups into bins, remembered with what they were made of.
 */
#include "face/tui/histories.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/units.h"
#include "model/class.h"

#define LIVE_MS	     2000 /* a picture not older than this is of now */
#define BEFORE_TRIES 8	  /* samples of our own trouble that are passed over */
#define SPARE	     32	  /* samples beyond the schedule's: checks by key, retries */

const int64_t zoom_ms[ZOOM_COUNT] = {1000, 2000, 5000, 15000, 60000, 300000, 900000, 3600000};

int zoom_default(const struct config *config)
{
	for (int zoom = 0; zoom < ZOOM_COUNT - 1; zoom++) {
		size_t held = 0; /* targets that are checked in every bin */

		for (size_t i = 0; i < config->target_count; i++)
			held += config->targets[i].interval_ms <= zoom_ms[zoom];
		if (held * 10 >= config->target_count * 9)
			return zoom;
	}
	return ZOOM_COUNT - 1;
}

void history_init(struct history *history, int capacity)
{
	*history = (struct history){
		.bins = x_calloc((size_t)capacity, sizeof(*history->bins)),
		.capacity = capacity,
		.top_us = ABSENT_US,
	};
}

void history_fini(struct history *history)
{
	free(history->bins);
	*history = (struct history){0};
}

/* How many of the newest samples are sure to reach back over the span: the schedule's, then as many
 * as it takes. */
static size_t read_span(const struct store *store, const struct rows *scratch,
			const struct history_wish *wish)
{
	int64_t span_ms = wish->width_ms * (wish->count + 1), from_ms = wish->end_ms - span_ms;
	int64_t interval_ms = wish->row->target->interval_ms;
	size_t wanted = (size_t)(span_ms / (interval_ms > 0 ? interval_ms : 50)) + SPARE;

	for (;;) {
		uint64_t head = store_head(store, wish->row->index);
		size_t capacity = wanted < scratch->capacity ? wanted : scratch->capacity;
		uint64_t from = head > capacity ? head - capacity : 0;
		size_t count = store_samples(store, wish->row->index, from, scratch->samples,
					     capacity, NULL);

		if (from == 0 || capacity == scratch->capacity || !count ||
		    scratch->samples[0].at_ms < from_ms)
			return count;
		wanted *= 2;
	}
}

/* What came after the moment that is shown is not known in it. */
static size_t read_until(const struct store *store, const struct rows *scratch,
			 const struct history_wish *wish)
{
	size_t count = read_span(store, scratch, wish);
	bool past = wish->end_ms < clock_wall_ms() - LIVE_MS;

	while (count && (scratch->samples[count - 1].at_ms > wish->end_ms ||
			 (past && sample_ended_ms(&scratch->samples[count - 1]) > wish->end_ms)))
		count--;
	return count;
}

/* Rollups know no moment within their time: of the newest bin the samples tell. */
static void cut_newest(struct history *history, const struct store *store,
		       const struct rows *scratch, const struct history_wish *wish)
{
	struct history_wish newest = *wish;
	size_t count;

	if (wish->end_ms >= clock_wall_ms() - LIVE_MS || (wish->end_ms + 1) % wish->width_ms == 0)
		return;
	newest.count = 1;
	count = read_until(store, scratch, &newest);
	bins_of(&history->bins[history->count - 1], 1, wish->end_ms, wish->width_ms,
		scratch->samples, count, scratch->scratch);
}

static int compare_values(const void *a, const void *b)
{
	int32_t first = *(const int32_t *)a, second = *(const int32_t *)b;

	return (first > second) - (first < second);
}

static int32_t top_of(const struct history *history, int32_t *scratch)
{
	size_t count = 0;

	for (int i = 0; i < history->count; i++)
		if (history->bins[i].median_us >= 0)
			scratch[count++] = history->bins[i].median_us;
	if (!count && history->before.bin.good)
		scratch[count++] = history->before.bin.median_us;
	if (!count)
		return ABSENT_US;
	qsort(scratch, count, sizeof(*scratch), compare_values);
	return (int32_t)((int64_t)scratch[(count * 95 + 99) / 100 - 1] * 5 / 4);
}

static void stand(struct bin *bin, const struct sample *sample)
{
	bin->failed = sample_is_failure(sample);
	bin->good = sample_is_good(sample);
	bin->tainted = sample_is_tainted(sample);
	if (bin->failed)
		bin->letter = class_letter(sample->cls, sample->status);
	if (bin->good)
		bin->median_us = bin->max_us = sample->total_us;
	bin->slow = bin->good && (sample->warnings & WARN_SLOW);
}

/* The number of the first sample from this time on, among those that are kept. */
static uint64_t first_from(const struct store *store, size_t target, int64_t from_ms)
{
	uint64_t high = store_head(store, target), room = store_ring_capacity(store, target);
	uint64_t low = high > room ? high - room : 0;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		struct sample sample;

		/* what was overwritten meanwhile is older than anything still there */
		if (!store_sample(store, target, middle, &sample) || sample.at_ms < from_ms)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Of a target that is checked rarely, or that was paused long ago, no check may be among the bins.
 */
static void look_before(struct history *history, const struct store *store,
			const struct history_wish *wish)
{
	int64_t first = history->end - history->count + 1;
	const struct bin *oldest = &history->bins[0];
	struct sample sample;
	uint64_t number;

	history->before = (struct bin_before){.bins = 0};
	if (wish->flag || oldest->good || oldest->failed)
		return;
	number = first_from(store, wish->row->index, first * history->width_ms);
	for (int tries = 0; number > 0 && tries < BEFORE_TRIES; tries++) {
		if (!store_sample(store, wish->row->index, --number, &sample) ||
		    sample_is_tainted(&sample))
			continue;
		history->before.bin = (struct bin){.median_us = ABSENT_US, .max_us = ABSENT_US};
		stand(&history->before.bin, &sample);
		history->before.bins = first - sample.at_ms / history->width_ms - 1;
		return;
	}
}

/* A check that hung was under way in the bins after its own, in which therefore none began: what
 * became of it stands there, too. */
static void cover(struct history *history, const struct history_wish *wish,
		  const struct sample *samples, size_t count)
{
	int64_t first = history->end - history->count + 1, least_ms = history->width_ms;
	int64_t interval_ms = wish->row->target->interval_ms;

	/* a shorter one takes the place of no other, though it may reach over the edge of a bin */
	if (interval_ms > 0 && interval_ms < least_ms)
		least_ms = interval_ms;
	for (size_t i = 0; i < count; i++) {
		int64_t number = samples[i].at_ms / history->width_ms;
		int64_t total_ms = samples[i].total_us / 1000;
		int64_t last = (samples[i].at_ms + total_ms) / history->width_ms;

		while (total_ms >= least_ms && ++number <= last && number <= history->end) {
			struct bin *bin = number < first ? NULL : &history->bins[number - first];

			if (bin && !bin->good && !bin->failed && !bin->tainted)
				stand(bin, &samples[i]);
		}
	}
}

/* Keeps those of the kind that is wanted, in their order. */
static size_t pick(struct sample *samples, size_t count, const struct history_wish *wish)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if ((samples[i].flags & wish->flag) == wish->value)
			samples[kept++] = samples[i];
	return kept;
}

static void bin_samples(struct history *history, const struct store *store,
			const struct rows *scratch, const struct history_wish *wish)
{
	size_t count = pick(scratch->samples, read_until(store, scratch, wish), wish);

	bins_of(history->bins, (size_t)history->count, wish->end_ms, wish->width_ms,
		scratch->samples, count, scratch->scratch);
	cover(history, wish, scratch->samples, count);
}

/* Rollups count a check where it began. */
static void cover_rolled(struct history *history, const struct store *store,
			 const struct rows *scratch, const struct history_wish *wish)
{
	const struct target *target = wish->row->target;

	if (target->timeout_ms + target->interval_ms > wish->width_ms)
		cover(history, wish, scratch->samples, read_until(store, scratch, wish));
}

/* Rollups know no kinds: they tell only of what is older than the raw samples. */
static void bin_kind(struct history *history, const struct store *store, const struct rows *scratch,
		     const struct history_wish *wish)
{
	struct bin older[HISTORY_COLUMNS_MAX];
	int64_t first = history->end - history->count + 1, oldest_ms;
	size_t count = read_span(store, scratch, wish);

	oldest_ms = count ? scratch->samples[0].at_ms : wish->end_ms;
	bin_samples(history, store, scratch, wish);
	if (wish->value || !store_bins(store, wish->row->index, older, (size_t)history->count,
				       wish->end_ms, wish->width_ms))
		return;
	for (int i = 0; i < history->count && (first + i) * wish->width_ms < oldest_ms; i++)
		history->bins[i] = older[i];
}

bool history_refresh(struct history *history, const struct store *store, const struct rows *scratch,
		     const struct history_wish *wish)
{
	int64_t end = wish->end_ms / wish->width_ms;
	int count = wish->count < history->capacity ? wish->count : history->capacity;

	if (history->known && history->end == end && history->width_ms == wish->width_ms &&
	    history->count == count && history->head == wish->row->head &&
	    history->target == wish->row->index && history->flag == wish->flag &&
	    history->value == wish->value)
		return false;
	history->known = true;
	history->end = end;
	history->width_ms = wish->width_ms;
	history->count = count;
	history->head = wish->row->head;
	history->target = wish->row->index;
	history->flag = wish->flag;
	history->value = wish->value;
	if (count <= 0)
		return true;
	if (wish->width_ms % MINUTE_MS == 0 && wish->flag)
		bin_kind(history, store, scratch, wish);
	else if (wish->width_ms % MINUTE_MS != 0 ||
		 !store_bins(store, wish->row->index, history->bins, (size_t)count, wish->end_ms,
			     wish->width_ms))
		bin_samples(history, store, scratch, wish);
	else {
		cut_newest(history, store, scratch, wish);
		cover_rolled(history, store, scratch, wish);
	}
	look_before(history, store, wish);
	history_scale(history);
	return true;
}

void history_scale(struct history *history)
{
	int32_t medians[HISTORY_COLUMNS_MAX];

	history->top_us = top_of(history, medians);
}
