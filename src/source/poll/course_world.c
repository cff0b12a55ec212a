/*
 * What befalls all targets of a poller at once: our own trouble, a clock that is set, changes
 * around them; and the account of it all. One poller's thread.
 */
#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "source/poll/course.h"
#include "source/poll/crowd.h"
#include "source/poll/network.h"
#include "source/poll/plan.h"
#include "source/poll/probe.h"
#include "source/poll/report.h"
#include "source/poll/spending.h"
#include "source/poll/watch.h"
#include "store/store.h"

#define AROUND_US 1000000

void course_taint(struct course *course, int64_t now_us)
{
	self_note(&course->self, course->plan->store,
		  "webmon was stopped, or this machine asleep or starved", clock_wall_ms());
	for (size_t i = 0; i < course->probe_count; i++)
		course->probes[i]->tainted = course->probes[i]->watch != NULL;
	course->tally.fleet.skipped += schedule_drop_missed(&course->schedule, now_us);
}

void course_clock_set(struct course *course, int64_t by_ms)
{
	char words[120], length[FORMAT_MAX];

	format_duration(length, ((by_ms < 0 ? -by_ms : by_ms) + 500) / 1000 * 1000);
	text_format(words, sizeof words,
		    "the wall clock was set %s by %s: no duration is changed by it",
		    by_ms < 0 ? "back" : "forward", length);
	self_clock_set(&course->self, by_ms);
	for (size_t i = 0; i < course->probe_count; i++)
		course->probes[i]->at_ms += by_ms;
	for (size_t place = 0; place < course->plan->count; place++)
		report_clock_set(&course->watches[place], course->plan->store, by_ms);
	/* One of several pollers says it. */
	if (course->plan->number == 0) {
		crowd_clock_set(course->plan->crowd, by_ms);
		network_clock_set(course->plan->network);
		self_note(&course->self, course->plan->store, words, clock_wall_ms());
	}
	course->written = true;
}

void course_acknowledge(struct course *course, uint32_t place, const char *note)
{
	report_acknowledge(&course->watches[place], course->plan->store, note);
	course->written = true;
}

void course_look_around(struct course *course, int64_t now_us)
{
	bool doubt = false;

	if (now_us < course->around_us)
		return;
	network_tick(course->plan->network);
	for (uint32_t place = 0; place < course->plan->count; place++) {
		struct watch *watch = &course->watches[place];

		if (around_changes(watch))
			course->written |= report_look(watch, course->plan->store);
		if (watch->ending && !watch->probe && !watch->judge.around.in_doubt)
			course_end(course, place);
		doubt |= watch->judge.around.in_doubt;
	}
	course->around_us = now_us + (doubt ? COURSE_DOUBT_US : AROUND_US);
}

void course_publish(struct course *course)
{
	struct fleet fleet = tally_fleet(&course->tally, course->gate.in_flight);

	store_put_fleet(course->plan->store, course->plan->number, &fleet);
	self_tick(&course->self, course->plan->store, clock_wall_ms());
	crowd_tick(course->plan->crowd, course->watches, course->plan->count, clock_mono_us());
	spending_tick(course->watches, course->plan->count, course->plan->store, clock_wall_ms());
	course->written = true;
}
