/*
 * Incidents: merged by id out of the store's changes, sorted for the screen. Owns its arrays, which
 * have the size of the store's ring from the start.
 */
#include "face/tui/incidents.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"

#define LIVE_MS	  90000
#define RESORT_MS 5000 /* time alone changes the order slowly */

void incidents_init(struct incidents *incidents, const struct store *store)
{
	size_t capacity = store_incident_capacity(store);

	*incidents = (struct incidents){
		.capacity = capacity,
		.items = x_calloc(capacity + 1, sizeof(*incidents->items)),
		.fresh = x_calloc(capacity + 1, sizeof(*incidents->fresh)),
		.shown = x_calloc(capacity + 1, sizeof(*incidents->shown)),
		.next = x_calloc(capacity + 1, sizeof(*incidents->next)),
	};
}

void incidents_fini(struct incidents *incidents)
{
	free(incidents->items);
	free(incidents->fresh);
	free(incidents->shown);
	free(incidents->next);
	*incidents = (struct incidents){0};
}

/* The place of the first item whose id is not less. */
static size_t lower_bound(const struct incidents *incidents, uint64_t id)
{
	size_t low = 0, high = incidents->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (incidents->items[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void put(struct incidents *incidents, const struct incident *incident)
{
	size_t place = lower_bound(incidents, incident->id);

	if (place < incidents->count && incidents->items[place].id == incident->id) {
		incidents->items[place] = *incident;
		return;
	}
	if (incidents->count == incidents->capacity) {
		if (!place)
			return; /* older than all that there is room for */
		memmove(incidents->items, incidents->items + 1,
			(incidents->count - 1) * sizeof(*incidents->items));
		incidents->count--;
		place--;
	}
	memmove(&incidents->items[place + 1], &incidents->items[place],
		(incidents->count - place) * sizeof(*incidents->items));
	incidents->items[place] = *incident;
	incidents->count++;
}

struct sorting {
	const struct incidents *incidents;
	int64_t now_ms;
};

/* Had a failed check within this, it is going on right now. Of a target that is checked rarely the
 * next one comes late, and may take its time. */
static int64_t live_ms(const struct incidents *incidents, const struct incident *incident)
{
	const struct config *config = incidents->config;
	const struct target *target;
	int64_t next_ms;

	if (!config || incident->target >= config->target_count)
		return LIVE_MS;
	target = &config->targets[incident->target];
	next_ms = 2 * target->interval_ms + target->timeout_ms;
	return next_ms > LIVE_MS ? next_ms : LIVE_MS;
}

static bool is_live(const struct incidents *incidents, const struct incident *incident,
		    int64_t now_ms)
{
	return !incident->closed_ms && incident->kind <= INCIDENT_LOAD &&
	       now_ms - incident->last_ms < live_ms(incidents, incident);
}

static int compare(const void *a, const void *b, void *context)
{
	const struct sorting *sorting = context;
	const struct incidents *incidents = sorting->incidents;
	const struct incident *first = &incidents->items[*(const uint32_t *)a];
	const struct incident *second = &incidents->items[*(const uint32_t *)b];
	bool live = is_live(incidents, first, sorting->now_ms);
	int64_t when, other;

	if (live != is_live(incidents, second, sorting->now_ms))
		return live ? -1 : 1;
	when = incident_place_ms(incidents, first, sorting->now_ms);
	other = incident_place_ms(incidents, second, sorting->now_ms);
	if (when != other)
		return when > other ? -1 : 1;
	return first->id > second->id ? -1 : first->id < second->id;
}

static void count_trouble(struct incidents *incidents, int64_t now_ms)
{
	incidents->open = incidents->day = incidents->week = 0;
	memset(incidents->open_of, 0, sizeof(incidents->open_of));
	for (size_t i = 0; i < incidents->count; i++) {
		const struct incident *incident = &incidents->items[i];

		if (incident->kind < INCIDENT_KINDS && !incident->closed_ms)
			incidents->open_of[incident->kind]++;
		if (incident->kind == INCIDENT_PAUSED)
			continue;
		incidents->open += !incident->closed_ms;
		incidents->day += now_ms - incident->opened_ms < DAY_MS;
		incidents->week += now_ms - incident->opened_ms < 7 * DAY_MS;
	}
}

/* Where the ring dropped its oldest, places have moved: then there is nothing to hold on to. */
static bool sort(struct incidents *incidents, int64_t now_ms, bool held)
{
	struct sorting sorting = {incidents, now_ms};
	uint32_t *old = incidents->shown;
	size_t count = incidents->count;

	for (size_t i = 0; i < count; i++)
		incidents->next[i] = (uint32_t)i;
	qsort_r(incidents->next, count, sizeof(*incidents->next), compare, &sorting);
	incidents->pending = memcmp(old, incidents->next, count * sizeof(*old)) != 0;
	if (!incidents->pending || held)
		return false;
	incidents->shown = incidents->next;
	incidents->next = old;
	incidents->pending = false;
	return true;
}

/* New ones get a place, at the end while the rest is held. */
static void place_new(struct incidents *incidents, size_t before)
{
	for (size_t i = before; i < incidents->count; i++)
		incidents->shown[i] = (uint32_t)i;
}

bool incidents_refresh(struct incidents *incidents, const struct store *store, int64_t now_ms,
		       bool held)
{
	uint64_t changes = store_incident_changes(store);
	size_t before = incidents->count, count = 0;
	bool full = before == incidents->capacity;

	if (changes != incidents->since)
		count = store_incidents(store, incidents->since, incidents->fresh,
					incidents->capacity);
	for (size_t i = 0; i < count; i++)
		put(incidents, &incidents->fresh[i]);
	incidents->since = changes;
	if (!count && !incidents->pending && now_ms - incidents->sorted_ms < RESORT_MS &&
	    now_ms >= incidents->sorted_ms)
		return false;
	incidents->sorted_ms = now_ms;
	place_new(incidents, before);
	count_trouble(incidents, now_ms);
	return sort(incidents, now_ms, held && !full) || count > 0;
}

void incidents_arrange(struct incidents *incidents, int64_t now_ms)
{
	place_new(incidents, 0);
	count_trouble(incidents, now_ms);
	sort(incidents, now_ms, false);
}

const struct incident *incidents_at(const struct incidents *incidents, size_t place)
{
	return place < incidents->count ? &incidents->items[incidents->shown[place]] : NULL;
}

const struct incident *incidents_own(const struct incidents *incidents)
{
	const struct incident *found = NULL;

	for (size_t i = 0; incidents->open_of[INCIDENT_SELF] && i < incidents->count; i++) {
		const struct incident *incident = &incidents->items[i];

		if (incident->kind == INCIDENT_SELF && !incident->closed_ms &&
		    (!found || incident->confirmed))
			found = incident;
	}
	return found;
}

struct incident *incidents_find(struct incidents *incidents, uint64_t id)
{
	size_t place = lower_bound(incidents, id);

	return place < incidents->count && incidents->items[place].id == id
		       ? &incidents->items[place]
		       : NULL;
}

const struct incident *incidents_by_id(const struct incidents *incidents, uint64_t id)
{
	size_t place = lower_bound(incidents, id);

	return place < incidents->count && incidents->items[place].id == id
		       ? &incidents->items[place]
		       : NULL;
}

int64_t incident_active_ms(const struct incident *incident)
{
	return incident->closed_ms > incident->last_ms ? incident->closed_ms : incident->last_ms;
}

int64_t incident_place_ms(const struct incidents *incidents, const struct incident *incident,
			  int64_t now_ms)
{
	return is_live(incidents, incident, now_ms) ? incident->opened_ms
						    : incident_active_ms(incident);
}
