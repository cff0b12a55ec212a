/*
 * Every size from 1x1 to 200x80: what is drawn lies inside, nothing lies over anything else,
 * nothing is negative.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "face/tui/layout.h"

#define WIDEST  200
#define HIGHEST 80
#define RECTS   20

static void check_rects(const struct rect *rects, int count, int width, int height)
{
	static unsigned char taken[HIGHEST][WIDEST];

	memset(taken, 0, sizeof(taken));
	for (int i = 0; i < count; i++) {
		const struct rect *r = &rects[i];

		assert_true(r->width >= 0 && r->height >= 0);
		if (!r->width || !r->height)
			continue;
		assert_true(r->x >= 0 && r->y >= 0);
		assert_true(r->x + r->width <= width && r->y + r->height <= height);
		for (int y = r->y; y < r->y + r->height; y++)
			for (int x = r->x; x < r->x + r->width; x++)
				assert_int_equal(taken[y][x]++, 0);
	}
}

/* Columns follow each other, inside the line; the history has at most its bins. */
static void check_columns(const struct table_layout *columns, int width)
{
	int end = 0;

	assert_true(columns->count >= 3);
	for (int i = 0; i < columns->count; i++) {
		const struct slot *slot = &columns->slots[i];

		assert_true(slot->width > 0);
		assert_true(slot->x >= end);
		end = slot->x + slot->width;
		if (slot->id == COLUMN_HISTORY)
			assert_in_range(slot->width, 7, HISTORY_BINS_MAX);
	}
	assert_true(end <= width);
}

static void check_line(const struct pane_layout *line, int width)
{
	assert_true(line->name_width >= 0 && line->result_width >= 0 && line->detail_width >= 0);
	assert_true(line->result_width == 0 || line->result + line->result_width <= width);
	assert_true(line->detail_width == 0 || line->detail + line->detail_width <= width);
	assert_true(line->count_width == 0 || line->detail + line->detail_width <= line->count);
	assert_true(line->length_width == 0 || line->length + line->length_width <= width);
}

static void check_main(int width, int height, const struct layout_wish *wish)
{
	struct main_layout l = layout_main(width, height, wish);
	const struct rect rects[] = {l.verdict, l.notice,     l.fleet, l.head,
				     l.table,   l.pane_title, l.pane,  l.keys};

	check_rects(rects, sizeof(rects) / sizeof(rects[0]), width, height);
	assert_true(l.verdict.height > 0);
	if (l.counts_only)
		return;
	assert_true(l.table.height > 0);
	assert_true(l.pane.height == 0 || l.pane_title.height == 1);
	check_columns(&l.columns, width);
	check_line(&l.line, width);
}

static void main_screen_fits_every_size(void **state)
{
	static const struct layout_wish wishes[] = {
		{.longest_name = 18, .targets = 49},
		{.longest_name = 3, .targets = 1},
		{.longest_name = 200, .targets = 1000, .notice = true},
		{.longest_name = 0, .targets = 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++)
		for (int width = 1; width <= WIDEST; width++)
			for (int height = 1; height <= HIGHEST; height++)
				check_main(width, height, &wishes[i]);
}

static void chosen_columns_fit_every_width(void **state)
{
	struct layout_wish wish = {.longest_name = 18, .targets = 49};

	(void)state;
	for (unsigned set = 0; set < 1U << COLUMN_COUNT; set += 1 + set % 7) {
		wish.column_count = 0;
		for (int id = COLUMN_COUNT - 1; id > COLUMN_SIGN; id--)
			if (set >> id & 1 && id != COLUMN_DETAIL)
				wish.columns[wish.column_count++] = (enum column_id)id;
		for (int width = 20; width <= WIDEST; width += 9) {
			struct main_layout l = layout_main(width, 24, &wish);
			bool named = false;

			for (int i = 0; i < l.columns.count; i++)
				named |= l.columns.slots[i].id == COLUMN_TARGET;
			assert_true(named);
			assert_true(l.columns.count >= 2);
			for (int i = 1; i < l.columns.count; i++)
				assert_true(l.columns.slots[i].x >= l.columns.slots[i - 1].x +
									    l.columns.slots[i - 1].width);
			assert_true(l.columns.slots[l.columns.count - 1].x +
					    l.columns.slots[l.columns.count - 1].width <=
				    width);
		}
	}
}

static void check_detail(int width, int height, const struct detail_wish *wish)
{
	struct detail_layout l = layout_detail(width, height, wish);
	const struct rect rects[] = {
		l.head,   l.about,        l.news,   l.numbers,    l.budget,         l.chart_title,
		l.chart,  l.phases_title, l.phases, l.cert_title, l.cert,           l.evidence_title,
		l.evidence, l.incidents_title, l.incidents, l.divider, l.foot_rule, l.keys,
	};
	const int focused[FOCUS_COUNT] = {l.head.height, l.chart.height, l.evidence.height,
					  l.incidents.height, l.cert.height};

	check_rects(rects, sizeof(rects) / sizeof(rects[0]), width, height);
	assert_int_equal(l.head.height, 1);
	if (height >= 4)
		assert_true(focused[wish->focus] > 0);
}

static void detail_fits_every_size(void **state)
{
	(void)state;
	for (int width = 1; width <= WIDEST; width++)
		for (int height = 1; height <= HIGHEST; height++)
			for (int i = 0; i < FOCUS_COUNT * 4; i++)
				check_detail(width, height,
					     &(struct detail_wish){
						     .focus = (enum detail_focus)(i / 4),
						     .news_width = i & 1 ? 100 : 0,
						     .budget = i & 2,
					     });
}

static void errors_fit_every_size(void **state)
{
	const struct layout_wish wish = {.longest_name = 18, .targets = 49};

	(void)state;
	for (int width = 1; width <= WIDEST; width++) {
		for (int height = 1; height <= HIGHEST; height++) {
			struct errors_layout l = layout_errors(width, height, &wish);
			const struct rect rects[] = {
				l.verdict,        l.about,    l.head, l.list,
				l.evidence_title, l.evidence, l.keys,
			};

			check_rects(rects, sizeof(rects) / sizeof(rects[0]), width, height);
			check_line(&l.line, width);
		}
	}
}

static void shows_the_columns_of_the_width(void **state)
{
	static const struct {
		int width;
		const char *columns;
	} cases[] = {
		{200, "state target result last p50 p95 load history up for cert"},
		{139, "state target result last p50 p95 history up for cert"},
		{120, "state target result last p50 p95 history up for cert"},
		{119, "state target result last p50 p95 history up for"},
		{109, "state target result last p95 history up for"},
		{80, "state target result last p95 history up for"},
		{79, "state target result last p95 history for"},
		{59, "state target result history for"},
		{40, "state target result history for"},
		{39, "state target result"},
		{20, "state target result"},
	};
	const struct layout_wish wish = {.longest_name = 18, .targets = 49};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct main_layout layout = layout_main(cases[i].width, 24, &wish);
		char columns[256] = "";

		for (int c = 0; c < layout.columns.count; c++) {
			if (c)
				strncat(columns, " ", sizeof(columns) - strlen(columns) - 1);
			strncat(columns, column_table[layout.columns.slots[c].id].name,
				sizeof(columns) - strlen(columns) - 1);
		}
		assert_string_equal(columns, cases[i].columns);
	}
}

static void has_no_column_for_certificates_that_nobody_has(void **state)
{
	const struct layout_wish plain = {.longest_name = 18, .targets = 49, .plain = true};
	const struct layout_wish other = {.longest_name = 18, .targets = 49};
	struct main_layout without = layout_main(120, 40, &plain),
			   with = layout_main(120, 40, &other);

	(void)state;
	assert_int_equal(without.columns.count, with.columns.count - 1);
	assert_int_equal(without.columns.slots[6].id, COLUMN_HISTORY);
	assert_int_equal(without.columns.slots[6].width, with.columns.slots[6].width + 5);
}

static void shows_the_areas_of_the_height(void **state)
{
	static const struct {
		int height, fleet, head, table, pane, keys;
	} cases[] = {
		{40, 1, 1, 26, 8, 1}, {30, 1, 1, 18, 6, 1}, {29, 0, 1, 22, 3, 1},
		{24, 0, 1, 17, 3, 1}, {16, 0, 1, 9, 3, 1},  {15, 0, 1, 12, 0, 1},
		{8, 0, 1, 5, 0, 1},   {7, 0, 0, 6, 0, 0},   {3, 0, 0, 2, 0, 0},
		{2, 0, 0, 0, 0, 0},
	};
	const struct layout_wish wish = {.longest_name = 18, .targets = 49};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct main_layout layout = layout_main(80, cases[i].height, &wish);

		assert_int_equal(layout.fleet.height, cases[i].fleet);
		assert_int_equal(layout.head.height, cases[i].head);
		assert_int_equal(layout.table.height, cases[i].table);
		assert_int_equal(layout.pane.height, cases[i].pane);
		assert_int_equal(layout.keys.height, cases[i].keys);
	}
}

static void gives_the_pane_what_few_targets_leave(void **state)
{
	const struct layout_wish wish = {.longest_name = 10, .targets = 5};
	struct main_layout layout = layout_main(120, 40, &wish);

	(void)state;
	assert_int_equal(layout.table.height, 5);
	assert_int_equal(layout.pane.height, 29);
}

static void history_takes_the_rest_then_the_name(void **state)
{
	const struct layout_wish wish = {.longest_name = 40, .targets = 49};
	struct main_layout narrow = layout_main(120, 40, &wish), wide = layout_main(240, 40, &wish);

	(void)state;
	assert_int_equal(narrow.columns.slots[1].width, 22);
	assert_int_equal(wide.columns.slots[7].id, COLUMN_HISTORY);
	assert_int_equal(wide.columns.slots[7].width, HISTORY_BINS_MAX);
	assert_int_equal(wide.columns.slots[1].width, 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(main_screen_fits_every_size),
		cmocka_unit_test(chosen_columns_fit_every_width),
		cmocka_unit_test(detail_fits_every_size),
		cmocka_unit_test(errors_fit_every_size),
		cmocka_unit_test(shows_the_columns_of_the_width),
		cmocka_unit_test(has_no_column_for_certificates_that_nobody_has),
		cmocka_unit_test(shows_the_areas_of_the_height),
		cmocka_unit_test(gives_the_pane_what_few_targets_leave),
		cmocka_unit_test(history_takes_the_rest_then_the_name),
	};

	return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
