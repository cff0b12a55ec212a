/*
 * One target, one detector.
 */
#include "trial.h"

#include <string.h>

#define SETTLE_S       600.0 /* after a deploy */
#define CALM_BEFORE_S  1200.0
#define CALM_BEFORE    90.0 /* intervals, at least */
#define LASTS_S	       120.0
#define LASTS	       15.0 /* intervals, at least */
#define GRACE_S	       10.0
#define FIRST_OVERLOAD 1000000u /* their targets are others than those of calm */

/* The detector beside its world. */
struct watch {
	struct world world;
	struct load load;
	struct load_setting setting;
	struct load_verdict verdict;
	struct sample sample;
	bool asks_again;
	double asked_s; /* when it last asked again */
};

static void begin(struct watch *watch, const struct trial *trial, bool deploys)
{
	struct world_plan plan;

	memset(watch, 0, sizeof(*watch));
	world_draw(&plan, trial->seed * 1000003 + trial->number);
	if (trial->interval_s > 0)
		plan.interval_s = trial->interval_s;
	if (!deploys)
		plan.deploy_every_s = 0;
	world_init(&watch->world, &plan, trial->seed * 7919 + trial->number);
	load_init(&watch->load);
	watch->asks_again = trial->asks_again;
	watch->asked_s = -1e18;
	watch->setting = (struct load_setting){
		.rule = trial->rule,
		.interval_ms = (int64_t)(plan.interval_s * 1000),
		.timeout_ms = (int64_t)(plan.timeout_s * 1000),
	};
}

/* One probe; true where an alarm rose. */
static bool step(struct watch *watch)
{
	bool before = watch->verdict.level >= LOAD_ELEVATED;
	struct world *world = &watch->world;

	/* As source/poll/doubt has it: once an interval, and not where the next comes by itself. */
	if (watch->asks_again && load_is_in_doubt(&watch->load) &&
	    world->due_s - world->end_s >= 1 &&
	    world->end_s - watch->asked_s >= world->plan.interval_s) {
		watch->asked_s = world->end_s;
		world_again(world, &watch->sample);
	} else {
		world_next(world, &watch->sample);
	}
	load_sample(&watch->load, &watch->setting, &watch->sample, &watch->verdict);
	return !before && watch->verdict.level >= LOAD_ELEVATED;
}

static void tell(const struct trial *trial, const struct watch *watch, const char *what)
{
	const struct world_plan *p = &watch->world.plan;
	const struct service_plan *s = &watch->world.service.plan;

	if (!trial->tell)
		return;
	fprintf(trial->tell, "  %s: target %u at %.0f s, utilisation %.2f: %s\n", what,
		trial->number, watch->world.due_s,
		world_utilisation(&watch->world, watch->world.due_s), watch->verdict.evidence);
	fprintf(trial->tell,
		"    every %g s; %u workers, %u may wait, %s %.1f ms, probe %.0f ms, batches %.1f, "
		"bursts %.1f "
		"times %.2f s, "
		"pauses %.2f s each %.0f s; utilisation %.2f to %.2f; round trip %.1f ms sigma "
		"%.2f, loss %.4f; "
		"look-up %.1f ms, %.3f of them %.0f ms; neighbour each %.0f s\n",
		p->interval_s, s->workers, s->backlog, law_name[s->law], s->mean_s * 1e3,
		s->probe_s * 1e3, s->batch, s->burst, s->burst_s, s->pause_s, s->pause_every_s,
		p->low, p->high, p->trip_s * 1e3, p->jitter, p->loss, p->dns_s * 1e3, p->dns_miss,
		p->dns_miss_s * 1e3, p->noise_every_s);
}

void trial_calm(const struct trial *trial, double days, struct calm_outcome *outcome)
{
	struct watch watch;

	begin(&watch, trial, true);
	*outcome = (struct calm_outcome){.interval_s = watch.world.plan.interval_s, .days = days};
	while (watch.world.due_s < days * 86400) {
		bool rose = step(&watch);

		if (watch.verdict.level >= LOAD_ELEVATED)
			outcome->alarmed_s += watch.world.plan.interval_s;
		if (!rose)
			continue;
		if (watch.world.due_s - watch.world.deployed_s < SETTLE_S) {
			outcome->deploy_alarms++;
		} else {
			outcome->alarms++;
			tell(trial, &watch, "false alarm");
		}
	}
}

/* Returns the moment from which the full trouble is there. */
static double plan_episode(struct world *world, enum episode episode, uint64_t seed)
{
	static const unsigned backlogs[] = {4, 16, 64, 128, 511};
	struct chance chance = {seed};
	struct overload *o = &world->overload;
	double interval = world->plan.interval_s;

	o->begin_s = fmax(CALM_BEFORE_S, CALM_BEFORE * interval);
	o->ramp_s = chance_unit(&chance) < 0.5 ? 0 : chance_between(&chance, 5, 90);
	if (episode == EPISODE_LOSS)
		o->loss = chance_log_between(&chance, 0.02, 0.2);
	else
		o->peak = chance_between(&chance, episode == EPISODE_QUEUE ? 1.05 : 0.95, 1.5);
	if (episode == EPISODE_QUEUE)
		world->service.plan.backlog = backlogs[chance_below(&chance, 5)];
	o->end_s = o->begin_s + o->ramp_s + fmax(LASTS_S, LASTS * interval);
	return o->begin_s + o->ramp_s;
}

static bool is_right(const struct watch *watch, enum episode episode)
{
	return watch->verdict.cause == (episode == EPISODE_LOSS ? LOAD_NETWORK : LOAD_SERVER);
}

/* Whether the alarm lasts as long as the full trouble, and not much longer. */
static void stay(const struct trial *trial, struct watch *watch, enum episode episode,
		 struct episode_outcome *outcome)
{
	const struct world *world = &watch->world;
	double found_s = world->end_s, end_s = world->overload.end_s, calm_s = 0;
	double soon_s = end_s + fmax(LASTS_S, LASTS * world->plan.interval_s);

	while (world->due_s < end_s) {
		step(watch);
		if (watch->verdict.level >= LOAD_ELEVATED) {
			calm_s += calm_s < 0 ? world->end_s : 0;
		} else if (calm_s >= 0) {
			calm_s -= world->end_s;
			outcome->falls++;
			tell(trial, watch, "calm in its midst");
		}
	}
	outcome->lasted = end_s > found_s;
	outcome->held =
		outcome->lasted ? 1 - (calm_s + (calm_s < 0 ? end_s : 0)) / (end_s - found_s) : 1;
	outcome->alarmed = watch->verdict.level >= LOAD_ELEVATED;
	outcome->was_right = is_right(watch, episode);
	while (watch->verdict.level >= LOAD_ELEVATED && world->due_s < soon_s)
		step(watch);
	outcome->calm_s = watch->verdict.level >= LOAD_ELEVATED ? -1 : world->end_s - end_s;
}

void trial_episode(const struct trial *trial, enum episode episode, struct episode_outcome *outcome)
{
	struct trial other = *trial;
	struct watch watch;
	double full_s;

	other.number += FIRST_OVERLOAD;
	begin(&watch, &other, false);
	full_s = plan_episode(&watch.world, episode, trial->seed * 31 + trial->number);
	*outcome = (struct episode_outcome){
		.interval_s = watch.world.plan.interval_s,
		.peak = episode == EPISODE_LOSS ? watch.world.overload.loss
						: watch.world.overload.peak,
	};
	while (!outcome->found && watch.world.due_s < watch.world.overload.end_s + GRACE_S) {
		double start_s = watch.world.due_s;

		if (!step(&watch) || start_s < watch.world.overload.begin_s)
			continue;
		outcome->found = true;
		outcome->delay_s = fmax(0, start_s + watch.sample.total_us / 1e6 - full_s);
		outcome->is_right = is_right(&watch, episode);
	}
	if (outcome->found)
		stay(trial, &watch, episode, outcome);
	else
		tell(trial, &watch, "missed");
}
