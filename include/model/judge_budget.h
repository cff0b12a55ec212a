#ifndef WEBMON_MODEL_JUDGE_BUDGET_H
#define WEBMON_MODEL_JUDGE_BUDGET_H
/*
 * Error budgets as incidents and events. Part of the judge; see judge.h.
 *
 * An incident opens where the budget burns too fast (EVENT_BURN), is written again with each look
 * while it lasts, and closes when it does no more (EVENT_BURN_OVER). In a maintenance window and a
 * pause none is opened.
 */
#include "model/budget.h"
#include "model/target.h"
#include "model/trouble.h"

/* budget has just been assessed: opens, updates or closes the incident. quiet: opens none. */
void judge_budget_tell(struct trouble *trouble, const struct budget *budget, int64_t now_ms,
		       bool quiet, struct judgement *out);

#endif
