/*
 * face/tui/spark: a level says how unlike itself a target is, a failure is a letter and never a
 * bar, and gaps are told apart.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "face/tui/spark.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct theme theme;

static const struct spark usual = {
	.scale = SCALE_USUAL,
	.usual_us = 80000,
	.own_top_us = 200000,
	.shared_top_us = 10000000,
	.interval_ms = 5000,
	.width_ms = 5000,
};

static void levels_follow_the_scale(void **state)
{
	static const struct {
		enum scale scale;
		int32_t usual_us, own_top_us, shared_top_us, value_us;
		int level;
	} cases[] = {
		/* clang-format off */
		/* usual: 2 + 2 log2(v / usual), held in 1 to 8 */
		{SCALE_USUAL, 80000, 1, 1, 80000, 2},
		{SCALE_USUAL, 80000, 1, 1, 160000, 4},
		{SCALE_USUAL, 80000, 1, 1, 320000, 6},
		{SCALE_USUAL, 80000, 1, 1, 640000, 8},
		{SCALE_USUAL, 80000, 1, 1, 64000000, 8},
		{SCALE_USUAL, 80000, 1, 1, 113137, 3},
		{SCALE_USUAL, 80000, 1, 1, 56000, 1},
		{SCALE_USUAL, 80000, 1, 1, 40000, 1},
		{SCALE_USUAL, 80000, 1, 1, 0, 1},
		{SCALE_USUAL, 80000, 1, 1, 68000, 2},
		/* own: 0 to its top in eighths */
		{SCALE_OWN, 80000, 160000, 1, 160000, 8},
		{SCALE_OWN, 80000, 160000, 1, 20000, 1},
		{SCALE_OWN, 80000, 160000, 1, 20001, 2},
		{SCALE_OWN, 80000, 160000, 1, 900000, 8},
		{SCALE_OWN, 80000, 160000, 1, 0, 1},
		/* shared: the logarithm from 1 ms to its top */
		{SCALE_SHARED, 80000, 160000, 10000000, 1000, 1},
		{SCALE_SHARED, 80000, 160000, 10000000, 10, 1},
		{SCALE_SHARED, 80000, 160000, 10000000, 10000000, 8},
		{SCALE_SHARED, 80000, 160000, 10000000, 100000, 5},
		/* not known yet: the next scale stands in */
		{SCALE_USUAL, ABSENT_US, 160000, 10000000, 160000, 8},
		{SCALE_USUAL, ABSENT_US, ABSENT_US, 10000000, 100000, 5},
		{SCALE_USUAL, ABSENT_US, ABSENT_US, 0, 100000, 2},
		{SCALE_USUAL, 80000, 160000, 10000000, ABSENT_US, 0},
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct spark spark = {
			.scale = cases[i].scale,
			.usual_us = cases[i].usual_us,
			.own_top_us = cases[i].own_top_us,
			.shared_top_us = cases[i].shared_top_us,
		};

		assert_int_equal(spark_level(&spark, cases[i].value_us), cases[i].level);
	}
}

/*
 * A bin a character: 'u' usual, 'd' double, 's' slow, T a time-out, t fewer than half timed out, h
 * half of them, 'm' our own trouble, ' ' no check.
 */
static int make_bins(struct bin *bins, const char *recipe)
{
	int count = (int)strlen(recipe);

	for (int i = 0; i < count; i++) {
		struct bin bin = {.median_us = ABSENT_US, .max_us = ABSENT_US};

		if (strchr("udsth", recipe[i])) {
			bin.good = recipe[i] == 't' ? 3 : 2;
			bin.median_us = bin.max_us = recipe[i] == 'd'	? 160000
						     : recipe[i] == 's' ? 640000
									: 80000;
			bin.slow = recipe[i] == 's';
		}
		if (strchr("Tth", recipe[i])) {
			bin.failed = 2;
			bin.letter = 'T';
		}
		bin.tainted = recipe[i] == 'm';
		bins[i] = bin;
	}
	return count;
}

static void assert_drawn(const struct spark *wish, const char *recipe, int width, const char *text,
			 const char *styles)
{
	struct canvas *canvas = canvas_new(16, 1);
	struct bin bins[32];
	struct spark spark = *wish;
	char *drawn, *styled;

	spark.bins = bins;
	spark.count = make_bins(bins, recipe);
	spark_draw(canvas, (struct rect){0, 0, width, 1}, &spark, &theme);
	drawn = canvas_text(canvas);
	styled = canvas_styles(canvas);
	drawn[strcspn(drawn, "\n")] = '\0';
	styled[strcspn(styled, "\n")] = '\0';
	assert_string_equal(drawn, text);
	assert_string_equal(styled, styles);
	free(drawn);
	free(styled);
	canvas_free(canvas);
}

static void failures_are_letters(void **state)
{
	(void)state;
	assert_drawn(&usual, "uudsTthu", 8, "▂▂▄█TTT▂", "___^FfF_");
}

static void gaps_are_blank_before_the_first_check_and_dots_after(void **state)
{
	struct spark spark = usual;

	(void)state;
	spark.interval_ms = 1000;
	assert_drawn(&spark, "  u  du", 7, "  ▂··▄▂", "  _..__");
	assert_drawn(&spark, "  u  d ", 7, "  ▂··▄",
		     "  _..__"); /* the newest bin has just begun */
	assert_drawn(&spark, "  m  u", 6, "  ···▂",
		     "  ..._"); /* our own trouble is no gap of the target's */
	assert_drawn(&spark, "uT  u", 5, "▂T··▂", "_F.._");
	spark.under_way = 2; /* what a check that has not ended will say of them is yet to come */
	assert_drawn(&spark, "uT    ", 6, "▂T··", "_F..__");
	spark.under_way = 0;
	spark.paused = true;
	assert_drawn(&spark, "uud  ", 5, "▂▂▄··", "___..");
}

static void rarer_checks_hold_their_level_until_the_next(void **state)
{
	struct spark spark = usual;

	(void)state;
	spark.interval_ms = 15000;
	assert_drawn(&spark, "d  u  u     ", 12, "▄▄▄▂▂▂▂▂▂▂··", "_,,_,,_,,,..");
	assert_drawn(&spark, "u  T  u", 7, "▂▂▂TTT▂", "_,,FFF_"); /* a failure its letter */
	assert_drawn(&spark, "uT    u", 7, "▂TTTT·▂", "_FFFF._");
	assert_drawn(&spark, "u     u", 7, "▂▂▂▂▂▂▂", "_,,,,,_"); /* the first one is off the grid */
	assert_drawn(&spark, "d  u  u", 5, "▄▂▂▂▂",
		     ",_,,_"); /* what came before the left edge counts */
}

static void a_check_before_the_left_edge_stands_until_the_next(void **state)
{
	struct spark spark = usual;

	(void)state;
	spark.interval_ms = 300000;
	spark.before.bin = (struct bin){.good = 1, .median_us = 160000, .max_us = 160000};
	spark.before.bins = 60;
	assert_drawn(&spark, "      ", 6, "▄▄▄▄▄▄", ",,,,,,");
	spark.before.bins = 87; /* the first one is off the grid: half an interval more */
	assert_drawn(&spark, "      ", 6, "▄▄▄···", ",,,...");
	assert_drawn(&spark, "  u   ", 6, "▄▄▂▂▂▂", ",,_,,,");
	spark.before.bins = 3;
	spark.paused = true;
	assert_drawn(&spark, "      ", 6, "······", "......");
	spark.paused = false;
	spark.before.bin = (struct bin){
		.failed = 1, .letter = 'D', .median_us = ABSENT_US, .max_us = ABSENT_US};
	assert_drawn(&spark, "      ", 6, "DDDDDD", "FFFFFF");
	spark.before = (struct bin_before){.bins = 3};
	assert_drawn(&spark, "      ", 6, "", "");
}

static void a_check_that_hangs_stands_in_every_bin_since_it_began(void **state)
{
	struct spark spark = usual;

	(void)state;
	spark.under_way = 3;
	assert_drawn(&spark, "uu   ", 5, "▂▂▂", "_____"); /* it may yet end in time */
	spark.hanging = true;
	assert_drawn(&spark, "uu   ", 5, "▂▂………", "__^^^");
	assert_drawn(&spark, "uu d ", 5, "▂▂…▄…", "__^_^"); /* another one meanwhile, by key */
	assert_drawn(&spark, "     ", 5, "  ………", "  ^^^"); /* the very first */
}

static void keeps_the_newest_at_the_right(void **state)
{
	(void)state;
	assert_drawn(&usual, "ud", 6, "    ▂▄", "    __");
	assert_drawn(&usual, "uuuuuud", 2, "▂▄", "__");
	assert_drawn(&usual, "", 4, "", "");
	assert_drawn(&usual, "ud", 0, "", "");
}

static void draws_ascii(void **state)
{
	struct canvas *canvas = canvas_new(10, 1);
	struct theme ascii = theme;
	struct bin bins[10];
	struct spark spark = usual;
	char *drawn;

	(void)state;
	theme_make_ascii(&ascii);
	canvas->ascii = true;
	spark.interval_ms = 1000;
	spark.bins = bins;
	spark.count = make_bins(bins, "ud sTu m u");
	spark_draw(canvas, canvas_area(canvas), &spark, &ascii);
	drawn = canvas_text(canvas);
	assert_string_equal(drawn, ".:'#T.'''.\n");
	free(drawn);
	canvas_free(canvas);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_follow_the_scale),
		cmocka_unit_test(failures_are_letters),
		cmocka_unit_test(gaps_are_blank_before_the_first_check_and_dots_after),
		cmocka_unit_test(rarer_checks_hold_their_level_until_the_next),
		cmocka_unit_test(a_check_before_the_left_edge_stands_until_the_next),
		cmocka_unit_test(a_check_that_hangs_stands_in_every_bin_since_it_began),
		cmocka_unit_test(keeps_the_newest_at_the_right),
		cmocka_unit_test(draws_ascii),
	};

	theme_default(&theme);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
