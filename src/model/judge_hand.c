/*
 * What a person or the clock does to a target: paused, acknowledged, set. Part of the judge; see
 * judge.h.
 */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/judge_parts.h"
#include "model/wording.h"

/* ---- pause ---- */

void judge_end_result(struct incident *incident, const char *before, const char *result)
{
	bool paused = strncmp(before, "paused", 6) == 0;

	text_copy(incident->result, sizeof incident->result, paused ? "paused" : result);
}

/* What is open ends with the pause: nobody checks how it goes on. */
static void end_for_pause(struct judge *judge, int64_t now_ms, struct judgement *out)
{
	struct trouble *slow = &judge->troubles[INCIDENT_SLOW];
	struct trouble *load = &judge->troubles[INCIDENT_LOAD];

	judge_failure_close(judge, "paused after", now_ms, out);
	judge_flap_close(judge, "paused after", now_ms, out);
	if (slow->open)
		judge_speed_close(judge, "paused after", now_ms, out);
	if (load->open)
		judge_load_close(&judge->burden, load, "paused after", now_ms, out);
	trouble_close(&judge->troubles[INCIDENT_FLAPPING]);
	trouble_close(slow);
	trouble_close(load);
	load_rest(&judge->load);
	judge->settled = STATE_NEW;
	judge->failed_in_row = judge->good_in_row = judge->tainted_in_row = 0;
	judge->recent = 0;
	judge->excused = EXCUSE_NONE;
	judge->flap = (struct flap){0};
	judge->speed = (struct speed){0};
}

static void tell_paused(struct judge *judge, int64_t now_ms, struct verdict *verdict,
			struct judgement *out)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_PAUSED];

	end_for_pause(judge, now_ms, out);
	verdict->load = (struct load_verdict){.level = (enum load_level)judge->load.level};
	trouble_open(trouble, now_ms);
	trouble->confirmed = true;
	struct incident *incident = judgement_incident(out, INCIDENT_PAUSED, trouble, 0);
	text_copy(incident->result, sizeof incident->result,
		  incident_table[INCIDENT_PAUSED].result);
	text_copy(incident->detail, sizeof incident->detail, "by key");
	text_copy(verdict->detail, sizeof verdict->detail, "by key");
	verdict->last_us = ABSENT_US;
	text_copy(judgement_event(out, EVENT_PAUSED, now_ms, trouble)->detail,
		  sizeof out->events[0].detail, "by key");
}

static void tell_resumed(struct judge *judge, int64_t now_ms, struct verdict *verdict,
			 struct judgement *out)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_PAUSED];
	struct incident *incident = judgement_incident(out, INCIDENT_PAUSED, trouble, now_ms);
	struct event *event = judgement_event(out, EVENT_RESUMED, now_ms, trouble);
	char length[40];

	event->length_ms = now_ms - trouble->opened_ms;
	wording_length(length, sizeof length, event->length_ms);
	text_copy(incident->result, sizeof incident->result, "resumed");
	text_format(incident->detail, sizeof incident->detail, "after %s", length);
	text_copy(event->detail, sizeof event->detail, incident->detail);
	verdict->detail[0] = '\0';
	trouble_close(trouble);
}

void judge_pause(struct judge *judge, bool paused, int64_t now_ms, struct verdict *verdict,
		 struct judgement *out)
{
	judgement_begin(out);
	if (judge->paused == paused)
		return;
	judge->paused = paused;
	if (paused)
		tell_paused(judge, now_ms, verdict, out);
	else
		tell_resumed(judge, now_ms, verdict, out);
	judge_show(judge, now_ms, verdict, out);
}

/* ---- acknowledgement ---- */

/* The incident once more, its texts as they are. */
static void write_again(const struct judge *judge, enum incident_kind kind, struct judgement *out)
{
	const struct trouble *trouble = &judge->troubles[kind];

	if (trouble->open && trouble->id)
		judgement_incident(out, kind, trouble, 0);
}

void judge_acknowledge(struct judge *judge, const char *note, int64_t now_ms,
		       struct verdict *verdict, struct judgement *out)
{
	enum incident_kind kind = judge_worst(judge);
	struct trouble *trouble = &judge->troubles[kind];

	judgement_begin(out);
	if (judge_is_part(judge, verdict)) {
		/* Who keeps that incident will see it, and tell. */
		judge->burden.acknowledged = !judge->burden.acknowledged;
		text_copy(judge->burden.note, sizeof judge->burden.note,
			  judge->burden.acknowledged ? note : "");
		judge_show(judge, now_ms, verdict, out);
	}
	if (kind == INCIDENT_KINDS || kind == INCIDENT_PAUSED)
		return;
	trouble->acknowledged = !trouble->acknowledged;
	text_copy(trouble->note, sizeof trouble->note, trouble->acknowledged ? note : "");
	write_again(judge, kind, out);
	struct event *event = judgement_event(out, EVENT_ACKNOWLEDGED, now_ms, trouble);
	text_copy(event->detail, sizeof event->detail, trouble->acknowledged ? note : "taken back");
	judge_show(judge, now_ms, verdict, out);
}

/* ---- the wall clock ---- */

void judge_clock_set(struct judge *judge, int64_t by_ms, struct verdict *verdict,
		     struct judgement *out)
{
	int64_t *times[] = {
		&judge->good_since_ms,	     &judge->taint_since_ms,	  &judge->excused_since_ms,
		&judge->speed.slow_since_ms, &judge->speed.fast_since_ms, &judge->around.since_ms,
		&verdict->since_ms,	     &verdict->retry_after_ms,	  &verdict->load.since_ms,
		&judge->burden.quiet_ms,
	};

	judgement_begin(out);
	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
		clock_move(times[i], by_ms);
	load_clock_set(&judge->load, by_ms);
	for (enum incident_kind kind = INCIDENT_DOWN; kind < INCIDENT_KINDS; kind++) {
		clock_move(&judge->troubles[kind].opened_ms, by_ms);
		clock_move(&judge->troubles[kind].last_ms, by_ms);
		if (out->incident_count < JUDGE_INCIDENTS)
			write_again(judge, kind, out);
	}
}
