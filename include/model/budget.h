#ifndef WEBMON_MODEL_BUDGET_H
#define WEBMON_MODEL_BUDGET_H
/*
 * The error budget of an objective such as "99.9% / 30d", and how fast it is being spent. Pure
 * rules over sums of time: a failed check spends the time until the next one. Time without checks
 * is neither up nor down: it earns no budget and spends none.
 *
 * An alarm is raised where both windows of a pair burn faster than the pair's limit: the long one
 * says that it matters, the short one that it still goes on. Pairs and shares are those of Google,
 * The Site Reliability Workbook, chapter 5, table 5-6: 2 % of the budget within 1 h (and 5 min), 5
 * % within 6 h (and 30 min), 10 % within 3 d (and 6 h); for 30 days the limits are 14.4, 6 and 1. A
 * pair counts where its long window is a tenth of the objective's at most.
 */
#include <stdbool.h>
#include <stdint.h>

struct budget;
struct target;

#define BUDGET_PAIRS 3
/* The objective's own window, then long and short of each pair. */
#define BUDGET_SPANS (1 + 2 * BUDGET_PAIRS)

/* What is known of the time from so long ago until now. */
struct budget_span {
	int64_t known_ms; /* with checks */
	int64_t bad_ms;	  /* of it, failed */
};

/* "99.9% / 30d", "99.9% 30d" or "99.9%" alone (30d). False: not of this form, or out of range. */
bool budget_parse(const char *text, double *objective, int64_t *window_ms);

/* How far back each span reaches; 0: it is of no use to this target. */
int64_t budget_span_ms(const struct target *target, unsigned span);

/* budget as it was before: an alarm lasts until its pair has fallen to four fifths of the limit. */
void budget_assess(struct budget *budget, const struct target *target,
		   const struct budget_span spans[BUDGET_SPANS]);

#endif
