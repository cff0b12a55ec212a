/*
 * base/text: what comes out of text_clean() can do no harm, widths agree with the C library's, cuts
 * never fall inside a character, and no form of a secret is left.
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <cmocka.h>

#include "base/text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct clean_case {
	const char    *in;
	size_t         size; /* 0: strlen */
	enum text_mode mode;
	const char    *out;
};

static const struct clean_case clean_cases[] = {
	{ "plain text", 0, TEXT_LINE, "plain text" },
	{ "", 0, TEXT_LINE, "" },
	{ "a\033[31mb", 0, TEXT_LINE, "a\\x1b[31mb" },
	{ "\a\b\x7f", 0, TEXT_LINE, "\\x07\\x08\\x7f" },
	{ "a\0b", 3, TEXT_LINE, "a\\x00b" },
	{ "one\ntwo\tthree\r\nfour\rfive", 0, TEXT_LINE, "one two three four five" },
	{ "one\ntwo\r\nthree\rfour", 0, TEXT_BLOCK, "one\ntwo\nthree\nfour" },
	{ "\tx\n123\ty\n12345678\tz", 0, TEXT_BLOCK, "        x\n123     y\n12345678        z" },
	{ "日\tx", 0, TEXT_BLOCK, "日      x" },
	{ "\xc2\x9b" "31m", 0, TEXT_LINE, "\\x9b31m" },
	{ "\x9b" "31m", 0, TEXT_LINE, "\xef\xbf\xbd" "31m" },
	{ "\xe2\x80\xaegnp.exe", 0, TEXT_LINE, "·gnp.exe" },
	{ "\xe2\x81\xa6x\xe2\x81\xa9", 0, TEXT_LINE, "·x·" },
	{ "a\xe2\x80\x8b" "b\xef\xbb\xbf" "c\xe2\x80\x8e", 0, TEXT_LINE, "a·b·c·" },
	{ "\xf3\xa0\x81\xa1", 0, TEXT_LINE, "·" },                      /* tag */
	{ "a\xe2\x80\xa8" "b\xe2\x80\xa9", 0, TEXT_BLOCK, "a·b·" },      /* separators */
	{ "\xee\x80\x80\xef\xbf\xbf\xef\xb7\x90", 0, TEXT_LINE, "···" }, /* private, noncharacters */
	{ "\xed\xa0\x80", 0, TEXT_LINE, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" }, /* surrogate */
	{ "\xc0\xaf", 0, TEXT_LINE, "\xef\xbf\xbd\xef\xbf\xbd" },               /* overlong */
	{ "\xf4\x90\x80\x80", 0, TEXT_LINE, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "caf\xc3\xa9 日本 🎉", 0, TEXT_LINE, "café 日本 🎉" },
	{ "caf\xc3", 0, TEXT_LINE, "caf\xef\xbf\xbd" },
	{ "e\xcc\x81\xcc\x82\xcc\x83\xcc\x84", 0, TEXT_LINE, "e\xcc\x81\xcc\x82·\xcc\x84" }, /* a pile of marks */
	{ "\xcc\x81x", 0, TEXT_LINE, "·x" }, /* a mark with nothing to stand on */
	{ "a\n\xcc\x81x", 0, TEXT_BLOCK, "a\n·x" },
};

static void cleans_what_could_do_harm(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(clean_cases); i++) {
		const struct clean_case *c = &clean_cases[i];
		char out[200];
		size_t size = c->size ? c->size : strlen(c->in);
		size_t length = text_clean(out, sizeof(out), c->in, size, c->mode);

		assert_string_equal(out, c->out);
		assert_int_equal(length, strlen(c->out));
		assert_true(text_is_clean(out, c->mode));
		if (c->size == 0)
			assert_int_equal(text_is_clean(c->in, c->mode), strcmp(c->in, c->out) == 0);
	}
}

static bool is_in(uint32_t c, uint32_t from, uint32_t to)
{
	return c >= from && c <= to;
}

/* The rule itself, spelled out once more without the table that text_clean uses. */
static bool may_be_shown(uint32_t c, enum text_mode mode)
{
	if (c == '\n')
		return mode == TEXT_BLOCK;
	return !is_in(c, 0, 0x1f) && !is_in(c, 0x7f, 0x9f) && !is_in(c, 0x200b, 0x200f) &&
	       !is_in(c, 0x2028, 0x202e) && !is_in(c, 0x2060, 0x206f) && c != 0xfeff &&
	       c != 0x61c && c != 0xad && c != 0x180e && !is_in(c, 0xfe00, 0xfe0f) &&
	       !is_in(c, 0xe000, 0xf8ff) && !is_in(c, 0xfdd0, 0xfdef) && !is_in(c, 0xe0000, 0x10ffff) &&
	       (c & 0xfffe) != 0xfffe;
}

static void assert_obeys_the_grammar(const char *out, enum text_mode mode)
{
	uint32_t c;
	int marks = 2;

	for (int length; (length = text_decode(out, &c)) > 0; out += length) {
		assert_true(may_be_shown(c, mode));
		assert_false(c == 0xfffd && length == 1); /* valid UTF-8 */
		marks = c == '\n' ? 2 : text_char_width(c) == 0 ? marks + 1 : 0;
		assert_true(marks <= 2);
	}
}

static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(*seed >> 33);
}

/* Bytes as a hostile server picks them: much ASCII, many lead bytes, whole characters of every kind. */
static size_t random_bytes(char *out, size_t capacity, uint64_t *seed)
{
	static const uint32_t picks[] = { 0x1b, 0x9b, 0x202e, 0x200b, 0xfeff, 0x301, 0x2028, '\r', '\n',
					  '\t', 0xe0041, 0xd7ff, 0xffff, 0x65e5, 0x1f389, 0x10ffff, 0xe001 };
	size_t used = 0;

	while (used + 4 <= capacity) {
		switch (next_random(seed) % 4) {
		case 0:
			out[used++] = (char)(next_random(seed) & 0xff);
			break;
		case 1:
			used += (size_t)text_encode(picks[next_random(seed) % COUNT(picks)], out + used);
			break;
		case 2:
			used += (size_t)text_encode(next_random(seed) % 0x110000, out + used);
			break;
		default:
			out[used++] = (char)('a' + next_random(seed) % 26);
		}
	}
	return used;
}

static void random_bytes_come_out_by_the_grammar(void **state)
{
	uint64_t seed = 20261122;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		enum text_mode mode = round % 2 ? TEXT_LINE : TEXT_BLOCK;
		char in[96], out[400], again[400];
		size_t size = random_bytes(in, next_random(&seed) % sizeof(in), &seed);
		size_t capacity = 1 + next_random(&seed) % sizeof(out);
		size_t length = text_clean(out, capacity, in, size, mode);

		assert_int_equal(length, strlen(out));
		assert_true(length < capacity);
		assert_obeys_the_grammar(out, mode);
		assert_true(text_is_clean(out, mode));
		text_clean(again, sizeof(again), out, length, mode);
		assert_string_equal(again, out);
	}
}

static void every_character_alone_obeys_the_grammar(void **state)
{
	(void)state;
	for (uint32_t c = 0; c < 0x110000; c++) {
		char in[4], out[32];
		int length = text_encode(c, in);

		text_clean(out, sizeof(out), in, (size_t)length, TEXT_LINE);
		assert_obeys_the_grammar(out, TEXT_LINE);
	}
}

static void cleaning_never_cuts_inside_a_character(void **state)
{
	static const char in[] = "ab日🎉\033cd";
	(void)state;
	for (size_t capacity = 0; capacity < 24; capacity++) {
		char out[24] = "untouched";
		size_t length = text_clean(out, capacity, in, strlen(in), TEXT_LINE);

		if (capacity == 0) {
			assert_string_equal(out, "untouched");
			continue;
		}
		assert_true(length < capacity);
		assert_true(text_is_clean(out, TEXT_LINE));
		assert_true(strncmp(out, "ab日🎉\\x1bcd", length) == 0);
		assert_true(length <= 9 || length >= 13); /* the escape is whole or absent */
	}
}

static void widths_agree_with_the_c_library(void **state)
{
	int compared = 0, different = 0;

	(void)state;
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		skip();
	for (uint32_t c = 0xa0; c < 0x110000; c++) {
		char in[4], out[32];
		int libc = wcwidth((wchar_t)c), length = text_encode(c, in);

		text_clean(out, sizeof(out), in, (size_t)length, TEXT_LINE);
		if (libc < 0 || memcmp(in, out, (size_t)length) != 0)
			continue;
		compared++;
		different += libc != text_char_width(c);
	}
	setlocale(LC_CTYPE, "C");
	assert_true(compared > 100000);
	/* A newer C library knows a newer Unicode, which changes a few widths. */
	assert_true(different < 100);
}

static void decodes_and_encodes_every_character(void **state)
{
	(void)state;
	for (uint32_t c = 1; c < 0x110000; c++) {
		char text[5] = "";
		uint32_t back;

		if (is_in(c, 0xd800, 0xdfff))
			continue;
		int length = text_encode(c, text);
		assert_int_equal(text_decode(text, &back), length);
		assert_int_equal(back, c);
	}
}

struct fit_case {
	const char   *text;
	int           width;
	enum text_cut cut;
	bool          ascii;
	const char   *out;
	int           columns;
};

static const struct fit_case fit_cases[] = {
	{ "short", 10, CUT_END, false, "short", 5 },
	{ "exact", 5, CUT_END, false, "exact", 5 },
	{ "too long", 5, CUT_END, false, "too …", 5 },
	{ "too long", 5, CUT_END, true, "too ~", 5 },
	{ "too long", 1, CUT_END, false, "…", 1 },
	{ "too long", 0, CUT_END, false, "", 0 },
	{ "too long", -3, CUT_MIDDLE, false, "", 0 },
	{ "partner-gateway-eu-west", 18, CUT_MIDDLE, false, "partner-g…-eu-west", 18 },
	{ "日本語", 5, CUT_END, false, "日本…", 5 },
	{ "日本語", 4, CUT_END, false, "日…", 3 }, /* no half of a wide one */
	{ "日本語日本語", 6, CUT_MIDDLE, false, "日…語", 5 },
	{ "e\xcc\x81t\xcc\x81x", 2, CUT_END, false, "e\xcc\x81…", 2 },
	{ "abcde\xcc\x81", 3, CUT_MIDDLE, true, "a~e\xcc\x81", 3 },
};

static void fits_into_columns(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fit_cases); i++) {
		const struct fit_case *c = &fit_cases[i];
		char out[64];

		assert_int_equal(text_fit(out, sizeof(out), c->text, c->width, c->cut, c->ascii), c->columns);
		assert_string_equal(out, c->out);
		assert_int_equal(text_width(out), c->columns);
	}
}

static void fits_within_width_and_capacity_whatever_they_are(void **state)
{
	static const char text[] = "a日e\xcc\x81🎉b·c日本語xyz";

	(void)state;
	for (int width = -1; width < 24; width++) {
		for (size_t capacity = 0; capacity < 48; capacity++) {
			char out[48] = "";
			int columns = text_fit(out, capacity, text, width, capacity % 2 ? CUT_END : CUT_MIDDLE,
					       false);

			assert_true(columns <= (width > 0 ? width : 0));
			assert_int_equal(columns, text_width(out));
			assert_true(text_is_clean(out, TEXT_LINE));
			assert_true(capacity == 0 || strlen(out) < capacity);
		}
	}
}

static void lines_end_where_no_more_fits(void **state)
{
	static const struct {
		const char *text;
		int width;
		struct text_line line;
	} cases[] = {
		{"", 4, {.bytes = 0}},
		{"four", 4, {.bytes = 4, .columns = 4}},
		{"a bc def", 6, {.bytes = 6, .columns = 6, .blank = 4, .blank_columns = 4}},
		{"a bc def", 4, {.bytes = 4, .columns = 4, .blank = 1, .blank_columns = 1}},
		{" abc", 3, {.bytes = 3, .columns = 3}},
		{"日本 語", 5, {.bytes = 7, .columns = 5, .blank = 6, .blank_columns = 4}},
		{"日本", 3, {.bytes = 3, .columns = 2}},
		{"日本", 1, {.bytes = 3, .columns = 2}}, /* one at least */
		{"e\xcc\x81x", 1, {.bytes = 3, .columns = 1}},
		{"abc", 0, {.bytes = 1, .columns = 1}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text_line line = text_line(cases[i].text, strlen(cases[i].text), cases[i].width);

		assert_int_equal(line.bytes, cases[i].line.bytes);
		assert_int_equal(line.columns, cases[i].line.columns);
		assert_int_equal(line.blank, cases[i].line.blank);
		assert_int_equal(line.blank_columns, cases[i].line.blank_columns);
	}
	assert_int_equal(text_line("ab\ncd", 2, 80).bytes, 2); /* not beyond its length */
}

static void formats_and_copies_cut_on_a_characters_border(void **state)
{
	char out[6];

	(void)state;
	assert_int_equal(text_format(out, sizeof(out), "%s", "abc日"), 3);
	assert_string_equal(out, "abc");
	assert_int_equal(text_format(out, sizeof(out), "%s", "ab日"), 5);
	assert_string_equal(out, "ab日");
	assert_int_equal(text_copy(out, sizeof(out), "日日"), 3);
	assert_string_equal(out, "日");
	assert_int_equal(text_copy(out, sizeof(out), "abcde"), 5);
	assert_string_equal(out, "abcde");
	assert_int_equal(text_copy(out, sizeof(out), "a\xef\xbf\xbdz!"), 5); /* a real U+FFFD is a character */
	assert_int_equal(text_copy(out, 1, "x"), 0);
	assert_int_equal(text_copy(out, 0, "x"), 0);
}

struct redact_case {
	const char *text, *secret, *out;
};

static const struct redact_case redact_cases[] = {
	{ "nothing here", "hunter2secret", "nothing here" },
	{ "key=hunter2secret;", "hunter2secret", "key=•••;" },
	{ "hunter2secrethunter2secret", "hunter2secret", "••••••" },
	{ "abc", "abc", "abc" }, /* too short to be masked */
	{ "q=p%40ss%2Fword&x", "p@ss/word", "q=•••&x" },
	{ "q=p%40ss/word&x", "p@ss/word", "q=•••&x" }, /* half encoded */
	{ "q=p%40ss%2fword&x", "p@ss/word", "q=•••&x" },
	{ "q=two+words%20here", "two words here", "q=•••" },
	{ "%68%75%6E%74%65%72%32", "hunter2", "•••" },
	{ "Basic aHVudGVyMnNlY3JldA==", "hunter2secret", "Basic •••" },
	/* base64 of "user:hunter2secret", "us:hunter2secret!", "u:hunter2secret" */
	{ "Basic dXNlcjpodW50ZXIyc2VjcmV0", "hunter2secret", "Basic dXNlcjp•••" },
	{ "x dXM6aHVudGVyMnNlY3JldCE= y", "hunter2secret", "x dXM6•••E= y" },
	{ "dTpodW50ZXIyc2VjcmV0", "hunter2secret", "dTp•••" },
	{ "_-_-Pz8_Pw==", "??????", "_-_-Pz8_Pw==" },
	{ "token Pz8_Pz8_ end", "??????", "token ••• end" },
	{ "token Pz8/Pz8/ end", "??????", "token ••• end" },
	{ "cut off: hunter2se", "hunter2secret", "cut off: •••" }, /* a text cut within the secret */
	{ "cut off: hun", "hunter2secret", "cut off: hun" },
	{ "\"hunter2se…\" came", "hunter2secret", "\"•••…\" came" }, /* the same, and shown */
	{ "aHVudGVyMnN…, wanted", "hunter2secret", "•••…, wanted" },
	{ "hunter2 se…", "hunter2secret", "hunter2 se…" },
	{ "日hunter2日", "hunter2", "日•••日" },
	{ "{\"bad key\": \"Tr0\\\"ub\\\\4\\/5\"}", "Tr0\"ub\\4/5", "{\"bad key\": \"•••\"}" }, /* as JSON writes it */
	{ "\"a\\u0026b\\u003C\\x63\"", "a&b<c", "\"•••\"" },
	{ "\\u0061bcd", "abcd", "•••" },
	{ "plain a\\b\\\\c", "a\\b\\\\c", "plain •••" }, /* backslashes of its own */
	{ "<p>Tr0&amp;3&quot;z&#39;Q&#x27;</p>", "Tr0&3\"z'Q'", "<p>•••</p>" }, /* as HTML does */
	{ "a=1&lt;&gt;b", "a=1<>b", "•••" },
	{ "its own &amp;entity;", "&amp;entity;", "its own •••" },
	{ "Tr0ub4&am", "Tr0ub4&dor", "•••" }, /* cut within an escape */
	{ "Tr0ub4\\u00…", "Tr0ub4&dor", "•••…" },
	{ "&nope; \\q \\u00zz &#; &#x; &", "hunter2", "&nope; \\q \\u00zz &#; &#x; &" },
};

static void redacts_every_form_of_a_secret(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(redact_cases); i++) {
		const struct redact_case *c = &redact_cases[i];
		char text[128];

		text_copy(text, sizeof(text), c->text);
		text_redact(text, sizeof(text), &c->secret, 1);
		assert_string_equal(text, c->out);
	}
}

static void redacts_secrets_that_overlap(void **state)
{
	static const char *const secrets[] = { "abcd", "cdefgh", "abcdef" };
	char text[64] = "<abcdefgh> <abcd> <efgh>";

	(void)state;
	text_redact(text, sizeof(text), secrets, COUNT(secrets));
	assert_string_equal(text, "<•••> <•••> <efgh>");
}

static void redaction_stays_within_its_buffer(void **state)
{
	static const char *const secrets[] = { "wxyz" };

	(void)state;
	for (size_t capacity = 1; capacity < 60; capacity++) {
		char *text = malloc(capacity); /* of that size, so that the sanitizer sees a byte too much */

		text_copy(text, capacity, "wxyz日wxyzwxyz日本wxyz end");
		text_redact(text, capacity, secrets, COUNT(secrets));
		assert_true(strlen(text) < capacity);
		assert_true(text_is_clean(text, TEXT_LINE));
		assert_null(strstr(text, "wxyz"));
		free(text);
	}
}

static void encode_base64(char *out, const char *in)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t size = strlen(in), used = 0;

	for (size_t i = 0; i < size; i += 3) {
		uint32_t group = 0;

		for (size_t k = 0; k < 3; k++)
			group = group << 8 | (i + k < size ? (unsigned char)in[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			out[used++] = i + k > size ? '=' : letters[group >> (18 - 6 * k) & 63];
	}
	out[used] = '\0';
}

/* Whatever stands before and after it: no four characters of the encoded middle are left. */
static void redacts_base64_in_every_position(void **state)
{
	static const char secret[] = "s3cret-Token_42";
	static const char *const secrets[] = { secret };

	(void)state;
	for (int before = 0; before < 9; before++) {
		for (int after = 0; after < 9; after++) {
			char plain[64], text[128], core[8];

			text_format(plain, sizeof(plain), "%.*s%s%.*s", before, "qwertzuio", secret, after,
				    "yxcvbnmas");
			encode_base64(text, plain);
			memcpy(core, text + (before + 4) * 4 / 3, 4);
			core[4] = '\0';
			text_redact(text, sizeof(text), secrets, 1);
			assert_non_null(strstr(text, "•••"));
			assert_null(strstr(text, core));
		}
	}
}

static void names_the_nearest_word(void **state)
{
	static const char *const names[] = { "interval", "timeout", "url", "expect_status", "slow" };
	static const struct {
		const char *word, *nearest;
	} cases[] = {
		{ "intervall", "interval" }, { "itnerval", "interval" },	{ "ulr", "url" },
		{ "time_out", "timeout" },   { "expect-status", "expect_status" }, { "banana", NULL },
		{ "", NULL },		     { "sloww", "slow" },
		{ "URL", "url" },	     { "INTERVALL", "interval" }, { "Luocs", NULL },
	};
	char endless[400];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *nearest = text_nearest(cases[i].word, names, COUNT(names));

		if (cases[i].nearest == NULL)
			assert_null(nearest);
		else
			assert_string_equal(nearest, cases[i].nearest);
	}
	memset(endless, 'i', sizeof(endless));
	endless[sizeof(endless) - 1] = '\0';
	assert_null(text_nearest(endless, names, COUNT(names)));
}

static void hash_spreads_similar_names(void **state)
{
	unsigned counts[16] = { 0 };

	(void)state;
	for (int i = 0; i < 16000; i++) {
		char name[32];

		text_format(name, sizeof(name), "target-%d", i);
		counts[text_hash(name) >> 60]++;
	}
	for (int i = 0; i < 16; i++)
		assert_in_range(counts[i], 850, 1150);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cleans_what_could_do_harm),
		cmocka_unit_test(random_bytes_come_out_by_the_grammar),
		cmocka_unit_test(every_character_alone_obeys_the_grammar),
		cmocka_unit_test(cleaning_never_cuts_inside_a_character),
		cmocka_unit_test(widths_agree_with_the_c_library),
		cmocka_unit_test(decodes_and_encodes_every_character),
		cmocka_unit_test(fits_into_columns),
		cmocka_unit_test(fits_within_width_and_capacity_whatever_they_are),
		cmocka_unit_test(lines_end_where_no_more_fits),
		cmocka_unit_test(formats_and_copies_cut_on_a_characters_border),
		cmocka_unit_test(redacts_every_form_of_a_secret),
		cmocka_unit_test(redacts_secrets_that_overlap),
		cmocka_unit_test(redaction_stays_within_its_buffer),
		cmocka_unit_test(redacts_base64_in_every_position),
		cmocka_unit_test(names_the_nearest_word),
		cmocka_unit_test(hash_spreads_similar_names),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
