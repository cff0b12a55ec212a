/*
 * Slow answers as incidents and events. Part of the judge; see judge.h.
 */
#include "base/text.h"
#include "model/judge_parts.h"
#include "model/wording.h"

static void put_slow(struct trouble *trouble, int64_t at_ms, const char *words,
		     struct judgement *out)
{
	trouble->last_ms = at_ms;
	struct incident *incident = judgement_incident(out, INCIDENT_SLOW, trouble, 0);

	text_copy(incident->result, sizeof incident->result, incident_table[INCIDENT_SLOW].result);
	text_copy(incident->detail, sizeof incident->detail, words);
}

static void tell_slow(struct judge *judge, const struct sample *sample, const char *words,
		      struct judgement *out)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_SLOW];

	trouble_open(trouble, judge->speed.slow_since_ms);
	trouble->confirmed = true;
	trouble->count = judge->speed.slow_count;
	trouble->status = sample->status;
	struct event *event = judgement_event(out, EVENT_SLOW, sample->at_ms, trouble);
	event->total_us = sample->total_us;
	text_copy(event->detail, sizeof event->detail, words);
}

/* "after 4m 02s, 19 checks slow". */
void judge_speed_close(struct judge *judge, const char *before, int64_t closed_ms,
		       struct judgement *out)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_SLOW];
	struct incident *incident = judgement_incident(out, INCIDENT_SLOW, trouble, closed_ms);
	struct wording_span span = {closed_ms - trouble->opened_ms, trouble->count, "slow"};
	char words[80];

	wording_span(words, sizeof words, &span);
	judge_end_result(incident, before, "in time");
	text_format(incident->detail, sizeof incident->detail, "%s %s", before, words);
}

static void tell_fast(struct judge *judge, const struct sample *sample, struct judgement *out)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_SLOW];
	struct event *event = judgement_event(out, EVENT_FAST, sample->at_ms, trouble);

	judge_speed_close(judge, "after", judge->speed.fast_since_ms, out);
	event->length_ms = judge->speed.fast_since_ms - trouble->opened_ms;
	event->total_us = sample->total_us;
	text_copy(event->detail, sizeof event->detail,
		  out->incidents[out->incident_count - 1].detail);
	trouble_close(trouble);
}

void judge_speed(struct judge *judge, const struct target *target, const struct sample *sample,
		 struct verdict *verdict, struct judgement *out)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_SLOW];
	bool slow = sample->warnings & WARN_SLOW;

	speed_note(&judge->speed, sample->at_ms, slow);
	if (slow) {
		wording_slow(verdict->detail, sizeof verdict->detail, target, sample);
		if (!trouble->open && speed_is_slow(&judge->speed))
			tell_slow(judge, sample, verdict->detail, out);
		else
			trouble->count += trouble->open;
		if (trouble->open)
			put_slow(trouble, sample->at_ms, verdict->detail, out);
	} else if (trouble->open && speed_is_fast(&judge->speed)) {
		tell_fast(judge, sample, out);
	} else if (trouble->open) {
		text_format(verdict->detail, sizeof verdict->detail,
			    "%d of the last %d answers over the limit", speed_over(&judge->speed),
			    judge->speed.recent_count);
	}
}
