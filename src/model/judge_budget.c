/*
 * Error budgets as incidents and events. Part of the judge; see judge.h.
 *
 * An incident opens where the budget burns too fast (EVENT_BURN), is written again with each look
 * while it lasts, and closes when it does no more (EVENT_BURN_OVER). In a maintenance window and a
 * pause none is opened.
 */
#include "base/text.h"
#include "base/units.h"
#include "model/judge_parts.h"
#include "model/wording.h"

/* "14×"; one decimal below ten. */
static void word_burn(char out[FORMAT_MAX], float burn)
{
	int tenths = (int)(burn * 10 + 0.5f);

	if (burn < 0)
		text_copy(out, FORMAT_MAX, "–");
	else if (tenths < 100)
		text_format(out, FORMAT_MAX, "%d.%d×", tenths / 10, tenths % 10);
	else
		text_format(out, FORMAT_MAX, "%d×", tenths / 10);
}

/* "burning 14× over 1 h, 21× over 5 min; 64 % left of 0.1 % in 30 d". */
static void word_budget(char *out, size_t capacity, const struct budget *budget, double objective)
{
	char slow[FORMAT_MAX], fast[FORMAT_MAX], long_text[FORMAT_MAX], short_text[FORMAT_MAX];
	char window[FORMAT_MAX];
	int left = (int)(budget->left * 100 + (budget->left < 0 ? -0.5f : 0.5f));

	word_burn(slow, budget->burn_long);
	word_burn(fast, budget->burn_short);
	format_duration(long_text, budget->long_ms);
	format_duration(short_text, budget->short_ms);
	format_duration(window, budget->window_ms);
	text_format(out, capacity, "burning %s over %s, %s over %s; %s %d %% of %.4g %% in %s",
		    slow, long_text, fast, short_text, left < 0 ? "overspent by" : "left",
		    left < 0 ? -left : left, 100 - 100 * objective, window);
}

static void put_incident(struct trouble *trouble, const char *words, int64_t closed_ms,
			 struct judgement *out)
{
	struct incident *incident = judgement_incident(out, INCIDENT_BURN, trouble, closed_ms);

	text_copy(incident->result, sizeof incident->result,
		  closed_ms ? "in budget" : incident_table[INCIDENT_BURN].result);
	text_copy(incident->detail, sizeof incident->detail, words);
}

static void tell_over(struct trouble *trouble, int64_t now_ms, struct judgement *out)
{
	struct event *event = judgement_event(out, EVENT_BURN_OVER, now_ms, trouble);
	char length[FORMAT_MAX];

	event->length_ms = now_ms - trouble->opened_ms;
	wording_length(length, sizeof length, event->length_ms);
	text_format(event->detail, sizeof event->detail, "after %s", length);
	put_incident(trouble, event->detail, now_ms, out);
	trouble_close(trouble);
}

/* budget has just been assessed. quiet: opens nothing. */
static void tell_budget(struct trouble *trouble, const struct budget *budget, double objective,
			int64_t now_ms, bool quiet, struct judgement *out)
{
	char words[160];

	if (trouble->open && !budget->burning) {
		tell_over(trouble, now_ms, out);
		return;
	}
	if (!budget->burning || (quiet && !trouble->open))
		return;
	word_budget(words, sizeof words, budget, objective);
	if (!trouble->open) {
		trouble_open(trouble, now_ms);
		trouble->confirmed = true;
		text_copy(judgement_event(out, EVENT_BURN, now_ms, trouble)->detail,
			  sizeof out->events[0].detail, words);
	}
	trouble->last_ms = now_ms;
	put_incident(trouble, words, 0, out);
}

void judge_budget(struct judge *judge, const struct target *target,
		  const struct budget_span spans[BUDGET_SPANS], int64_t now_ms,
		  struct verdict *verdict, struct judgement *out)
{
	judgement_begin(out);
	budget_assess(&verdict->budget, target, spans);
	tell_budget(&judge->troubles[INCIDENT_BURN], &verdict->budget, target->objective, now_ms,
		    judge->paused || verdict->maintenance, out);
	judge_show(judge, now_ms, verdict, out);
}
