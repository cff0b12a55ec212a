/*
 * Flapping as one incident and two events. Part of the judge; see judge.h and flap.h.
 *
 * While it lasts, failures, downs and ups are no events and no incidents of their own; what stands
 * at its end is told then.
 */
#include "base/text.h"
#include "model/judge_parts.h"
#include "model/wording.h"

static void put(const struct trouble *trouble, const char *words, struct judgement *out)
{
	struct incident *incident = judgement_incident(out, INCIDENT_FLAPPING, trouble, 0);

	text_copy(incident->result, sizeof incident->result,
		  incident_table[INCIDENT_FLAPPING].result);
	text_copy(incident->detail, sizeof incident->detail, words);
}

static void begin(struct judge *judge, const struct sample *sample, const char *words,
		  struct judgement *out)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_FLAPPING];

	trouble_open(trouble, sample->at_ms);
	trouble->confirmed = true;
	trouble->cls = sample->cls;
	trouble->status = sample->status;
	struct event *event = judgement_event(out, EVENT_FLAPPING, sample->at_ms, trouble);
	event->total_us = sample->total_us;
	text_copy(event->detail, sizeof event->detail, words);
}

/* What was held back meanwhile and still stands. */
static void tell_what_stands(struct judge *judge, const struct sample *sample,
			     struct judgement *out)
{
	struct trouble *down = &judge->troubles[INCIDENT_DOWN];

	if (!down->open && judge->told_down) {
		struct event *event = judgement_event(out, EVENT_UP, sample->at_ms, down);
		event->total_us = sample->total_us;
		text_copy(event->detail, sizeof event->detail, "steady again");
		judge->told_down = false;
	} else if (down->confirmed && !judge->told_down) {
		struct event *event = judgement_event(out, EVENT_DOWN, sample->at_ms, down);
		text_copy(event->detail, sizeof event->detail, judge->failure);
		judge->told_down = true;
	}
}

static void end(struct judge *judge, const struct sample *sample, struct judgement *out)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_FLAPPING];
	int64_t length_ms = sample->at_ms - trouble->opened_ms;
	bool down = judge->troubles[INCIDENT_DOWN].open;

	judge_flap_close(judge, down ? "down for good after" : "steady after", sample->at_ms, out);
	struct event *event = judgement_event(out, EVENT_STEADY, sample->at_ms, trouble);
	event->length_ms = length_ms;
	text_copy(event->detail, sizeof event->detail,
		  out->incidents[out->incident_count - 1].detail);
	trouble_close(trouble);
	tell_what_stands(judge, sample, out);
}

void judge_flap(struct judge *judge, const struct sample *sample, const char *detail,
		struct judgement *out)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_FLAPPING];
	bool failed = sample_is_failure(sample), turned = flap_note(&judge->flap, failed);
	char words[200];

	text_format(words, sizeof words, "%d changes in the last %d checks: %s",
		    flap_changes(&judge->flap), judge->flap.count,
		    failed ? detail : judge->failure);
	if (turned && judge->flap.flapping)
		begin(judge, sample, words, out);
	else if (turned)
		end(judge, sample, out);
	if (!judge->flap.flapping)
		return;
	trouble->count += failed;
	trouble->last_ms = sample->at_ms;
	put(trouble, words, out);
}

void judge_flap_close(struct judge *judge, const char *before, int64_t at_ms, struct judgement *out)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_FLAPPING];
	struct wording_span span = {at_ms - trouble->opened_ms, trouble->count, "failed"};
	char words[80], length[40];

	if (!trouble->open)
		return;
	struct incident *incident = judgement_incident(out, INCIDENT_FLAPPING, trouble, at_ms);
	if (trouble->count > 0) {
		wording_span(words, sizeof words, &span);
	} else { /* the answer that made it flapping was the first of those that ended it */
		wording_length(length, sizeof length, span.length_ms);
		text_format(words, sizeof words, "%s, no check failed", length);
	}
	judge_end_result(incident, before,
			 judge->troubles[INCIDENT_DOWN].open ? "stays down" : "steady");
	text_format(incident->detail, sizeof incident->detail, "%s %s", before, words);
}
