/*
 * face/tui/survey, marks and the kinds of a history: what is called usual does not rise with the
 * load it is there to show, two kinds of checks are never mixed, and every change is marked once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/text.h"
#include "face/tui/histories.h"
#include "face/tui/survey.h"
#include "unit/scenario.h"

#define TARGET 0
#define CALM   100 /* checks, then as many under load */

struct place {
	struct scenario scenario;
	struct rows *rows;
	struct incidents incidents;
	struct marks marks;
	struct survey survey;
};

static int64_t at_ms(int check)
{
	return SCENARIO_NOW_MS - (2 * CALM - check) * 5000;
}

static void refresh(struct place *place, bool dots)
{
	rows_refresh(place->rows, place->scenario.store);
	incidents_refresh(&place->incidents, place->scenario.store, SCENARIO_NOW_MS, false);
	marks_refresh(&place->marks, place->scenario.store, &place->incidents, TARGET);
	survey_refresh(&place->survey, place->scenario.store, place->rows,
		       &(struct survey_wish){.row = &place->rows->items[TARGET],
					     .marks = &place->marks,
					     .now_ms = SCENARIO_NOW_MS,
					     .dots = dots});
}

/* Calm at 80 to 89 ms, then ten times that. */
static int setup(void **state)
{
	static struct place place;

	memset(&place, 0, sizeof(place));
	scenario_init(&place.scenario, 2);
	for (int i = 0; i < 2 * CALM; i++) {
		struct sample sample = scenario_good(at_ms(i), (80 + i % 10) * (i < CALM ? 1 : 10));

		scenario_push(&place.scenario, TARGET, &sample, "");
	}
	place.scenario.verdicts[TARGET].usual_us = 84000;
	store_put_verdict(place.scenario.store, TARGET, &place.scenario.verdicts[TARGET]);
	place.rows = rows_new(&place.scenario.config, place.scenario.store);
	incidents_init(&place.incidents, place.scenario.store);
	*state = &place;
	return 0;
}

static int teardown(void **state)
{
	struct place *place = *state;

	survey_fini(&place->survey);
	incidents_fini(&place->incidents);
	rows_free(place->rows);
	scenario_fini(&place->scenario);
	return 0;
}

static void put_load(struct place *place)
{
	struct incident incident = {.target = TARGET,
				    .kind = INCIDENT_LOAD,
				    .opened_ms = at_ms(CALM),
				    .last_ms = SCENARIO_NOW_MS};

	store_put_incident(place->scenario.store, &incident);
}

static void the_band_does_not_rise_with_the_load(void **state)
{
	struct place *place = *state;

	refresh(place, false);
	assert_true(place->survey.calm_high_us > 800000);
	put_load(place);
	place->survey.known = false;
	refresh(place, false);
	assert_int_equal(place->survey.calm_low_us, 84000);
	assert_in_range(place->survey.calm_high_us, 87000, 89000);
}

static void without_a_usual_there_is_no_band(void **state)
{
	struct place *place = *state;

	place->scenario.verdicts[TARGET].usual_us = ABSENT_US;
	store_put_verdict(place->scenario.store, TARGET, &place->scenario.verdicts[TARGET]);
	refresh(place, false);
	assert_int_equal(place->survey.calm_low_us, ABSENT_US);
}

static void dots_are_read_when_they_are_wanted(void **state)
{
	struct place *place = *state;

	refresh(place, false);
	assert_int_equal(place->survey.dot_count, 0);
	refresh(place, true);
	assert_int_equal(place->survey.dot_count, 2 * CALM);
	assert_int_equal(place->survey.dots[0].at_ms, at_ms(0));
}

static void two_kinds_are_never_mixed(void **state)
{
	struct place *place = *state;
	struct target *target = &place->scenario.targets[TARGET];
	struct history cold, warm;
	struct history_wish wish = {
		.count = 40, .width_ms = 5000, .end_ms = SCENARIO_NOW_MS, .flag = SAMPLE_REUSED};

	target->keepalive = WISH_COLD_AND_WARM;
	for (int i = 0; i < 20; i++) {
		struct sample sample = scenario_good(SCENARIO_NOW_MS - (20 - i) * 5000 + 1000, 7);

		sample.flags |= SAMPLE_REUSED;
		scenario_push(&place->scenario, TARGET, &sample, "");
	}
	refresh(place, false);
	assert_string_equal(place->survey.split.first, "cold");
	assert_int_equal(place->survey.kinds[0].samples, 2 * CALM);
	assert_int_equal(place->survey.kinds[1].samples, 20);
	assert_int_equal(place->survey.kinds[1].max_us, 7000);
	history_init(&cold, HISTORY_COLUMNS_MAX);
	history_init(&warm, HISTORY_COLUMNS_MAX);
	wish.row = &place->rows->items[TARGET];
	history_refresh(&cold, place->scenario.store, place->rows, &wish);
	wish.value = SAMPLE_REUSED;
	history_refresh(&warm, place->scenario.store, place->rows, &wish);
	for (int i = 0; i < wish.count; i++) {
		assert_true(cold.bins[i].median_us == ABSENT_US ||
			    cold.bins[i].median_us >= 800000);
		assert_true(warm.bins[i].median_us == ABSENT_US || warm.bins[i].median_us == 7000);
	}
	assert_int_equal(warm.bins[wish.count - 2].good, 1);
	history_fini(&cold);
	history_fini(&warm);
}

static void kinds_of_targets(void **state)
{
	struct target target = {.keepalive = WISH_FRESH, .ip = WISH_IP_BOTH};

	(void)state;
	assert_int_equal(split_of(&target).flag, SAMPLE_IPV6);
	assert_string_equal(split_of(&target).second, "IPv6");
	target.ip = WISH_IP_AUTO;
	assert_int_equal(split_of(&target).flag, 0);
}

static void put_change(struct place *place, uint32_t target, int number)
{
	struct event event = {
		.at_ms = SCENARIO_NOW_MS - 1000 + number, .target = target, .kind = EVENT_CHANGED};

	text_format(event.detail, sizeof(event.detail), "change %d", number);
	store_put_event(place->scenario.store, &event);
}

static void every_change_is_marked_once(void **state)
{
	struct place *place = *state;

	put_change(place, TARGET, 1);
	put_change(place, TARGET + 1, 2);
	refresh(place, false);
	refresh(place, false);
	assert_int_equal(place->marks.change_count, 1);
	for (int i = 3; i < 3 + 2 * MARKS_MAX; i++)
		put_change(place, TARGET, i);
	refresh(place, false);
	assert_int_equal(place->marks.change_count, MARKS_MAX);
	assert_string_equal(place->marks.changes[MARKS_MAX - 1].text, "change 50");
	marks_refresh(&place->marks, place->scenario.store, &place->incidents, TARGET + 1);
	assert_int_equal(place->marks.change_count, 1);
	assert_string_equal(place->marks.changes[0].text, "change 2");
}

static void load_is_marked_while_it_lasts(void **state)
{
	struct place *place = *state;

	put_load(place);
	refresh(place, false);
	assert_false(marks_load_within(&place->marks, at_ms(0), at_ms(CALM)));
	assert_true(marks_load_within(&place->marks, at_ms(CALM), at_ms(CALM) + 1));
	assert_true(
		marks_load_within(&place->marks, SCENARIO_NOW_MS + 1000, SCENARIO_NOW_MS + 2000));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_band_does_not_rise_with_the_load), TEST(without_a_usual_there_is_no_band),
		TEST(dots_are_read_when_they_are_wanted),   TEST(two_kinds_are_never_mixed),
		cmocka_unit_test(kinds_of_targets),	    TEST(every_change_is_marked_once),
		TEST(load_is_marked_while_it_lasts),
	};

	return cmocka_run_group_tests_name("survey", tests, NULL, NULL);
}
