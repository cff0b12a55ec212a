/*
 * face/tui/canvas: nothing is drawn outside its clip and no half of a wide character is ever left,
 * whatever is put where.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "face/tui/canvas.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct canvas *canvas;

static int make_canvas(void **state)
{
	(void)state;
	canvas = canvas_new(12, 3);
	return 0;
}

static int free_canvas(void **state)
{
	(void)state;
	canvas_free(canvas);
	return 0;
}

static void assert_text(const char *wanted)
{
	char *text = canvas_text(canvas);

	assert_string_equal(text, wanted);
	free(text);
}

static void puts_and_returns_the_next_column(void **state)
{
	(void)state;
	assert_int_equal(canvas_put(canvas, canvas_area(canvas), 2, 0, STYLE_TEXT, "abc"), 5);
	assert_int_equal(canvas_put(canvas, canvas_area(canvas), 2, 1, STYLE_TEXT, "日本"), 6);
	assert_int_equal(canvas_put(canvas, canvas_area(canvas), 10, 2, STYLE_TEXT, "wxyz"), 14);
	assert_text("  abc\n  日本\n          wx\n");
}

static void clips_on_all_sides(void **state)
{
	struct rect clip = {3, 1, 4, 1};

	(void)state;
	canvas_put(canvas, clip, 0, 1, STYLE_TEXT, "abcdefghijkl");
	canvas_put(canvas, clip, 0, 0, STYLE_TEXT, "above");
	canvas_put(canvas, clip, 0, 2, STYLE_TEXT, "below");
	canvas_put(canvas, canvas_area(canvas), 0, -1, STYLE_TEXT, "far above");
	canvas_put(canvas, canvas_area(canvas), -20, 0, STYLE_TEXT, "far left");
	assert_text("\n   defg\n\n");
}

static void leaves_blanks_where_a_wide_character_does_not_fit(void **state)
{
	struct rect clip = {1, 0, 4, 1};

	(void)state;
	canvas_fill(canvas, canvas_area(canvas), STYLE_TEXT, ".");
	canvas_put(canvas, clip, 0, 0, STYLE_DIM, "日本語");
	assert_text(". 本 .......\n............\n............\n");
}

static void breaks_no_wide_character_in_two(void **state)
{
	struct rect all = canvas_area(canvas);

	(void)state;
	canvas_put(canvas, all, 0, 0, STYLE_TEXT, "日本");
	canvas_put(canvas, all, 1, 0, STYLE_TEXT, "x");
	canvas_put(canvas, all, 0, 1, STYLE_TEXT, "日本");
	canvas_put(canvas, all, 2, 1, STYLE_TEXT, "x");
	canvas_put(canvas, all, 0, 2, STYLE_TEXT, "日本");
	canvas_put(canvas, all, 1, 2, STYLE_TEXT, "語");
	assert_text(" x本\n日x\n 語\n");
}

static void keeps_combining_characters_with_their_base(void **state)
{
	(void)state;
	canvas_put(canvas, canvas_area(canvas), 0, 0, STYLE_TEXT, "e\u0301x");
	canvas_put(canvas, canvas_area(canvas), 0, 1, STYLE_TEXT, "日\u0301x");
	canvas_put(canvas, canvas_area(canvas), 0, 2, STYLE_TEXT,
		   "\u0301x\u0301\u0302\u0303\u0304\u0305\u0306\u0307");
	assert_string_equal(canvas->cells[0].text, "e\u0301");
	assert_string_equal(canvas->cells[1].text, "x");
	assert_string_equal(canvas->cells[12].text, "日\u0301");
	assert_string_equal(canvas->cells[14].text, "x");
	assert_memory_equal(canvas->cells[24].text, "x\u0301", 3);
	assert_true(strlen(canvas->cells[24].text) < sizeof canvas->cells[24].text);
}

static void fits_pads_and_aligns(void **state)
{
	struct rect all = canvas_area(canvas);

	(void)state;
	canvas_fill(canvas, all, STYLE_TEXT, ".");
	assert_int_equal(canvas_put_fit(canvas, all, 1, 0, 6, false, STYLE_TEXT, "abc"), 7);
	canvas_put_fit(canvas, all, 1, 1, 6, true, STYLE_TEXT, "abc");
	canvas_put_fit(canvas, all, 1, 2, 6, false, STYLE_TEXT, "abcdefgh");
	assert_text(".abc   .....\n.   abc.....\n.abcde….....\n");
	assert_int_equal(canvas_put_fit(canvas, all, 1, 0, 0, false, STYLE_TEXT, "abc"), 1);
	canvas_put_name(canvas, all, 0, 0, 12, STYLE_TEXT, "partner-gateway-eu-west");
	assert_int_equal(text_width(canvas->cells[0].text), 1);
	assert_string_equal(canvas->cells[0].text, "p");
	assert_string_equal(canvas->cells[11].text, "t");
}

static void draws_only_ascii_where_asked(void **state)
{
	struct rect all = canvas_area(canvas);

	(void)state;
	canvas->ascii = true;
	canvas_put(canvas, all, 0, 0, STYLE_TEXT, "a · ×3 —é日");
	canvas_put_fit(canvas, all, 0, 1, 4, false, STYLE_TEXT, "abcdef");
	canvas_rule(canvas, all, 2, STYLE_TITLE, "│", NULL);
	assert_text("a - x3 -???\nabc~\n-- | -------\n");
}

static void rules_give_up_the_note_first(void **state)
{
	struct rect all;

	(void)state;
	canvas_resize(canvas, 30, 3);
	all = canvas_area(canvas);
	canvas_rule(canvas, all, 0, STYLE_TITLE, "errors", "5 open");
	canvas_rule(canvas, (struct rect){0, 1, 20, 1}, 1, STYLE_TITLE, "errors", "5 open");
	canvas_rule(canvas, (struct rect){0, 2, 9, 1}, 2, STYLE_TITLE, "errors", "5 open");
	assert_text("── errors ────────── 5 open ──\n"
		    "── errors ──────────\n"
		    "── er… ──\n");
}

static void ground_stays_under_text_and_goes_with_a_fill(void **state)
{
	struct rect all = canvas_area(canvas);
	char *styles;

	(void)state;
	canvas_under(canvas, (struct rect){0, 0, 6, 3}, STYLE_SELECTED);
	canvas_put(canvas, all, 1, 0, STYLE_DOWN, "x");
	canvas_fill(canvas, (struct rect){0, 1, 12, 1}, STYLE_TEXT, " ");
	styles = canvas_styles(canvas);
	assert_string_equal(styles, ">x>>>>\n\n>>>>>>\n");
	free(styles);
}

static void controls_never_reach_a_cell(void **state)
{
	(void)state;
	canvas_put(canvas, canvas_area(canvas), 0, 0, STYLE_TEXT, "a\033[2Jb\n");
	assert_text("a?[2Jb?\n\n\n");
}

/* A cell with empty text stands right of a wide character and nowhere else, and no wide one lacks
 * it. */
static void assert_whole(const struct canvas *c)
{
	for (int y = 0; y < c->height; y++) {
		const struct cell_glyph *row = c->cells + (size_t)y * (size_t)c->width;

		for (int x = 0; x < c->width; x++) {
			bool wide = text_width(row[x].text) == 2;
			bool followed = x + 1 < c->width && !*row[x + 1].text;

			assert_true(wide == followed);
			assert_true(*row[x].text || x > 0);
		}
	}
}

static uint32_t random_state = 1;

static int random_below(int limit)
{
	random_state = random_state * 1664525u + 1013904223u;
	return (int)((random_state >> 8) % (uint32_t)limit);
}

static struct rect random_rect(void)
{
	return (struct rect){random_below(20) - 4, random_below(8) - 2, random_below(20) - 2,
			     random_below(8) - 2};
}

static bool is_inside(struct rect r, int x, int y)
{
	return x >= r.x && x < r.x + r.width && y >= r.y && y < r.y + r.height;
}

/* Nothing outside the clip changes, but a neighbour that lost half of itself becomes blank. */
static void assert_untouched(const struct canvas *now, const struct canvas *before,
			     struct rect clip)
{
	for (int y = 0; y < now->height; y++) {
		for (int x = 0; x < now->width; x++) {
			size_t i = (size_t)y * (size_t)now->width + (size_t)x;

			if (is_inside(clip, x, y) ||
			    strcmp(now->cells[i].text, before->cells[i].text) == 0) {
				continue;
			}
			assert_string_equal(now->cells[i].text, " ");
			assert_true(is_inside(clip, x - 1, y) || is_inside(clip, x + 1, y));
			assert_true(!*before->cells[i].text ||
				    text_width(before->cells[i].text) == 2);
		}
	}
}

static void draw_at_random(struct rect clip)
{
	static const char *const texts[] = {
		"a", "日本語", "x日y本", "e\u0301\u0302", "", "plain text", "\u0301", "🎉", "¼ü"};
	const char *text = texts[random_below((int)COUNT(texts))];
	int x = random_below(24) - 6, y = random_below(8) - 2;
	enum style style = (enum style)random_below(STYLE_COUNT);

	switch (random_below(6)) {
	case 0:
		canvas_put(canvas, clip, x, y, style, text);
		break;
	case 1:
		canvas_put_fit(canvas, clip, x, y, random_below(16), random_below(2), style, text);
		break;
	case 2:
		canvas_put_name(canvas, clip, x, y, random_below(16), style, text);
		break;
	case 3:
		canvas_fill(canvas, clip, style, text);
		break;
	case 4:
		canvas_rule(canvas, clip, y, style, text, text);
		break;
	default:
		canvas_printf(canvas, clip, x, y, style, "%s%s", text, text);
		break;
	}
}

static void random_drawing_stays_inside_and_whole(void **state)
{
	struct canvas *before = canvas_new(14, 4);
	size_t bytes = 14 * 4 * sizeof *before->cells;

	(void)state;
	canvas_resize(canvas, 14, 4);
	for (int i = 0; i < 20000; i++) {
		struct rect clip = random_rect();

		memcpy(before->cells, canvas->cells, bytes);
		draw_at_random(clip);
		assert_whole(canvas);
		assert_untouched(canvas, before, clip);
	}
	canvas_free(before);
}

static void any_size_is_legal(void **state)
{
	(void)state;
	for (int size = 0; size < 3; size++) {
		canvas_resize(canvas, size, 2 - size);
		canvas_put(canvas, (struct rect){0, 0, INT_MAX, INT_MAX}, 0, 0, STYLE_TEXT, "日本");
		canvas_rule(canvas, canvas_area(canvas), 0, STYLE_TITLE, "title", "note");
		canvas_fill(canvas, (struct rect){-5, -5, 100, 100}, STYLE_BAR, "日");
		canvas_under(canvas, (struct rect){-5, -5, 100, 100}, STYLE_SELECTED);
		assert_whole(canvas);
	}
	canvas_resize(canvas, -3, -3);
	assert_int_equal(canvas->width, 0);
	assert_text("");
}

static void letters_of_styles_are_unique(void **state)
{
	bool seen[128] = {false};

	(void)state;
	for (int i = 0; i < STYLE_COUNT; i++) {
		unsigned char letter = (unsigned char)style_table[i].letter;

		assert_true(letter >= ' ' && letter < 127);
		assert_false(seen[letter]);
		seen[letter] = true;
		assert_non_null(style_table[i].name);
		assert_true(style_table[i].parent < STYLE_COUNT);
	}
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, make_canvas, free_canvas)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(puts_and_returns_the_next_column),
		EACH(clips_on_all_sides),
		EACH(leaves_blanks_where_a_wide_character_does_not_fit),
		EACH(breaks_no_wide_character_in_two),
		EACH(keeps_combining_characters_with_their_base),
		EACH(fits_pads_and_aligns),
		EACH(draws_only_ascii_where_asked),
		EACH(rules_give_up_the_note_first),
		EACH(ground_stays_under_text_and_goes_with_a_fill),
		EACH(controls_never_reach_a_cell),
		EACH(random_drawing_stays_inside_and_whole),
		EACH(any_size_is_legal),
		cmocka_unit_test(letters_of_styles_are_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
