/*
 * Failed checks: when they are an incident, when the target is down, and when they were never its
 * fault. Part of the judge; see judge.h.
 *
 * The one idea: an incident opens with the first failure and is shown at once; whether it is told
 * (down, up) waits for down_after, for a confirmation and for whatever doubt is being settled.
 */
#include <string.h>

#include "base/text.h"
#include "model/judge_parts.h"
#include "model/wording.h"

enum { RECENT_BITS = 64 };

static bool is_down(const struct judge *judge, const struct state_rule *rule)
{
	unsigned count = rule->count > 0 ? rule->count : 1;
	unsigned of = rule->of < RECENT_BITS ? rule->of : RECENT_BITS;

	if (of == 0)
		return judge->failed_in_row >= count;
	uint64_t last = of == RECENT_BITS ? UINT64_MAX : (UINT64_C(1) << of) - 1;
	return (unsigned)__builtin_popcountll(judge->recent & last) >= count;
}

static bool is_flapping(const struct judge *judge)
{
	return judge->flap.flapping;
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

static void go_down(struct judge *judge)
{
	judge->troubles[INCIDENT_DOWN].confirmed = true;
	judge->before_down = judge->settled;
	judge->settled = STATE_DOWN;
	judge->unconfirmed = false;
}

static void tell_down(struct judge *judge, const struct sample *sample, const char *detail,
		      struct judgement *out)
{
	go_down(judge);
	if (is_flapping(judge))
		return;
	struct event *event =
		judgement_event(out, EVENT_DOWN, sample->at_ms, &judge->troubles[INCIDENT_DOWN]);
	event->total_us = sample->total_us;
	text_copy(event->detail, sizeof event->detail, detail);
	judge->told_down = true;
}

/* Whether nothing is told of failures: while it flaps, and until a doubt is settled. */
static bool is_quiet(const struct judge *judge)
{
	return is_flapping(judge) ||
	       (judge->around.in_doubt && judge->troubles[INCIDENT_DOWN].id == 0);
}

static void put_down(struct judge *judge, struct judgement *out)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_DOWN];

	if (is_quiet(judge) && trouble->id == 0) {
		trouble->untold = true;
		return;
	}
	trouble->untold = false;
	struct incident *incident = judgement_incident(out, INCIDENT_DOWN, trouble, 0);
	wording_result(incident->result, sizeof incident->result, trouble->cls, trouble->status);
	text_copy(incident->detail, sizeof incident->detail, judge->failure);
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

/* The incident as it ends, its words in detail. */
static void put_closed(struct judge *judge, const char *result, int64_t closed_ms,
		       const char *detail, struct judgement *out)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_DOWN];

	if (trouble->untold)
		return;
	struct incident *incident = judgement_incident(out, INCIDENT_DOWN, trouble, closed_ms);
	text_copy(incident->result, sizeof incident->result, result);
	text_copy(incident->detail, sizeof incident->detail, detail);
}

/* The newest failure in words, its status before them. */
static void word_failure(const struct judge *judge, char detail[200])
{
	const struct trouble *trouble = &judge->troubles[INCIDENT_DOWN];

	if (trouble->cls == CLASS_HTTP_STATUS)
		text_format(detail, 200, "%u %s", trouble->status, judge->failure);
	else
		text_copy(detail, 200, judge->failure);
}

/* What a doubt held back was the target's own. */
static void tell_held(struct judge *judge, struct judgement *out)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_DOWN];
	struct sample first = sample_blank(trouble->opened_ms);
	char detail[200];

	if (!trouble->open || !trouble->untold || is_quiet(judge))
		return;
	first.cls = trouble->cls;
	first.status = trouble->status;
	first.total_us = ABSENT_US;
	word_failure(judge, detail);
	judge->told_ago = JUDGE_TOLD_EVERY;
	tell_failure(judge, &first, detail, out);
	put_down(judge, out);
}

static void tell_up(struct judge *judge, const struct sample *sample, struct judgement *out)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_DOWN];
	int64_t closed_ms = judge->good_since_ms;
	char detail[200];

	word_end(judge, judge->unconfirmed ? "not confirmed by another path after" : "after",
		 closed_ms, detail);
	put_closed(judge, judge->unconfirmed ? "unconfirmed" : "up again", closed_ms, detail, out);
	if (!is_flapping(judge)) {
		struct event *event = judgement_event(out, EVENT_UP, sample->at_ms, trouble);
		event->length_ms = closed_ms - trouble->opened_ms;
		event->total_us = sample->total_us;
		text_copy(event->detail, sizeof event->detail, detail);
		judge->told_down = false;
	}
	judge->unconfirmed = false;
	trouble_close(trouble);
}

/* What the incident knows of its newest failure. */
static void note_failure(struct judge *judge, const struct sample *sample, const char *detail)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_DOWN];
	char result[12];

	if (!trouble->open)
		trouble_open(trouble, sample->at_ms);
	trouble->count++;
	trouble->last_ms = sample->at_ms;
	trouble->cls = sample->cls;
	trouble->status = sample->status;
	wording_result(result, sizeof result, sample->cls, sample->status);
	text_copy(judge->failure, sizeof judge->failure, wording_without_result(detail, result));
}

/* The first one of an incident, or another class or status (not too often). */
static void tell_if_new(struct judge *judge, const struct sample *sample, const char *detail,
			struct judgement *out)
{
	bool first = judge->troubles[INCIDENT_DOWN].count == 1;
	bool other = sample->cls != judge->told_cls || sample->status != judge->told_status;

	if (is_quiet(judge) || (!first && !(other && judge->told_ago >= JUDGE_TOLD_EVERY)))
		return;
	judge->told_ago = first ? JUDGE_TOLD_EVERY : 0;
	tell_failure(judge, sample, detail, out);
}

void judge_failure(struct judge *judge, const struct target *target, const struct sample *sample,
		   const char *detail, struct judgement *out)
{
	bool first = !judge->troubles[INCIDENT_DOWN].open;

	judge->good_in_row = 0;
	judge->unconfirmed = first && target->confirm;
	note_failure(judge, sample, detail);
	if (!judge->unconfirmed) {
		judge->failed_in_row++;
		judge->recent = judge->recent << 1 | 1;
		judge_flap(judge, sample, detail, out);
	}
	tell_if_new(judge, sample, detail, out);
	if (!judge->troubles[INCIDENT_DOWN].confirmed && !judge->unconfirmed &&
	    !judge->around.in_doubt && is_down(judge, &target->down_after))
		tell_down(judge, sample, detail, out);
	put_down(judge, out);
}

void judge_recovery(struct judge *judge, const struct target *target, const struct sample *sample,
		    struct judgement *out)
{
	unsigned up_after = target->up_after > 0 ? (unsigned)target->up_after : 1;

	if (judge->good_in_row++ == 0)
		judge->good_since_ms = sample->at_ms;
	judge->failed_in_row = 0;
	judge->recent <<= 1;
	judge->around.in_doubt = false; /* it answers for itself */
	tell_held(judge, out);
	if (judge->troubles[INCIDENT_DOWN].open &&
	    (judge->unconfirmed || judge->good_in_row >= up_after))
		tell_up(judge, sample, out);
	judge_flap(judge, sample, "", out);
}

void judge_down_now(struct judge *judge, int64_t at_ms, const char *detail, struct judgement *out)
{
	struct sample now = sample_blank(at_ms);

	now.total_us = ABSENT_US;
	judge->around.in_doubt = false;
	tell_down(judge, &now, detail, out);
	put_down(judge, out);
}

void judge_down_if_due(struct judge *judge, const struct target *target, struct judgement *out)
{
	const struct trouble *trouble = &judge->troubles[INCIDENT_DOWN];
	char detail[200];

	tell_held(judge, out);
	if (!trouble->open || trouble->confirmed || judge->unconfirmed || judge->around.in_doubt ||
	    !is_down(judge, &target->down_after))
		return;
	word_failure(judge, detail);
	judge_down_now(judge, trouble->last_ms, detail, out);
}

void judge_failure_close(struct judge *judge, const char *before, int64_t at_ms,
			 struct judgement *out)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_DOWN];
	char detail[200];

	if (!trouble->open)
		return;
	word_end(judge, before, at_ms, detail);
	put_closed(judge, "paused", at_ms, detail, out);
	trouble_close(trouble);
	judge->unconfirmed = judge->told_down = false;
}

void judge_failure_fold(struct judge *judge, int64_t now_ms, struct judgement *out)
{
	struct trouble *trouble = &judge->troubles[INCIDENT_DOWN];
	char before[120], detail[200];

	text_format(before, sizeof before, "%s; after", judge->around.words);
	word_end(judge, before, now_ms, detail);
	put_closed(judge, judge->around.excuse == EXCUSE_NETWORK ? "NETWORK" : "PARENT", now_ms,
		   detail, out);
	if (judge->told_down) {
		struct event *event = judgement_event(out, EVENT_UP, now_ms, trouble);
		event->length_ms = now_ms - trouble->opened_ms;
		text_copy(event->detail, sizeof event->detail, detail);
	}
	if (trouble->confirmed)
		judge->settled = judge->before_down;
	judge->excused = judge->around.excuse;
	judge->excused_by = judge->around.parent;
	judge->excused_since_ms = trouble->opened_ms;
	judge->failed_in_row = 0;
	judge->recent = 0;
	judge->unconfirmed = judge->told_down = false;
	trouble_close(trouble);
}
