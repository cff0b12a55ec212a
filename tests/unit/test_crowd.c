/* source/poll/crowd: who tells of a load: the target, several as one, or this host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/config.h"
#include "source/poll/crowd.h"
#include "source/poll/watch.h"
#include "store/store.h"

#define TARGETS	 8
#define STEP_MS	 1000
#define START_US INT64_C(5000000000)

struct bench {
	struct config *config;
	struct store *store;
	struct crowd *crowd;
	struct watch watches[TARGETS];
	int64_t now_ms, mono_us;
};

/* Targets 0 to 3 are of one host, the others have one each; all have an address of their own. */
static void start(struct bench *bench, size_t count)
{
	struct errors errors = {0};
	char text[2048] = "";

	for (size_t i = 0; i < count; i++)
		text_format(text + strlen(text), sizeof text - strlen(text),
			    "[target t%zu]\nurl = http://%s%zu.example.com/%zu\ninterval = 1s\n", i,
			    i < 4 ? "shop" : "other", i < 4 ? 0 : i, i);
	struct config_request request = {.file = "test", .text = text};
	*bench = (struct bench){.config = config_load(&request, &errors), .now_ms = 1000000};
	assert_non_null(bench->config);
	errors_free(&errors);
	bench->mono_us = START_US;
	clock_freeze(bench->mono_us, bench->now_ms);
	bench->store = store_open(bench->config);
	bench->crowd = crowd_new(bench->config, bench->store);
	for (size_t i = 0; i < count; i++) {
		struct watch *watch = &bench->watches[i];

		watch->target = &bench->config->targets[i];
		watch->index = (uint32_t)i;
		judge_init(&watch->judge, &watch->verdict);
		watch->ip_shown.bytes[0] = (unsigned char)i;
		text_format(watch->verdict.ip, sizeof watch->verdict.ip, "203.0.113.%zu", i);
	}
}

static void end(struct bench *bench)
{
	clock_thaw();
	crowd_free(bench->crowd);
	store_close(bench->store);
	config_free(bench->config);
}

struct wait {
	int32_t connect_ms, wait_ms, lag_ms;
};

static void feed(struct bench *bench, size_t target, struct wait wait)
{
	struct watch *watch = &bench->watches[target];
	struct sample sample = sample_blank(bench->now_ms);
	struct judgement judgement = {0};

	sample.phase_us[PHASE_CONNECT] = wait.connect_ms * 1000;
	sample.phase_us[PHASE_WAIT] = (wait.wait_ms + (int32_t)(bench->now_ms / 1000 % 3)) * 1000;
	sample.total_us = sample.phase_us[PHASE_CONNECT] + sample.phase_us[PHASE_WAIT];
	sample.lag_us = wait.lag_ms * 1000;
	sample.status = 200;
	judge_sample(&watch->judge, watch->target, &sample, "", &watch->verdict, &judgement);
	watch->number++;
	store_put_judgement(bench->store, target, &watch->judge, &watch->verdict, &judgement);
}

/* So many seconds; the first `loaded` targets answer as `bad` says. */
static void pass(struct bench *bench, size_t count, int seconds, size_t loaded, struct wait bad)
{
	const struct wait good = {10, 50, 0};

	for (int i = 0; i < seconds; i++) {
		for (size_t k = 0; k < count; k++)
			feed(bench, k, k < loaded ? bad : good);
		bench->now_ms += STEP_MS;
		bench->mono_us += STEP_MS * 1000;
		clock_freeze(bench->mono_us, bench->now_ms);
		crowd_tick(bench->crowd, bench->watches, count, bench->mono_us);
	}
}

/* As the pollers do when somebody sets the wall clock. */
static void set_clock(struct bench *bench, size_t count, int64_t by_ms)
{
	struct judgement judgement;

	bench->now_ms += by_ms;
	clock_freeze(bench->mono_us, bench->now_ms);
	for (size_t i = 0; i < count; i++) {
		struct watch *watch = &bench->watches[i];

		judge_clock_set(&watch->judge, by_ms, &watch->verdict, &judgement);
		store_put_judgement(bench->store, i, &watch->judge, &watch->verdict, &judgement);
	}
	crowd_clock_set(bench->crowd, by_ms);
}

static unsigned told(const struct bench *bench, enum event_kind kind, struct event *last)
{
	struct event events[64];
	size_t count = store_events(bench->store, 0, events, 64, NULL);
	unsigned sum = 0;

	for (size_t i = 0; i < count; i++) {
		if (events[i].kind != kind)
			continue;
		sum++;
		*last = events[i];
	}
	return sum;
}

static unsigned open_incidents(const struct bench *bench, struct incident *last)
{
	struct incident incidents[64];
	size_t count = store_incidents(bench->store, 0, incidents, 64);
	unsigned sum = 0;

	for (size_t i = 0; i < count; i++) {
		if (incidents[i].closed_ms)
			continue;
		sum++;
		*last = incidents[i];
	}
	return sum;
}

static void several_of_one_host_are_one_incident(void **state)
{
	struct bench bench;
	struct incident incident;
	struct event event;

	(void)state;
	start(&bench, TARGETS);
	pass(&bench, TARGETS, 200, 0, (struct wait){0, 0, 0});
	pass(&bench, TARGETS, 20, 4, (struct wait){10, 250, 0});
	assert_int_equal(open_incidents(&bench, &incident), 1);
	assert_int_equal(incident.kind, INCIDENT_LOAD);
	assert_int_equal(incident.targets, 4);
	assert_non_null(strstr(incident.detail, "4 targets on shop0.example.com: server "));
	for (size_t i = 0; i < 4; i++) {
		assert_true(bench.watches[i].verdict.load.level >= LOAD_ELEVATED);
		assert_true(bench.watches[i].verdict.incident == incident.id);
	}
	/* once, and once more when it got worse */
	assert_in_range(told(&bench, EVENT_LOAD, &event), 1, 2);
	assert_non_null(strstr(event.detail, "4 targets on shop0.example.com: server "));
	pass(&bench, TARGETS, 30, 0, (struct wait){0, 0, 0});
	assert_int_equal(open_incidents(&bench, &incident), 0);
	assert_int_equal(told(&bench, EVENT_CALM, &event), 1);
	assert_non_null(strstr(event.detail, ", 4 targets on shop0.example.com: "));
	assert_true(event.length_ms > 15000);
	end(&bench);
}

static void the_end_of_polling_leaves_nothing_open(void **state)
{
	struct bench bench;
	struct incident incident;
	struct event event;

	(void)state;
	start(&bench, TARGETS);
	pass(&bench, TARGETS, 200, 0, (struct wait){0, 0, 0});
	pass(&bench, TARGETS, 20, 4, (struct wait){10, 250, 0});
	assert_int_equal(open_incidents(&bench, &incident), 1);
	crowd_free(bench.crowd);
	bench.crowd = NULL;
	assert_int_equal(open_incidents(&bench, &incident), 0);
	assert_int_equal(told(&bench, EVENT_CALM, &event), 0);
	end(&bench);
}

/* By one of them, for all; and taken back by another. */
static void an_acknowledgement_is_of_all(void **state)
{
	struct bench bench;
	struct incident incident;
	struct judgement judgement = {0};
	struct event event;

	(void)state;
	start(&bench, TARGETS);
	pass(&bench, TARGETS, 200, 0, (struct wait){0, 0, 0});
	pass(&bench, TARGETS, 20, 4, (struct wait){10, 250, 0});
	judge_acknowledge(&bench.watches[2].judge, "ticket 7", bench.now_ms,
			  &bench.watches[2].verdict, &judgement);
	assert_true(bench.watches[2].verdict.acknowledged);
	pass(&bench, TARGETS, 2, 4, (struct wait){10, 250, 0});
	assert_int_equal(open_incidents(&bench, &incident), 1);
	assert_true(incident.acknowledged);
	assert_string_equal(incident.note, "ticket 7");
	assert_int_equal(told(&bench, EVENT_ACKNOWLEDGED, &event), 1);
	assert_string_equal(event.detail, "ticket 7");
	for (size_t i = 0; i < 4; i++) {
		assert_true(bench.watches[i].verdict.acknowledged);
		assert_string_equal(bench.watches[i].verdict.note, "ticket 7");
	}
	judge_acknowledge(&bench.watches[0].judge, "", bench.now_ms, &bench.watches[0].verdict,
			  &judgement);
	pass(&bench, TARGETS, 3, 4, (struct wait){10, 250, 0});
	assert_int_equal(open_incidents(&bench, &incident), 1);
	assert_false(incident.acknowledged);
	assert_int_equal(told(&bench, EVENT_ACKNOWLEDGED, &event), 2);
	assert_string_equal(event.detail, "taken back");
	for (size_t i = 0; i < 4; i++)
		assert_false(bench.watches[i].verdict.acknowledged);
	end(&bench);
}

static void one_alone_tells_itself(void **state)
{
	struct bench bench;
	struct incident incident;
	struct event event;

	(void)state;
	start(&bench, TARGETS);
	pass(&bench, TARGETS, 200, 0, (struct wait){0, 0, 0});
	pass(&bench, TARGETS, 20, 1, (struct wait){10, 130, 0});
	assert_int_equal(open_incidents(&bench, &incident), 1);
	assert_int_equal(told(&bench, EVENT_LOAD, &event), 1);
	assert_int_equal(event.target, 0);
	assert_non_null(strstr(event.detail, "elevated: server busy: server time "));
	assert_true(incident.targets <= 1);
	end(&bench);
}

/* The first one was alone and has been told of; its incident goes on as that of all. */
static void the_first_ones_incident_becomes_that_of_all(void **state)
{
	struct bench bench;
	struct incident first, incident;
	struct event event;

	(void)state;
	start(&bench, TARGETS);
	pass(&bench, TARGETS, 200, 0, (struct wait){0, 0, 0});
	pass(&bench, TARGETS, 15, 1, (struct wait){10, 250, 0});
	assert_int_equal(open_incidents(&bench, &first), 1);
	pass(&bench, TARGETS, 20, 4, (struct wait){10, 250, 0});
	assert_int_equal(open_incidents(&bench, &incident), 1);
	assert_true(incident.id == first.id);
	assert_true(incident.opened_ms == first.opened_ms);
	assert_int_equal(incident.targets, 4);
	pass(&bench, TARGETS, 30, 0, (struct wait){0, 0, 0});
	assert_int_equal(open_incidents(&bench, &incident), 0);
	assert_int_equal(told(&bench, EVENT_CALM, &event), 1);
	end(&bench);
}

/* Two of four: not enough for a group, and after a while each is told by itself. */
static void two_of_four_are_told_one_by_one_in_the_end(void **state)
{
	struct bench bench;
	struct incident incident;
	struct event event;

	(void)state;
	start(&bench, TARGETS);
	pass(&bench, TARGETS, 200, 0, (struct wait){0, 0, 0});
	pass(&bench, TARGETS, 30, 2, (struct wait){10, 130, 0});
	assert_int_equal(open_incidents(&bench, &incident), 2);
	assert_int_equal(told(&bench, EVENT_LOAD, &event), 2);
	end(&bench);
}

static void slow_connects_everywhere_are_one_banner(void **state)
{
	struct bench bench;
	struct incident incident;
	struct event event;

	(void)state;
	start(&bench, TARGETS);
	pass(&bench, TARGETS, 200, 0, (struct wait){0, 0, 0});
	pass(&bench, TARGETS, 30, TARGETS, (struct wait){140, 180, 0});
	assert_int_equal(bench.watches[0].verdict.load.cause, LOAD_NETWORK);
	assert_int_equal(open_incidents(&bench, &incident), 1);
	assert_int_equal(incident.kind, INCIDENT_SELF);
	assert_int_equal(incident.target, UINT32_MAX);
	assert_non_null(strstr(incident.detail, "network of this host: "));
	assert_non_null(strstr(incident.detail, " of 8 targets slow in connect"));
	assert_int_equal(told(&bench, EVENT_LOAD, &event), 0);
	assert_in_range(told(&bench, EVENT_SELF, &event), 1, 3);
	pass(&bench, TARGETS, 40, 0, (struct wait){0, 0, 0});
	assert_int_equal(open_incidents(&bench, &incident), 0);
	assert_int_equal(told(&bench, EVENT_SELF_OVER, &event), 1);
	assert_int_equal(told(&bench, EVENT_LOAD, &event), 0);
	end(&bench);
}

static void late_probes_are_one_banner_also_of_a_single_target(void **state)
{
	static const size_t counts[] = {1, TARGETS};
	struct bench bench;
	struct incident incident;
	struct event event;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		start(&bench, counts[i]);
		pass(&bench, counts[i], 200, 0, (struct wait){0, 0, 0});
		pass(&bench, counts[i], 20, counts[i], (struct wait){10, 300, 90});
		assert_int_equal(bench.watches[0].verdict.load.cause, LOAD_CLIENT);
		assert_int_equal(open_incidents(&bench, &incident), 1);
		assert_int_equal(incident.kind, INCIDENT_SELF);
		assert_non_null(strstr(incident.detail, "this host is short of CPU"));
		assert_int_equal(told(&bench, EVENT_LOAD, &event), 0);
		end(&bench);
	}
}

/* A name server that turns its list round: each second the two have another address in common. */
static void a_common_address_that_changes_makes_no_more_groups_than_there_is_room_for(void **state)
{
	struct bench bench;
	struct incident incident;

	(void)state;
	start(&bench, 2);
	pass(&bench, 2, 200, 0, (struct wait){0, 0, 0});
	for (unsigned i = 0; i < 30; i++) {
		for (size_t k = 0; k < 2; k++)
			bench.watches[k].ip_shown.bytes[1] = (unsigned char)(i + 1);
		bench.watches[0].ip_shown.bytes[0] = bench.watches[1].ip_shown.bytes[0] = 9;
		pass(&bench, 2, 1, 2, (struct wait){10, 250, 0});
	}
	assert_true(open_incidents(&bench, &incident) > 0);
	pass(&bench, 2, 60, 0, (struct wait){0, 0, 0});
	assert_int_equal(open_incidents(&bench, &incident), 0);
	end(&bench);
}

static void a_clock_that_is_set_changes_no_length_of_a_group(void **state)
{
	struct bench bench;
	struct incident incident;
	struct event event;

	(void)state;
	start(&bench, TARGETS);
	pass(&bench, TARGETS, 200, 0, (struct wait){0, 0, 0});
	pass(&bench, TARGETS, 20, 4, (struct wait){10, 250, 0});
	assert_int_equal(open_incidents(&bench, &incident), 1);
	set_clock(&bench, TARGETS, -150000);
	pass(&bench, TARGETS, 30, 0, (struct wait){0, 0, 0});
	assert_int_equal(open_incidents(&bench, &incident), 0);
	assert_int_equal(told(&bench, EVENT_CALM, &event), 1);
	assert_in_range(event.length_ms, 15000, 50000);
	end(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(several_of_one_host_are_one_incident),
		cmocka_unit_test(the_end_of_polling_leaves_nothing_open),
		cmocka_unit_test(an_acknowledgement_is_of_all),
		cmocka_unit_test(one_alone_tells_itself),
		cmocka_unit_test(the_first_ones_incident_becomes_that_of_all),
		cmocka_unit_test(two_of_four_are_told_one_by_one_in_the_end),
		cmocka_unit_test(slow_connects_everywhere_are_one_banner),
		cmocka_unit_test(late_probes_are_one_banner_also_of_a_single_target),
		cmocka_unit_test(a_common_address_that_changes_makes_no_more_groups_than_there_is_room_for),
		cmocka_unit_test(a_clock_that_is_set_changes_no_length_of_a_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
