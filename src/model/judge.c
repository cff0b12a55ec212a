/*
 * The judge: state, incidents and events of one target (the rules stand in the header). Pure,
 * without a clock; called by the target's poller and by replay.
 *
 * The one idea: `settled` is what the checks say, and what is shown follows from it: a pause or our
 * own trouble lies over it and goes away again without having changed it.
 */
#include "model/judge.h"

#include <string.h>

#include "base/text.h"
#include "model/judge_parts.h"
#include "model/wording.h"

enum { TAINTED_IN_ROW = 3 }; /* make the state unknown */

/* ---- what is shown ---- */

enum incident_kind judge_worst(const struct judge *judge)
{
	static const enum incident_kind worst_first[] = {
		INCIDENT_PAUSED, INCIDENT_DOWN, INCIDENT_FLAPPING, INCIDENT_SLOW,
		INCIDENT_BURN,	 INCIDENT_LOAD, INCIDENT_CERT,
	};

	for (size_t i = 0; i < sizeof worst_first / sizeof worst_first[0]; i++) {
		const struct trouble *trouble = &judge->troubles[worst_first[i]];
		if (trouble->open && !trouble->untold)
			return worst_first[i];
	}
	return INCIDENT_KINDS;
}

bool judge_is_part(const struct judge *judge, const struct verdict *verdict)
{
	return judge_worst(judge) == INCIDENT_KINDS && judge->burden.incident &&
	       verdict->load.level >= LOAD_ELEVATED;
}

static void show_incident(const struct judge *judge, struct verdict *verdict)
{
	enum incident_kind kind = judge_worst(judge);
	const struct trouble none = {0};
	const struct trouble *trouble = kind == INCIDENT_KINDS ? &none : &judge->troubles[kind];

	verdict->incident = trouble->id;
	verdict->acknowledged = trouble->acknowledged;
	text_copy(verdict->note, sizeof verdict->note, trouble->note);
	if (judge_is_part(judge, verdict)) {
		verdict->incident = judge->burden.incident;
		verdict->acknowledged = judge->burden.acknowledged;
		text_copy(verdict->note, sizeof verdict->note, judge->burden.note);
	}
}

/* When the state that begins now really began. */
static int64_t began_ms(const struct judge *judge, enum state state, enum state before,
			int64_t at_ms)
{
	if (state == STATE_DOWN)
		return judge->troubles[INCIDENT_DOWN].opened_ms;
	if (state == STATE_UNKNOWN)
		return judge->excused ? judge->excused_since_ms : judge->taint_since_ms;
	if (before == STATE_DOWN && (state == STATE_UP || state == STATE_SLOW))
		return judge->good_since_ms;
	if (state == STATE_SLOW && before != STATE_UNKNOWN)
		return judge->troubles[INCIDENT_SLOW].opened_ms;
	if (state == STATE_UP && before == STATE_SLOW)
		return judge->speed.fast_since_ms;
	return at_ms;
}

void judge_show(const struct judge *judge, int64_t at_ms, struct verdict *verdict,
		struct judgement *out)
{
	enum state before = verdict->state;
	enum state state = judge->settled;

	if (judge->excused && (judge->excused == EXCUSE_NETWORK || state != STATE_DOWN))
		state = STATE_UNKNOWN;
	if (judge->tainted_in_row >= TAINTED_IN_ROW)
		state = STATE_UNKNOWN;
	if (judge->paused)
		state = STATE_PAUSED;
	if (state != before)
		verdict->since_ms = began_ms(judge, state, before, at_ms);
	verdict->state = state;
	verdict->failed_in_row = judge->failed_in_row;
	verdict->good_in_row = judge->good_in_row;
	verdict->flapping = judge->flap.flapping;
	verdict->maintenance = judge->around.maintenance;
	verdict->unconfirmed = judge->unconfirmed;
	verdict->parent = judge->excused == EXCUSE_PARENT && state == STATE_UNKNOWN
				  ? judge->excused_by
				  : UINT32_MAX;
	show_incident(judge, verdict);
	for (size_t i = 0; i < out->event_count; i++) {
		out->events[i].previous = before;
		out->events[i].state = state;
	}
}

/* ---- one sample ---- */

static void learn(struct judge *judge, const struct target *target, const struct sample *sample)
{
	if (ways_is_usual(target, sample))
		running_median_add(&judge->usual, sample->total_us);
	for (int i = 0; i < PHASE_COUNT; i++)
		running_median_add(&judge->usual_phase[i], sample->phase_us[i]);
}

static void take_good(struct judge *judge, const struct target *target, const struct sample *sample,
		      struct verdict *verdict, struct judgement *out)
{
	judge_speed(judge, target, sample, verdict, out);
	judge_recovery(judge, target, sample, out);
	if (!judge->troubles[INCIDENT_DOWN].confirmed)
		judge->settled = judge->troubles[INCIDENT_SLOW].open ? STATE_SLOW : STATE_UP;
}

/* An answer that came by one way while another still fails: the failure goes on. */
static void hold(const struct judge *judge, const struct sample *sample, struct verdict *verdict)
{
	const struct trouble *down = &judge->troubles[INCIDENT_DOWN];

	verdict->cls = down->open ? down->cls : sample->cls;
	verdict->status = down->open ? down->status : sample->status;
}

/* Explained by something else: shown, and nothing more. */
static void take_excused(struct judge *judge, const struct sample *sample, const char *detail,
			 struct verdict *verdict)
{
	if (!judge->excused)
		judge->excused_since_ms = sample->at_ms;
	judge->excused = judge->around.excuse;
	judge->excused_by = judge->around.parent;
	judge->good_in_row = 0;
	text_format(verdict->detail, sizeof verdict->detail, "%s; %s", judge->around.words, detail);
}

/* What the newest sample says by itself. */
static void show_sample(const struct judge *judge, const struct sample *sample,
			struct verdict *verdict)
{
	bool good = sample_is_good(sample);

	verdict->last_us = good ? sample->total_us : ABSENT_US;
	if (sample_is_tainted(sample)) {
		/* Nothing better is known yet. */
		if (judge->settled == STATE_NEW)
			verdict->cls = sample->cls;
		return;
	}
	verdict->cls = sample->cls;
	verdict->status = sample->status;
	verdict->http = sample->http;
	verdict->warnings = sample->warnings;
	if (judge->troubles[INCIDENT_CERT].open)
		verdict->warnings |= WARN_TLS_EXPIRING;
	if (!good)
		return;
	verdict->usual_us = running_median_us(&judge->usual);
	for (int i = 0; i < PHASE_COUNT; i++)
		verdict->usual_phase_us[i] = running_median_us(&judge->usual_phase[i]);
}

void judge_init(struct judge *judge, struct verdict *verdict)
{
	*judge = (struct judge){
		.settled = STATE_NEW, .excused_by = UINT32_MAX, .around = {.parent = UINT32_MAX}};
	*verdict = (struct verdict){.state = STATE_NEW,
				    .last_us = ABSENT_US,
				    .usual_us = ABSENT_US,
				    .parent = UINT32_MAX};
	for (int i = 0; i < PHASE_COUNT; i++)
		verdict->usual_phase_us[i] = ABSENT_US;
	load_init(&judge->load);
}

static void judge_load(struct judge *judge, const struct target *target,
		       const struct sample *sample, struct verdict *verdict, struct judgement *out)
{
	struct load_setting setting = judge_load_setting(target);
	struct sample like = ways_comparable(target, sample);

	load_sample(&judge->load, &setting, &like, &verdict->load);
	judge_load_tell(judge, sample, &verdict->load, out);
}

/* A lost network explains what never got through, not a whole answer that says no. */
static bool is_explained(enum excuse excuse, enum probe_class cls)
{
	return excuse != EXCUSE_NETWORK || (cls >= CLASS_DNS && cls <= CLASS_TRUNCATED);
}

static bool is_excused(const struct judge *judge, const struct sample *sample)
{
	return sample_is_failure(sample) && judge->around.excuse &&
	       is_explained(judge->around.excuse, sample->cls);
}

bool judge_excuses(const struct judge *judge, const struct target *target,
		   const struct sample *sample)
{
	if (judge->paused || !sample_is_failure(sample))
		return false;
	return is_excused(judge, sample) ||
	       (target->confirm && !judge->troubles[INCIDENT_DOWN].open);
}

void judge_circumstances(struct judge *judge, const struct target *target,
			 const struct circumstances *around, int64_t now_ms,
			 struct verdict *verdict, struct judgement *out)
{
	const struct trouble *down = &judge->troubles[INCIDENT_DOWN];

	judgement_begin(out);
	judge->around = *around;
	if (judge->paused)
		return;
	if (around->excuse > EXCUSE_MAINTENANCE && down->open &&
	    down->opened_ms >= around->since_ms && is_explained(around->excuse, down->cls)) {
		text_format(verdict->detail, sizeof verdict->detail, "%s; %s", around->words,
			    judge->failure);
		judge_failure_fold(judge, now_ms, out);
	}
	judge_down_if_due(judge, target, out);
	judge_show(judge, now_ms, verdict, out);
}

static void take_tainted(struct judge *judge, const struct sample *sample, const char *detail,
			 struct verdict *verdict)
{
	if (judge->tainted_in_row++ == 0)
		judge->taint_since_ms = sample->at_ms;
	if (judge->tainted_in_row < TAINTED_IN_ROW && judge->settled != STATE_NEW)
		return;
	verdict->cls = sample->cls;
	text_copy(verdict->detail, sizeof verdict->detail, detail);
}

/* All of one more sample but its load. What is explained is flagged as tainted: it says nothing of
 * the load either. False: it is looked at, not judged. */
static bool take(struct judge *judge, const struct target *target, struct sample *sample,
		 const char *detail, struct verdict *verdict, struct judgement *out)
{
	judgement_begin(out);
	verdict->sample_count++;
	if (sample_is_good(sample))
		learn(judge, target, sample);
	show_sample(judge, sample, verdict);
	if (judge->paused) /* it was under way, or asked for by key */
		return false;
	if (sample_is_tainted(sample)) {
		take_tainted(judge, sample, detail, verdict);
		return true;
	}
	judge->tainted_in_row = 0;
	if (judge->told_ago < JUDGE_TOLD_EVERY)
		judge->told_ago++;
	bool held = ways_note(&judge->ways, target, sample);
	if (!held)
		text_copy(verdict->detail, sizeof verdict->detail, detail);
	if (is_excused(judge, sample)) {
		take_excused(judge, sample, detail, verdict);
		sample->flags |= SAMPLE_TAINTED;
		return true;
	}
	judge->excused = EXCUSE_NONE;
	if (sample_is_failure(sample))
		judge_failure(judge, target, sample, detail, out);
	else if (held)
		hold(judge, sample, verdict);
	else
		take_good(judge, target, sample, verdict, out);
	return true;
}

void judge_sample(struct judge *judge, const struct target *target, const struct sample *sample,
		  const char *detail, struct verdict *verdict, struct judgement *out)
{
	struct sample counted = *sample;

	if (!take(judge, target, &counted, detail, verdict, out))
		return;
	judge_load(judge, target, &counted, verdict, out);
	judge_show(judge, sample->at_ms, verdict, out);
}

void judge_sample_told(struct judge *judge, const struct target *target,
		       const struct sample *sample, const char *detail, struct verdict *verdict,
		       struct judgement *out)
{
	struct sample counted = *sample;

	if (!take(judge, target, &counted, detail, verdict, out))
		return;
	judge_load_tell(judge, &counted, &verdict->load, out);
	judge_show(judge, sample->at_ms, verdict, out);
}

void judge_waiting(struct judge *judge, const struct target *target, const struct sample *so_far,
		   struct verdict *verdict, struct judgement *out)
{
	struct load_setting setting = judge_load_setting(target);
	struct sample like = ways_comparable(target, so_far);
	enum load_level before = verdict->load.level;

	judgement_begin(out);
	if (judge->paused)
		return;
	load_waiting(&judge->load, &setting, &like, &verdict->load);
	if (verdict->load.level == before)
		return;
	judge_load_tell(judge, so_far, &verdict->load, out);
	judge_show(judge, so_far->at_ms, verdict, out);
}

/* ---- certificate, end ---- */

static void put_cert(struct trouble *trouble, const struct cert_facts *facts, int64_t now_ms,
		     struct judgement *out)
{
	struct incident *incident = judgement_incident(out, INCIDENT_CERT, trouble, 0);

	text_copy(incident->result, sizeof incident->result, incident_table[INCIDENT_CERT].result);
	wording_cert(incident->detail, sizeof incident->detail, facts, now_ms);
}

static void tell_renewed(struct trouble *trouble, const struct cert_facts *facts, int64_t now_ms,
			 struct judgement *out)
{
	struct incident *incident = judgement_incident(out, INCIDENT_CERT, trouble, now_ms);
	struct event *event = judgement_event(out, EVENT_CERT_RENEWED, now_ms, trouble);

	text_copy(incident->result, sizeof incident->result, "renewed");
	wording_cert(incident->detail, sizeof incident->detail, facts, now_ms);
	event->length_ms = now_ms - trouble->opened_ms;
	text_copy(event->detail, sizeof event->detail, incident->detail);
	trouble_close(trouble);
}

void judge_cert(struct judge *judge, const struct target *target, const struct cert_facts *facts,
		int64_t now_ms, struct verdict *verdict, struct judgement *out)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_CERT];
	int64_t days = cert_days_left(facts->chain_not_after_ms, now_ms);
	bool near = target->expect_cert_days > 0 && days < target->expect_cert_days;

	judgement_begin(out);
	if (!facts->seen || facts->chain_not_after_ms == 0)
		return;
	if (near && (!trouble->open || days != judge->cert_days ||
		     facts->chain_not_after_ms != judge->cert_end_ms)) {
		bool first = !trouble->open;
		if (first)
			trouble_open(trouble, now_ms);
		trouble->confirmed = true;
		trouble->last_ms = now_ms;
		put_cert(trouble, facts, now_ms, out);
		if (first)
			text_copy(judgement_event(out, EVENT_CERT, now_ms, trouble)->detail,
				  sizeof out->events[0].detail, out->incidents[0].detail);
	} else if (!near && trouble->open) {
		tell_renewed(trouble, facts, now_ms, out);
	}
	judge->cert_days = days;
	judge->cert_end_ms = facts->chain_not_after_ms;
	verdict->warnings &= (uint8_t)~WARN_TLS_EXPIRING;
	if (near)
		verdict->warnings |= WARN_TLS_EXPIRING;
	judge_show(judge, now_ms, verdict, out);
}

void judge_finish(struct judge *judge, int64_t now_ms, struct verdict *verdict,
		  struct judgement *out)
{
	judgement_begin(out);
	if (judge->settled == STATE_NEW && judge->failed_in_row == 0 && judge->tainted_in_row > 0)
		judge->tainted_in_row = TAINTED_IN_ROW;
	if (judge->tainted_in_row < TAINTED_IN_ROW && judge->settled != STATE_DOWN &&
	    (judge->failed_in_row > 0 || judge->unconfirmed) && !judge->excused)
		judge_down_now(judge, now_ms, verdict->detail, out);
	judge_show(judge, now_ms, verdict, out);
}

void judge_opened(struct judge *judge, enum incident_kind kind, uint64_t id,
		  struct verdict *verdict)
{
	judge->troubles[kind].id = id;
	show_incident(judge, verdict);
}
