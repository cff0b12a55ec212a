/*
 * One poller's thread: the loop around the course of its probes, and the one place where other
 * threads may ask for something.
 *
 * What webmon itself did badly never counts against a target: starts that were late say so, and
 * what was under way while the process was stopped or the machine asleep is tainted.
 */
#include "source/poll/engine.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "source/poll/course.h"
#include "source/poll/plan.h"
#include "store/store.h"

#define PUBLISH_US 1000000
#define GAP_US	   1000000 /* a turn so late, or a sleep so long, taints what is under way */
#define STEP_MS	   500	   /* the wall clock was set: less is what keeps it right */

/* What other threads want, a bit each. */
enum asked { ASKED_CHECK = 1, ASKED_PAUSE = 2, ASKED_RESUME = 4, ASKED_LOOK = 8 };

/* A note comes with it: rare enough for a list. */
struct acknowledgement {
	struct acknowledgement *next;
	uint32_t place;
	char note[sizeof((struct verdict *)0)->note];
};

struct engine {
	struct plan plan;
	struct course course;
	int64_t published_us;
	int64_t wanted_us; /* when the wait should end */
	int64_t halted_us; /* of the last turn: when it was not running, though it waits for nothing
			    */
	int64_t asleep_us; /* BOOTTIME - MONOTONIC */
	int64_t wall_ms;   /* REALTIME - BOOTTIME */
	int wake;
	pthread_mutex_t mutex; /* guards what follows */
	uint8_t *asked;
	struct acknowledgement *acknowledgements; /* newest first */
	bool any_asked, stop;
};

static void publish(struct engine *engine, int64_t now_us)
{
	if (now_us - engine->published_us >= PUBLISH_US) {
		engine->published_us = now_us;
		course_publish(&engine->course);
	}
	if (engine->course.written)
		store_wake(engine->plan.store);
	engine->course.written = false;
}

/* Stopped (SIGSTOP, a starved machine) or asleep meanwhile? */
static void look_for_gap(struct engine *engine, int64_t now_us)
{
	int64_t asleep_us = clock_boot_us() - now_us;
	bool gap = now_us - engine->wanted_us > GAP_US || asleep_us - engine->asleep_us > GAP_US ||
		   engine->halted_us > GAP_US;

	engine->asleep_us = asleep_us;
	if (gap)
		course_taint(&engine->course, now_us);
}

static int64_t wall_over_boot_ms(void)
{
	return clock_wall_ms() - clock_boot_us() / 1000;
}

/* A machine's sleep moves both clocks; somebody who sets the time of day moves one. */
static void look_for_step(struct engine *engine)
{
	int64_t wall_ms = wall_over_boot_ms(), by_ms = wall_ms - engine->wall_ms;

	engine->wall_ms = wall_ms;
	if (by_ms > STEP_MS || by_ms < -STEP_MS)
		course_clock_set(&engine->course, by_ms);
}

static void obey(struct engine *engine, uint32_t place, uint8_t asked, int64_t now_us)
{
	if (asked & (ASKED_PAUSE | ASKED_RESUME))
		course_pause(&engine->course, place, asked & ASKED_PAUSE, now_us);
	if (asked & ASKED_LOOK)
		course_look(&engine->course, place, now_us);
	if (asked & ASKED_CHECK)
		course_check_now(&engine->course, place, now_us);
}

static void take_acknowledgements(struct engine *engine)
{
	struct acknowledgement *list, *ordered = NULL;

	pthread_mutex_lock(&engine->mutex);
	list = engine->acknowledgements;
	engine->acknowledgements = NULL;
	pthread_mutex_unlock(&engine->mutex);
	while (list) {
		struct acknowledgement *next = list->next;

		list->next = ordered;
		ordered = list;
		list = next;
	}
	while (ordered) {
		struct acknowledgement *next = ordered->next;

		course_acknowledge(&engine->course, ordered->place, ordered->note);
		free(ordered);
		ordered = next;
	}
}

/* What was asked since the last time: a copy, or NULL. */
static uint8_t *take_asked(struct engine *engine, bool *stop)
{
	uint8_t *asked = NULL;

	pthread_mutex_lock(&engine->mutex);
	*stop = engine->stop;
	if (engine->any_asked && !engine->stop) {
		asked = x_malloc(engine->plan.count);
		memcpy(asked, engine->asked, engine->plan.count);
		memset(engine->asked, 0, engine->plan.count);
	}
	engine->any_asked = false;
	pthread_mutex_unlock(&engine->mutex);
	return asked;
}

/* False: stop. */
static bool answer_wake(struct engine *engine)
{
	int64_t now_us = clock_mono_us();
	uint64_t count;
	uint8_t *asked;
	bool stop;

	if (read(engine->wake, &count, sizeof count) < 0 && errno != EAGAIN)
		return true;
	asked = take_asked(engine, &stop);
	for (uint32_t place = 0; asked && place < engine->plan.count; place++)
		if (asked[place])
			obey(engine, place, asked[place], now_us);
	free(asked);
	take_acknowledgements(engine);
	course_resolve(&engine->course);
	course_collect(&engine->course);
	return !stop;
}

/* Everything that can be done now. Returns when the next turn is due. */
static int64_t turn(struct engine *engine, int64_t now_us)
{
	struct course *course = &engine->course;
	int64_t next_us = engine->published_us + PUBLISH_US;
	bool more;

	more = course_start(course, now_us);
	wires_kick(&course->wires, clock_mono_us());
	course_reap(course);
	course_expire(course, now_us);
	course_look_around(course, now_us);
	publish(engine, now_us);
	if (more ||
	    (course->gate.ready.head != GATE_NONE && course->gate.in_flight < course->gate.limit))
		return now_us;
	return course_next_us(course) < next_us ? course_next_us(course) : next_us;
}

void engine_run(struct engine *engine)
{
	bool going = true;

	/* The default slack of 50 us would be half of the lateness. */
	prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
	engine->wanted_us = clock_mono_us();
	engine->asleep_us = clock_boot_us() - engine->wanted_us;
	engine->wall_ms = wall_over_boot_ms();
	while (going) {
		int64_t run_us = clock_run_us(), begun_us = clock_mono_us();
		int64_t next_us = turn(engine, begun_us);
		int64_t now_us = clock_mono_us();

		engine->halted_us = (now_us - begun_us) - (clock_run_us() - run_us);
		/* An overdue turn is late from now on, not from when it was due: work is no gap. */
		engine->wanted_us = next_us > now_us ? next_us : now_us;
		bool woken = wires_wait(&engine->course.wires, next_us);

		/* First of all: what came in during a stop is not to be believed. */
		look_for_gap(engine, clock_mono_us());
		look_for_step(engine);
		if (woken)
			going = answer_wake(engine);
	}
}

struct engine *engine_new(const struct plan *plan)
{
	struct engine *engine = x_calloc(1, sizeof *engine);
	uint32_t *targets = x_calloc(plan->count + 1, sizeof *targets);

	memcpy(targets, plan->targets, plan->count * sizeof *targets);
	engine->plan = *plan;
	engine->plan.targets = targets;
	engine->asked = x_calloc(plan->count + 1, 1);
	pthread_mutex_init(&engine->mutex, NULL);
	engine->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (course_init(&engine->course, &engine->plan, engine->wake))
		return engine;
	engine_free(engine);
	return NULL;
}

void engine_free(struct engine *engine)
{
	int error = errno;

	course_fini(&engine->course);
	if (engine->wake >= 0)
		close(engine->wake);
	pthread_mutex_destroy(&engine->mutex);
	while (engine->acknowledgements) {
		struct acknowledgement *next = engine->acknowledgements->next;

		free(engine->acknowledgements);
		engine->acknowledgements = next;
	}
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

static void ask(struct engine *engine, size_t place, uint8_t add, uint8_t drop)
{
	pthread_mutex_lock(&engine->mutex);
	for (size_t i = 0; i < engine->plan.count; i++)
		if (place == SIZE_MAX || place == i)
			engine->asked[i] = (uint8_t)((engine->asked[i] & ~drop) | add);
	engine->any_asked = true;
	pthread_mutex_unlock(&engine->mutex);
	wake(engine);
}

void engine_check_now(struct engine *engine, size_t place)
{
	ask(engine, place, ASKED_CHECK, 0);
}

void engine_look(struct engine *engine, size_t place)
{
	ask(engine, place, ASKED_LOOK, 0);
}

void engine_acknowledge(struct engine *engine, size_t place, const char *note)
{
	struct acknowledgement *one = x_calloc(1, sizeof *one);

	one->place = (uint32_t)place;
	text_copy(one->note, sizeof one->note, note);
	pthread_mutex_lock(&engine->mutex);
	one->next = engine->acknowledgements;
	engine->acknowledgements = one;
	pthread_mutex_unlock(&engine->mutex);
	wake(engine);
}

void engine_pause(struct engine *engine, size_t place, bool paused)
{
	ask(engine, place, paused ? ASKED_PAUSE : ASKED_RESUME,
	    paused ? ASKED_RESUME : ASKED_PAUSE);
}

void engine_stop(struct engine *engine)
{
	pthread_mutex_lock(&engine->mutex);
	engine->stop = true;
	pthread_mutex_unlock(&engine->mutex);
	wake(engine);
}
