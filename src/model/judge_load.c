/*
 * From the load detector's verdict to what is told of it. Pure; the judge's thread.
 */
#include "base/text.h"
#include "model/judge_parts.h"
#include "model/wording.h"

/* Good answers that an alarm may need to end: of a target that has just come back from being down
 * or in maintenance it says nothing new. */
#define ECHOES 12

struct load_setting judge_load_setting(const struct target *target)
{
	return (struct load_setting){
		.rule = load_rule_by_name(target->load),
		.interval_ms = target->interval_ms,
		.timeout_ms = target->timeout_ms,
	};
}

static void put_incident(const struct trouble *trouble, const struct load_verdict *load,
			 struct judgement *out)
{
	struct incident *incident = judgement_incident(out, INCIDENT_LOAD, trouble, 0);

	text_copy(incident->result, sizeof incident->result, incident_table[INCIDENT_LOAD].result);
	text_format(incident->detail, sizeof incident->detail, "%s: %s",
		    load_level_name[load->level], load->evidence);
}

static void tell_load(const struct trouble *trouble, const struct sample *sample,
		      const struct load_verdict *load, struct judgement *out)
{
	struct event *event = judgement_event(out, EVENT_LOAD, sample->at_ms, trouble);

	event->total_us = sample->total_us;
	text_format(event->detail, sizeof event->detail, "%s: %s", load_level_name[load->level],
		    load->evidence);
}

/* "after 42 s, 40 checks under load: saturated, server". */
void judge_load_close(const struct burden *burden, struct trouble *trouble, const char *before,
		      int64_t at_ms, struct judgement *out)
{
	struct incident *incident = judgement_incident(out, INCIDENT_LOAD, trouble, at_ms);
	struct wording_span span = {at_ms - trouble->opened_ms, trouble->count, "under load"};
	char words[80];

	wording_span(words, sizeof words, &span);
	judge_end_result(incident, before, "calm");
	text_format(incident->detail, sizeof incident->detail, "%s %s: %s, %s", before, words,
		    load_level_name[burden->worst], load_cause_name[burden->cause]);
}

static void tell_calm(const struct burden *burden, struct trouble *trouble,
		      const struct sample *sample, struct judgement *out)
{
	struct event *event = judgement_event(out, EVENT_CALM, sample->at_ms, trouble);

	judge_load_close(burden, trouble, "after", sample->at_ms, out);
	event->length_ms = sample->at_ms - trouble->opened_ms;
	event->total_us = sample->total_us;
	text_copy(event->detail, sizeof event->detail,
		  out->incidents[out->incident_count - 1].detail);
	trouble_close(trouble);
}

void judge_load_tell(struct judge *judge, const struct sample *sample,
		     const struct load_verdict *load, struct judgement *out)
{
	struct burden *burden = &judge->burden;
	struct trouble *trouble = &judge->troubles[INCIDENT_LOAD];
	bool quiet = judge->settled == STATE_DOWN || judge->around.maintenance;
	bool loaded = load->level >= LOAD_ELEVATED, worse;

	if (trouble->open && !loaded) {
		tell_calm(burden, trouble, sample, out);
		return;
	}
	if (loaded && quiet) {
		burden->quiet_ms = sample->at_ms;
		burden->echoes = ECHOES;
	} else if (burden->echoes > 0) {
		burden->echoes--;
	}
	if (!loaded || (!trouble->open && (burden->echoes > 0 || load->cause == LOAD_CLIENT ||
					   burden->teller != LOAD_TOLD_HERE)))
		return;
	worse = !trouble->open || load->level > burden->worst;
	if (!trouble->open) {
		trouble_open(trouble,
			     load->since_ms > burden->quiet_ms ? load->since_ms : burden->quiet_ms);
		trouble->confirmed = true;
		burden->worst = load->level;
	}
	burden->cause = load->cause;
	if (load->level > burden->worst)
		burden->worst = load->level;
	trouble->count++;
	trouble->last_ms = sample->at_ms;
	trouble->cls = sample->cls;
	trouble->status = sample->status;
	if (worse)
		tell_load(trouble, sample, load, out);
	put_incident(trouble, load, out);
}

/* Its own incident ends: it is part of another one from now on. */
static void join(struct burden *burden, struct trouble *trouble, const char *words, int64_t now_ms,
		 struct judgement *out)
{
	struct event *event = judgement_event(out, EVENT_CALM, now_ms, trouble);

	judge_load_close(burden, trouble, "after", now_ms, out);
	text_format(out->incidents[out->incident_count - 1].detail, sizeof out->incidents[0].detail,
		    "part of: %s", words);
	event->length_ms = now_ms - trouble->opened_ms;
	text_copy(event->detail, sizeof event->detail,
		  out->incidents[out->incident_count - 1].detail);
}

static void change_teller(struct burden *burden, struct trouble *trouble,
			  const struct load_share *share, int64_t now_ms, struct judgement *out)
{
	burden->teller = share->teller;
	burden->incident = share->teller == LOAD_TOLD_ELSEWHERE ? share->incident : 0;
	burden->acknowledged = burden->incident && share->acknowledged;
	text_copy(burden->note, sizeof burden->note, share->note);
	if (share->teller != LOAD_TOLD_ELSEWHERE || !trouble->open)
		return;
	if (!share->takes_over)
		join(burden, trouble, share->words, now_ms, out);
	trouble_close(trouble);
}

void judge_share(struct judge *judge, const struct load_share *share, int64_t now_ms,
		 struct verdict *verdict, struct judgement *out)
{
	struct sample now = sample_blank(now_ms);

	judgement_begin(out);
	now.cls = verdict->cls;
	now.status = verdict->status;
	change_teller(&judge->burden, &judge->troubles[INCIDENT_LOAD], share, now_ms, out);
	if (share->teller == LOAD_TOLD_HERE && !judge->troubles[INCIDENT_LOAD].open &&
	    !judge->paused)
		judge_load_tell(judge, &now, &verdict->load, out);
	judge_show(judge, now_ms, verdict, out);
}
