/*
 * The fleet's hour: a ring of minutes, each with a histogram of good answers. A minute that leaves
 * the hour is subtracted from the total, so that a percentile is one walk over the total's buckets.
 * Owns the ring.
 */
#include "face/tui/overview.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"

#define BUCKETS	   1024
#define LOWEST_US  100.0       /* below: the first bucket */
#define HIGHEST_US 100000000.0 /* above: the last */
#define TICKS	   13 /* readings of the probe counter, 5 s apart: a minute and both ends */
#define TICK_MS	   5000
#define SPARE	   64 /* samples beyond those of the hour as the row last saw it */

struct minute {
	int64_t number; /* minutes since 1970; what stands in a slot of another number is void */
	uint32_t good[BUCKETS];
	uint32_t checks, late, failing;
};

struct tick {
	int64_t at_ms;
	uint64_t probes;
};

struct overview {
	struct minute minutes[OVERVIEW_MINUTES];
	uint32_t total[BUCKETS];
	uint64_t total_count;
	uint64_t *heads;    /* by target: samples read */
	int64_t *failed_in; /* by target: the minute last counted as failing */
	size_t targets;
	struct fleet fleet;
	bool has_fleet;
	struct tick ticks[TICKS]; /* newest first */
	int tick_count;
	bool past; /* of an hour that is over: nothing is known of the program's own doings */
};

struct overview *overview_new(const struct store *store)
{
	struct overview *overview = x_calloc(1, sizeof(*overview));

	overview->targets = store_target_count(store);
	overview->heads = x_calloc(overview->targets + 1, sizeof(*overview->heads));
	overview->failed_in = x_calloc(overview->targets + 1, sizeof(*overview->failed_in));
	return overview;
}

void overview_free(struct overview *overview)
{
	if (!overview)
		return;
	free(overview->heads);
	free(overview->failed_in);
	free(overview);
}

static void drop_minute(struct overview *overview, struct minute *minute)
{
	for (int i = 0; i < BUCKETS; i++) {
		overview->total[i] -= minute->good[i];
		overview->total_count -= minute->good[i];
	}
	memset(minute, 0, sizeof(*minute));
}

/* The slot of a minute of the hour that ends now; NULL where it is older. */
static struct minute *minute_of(struct overview *overview, int64_t number, int64_t now)
{
	struct minute *minute;

	if (number > now || number <= now - OVERVIEW_MINUTES)
		return NULL;
	minute = &overview->minutes[number % OVERVIEW_MINUTES];
	if (minute->number != number) {
		drop_minute(overview, minute);
		minute->number = number;
	}
	return minute;
}

/* Minutes that left the hour leave the total, also where no new one took their slot. */
static void drop_old(struct overview *overview, int64_t now)
{
	for (int i = 0; i < OVERVIEW_MINUTES; i++) {
		struct minute *minute = &overview->minutes[i];

		if (minute->number &&
		    (minute->number <= now - OVERVIEW_MINUTES || minute->number > now))
			drop_minute(overview, minute);
	}
}

static int bucket_of(int32_t us)
{
	double place =
		log(us > LOWEST_US ? us / LOWEST_US : 1.0) / log(HIGHEST_US / LOWEST_US) * BUCKETS;

	return place >= BUCKETS ? BUCKETS - 1 : (int)place;
}

static int32_t bucket_middle_us(int bucket)
{
	return (int32_t)lround(LOWEST_US *
			       exp((bucket + 0.5) / BUCKETS * log(HIGHEST_US / LOWEST_US)));
}

static void count_sample(struct overview *overview, size_t target, const struct sample *sample,
			 int64_t now)
{
	int64_t number = sample->at_ms / MINUTE_MS;
	struct minute *minute = minute_of(overview, number, now);
	bool good = sample_is_good(sample), failed = sample_is_failure(sample);

	if (!minute || (!good && !failed))
		return;
	minute->checks++;
	if (good && sample->total_us >= 0) {
		int bucket = bucket_of(sample->total_us);

		minute->good[bucket]++;
		overview->total[bucket]++;
		overview->total_count++;
	}
	if (failed && overview->failed_in[target] != number) {
		overview->failed_in[target] = number;
		minute->failing++;
	}
}

static void read_target(struct overview *overview, const struct store *store,
			const struct rows *rows, size_t target, int64_t now)
{
	const struct row *row = &rows->items[target];
	uint64_t *next = &overview->heads[target], head = store_head(store, target);
	uint64_t most = row->stats.samples + row->stats.tainted + SPARE;
	size_t count;

	/* At first a day may be there: the rows know how many of it are of the last hour. */
	if (*next == 0 && row->has_last && head > most)
		*next = head - most;
	count = store_follow(store, target, next, rows->samples, rows->capacity, NULL);
	for (size_t i = 0; i < count; i++)
		count_sample(overview, target, &rows->samples[i], now);
}

/* Readings are of one count and one clock: a recorder that starts anew in its file counts from
 * nothing, or goes on after a while in which nobody checked, and a clock can be set back. */
static void read_tick(struct overview *overview, uint64_t probes, int64_t now_ms, bool anew)
{
	const struct tick *newest = overview->ticks;

	if (overview->tick_count && (anew || probes < newest->probes || now_ms < newest->at_ms))
		overview->tick_count = 0;
	if (!probes || (overview->tick_count && now_ms < newest->at_ms + TICK_MS))
		return;
	memmove(&overview->ticks[1], &overview->ticks[0], (TICKS - 1) * sizeof(overview->ticks[0]));
	overview->ticks[0] = (struct tick){now_ms, probes};
	if (overview->tick_count < TICKS)
		overview->tick_count++;
}

static void read_fleet(struct overview *overview, const struct store *store, int64_t now_ms)
{
	struct fleet fleet = {0};
	struct minute *minute = minute_of(overview, now_ms / MINUTE_MS, now_ms / MINUTE_MS);
	uint64_t late, before = overview->fleet.late;
	int64_t started_ms = overview->fleet.started_ms;

	store_fleet(store, &fleet);
	/* a start left out because the check before it still hung is the target's doing,
	 * not ours */
	late = fleet.late;
	if (minute && overview->has_fleet && late > before)
		minute->late += (uint32_t)(late - before);
	overview->fleet = fleet;
	overview->has_fleet = true;
	read_tick(overview, fleet.probes, now_ms, fleet.started_ms != started_ms);
}

void overview_refresh(struct overview *overview, const struct store *store, const struct rows *rows,
		      int64_t now_ms)
{
	int64_t now = now_ms / MINUTE_MS;

	drop_old(overview, now);
	for (size_t i = 0; i < overview->targets; i++)
		read_target(overview, store, rows, i, now);
	read_fleet(overview, store, now_ms);
}

/* Newest first, until one is older than the hour. */
static void look_back_at(struct overview *overview, const struct store *store,
			 const struct row *row, int64_t at_ms)
{
	int64_t from_ms = at_ms - OVERVIEW_MINUTES * MINUTE_MS;
	uint64_t number = row->head, capacity = store_ring_capacity(store, row->index);
	struct sample sample;

	for (uint64_t i = 0; i < capacity && number > 0; i++) {
		if (!store_sample(store, row->index, --number, &sample))
			continue;
		if (sample.at_ms < from_ms)
			return;
		count_sample(overview, row->index, &sample, at_ms / MINUTE_MS);
	}
}

void overview_look_back(struct overview *overview, const struct store *store,
			const struct rows *rows, int64_t at_ms)
{
	memset(overview->minutes, 0, sizeof(overview->minutes));
	memset(overview->total, 0, sizeof(overview->total));
	overview->total_count = 0;
	memset(overview->failed_in, 0, overview->targets * sizeof(*overview->failed_in));
	overview->past = true;
	store_fleet(store, &overview->fleet);
	for (size_t i = 0; i < rows->count && i < overview->targets; i++)
		look_back_at(overview, store, &rows->items[i], at_ms);
}

/* Nearest rank, as everywhere. */
static int32_t percentile_us(const struct overview *overview, unsigned percent)
{
	uint64_t rank = (overview->total_count * percent + 99) / 100, seen = 0;

	for (int i = 0; i < BUCKETS; i++) {
		seen += overview->total[i];
		if (seen && seen >= rank)
			return bucket_middle_us(i);
	}
	return ABSENT_US;
}

/* Of the past, and for who has just come: checks in the last whole minute. */
static double past_rate(const struct overview *overview, int64_t now)
{
	const struct minute *minute = &overview->minutes[(now - 1) % OVERVIEW_MINUTES];

	return minute->number == now - 1 ? (double)minute->checks / 60 : -1;
}

static double rate(const struct overview *overview)
{
	const struct tick *newest = overview->ticks, *oldest;

	if (overview->tick_count < 3)
		return -1;
	oldest = &overview->ticks[overview->tick_count - 1];
	if (newest->at_ms <= oldest->at_ms)
		return -1;
	return (double)(newest->probes - oldest->probes) * 1000 /
	       (double)(newest->at_ms - oldest->at_ms);
}

struct overview_numbers overview_numbers(const struct overview *overview, int64_t now_ms)
{
	struct overview_numbers numbers = {
		.p50_us = percentile_us(overview, 50),
		.p95_us = percentile_us(overview, 95),
		.rate = rate(overview),
		.started_ms = overview->fleet.started_ms,
	};
	int64_t now = now_ms / MINUTE_MS;

	if (overview->past) {
		numbers.rate = past_rate(overview, now);
		numbers.late = UINT64_MAX;
		return numbers;
	}
	if (numbers.rate < 0 && numbers.started_ms > 0 &&
	    numbers.started_ms <= (now - 1) * MINUTE_MS)
		numbers.rate = past_rate(overview, now);
	for (int i = 0; i < OVERVIEW_MINUTES; i++)
		if (overview->minutes[i].number > now - OVERVIEW_MINUTES)
			numbers.late += overview->minutes[i].late;
	return numbers;
}

void overview_failing(const struct overview *overview, int64_t now_ms, int *failing, int count)
{
	int64_t now = now_ms / MINUTE_MS;
	int span = OVERVIEW_MINUTES / count;

	for (int i = 0; i < count; i++)
		failing[i] = -1;
	for (int i = 0; i < OVERVIEW_MINUTES; i++) {
		const struct minute *minute = &overview->minutes[i];
		int64_t age = now / span - minute->number / span;
		int place = count - 1 - (int)age;

		if (age < 0 || age >= count || !minute->checks)
			continue;
		if ((int)minute->failing > failing[place])
			failing[place] = (int)minute->failing;
	}
}
