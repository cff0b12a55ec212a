/* source/poll/doubt: when a probe under way is looked at, and when a target is asked once more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "model/config.h"
#include "source/poll/doubt.h"
#include "source/poll/probe.h"
#include "source/poll/run.h"
#include "source/poll/watch.h"
#include "store/store.h"

#define INTERVAL_US 5000000
#define BEGUN_US    INT64_C(7000000000)

struct bench {
	struct config *config;
	struct store *store;
	struct watch watch;
	struct probe *probe;
	int64_t now_ms;
};

static void start(struct bench *bench)
{
	struct config_request request = {.file = "test",
					 .text = "[target a]\nurl = http://127.0.0.1:1/\n"};
	struct errors errors = {0};

	*bench = (struct bench){.config = config_load(&request, &errors), .now_ms = 1000000};
	assert_non_null(bench->config);
	errors_free(&errors);
	bench->store = store_open(bench->config);
	bench->watch.target = &bench->config->targets[0];
	bench->watch.rounds = UINT32_MAX;
	judge_init(&bench->watch.judge, &bench->watch.verdict);
	bench->probe = calloc(1, sizeof *bench->probe);
	bench->probe->watch = &bench->watch;
}

static void end(struct bench *bench)
{
	free(bench->probe);
	store_close(bench->store);
	config_free(bench->config);
}

static void feed_status(struct bench *bench, int count, int32_t wait_ms, enum probe_class cls,
			uint16_t status)
{
	for (int i = 0; i < count; i++) {
		struct sample sample = sample_blank(bench->now_ms);
		struct judgement judgement = {0};

		sample.phase_us[PHASE_CONNECT] = 1000;
		sample.phase_us[PHASE_WAIT] = (wait_ms + i % 3) * 1000;
		sample.total_us = (wait_ms + i % 3) * 1000 + 1000;
		sample.status = status;
		sample.cls = cls;
		judge_sample(&bench->watch.judge, bench->watch.target, &sample, "",
			     &bench->watch.verdict, &judgement);
		store_put_judgement(bench->store, 0, &bench->watch.judge, &bench->watch.verdict,
				    &judgement);
		bench->now_ms += INTERVAL_US / 1000;
	}
}

static void feed(struct bench *bench, int count, int32_t wait_ms, enum probe_class cls)
{
	feed_status(bench, count, wait_ms, cls, 200);
}

/* A probe that has waited so long for its answer. */
static bool look_after(struct bench *bench, int64_t age_us)
{
	struct probe *probe = bench->probe;

	probe->at_ms = bench->now_ms;
	probe->begun_us = probe->hop_us = BEGUN_US;
	for (int i = 0; i < PHASE_COUNT; i++)
		probe->phase_us[i] = ABSENT_US;
	probe->timeline = (struct timeline){.stage = STAGE_WAIT,
					    .connect_us = ABSENT_US,
					    .opened_us = BEGUN_US,
					    .winner_us = BEGUN_US,
					    .ready_us = BEGUN_US + 1000,
					    .sent_us = BEGUN_US + 1000};
	return doubt_look(probe, bench->store, BEGUN_US + age_us);
}

static void a_probe_under_way_is_a_sample_of_its_age(void **state)
{
	struct bench bench;
	struct sample sample;

	(void)state;
	start(&bench);
	look_after(&bench, 400000);
	sample = run_so_far(bench.probe, BEGUN_US + 400000);
	assert_int_equal(sample.cls, CLASS_OK);
	assert_int_equal(sample.total_us, 400000);
	assert_int_equal(sample.phase_us[PHASE_CONNECT], 1000);
	assert_int_equal(sample.phase_us[PHASE_WAIT], 399000);
	assert_int_equal(sample.phase_us[PHASE_TRANSFER], ABSENT_US);

	bench.probe->timeline = (struct timeline){
		.stage = STAGE_CONNECT, .connect_us = ABSENT_US, .opened_us = BEGUN_US + 2000};
	bench.probe->phase_us[PHASE_DNS] = 2000;
	sample = run_so_far(bench.probe, BEGUN_US + 400000);
	assert_int_equal(sample.phase_us[PHASE_DNS], 2000);
	assert_int_equal(sample.phase_us[PHASE_CONNECT], 398000);
	assert_int_equal(sample.phase_us[PHASE_WAIT], ABSENT_US);

	bench.probe->timeline = (struct timeline){.stage = STAGE_NAME};
	bench.probe->phase_us[PHASE_DNS] = ABSENT_US;
	sample = run_so_far(bench.probe, BEGUN_US + 400000);
	assert_int_equal(sample.phase_us[PHASE_DNS], 400000);
	assert_int_equal(sample.phase_us[PHASE_CONNECT], ABSENT_US);
	end(&bench);
}

static void is_let_alone_until_it_is_unusual(void **state)
{
	struct bench bench;

	(void)state;
	start(&bench);
	bench.probe->begun_us = BEGUN_US;
	doubt_begin(bench.probe);
	assert_true(bench.probe->look_us == INT64_MAX);
	feed(&bench, 40, 50, CLASS_OK);
	doubt_begin(bench.probe);
	assert_in_range(bench.probe->look_us - BEGUN_US, 150000, 400000);
	look_after(&bench, 300000);
	assert_true(bench.probe->look_us == BEGUN_US + 550000);
	look_after(&bench, 8000000);
	assert_true(bench.probe->look_us == BEGUN_US + 10000000);
	end(&bench);
}

static void tells_of_load_while_the_probe_is_under_way(void **state)
{
	struct incident incident;
	struct bench bench;

	(void)state;
	start(&bench);
	feed(&bench, 200, 50, CLASS_OK);
	feed(&bench, 2, 3000, CLASS_OK);
	assert_int_equal(bench.watch.verdict.load.level, LOAD_CALM);
	assert_false(look_after(&bench, 100000));
	assert_true(look_after(&bench, 3000000));
	assert_true(bench.watch.verdict.load.level >= LOAD_ELEVATED);
	assert_int_equal(store_incidents(bench.store, 0, &incident, 1), 1);
	assert_int_equal(incident.kind, INCIDENT_LOAD);
	/* the same again is nothing new */
	assert_false(look_after(&bench, 3100000));
	end(&bench);
}

static void our_own_trouble_is_not_looked_at(void **state)
{
	struct bench bench;

	(void)state;
	start(&bench);
	feed(&bench, 200, 50, CLASS_OK);
	feed(&bench, 2, 3000, CLASS_OK);
	bench.probe->tainted = true;
	assert_false(look_after(&bench, 3000000));
	bench.probe->tainted = false;
	bench.watch.paused = true;
	assert_false(look_after(&bench, 3000000));
	assert_int_equal(bench.watch.verdict.load.level, LOAD_CALM);
	end(&bench);
}

static void asks_once_more_after_an_outlier_or_a_failure(void **state)
{
	static const struct {
		int32_t wait_ms;
		enum probe_class cls;
	} doubts[] = {{900, CLASS_OK}, {50, CLASS_REFUSED}, {50, CLASS_TIMEOUT_FIRST_BYTE}};
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < sizeof doubts / sizeof *doubts; i++) {
		start(&bench);
		feed(&bench, 40, 50, CLASS_OK);
		assert_false(doubt_asks_again(&bench.watch, BEGUN_US + INTERVAL_US, BEGUN_US));
		feed(&bench, 1, doubts[i].wait_ms, doubts[i].cls);
		assert_true(doubt_asks_again(&bench.watch, BEGUN_US + INTERVAL_US, BEGUN_US));
		feed(&bench, 1, 50, CLASS_OK);
		assert_false(doubt_asks_again(&bench.watch, BEGUN_US + INTERVAL_US, BEGUN_US));
		end(&bench);
	}
}

static void asks_once_more_only_where_load_may_be_the_cause(void **state)
{
	static const struct {
		uint16_t status;
		int32_t wait_ms;
		bool asks;
	} answers[] = {{429, 50, true},  {502, 50, true},  {503, 50, true},  {504, 50, true},
		       {520, 50, true},  {529, 50, true},  {500, 50, false}, {500, 900, true},
		       {501, 50, false}, {404, 50, false}, {403, 50, false}};
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		start(&bench);
		feed(&bench, 40, 50, CLASS_OK);
		feed_status(&bench, 1, answers[i].wait_ms, CLASS_HTTP_STATUS, answers[i].status);
		assert_int_equal(
			doubt_asks_again(&bench.watch, BEGUN_US + INTERVAL_US, BEGUN_US),
			answers[i].asks);
		end(&bench);
	}
	/* what is usual is not known yet */
	start(&bench);
	feed(&bench, 28, 50, CLASS_OK);
	feed(&bench, 1, 50, CLASS_REFUSED);
	assert_false(doubt_asks_again(&bench.watch, BEGUN_US + INTERVAL_US, BEGUN_US));
	end(&bench);
}

static void asks_again_at_most_once_an_interval(void **state)
{
	struct bench bench;

	(void)state;
	start(&bench);
	feed(&bench, 40, 50, CLASS_OK);
	feed(&bench, 1, 900, CLASS_OK);
	bench.watch.doubt_us = BEGUN_US - INTERVAL_US + 1;
	assert_false(doubt_asks_again(&bench.watch, BEGUN_US + INTERVAL_US, BEGUN_US));
	assert_true(doubt_asks_again(&bench.watch, BEGUN_US + INTERVAL_US, BEGUN_US + 1));
	end(&bench);
}

static void never_asks_where_it_may_not(void **state)
{
	struct bench bench;
	struct watch *watch = &bench.watch;

	(void)state;
	start(&bench);
	feed(&bench, 40, 50, CLASS_OK);
	feed(&bench, 1, 900, CLASS_OK);
	watch->paused = true;
	assert_false(doubt_asks_again(watch, BEGUN_US + INTERVAL_US, BEGUN_US));
	watch->paused = false;
	watch->waiting = true;
	assert_false(doubt_asks_again(watch, BEGUN_US + INTERVAL_US, BEGUN_US));
	watch->waiting = false;
	watch->rounds = 3;
	assert_false(doubt_asks_again(watch, BEGUN_US + INTERVAL_US, BEGUN_US));
	watch->rounds = UINT32_MAX;
	watch->verdict.retry_after_ms = clock_wall_ms() + 60000;
	assert_false(doubt_asks_again(watch, BEGUN_US + INTERVAL_US, BEGUN_US));
	watch->verdict.retry_after_ms = clock_wall_ms() - 1;
	assert_true(doubt_asks_again(watch, BEGUN_US + INTERVAL_US, BEGUN_US));
	/* the next one comes by itself */
	assert_false(doubt_asks_again(watch, BEGUN_US + 100000, BEGUN_US));
	end(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_probe_under_way_is_a_sample_of_its_age),
		cmocka_unit_test(is_let_alone_until_it_is_unusual),
		cmocka_unit_test(tells_of_load_while_the_probe_is_under_way),
		cmocka_unit_test(our_own_trouble_is_not_looked_at),
		cmocka_unit_test(asks_once_more_after_an_outlier_or_a_failure),
		cmocka_unit_test(asks_once_more_only_where_load_may_be_the_cause),
		cmocka_unit_test(asks_again_at_most_once_an_interval),
		cmocka_unit_test(never_asks_where_it_may_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
