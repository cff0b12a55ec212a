/* The judge and load: incidents and events of load situations, and what keeps silent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/judge.h"

#define START_MS INT64_C(1795000000000)

/* A target with its judge, and a journal that only gives numbers and remembers the newest. */
struct bench {
	struct target target;
	struct judge judge;
	struct verdict verdict;
	struct judgement out;
	int64_t now_ms;
	uint64_t ids;
	unsigned told[EVENT_KINDS];
	struct event event;	  /* the newest of LOAD and CALM */
	struct incident incident; /* the newest of load */
};

static void start(struct bench *bench)
{
	memset(bench, 0, sizeof(*bench));
	bench->target = (struct target){
		.name = "shop",
		.interval_ms = 1000,
		.timeout_ms = 5000,
		.down_after = {2, 0},
		.up_after = 1,
		.load = "on",
	};
	bench->now_ms = START_MS;
	judge_init(&bench->judge, &bench->verdict);
}

static void take(struct bench *bench)
{
	for (size_t i = 0; i < bench->out.incident_count; i++) {
		struct incident *incident = &bench->out.incidents[i];

		if (incident->id == 0)
			incident->id = ++bench->ids;
		if (incident->closed_ms == 0)
			judge_opened(&bench->judge, incident->kind, incident->id, &bench->verdict);
		if (incident->kind == INCIDENT_LOAD)
			bench->incident = *incident;
	}
	for (size_t i = 0; i < bench->out.event_count; i++) {
		const struct event *event = &bench->out.events[i];

		bench->told[event->kind]++;
		if (event->kind == EVENT_LOAD || event->kind == EVENT_CALM)
			bench->event = *event;
	}
}

static struct sample answer(const struct bench *bench, int32_t wait_ms)
{
	struct sample s = sample_blank(bench->now_ms);

	s.phase_us[PHASE_DNS] = 2000;
	s.phase_us[PHASE_CONNECT] = 10000;
	s.phase_us[PHASE_WAIT] = wait_ms * 1000;
	s.total_us = 12000 + wait_ms * 1000;
	s.status = 200;
	return s;
}

static void feed(struct bench *bench, struct sample s, const char *detail)
{
	judge_sample(&bench->judge, &bench->target, &s, detail, &bench->verdict, &bench->out);
	take(bench);
	bench->now_ms += 1000 * (1 + s.total_us / 1000000);
}

static void feed_answers(struct bench *bench, int count, int32_t wait_ms)
{
	for (int i = 0; i < count; i++)
		feed(bench, answer(bench, wait_ms + i % 3), "");
}

static void feed_refused(struct bench *bench, int count)
{
	for (int i = 0; i < count; i++) {
		struct sample s = answer(bench, 0);

		s.cls = CLASS_REFUSED;
		s.phase_us[PHASE_CONNECT] = s.phase_us[PHASE_WAIT] = ABSENT_US;
		s.status = 0;
		feed(bench, s, "connection refused");
	}
}

static void one_incident_from_onset_to_calm(void **state)
{
	struct bench bench;
	int64_t onset;

	(void)state;
	start(&bench);
	feed_answers(&bench, 200, 50);
	assert_int_equal(bench.told[EVENT_LOAD], 0);
	onset = bench.now_ms;
	feed_answers(&bench, 20, 140);
	assert_int_equal(bench.told[EVENT_LOAD], 1);
	assert_int_equal(bench.verdict.state, STATE_UP);
	assert_int_equal(bench.verdict.load.level, LOAD_ELEVATED);
	assert_true(bench.verdict.incident == bench.incident.id && bench.incident.id > 0);
	assert_true(bench.incident.opened_ms == onset);
	assert_true(bench.incident.closed_ms == 0);
	assert_true(bench.incident.last_ms == bench.now_ms - 1000);
	assert_string_equal(bench.incident.result, "LOAD");
	assert_non_null(strstr(bench.incident.detail, "elevated: server busy: server time "));
	assert_int_equal(strncmp(bench.event.detail, "elevated: server busy", 21), 0);

	feed_answers(&bench, 20, 50);
	assert_int_equal(bench.told[EVENT_LOAD], 1);
	assert_int_equal(bench.told[EVENT_CALM], 1);
	assert_int_equal(bench.verdict.load.level, LOAD_CALM);
	assert_true(bench.verdict.incident == 0);
	assert_true(bench.incident.closed_ms > onset + 20000);
	assert_string_equal(bench.incident.result, "calm");
	assert_non_null(strstr(bench.incident.detail, "checks under load: elevated, server"));
	assert_true(bench.event.length_ms == bench.incident.closed_ms - onset);
	assert_string_equal(bench.event.detail, bench.incident.detail);
}

/* What began before a loaded time that was not told of begins with the end of that time. */
static void a_clock_set_back_puts_no_onset_into_the_future(void **state)
{
	struct bench bench;

	(void)state;
	start(&bench);
	feed_answers(&bench, 200, 50);
	bench.judge.around.maintenance = true;
	feed_answers(&bench, 20, 140);
	assert_int_equal(bench.told[EVENT_LOAD], 0);
	bench.now_ms -= 3600000;
	judge_clock_set(&bench.judge, -3600000, &bench.verdict, &bench.out);
	bench.judge.around.maintenance = false;
	feed_answers(&bench, 20, 140);
	assert_int_equal(bench.told[EVENT_LOAD], 1);
	assert_true(bench.incident.opened_ms < bench.now_ms);
}

static void getting_worse_is_told_once(void **state)
{
	struct bench bench;
	uint64_t id;

	(void)state;
	start(&bench);
	feed_answers(&bench, 200, 50);
	feed_answers(&bench, 20, 140);
	id = bench.incident.id;
	feed_answers(&bench, 20, 700);
	assert_int_equal(bench.verdict.load.level, LOAD_SATURATED);
	assert_int_equal(bench.told[EVENT_LOAD], 2);
	feed_answers(&bench, 30, 120);
	feed_answers(&bench, 30, 700);
	assert_int_equal(bench.told[EVENT_LOAD], 2);
	assert_true(bench.incident.id == id);
	feed_answers(&bench, 40, 50);
	assert_int_equal(bench.told[EVENT_CALM], 1);
	assert_non_null(strstr(bench.incident.detail, "saturated, server"));
}

/* Nobody listens: the target is DOWN, which says all. */
static void a_target_that_is_down_has_no_load_incident(void **state)
{
	struct bench bench;

	(void)state;
	start(&bench);
	feed_answers(&bench, 200, 50);
	feed_refused(&bench, 30);
	assert_int_equal(bench.verdict.state, STATE_DOWN);
	assert_int_equal(bench.told[EVENT_DOWN], 1);
	assert_int_equal(bench.told[EVENT_LOAD], 0);
	assert_int_equal(bench.verdict.load.level, LOAD_SATURATED);
	feed_answers(&bench, 30, 50);
	assert_int_equal(bench.verdict.load.level, LOAD_CALM);
}

/* It hangs, and is well at once when it comes back: the hang was told as DOWN, and nothing is new.
 */
static void the_end_of_being_down_is_no_onset(void **state)
{
	struct bench bench;

	(void)state;
	start(&bench);
	feed_answers(&bench, 200, 50);
	feed_refused(&bench, 30);
	feed_answers(&bench, 3, 900);
	assert_true(bench.verdict.load.level >= LOAD_ELEVATED);
	assert_int_equal(bench.told[EVENT_UP], 1);
	feed_answers(&bench, 30, 50);
	assert_int_equal(bench.told[EVENT_LOAD], 0);
	assert_int_equal(bench.told[EVENT_CALM], 0);

	/* But it is told where it comes back and is loaded all the same. */
	feed_refused(&bench, 30);
	feed_answers(&bench, 30, 900);
	assert_int_equal(bench.told[EVENT_LOAD], 1);
	assert_true(bench.incident.opened_ms > bench.now_ms - 40000);
}

/* Loaded first, down then: both are told, and the end of each. */
static void load_that_brings_a_target_down_stays_open(void **state)
{
	struct bench bench;

	(void)state;
	start(&bench);
	feed_answers(&bench, 200, 50);
	feed_answers(&bench, 15, 900);
	feed_refused(&bench, 5);
	assert_true(bench.told[EVENT_LOAD] >= 1);
	assert_int_equal(bench.told[EVENT_DOWN], 1);
	feed_answers(&bench, 30, 50);
	assert_int_equal(bench.told[EVENT_UP], 1);
	assert_int_equal(bench.told[EVENT_CALM], 1);
}

static void own_lateness_opens_nothing(void **state)
{
	struct bench bench;

	(void)state;
	start(&bench);
	feed_answers(&bench, 200, 50);
	for (int i = 0; i < 30; i++) {
		struct sample s = answer(&bench, 400);

		s.lag_us = 90000;
		feed(&bench, s, "");
	}
	assert_int_equal(bench.verdict.load.cause, LOAD_CLIENT);
	assert_true(bench.verdict.load.level >= LOAD_ELEVATED);
	assert_int_equal(bench.told[EVENT_LOAD], 0);
	feed_answers(&bench, 30, 50);
	assert_int_equal(bench.told[EVENT_CALM], 0);
}

static void load_off_says_nothing(void **state)
{
	struct bench bench;

	(void)state;
	start(&bench);
	bench.target.load = "off";
	feed_answers(&bench, 200, 50);
	feed_answers(&bench, 100, 900);
	assert_int_equal(bench.told[EVENT_LOAD], 0);
	assert_int_equal(bench.verdict.load.level, LOAD_CALM);
	assert_string_equal(bench.verdict.load.evidence, "");
}

static void a_pause_ends_it(void **state)
{
	struct bench bench;
	unsigned told;

	(void)state;
	start(&bench);
	feed_answers(&bench, 200, 50);
	feed_answers(&bench, 20, 300);
	told = bench.told[EVENT_LOAD];
	assert_true(told >= 1);
	judge_pause(&bench.judge, true, bench.now_ms, &bench.verdict, &bench.out);
	take(&bench);
	assert_int_equal(bench.verdict.load.level, LOAD_CALM);
	assert_true(bench.incident.closed_ms == bench.now_ms);
	assert_int_equal(strncmp(bench.incident.detail, "paused after 20 s", 17), 0);
	judge_pause(&bench.judge, false, bench.now_ms, &bench.verdict, &bench.out);
	take(&bench);
	feed_answers(&bench, 30, 50);
	assert_int_equal(bench.told[EVENT_LOAD], told);
	assert_int_equal(bench.told[EVENT_CALM], 0);
}

static void a_probe_under_way_tells_of_load(void **state)
{
	struct bench bench;
	struct sample waiting;

	(void)state;
	start(&bench);
	feed_answers(&bench, 200, 50);
	feed_answers(&bench, 2, 3000);
	assert_int_equal(bench.told[EVENT_LOAD], 0);
	waiting = answer(&bench, 100);
	judge_waiting(&bench.judge, &bench.target, &waiting, &bench.verdict, &bench.out);
	take(&bench);
	assert_int_equal(bench.told[EVENT_LOAD], 0);
	waiting = answer(&bench, 2500);
	judge_waiting(&bench.judge, &bench.target, &waiting, &bench.verdict, &bench.out);
	take(&bench);
	assert_int_equal(bench.told[EVENT_LOAD], 1);
	assert_true(bench.verdict.load.level >= LOAD_ELEVATED);
	feed_answers(&bench, 1, 3000);
	assert_true(bench.verdict.load.level >= LOAD_ELEVATED);
	assert_true(bench.told[EVENT_CALM] == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_incident_from_onset_to_calm),
		cmocka_unit_test(a_clock_set_back_puts_no_onset_into_the_future),
		cmocka_unit_test(getting_worse_is_told_once),
		cmocka_unit_test(a_target_that_is_down_has_no_load_incident),
		cmocka_unit_test(the_end_of_being_down_is_no_onset),
		cmocka_unit_test(load_that_brings_a_target_down_stays_open),
		cmocka_unit_test(own_lateness_opens_nothing),
		cmocka_unit_test(load_off_says_nothing),
		cmocka_unit_test(a_pause_ends_it),
		cmocka_unit_test(a_probe_under_way_tells_of_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
