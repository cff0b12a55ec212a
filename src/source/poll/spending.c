/*
 * Error budgets, live. One poller's thread.
 */
#include "source/poll/spending.h"

#include "base/units.h"
#include "source/poll/watch.h"
#include "store/store.h"

#define TURNS	   60 /* ticks until each target has had its turn */
#define HOT_TURNS  5  /* and each that fails, whose numbers are looked at */
#define HOT_MOST   20 /* of them in one tick: an assessment takes some 0.1 ms */
#define QUARTER_MS (15 * MINUTE_MS)

/*
 * A check stands for the time until the next one. The store knows minutes, or quarters of an hour:
 * of targets that are checked less than that, each known one stands for several.
 */
static struct budget_span span_of(const struct watch *watch, const struct store *store,
				  int64_t span_ms, int64_t now_ms)
{
	int64_t interval_ms = watch->target->interval_ms;
	struct budget_span span;

	store_time(store, watch->index, now_ms - span_ms, interval_ms, &span.known_ms,
		   &span.bad_ms);
	if (interval_ms > QUARTER_MS) {
		span.known_ms = span.known_ms / QUARTER_MS * interval_ms;
		span.bad_ms = span.bad_ms / QUARTER_MS * interval_ms;
	}
	return span;
}

void spending_assess(struct watch *watch, struct store *store, int64_t now_ms)
{
	struct budget_span spans[BUDGET_SPANS] = {{0, 0}};
	struct judgement judgement = {0};

	for (unsigned i = 0; i < BUDGET_SPANS; i++) {
		int64_t span_ms = budget_span_ms(watch->target, i);

		if (span_ms > 0)
			spans[i] = span_of(watch, store, span_ms, now_ms);
	}
	judge_budget(&watch->judge, watch->target, spans, now_ms, &watch->verdict, &judgement);
	store_put_judgement(store, watch->index, &watch->judge, &watch->verdict, &judgement);
}

static bool is_failing(const struct watch *watch)
{
	return watch->verdict.failed_in_row > 0;
}

bool spending_tick(struct watch *watches, size_t count, struct store *store, int64_t now_ms)
{
	size_t tick = (size_t)(now_ms / 1000), hot = 0;
	bool written = false;

	for (size_t i = 0; i < count; i++) {
		struct watch *watch = &watches[i];

		if (watch->target->slo_window_ms == 0 || watch->number == 0)
			continue;
		if (i % TURNS != tick % TURNS && watch->verdict.budget.known &&
		    !(is_failing(watch) && (i + tick) % HOT_TURNS == 0 && hot++ < HOT_MOST))
			continue;
		spending_assess(watch, store, now_ms);
		written = true;
	}
	return written;
}
