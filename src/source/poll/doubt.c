/*
 * Doubts about a target, looked into beside the schedule. One poller's thread.
 */
#include "source/poll/doubt.h"

#include "base/clock.h"
#include "source/poll/probe.h"
#include "source/poll/run.h"
#include "source/poll/watch.h"
#include "store/store.h"

#define LOOK_US	 250000 /* between two looks, */
#define LOOK_AGE 4	/* and a quarter of the age: a fleet that hangs must not keep us busy */
/* The next probe comes so soon that one more would find the same hiccup: in the simulator it costs
 * half as many false alarms again, and gains a second. */
#define SOON_US 1000000

void doubt_begin(struct probe *probe)
{
	const struct watch *watch = probe->watch;
	struct load_setting setting = judge_load_setting(watch->target);
	int64_t patience_us = load_patience_us(&watch->judge.load, &setting);

	probe->look_us = patience_us < INT64_MAX ? probe->begun_us + patience_us : INT64_MAX;
}

/* More than this cannot be said, or would not be told. */
static bool has_nothing_to_add(const struct watch *watch)
{
	return watch->paused || watch->verdict.state == STATE_DOWN ||
	       watch->verdict.load.level == LOAD_SATURATED;
}

bool doubt_look(struct probe *probe, struct store *store, int64_t now_us)
{
	struct watch *watch = probe->watch;
	int64_t age_us = now_us - probe->begun_us;
	enum load_level before = watch->verdict.load.level;
	struct judgement judgement = {0};
	struct sample so_far;

	probe->look_us = now_us + (age_us / LOOK_AGE > LOOK_US ? age_us / LOOK_AGE : LOOK_US);
	if (probe->tainted || has_nothing_to_add(watch))
		return false;
	so_far = run_so_far(probe, now_us);
	judge_waiting(&watch->judge, watch->target, &so_far, &watch->verdict, &judgement);
	if (watch->verdict.load.level == before)
		return false;
	store_put_judgement(store, watch->index, &watch->judge, &watch->verdict, &judgement);
	return true;
}

bool doubt_asks_again(const struct watch *watch, int64_t due_us, int64_t now_us)
{
	int64_t interval_us = watch->target->interval_ms * 1000;

	if (watch->paused || watch->waiting || watch->probe || watch->rounds != UINT32_MAX)
		return false;
	if (due_us == 0 || due_us - now_us < SOON_US || now_us - watch->doubt_us < interval_us)
		return false;
	return load_is_in_doubt(&watch->judge.load) &&
	       watch->verdict.retry_after_ms <= clock_wall_ms();
}
