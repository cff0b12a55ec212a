/*
 * The course of probes. One poller's thread, from start to end.
 */
#include "source/poll/course.h"

#include <stdlib.h>
#include <strings.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "source/poll/checker.h"
#include "source/poll/doubt.h"
#include "source/poll/evidence.h"
#include "source/poll/phrase.h"
#include "source/poll/plan.h"
#include "source/poll/probe.h"
#include "source/poll/report.h"
#include "source/poll/request.h"
#include "source/poll/resolve.h"
#include "source/poll/route.h"
#include "source/poll/run.h"
#include "source/poll/watch.h"
#include "store/store.h"

#define STARTS	   64 /* a turn; what came in meanwhile is not kept waiting */
#define CONFIRM_US 1000000
/* Whoever waits for rounds does not wait longer for a server that wants to be left alone. */
#define ROUND_HOLD_US 10000000

/* ---- ends and starts ---- */

static void put_pulse(struct course *course, const struct watch *watch, uint32_t place)
{
	store_put_pulse(course->plan->store, watch->index,
			schedule_due_us(&course->schedule, place),
			watch->probe ? watch->probe->begun_us : 0);
}

static void ask(struct course *course, uint32_t place, int64_t due_us, bool manual)
{
	struct watch *watch = &course->watches[place];

	heap_remove(&course->extras, place);
	watch->waiting = true;
	watch->manual = manual;
	watch->due_us = due_us;
	gate_ask(&course->gate, place);
}

static struct probe *take_slot(struct course *course)
{
	struct probe *probe = course->spare;

	if (probe) {
		course->spare = probe->next;
		return probe;
	}
	probe = run_new(&course->wires, (uint32_t)course->probe_count);
	if (probe)
		course->probes[course->probe_count++] = probe;
	return probe;
}

static void count_end(struct tally *tally, const struct watch *watch, const struct probe *probe)
{
	bool tainted = probe->tainted || probe->outcome.cls == CLASS_LOCAL;

	tally->fleet.probes++;
	tally->fleet.tainted += tainted;
	tally->fleet.failures += watch->failed && !tainted;
}

static void note_own_trouble(struct course *course, const struct watch *watch,
			     const struct probe *probe)
{
	char detail[200];

	if (probe->outcome.cls != CLASS_LOCAL && !probe->lookup.answer.cut_off)
		return;
	phrase_failure(detail, sizeof detail, probe);
	evidence_redact(watch, detail, sizeof detail);
	self_note(&course->self, course->plan->store, detail, clock_wall_ms());
}

void course_end(struct course *course, uint32_t place)
{
	struct watch *watch = &course->watches[place];

	watch->ending = watch->judge.around.in_doubt;
	if (watch->ending)
		return;
	report_finish(watch, course->plan->store);
	/* Another target's doubt may have brought it one more check. */
	if (!watch->over && --course->unfinished == 0) {
		struct fleet fleet = tally_fleet(&course->tally, 0);

		store_put_fleet(course->plan->store, course->plan->number, &fleet);
		course->plan->finished(course->plan->user);
	}
	watch->over = true;
}

/* Soon, but not at once: what was a hiccup shall have passed. */
static int64_t confirm_us(const struct watch *watch, int64_t now_us)
{
	int64_t half_us = watch->target->interval_ms * 500;

	return now_us + (half_us > 0 && half_us < CONFIRM_US ? half_us : CONFIRM_US);
}

/* The server asked to be left alone. */
static void hold(struct course *course, uint32_t place, int64_t now_us)
{
	struct watch *watch = &course->watches[place];
	int64_t until_us = watch->held_until_us;

	if (watch->rounds != UINT32_MAX && until_us - now_us > ROUND_HOLD_US) {
		watch->rounds = 0;
		schedule_remove(&course->schedule, place);
	} else if (watch->target->interval_ms > 0) {
		schedule_postpone(&course->schedule, place, until_us);
	} else {
		heap_set(&course->extras, place, until_us);
	}
}

/* When it goes on after an end. */
static void go_on(struct course *course, uint32_t place, int64_t now_us)
{
	struct watch *watch = &course->watches[place];
	int64_t retry_us = watch->target->retry_interval_ms * 1000;
	bool held = watch->held_until_us > now_us;

	if (held && watch->rounds > 0)
		hold(course, place, now_us);
	else if (!held && watch->to_confirm && !watch->paused)
		heap_set(&course->extras, place, confirm_us(watch, now_us));
	if (heap_has(&course->extras, place))
		return;
	if (watch->rounds == 0 && !held && watch->turns % 2 && route_takes_turns(watch->target)) {
		/* a round of both families is not over after the first */
		watch->rounds = 1;
		ask(course, place, now_us, false);
	} else if (watch->rounds == 0) {
		/* whoever is told of the end must not find a probe under way */
		put_pulse(course, watch, place);
		course_end(course, place);
	} else if (held || watch->paused) {
		return;
	} else if (watch->target->interval_ms == 0) {
		ask(course, place, now_us, false);
	} else if (watch->failed && retry_us > 0) {
		schedule_hasten(&course->schedule, place, watch->due_us + retry_us);
		schedule_postpone(&course->schedule, place, watch->due_us + retry_us);
	}
	if (doubt_asks_again(watch, schedule_due_us(&course->schedule, place), now_us)) {
		watch->doubt_us = now_us;
		ask(course, place, now_us, true);
	}
}

static void finish(struct course *course, struct probe *probe)
{
	struct watch *watch = probe->watch;
	uint32_t place = (uint32_t)(watch - course->watches);
	int64_t now_us = clock_mono_us();

	heap_remove(&course->deadlines, probe->id);
	report_take(watch, course->plan->store, probe, now_us);
	note_own_trouble(course, watch, probe);
	count_end(&course->tally, watch, probe);
	watch->probe = NULL;
	run_release(probe);
	probe->next = course->spare;
	course->spare = probe;
	gate_done(&course->gate, place);
	go_on(course, place, now_us);
	put_pulse(course, watch, place);
	if (watch->judge.around.in_doubt && course->around_us > now_us + COURSE_DOUBT_US)
		course->around_us = now_us + COURSE_DOUBT_US;
	course->written = true;
}

/* When something is to be done about a probe under way, whatever becomes of it. */
static int64_t wake_us(const struct probe *probe)
{
	int64_t deadline_us = run_deadline_us(probe);

	return probe->look_us < deadline_us ? probe->look_us : deadline_us;
}

static void settle(struct course *course, struct probe *probe, enum run_turn turn)
{
	if (turn != RUN_ENDS)
		heap_set(&course->deadlines, probe->id, wake_us(probe));
	else if (checker_is_for(probe) && checker_give(course->checker, probe))
		heap_remove(&course->deadlines, probe->id);
	else
		finish(course, probe);
}

/* Who was promised no moment (asked for by key, back to back, all at once) cannot be late. */
static int32_t lateness(const struct course *course, const struct watch *watch, int64_t now_us)
{
	const struct plan *plan = course->plan;
	bool at_once = plan->rounds && !plan->spread && watch->number == 0;
	int64_t lag_us = now_us - watch->due_us;

	if (watch->manual || watch->target->interval_ms == 0 || at_once || lag_us < 0)
		return 0;
	return lag_us < INT32_MAX ? (int32_t)lag_us : INT32_MAX;
}

static void start(struct course *course, uint32_t place)
{
	struct watch *watch = &course->watches[place];
	struct probe *probe = watch->paused && !watch->manual ? NULL : take_slot(course);

	watch->waiting = false;
	if (!probe) {
		/* Paused meanwhile, or there is no memory for one more. */
		course->tally.fleet.skipped += !watch->paused;
		gate_done(&course->gate, place);
		return;
	}
	probe->at_ms = clock_wall_ms();
	probe->begun_us = clock_mono_us();
	probe->lag_us = lateness(course, watch, probe->begun_us);
	probe->manual = watch->manual;
	probe->confirming = watch->verdict.unconfirmed;
	heap_remove(&course->extras, place);
	if (!watch->manual) {
		tally_start(&course->tally, probe->lag_us, watch->target->interval_ms * 1000);
		if (watch->rounds != UINT32_MAX && --watch->rounds == 0)
			schedule_remove(&course->schedule, place);
	}
	watch->probe = probe;
	probe->watch = watch;
	doubt_begin(probe);
	settle(course, probe, run_begin(probe, watch, course->resolver));
	if (watch->probe)
		put_pulse(course, watch, place);
}

/* Checks beside the schedule: confirmations, and what goes on back to back after a while
 * of quiet. */
static void take_extras(struct course *course, int64_t now_us)
{
	const struct heap_item *top;

	while ((top = heap_top(&course->extras)) && top->key <= now_us) {
		uint32_t place = top->id;
		struct watch *watch = &course->watches[place];

		heap_remove(&course->extras, place);
		if (!watch->probe && !watch->waiting && !watch->paused)
			ask(course, place, now_us,
			    watch->target->interval_ms > 0 || watch->rounds == 0);
	}
}

static void take_due(struct course *course, int64_t now_us)
{
	struct start due;

	while (schedule_take(&course->schedule, now_us, &due)) {
		struct watch *watch = &course->watches[due.id];

		course->tally.fleet.skipped += due.missed;
		if (watch->probe || watch->waiting)
			course->tally.fleet.skipped++;
		else
			ask(course, due.id, due.due_us, false);
	}
}

static void plan_watch(struct course *course, uint32_t place, int64_t now_us)
{
	const struct plan *plan = course->plan;
	const struct target *target = &plan->config->targets[plan->targets[place]];
	struct watch *watch = &course->watches[place];
	struct rhythm rhythm = {.interval_us = target->interval_ms * 1000,
				.hash = text_hash(target->name),
				.precise = plan->config->program.precise};

	report_init(watch, target, plan->targets[place],
		    profiles_of(plan->profiles, plan->targets[place]));
	report_resume(watch, plan->store);
	around_init(&watch->around, plan, plan->targets[place]);
	if (plan->rounds)
		watch->rounds = plan->rounds;
	if (rhythm.interval_us <= 0)
		ask(course, place, now_us, false);
	else if (plan->rounds && !plan->spread)
		schedule_add_at_once(&course->schedule, place, rhythm.interval_us, now_us);
	else
		schedule_add(&course->schedule, place, &rhythm, now_us);
	if (watch->paused)
		schedule_remove(&course->schedule, place);
}

/* Gives each host name a number. */
static void number_hosts(const struct plan *plan, uint32_t *hosts)
{
	size_t room = 2 * plan->count + 1;
	uint32_t *table = x_calloc(room, sizeof *table); /* place + 1 of the first with this host */

	for (uint32_t place = 0; place < plan->count; place++) {
		const char *host = plan->config->targets[plan->targets[place]].host;
		size_t at = text_hash(host) % room;

		while (table[at] &&
		       strcasecmp(plan->config->targets[plan->targets[table[at] - 1]].host, host) !=
			       0)
			at = (at + 1) % room;
		if (!table[at])
			table[at] = place + 1;
		hosts[place] = table[at] - 1;
	}
	free(table);
}

static void init_gate(struct course *course)
{
	uint32_t *hosts = x_calloc(course->plan->count + 1, sizeof *hosts);

	number_hosts(course->plan, hosts);
	gate_init(&course->gate, course->plan->count, hosts);
	course->gate.limit = course->plan->concurrency;
	course->gate.per_host = course->plan->per_host;
	free(hosts);
}

/* ---- public ---- */

bool course_init(struct course *course, const struct plan *plan, int wake)
{
	size_t count = plan->count;
	int64_t now_us = clock_mono_us();

	*course = (struct course){.plan = plan, .wires.epoll = -1};
	course->unfinished = plan->rounds ? count : SIZE_MAX;
	course->watches = x_calloc(count + 1, sizeof *course->watches);
	course->probes = x_calloc(plan->concurrency, sizeof *course->probes);
	course->resolver = resolver_attach(plan->resolver, wake);
	course->checker = checker_new(wake);
	schedule_init(&course->schedule, count);
	heap_init(&course->extras, count);
	heap_init(&course->deadlines, plan->concurrency);
	init_gate(course);
	tally_init(&course->tally, clock_wall_ms());
	for (uint32_t place = 0; place < count; place++)
		plan_watch(course, place, now_us);
	return wires_init(&course->wires, count, plan->descriptors) &&
	       wires_listen(&course->wires, wake);
}

void course_fini(struct course *course)
{
	checker_free(course->checker);
	for (size_t i = 0; i < course->probe_count; i++)
		run_abandon(course->probes[i]);
	/* Kept connections are closed here, and still tell whose they were. */
	wires_fini(&course->wires);
	for (size_t i = 0; i < course->probe_count; i++)
		run_free(course->probes[i]);
	resolver_detach(course->resolver);
	self_end(&course->self, course->plan->store, clock_wall_ms());
	for (size_t i = 0; i < course->plan->count; i++) {
		store_put_judge(course->plan->store, course->watches[i].index,
				&course->watches[i].judge);
		report_fini(&course->watches[i]);
	}
	heap_fini(&course->deadlines);
	heap_fini(&course->extras);
	gate_fini(&course->gate);
	schedule_fini(&course->schedule);
	free(course->probes);
	free(course->watches);
}

bool course_start(struct course *course, int64_t now_us)
{
	uint32_t place;

	take_due(course, now_us);
	take_extras(course, now_us);
	for (int i = 0; i < STARTS; i++) {
		if (!gate_take(&course->gate, &place))
			return false;
		start(course, place);
	}
	return true;
}

void course_reap(struct course *course)
{
	struct probe *probe;
	int curl;

	while ((probe = wires_reap(&course->wires, &curl)))
		settle(course, probe, run_done(probe, curl, course->resolver));
}

void course_resolve(struct course *course)
{
	struct lookup *lookup;

	while ((lookup = resolver_collect(course->resolver)))
		settle(course, lookup->user, run_resolved(lookup->user));
}

void course_collect(struct course *course)
{
	struct probe *probe;

	while ((probe = checker_collect(course->checker)))
		finish(course, probe);
}

void course_expire(struct course *course, int64_t now_us)
{
	const struct heap_item *top;

	while ((top = heap_top(&course->deadlines)) && top->key <= now_us) {
		struct probe *probe = course->probes[top->id];

		if (run_deadline_us(probe) <= now_us) {
			settle(course, probe, run_expire(probe, course->resolver));
			continue;
		}
		/* The connection stands meanwhile: what counts now is the end of the whole. Or it
		 * takes its time, and is to be looked at. */
		if (probe->look_us <= now_us)
			course->written |= doubt_look(probe, course->plan->store, now_us);
		heap_set(&course->deadlines, probe->id, wake_us(probe));
	}
}

int64_t course_next_us(const struct course *course)
{
	const struct heap_item *deadline = heap_top(&course->deadlines);
	const struct heap_item *extra = heap_top(&course->extras);
	int64_t next = schedule_next_us(&course->schedule);

	if (wires_timeout_us(&course->wires) < next)
		next = wires_timeout_us(&course->wires);
	if (extra && extra->key < next)
		next = extra->key;
	if (course->around_us < next)
		next = course->around_us;
	return deadline && deadline->key < next ? deadline->key : next;
}

void course_check_now(struct course *course, uint32_t place, int64_t now_us)
{
	struct watch *watch = &course->watches[place];

	watch->held_until_us = 0;
	if (!watch->probe && !watch->waiting)
		ask(course, place, now_us, true);
}

void course_look(struct course *course, uint32_t place, int64_t now_us)
{
	const struct watch *watch = &course->watches[place];

	if (!watch->paused && watch->held_until_us <= now_us)
		course_check_now(course, place, now_us);
}

void course_pause(struct course *course, uint32_t place, bool paused, int64_t now_us)
{
	struct watch *watch = &course->watches[place];

	if (watch->paused == paused)
		return;
	report_pause(watch, course->plan->store, paused);
	course->written = true;
	heap_remove(&course->extras, place);
	if (paused)
		schedule_remove(&course->schedule, place);
	else if (watch->rounds > 0 && watch->target->interval_ms > 0)
		schedule_resume(&course->schedule, place, now_us);
	else if (watch->rounds > 0 && !watch->probe && !watch->waiting)
		ask(course, place, now_us, false);
	put_pulse(course, watch, place);
}
