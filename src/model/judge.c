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
#include "model/wording.h"

enum {
	TAINTED_IN_ROW = 3, /* make the state unknown */
	TOLD_EVERY = 10,    /* samples between two events of another class */
	RECENT_BITS = 64,
};

#define DAY_MS INT64_C(86400000)

/* ---- what is shown ---- */

static void show_incident(const struct judge *judge, struct verdict *verdict)
{
	static const enum incident_kind worst_first[] = {
		INCIDENT_PAUSED, INCIDENT_DOWN, INCIDENT_SLOW, INCIDENT_LOAD, INCIDENT_CERT,
	};

	verdict->incident = 0;
	for (size_t i = 0; i < sizeof worst_first / sizeof worst_first[0]; i++) {
		const struct trouble *trouble = &judge->troubles[worst_first[i]];
		if (!trouble->open)
			continue;
		verdict->incident = trouble->id;
		return;
	}
}

/* When the state that begins now really began. */
static int64_t began_ms(const struct judge *judge, enum state state, enum state before,
			int64_t at_ms)
{
	if (state == STATE_DOWN)
		return judge->troubles[INCIDENT_DOWN].opened_ms;
	if (state == STATE_UNKNOWN)
		return judge->taint_since_ms;
	if (before == STATE_DOWN && (state == STATE_UP || state == STATE_SLOW))
		return judge->good_since_ms;
	if (state == STATE_SLOW && before != STATE_UNKNOWN)
		return judge->troubles[INCIDENT_SLOW].opened_ms;
	if (state == STATE_UP && before == STATE_SLOW)
		return judge->speed.fast_since_ms;
	return at_ms;
}

static void finish(const struct judge *judge, int64_t at_ms, struct verdict *verdict,
		   struct judgement *out)
{
	enum state before = verdict->state;
	enum state state = judge->settled;

	if (judge->tainted_in_row >= TAINTED_IN_ROW)
		state = STATE_UNKNOWN;
	if (judge->paused)
		state = STATE_PAUSED;
	if (state != before)
		verdict->since_ms = began_ms(judge, state, before, at_ms);
	verdict->state = state;
	verdict->failed_in_row = judge->failed_in_row;
	verdict->good_in_row = judge->good_in_row;
	show_incident(judge, verdict);
	for (size_t i = 0; i < out->event_count; i++) {
		out->events[i].previous = before;
		out->events[i].state = state;
	}
}

/* ---- failed checks ---- */

static bool is_down(const struct judge *judge, const struct state_rule *rule)
{
	unsigned count = rule->count > 0 ? rule->count : 1;
	unsigned of = rule->of < RECENT_BITS ? rule->of : RECENT_BITS;

	if (of == 0)
		return judge->failed_in_row >= count;
	uint64_t last = of == RECENT_BITS ? UINT64_MAX : (UINT64_C(1) << of) - 1;
	return (unsigned)__builtin_popcountll(judge->recent & last) >= count;
}

static void tell_failure(struct judge *judge, const struct sample *sample, const char *detail,
			 struct judgement *out)
{
	struct event *event =
		judgement_event(out, EVENT_FAILED, sample->at_ms, &judge->troubles[INCIDENT_DOWN]);

	event->total_us = sample->total_us;
	text_copy(event->detail, sizeof event->detail, detail);
	judge->told_cls = sample->cls;
	judge->told_status = sample->status;
}

static void tell_down(struct judge *judge, int64_t at_ms, int32_t total_us, const char *detail,
		      struct judgement *out)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_DOWN];

	trouble->confirmed = true;
	judge->settled = STATE_DOWN;
	struct event *event = judgement_event(out, EVENT_DOWN, at_ms, trouble);
	event->total_us = total_us;
	text_copy(event->detail, sizeof event->detail, detail);
}

static void put_down(const struct judge *judge, struct judgement *out)
{
	const struct trouble *trouble = &judge->troubles[INCIDENT_DOWN];
	struct incident *incident = judgement_incident(out, INCIDENT_DOWN, trouble, 0);

	wording_result(incident->result, sizeof incident->result, trouble->cls, trouble->status);
	text_copy(incident->detail, sizeof incident->detail, judge->failure);
}

static void take_failure(struct judge *judge, const struct target *target,
			 const struct sample *sample, const char *detail, struct judgement *out)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_DOWN];
	bool first = !trouble->open;
	char result[12];

	judge->failed_in_row++;
	judge->good_in_row = 0;
	judge->recent = judge->recent << 1 | 1;
	if (first)
		trouble_open(trouble, sample->at_ms);
	trouble->count++;
	trouble->last_ms = sample->at_ms;
	trouble->cls = sample->cls;
	trouble->status = sample->status;
	wording_result(result, sizeof result, sample->cls, sample->status);
	text_copy(judge->failure, sizeof judge->failure, wording_without_result(detail, result));

	bool other = sample->cls != judge->told_cls || sample->status != judge->told_status;
	if (first || (other && judge->told_ago >= TOLD_EVERY)) {
		judge->told_ago = first ? TOLD_EVERY : 0;
		tell_failure(judge, sample, detail, out);
	}
	if (!trouble->confirmed && is_down(judge, &target->down_after))
		tell_down(judge, sample->at_ms, sample->total_us, detail, out);
	put_down(judge, out);
}

/* "after 15 s, 3 checks failed: 500 Internal Server Error". */
static void word_end(const struct judge *judge, const char *before, int64_t closed_ms,
		     char detail[200])
{
	const struct trouble *trouble = &judge->troubles[INCIDENT_DOWN];
	struct wording_span span = {closed_ms - trouble->opened_ms, trouble->count, "failed"};
	char words[80], result[12];

	wording_span(words, sizeof words, &span);
	wording_result(result, sizeof result, trouble->cls, trouble->status);
	text_format(detail, 200, "%s %s: %s %s", before, words, result, judge->failure);
}

static void tell_up(struct judge *judge, const struct sample *sample, struct judgement *out)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_DOWN];
	int64_t closed_ms = judge->good_since_ms;
	struct incident *incident = judgement_incident(out, INCIDENT_DOWN, trouble, closed_ms);
	struct event *event = judgement_event(out, EVENT_UP, sample->at_ms, trouble);

	text_copy(incident->result, sizeof incident->result, "up again");
	word_end(judge, "after", closed_ms, incident->detail);
	event->length_ms = closed_ms - trouble->opened_ms;
	event->total_us = sample->total_us;
	text_copy(event->detail, sizeof event->detail, incident->detail);
	trouble_close(trouble);
}

/* ---- slow answers ---- */

static void put_slow(struct trouble *trouble, int64_t at_ms, const char *words,
		     struct judgement *out)
{
	trouble->last_ms = at_ms;
	struct incident *incident = judgement_incident(out, INCIDENT_SLOW, trouble, 0);

	text_copy(incident->result, sizeof incident->result, "SLOW");
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
static void close_slow(struct judge *judge, const char *before, int64_t closed_ms,
		       struct judgement *out)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_SLOW];
	struct incident *incident = judgement_incident(out, INCIDENT_SLOW, trouble, closed_ms);
	struct wording_span span = {closed_ms - trouble->opened_ms, trouble->count, "slow"};
	char words[80];

	wording_span(words, sizeof words, &span);
	text_copy(incident->result, sizeof incident->result, "in time");
	text_format(incident->detail, sizeof incident->detail, "%s %s", before, words);
}

static void tell_fast(struct judge *judge, const struct sample *sample, struct judgement *out)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_SLOW];
	struct event *event = judgement_event(out, EVENT_FAST, sample->at_ms, trouble);

	close_slow(judge, "after", judge->speed.fast_since_ms, out);
	event->length_ms = judge->speed.fast_since_ms - trouble->opened_ms;
	event->total_us = sample->total_us;
	text_copy(event->detail, sizeof event->detail,
		  out->incidents[out->incident_count - 1].detail);
	trouble_close(trouble);
}

static void judge_speed(struct judge *judge, const struct target *target,
			const struct sample *sample, struct verdict *verdict, struct judgement *out)
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
	struct trouble *down = &judge->troubles[INCIDENT_DOWN];
	unsigned up_after = target->up_after > 0 ? (unsigned)target->up_after : 1;

	if (judge->good_in_row++ == 0)
		judge->good_since_ms = sample->at_ms;
	judge->failed_in_row = 0;
	judge->recent <<= 1;
	judge_speed(judge, target, sample, verdict, out);
	if (down->open && judge->good_in_row >= up_after)
		tell_up(judge, sample, out);
	if (!down->confirmed)
		judge->settled = judge->troubles[INCIDENT_SLOW].open ? STATE_SLOW : STATE_UP;
}

/* An answer that came by one way while another still fails: the failure goes on. */
static void hold(const struct judge *judge, const struct sample *sample, struct verdict *verdict)
{
	const struct trouble *down = &judge->troubles[INCIDENT_DOWN];

	verdict->cls = down->open ? down->cls : sample->cls;
	verdict->status = down->open ? down->status : sample->status;
}

/* What the newest sample says by itself. */
static void show_sample(const struct judge *judge, const struct sample *sample,
			struct verdict *verdict)
{
	bool good = sample_is_good(sample);

	verdict->last_us = good ? sample->total_us : ABSENT_US;
	if (sample_is_tainted(sample))
		return;
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
	*judge = (struct judge){.settled = STATE_NEW};
	*verdict =
		(struct verdict){.state = STATE_NEW, .last_us = ABSENT_US, .usual_us = ABSENT_US, .parent = UINT32_MAX};
	for (int i = 0; i < PHASE_COUNT; i++)
		verdict->usual_phase_us[i] = ABSENT_US;
	load_init(&judge->load);
}

static void judge_load(struct judge *judge, const struct target *target, const struct sample *sample,
		       struct verdict *verdict, struct judgement *out)
{
	struct load_setting setting = judge_load_setting(target);

	struct sample like = ways_comparable(target, sample);

	load_sample(&judge->load, &setting, &like, &verdict->load);
	judge_load_tell(&judge->burden, &judge->troubles[INCIDENT_LOAD], sample, judge->settled == STATE_DOWN,
			&verdict->load, out);
}

void judge_sample(struct judge *judge, const struct target *target, const struct sample *sample,
		  const char *detail, struct verdict *verdict, struct judgement *out)
{
	judgement_begin(out);
	verdict->sample_count++;
	if (sample_is_good(sample))
		learn(judge, target, sample);
	show_sample(judge, sample, verdict);
	if (judge->paused) /* it was under way, or asked for by key: looked at, not judged */
		return;
	if (sample_is_tainted(sample)) {
		if (judge->tainted_in_row++ == 0)
			judge->taint_since_ms = sample->at_ms;
		if (judge->tainted_in_row >= TAINTED_IN_ROW)
			text_copy(verdict->detail, sizeof verdict->detail, detail);
		judge_load(judge, target, sample, verdict, out);
		finish(judge, sample->at_ms, verdict, out);
		return;
	}
	judge->tainted_in_row = 0;
	if (judge->told_ago < TOLD_EVERY)
		judge->told_ago++;
	bool held = ways_note(&judge->ways, target, sample);
	if (!held)
		text_copy(verdict->detail, sizeof verdict->detail, detail);
	if (sample_is_failure(sample))
		take_failure(judge, target, sample, detail, out);
	else if (held)
		hold(judge, sample, verdict);
	else
		take_good(judge, target, sample, verdict, out);
	judge_load(judge, target, sample, verdict, out);
	finish(judge, sample->at_ms, verdict, out);
}

void judge_waiting(struct judge *judge, const struct target *target, const struct sample *so_far,
		   struct verdict *verdict, struct judgement *out)
{
	struct load_setting setting = judge_load_setting(target);
	enum load_level before = verdict->load.level;

	judgement_begin(out);
	if (judge->paused)
		return;
	load_waiting(&judge->load, &setting, so_far, &verdict->load);
	if (verdict->load.level == before)
		return;
	judge_load_tell(&judge->burden, &judge->troubles[INCIDENT_LOAD], so_far, judge->settled == STATE_DOWN,
			&verdict->load, out);
	finish(judge, so_far->at_ms, verdict, out);
}

/* ---- certificate, pause, end ---- */

static void put_cert(struct trouble *trouble, const struct cert_facts *facts, int64_t days,
		     struct judgement *out)
{
	struct incident *incident = judgement_incident(out, INCIDENT_CERT, trouble, 0);

	text_copy(incident->result, sizeof incident->result, "CERT");
	wording_cert(incident->detail, sizeof incident->detail, facts, days);
}

static void tell_renewed(struct trouble *trouble, const struct cert_facts *facts, int64_t days,
			 int64_t now_ms, struct judgement *out)
{
	struct incident *incident = judgement_incident(out, INCIDENT_CERT, trouble, now_ms);
	struct event *event = judgement_event(out, EVENT_CERT_RENEWED, now_ms, trouble);

	text_copy(incident->result, sizeof incident->result, "renewed");
	wording_cert(incident->detail, sizeof incident->detail, facts, days);
	event->length_ms = now_ms - trouble->opened_ms;
	text_copy(event->detail, sizeof event->detail, incident->detail);
	trouble_close(trouble);
}

void judge_cert(struct judge *judge, const struct target *target, const struct cert_facts *facts,
		int64_t now_ms, struct verdict *verdict, struct judgement *out)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_CERT];
	int64_t left_ms = facts->chain_not_after_ms - now_ms;
	int64_t days = left_ms >= 0 ? left_ms / DAY_MS : -((-left_ms + DAY_MS - 1) / DAY_MS);
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
		put_cert(trouble, facts, days, out);
		if (first)
			text_copy(judgement_event(out, EVENT_CERT, now_ms, trouble)->detail,
				  sizeof out->events[0].detail, out->incidents[0].detail);
	} else if (!near && trouble->open) {
		tell_renewed(trouble, facts, days, now_ms, out);
	}
	judge->cert_days = days;
	judge->cert_end_ms = facts->chain_not_after_ms;
	verdict->warnings &= (uint8_t)~WARN_TLS_EXPIRING;
	if (near)
		verdict->warnings |= WARN_TLS_EXPIRING;
	finish(judge, now_ms, verdict, out);
}

/* What is open ends with the pause: nobody checks how it goes on. */
static void end_for_pause(struct judge *judge, int64_t now_ms, struct judgement *out)
{
	struct trouble *down = &judge->troubles[INCIDENT_DOWN];
	struct trouble *slow = &judge->troubles[INCIDENT_SLOW];
	struct trouble *load = &judge->troubles[INCIDENT_LOAD];

	if (down->open) {
		struct incident *incident = judgement_incident(out, INCIDENT_DOWN, down, now_ms);
		wording_result(incident->result, sizeof incident->result, down->cls, down->status);
		word_end(judge, "paused after", now_ms, incident->detail);
	}
	if (slow->open)
		close_slow(judge, "paused after", now_ms, out);
	if (load->open)
		judge_load_close(&judge->burden, load, "paused after", now_ms, out);
	trouble_close(down);
	trouble_close(slow);
	trouble_close(load);
	load_rest(&judge->load);
	judge->settled = STATE_NEW;
	judge->failed_in_row = judge->good_in_row = judge->tainted_in_row = 0;
	judge->recent = 0;
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
	text_copy(incident->result, sizeof incident->result, "paused");
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
	finish(judge, now_ms, verdict, out);
}

void judge_finish(struct judge *judge, const struct target *target, int64_t now_ms,
		  struct verdict *verdict, struct judgement *out)
{
	(void)target; /* down_after counts no more */
	judgement_begin(out);
	if (judge->settled == STATE_NEW && judge->failed_in_row == 0 && judge->tainted_in_row > 0)
		judge->tainted_in_row = TAINTED_IN_ROW;
	if (judge->tainted_in_row < TAINTED_IN_ROW && judge->failed_in_row > 0 &&
	    judge->settled != STATE_DOWN) {
		tell_down(judge, now_ms, ABSENT_US, verdict->detail, out);
		put_down(judge, out);
	}
	finish(judge, now_ms, verdict, out);
}

void judge_opened(struct judge *judge, enum incident_kind kind, uint64_t id,
		  struct verdict *verdict)
{
	judge->troubles[kind].id = id;
	show_incident(judge, verdict);
}
