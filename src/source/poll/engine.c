/*
 * One poller's loop. See the header for the shape of a turn.
 *
 * What webmon itself did badly never counts against a target: starts that were late say so, and what was under way
 * while the process was stopped or the machine asleep is tainted.
 */
#include "source/poll/engine.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "source/poll/evidence.h"
#include "source/poll/gate.h"
#include "source/poll/heap.h"
#include "source/poll/phrase.h"
#include "source/poll/probe.h"
#include "source/poll/request.h"
#include "source/poll/resolve.h"
#include "source/poll/schedule.h"
#include "source/poll/self.h"
#include "source/poll/tally.h"
#include "source/poll/watch.h"
#include "source/poll/wires.h"

#define PUBLISH_US 1000000
#define GAP_US     1000000 /* a turn so late, or a sleep so long, taints what is under way */

/* What other threads want, a bit each. */
enum asked { ASKED_CHECK = 1, ASKED_PAUSE = 2, ASKED_RESUME = 4 };

struct engine {
	struct engine_plan      plan;
	struct wires            wires;
	struct schedule         schedule;
	struct gate             gate;
	struct heap             deadlines; /* of probes under way, by their slot */
	struct watch           *watches;
	struct probe          **probes; /* slots made so far */
	size_t                  probe_count;
	struct probe           *spare;
	struct resolver_client *resolver;
	struct tally            tally;
	struct self             self;
	size_t                  unfinished; /* targets with rounds to go */
	int64_t                 published_us;
	int64_t                 wanted_us;  /* when the wait should end */
	int64_t                 asleep_us;  /* BOOTTIME - MONOTONIC */
	bool                    written;    /* this turn */
	int                     wake;
	pthread_mutex_t         mutex; /* guards the next three */
	uint8_t                *asked;
	bool                    any_asked, stop;
};

/* ---- ends and starts of probes ---- */

static void put_pulse(struct engine *engine, const struct watch *watch, uint32_t id)
{
	store_put_pulse(engine->plan.store, watch->index, schedule_due_us(&engine->schedule, id),
			watch->probe ? watch->probe->begun_us : 0);
}

static void ask(struct engine *engine, uint32_t id, int64_t due_us, bool manual)
{
	struct watch *watch = &engine->watches[id];

	watch->waiting = true;
	watch->manual = manual;
	watch->due_us = due_us;
	gate_ask(&engine->gate, id);
}

static struct probe *take_slot(struct engine *engine)
{
	struct probe *probe = engine->spare;

	if (probe) {
		engine->spare = probe->next;
		return probe;
	}
	probe = probe_new(&engine->wires, (uint32_t)engine->probe_count);
	if (probe)
		engine->probes[engine->probe_count++] = probe;
	return probe;
}

static void count_end(struct tally *tally, const struct watch *watch, const struct probe *probe)
{
	bool tainted = probe->tainted || probe->outcome.cls == CLASS_LOCAL;

	tally->fleet.probes++;
	tally->fleet.tainted += tainted;
	tally->fleet.failures += watch->failed && !tainted;
}

static void note_own_trouble(struct engine *engine, const struct watch *watch, const struct probe *probe)
{
	char detail[200];

	if (probe->outcome.cls != CLASS_LOCAL)
		return;
	phrase_failure(detail, sizeof detail, probe);
	evidence_redact(watch, detail, sizeof detail);
	self_note(&engine->self, engine->plan.store, detail, clock_wall_ms());
}

/* The last of its rounds is over. */
static void finish_rounds(struct engine *engine, struct watch *watch)
{
	watch_finish(watch, engine->plan.store);
	if (--engine->unfinished == 0) {
		struct fleet fleet = tally_fleet(&engine->tally, 0);

		store_put_fleet(engine->plan.store, engine->plan.number, &fleet);
		engine->plan.finished(engine->plan.user);
	}
}

/* When it goes on after an end. */
static void go_on(struct engine *engine, uint32_t id, int64_t now_us)
{
	struct watch *watch = &engine->watches[id];
	int64_t retry_us = watch->target->retry_interval_ms * 1000;

	if (watch->rounds == 0)
		finish_rounds(engine, watch);
	else if (watch->target->interval_ms == 0 && !watch->paused)
		ask(engine, id, now_us, false);
	else if (watch->failed && retry_us > 0 && !watch->paused)
		schedule_hasten(&engine->schedule, id, watch->due_us + retry_us);
}

static void finish(struct engine *engine, struct probe *probe)
{
	struct watch *watch = probe->watch;
	uint32_t id = (uint32_t)(watch - engine->watches);
	int64_t now_us = clock_mono_us();

	heap_remove(&engine->deadlines, probe->id);
	watch_take(watch, engine->plan.store, probe, now_us);
	note_own_trouble(engine, watch, probe);
	count_end(&engine->tally, watch, probe);
	watch->probe = NULL;
	probe_release(probe);
	probe->next = engine->spare;
	engine->spare = probe;
	gate_done(&engine->gate, id);
	go_on(engine, id, now_us);
	put_pulse(engine, watch, id);
	engine->written = true;
}

static void settle(struct engine *engine, struct probe *probe, enum probe_turn turn)
{
	if (turn == PROBE_ENDS)
		finish(engine, probe);
	else
		heap_set(&engine->deadlines, probe->id, probe_deadline_us(probe));
}

static int32_t lateness(const struct watch *watch, int64_t now_us)
{
	int64_t lag_us = now_us - watch->due_us;

	if (watch->manual || watch->target->interval_ms == 0 || lag_us < 0)
		return 0;
	return lag_us < INT32_MAX ? (int32_t)lag_us : INT32_MAX;
}

static void start(struct engine *engine, uint32_t id)
{
	struct watch *watch = &engine->watches[id];
	struct probe *probe = watch->paused && !watch->manual ? NULL : take_slot(engine);

	watch->waiting = false;
	if (!probe) {
		gate_done(&engine->gate, id);
		return;
	}
	probe->at_ms = clock_wall_ms();
	probe->begun_us = clock_mono_us();
	probe->lag_us = lateness(watch, probe->begun_us);
	probe->manual = watch->manual;
	if (!watch->manual) {
		tally_start(&engine->tally, probe->lag_us, watch->target->interval_ms * 1000);
		if (watch->rounds != UINT32_MAX && --watch->rounds == 0)
			schedule_remove(&engine->schedule, id);
	}
	watch->probe = probe;
	settle(engine, probe, probe_begin(probe, watch, engine->resolver));
	if (watch->probe)
		put_pulse(engine, watch, id);
}

/* ---- the parts of a turn ---- */

static void take_due(struct engine *engine, int64_t now_us)
{
	struct start due;

	while (schedule_take(&engine->schedule, now_us, &due)) {
		struct watch *watch = &engine->watches[due.id];

		engine->tally.fleet.skipped += due.missed;
		if (watch->probe || watch->waiting)
			engine->tally.fleet.skipped++;
		else
			ask(engine, due.id, due.due_us, false);
	}
}

/* True: some are still waiting that could start (probes that end at once must not hold up the turn). */
static bool start_waiting(struct engine *engine)
{
	uint32_t id;

	for (uint32_t i = 0; i < 2 * engine->gate.limit; i++) {
		if (!gate_take(&engine->gate, &id))
			return false;
		start(engine, id);
	}
	return true;
}

static void reap(struct engine *engine)
{
	struct probe *probe;
	int curl;

	while ((probe = wires_reap(&engine->wires, &curl)))
		settle(engine, probe, probe_done(probe, curl, engine->resolver));
}

static void take_answers(struct engine *engine)
{
	struct lookup *lookup;

	while ((lookup = resolver_collect(engine->resolver)))
		settle(engine, lookup->user, probe_resolved(lookup->user));
}

static void expire(struct engine *engine, int64_t now_us)
{
	const struct heap_item *top;

	while ((top = heap_top(&engine->deadlines)) && top->key <= now_us) {
		struct probe *probe = engine->probes[top->id];
		int64_t deadline_us = probe_deadline_us(probe);

		/* The connection stands meanwhile: what counts now is the end of the whole. */
		if (deadline_us > now_us)
			heap_set(&engine->deadlines, probe->id, deadline_us);
		else
			settle(engine, probe, probe_expire(probe));
	}
}

static void publish(struct engine *engine, int64_t now_us)
{
	struct fleet fleet;

	if (now_us - engine->published_us >= PUBLISH_US) {
		engine->published_us = now_us;
		fleet = tally_fleet(&engine->tally, engine->gate.in_flight);
		store_put_fleet(engine->plan.store, engine->plan.number, &fleet);
		self_tick(&engine->self, engine->plan.store, clock_wall_ms());
		engine->written = true;
	}
	if (engine->written)
		store_wake(engine->plan.store);
	engine->written = false;
}

/* Stopped (SIGSTOP, a starved machine) or asleep meanwhile? */
static void look_for_gap(struct engine *engine, int64_t now_us)
{
	int64_t asleep_us = clock_boot_us() - now_us;
	bool gap = now_us - engine->wanted_us > GAP_US || asleep_us - engine->asleep_us > GAP_US;

	engine->asleep_us = asleep_us;
	if (!gap)
		return;
	self_note(&engine->self, engine->plan.store, "webmon was stopped, or this machine asleep or starved", clock_wall_ms());
	for (size_t i = 0; i < engine->probe_count; i++)
		engine->probes[i]->tainted = engine->probes[i]->watch != NULL;
	engine->tally.fleet.skipped += schedule_drop_missed(&engine->schedule, now_us);
}

/* ---- what others ask ---- */

static void obey(struct engine *engine, uint32_t id, uint8_t asked, int64_t now_us)
{
	struct watch *watch = &engine->watches[id];

	if ((asked & ASKED_PAUSE) && !watch->paused) {
		watch_pause(watch, engine->plan.store, true);
		schedule_remove(&engine->schedule, id);
	}
	if ((asked & ASKED_RESUME) && watch->paused) {
		watch_pause(watch, engine->plan.store, false);
		if (watch->target->interval_ms > 0 && watch->rounds > 0)
			schedule_resume(&engine->schedule, id, now_us);
		else if (watch->rounds > 0 && !watch->probe && !watch->waiting)
			ask(engine, id, now_us, false);
	}
	if ((asked & ASKED_CHECK) && !watch->probe && !watch->waiting)
		ask(engine, id, now_us, true);
	put_pulse(engine, watch, id);
	engine->written = true;
}

/* False: stop. */
static bool take_asked(struct engine *engine)
{
	uint8_t *asked = NULL;
	uint64_t count;
	int64_t now_us = clock_mono_us();
	bool stop;

	if (read(engine->wake, &count, sizeof count) < 0 && errno != EAGAIN)
		return true;
	pthread_mutex_lock(&engine->mutex);
	stop = engine->stop;
	if (engine->any_asked && !stop) {
		asked = x_malloc(engine->plan.count);
		memcpy(asked, engine->asked, engine->plan.count);
		memset(engine->asked, 0, engine->plan.count);
	}
	engine->any_asked = false;
	pthread_mutex_unlock(&engine->mutex);
	for (uint32_t id = 0; asked && id < engine->plan.count; id++)
		if (asked[id])
			obey(engine, id, asked[id], now_us);
	free(asked);
	take_answers(engine);
	return !stop;
}

/* ---- the thread ---- */

static int64_t earliest(int64_t one, int64_t two)
{
	return one < two ? one : two;
}

static int64_t next_turn_us(const struct engine *engine)
{
	const struct heap_item *deadline = heap_top(&engine->deadlines);
	int64_t next = engine->published_us + PUBLISH_US;

	next = earliest(next, schedule_next_us(&engine->schedule));
	next = earliest(next, wires_timeout_us(&engine->wires));
	return deadline ? earliest(next, deadline->key) : next;
}

void engine_run(struct engine *engine)
{
	bool more, going = true;

	pthread_setname_np(pthread_self(), "webmon-poll");
	/* The default slack of 50 us would be half of the lateness. */
	prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
	engine->wanted_us = clock_mono_us();
	engine->asleep_us = clock_boot_us() - engine->wanted_us;
	while (going) {
		int64_t now_us = clock_mono_us();

		look_for_gap(engine, now_us);
		take_due(engine, now_us);
		more = start_waiting(engine);
		wires_kick(&engine->wires, clock_mono_us());
		reap(engine);
		expire(engine, now_us);
		publish(engine, now_us);
		now_us = clock_mono_us();
		engine->wanted_us = more || (engine->gate.ready.head != GATE_NONE && engine->gate.in_flight < engine->gate.limit)
					    ? now_us : next_turn_us(engine);
		if (wires_wait(&engine->wires, engine->wanted_us))
			going = take_asked(engine);
		if (engine->wanted_us < now_us)
			engine->wanted_us = now_us;
	}
}

static void plan_watch(struct engine *engine, uint32_t id, int64_t now_us)
{
	const struct engine_plan *plan = &engine->plan;
	const struct target *target = &plan->config->targets[plan->targets[id]];
	struct watch *watch = &engine->watches[id];
	struct rhythm rhythm = {.interval_us = target->interval_ms * 1000, .hash = text_hash(target->name),
				.precise = plan->config->program.precise};

	watch_init(watch, target, plan->targets[id], profiles_of(plan->profiles, plan->targets[id]));
	if (plan->options.rounds)
		watch->rounds = plan->options.rounds;
	if (rhythm.interval_us <= 0)
		ask(engine, id, now_us, false);
	else if (plan->options.rounds && !plan->options.spread)
		schedule_add_at_once(&engine->schedule, id, rhythm.interval_us, now_us);
	else
		schedule_add(&engine->schedule, id, &rhythm, now_us);
}

/* Gives each host name a number. */
static void number_hosts(const struct engine_plan *plan, uint32_t *hosts)
{
	size_t room = 2 * plan->count + 1;
	uint32_t *table = x_calloc(room, sizeof *table); /* id + 1 of the first with this host */

	for (uint32_t id = 0; id < plan->count; id++) {
		const char *host = plan->config->targets[plan->targets[id]].host;
		size_t at = text_hash(host) % room;

		while (table[at] && strcasecmp(plan->config->targets[plan->targets[table[at] - 1]].host, host) != 0)
			at = (at + 1) % room;
		if (!table[at])
			table[at] = id + 1;
		hosts[id] = table[at] - 1;
	}
	free(table);
}

static void init_gate(struct engine *engine)
{
	uint32_t *hosts = x_calloc(engine->plan.count + 1, sizeof *hosts);

	number_hosts(&engine->plan, hosts);
	gate_init(&engine->gate, engine->plan.count, hosts);
	engine->gate.limit = engine->plan.concurrency;
	engine->gate.per_host = engine->plan.per_host;
	free(hosts);
}

struct engine *engine_new(const struct engine_plan *plan)
{
	struct engine *engine = x_calloc(1, sizeof *engine);
	size_t count = plan->count;
	uint32_t *targets = x_calloc(count + 1, sizeof *targets);
	int64_t now_us = clock_mono_us();

	memcpy(targets, plan->targets, count * sizeof *targets);
	engine->plan = *plan;
	engine->plan.targets = targets;
	engine->wires.epoll = -1;
	engine->unfinished = plan->options.rounds ? count : SIZE_MAX;
	engine->asked = x_calloc(count + 1, 1);
	engine->watches = x_calloc(count + 1, sizeof *engine->watches);
	engine->probes = x_calloc(plan->concurrency, sizeof *engine->probes);
	pthread_mutex_init(&engine->mutex, NULL);
	engine->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	engine->resolver = resolver_attach(plan->resolver, engine->wake);
	schedule_init(&engine->schedule, count);
	heap_init(&engine->deadlines, plan->concurrency);
	init_gate(engine);
	tally_init(&engine->tally, clock_wall_ms());
	for (uint32_t id = 0; id < count; id++)
		plan_watch(engine, id, now_us);
	if (engine->wake >= 0 && wires_init(&engine->wires, count, plan->descriptors) &&
	    wires_listen(&engine->wires, engine->wake))
		return engine;
	engine_free(engine);
	return NULL;
}

void engine_free(struct engine *engine)
{
	int error = errno;

	for (size_t i = 0; i < engine->probe_count; i++) {
		probe_abandon(engine->probes[i]);
		probe_free(engine->probes[i]);
	}
	wires_fini(&engine->wires);
	resolver_detach(engine->resolver);
	for (size_t i = 0; i < engine->plan.count; i++)
		watch_fini(&engine->watches[i]);
	heap_fini(&engine->deadlines);
	gate_fini(&engine->gate);
	schedule_fini(&engine->schedule);
	if (engine->wake >= 0)
		close(engine->wake);
	pthread_mutex_destroy(&engine->mutex);
	free(engine->probes);
	free(engine->watches);
	free(engine->asked);
	free((void *)(uintptr_t)engine->plan.targets);
	free(engine);
	errno = error;
}

static void wake(struct engine *engine)
{
	uint64_t one = 1;

	/* A full counter is a thread that is awake anyway. */
	if (write(engine->wake, &one, sizeof one) < 0)
		return;
}

void engine_ask(struct engine *engine, enum poll_verb verb, size_t place)
{
	static const struct {
		uint8_t add, drop;
	} bits[] = {[POLL_CHECK_NOW] = {ASKED_CHECK, 0},
		    [POLL_PAUSE] = {ASKED_PAUSE, ASKED_RESUME},
		    [POLL_RESUME] = {ASKED_RESUME, ASKED_PAUSE}};

	pthread_mutex_lock(&engine->mutex);
	for (size_t i = 0; i < engine->plan.count; i++)
		if (place == SIZE_MAX || place == i)
			engine->asked[i] = (uint8_t)((engine->asked[i] & ~bits[verb].drop) | bits[verb].add);
	engine->any_asked = true;
	pthread_mutex_unlock(&engine->mutex);
	wake(engine);
}

void engine_stop(struct engine *engine)
{
	pthread_mutex_lock(&engine->mutex);
	engine->stop = true;
	pthread_mutex_unlock(&engine->mutex);
	wake(engine);
}
