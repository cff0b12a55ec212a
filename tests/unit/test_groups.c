/*
 * Groups of targets: what one line says of many, how they fold, and that the selection follows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "face/tui/groups.h"
#include "unit/stage.h"

static int setup(void **state)
{
	struct stage *stage = x_calloc(1, sizeof(*stage));

	stage_init(stage, &(struct play){0});
	canvas_resize(stage->canvas, 120, 60);
	tui_draw(stage->tui, stage->canvas);
	*state = stage;
	return 0;
}

static int teardown(void **state)
{
	stage_fini(*state);
	free(*state);
	return 0;
}

static void the_group_with_the_worst_trouble_is_on_top(void **state)
{
	struct stage *stage = *state;

	press(stage, "t");
	assert_true(line_of(stage, "▾ shop 12") < line_of(stage, "▾ partner 2"));
	assert_true(line_of(stage, "▾ partner 2") < line_of(stage, "▾ eu 28"));
	assert_true(shows(stage, "2 down"));
	assert_true(shows(stage, "28 up"));
	press(stage, "t");
	assert_false(shows(stage, "▾ shop"));
}

static void sorting_goes_on_within_groups(void **state)
{
	struct stage *stage = *state;

	press(stage, "ts");
	press(stage, "j\r"); /* by name */
	assert_true(line_of(stage, "▾ shop 12") < line_of(stage, " auth "));
	assert_true(line_of(stage, " auth ") < line_of(stage, " billing "));
	assert_true(line_of(stage, " search ") < line_of(stage, "▾ media 5"));
	/* the file's order of groups, whatever their trouble */
	assert_true(line_of(stage, "▾ shop 12") < line_of(stage, "▾ media 5"));
	assert_true(line_of(stage, "▾ media 5") < line_of(stage, "▾ partner 2"));
}

static void a_folded_group_stays_folded(void **state)
{
	struct stage *stage = *state;

	press(stage, "tg\r");
	assert_true(shows(stage, "▸ shop 12"));
	assert_false(shows(stage, " cart  "));
	pass_time(stage, 10000);
	assert_true(shows(stage, "▸ shop 12"));
	press(stage, "tt");
	assert_true(shows(stage, "▸ shop 12"));
	press(stage, "g+");
	assert_true(shows(stage, "▾ shop 12"));
	press(stage, "-");
	assert_true(shows(stage, "▸ shop 12"));
}

static void the_selection_follows_into_groups_and_out(void **state)
{
	struct stage *stage = *state;

	press(stage, "jjj"); /* media-cdn */
	press(stage, "t");
	assert_int_equal(stage->canvas->cursor_y, line_of(stage, " media-cdn "));
	press(stage, "t");
	assert_int_equal(stage->canvas->cursor_y, line_of(stage, " media-cdn "));
}

static void a_filter_hides_groups_without_a_match(void **state)
{
	struct stage *stage = *state;

	press(stage, "t/gateway\r");
	assert_true(shows(stage, "5 of 49"));
	assert_true(shows(stage, "▾ eu"));
	assert_false(shows(stage, "▾ shop"));
}

static void next_target_leaves_heads_out(void **state)
{
	struct stage *stage = *state;

	press(stage, "tjj\r"); /* search or checkout-api, the last of the two that are down */
	for (int i = 0; i < 60; i++) {
		press(stage, "l");
		assert_true(shows(stage, "‹ ") || shows(stage, "› "));
	}
}

static void a_groups_line_asks_for_nothing(void **state)
{
	struct stage *stage = *state;

	press(stage, "tg");
	assert_int_equal(tui_key(stage->tui, 'p').ask, TUI_ASK_NOTHING);
	assert_int_equal(tui_key(stage->tui, ' ').ask, TUI_ASK_NOTHING);
}

static void a_merged_bin_adds_checks_and_takes_the_median_against_the_usual(void **state)
{
	const struct bin bins[] = {
		{.good = 2, .median_us = 10000, .max_us = 11000},
		{.good = 1, .median_us = 400000, .max_us = 400000},
		{.good = 1, .failed = 1, .median_us = 60000, .max_us = 60000, .letter = '5'},
		{.failed = 3, .median_us = ABSENT_US, .max_us = ABSENT_US, .letter = 'T'},
		{.median_us = ABSENT_US, .max_us = ABSENT_US},
	};
	const struct bin *const all[] = {&bins[0], &bins[1], &bins[2], &bins[3], &bins[4]};
	const int32_t usual_us[] = {10000, 100000, 20000, 5000, 5000};
	int32_t scratch[5];
	struct bin merged;

	(void)state;
	groups_merge_bin(&merged, all, usual_us, 5, scratch);
	assert_int_equal(merged.good, 4);
	assert_int_equal(merged.failed, 4);
	assert_int_equal(merged.letter, 'T');
	assert_int_equal(merged.median_us, 3 * GROUP_USUAL_US); /* of 1, 4 and 3 times */
	assert_int_equal(merged.max_us, 400000);
	groups_merge_bin(&merged, all, NULL, 5, scratch);
	assert_int_equal(merged.median_us, 60000);
	groups_merge_bin(&merged, all + 4, usual_us + 4, 1, scratch);
	assert_int_equal(merged.good + merged.failed, 0);
	assert_int_equal(merged.median_us, ABSENT_US);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_group_with_the_worst_trouble_is_on_top),
		TEST(sorting_goes_on_within_groups),
		TEST(a_folded_group_stays_folded),
		TEST(the_selection_follows_into_groups_and_out),
		TEST(a_filter_hides_groups_without_a_match),
		TEST(next_target_leaves_heads_out),
		TEST(a_groups_line_asks_for_nothing),
		cmocka_unit_test(a_merged_bin_adds_checks_and_takes_the_median_against_the_usual),
	};

	return cmocka_run_group_tests_name("groups", tests, NULL, NULL);
}
