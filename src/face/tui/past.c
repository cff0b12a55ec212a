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
#include "face/tui/past_parts.h"
#include "model/load_text.h"
#include "model/maintenance.h"

#define RUN_MOST 1000 /* failures in a row are counted no further */

struct past *past_new(const struct config *config, const struct store *store)
{
	struct past *past = x_calloc(1, sizeof(*past));

	past->store = store;
	past->config = config;
	past->rows = rows_new(config, store);
	past->told = x_calloc(config->target_count + 1, sizeof(*past->told));
	past->latest = x_calloc(config->target_count + 1, sizeof(*past->latest));
	past->earlier = x_calloc(store_incident_capacity(store) + 1, sizeof(*past->earlier));
	past->excused = x_calloc(config->target_count + 1, sizeof(*past->excused));
	past->maintenances = x_calloc(config->target_count + 1, sizeof(*past->maintenances));
	for (size_t i = 0; i < config->target_count; i++)
		past->maintenances[i] = maintenance_new(&config->targets[i].maintenance);
	incidents_init(&past->incidents, store);
	past->incidents.config = config;
	return past;
}

void past_free(struct past *past)
{
	if (!past)
		return;
	for (size_t i = 0; i < past->rows->count; i++)
		maintenance_free(past->maintenances[i]);
	rows_free(past->rows);
	incidents_fini(&past->incidents);
	free(past->told);
	free(past->latest);
	free(past->earlier);
	free(past->excused);
	free(past->maintenances);
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

uint64_t past_oldest(const struct past *past, size_t target)
{
	uint64_t head = store_head(past->store, target),
		 capacity = store_ring_capacity(past->store, target);

	return head > capacity ? head - capacity : 0;
}

/* The number after the last sample that had ended then. */
static uint64_t head_at(const struct past *past, size_t target)
{
	uint64_t low = past_oldest(past, target), high = store_head(past->store, target);

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

int64_t past_samples_from_ms(const struct past *past)
{
	int64_t earliest = INT64_MAX;

	for (size_t i = 0; i < past->rows->count; i++) {
		uint64_t number = past_oldest(past, i), head = store_head(past->store, i);
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

/* ---- the journal ---- */

static void read_journal(struct past *past)
{
	struct event events[EVENTS_STEP];
	uint64_t next = 0;
	size_t count;

	memset(past->told, 0, past->rows->count * sizeof(*past->told));
	past->kept_ms = store_events_kept_ms(past->store);
	while ((count = store_events(past->store, next, events, EVENTS_STEP, NULL))) {
		for (size_t i = 0; i < count; i++)
			if (events[i].target < past->rows->count)
				told_event(&past->told[events[i].target], &events[i], past->at_ms);
		next = events[count - 1].number + 1;
	}
}

/* Which failed checks were incidents that had opened then, target by target. */
static void read_failures(struct past *past)
{
	const struct incidents *now = past->today;

	memset(past->latest, 0, past->rows->count * sizeof(*past->latest));
	for (uint32_t i = 0; i < now->count; i++) {
		const struct incident *incident = &now->items[i];

		if (incident->kind != INCIDENT_DOWN || incident->target >= past->rows->count ||
		    incident->opened_ms > past->at_ms)
			continue;
		past->earlier[i] = past->latest[incident->target];
		past->latest[incident->target] = i + 1;
	}
}

/* ---- rows ---- */

/* The hour before the moment, out of the ring, into the rows' scratch; returns where it begins. */
static size_t read_hour(const struct past *past, const struct row *row)
{
	struct rows *rows = past->rows;
	uint64_t oldest = past_oldest(past, row->index), number = row->head;
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

/* Without a check that had ended then. */
static void take_state_unchecked(const struct told *told, struct verdict *verdict)
{
	verdict->state = told->known ? told->state : STATE_UNKNOWN;
	verdict->since_ms = told->since_ms;
	if (verdict->state != STATE_PAUSED && verdict->state != STATE_UNKNOWN)
		verdict->state = STATE_NEW;
}

static void take_state_checked(struct past *past, struct row *row, const struct sample *samples,
			       size_t count)
{
	struct hindsight h = {.told = &past->told[row->index],
			      .target = row->target,
			      .samples = count ? samples : &row->last,
			      .count = count ? count : 1,
			      .is_whole = count == row->head,
			      .incidents = past->today->items,
			      .earlier = past->earlier,
			      .latest = past->latest[row->index],
			      .at_ms = past->at_ms};
	struct hindsight_state is = hindsight_look(&h);

	row->verdict.state = is.state;
	row->verdict.since_ms = is.since_ms;
	past->excused[row->index] = is.is_excused;
}

/* Where nothing changed since, today's state; but that it is down is called so some checks after it
 * began. */
static void take_state(struct past *past, struct row *row, const struct verdict *now, size_t begin,
		       bool rolled)
{
	struct rows *rows = past->rows;
	const struct told *told = &past->told[row->index];
	struct verdict *verdict = &row->verdict;

	past->excused[row->index] = false;
	if (now->since_ms && now->since_ms <= past->at_ms &&
	    (now->state != STATE_DOWN || !told->known)) {
		verdict->state = now->state;
		verdict->since_ms = now->since_ms;
		past->excused[row->index] = now->state == STATE_UNKNOWN && row->has_last &&
					    sample_is_failure(&row->last);
	} else if (rolled) {
		past_roll_state(past, row);
	} else if (past->kept_ms && past->at_ms < past->kept_ms) {
		verdict->state = STATE_UNKNOWN;
	} else if (!row->has_last) {
		take_state_unchecked(told, verdict);
	} else {
		take_state_checked(past, row, rows->samples + begin, rows->capacity - begin);
	}
	if (verdict->state == STATE_PAUSED)
		verdict->last_us = ABSENT_US;
	verdict->flapping = told->flapping;
	if (told->loaded) {
		verdict->load.level = told->saturated ? LOAD_SATURATED : LOAD_ELEVATED;
		verdict->load.since_ms = told->loaded_ms;
		text_copy(verdict->load.evidence, sizeof(verdict->load.evidence), told->load);
		load_recall(told->load, &verdict->load);
	}
}

/* ---- why a failure was not held against it ---- */

/* A parent that was down, or was excused itself; SIZE_MAX: none was. */
static size_t parent_down(const struct past *past, const struct target *target)
{
	for (size_t i = 0; i < target->depends.count; i++)
		for (size_t k = 0; k < past->rows->count; k++)
			if (strcmp(past->config->targets[k].name, target->depends.items[i]) == 0 &&
			    (past->rows->items[k].verdict.state == STATE_DOWN || past->excused[k]))
				return k;
	return SIZE_MAX;
}

/* Many targets at once: this host had lost its network. */
static const struct incident *network_lost(const struct past *past)
{
	for (size_t i = 0; i < past->today->count; i++) {
		const struct incident *incident = &past->today->items[i];

		if (incident->kind == INCIDENT_SELF && incident->targets > 0 &&
		    incident->opened_ms <= past->at_ms &&
		    incident_is_open_at(incident, past->at_ms))
			return incident;
	}
	return NULL;
}

/* No event tells why. What can be known is looked up in the order in which it is asked live. */
static void explain(const struct past *past, struct row *row)
{
	struct verdict *verdict = &row->verdict;
	char words[MAINTENANCE_WORDS_MAX];
	size_t parent;

	verdict->maintenance =
		maintenance_is_on(past->maintenances[row->index], past->at_ms, words);
	if (!past->excused[row->index] || verdict->state != STATE_UNKNOWN)
		return;
	parent = parent_down(past, row->target);
	if (verdict->maintenance)
		text_copy(verdict->detail, sizeof(verdict->detail), words);
	else if (network_lost(past))
		text_copy(verdict->detail, sizeof(verdict->detail),
			  "this host had lost its network");
	else if (parent != SIZE_MAX)
		text_format(verdict->detail, sizeof(verdict->detail), "parent down: %s",
			    past->config->targets[parent].name);
	else
		text_copy(verdict->detail, sizeof(verdict->detail),
			  "failed, and was not counted: why is not kept");
	if (parent != SIZE_MAX && !verdict->maintenance)
		verdict->parent = (uint32_t)parent;
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
	bool rolled;

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
	row->has_last = row->head > past_oldest(past, row->index) &&
			store_sample(past->store, row->index, row->head - 1, &row->last);
	if (!row->has_last)
		row->last = sample_blank(0);
	row->stats = stats_of(rows->samples + begin, count, past->at_ms - rows->window_ms,
			      past->at_ms, target_satisfied_us(row->target), rows->scratch);
	stats_correct(&row->stats, rows->samples + begin, count, row->target->interval_ms * 1000,
		      target_satisfied_us(row->target));
	rolled = past_is_rolled(past, row);
	if (rolled)
		past_roll_statistics(past, row);
	then = (struct store_then){past->at_ms, row->head};
	store_tally_then(past->store, row->index, past->at_ms - DAY_MS, &then, &row->good_24h,
			 &row->failed_24h);
	count_run(&row->verdict, rows->samples + begin, count);
	take_sample(row);
	take_state(past, row, &now->verdict, begin, rolled);
	row->statistics_at_ms = past->at_ms;
}

/* ---- looking ---- */

void past_look(struct past *past, const struct rows *now, const struct incidents *incidents,
	       int64_t at_ms)
{
	past->at_ms = at_ms;
	read_journal(past);
	past->today = incidents;
	read_failures(past);
	for (size_t i = 0; i < past->rows->count; i++)
		look_at_row(past, &now->items[i], &past->rows->items[i]);
	for (size_t i = 0; i < past->rows->count; i++)
		explain(past, &past->rows->items[i]);
	past_look_at_incidents(past);
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
