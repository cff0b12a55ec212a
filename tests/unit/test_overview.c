/*
 * The fleet's numbers, the incidents' order and the histories' bins, out of a store filled by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "face/tui/histories.h"
#include "face/tui/incidents.h"
#include "face/tui/overview.h"
#include "unit/scenario.h"

#define MINUTE 60000LL

struct fixture {
	struct scenario scenario;
	struct rows *rows;
	struct overview *overview;
};

static int setup(void **state)
{
	struct fixture *f = x_calloc(1, sizeof(*f));

	scenario_init(&f->scenario, 4);
	f->rows = rows_new(&f->scenario.config, f->scenario.store);
	f->overview = overview_new(f->scenario.store);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	overview_free(f->overview);
	rows_free(f->rows);
	scenario_fini(&f->scenario);
	free(f);
	return 0;
}

static void push(struct fixture *f, size_t target, int64_t ago_ms, int total_ms)
{
	struct sample sample = total_ms < 0
				       ? scenario_bad(SCENARIO_NOW_MS - ago_ms, CLASS_REFUSED, 0)
				       : scenario_good(SCENARIO_NOW_MS - ago_ms, total_ms);

	scenario_push(&f->scenario, target, &sample, total_ms < 0 ? "connection refused" : "");
}

static struct overview_numbers numbers(struct fixture *f, int64_t after_ms)
{
	scenario_clock(after_ms);
	overview_refresh(f->overview, f->scenario.store, f->rows, SCENARIO_NOW_MS + after_ms);
	return overview_numbers(f->overview, SCENARIO_NOW_MS + after_ms);
}

static void says_nothing_before_there_is_anything(void **state)
{
	struct overview_numbers n = numbers(*state, 0);

	assert_int_equal(n.p50_us, ABSENT_US);
	assert_int_equal(n.p95_us, ABSENT_US);
	assert_true(n.rate < 0);
	assert_int_equal(n.late, 0);
}

static void percentiles_are_of_good_answers_and_right_to_a_percent(void **state)
{
	struct fixture *f = *state;
	struct overview_numbers n;

	for (int i = 1; i <= 100; i++)
		push(f, (size_t)i % 4, 1000 * i, 10 * i);
	for (int i = 0; i < 50; i++)
		push(f, 1, 500, -1);
	n = numbers(f, 0);
	assert_in_range(n.p50_us, 495000, 505000);
	assert_in_range(n.p95_us, 940500, 959500);
}

static void each_sample_counts_once(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 10; i++) {
		push(f, 0, 1000, 20);
		numbers(f, 0);
		numbers(f, 0);
	}
	push(f, 0, 500, 2000);
	for (int i = 0; i < 9; i++)
		push(f, 1, 500, 2000);
	/* ten of twenty: the median is still the lower one, by nearest rank */
	assert_in_range(numbers(f, 0).p50_us, 19800, 20200);
	push(f, 1, 400, 2000);
	assert_in_range(numbers(f, 0).p50_us, 1980000, 2020000);
}

static void what_is_older_than_an_hour_counts_no_more(void **state)
{
	struct fixture *f = *state;

	push(f, 0, 0, 20);
	assert_true(numbers(f, 0).p50_us > 0);
	assert_true(numbers(f, 59 * MINUTE).p50_us > 0);
	assert_int_equal(numbers(f, 61 * MINUTE).p50_us, ABSENT_US);
}

static void counts_failing_targets_once_a_minute(void **state)
{
	struct fixture *f = *state;
	int failing[OVERVIEW_MINUTES];

	push(f, 3, 3 * MINUTE, 20);
	for (int i = 0; i < 5; i++)
		push(f, 0, 2 * MINUTE, -1);
	push(f, 1, 2 * MINUTE, -1);
	push(f, 2, 0, -1);
	numbers(f, 0);
	overview_failing(f->overview, SCENARIO_NOW_MS, failing, OVERVIEW_MINUTES);
	assert_int_equal(failing[59], 1);
	assert_int_equal(failing[58], -1); /* nothing was checked */
	assert_int_equal(failing[57], 2);
	assert_int_equal(failing[56], 0);
	assert_int_equal(failing[0], -1);
	overview_failing(f->overview, SCENARIO_NOW_MS, failing, 10);
	assert_int_equal(failing[9], 2);
}

static void measures_the_rate_of_checks(void **state)
{
	struct fixture *f = *state;

	for (int64_t after_ms = 0; after_ms <= 90000; after_ms += 5000) {
		f->scenario.fleet.probes = (uint64_t)after_ms / 100 + 1;
		store_put_fleet(f->scenario.store, 0, &f->scenario.fleet);
		numbers(f, after_ms);
	}
	assert_int_equal((int)(numbers(f, 90000).rate * 10 + 0.5), 100);
}

/* A viewer has not counted yet, but the samples are there. */
static void whoever_has_just_come_is_told_the_rate_of_the_last_minute(void **state)
{
	struct fixture *f = *state;
	int64_t minute_ms = SCENARIO_NOW_MS / MINUTE * MINUTE;

	for (int i = 0; i < 120; i++)
		push(f, 0, SCENARIO_NOW_MS - (minute_ms - MINUTE) - i * 500, i % 2 ? 20 : -1);
	f->scenario.fleet.started_ms = minute_ms - 3 * MINUTE;
	store_put_fleet(f->scenario.store, 0, &f->scenario.fleet);
	assert_int_equal((int)(numbers(f, 0).rate * 10 + 0.5), 20);
	/* of a minute in which the recorder began, part was without checks */
	f->scenario.fleet.started_ms = minute_ms - MINUTE / 2;
	store_put_fleet(f->scenario.store, 0, &f->scenario.fleet);
	assert_true(numbers(f, 0).rate < 0);
}

/* Of chosen targets what is counted goes on over the time in which there was no recorder. */
static void the_rate_begins_anew_with_the_recorder(void **state)
{
	struct fixture *f = *state;

	for (int64_t after_ms = 0; after_ms <= 90000; after_ms += 5000) {
		f->scenario.fleet.probes = (uint64_t)after_ms / 100 + 1;
		store_put_fleet(f->scenario.store, 0, &f->scenario.fleet);
		numbers(f, after_ms);
	}
	f->scenario.fleet.started_ms = SCENARIO_NOW_MS + 900000;
	for (int64_t after_ms = 900000; after_ms <= 920000; after_ms += 5000) {
		f->scenario.fleet.probes += 50;
		store_put_fleet(f->scenario.store, 0, &f->scenario.fleet);
		numbers(f, after_ms);
	}
	assert_int_equal((int)(numbers(f, 920000).rate * 10 + 0.5), 100);
}

/* A recorder that starts anew counts from nothing, and a clock may be set back. */
static void the_rate_begins_anew_where_the_counter_or_the_clock_went_back(void **state)
{
	struct fixture *f = *state;
	int64_t after_ms = 0;

	for (; after_ms <= 60000; after_ms += 5000) {
		f->scenario.fleet.probes = 100000 + (uint64_t)after_ms / 100;
		store_put_fleet(f->scenario.store, 0, &f->scenario.fleet);
		numbers(f, after_ms);
	}
	assert_int_equal((int)(numbers(f, 60000).rate + 0.5), 10);
	f->scenario.fleet.probes = 7;
	f->scenario.fleet.started_ms = SCENARIO_NOW_MS + after_ms;
	store_put_fleet(f->scenario.store, 0, &f->scenario.fleet);
	assert_true(numbers(f, after_ms).rate < 0);
	for (int i = 0; i < 3; i++) {
		f->scenario.fleet.probes += 100;
		store_put_fleet(f->scenario.store, 0, &f->scenario.fleet);
		numbers(f, i * 5000 - 600000);
	}
	assert_int_equal((int)(numbers(f, 10000 - 600000).rate + 0.5), 20);
}

/* ---- incidents ---- */

static void names_in_order(const struct incidents *incidents, const char *expected)
{
	char shown[16] = "";

	for (size_t i = 0; i < incidents->count && i < 15; i++)
		shown[i] = incidents_at(incidents, i)->result[0];
	assert_string_equal(shown, expected);
}

static uint64_t put(struct fixture *f, const char *result, int64_t opened_ago_ms,
		    int64_t last_ago_ms, bool closed)
{
	struct incident incident = {
		.kind = INCIDENT_DOWN,
		.count = 1,
		.opened_ms = SCENARIO_NOW_MS - opened_ago_ms,
		.last_ms = SCENARIO_NOW_MS - last_ago_ms,
		.closed_ms = closed ? SCENARIO_NOW_MS - last_ago_ms : 0,
	};

	text_copy(incident.result, sizeof(incident.result), result);
	return store_put_incident(f->scenario.store, &incident);
}

static void what_goes_on_comes_first_and_keeps_its_place(void **state)
{
	struct fixture *f = *state;
	struct incidents incidents;
	struct incident again;

	incidents_init(&incidents, f->scenario.store);
	put(f, "A", 60000, 4000, false);
	put(f, "B", 30000, 2000, false);
	put(f, "C", 20000, 1000, true);
	put(f, "D", 600000, 300000, false); /* open, but quiet for minutes */
	assert_true(incidents_refresh(&incidents, f->scenario.store, SCENARIO_NOW_MS, false));
	names_in_order(&incidents, "BACD");
	assert_int_equal(incidents.open, 3);
	assert_int_equal(incidents.day, 4);
	again = *incidents_by_id(&incidents, 1);
	again.last_ms = SCENARIO_NOW_MS + 1000; /* A fails again, after B did */
	again.count = 2;
	store_put_incident(f->scenario.store, &again);
	assert_true(
		incidents_refresh(&incidents, f->scenario.store, SCENARIO_NOW_MS + 1000, false));
	names_in_order(&incidents, "BACD");
	assert_int_equal(incidents_by_id(&incidents, 1)->count, 2);
	assert_false(
		incidents_refresh(&incidents, f->scenario.store, SCENARIO_NOW_MS + 1100, false));
	incidents_fini(&incidents);
}

static void what_is_checked_rarely_goes_on_until_its_next_check_is_late(void **state)
{
	struct fixture *f = *state;
	struct target rare = {.interval_ms = 300000, .timeout_ms = 10000};
	struct config config = {.targets = &rare, .target_count = 1};
	struct incidents incidents;

	incidents_init(&incidents, f->scenario.store);
	incidents.config = &config;
	put(f, "A", 900000, 400000, false); /* the target's: a check is late, but may yet come */
	put(f, "B", 300000, 200000, true);
	incidents_refresh(&incidents, f->scenario.store, SCENARIO_NOW_MS, false);
	names_in_order(&incidents, "AB");
	incidents_refresh(&incidents, f->scenario.store, SCENARIO_NOW_MS + 211000, false);
	names_in_order(&incidents, "BA");
	incidents_fini(&incidents);
}

static void held_ones_stay_and_new_ones_wait_at_the_end(void **state)
{
	struct fixture *f = *state;
	struct incidents incidents;

	incidents_init(&incidents, f->scenario.store);
	put(f, "A", 60000, 4000, true);
	put(f, "B", 30000, 2000, true);
	incidents_refresh(&incidents, f->scenario.store, SCENARIO_NOW_MS, false);
	names_in_order(&incidents, "BA");
	put(f, "C", 1000, 1000, false);
	incidents_refresh(&incidents, f->scenario.store, SCENARIO_NOW_MS, true);
	names_in_order(&incidents, "BAC");
	assert_true(incidents.pending);
	incidents_refresh(&incidents, f->scenario.store, SCENARIO_NOW_MS, false);
	names_in_order(&incidents, "CBA");
	incidents_fini(&incidents);
}

static void keeps_the_newest_incidents_when_full(void **state)
{
	struct fixture *f = *state;
	struct incidents incidents;
	size_t capacity;

	incidents_init(&incidents, f->scenario.store);
	capacity = incidents.capacity;
	for (size_t i = 0; i < capacity + 50; i++) {
		put(f, "A", 60000, 60000, true);
		if (i % 7 == 0)
			incidents_refresh(&incidents, f->scenario.store, SCENARIO_NOW_MS, i % 2);
	}
	incidents_refresh(&incidents, f->scenario.store, SCENARIO_NOW_MS, false);
	assert_int_equal(incidents.count, capacity);
	assert_null(incidents_by_id(&incidents, 1));
	assert_non_null(incidents_by_id(&incidents, capacity + 50));
	incidents_fini(&incidents);
}

/* ---- histories ---- */

static void computes_a_history_only_when_something_is_new(void **state)
{
	struct fixture *f = *state;
	struct history history;
	struct history_wish wish = {.row = &f->rows->items[0],
				    .count = 10,
				    .width_ms = 5000,
				    .end_ms = SCENARIO_NOW_MS};

	history_init(&history, 20);
	for (int i = 9; i >= 0; i--)
		push(f, 0, 5000 * i, 100 + i);
	rows_refresh(f->rows, f->scenario.store);
	assert_true(history_refresh(&history, f->scenario.store, f->rows, &wish));
	assert_false(history_refresh(&history, f->scenario.store, f->rows, &wish));
	assert_in_range(history.bins[9].median_us, 99900, 100100);
	assert_in_range(history.bins[0].median_us, 108900, 109100);
	assert_in_range(history.top_us, 136000, 136500); /* 1.25 x 109 ms */
	wish.end_ms += 5000;
	assert_true(history_refresh(&history, f->scenario.store, f->rows, &wish));
	assert_int_equal(history.bins[9].good, 0);
	wish.width_ms = MINUTE;
	assert_true(history_refresh(&history, f->scenario.store, f->rows, &wish));
	wish.count = 500; /* more than there is room for */
	assert_true(history_refresh(&history, f->scenario.store, f->rows, &wish));
	assert_int_equal(history.count, 20);
	history_fini(&history);
}

static void reads_back_as_far_as_the_span(void **state)
{
	struct fixture *f = *state;
	struct history history;
	struct history_wish wish = {.row = &f->rows->items[0],
				    .count = 20,
				    .width_ms = 5000,
				    .end_ms = SCENARIO_NOW_MS};
	unsigned good = 0;

	/* ten times as many samples as the schedule says: somebody leant on the space bar */
	history_init(&history, 20);
	for (int i = 0; i < 1000; i++)
		push(f, 0, 100000 - 100 * i, 50);
	rows_refresh(f->rows, f->scenario.store);
	history_refresh(&history, f->scenario.store, f->rows, &wish);
	for (int i = 0; i < 20; i++)
		good += history.bins[i].good;
	assert_in_range(good, 950, 1000);
	history_fini(&history);
}

static void knows_the_last_check_before_its_bins(void **state)
{
	struct fixture *f = *state;
	struct history history;
	struct history_wish wish = {.row = &f->rows->items[0],
				    .count = 10,
				    .width_ms = 5000,
				    .end_ms = SCENARIO_NOW_MS};
	struct sample ours = scenario_bad(SCENARIO_NOW_MS - 100000, CLASS_LOCAL, 0);

	history_init(&history, 20);
	history_refresh(&history, f->scenario.store, f->rows, &wish);
	assert_int_equal(history.before.bin.good, 0);
	for (int i = 4; i > 0; i--)
		push(f, 0, 300000 * i, 100 + i);
	scenario_push(&f->scenario, 0, &ours, "no descriptors");
	rows_refresh(f->rows, f->scenario.store);
	history_refresh(&history, f->scenario.store, f->rows, &wish);
	assert_int_equal(history.before.bin.good, 1);
	assert_in_range(history.before.bin.median_us, 100900, 101100);
	/* 300 s are 60 bins, of which 10 are shown */
	assert_int_equal(history.before.bins, 50);
	assert_in_range(history.top_us, 125000, 127000);
	push(f, 0, 45000, 100); /* the first bin has one: nothing is to be held */
	rows_refresh(f->rows, f->scenario.store);
	history_refresh(&history, f->scenario.store, f->rows, &wish);
	assert_int_equal(history.before.bin.good, 0);
	history_fini(&history);
}

static void a_check_that_hung_is_in_every_bin_it_hung_through(void **state)
{
	struct fixture *f = *state;
	struct sample hung = scenario_bad(SCENARIO_NOW_MS - 40000, CLASS_TIMEOUT_FIRST_BYTE, 0);
	struct history history;
	struct history_wish wish = {.row = &f->rows->items[0],
				    .count = 10,
				    .width_ms = 5000,
				    .end_ms = SCENARIO_NOW_MS};

	history_init(&history, 10);
	hung.total_us = 21000000;
	push(f, 0, 45000, 50);
	scenario_push(&f->scenario, 0, &hung, "");
	push(f, 0, 30000, 50); /* by key, meanwhile */
	rows_refresh(f->rows, f->scenario.store);
	history_refresh(&history, f->scenario.store, f->rows, &wish);
	assert_int_equal(history.bins[0].letter, 0);
	for (int i = 1; i <= 5; i++)
		assert_int_equal(history.bins[i].letter, i == 3 ? 0 : 'T');
	assert_int_equal(history.bins[1].failed, 1);
	assert_int_equal(history.bins[2].failed, 1); /* the start that it took the place of */
	assert_int_equal(history.bins[6].letter, 0);
	history_fini(&history);
}

static void an_answer_that_took_long_is_in_every_bin_it_took(void **state)
{
	struct fixture *f = *state;
	struct history history;
	struct history_wish wish = {.row = &f->rows->items[0],
				    .count = 10,
				    .width_ms = 1000,
				    .end_ms = SCENARIO_NOW_MS};

	history_init(&history, 10);
	push(f, 0, 8000, 3500);
	push(f, 0, 2000, 900); /* over the edge of its bin, but in nobody's place */
	rows_refresh(f->rows, f->scenario.store);
	history_refresh(&history, f->scenario.store, f->rows, &wish);
	for (int i = 0; i < 10; i++)
		assert_int_equal(history.bins[i].good, (i >= 1 && i <= 4) || i == 7);
	assert_in_range(history.bins[4].median_us, 3499000, 3501000);
	history_fini(&history);
}

/* Rollups count a check where it began; between two that were rarer than minutes there is none. */
static void a_hang_of_minutes_is_in_every_minute(void **state)
{
	struct fixture *f = *state;
	struct sample hung =
		scenario_bad(SCENARIO_NOW_MS - 4 * MINUTE, CLASS_TIMEOUT_FIRST_BYTE, 0);
	struct history history;
	struct target target = *f->rows->items[0].target;
	struct row row = f->rows->items[0];
	struct history_wish wish = {
		.row = &row, .count = 8, .width_ms = MINUTE, .end_ms = SCENARIO_NOW_MS};

	target.timeout_ms = 3 * MINUTE;
	row.target = &target;
	history_init(&history, 8);
	hung.total_us = 2 * MINUTE * 1000;
	scenario_push(&f->scenario, 0, &hung, "");
	push(f, 0, 1000, 50);
	rows_refresh(f->rows, f->scenario.store);
	history_refresh(&history, f->scenario.store, f->rows, &wish);
	for (int i = 0; i < 8; i++)
		assert_int_equal(history.bins[i].letter, i >= 3 && i <= 5 ? 'T' : 0);
	history_fini(&history);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(says_nothing_before_there_is_anything),
		TEST(percentiles_are_of_good_answers_and_right_to_a_percent),
		TEST(each_sample_counts_once),
		TEST(what_is_older_than_an_hour_counts_no_more),
		TEST(counts_failing_targets_once_a_minute),
		TEST(measures_the_rate_of_checks),
		TEST(whoever_has_just_come_is_told_the_rate_of_the_last_minute),
		TEST(the_rate_begins_anew_with_the_recorder),
		TEST(the_rate_begins_anew_where_the_counter_or_the_clock_went_back),
		TEST(what_goes_on_comes_first_and_keeps_its_place),
		TEST(what_is_checked_rarely_goes_on_until_its_next_check_is_late),
		TEST(held_ones_stay_and_new_ones_wait_at_the_end),
		TEST(keeps_the_newest_incidents_when_full),
		TEST(computes_a_history_only_when_something_is_new),
		TEST(reads_back_as_far_as_the_span),
		TEST(knows_the_last_check_before_its_bins),
		TEST(a_check_that_hung_is_in_every_bin_it_hung_through),
		TEST(an_answer_that_took_long_is_in_every_bin_it_took),
		TEST(a_hang_of_minutes_is_in_every_minute),
	};

	return cmocka_run_group_tests_name("overview", tests, NULL, NULL);
}
