/*
 * Incidents under way and what is to be told of them. Pure; the judge's thread.
 */
#include "model/trouble.h"

#include <assert.h>

#include "base/text.h"

void judgement_begin(struct judgement *out)
{
	out->event_count = 0;
	out->incident_count = 0;
}

struct event *judgement_event(struct judgement *out, enum event_kind kind, int64_t at_ms,
			      const struct trouble *trouble)
{
	assert(out->event_count < JUDGE_EVENTS);
	struct event *event = &out->events[out->event_count++];

	*event = (struct event){
		.at_ms = at_ms,
		.kind = kind,
		.incident = trouble->id,
		.cls = trouble->cls,
		.status = trouble->status,
		.count = trouble->count,
		.total_us = ABSENT_US,
	};
	return event;
}

struct incident *judgement_incident(struct judgement *out, enum incident_kind kind,
				    const struct trouble *trouble, int64_t closed_ms)
{
	assert(out->incident_count < JUDGE_INCIDENTS);
	struct incident *incident = &out->incidents[out->incident_count++];

	*incident = (struct incident){
		.id = trouble->id,
		.kind = kind,
		.confirmed = trouble->confirmed,
		.acknowledged = trouble->acknowledged,
		.cls = trouble->cls,
		.status = trouble->status,
		.count = trouble->count,
		.opened_ms = trouble->opened_ms,
		.last_ms = closed_ms > trouble->last_ms ? closed_ms : trouble->last_ms,
		.closed_ms = closed_ms,
	};
	text_copy(incident->note, sizeof incident->note, trouble->note);
	return incident;
}

void trouble_open(struct trouble *trouble, int64_t at_ms)
{
	*trouble = (struct trouble){.open = true, .opened_ms = at_ms, .last_ms = at_ms};
}

void trouble_close(struct trouble *trouble)
{
	*trouble = (struct trouble){0};
}
