/* base/pattern: what would take for ever is refused or given up, and the rest is what the C library says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/pattern.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static enum pattern_found look(const char *text, int flags, const char *in, size_t size)
{
	struct pattern pattern;
	enum pattern_found found;

	assert_true(pattern_init(&pattern, text, flags, NULL));
	found = pattern_find(&pattern, in, size);
	pattern_fini(&pattern);
	return found;
}

static void finds_what_the_c_library_finds(void **state)
{
	static const struct {
		const char *pattern, *in;
		int flags;
		enum pattern_found found;
	} cases[] = {
		{"b+", "aabb", 0, PATTERN_FOUND},
		{"^b", "aabb", 0, PATTERN_ABSENT},
		{"^b", "aa\nbb", REG_NEWLINE, PATTERN_FOUND},
		{"a$", "aa\nbb", REG_NEWLINE, PATTERN_FOUND},
		{"a$", "aa\nbb", 0, PATTERN_ABSENT},
		{"OK", "it is ok", REG_ICASE, PATTERN_FOUND},
		{"", "", 0, PATTERN_FOUND},
		{"x", "", 0, PATTERN_ABSENT},
		{"^$", "", 0, PATTERN_FOUND},
		{"[0-9]{1,3}(\\.[0-9]{1,3}){3}", "at 10.0.0.7:80", 0, PATTERN_FOUND},
		{"[]a]{2}", "x]a", 0, PATTERN_FOUND},
		{"[[:digit:]]{4}", "in 2026", 0, PATTERN_FOUND},
		{"a{2}|b", "ab", 0, PATTERN_FOUND},
		{".*b|c", "xc", 0, PATTERN_FOUND},
		{".*", "", 0, PATTERN_FOUND},
		{"(.*)b$", "ab", 0, PATTERN_FOUND},
		{".*b", "a", 0, PATTERN_ABSENT},
		{"[\\1]", "1", 0, PATTERN_FOUND}, /* no back-reference: a bracket takes it as it stands */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (look(cases[i].pattern, cases[i].flags, cases[i].in, strlen(cases[i].in)) !=
		    cases[i].found)
			fail_msg("\"%s\" in \"%s\"", cases[i].pattern, cases[i].in);
	assert_int_equal(look("c", 0, "a\0c", 3), PATTERN_FOUND);
}

static void refuses_what_has_no_end(void **state)
{
	static const char *const texts[] = {"(.*)(.*)\\1\\2x",	  "(a{1,100}){1,100}b",
					    "a{1,32000}",	  "((a{30}){30}){30}",
					    "(a|b{200}){50}",	  "(",
					    "[",		  "a{999999999999999999999}",
					    "[[:digit:]{1,40}"};
	char nested[200] = "";

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct pattern pattern;
		char why[PATTERN_WHY_MAX] = "";

		if (pattern_init(&pattern, texts[i], 0, why))
			fail_msg("taken: %s", texts[i]);
		assert_true(why[0]);
		assert_int_equal(pattern_find(&pattern, "a", 1), PATTERN_ABSENT);
	}
	memset(nested, '(', 90);
	nested[90] = 'a';
	memset(nested + 91, ')', 90);
	assert_false(pattern_init(&(struct pattern){0}, nested, 0, NULL));
}

/* A long line that nearly matches from each of its bytes on. */
static void gives_up_in_time(void **state)
{
	size_t size = 1 << 20;
	char *line = malloc(size);

	(void)state;
	assert_non_null(line);
	memset(line, 'a', size);
	assert_int_equal(look("[a-z]+==", 0, line, size), PATTERN_UNDECIDED);
	assert_int_equal(look("(a+)+b$", REG_NEWLINE, line, size), PATTERN_UNDECIDED);
	assert_int_equal(look("foo.*bar", 0, line, size), PATTERN_ABSENT);
	assert_int_equal(look(".*z.*", 0, line, size), PATTERN_ABSENT);
	line[size - 1] = 'z';
	assert_int_equal(look("az$", 0, line, size), PATTERN_FOUND);
	free(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_the_c_library_finds),
		cmocka_unit_test(refuses_what_has_no_end),
		cmocka_unit_test(gives_up_in_time),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
