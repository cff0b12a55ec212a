/*
 * The grid: every cell in sight or scrolled to, at every size, and where the keys lead.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "face/tui/grid.h"
#include "face/tui/term.h"
#include "unit/stage.h"

static const uint32_t sizes[][4] = {
	{1, 0, 0, 0}, {12, 1, 30, 7}, {250, 250, 250, 250}, {0, 3, 0, 0}};

static struct grid_wish wish_of(size_t i)
{
	return (struct grid_wish){.longest_name = i % 2 ? 18 : 200,
				  .longest_group = i ? 7 : 0,
				  .group_sizes = sizes[i],
				  .groups = 4};
}

static void check_layout(const struct grid_layout *l, int width, int height)
{
	const struct rect rects[] = {l->verdict, l->cells, l->about, l->history, l->keys};
	int rows = 0;

	for (size_t i = 0; i < sizeof(rects) / sizeof(rects[0]); i++) {
		const struct rect *r = &rects[i];

		assert_true(r->height >= 0 && r->width >= 0);
		if (r->height)
			assert_true(r->y >= 0 && r->y + r->height <= height && r->width <= width);
		rows += r->height;
	}
	assert_true(rows <= height);
	if (l->counts_only)
		return;
	assert_true(l->cells.height > 0 && l->per_line > 0);
	assert_true(l->label_width + l->per_line * l->cell_width <= width);
}

/* Eight groups of 40 on 109 columns: room between the signs is worth less than one line a group. */
static void a_group_is_not_broken_for_room(void **state)
{
	const uint32_t of[] = {40, 40, 40, 40, 40, 40, 40, 40}, all[] = {320};
	struct grid_wish wish = {
		.longest_name = 200, .longest_group = 8, .group_sizes = of, .groups = 8};
	struct grid_line lines[320];
	struct grid_layout l = layout_grid(120, 40, &wish);

	(void)state;
	assert_int_equal(l.cell_width, 2);
	assert_int_equal(grid_lines(&l, &wish, lines), 8);
	wish.groups = 1; /* one alone takes what lines it needs */
	wish.group_sizes = all;
	l = layout_grid(120, 40, &wish);
	assert_int_equal(l.cell_width, 3);
}

static void every_size_has_a_place_for_every_cell(void **state)
{
	static struct grid_line lines[1000];

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct grid_wish wish = wish_of(i);
		uint32_t all = sizes[i][0] + sizes[i][1] + sizes[i][2] + sizes[i][3];

		for (int width = 1; width <= 200; width++) {
			for (int height = 1; height <= 60; height++) {
				struct grid_layout l = layout_grid(width, height, &wish);
				uint32_t seen = 0;
				size_t count;

				check_layout(&l, width, height);
				if (l.counts_only)
					continue;
				count = grid_lines(&l, &wish, lines);
				for (size_t k = 0; k < count; k++) {
					assert_int_equal(lines[k].first, seen);
					seen += lines[k].count;
				}
				assert_int_equal(seen, all);
			}
		}
	}
}

static void steps_stay_within_the_ends(void **state)
{
	static struct grid_line lines[1000];
	struct grid_wish wish = wish_of(1);
	struct grid_layout l = layout_grid(40, 10, &wish);
	size_t count = grid_lines(&l, &wish, lines);

	(void)state;
	for (size_t at = 0; at < 50; at++)
		for (int down = -9; down <= 9; down++)
			for (int right = -1; right <= 1; right++)
				assert_true(grid_step(lines, count, at, down, right) < 50);
	assert_int_equal(grid_step(lines, count, 0, 0, 1), 1);
	assert_int_equal(grid_step(lines, count, 49, 0, 1), 49);
	assert_int_equal(grid_step(lines, count, 12, -1, 0),
			 lines[0].count == 12 ? 0 : lines[1].first);
}

static int setup(void **state)
{
	struct stage *stage = x_calloc(1, sizeof(*stage));

	stage_init(stage, &(struct play){.targets = 200});
	press(stage, "v");
	*state = stage;
	return 0;
}

static int teardown(void **state)
{
	stage_fini(*state);
	free(*state);
	return 0;
}

static void tells_of_the_selected_cell(void **state)
{
	struct stage *stage = *state;

	press(stage, "g");
	assert_true(shows(stage, "✗ checkout-api  503"));
	assert_true(shows(stage, "cell 1 of 200"));
	press(stage, "l");
	assert_true(shows(stage, "✗ search  TIMEOUT"));
	press(stage, "G");
	assert_true(shows(stage, "cell 200 of 200"));
	press(stage, "gn");
	assert_true(shows(stage, "✗ search"));
	press(stage, "nn");
	assert_true(shows(stage, "▲ partner-gateway"));
	press(stage, "N");
	assert_true(shows(stage, "▲ media-cdn"));
}

static void opens_the_selected_and_keeps_it_for_the_table(void **state)
{
	struct stage *stage = *state;

	press(stage, "gl\r");
	assert_true(shows(stage, "‹ search"));
	press(stage, "\x1b");
	assert_true(shows(stage, "cell 2 of 200"));
	press(stage, "v");
	assert_true(shows(stage, "1-17 of 200"));
	assert_int_equal(tui_key(stage->tui, 'q').ask, TUI_ASK_QUIT);
}

static void obeys_the_tables_filter(void **state)
{
	struct stage *stage = *state;

	press(stage, "v/gateway\rv");
	assert_true(shows(stage, "of 5"));
	assert_true(shows(stage, "/gateway"));
	assert_true(line_of(stage, "checkout") > line_of(stage, " errors ")); /* not among the cells */
}

static void filters_as_one_types(void **state)
{
	struct stage *stage = *state;

	press(stage, "/gatew");
	assert_true(shows(stage, "/gatew   5 of 200   words"));
	assert_true(shows(stage, "cell 1 of 5"));
	press(stage, "\r");
	assert_true(shows(stage, "/gatew"));
	press(stage, "\x1b"); /* the filter goes first, then the grid */
	assert_true(shows(stage, "of 200"));
	press(stage, "/nothing-like-it");
	assert_true(shows(stage, "no target matches"));
	press(stage, "\x1b");
	assert_true(shows(stage, "of 200"));
	press(stage, "\x1b");
	assert_true(shows(stage, "1-17 of 200")); /* the table */
}

static void the_room_that_cells_leave_tells_what_is_wrong(void **state)
{
	struct stage *stage = *state;

	canvas_resize(stage->canvas, 120, 40);
	press(stage, "g");
	assert_true(line_of(stage, " errors ") > line_of(stage, "partner "));
	assert_true(line_of(stage, "Service Unavailable, wanted 200-299") > line_of(stage, " errors "));
	canvas_resize(stage->canvas, 80, 12);
	press(stage, "g");
	assert_false(shows(stage, " errors ───"));
}

static void the_mouse_selects_and_opens(void **state)
{
	struct stage *stage = *state;

	tui_mouse(stage->tui, 13, 2, MOUSE_CLICK);
	tui_draw(stage->tui, stage->canvas);
	assert_true(shows(stage, "cell 2 of 200"));
	tui_mouse(stage->tui, 79, 23, MOUSE_DOUBLE);
	tui_mouse(stage->tui, 13, 2, MOUSE_DOUBLE);
	tui_draw(stage->tui, stage->canvas);
	assert_true(shows(stage, "‹ search"));
}

static void without_colour_trouble_and_well_differ(void **state)
{
	struct stage stage;

	(void)state;
	stage_init(&stage, &(struct play){.targets = 300, .ascii = true});
	canvas_resize(stage.canvas, 40, 10);
	press(&stage, "vg");
	assert_true(shows(&stage, " shop    5T"));
	assert_true(shows(&stage, " media   !"));
	stage_fini(&stage);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_size_has_a_place_for_every_cell),
		cmocka_unit_test(a_group_is_not_broken_for_room),
		cmocka_unit_test(steps_stay_within_the_ends),
		TEST(tells_of_the_selected_cell),
		TEST(opens_the_selected_and_keeps_it_for_the_table),
		TEST(obeys_the_tables_filter),
		TEST(filters_as_one_types),
		TEST(the_room_that_cells_leave_tells_what_is_wrong),
		TEST(the_mouse_selects_and_opens),
		cmocka_unit_test(without_colour_trouble_and_well_differ),
	};

	return cmocka_run_group_tests_name("grid", tests, NULL, NULL);
}
