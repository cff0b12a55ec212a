/*
 * face/tui/theme: files are read leniently and completely, what they leave out is inherited, and
 * every shipped theme can be read by people: text has a contrast of 4.5 to its ground, signs and
 * charts 3 (WCAG 2.1, 1.4.3 and 1.4.11).
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "face/tui/look.h"
#include "face/tui/paint.h"
#include "face/tui/theme.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const shipped[] = {"default", "dark", "light", "mono",
				      "contrast", "okabe", "nord", "gruvbox"};

/* Writes text to a file and reads it as a theme. */
static bool load_text(struct theme *theme, const char *text, struct errors *errors)
{
	char path[] = "/tmp/webmon-theme-XXXXXX.ini";
	int file = mkstemps(path, 4);
	bool ok;

	assert_true(file >= 0);
	assert_int_equal(write(file, text, strlen(text)), strlen(text));
	close(file);
	ok = theme_load(theme, path, errors);
	unlink(path);
	return ok;
}

static void load_shipped(struct theme *theme, const char *name)
{
	struct errors errors = {0};
	char path[64];

	snprintf(path, sizeof path, "./themes/%s.ini", name);
	if (!theme_load(theme, path, &errors)) {
		fail_msg("cannot load %s", path);
	}
	if (errors.count) {
		fail_msg("%s", errors.items[0].text);
	}
	errors_free(&errors);
	assert_string_equal(theme->name, name);
}

static void assert_color(struct color color, int rgb, int c256, int c16)
{
	assert_int_equal(color.rgb, rgb);
	assert_int_equal(color.c256, c256);
	assert_int_equal(color.c16, c16);
}

static void reads_colours_in_all_forms(void **state)
{
	static const struct {
		const char *text;
		struct color foreground, background;
		unsigned attributes;
	} cases[] = {
		/* clang-format off */
		{"default", {-1, -1, -1}, {-1, -1, -1}, 0},
		{"", {-1, -1, -1}, {-1, -1, -1}, 0},
		{"#f06064 203 red", {0xf06064, 203, 1}, {-1, -1, -1}, 0},
		{"#ff0000", {0xff0000, 196, 9}, {-1, -1, -1}, 0},
		{"#FFFFFF on #000000", {0xffffff, 231, 15}, {0, 16, 0}, 0},
		{"196", {-2, 196, 9}, {-1, -1, -1}, 0},
		{"red", {-2, 1, 1}, {-1, -1, -1}, 0},
		{"bright-blue bold", {-2, 12, 12}, {-1, -1, -1}, ATTR_BOLD},
		{"on #000000 underline", {-1, -1, -1}, {0, 16, 0}, ATTR_UNDERLINE},
		{"mute on bar reverse", {0x7c8492, 244, 7}, {0x202630, 235, 0}, ATTR_DIM | ATTR_REVERSE},
		{"#808080 red bold dim italic", {0x808080, 244, 1}, {-1, -1, -1}, ATTR_BOLD | ATTR_DIM | ATTR_ITALIC},
		/* clang-format on */
	};
	static const struct palette palette = {
		.colors = {{"mute", {0x7c8492, 244, 7}, ATTR_DIM}, {"bar", {0x202630, 235, 0}, 0}},
		.count = 2,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct look look = {.mono_attributes = 77};
		char unknown[40];

		assert_true(look_parse(&look, cases[i].text, &palette, unknown));
		assert_color(look.foreground, cases[i].foreground.rgb, cases[i].foreground.c256,
			     cases[i].foreground.c16);
		assert_color(look.background, cases[i].background.rgb, cases[i].background.c256,
			     cases[i].background.c16);
		assert_int_equal(look.attributes, cases[i].attributes);
		assert_int_equal(look.mono_attributes, 77);
	}
}

static void names_the_word_that_is_no_colour(void **state)
{
	static const struct {
		const char *text, *unknown;
	} cases[] = {
		/* clang-format off */
		{"#f0606", "#f0606"},
		{"redd bold", "redd"},
		{"#ffffff 256", "256"},
		{"red blue", "blue"},
		{"default on on", "on"},
		{"#12345g", "#12345g"},
		{"-1", "-1"},
		{"averyveryveryverylongwordthatdoesnotfitanywhere", "averyveryveryverylongwordthatdoesnotfit"},
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct look look;
		char unknown[40];

		assert_false(look_parse(&look, cases[i].text, NULL, unknown));
		assert_string_equal(unknown, cases[i].unknown);
	}
}

static void tells_mistakes_with_their_lines_and_goes_on(void **state)
{
	static const char text[] = "[theme]\nvariant = dusk\ncolour = red\n"	      /* 2, 3 */
				   "[palette]\nink = #12345\n"			      /* 5 */
				   "[state]\ndwon = red\nup = grean\nslow = yellow\n" /* 7, 8 */
				   "[shapes]\nround = yes\n"			      /* 10 */
				   "[glyphs]\nup = 日\nbars = abc\nnw = x\n"; /* 13, 14, 15 */
	static const int lines[] = {5, 2, 3, 7, 8, 10, 13, 14, 15};
	struct errors errors = {0};
	struct theme theme;

	(void)state;
	assert_true(load_text(&theme, text, &errors));
	assert_int_equal(errors.fatal, 0);
	assert_int_equal(errors.count, COUNT(lines));
	for (size_t i = 0; i < COUNT(lines); i++) {
		char wanted[16];

		snprintf(wanted, sizeof wanted, ".ini:%d:", lines[i]);
		assert_non_null(strstr(errors.items[i].text, wanted));
		assert_true(errors.items[i].warning);
	}
	assert_non_null(strstr(errors.items[3].text, "did you mean 'down'"));
	assert_int_equal(theme.looks[STYLE_SLOW].foreground.c16, 3);
	assert_string_equal(theme.glyphs.up, ".");
	assert_string_equal(theme.glyphs.bars[7], "#");
	errors_free(&errors);
}

static void a_file_that_ini_refuses_is_only_a_warning(void **state)
{
	struct errors errors = {0};
	struct theme theme;

	(void)state;
	assert_true(load_text(&theme, "[state]\nthis is no entry\nup = red\n", &errors));
	assert_int_equal(errors.fatal, 0);
	assert_int_equal(errors.count, 1);
	assert_non_null(strstr(errors.items[0].text, ".ini:2: warning: the line is no"));
	assert_true(errors.items[0].placed);
	assert_false(errors.lenient);
	assert_int_equal(theme.looks[STYLE_UP].foreground.c16, 1);
	errors_free(&errors);
}

static void what_a_theme_leaves_out_looks_like_its_parent(void **state)
{
	struct errors errors = {0};
	struct theme theme, plain;

	(void)state;
	theme_default(&plain);
	assert_true(load_text(
		&theme,
		"[ui]\nbar = green on blue\n[state]\ndown = late bold\n[palette]\nlate = red\n",
		&errors));
	assert_int_equal(errors.count, 0);
	assert_int_equal(theme.looks[STYLE_BAR_DIM].background.c16, 4);
	assert_int_equal(theme.looks[STYLE_COUNT_DOWN].foreground.c16,
			 1); /* a palette may come last */
	assert_int_equal(theme.looks[STYLE_FAILED].attributes, ATTR_BOLD);
	assert_int_equal(theme.looks[STYLE_TEXT].foreground.rgb, COLOR_TERMINAL);
	assert_int_equal(theme.looks[STYLE_SLOW].foreground.rgb, COLOR_TERMINAL);
	for (int i = 0; i < STYLE_COUNT; i++) {
		assert_int_equal(theme.looks[i].mono_attributes, plain.looks[i].mono_attributes);
	}
	errors_free(&errors);
}

static void a_missing_theme_is_an_error_that_lists_what_there_is(void **state)
{
	struct errors errors = {0};
	struct theme theme;

	(void)state;
	assert_false(theme_load(&theme, "no-such-theme", &errors));
	assert_int_equal(errors.fatal, 1);
	assert_non_null(strstr(errors.items[0].text, "no-such-theme"));
	assert_non_null(strstr(errors.items[0].text, "default"));
	errors_free(&errors);
}

static void finds_themes_by_name_in_the_users_folder_first(void **state)
{
	char root[] = "/tmp/webmon-themes-XXXXXX", folder[64], themes[64], path[80];
	struct errors errors = {0};
	struct theme theme;
	char **names;
	bool listed = false;
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(root));
	setenv("XDG_CONFIG_HOME", root, 1);
	snprintf(folder, sizeof folder, "%s/webmon", root);
	snprintf(themes, sizeof themes, "%s/webmon/themes", root);
	snprintf(path, sizeof path, "%s/webmon/themes/mine.ini", root);
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(mkdir(themes, 0700), 0);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("[state]\nup = magenta\n", file);
	fclose(file);
	assert_true(theme_load(&theme, "mine", &errors));
	assert_string_equal(theme.name, "mine");
	assert_int_equal(theme.looks[STYLE_UP].foreground.c16, 5);
	names = theme_list();
	for (size_t i = 0; names[i]; i++) {
		listed |= strcmp(names[i], "mine") == 0;
		assert_true(i == 0 || strcmp(names[i - 1], names[i]) < 0);
	}
	assert_true(listed);
	theme_list_free(names);
	unlink(path);
	rmdir(themes);
	rmdir(folder);
	rmdir(root);
	unsetenv("XDG_CONFIG_HOME");
	errors_free(&errors);
}

static void the_file_of_the_default_says_what_is_compiled_in(void **state)
{
	struct theme compiled, read;

	(void)state;
	theme_default(&compiled);
	load_shipped(&read, "default");
	assert_string_equal(read.variant, compiled.variant);
	assert_memory_equal(&read.glyphs, &compiled.glyphs, sizeof read.glyphs);
	for (int i = 0; i < STYLE_COUNT; i++) {
		assert_memory_equal(&read.looks[i], &compiled.looks[i], sizeof read.looks[i]);
	}
}

static void mono_is_what_every_theme_is_without_colour(void **state)
{
	struct theme mono;

	(void)state;
	load_shipped(&mono, "mono");
	for (int i = 0; i < STYLE_COUNT; i++) {
		assert_color(mono.looks[i].foreground, -1, -1, -1);
		assert_color(mono.looks[i].background, -1, -1, -1);
		assert_int_equal(mono.looks[i].attributes, mono.looks[i].mono_attributes);
	}
}

static void ascii_replaces_every_sign_that_is_not(void **state)
{
	struct theme theme;
	const char *glyphs = (const char *)&theme.glyphs;

	(void)state;
	theme_default(&theme);
	theme_make_ascii(&theme);
	for (size_t i = 0; i < sizeof theme.glyphs; i++) {
		assert_true((unsigned char)glyphs[i] < 0x80);
	}
	assert_string_equal(theme.glyphs.down, "X");
	assert_string_equal(theme.glyphs.bars[0], "_");
}

static void colours_follow_the_depth(void **state)
{
	struct look look;
	struct paint paint;
	char unknown[40];

	(void)state;
	look_parse(&look, "#7c8492 244 gray dim on #000003 17 blue", NULL, unknown);
	look.mono_attributes = ATTR_BOLD;
	paint = paint_of(&look, DEPTH_TRUE);
	assert_int_equal(paint.foreground, 0x7c8492);
	assert_int_equal(paint.background, 8); /* 1 to 7 would be the ANSI colours */
	assert_int_equal(paint.attributes, 0);
	paint = paint_of(&look, DEPTH_256);
	assert_int_equal(paint.foreground, 244);
	paint = paint_of(&look, DEPTH_16);
	assert_int_equal(paint.foreground, 8);
	assert_int_equal(paint.attributes, ATTR_DIM);
	paint = paint_of(&look, DEPTH_MONO);
	assert_int_equal(paint.foreground, COLOR_TERMINAL);
	assert_int_equal(paint.background, COLOR_TERMINAL);
	assert_int_equal(paint.attributes, ATTR_BOLD);
	look_parse(&look, "gray", NULL, unknown);
	paint = paint_of(&look, DEPTH_8); /* bright black may be black there */
	assert_int_equal(paint.foreground, COLOR_TERMINAL);
	assert_int_equal(paint.attributes, ATTR_DIM);
	look_parse(&look, "black on yellow bold", NULL, unknown);
	assert_int_equal(paint_of(&look, DEPTH_8).attributes, 0);
}

static void no_color_and_the_wish_decide_the_depth(void **state)
{
	(void)state;
	assert_int_equal(depth_wanted(COLOR_AUTO, NULL, NULL), DEPTH_256);
	assert_int_equal(depth_wanted(COLOR_AUTO, "", "truecolor"), DEPTH_TRUE);
	assert_int_equal(depth_wanted(COLOR_AUTO, "1", "truecolor"), DEPTH_MONO);
	assert_int_equal(depth_wanted(COLOR_AUTO, NULL, "24bit"), DEPTH_TRUE);
	assert_int_equal(depth_wanted(COLOR_256, "1", "truecolor"), DEPTH_256);
	assert_int_equal(depth_wanted(COLOR_16, NULL, "truecolor"), DEPTH_16);
	assert_int_equal(depth_wanted(COLOR_NEVER, NULL, NULL), DEPTH_MONO);
	assert_int_equal(depth_wanted(COLOR_TRUE, "1", NULL), DEPTH_TRUE);
}

static void ascii_where_the_locale_or_the_terminal_has_no_signs(void **state)
{
	(void)state;
	assert_true(has_utf8(ASCII_AUTO, "UTF-8", "xterm-256color"));
	assert_false(has_utf8(ASCII_AUTO, "ANSI_X3.4-1968", "xterm-256color"));
	assert_false(has_utf8(ASCII_AUTO, "UTF-8", "vt100"));
	assert_false(has_utf8(ASCII_AUTO, "UTF-8", "linux"));
	assert_true(has_utf8(ASCII_NO, "UTF-8", "linux"));
	assert_false(has_utf8(ASCII_NO, "ISO-8859-1", "xterm"));
	assert_false(has_utf8(ASCII_YES, "UTF-8", "xterm"));
	assert_int_equal(depth_offered(DEPTH_TRUE, 256), DEPTH_256);
	assert_int_equal(depth_offered(DEPTH_TRUE, 1 << 24), DEPTH_TRUE);
	assert_int_equal(depth_offered(DEPTH_16, 256), DEPTH_16);
	assert_int_equal(depth_offered(DEPTH_256, 8), DEPTH_8);
	assert_int_equal(depth_offered(DEPTH_256, 0), DEPTH_MONO);
}

/* WCAG 2.1, relative luminance. */
static double luminance(int rgb)
{
	static const double weights[3] = {0.2126, 0.7152, 0.0722};
	double sum = 0;

	for (int i = 0; i < 3; i++) {
		double value = (rgb >> (16 - 8 * i) & 255) / 255.0;

		sum += weights[i] *
		       (value <= 0.03928 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4));
	}
	return sum;
}

static double contrast(int a, int b)
{
	double first = luminance(a), second = luminance(b);

	return first > second ? (first + 0.05) / (second + 0.05) : (second + 0.05) / (first + 0.05);
}

/* In one of the two forms that do not depend on the user's palette; -1: the terminal's own. */
static int rgb_of(struct color color, bool indexed)
{
	if (color.rgb == COLOR_TERMINAL) {
		return -1;
	}
	return indexed ? color_rgb_of_256(color.c256) : color.rgb;
}

/* Rules and grid are ornament: they need to be seen, not read. */
static double needed(enum style style)
{
	static const enum style signs[] = {
		STYLE_HISTORY,	      STYLE_HISTORY_DIM, STYLE_HISTORY_SLOW, STYLE_NODATA,
		STYLE_BAR_CHART,      STYLE_SLOWEST,	 STYLE_STRIP_OK,     STYLE_PHASE_DNS,
		STYLE_PHASE_CONNECT,  STYLE_PHASE_TLS,	 STYLE_PHASE_SEND,   STYLE_PHASE_WAIT,
		STYLE_PHASE_TRANSFER,
	};

	if (style == STYLE_RULE || style == STYLE_GRID || style == STYLE_BAND) {
		return 1.25;
	}
	for (size_t i = 0; i < COUNT(signs); i++) {
		if (signs[i] == style) {
			return 3;
		}
	}
	return 4.5;
}

struct pair {
	const struct theme *theme;
	enum style style, under;
	bool indexed;
	double wanted;
};

/* Returns 1 where the pair cannot be read, and says so. */
static int check_pair(const struct pair *pair, int plain_ground)
{
	struct look look = theme_mix(pair->theme, pair->style, pair->under);
	int ink = rgb_of(look.foreground, pair->indexed),
	    ground = rgb_of(look.background, pair->indexed);
	double ratio;

	if (ink < 0) {
		return ground < 0
			       ? 0
			       : pair->style == STYLE_TEXT; /* the terminal's own two go together */
	}
	ratio = contrast(ink, ground < 0 ? plain_ground : ground);
	if (ratio >= pair->wanted) {
		return 0;
	}
	print_error("%s: %s.%s on %s: #%06x on #%06x%s has %.2f, needs %.2f\n", pair->theme->name,
		    style_table[pair->style].section, style_table[pair->style].name,
		    style_table[pair->under].name, (unsigned)ink,
		    (unsigned)(ground < 0 ? plain_ground : ground),
		    pair->indexed ? " (of 256)" : "", ratio, pair->wanted);
	return 1;
}

/* What may stand on the band of usual times. */
static int check_band(const struct theme *theme, int plain_ground)
{
	static const enum style on_band[] = {STYLE_HISTORY_DIM, STYLE_HISTORY_SLOW,
					     STYLE_BAR_CHART,   STYLE_SLOWEST,
					     STYLE_LIMIT,       STYLE_SECOND,
					     STYLE_CHANGE};
	int bad = 0;

	if (theme->looks[STYLE_BAND].background.rgb == COLOR_TERMINAL) {
		return 0;
	}
	for (size_t i = 0; i < COUNT(on_band) * 2; i++) {
		bad += check_pair(&(struct pair){theme, on_band[i / 2], STYLE_BAND, i % 2, 3},
				  plain_ground);
	}
	return bad;
}

static int check_theme(const struct theme *theme, int plain_ground, double most)
{
	int bad = check_band(theme, plain_ground);

	for (int i = 0; i < STYLE_COUNT * 2; i++) {
		enum style style = (enum style)(i / 2);
		struct pair pair = {theme, style, STYLE_TEXT, i % 2,
				    needed(style) < most ? needed(style) : most};
		bool history = style >= STYLE_HISTORY && style <= STYLE_NODATA;

		bad += check_pair(&pair, plain_ground);
		if (style > STYLE_NODATA ||
		    theme->looks[STYLE_SELECTED].background.rgb == COLOR_TERMINAL) {
			continue; /* the big chart stands on no row */
		}
		pair.wanted = history ? 3 : pair.wanted;
		pair.under = STYLE_SELECTED;
		bad += check_pair(&pair, plain_ground);
		pair.under = STYLE_SELECTED_UNFOCUSED;
		bad += check_pair(&pair, plain_ground);
		if (style == STYLE_UP ||
		    style == STYLE_PAUSED) { /* counted in the bar, beside their signs */
			pair.wanted = 3;
			pair.under = STYLE_BAR;
			bad += check_pair(&pair, plain_ground);
		}
	}
	return bad;
}

static void every_theme_can_be_read(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(shipped); i++) {
		struct theme theme;

		load_shipped(&theme, shipped[i]);
		if (strcmp(theme.variant, "any") == 0) { /* no colour has 4.5 on both */
			bad += check_theme(&theme, 0x111318, 3);
			bad += check_theme(&theme, 0xffffff, 3);
		} else {
			bad += check_theme(&theme,
					   strcmp(theme.variant, "dark") == 0 ? 0x111318 : 0xffffff,
					   100);
		}
	}
	assert_int_equal(bad, 0);
}

/* The sixteen of a Linux console, the darkest in use: blue is hardly seen on its black. */
static const int console[16] = {0x000000, 0xaa0000, 0x00aa00, 0xaa5500, 0x0000aa, 0xaa00aa,
				0x00aaaa, 0xaaaaaa, 0x555555, 0xff5555, 0x55ff55, 0xffff55,
				0x5555ff, 0xff55ff, 0x55ffff, 0xffffff};

/* Returns 1 where a role cannot be made out of its ground with sixteen colours, and says so. */
static int check_in_16(const struct theme *theme, enum style style, enum style under)
{
	bool light = strcmp(theme->variant, "light") == 0;
	struct look look = theme_mix(theme, style, under);
	int ink = look.foreground.c16, ground = look.background.c16;
	double ratio, wanted = needed(style) < 3 ? 1.25 : 1.75;

	if (ink < 0 && ground < 0) {
		return 0;
	}
	ink = ink < 0 ? (light ? 0 : 7) : ink;
	ground = ground < 0 ? (light ? 15 : 0) : ground;
	ratio = contrast(console[ink], console[ground]);
	if (ratio >= wanted) {
		return 0;
	}
	print_error("%s: %s.%s on %s in 16 colours: %d on %d has %.2f, needs %.2f\n", theme->name,
		    style_table[style].section, style_table[style].name, style_table[under].name,
		    ink, ground, ratio, wanted);
	return 1;
}

static void every_theme_can_be_read_in_16_colours(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(shipped); i++) {
		struct theme theme;

		load_shipped(&theme, shipped[i]);
		for (int style = 0; style < STYLE_COUNT; style++) {
			bad += check_in_16(&theme, (enum style)style, STYLE_TEXT);
			if (style <= STYLE_NODATA &&
			    theme.looks[STYLE_SELECTED].background.c16 != COLOR_TERMINAL) {
				bad += check_in_16(&theme, (enum style)style, STYLE_SELECTED);
			}
		}
	}
	assert_int_equal(bad, 0);
}

static void contrast_keeps_its_word(void **state)
{
	struct theme theme;
	int bad = 0;

	(void)state;
	load_shipped(&theme, "contrast");
	for (int i = 0; i < STYLE_COUNT; i++) {
		struct pair pair = {&theme, (enum style)i, STYLE_TEXT, false,
				    needed((enum style)i) == 4.5 ? 7 : 5};

		bad += needed((enum style)i) < 3 ? 0 : check_pair(&pair, 0);
	}
	assert_int_equal(bad, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_colours_in_all_forms),
		cmocka_unit_test(names_the_word_that_is_no_colour),
		cmocka_unit_test(tells_mistakes_with_their_lines_and_goes_on),
		cmocka_unit_test(a_file_that_ini_refuses_is_only_a_warning),
		cmocka_unit_test(what_a_theme_leaves_out_looks_like_its_parent),
		cmocka_unit_test(a_missing_theme_is_an_error_that_lists_what_there_is),
		cmocka_unit_test(finds_themes_by_name_in_the_users_folder_first),
		cmocka_unit_test(the_file_of_the_default_says_what_is_compiled_in),
		cmocka_unit_test(mono_is_what_every_theme_is_without_colour),
		cmocka_unit_test(ascii_replaces_every_sign_that_is_not),
		cmocka_unit_test(colours_follow_the_depth),
		cmocka_unit_test(no_color_and_the_wish_decide_the_depth),
		cmocka_unit_test(ascii_where_the_locale_or_the_terminal_has_no_signs),
		cmocka_unit_test(every_theme_can_be_read),
		cmocka_unit_test(every_theme_can_be_read_in_16_colours),
		cmocka_unit_test(contrast_keeps_its_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
