/*
 * Incidents of the past: those that were open at the moment are open again, in the words and counts
 * of then. Part of past; main thread.
 */
#include <string.h>

#include "base/text.h"
#include "face/tui/past_parts.h"
#include "face/tui/state.h"
#include "model/wording.h"

/* Failed checks from its beginning to the moment. */
static uint32_t count_failures(const struct past *past, const struct incident *incident)
{
	uint64_t number = past->rows->items[incident->target].head,
		 oldest = past_oldest(past, incident->target);
	uint32_t count = 0;
	struct sample sample;

	while (number > oldest && store_sample(past->store, incident->target, --number, &sample) &&
	       sample.at_ms >= incident->opened_ms)
		count += sample_is_failure(&sample);
	return count;
}

/* What stood in its line while it was open. */
static void take_kind(struct incident *incident)
{
	static const char *const kinds[INCIDENT_KINDS] = {
		[INCIDENT_SLOW] = "SLOW",	  [INCIDENT_LOAD] = "LOAD",
		[INCIDENT_CERT] = "CERT",	  [INCIDENT_PAUSED] = "paused",
		[INCIDENT_FLAPPING] = "FLAPPING", [INCIDENT_BURN] = "BUDGET",
	};

	if (incident->kind == INCIDENT_DOWN)
		wording_result(incident->result, sizeof(incident->result), incident->cls,
			       incident->status);
	else if (incident->kind == INCIDENT_SELF)
		text_copy(incident->result, sizeof(incident->result),
			  incident->targets > 0 ? "NETWORK" : class_table[CLASS_LOCAL].result);
	else if (kinds[incident->kind])
		text_copy(incident->result, sizeof(incident->result), kinds[incident->kind]);
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
	}
	if (over || incident->kind == INCIDENT_DOWN)
		take_kind(incident);
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
	text_copy(verdict->note, sizeof(verdict->note), incident->note);
	text_copy(verdict->detail, sizeof(verdict->detail), incident->detail);
}

void past_look_at_incidents(struct past *past)
{
	const struct incidents *now = past->today;
	struct incidents *incidents = &past->incidents;

	incidents->count = 0;
	for (size_t i = 0; i < now->count; i++) {
		struct incident *incident = &incidents->items[incidents->count];

		if (now->items[i].opened_ms > past->at_ms)
			continue;
		*incident = now->items[i];
		incidents->count++;
		if (incident_is_open_at(incident, past->at_ms))
			open_again(past, incident);
	}
	read_incidents(past);
	for (size_t i = 0; i < incidents->count; i++)
		tell_row(past, &incidents->items[i]);
	incidents_arrange(incidents, past->at_ms);
}
