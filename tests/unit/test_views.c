/*
 * Columns chosen by menu, explained by a card, and saved views.
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
#include "face/tui/place.h"
#include "face/tui/term.h"
#include "face/tui/views.h"
#include "unit/stage.h"

static int setup(void **state)
{
	struct stage *stage = x_calloc(1, sizeof(*stage));

	stage_init(stage, &(struct play){0});
	stage->scenario.config.views[1] = (struct saved_view){
		.filter = "gateway", .sort = "target", .columns = "result, p50 ,up"};
	stage->scenario.config.views[2] = (struct saved_view){.filter = "", .sort = "-p95"};
	canvas_resize(stage->canvas, 120, 40);
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

static void columns_are_hidden_shown_and_moved(void **state)
{
	struct stage *stage = *state;

	assert_true(shows(stage, "   up %"));
	press(stage, "C");
	assert_true(shows(stage, "── columns"));
	press(stage, "jjjjjjj "); /* target result last p50 p95 load history up */
	assert_true(shows(stage, "[ ] up"));
	press(stage, "\x1b");
	assert_false(shows(stage, "up %  "));
	press(stage, "CG "); /* the last one, the group */
	press(stage, "<<<<<<<<<<<<<\x1b");
	assert_true(shows(stage, " group      target"));
	assert_true(shows(stage, " shop       search"));
}

static void names_cannot_be_hidden(void **state)
{
	struct stage *stage = *state;

	press(stage, "Cg \x1b");
	assert_true(shows(stage, "checkout-api"));
}

static void a_card_says_what_a_number_is(void **state)
{
	struct stage *stage = *state;

	press(stage, "sjjjjj?");
	assert_true(shows(stage, "── p95"));
	assert_true(shows(stage, "nearest rank"));
	assert_true(shows(stage, "search: 720 checks from 13:32"));
	assert_true(shows(stage, "6 of them"));
	press(stage, "x");
	assert_true(shows(stage, "sort by"));
	press(stage, "\x1b");
	assert_false(shows(stage, "sort by"));
}

static void a_view_sets_filter_sorting_and_columns(void **state)
{
	struct stage *stage = *state;

	press(stage, "1");
	assert_true(shows(stage, "view 1: /gateway"));
	assert_true(shows(stage, "5 of 49"));
	assert_false(shows(stage, "p95 ▂"));
	assert_true(line_of(stage, "gateway-eu-1") < line_of(stage, "partner-gateway  "));
	press(stage, "1");
	assert_true(shows(stage, "view 1 taken back"));
	assert_true(shows(stage, "p95 ▂"));
	assert_false(shows(stage, "5 of 49"));
}

/* There is room for each column once, in the table as in the menu. */
static void a_column_named_twice_is_shown_once(void **state)
{
	struct stage *stage = *state;
	const char *found;
	char *picture;

	stage->scenario.config.views[3] = (struct saved_view){
		.columns = "p95 last p95 last up p95 last up p95 last up p95 last up p95 last up"};
	press(stage, "3C");
	assert_true(shows(stage, "[x] up"));
	press(stage, "\x1b");
	picture = canvas_text(stage->canvas);
	found = strstr(picture, "last ms");
	assert_non_null(found);
	assert_null(strstr(found + 1, "last ms"));
	free(picture);
	press(stage, "3");
}

static void a_view_may_sort_the_other_way_round(void **state)
{
	struct stage *stage = *state;

	press(stage, "2");
	assert_true(shows(stage, "p95▴") || shows(stage, "▴p95"));
	assert_true(line_of(stage, "partner-gateway") > line_of(stage, "plain-status  ") ||
		    !shows(stage, "partner-gateway  200"));
}

static void menus_obey_the_mouse(void **state)
{
	struct stage *stage = *state;
	int y;

	press(stage, "C");
	y = line_of(stage, "[x] up");
	tui_mouse(stage->tui, 60, y, MOUSE_CLICK);
	tui_draw(stage->tui, stage->canvas);
	assert_true(shows(stage, "[ ] up"));
	tui_mouse(stage->tui, 1, 1, MOUSE_CLICK);
	tui_draw(stage->tui, stage->canvas);
	assert_false(shows(stage, "── columns"));
	press(stage, "s");
	tui_mouse(stage->tui, 60, line_of(stage, "sort by") + 2, MOUSE_CLICK);
	tui_draw(stage->tui, stage->canvas);
	assert_false(shows(stage, "sort by"));
	assert_true(shows(stage, "target▾"));
}

/* Whatever the names are made of, what stands behind them stands in one column. */
static void wide_and_combining_names_keep_the_columns_straight(void **state)
{
	static const char *const names[] = {"東京-ステータス-日本語-とても長い名前",
					    "e\xcc\x81"
					    "cole-e\xcc\x81",
					    "עברית-api", "plain"};
	struct stage *stage = *state;
	const struct canvas *canvas = stage->canvas;

	for (size_t i = 0; i < 4; i++)
		text_copy(stage->scenario.names[4 + i], sizeof(stage->scenario.names[0]), names[i]);
	for (int width = 40; width <= 200; width += 3) {
		char *picture, *line;
		int result = -1;

		canvas_resize(stage->canvas, width, 40);
		tui_draw(stage->tui, stage->canvas);
		picture = canvas_text(canvas);
		line = strstr(picture, "plain");
		assert_non_null(line);
		free(picture);
		for (int y = 0; y < 12; y++)
			for (int x = 10; x + 2 < width; x++) {
				const struct cell_glyph *cell = &canvas->cells[y * width + x];

				if (strcmp(cell[0].text, "2") || strcmp(cell[1].text, "0") ||
				    x > 40 || strcmp(cell[-1].text, " "))
					continue;
				if (result < 0)
					result = x;
				if (width >= 60)
					assert_int_equal(x, result);
				break;
			}
	}
}

static void what_was_set_by_keys_outlives_a_reload(void **state)
{
	struct stage *stage = *state;
	struct tui_options options = {.source_name = "prod.ini"};
	struct place_in_tui place;
	struct errors errors = {0};

	press(stage, "/gateway\rt-jjj>>-Cjjjj \x1b");
	place = place_of(stage->tui);
	tui_free(stage->tui);
	stage->tui = tui_new(&stage->scenario.config, stage->scenario.store, &options, &errors);
	place_return(stage->tui, &place);
	tui_draw(stage->tui, stage->canvas);
	assert_true(shows(stage, "5 of 49"));
	assert_true(shows(stage, "▸ "));
	assert_false(shows(stage, "p95 ▂"));
	errors_free(&errors);
}

static void a_view_that_is_not_there_says_so(void **state)
{
	struct stage *stage = *state;

	press(stage, "7");
	assert_true(shows(stage, "there is no [view.7] in the configuration"));
}

static void mistakes_in_views_are_told_with_their_line(void **state)
{
	struct config config = {.file = "webmon.ini"};
	struct errors errors = {0};

	(void)state;
	config.views[3] =
		(struct saved_view){.sort = "p59", .columns = "result, nonsense", .line = 12};
	config.views[4] = (struct saved_view){.sort = "history", .line = 15};
	views_check(&config, &errors);
	assert_int_equal(errors.count, 3);
	assert_int_equal(errors.fatal, 0);
	assert_non_null(strstr(errors.items[0].text, "webmon.ini:12:"));
	assert_non_null(strstr(errors.items[0].text, "did you mean 'p95'?") ||
					strstr(errors.items[0].text, "did you mean 'p50'?")
				? errors.items[0].text
				: NULL);
	assert_non_null(strstr(errors.items[1].text,
			       "'nonsense' is no column to show; there are target, result, last, p50, p95, load, "
			       "history, up, for, cert, group"));
	assert_non_null(strstr(errors.items[2].text,
			       "webmon.ini:15: warning: [view.4]: 'history' is no column to sort by; there are state, target"));
	errors_free(&errors);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(columns_are_hidden_shown_and_moved),
		TEST(names_cannot_be_hidden),
		TEST(a_card_says_what_a_number_is),
		TEST(a_view_sets_filter_sorting_and_columns),
		TEST(a_column_named_twice_is_shown_once),
		TEST(a_view_may_sort_the_other_way_round),
		TEST(menus_obey_the_mouse),
		TEST(wide_and_combining_names_keep_the_columns_straight),
		TEST(what_was_set_by_keys_outlives_a_reload),
		TEST(a_view_that_is_not_there_says_so),
		cmocka_unit_test(mistakes_in_views_are_told_with_their_line),
	};

	return cmocka_run_group_tests_name("views", tests, NULL, NULL);
}
