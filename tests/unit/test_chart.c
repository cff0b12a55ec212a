/*
 * face/tui/chart, axis and waterfall: any area is drawn without a step outside, limits lie on
 * 1-2-5, and pictures are as in tests/golden.
 */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "face/tui/axis.h"
#include "face/tui/chart.h"
#include "unit/golden.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BINS	     200

static struct theme theme, ascii_theme;
static struct bin bins[BINS];

/* An hour of a target: calm, twice its usual for a while, a blip, failures, slow answers, an outage
 * at the end. */
static void make_hour(int count, int32_t base_us)
{
	for (int i = 0; i < count; i++) {
		struct bin bin = {.good = 7, .median_us = base_us + base_us / 16 * (i * 7 % 5)};
		int part = i * 100 / count;

		bin.median_us *= part >= 30 && part < 37 ? 2 : part >= 70 && part < 73 ? 4 : 1;
		bin.max_us = i % 9 == 4 ? bin.median_us * 3 : bin.median_us + bin.median_us / 8;
		bin.slow = part >= 70 && part < 73;
		if (part == 41 || part >= 96) {
			bin = (struct bin){.failed = 7,
					   .letter = part == 41 ? 'T' : '5',
					   .median_us = ABSENT_US,
					   .max_us = ABSENT_US};
		} else if (part == 55) {
			bin.failed = 2;
			bin.good = 5;
			bin.letter = 'C';
		} else if (part < 5 || part == 80) {
			bin = (struct bin){.median_us = ABSENT_US, .max_us = ABSENT_US};
		}
		bins[i] = bin;
	}
}

static struct chart make_chart(int count, int32_t base_us)
{
	make_hour(count, base_us);
	return (struct chart){
		.bins = bins,
		.count = count,
		.end_ms = INT64_C(1795357927000), /* 2026-11-22 14:32:07 */
		.width_ms = 36000,
		.interval_ms = 5000,
		.utc = true,
		.slow_us = (int64_t)base_us * 5,
		.stats = {.samples = 720,
			  .good = 697,
			  .failed = 23,
			  .p50_us = base_us,
			  .p95_us = base_us * 3 / 2,
			  .p99_us = base_us * 5,
			  .max_us = base_us * 15},
	};
}

static void draw_golden(const char *name, int width, int height, struct chart chart, bool ascii)
{
	struct canvas *canvas = canvas_new(width, height);

	canvas->ascii = ascii;
	chart_draw(canvas, canvas_area(canvas), &chart, ascii ? &ascii_theme : &theme);
	golden_check(name, canvas);
	canvas_free(canvas);
}

static void draws_as_expected(void **state)
{
	struct chart chart;

	(void)state;
	chart = make_chart(chart_columns(120), 81000);
	draw_golden("chart-120x12", 120, 12, chart, false);
	draw_golden("chart-120x12-ascii", 120, 12, chart, true);
	chart.linear = true;
	draw_golden("chart-120x12-linear", 120, 12, chart, false);
	chart = make_chart(chart_columns(80), 81000);
	draw_golden("chart-80x8", 80, 8, chart, false);
	draw_golden("chart-80x8-ascii", 80, 8, chart, true);
	chart = make_chart(chart_columns(40), 400);
	draw_golden("chart-40x6", 40, 6, chart, false);
}

static void checks_rarer_than_columns_hold_their_level(void **state)
{
	struct chart chart = make_chart(chart_columns(80), 81000);

	(void)state;
	for (int i = 0; i < chart.count; i++) {
		if (i % 5) {
			bins[i] = (struct bin){.median_us = ABSENT_US, .max_us = ABSENT_US};
		}
	}
	chart.interval_ms = 5 * chart.width_ms;
	draw_golden("chart-80x8-rare", 80, 8, chart, false);
}

static void says_the_time_where_the_end_is_not_now(void **state)
{
	struct chart chart = make_chart(chart_columns(80), 81000);
	struct canvas *canvas = canvas_new(80, 8);
	char *text;

	(void)state;
	chart.past = true;
	chart_draw(canvas, canvas_area(canvas), &chart, &theme);
	text = canvas_text(canvas);
	assert_null(strstr(text, "now"));
	assert_non_null(strstr(text, "14:32:07┘"));
	free(text);
	canvas_free(canvas);
}

static void without_a_good_answer_there_is_no_bar_and_no_mark(void **state)
{
	struct chart chart = make_chart(chart_columns(120), 81000);
	struct canvas *canvas = canvas_new(120, 12);
	char *text;

	(void)state;
	for (int i = 0; i < chart.count; i++) {
		bins[i] = (struct bin){
			.failed = 1, .letter = 'D', .median_us = ABSENT_US, .max_us = ABSENT_US};
	}
	chart.stats = (struct stats){.samples = 99,
				     .failed = 99,
				     .p50_us = ABSENT_US,
				     .p95_us = ABSENT_US,
				     .p99_us = ABSENT_US,
				     .max_us = ABSENT_US};
	chart_draw(canvas, canvas_area(canvas), &chart, &theme);
	text = canvas_text(canvas);
	assert_null(strstr(text, "█"));
	assert_null(strstr(text, "p50"));
	assert_non_null(strstr(text, "DDDDDDDDDD"));
	assert_non_null(strstr(text, "0.0 % ok"));
	free(text);
	canvas_free(canvas);
}

/* Two ways by turns, a check of each in two columns: one of them is dead. */
static void one_dead_way_stands_in_the_strip(void **state)
{
	static struct bin other[BINS];
	const struct bin good = {.good = 2, .median_us = 81000, .max_us = 81000};
	const struct bin dead = {
		.failed = 2, .letter = 'C', .median_us = ABSENT_US, .max_us = ABSENT_US};
	struct chart chart = make_chart(chart_columns(120), 81000);
	struct canvas *canvas = canvas_new(120, 12);

	(void)state;
	for (int which = 0; which < 2; which++) {
		char *text;

		for (int i = 0; i < chart.count; i++) {
			bins[i] = which ? good : dead;
			other[i] = which ? dead : good;
		}
		chart.second = other;
		canvas_clear(canvas);
		chart_draw(canvas, canvas_area(canvas), &chart, &theme);
		text = canvas_text(canvas);
		assert_non_null(strstr(text, "CCCCCCCCCCCC"));
		assert_null(strstr(text, "━"));
		assert_null(strstr(text, "no good answer"));
		assert_non_null(strstr(text, "50.0 % ok"));
		free(text);
	}
	canvas_free(canvas);
}

static void a_share_just_under_all_is_not_all(void **state)
{
	struct chart chart = make_chart(chart_columns(120), 81000);
	struct canvas *canvas = canvas_new(120, 12);
	char *text;

	(void)state;
	for (int i = 0; i < chart.count; i++) {
		bins[i] = (struct bin){.good = 100, .median_us = 81000, .max_us = 81000};
	}
	bins[chart.count - 2].failed = 1;
	chart_draw(canvas, canvas_area(canvas), &chart, &theme);
	text = canvas_text(canvas);
	assert_non_null(strstr(text, "99.9 % ok"));
	free(text);
	canvas_free(canvas);
}

/* However wide the terminal, a mark stands under the column its time lies in. */
static void marks_of_a_wide_histogram_reach_its_end(void **state)
{
	struct chart chart = make_chart(BINS, 81000);
	struct canvas *canvas = canvas_new(400, 12);
	struct dot dots[] = {{chart.end_ms - 2000, 1000}, {chart.end_ms - 1000, 1000000}};
	struct survey survey = {.known = true, .has_dots = true, .dots = dots, .dot_count = 2};
	char *text;

	(void)state;
	chart.view = CHART_HISTOGRAM;
	chart.survey = &survey;
	chart_draw(canvas, canvas_area(canvas), &chart, &theme);
	text = canvas_text(canvas);
	assert_non_null(strstr(text, "▴p50"));
	assert_non_null(strstr(text, "▴slow"));
	assert_null(strstr(text, "▴p99")); /* its place is taken */
	free(text);
	canvas_free(canvas);
}

static struct sample make_sample(void)
{
	struct sample sample = sample_blank(0);
	static const int32_t phases[PHASE_COUNT] = {2100, 11000, 24300, 300, 45100, 1000};

	memcpy(sample.phase_us, phases, sizeof phases);
	sample.total_us = 83800;
	return sample;
}

static const struct waterfall habits = {
	.usual_us = 81000,
	.usual_phase_us = {2000, 10000, 23000, 300, 43000, 2000},
};

static void draw_waterfall(const char *name, int width, int height, const struct sample *sample)
{
	struct canvas *canvas = canvas_new(width, height);
	struct waterfall waterfall = habits;

	waterfall.sample = sample;
	waterfall_draw(canvas, canvas_area(canvas), &waterfall);
	golden_check(name, canvas);
	canvas_free(canvas);
}

static void waterfalls_as_expected(void **state)
{
	struct sample sample = make_sample(), hung = make_sample(), kept = make_sample();

	(void)state;
	draw_waterfall("waterfall-70x7", 70, 7, &sample);
	draw_waterfall("waterfall-80x2", 80, 2, &sample);
	draw_waterfall("waterfall-30x7", 30, 7, &sample);
	hung.cls = CLASS_TIMEOUT_FIRST_BYTE;
	hung.phase_us[PHASE_WAIT] = hung.phase_us[PHASE_TRANSFER] = ABSENT_US;
	hung.total_us = 5000000;
	draw_waterfall("waterfall-70x7-hung", 70, 7, &hung);
	draw_waterfall("waterfall-80x2-hung", 80, 2, &hung);
	kept.phase_us[PHASE_DNS] = kept.phase_us[PHASE_CONNECT] = kept.phase_us[PHASE_TLS] =
		ABSENT_US;
	kept.total_us = 46400;
	draw_waterfall("waterfall-70x7-kept", 70, 7, &kept);
}

static void a_stacked_bar_without_colour_is_made_of_letters(void **state)
{
	struct sample sample = make_sample();
	struct waterfall waterfall = habits;
	struct canvas *canvas = canvas_new(42, 2);
	char *text;

	(void)state;
	waterfall.sample = &sample;
	canvas->mono = true;
	waterfall_draw(canvas, canvas_area(canvas), &waterfall);
	text = canvas_text(canvas);
	assert_memory_equal(text, " dcccccttttttttttttswwwwwwwwwwwwwwwwwwwww", 30);
	assert_non_null(strchr(text, 'x'));
	assert_null(strstr(text, "█"));
	free(text);
	canvas_free(canvas);
}

/* Draws at every size in the middle of a larger canvas; nothing around may change, nothing may be
 * allocated. */
static void any_area_is_drawn_inside(void **state)
{
	struct sample sample = make_sample();
	struct canvas *canvas = canvas_new(204, 54);

	(void)state;
	for (int size = 0; size < 51 * 201; size += 7) {
		struct rect area = {2, 2, size % 201, size / 201};
		struct chart chart = make_chart(size % 11 ? chart_columns(area.width) : BINS,
						size % 3 ? 81000 : 90);
		struct waterfall waterfall = habits;
		size_t before;

		waterfall.sample = &sample;
		chart.linear = size % 2;
		chart.slow_us = size % 5 ? chart.slow_us : 0;
		canvas->ascii = size % 4 == 0;
		canvas_clear(canvas);
		before = mallinfo2().uordblks;
		if (size % 3) {
			chart_draw(canvas, area, &chart, canvas->ascii ? &ascii_theme : &theme);
		} else {
			waterfall_draw(canvas, area, &waterfall);
		}
		assert_int_equal(mallinfo2().uordblks, before);
		for (int i = 0; i < canvas->width * canvas->height; i++) {
			int x = i % canvas->width - area.x, y = i / canvas->width - area.y;

			if (x < 0 || y < 0 || x >= area.width || y >= area.height) {
				assert_string_equal(canvas->cells[i].text, " ");
			}
		}
	}
	canvas_free(canvas);
}

static void columns_fit_every_width(void **state)
{
	(void)state;
	assert_int_equal(chart_columns(120), 100);
	assert_int_equal(chart_columns(80), 68);
	for (int width = -1; width < 300; width++) {
		assert_true(chart_columns(width) >= 0);
		assert_true(chart_columns(width) <= (width > 0 ? width : 0));
		assert_true(width < 1 || chart_columns(width) > 0);
	}
}

static bool is_step(int64_t us)
{
	while (us >= 10 && us % 10 == 0) {
		us /= 10;
	}
	return us == 1 || us == 2 || us == 5;
}

static void an_axis_holds_what_it_has_to_on_steps_of_1_2_5(void **state)
{
	(void)state;
	for (int i = 0; i < 4000; i++) {
		int64_t base = 1 + (int64_t)i * i * 7 + i;
		struct axis_wish wish = {
			.rows = 1 + i % 40,
			.linear = i % 2,
			.usual_top_us = base * 4,
			.slow_us = i % 3 ? base * 6 : 0,
			.low_us = base,
			.high_us = base * 2,
			.max_us = base * 50,
		};
		struct axis axis = axis_make(&wish);

		assert_true(is_step(axis.high_us));
		assert_true(wish.linear || is_step(axis.low_us));
		assert_true(axis.low_us <= base && axis.high_us >= base * 4);
		assert_true(axis_eighths(&axis, base) >= 1);
		assert_true(axis_eighths(&axis, base) <= axis_eighths(&axis, base * 2));
		assert_true(axis_eighths(&axis, INT64_MAX / 2) == axis.rows * 8);
		assert_true(axis_row(&axis, 0) == 0 && axis_row(&axis, ABSENT_US) == 0);
		for (int k = 0; k < axis.line_count; k++) {
			int row = axis_row(&axis, axis.lines_us[k]);

			assert_true(row >= 0 && row < axis.rows);
			assert_true(wish.linear || k == 0 ||
				    row - axis_row(&axis, axis.lines_us[k - 1]) >= 2);
		}
	}
}

static void an_axis_knows_nothing_at_first(void **state)
{
	struct axis_wish wish = {
		.rows = 10, .usual_top_us = -1, .low_us = -1, .high_us = -1, .max_us = -1};
	struct axis axis = axis_make(&wish);

	(void)state;
	assert_int_equal(axis.high_us, 1000000);
	assert_true(axis.line_count > 1);
}

/* A picture a second of a target whose axis would end at so many ms. */
static int64_t hold_for(struct axis_hold *hold, int64_t *at_ms, int seconds, int64_t high_ms)
{
	const struct axis wanted = {.low_us = 10000, .high_us = high_ms * 1000};
	const struct axis_view view = {.target = 3, .width_ms = 5000};

	for (int i = 0; i < seconds; i++, *at_ms += 1000) {
		axis_hold_take(hold, &view, &wanted, *at_ms);
	}
	return hold->range.high_us / 1000;
}

static void a_scale_widens_at_once_and_narrows_after_a_while(void **state)
{
	struct axis_hold hold = {.at_ms = 0};
	int64_t at_ms = 1795357927000;

	(void)state;
	assert_int_equal(hold_for(&hold, &at_ms, 1, 50), 50);
	assert_int_equal(hold_for(&hold, &at_ms, 1, 100), 100);
	for (int i = 0; i < 20; i++) { /* about the step */
		assert_int_equal(hold_for(&hold, &at_ms, 10, 50), 100);
		assert_int_equal(hold_for(&hold, &at_ms, 10, 100), 100);
	}
	assert_int_equal(hold_for(&hold, &at_ms, 30, 20), 100);
	assert_int_equal(hold_for(&hold, &at_ms, 29, 50), 100);
	assert_int_equal(hold_for(&hold, &at_ms, 10, 20), 50); /* as much as was of use */
	assert_int_equal(hold_for(&hold, &at_ms, 80, 20), 20);
	assert_int_equal(hold.range.low_us, 10000);
}

static void another_time_or_view_has_its_own_scale(void **state)
{
	const struct axis wanted = {.low_us = 10000, .high_us = 50000};
	const struct axis_view views[] = {{.target = 4, .width_ms = 5000},
					  {.target = 3, .width_ms = 15000},
					  {.target = 3, .width_ms = 5000, .linear = true}};
	const int64_t begin_ms = 1795357927000;
	struct axis_hold hold = {.at_ms = 0};
	int64_t at_ms = begin_ms;

	(void)state;
	for (size_t i = 0; i < COUNT(views); i++) {
		hold_for(&hold, &at_ms, 1, 1000);
		axis_hold_take(&hold, &views[i], &wanted, at_ms);
		assert_int_equal(hold.range.high_us, 50000);
	}
	hold_for(&hold, &at_ms, 1, 1000);
	at_ms -= 5000; /* the clock, set back */
	assert_int_equal(hold_for(&hold, &at_ms, 1, 50), 50);
	hold_for(&hold, &at_ms, 1, 1000);
	at_ms += 120000; /* looked at something else meanwhile */
	assert_int_equal(hold_for(&hold, &at_ms, 1, 50), 50);
}

static void what_is_held_is_within_the_axis(void **state)
{
	struct axis_wish wish = {.rows = 10,
				 .usual_top_us = 30000,
				 .low_us = 20000,
				 .high_us = 30000,
				 .max_us = 31000,
				 .held = {5000, 200000}};
	struct axis axis = axis_make(&wish);

	(void)state;
	assert_int_equal(axis.low_us, 5000);
	assert_int_equal(axis.high_us, 200000);
	wish.held = (struct axis_range){15000, 40000};
	axis = axis_make(&wish);
	assert_true(axis.low_us <= 10000 && axis.high_us >= 50000);
}

static void one_outlier_does_not_press_the_rest_flat(void **state)
{
	struct axis_wish wish = {.rows = 10,
				 .usual_top_us = 120000,
				 .low_us = 70000,
				 .high_us = 110000,
				 .max_us = 60000000};
	struct axis axis = axis_make(&wish);

	(void)state;
	assert_int_equal(axis.low_us, 50000);
	assert_int_equal(axis.high_us, 200000);
	assert_true(axis_is_over(&axis, wish.max_us));
	assert_true(axis_row(&axis, 200000) == 8); /* one row is free over the top line */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws_as_expected),
		cmocka_unit_test(checks_rarer_than_columns_hold_their_level),
		cmocka_unit_test(says_the_time_where_the_end_is_not_now),
		cmocka_unit_test(without_a_good_answer_there_is_no_bar_and_no_mark),
		cmocka_unit_test(one_dead_way_stands_in_the_strip),
		cmocka_unit_test(a_share_just_under_all_is_not_all),
		cmocka_unit_test(marks_of_a_wide_histogram_reach_its_end),
		cmocka_unit_test(waterfalls_as_expected),
		cmocka_unit_test(a_stacked_bar_without_colour_is_made_of_letters),
		cmocka_unit_test(any_area_is_drawn_inside),
		cmocka_unit_test(columns_fit_every_width),
		cmocka_unit_test(an_axis_holds_what_it_has_to_on_steps_of_1_2_5),
		cmocka_unit_test(an_axis_knows_nothing_at_first),
		cmocka_unit_test(a_scale_widens_at_once_and_narrows_after_a_while),
		cmocka_unit_test(another_time_or_view_has_its_own_scale),
		cmocka_unit_test(what_is_held_is_within_the_axis),
		cmocka_unit_test(one_outlier_does_not_press_the_rest_flat),
	};

	theme_default(&theme);
	theme_default(&ascii_theme);
	theme_make_ascii(&ascii_theme);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
