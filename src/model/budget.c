/*
 * Error budgets. Pure functions; the poller's thread, and the main thread for what a person wrote.
 */
#include "model/budget.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "model/target.h"
#include "model/verdict.h"

#define OBJECTIVE_MIN 0.5
#define OBJECTIVE_MAX 0.9999990001 /* 99.9999 %, which is no binary fraction */
#define WINDOW_MIN_MS DAY_MS
#define WINDOW_MAX_MS (30 * DAY_MS) /* rollups reach back no further */

#define STAYS	   0.8 /* of the limit: an alarm lasts until it burns less */
#define CHECKS_MIN 1.5 /* failed ones in the long window: a single one is no trend */
#define BURN_MAX   1e6f

static const struct {
	int64_t long_ms, short_ms;
	double share; /* of the budget, spent within the long window */
} pairs[BUDGET_PAIRS] = {
	{HOUR_MS, 5 * MINUTE_MS, 0.02},
	{6 * HOUR_MS, 30 * MINUTE_MS, 0.05},
	{3 * DAY_MS, 6 * HOUR_MS, 0.10},
};

bool budget_parse(const char *text, double *objective, int64_t *window_ms)
{
	size_t length = strcspn(text, "%");
	const char *window;
	char part[16];

	if (text[length] == '\0' || length >= sizeof part - 1)
		return false;
	text_format(part, sizeof part, "%.*s%%", (int)length, text);
	window = text + length + 1;
	window += strspn(window, " \t/");
	if (!parse_fraction(part, OBJECTIVE_MIN, OBJECTIVE_MAX, objective))
		return false;
	*window_ms = WINDOW_MAX_MS;
	return window[0] == '\0' ||
	       parse_duration_ms(window, WINDOW_MIN_MS, WINDOW_MAX_MS, window_ms);
}

static bool is_of_use(const struct target *target, unsigned pair)
{
	return pairs[pair].long_ms * 10 <= target->slo_window_ms;
}

int64_t budget_span_ms(const struct target *target, unsigned span)
{
	unsigned pair = (span - 1) / 2;

	if (target->slo_window_ms == 0)
		return 0;
	if (span == 0)
		return target->slo_window_ms;
	if (!is_of_use(target, pair))
		return 0;
	return span % 2 ? pairs[pair].long_ms : pairs[pair].short_ms;
}

/* 1: the whole budget is spent exactly within the objective's window. Below 0: nothing is known. */
static float burn_of(const struct target *target, const struct budget_span *span)
{
	double bad = (double)span->bad_ms / (double)span->known_ms;

	return span->known_ms > 0 ? fminf((float)(bad / (1 - target->objective)), BURN_MAX) : -1;
}

static float coverage_of(const struct budget_span *span, int64_t span_ms)
{
	return fminf((float)span->known_ms / (float)span_ms, 1);
}

/* Above 1: faster than the limit. What is not known burns nothing: an alarm has to be sure. */
static float heat_of(const struct target *target, unsigned pair, const struct budget_span *both)
{
	float limit = (float)fmax(1, pairs[pair].share * (double)target->slo_window_ms /
					     (double)pairs[pair].long_ms);
	float slow = burn_of(target, &both[0]) * coverage_of(&both[0], pairs[pair].long_ms);
	float fast = burn_of(target, &both[1]) * coverage_of(&both[1], pairs[pair].short_ms);

	if ((double)both[0].bad_ms < CHECKS_MIN * (double)target->interval_ms)
		return 0;
	return fminf(slow, fast) / limit;
}

void budget_assess(struct budget *budget, const struct target *target,
		   const struct budget_span spans[BUDGET_SPANS])
{
	bool was_burning = budget->burning;
	unsigned hottest = 0;
	float heat = 0;

	*budget = (struct budget){.objective = (float)target->objective,
				  .window_ms = target->slo_window_ms,
				  .known = target->slo_window_ms > 0 && spans[0].known_ms > 0};
	if (!budget->known)
		return;
	for (unsigned i = 0; i < BUDGET_PAIRS; i++) {
		float here = is_of_use(target, i) ? heat_of(target, i, &spans[1 + 2 * i]) : 0;

		if (here > heat) {
			heat = here;
			hottest = i;
		}
	}
	/* Where none of them is hot, the first pair is what a person wants to see. */
	if (heat < (float)STAYS)
		hottest = 0;
	budget->burning = heat >= (was_burning ? (float)STAYS : 1);
	budget->left = 1 - burn_of(target, &spans[0]);
	budget->coverage = coverage_of(&spans[0], target->slo_window_ms);
	budget->long_ms = pairs[hottest].long_ms;
	budget->short_ms = pairs[hottest].short_ms;
	budget->burn_long = burn_of(target, &spans[1 + 2 * hottest]);
	budget->burn_short = burn_of(target, &spans[2 + 2 * hottest]);
}
