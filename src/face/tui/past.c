/*
 * Looking back. A moment is found in each ring by halving, because samples lie in order of time;
 * the journal is read through twice a look, for states and then for incidents. Owns rows and
 * incidents of its own, which the screens are given in place of the live ones: so the same code
 * draws both.
 */
#include "face/tui/past.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/units.h"
#include "face/tui/state.h"
#include "model/wording.h"

#define EVENTS_STEP 256
#define RUN_MOST    1000 /* failures in a row are counted no further */

/* What the journal says of a target at the moment. */
struct told {
	bool known;
	enum state state;
	int64_t since_ms; /* 0: not known */
	bool loaded, saturated;
	int64_t loaded_ms;
	char load[160];
};

struct past {
	const struct store *store;
	struct rows *rows;
	struct incidents incidents;
	struct told *told;	/* by target */
	int64_t at_ms, kept_ms; /* kept_ms: events before are lost; 0: none is */
};

struct past *past_new(const struct config *config, const struct store *store)
{
	struct past *past = x_calloc(1, sizeof(*past));

	past->store = store;
	past->rows = rows_new(config, store);
	past->told = x_calloc(config->target_count + 1, sizeof(*past->told));
	incidents_init(&past->incidents, store);
	return past;
}

void past_free(struct past *past)
{
	if (!past)
		return;
	rows_free(past->rows);
	incidents_fini(&past->incidents);
	free(past->told);
	free(past);
}

struct rows *past_rows(struct past *past)
{
	return past->rows;
}

struct incidents *past_incidents(struct past *past)
{
	return &past->incidents;
}

static uint64_t oldest_number(const struct past *past, size_t target)
{
	uint64_t head = store_head(past->store, target),
		 capacity = store_ring_capacity(past->store, target);

	return head > capacity ? head - capacity : 0;
}

/* The number after the last sample that had ended then. */
static uint64_t head_at(const struct past *past, size_t target)
{
	uint64_t low = oldest_number(past, target), high = store_head(past->store, target);

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		struct sample sample;

		/* what was overwritten meanwhile is older than anything still there */
		if (!store_sample(past->store, target, middle, &sample) ||
		    sample_ended_ms(&sample) <= past->at_ms)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int64_t past_earliest_ms(const struct past *past)
{
	int64_t earliest = INT64_MAX;

	for (size_t i = 0; i < past->rows->count; i++) {
		uint64_t number = oldest_number(past, i), head = store_head(past->store, i);
		struct sample sample;

		for (int tries = 0; number < head && tries < 8; number++, tries++) {
			if (!store_sample(past->store, i, number, &sample))
				continue;
			if (sample.at_ms < earliest)
				earliest = sample.at_ms;
			break;
		}
	}
	return earliest;
}

/* ---- the journal: states and load ---- */

static void tell_load(struct told *told, const struct event *event)
{
	const char *colon = strstr(event->detail, ": ");

	if (event->kind != EVENT_LOAD && event->kind != EVENT_CALM)
		return;
	told->loaded = event->kind == EVENT_LOAD;
	told->saturated = told->loaded && strncmp(event->detail, "saturated", 9) == 0;
	told->loaded_ms = event->at_ms;
	text_copy(told->load, sizeof(told->load), colon ? colon + 2 : event->detail);
}

/* Events come in order: the last one before the moment counts, or the first one after it, which
 * says what was before. */
static void tell(struct past *past, const struct event *event)
{
	struct told *told = &past->told[event->target];

	if (event->at_ms <= past->at_ms) {
		if (event->state != event->previous)
			told->since_ms = event->at_ms;
		told->state = event->state;
		told->known = true;
		tell_load(told, event);
	} else if (!told->known) {
		told->state = event->previous;
		told->known = true;
	}
}

static void read_journal(struct past *past)
{
	struct event events[EVENTS_STEP];
	uint64_t next = 0;
	size_t count;
	bool first = true;

	memset(past->told, 0, past->rows->count * sizeof(*past->told));
	past->kept_ms = 0;
	while ((count = store_events(past->store, next, events, EVENTS_STEP, NULL))) {
		if (first && events[0].number > 0)
			past->kept_ms = events[0].at_ms;
		first = false;
		for (size_t i = 0; i < count; i++)
			if (events[i].target < past->rows->count)
				tell(past, &events[i]);
		next = events[count - 1].number + 1;
	}
}

/* ---- rows ---- */

/* The hour before the moment, out of the ring, into the rows' scratch; returns where it begins. */
static size_t read_hour(const struct past *past, const struct row *row)
{
	struct rows *rows = past->rows;
	uint64_t oldest = oldest_number(past, row->index), number = row->head;
	size_t at = rows->capacity;

	while (number > oldest && at > 0) {
		if (!store_sample(past->store, row->index, --number, &rows->samples[at - 1]))
			continue;
		if (rows->samples[at - 1].at_ms < past->at_ms - rows->window_ms)
			break;
		at--;
	}
	return at;
}

static void count_run(struct verdict *verdict, const struct sample *samples, size_t count)
{
	verdict->failed_in_row = verdict->good_in_row = 0;
	for (size_t i = count; i > 0 && count - i < RUN_MOST; i--) {
		const struct sample *sample = &samples[i - 1];

		if (sample_is_tainted(sample))
			continue;
		if (sample_is_good(sample)) {
			if (verdict->failed_in_row)
				return;
			verdict->good_in_row++;
		} else {
			if (verdict->good_in_row)
				return;
			verdict->failed_in_row++;
		}
	}
}

static void take_sample(struct row *row)
{
	struct verdict *verdict = &row->verdict;
	const struct sample *last = &row->last;

	verdict->sample_count = row->head;
	verdict->last_us = ABSENT_US;
	verdict->cls = CLASS_OK;
	verdict->status = 0;
	verdict->warnings = 0;
	if (!row->has_last)
		return;
	verdict->cls = last->cls;
	verdict->status = last->status;
	verdict->http = last->http;
	verdict->warnings = last->warnings;
	if (sample_is_good(last))
		verdict->last_us = last->total_us;
}

/* The state as the journal tells it; where nothing changed since, today's. */
static void take_state(const struct past *past, struct row *row, const struct verdict *now)
{
	const struct told *told = &past->told[row->index];
	struct verdict *verdict = &row->verdict;

	verdict->state = STATE_UNKNOWN;
	verdict->since_ms = told->since_ms;
	if (told->known)
		verdict->state = told->state;
	if (now->since_ms && now->since_ms <= past->at_ms) {
		verdict->state = now->state;
		verdict->since_ms = now->since_ms;
	} else if (past->kept_ms && past->at_ms < past->kept_ms) {
		verdict->state = STATE_UNKNOWN;
	} else if (!told->known && row->has_last) {
		verdict->state = STATE_UNKNOWN;
	}
	if (!row->has_last && verdict->state != STATE_PAUSED)
		verdict->state = verdict->state == STATE_UNKNOWN ? STATE_UNKNOWN : STATE_NEW;
	if (verdict->state == STATE_PAUSED)
		verdict->last_us = ABSENT_US;
	if (told->loaded) {
		verdict->load.level = told->saturated ? LOAD_SATURATED : LOAD_ELEVATED;
		verdict->load.since_ms = told->loaded_ms;
		text_copy(verdict->load.evidence, sizeof(verdict->load.evidence), told->load);
	}
}

/* A check that had begun and was not over: since when it was under way, by the moment's clock. */
static void take_pulse(const struct past *past, struct row *row)
{
	struct sample next;

	row->due_us = row->in_flight_since_us = 0;
	if (row->head < store_head(past->store, row->index) &&
	    store_sample(past->store, row->index, row->head, &next) && next.at_ms <= past->at_ms)
		row->in_flight_since_us = next.at_ms * 1000;
}

static void look_at_row(struct past *past, const struct row *now, struct row *row)
{
	struct rows *rows = past->rows;
	struct store_then then;
	size_t begin, count;

	row->verdict = (struct verdict){
		.parent = UINT32_MAX, .usual_us = now->verdict.usual_us, .port = now->verdict.port};
	memcpy(row->verdict.usual_phase_us, now->verdict.usual_phase_us,
	       sizeof(row->verdict.usual_phase_us));
	row->cert = now->cert;
	if (row->cert.not_before_ms > past->at_ms)
		row->cert = (struct cert_facts){0}; /* another one then, of which nothing is kept */
	row->head = head_at(past, row->index);
	take_pulse(past, row);
	begin = read_hour(past, row);
	count = rows->capacity - begin;
	row->has_last = row->head > oldest_number(past, row->index) &&
			store_sample(past->store, row->index, row->head - 1, &row->last);
	if (!row->has_last)
		row->last = sample_blank(0);
	row->stats = stats_of(rows->samples + begin, count, past->at_ms - rows->window_ms,
			      past->at_ms, target_satisfied_us(row->target), rows->scratch);
	stats_correct(&row->stats, rows->samples + begin, count, row->target->interval_ms * 1000,
		      target_satisfied_us(row->target));
	then = (struct store_then){past->at_ms, row->head};
	store_tally_then(past->store, row->index, past->at_ms - DAY_MS, &then, &row->good_24h,
			 &row->failed_24h);
	count_run(&row->verdict, rows->samples + begin, count);
	take_sample(row);
	take_state(past, row, &now->verdict);
	row->statistics_at_ms = past->at_ms;
}

/* ---- incidents ---- */

/* Failed checks from its beginning to the moment. */
static uint32_t count_failures(const struct past *past, const struct incident *incident)
{
	uint64_t number = past->rows->items[incident->target].head,
		 oldest = oldest_number(past, incident->target);
	uint32_t count = 0;
	struct sample sample;

	while (number > oldest && store_sample(past->store, incident->target, --number, &sample) &&
	       sample.at_ms >= incident->opened_ms)
		count += sample_is_failure(&sample);
	return count;
}

/* An incident that was not over then: what was told at its end was not known. */
static void open_again(const struct past *past, struct incident *incident)
{
	bool over = incident->closed_ms != 0;
	char words[sizeof(incident->detail)] = "";

	if (over && incident->kind == INCIDENT_DOWN)
		text_copy(words, sizeof(words), incident_words(incident));
	incident->closed_ms = 0;
	if (incident->last_ms > past->at_ms)
		incident->last_ms = past->at_ms;
	incident->count = 0; /* not known, but for failures */
	if (incident->kind == INCIDENT_DOWN && incident->target < past->rows->count) {
		const struct row *row = &past->rows->items[incident->target];

		incident->count = count_failures(past, incident);
		incident->confirmed = row->verdict.state == STATE_DOWN;
		wording_result(incident->result, sizeof(incident->result), incident->cls,
			       incident->status);
	} else if (over) {
		text_copy(incident->result, sizeof(incident->result),
			  incident->kind == INCIDENT_SLOW   ? "SLOW"
			  : incident->kind == INCIDENT_LOAD ? "LOAD"
			  : incident->kind == INCIDENT_CERT ? "CERT"
							    : "");
	}
	if (over)
		text_copy(incident->detail, sizeof(incident->detail), words);
	incident->acknowledged = false;
	incident->note[0] = '\0';
}

/* Words and class of what was open then, as they were told then. */
static void tell_incident(struct past *past, const struct event *event)
{
	struct incident *incident = NULL;

	if (event->at_ms <= past->at_ms && event->incident)
		incident = incidents_find(&past->incidents, event->incident);
	if (!incident || incident->closed_ms)
		return;
	if (event->kind == EVENT_ACKNOWLEDGED) {
		incident->acknowledged = !incident->acknowledged; /* the second takes it back */
		text_copy(incident->note, sizeof(incident->note),
			  incident->acknowledged ? event->detail : "");
		return;
	}
	if (incident->kind != INCIDENT_DOWN) {
		text_copy(incident->detail, sizeof(incident->detail), event->detail);
		return;
	}
	incident->cls = event->cls;
	incident->status = event->status;
	wording_result(incident->result, sizeof(incident->result), event->cls, event->status);
	text_copy(incident->detail, sizeof(incident->detail),
		  wording_without_result(event->detail, incident->result));
}

static void read_incidents(struct past *past)
{
	struct event events[EVENTS_STEP];
	uint64_t next = 0;
	size_t count;

	while ((count = store_events(past->store, next, events, EVENTS_STEP, NULL))) {
		for (size_t i = 0; i < count; i++)
			tell_incident(past, &events[i]);
		next = events[count - 1].number + 1;
	}
}

/* What a row says of the incident that was open. */
static void tell_row(struct past *past, const struct incident *incident)
{
	struct verdict *verdict;

	if (incident->closed_ms || incident->target >= past->rows->count)
		return;
	verdict = &past->rows->items[incident->target].verdict;
	if (verdict->incident && incident->kind != INCIDENT_DOWN)
		return;
	verdict->incident = incident->id;
	verdict->acknowledged = incident->acknowledged;
	text_copy(verdict->detail, sizeof(verdict->detail), incident->detail);
}

static void look_at_incidents(struct past *past, const struct incidents *now)
{
	struct incidents *incidents = &past->incidents;

	incidents->count = 0;
	for (size_t i = 0; i < now->count; i++) {
		struct incident *incident = &incidents->items[incidents->count];

		if (now->items[i].opened_ms > past->at_ms)
			continue;
		*incident = now->items[i];
		incidents->count++;
		if (!incident->closed_ms || incident->closed_ms > past->at_ms)
			open_again(past, incident);
	}
	read_incidents(past);
	for (size_t i = 0; i < incidents->count; i++)
		tell_row(past, &incidents->items[i]);
	incidents_arrange(incidents, past->at_ms);
}

void past_look(struct past *past, const struct rows *now, const struct incidents *incidents,
	       int64_t at_ms)
{
	past->at_ms = at_ms;
	read_journal(past);
	for (size_t i = 0; i < past->rows->count; i++)
		look_at_row(past, &now->items[i], &past->rows->items[i]);
	look_at_incidents(past, incidents);
}

int64_t past_incident_beside(const struct incidents *incidents, int64_t at_ms, bool before,
			     uint64_t *id)
{
	int64_t best_ms = 0;

	for (size_t i = 0; i < incidents->count; i++) {
		const struct incident *incident = &incidents->items[i];
		int64_t opened_ms = incident->opened_ms;

		if (incident->kind == INCIDENT_CERT || incident->kind == INCIDENT_PAUSED ||
		    (before ? opened_ms >= at_ms : opened_ms <= at_ms))
			continue;
		if (!best_ms || (before ? opened_ms > best_ms : opened_ms < best_ms)) {
			best_ms = opened_ms;
			*id = incident->id;
		}
	}
	return best_ms;
}
