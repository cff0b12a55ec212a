/*
 * model/json_rule and source/poll/json_check: rules are understood or refused with what was
 * expected; bodies hold or say what came instead; bombs cost little.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "model/json_rule.h"
#include "source/poll/json_check.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char body[] = "{\"status\":\"degraded\",\"items\":[{\"id\":1},{\"id\":2}],\"n\":5,"
			   "\"r\":2.50,\"yes\":true,"
			   "\"nothing\":null,\"big\":123456789012345678901234567890,\"odd "
			   "name\":{\"x\":\"\\u00e9t\\u00e9\"},"
			   "\"evil\":\"\\u001b[31mred\\u202e\",\"id\":9007199254740993}";

static bool holds(const char *rule, const char *text, size_t size, char *detail)
{
	struct text_list rules = {.items = &rule, .count = 1};
	struct json_checks *checks = json_checks_new(&rules);
	bool result;

	detail[0] = '\0';
	result = json_checks_judge(checks, text, size, detail) == CLASS_OK;
	json_checks_free(checks);
	return result;
}

static const char *const holding[] = {
	".status = \"degraded\"",
	".status == 'degraded'",
	".status != \"healthy\"",
	".status ~ ^deg",
	".status !~ ^ok$",
	".status < \"e\"",
	".items[0].id = 1",
	".items[-1].id = 2",
	".items[1].id >= 2",
	".n = 5",
	".n = 5.0",
	".n<6",
	".n <= 5",
	".n > -1",
	".r = 2.5",
	".r > 2",
	".yes = true",
	".yes != false",
	".nothing = null",
	".big > 1e29",
	".id >= 9007199254740992",
	".[\"odd name\"].x = \"été\"",
	"len(.[\"odd name\"].x) = 3",
	"len(.items) = 2",
	"len(.) >= 9",
	"len(.status) = 8",
	"has .items[1].id",
	"! has .items[2]",
	"!has .n.x",
	"has .nothing",
	"  .n   =   5  ",
	".n != \"5\"",
	".n ~ ^[0-9]+$",
};

static void rules_hold(void **state)
{
	char detail[JSON_DETAIL_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(holding); i++)
		if (!holds(holding[i], body, strlen(body), detail))
			fail_msg("%s: %s", holding[i], detail);
}

static void what_does_not_hold_says_what_came(void **state)
{
	static const struct {
		const char *rule, *detail;
	} cases[] = {
		{".status = \"healthy\"", ".status is \"degraded\", wanted \"healthy\""},
		{".status != \"degraded\"", ".status is \"degraded\", wanted anything else"},
		{".status > 4", ".status is \"degraded\", wanted > 4"},
		{".n = \"5\"", ".n is 5, wanted \"5\""},
		{".n >= 10", ".n is 5, wanted >= 10"},
		{".yes = false", ".yes is true, wanted false"},
		{".items = null", ".items is a list of 2, wanted null"},
		{".status ~ ^ok", ".status is \"degraded\", wanted ~ ^ok"},
		{"len(.items) > 3", "len(.items) is 2, wanted > 3"},
		{"len(.n) > 3", ".n is 5, which has no length"},
		{"has .data.token", "no .data.token: the body is an object of 10"},
		{".items[7].id = 1", "no .items[7].id: .items is a list of 2"},
		{".n.x = 1", "no .n.x: .n is 5"},
		{"! has .nothing", ".nothing is there, which it should not be: null"},
		{".evil = \"x\"", ".evil is \"\\x1b[31mred·\", wanted \"x\""},
		{"nonsense", "expect_json cannot be understood"},
	};
	char detail[JSON_DETAIL_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_false(holds(cases[i].rule, body, strlen(body), detail));
		assert_string_equal(detail, cases[i].detail);
	}
}

static void whole_numbers_are_compared_exactly(void **state)
{
	static const char text[] = "{\"id\":9007199254740993}";
	char detail[JSON_DETAIL_MAX];

	(void)state;
	assert_true(holds(".id = 9007199254740993", text, strlen(text), detail));
	assert_false(holds(".id = 9007199254740992", text, strlen(text), detail));
	assert_string_equal(detail, ".id is 9007199254740993, wanted 9007199254740992");
}

static void what_is_no_json_is_told(void **state)
{
	static const struct {
		const char *text, *detail;
	} cases[] = {
		{"", "body is empty, wanted JSON"},
		{"<html>\n<p>Gone", "body is no JSON: \"<html> <p>Gone\""},
		{"{\"a\":1,\n\"b\":}", "body is no JSON: line 2: unexpected token near '}'"},
		{"{\"a\":1} trailing",
		 "body is no JSON: line 1: end of file expected near 'trailing'"},
		{"\xef\xbb\xbf{\"b\":1}", "no .a: the body is an object of 1"},
	};
	char detail[JSON_DETAIL_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_false(holds(".a = 1", cases[i].text, strlen(cases[i].text), detail));
		assert_string_equal(detail, cases[i].detail);
	}
	assert_true(holds(". = 5", "5", 1, detail));
	assert_false(holds(".a = \"x\"", "{\"a\":\"x\\u0000y\"}", 16, detail));
}

static void bombs_are_not_read(void **state)
{
	size_t size = 1 << 20;
	char *deep = malloc(size), *wide = malloc(size), detail[JSON_DETAIL_MAX];

	(void)state;
	memset(deep, '[', size);
	assert_false(holds(".a = 1", deep, size, detail));
	assert_non_null(strstr(detail, "values"));
	assert_false(holds(".a = 1", deep, 50000, detail));
	assert_non_null(strstr(detail, "depth"));
	for (size_t i = 0; i < size; i++)
		wide[i] = ",{}"[i % 3];
	wide[0] = '[';
	assert_false(holds(".a = 1", wide, size, detail));
	assert_non_null(strstr(detail, "too many"));
	free(deep);
	free(wide);
}

static void wrong_rules_are_told_with_what_was_expected(void **state)
{
	static const struct {
		const char *rule, *wrong;
	} cases[] = {
		{"status = 1",
		 "expected a path such as .status, len(.items), or has .data, got 'status = 1'"},
		{".status = healthy",
		 "expected a number, true, false, null or a text in quotes, got 'healthy'"},
		{".a[x]", "expected an entry's number or a name in quotes after '[', got 'x]'"},
		{".a[1", "expected ']', got nothing"},
		{".. = 3", "expected a name after '.', got '. = 3'"},
		{"len(.a = 3", "expected ')' after the path, got '= 3'"},
		{".a is 3", "expected one of = != < <= > >= ~ !~ after the path, got 'is 3'"},
		{".a = \"x", "expected a closing quote, got '\"x'"},
		{".a = 3 4", "expected nothing after the value, got '4'"},
		{".a < true", "expected a number or a text to compare by order, got 'true'"},
		{"len(.a) = \"x\"", "expected a number to compare a length with, got '\"x\"'"},
		{"! .a", "expected 'has' after '!', got '.a'"},
		{"has .a = 3", "expected nothing after the path, got '= 3'"},
		{".a =", "expected a number, true, false, null or a text in quotes, got nothing"},
		{".a = 1e999",
		 "expected a number, true, false, null or a text in quotes, got '1e999'"},
		{".a = 0x10",
		 "expected a number, true, false, null or a text in quotes, got '0x10'"},
		{".a < -0x1p3",
		 "expected a number, true, false, null or a text in quotes, got '-0x1p3'"},
		{".a = -inf",
		 "expected a number, true, false, null or a text in quotes, got '-inf'"},
		{".a = -nan",
		 "expected a number, true, false, null or a text in quotes, got '-nan'"},
		{".a = inf", "expected a number, true, false, null or a text in quotes, got 'inf'"},
		{".a ~ (", "the regular expression after ~ is wrong: Unmatched ( or \\("},
	};
	struct json_rule rule;
	char wrong[200];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_false(json_rule_parse(&rule, cases[i].rule, wrong));
		assert_string_equal(wrong, cases[i].wrong);
	}
}

static void a_path_has_so_many_steps(void **state)
{
	char text[400] = "", wrong[200];
	struct json_rule rule;

	(void)state;
	for (int i = 0; i < JSON_RULE_STEPS; i++)
		strcat(text, ".a");
	assert_false(json_rule_parse(&rule, text, wrong));
	assert_string_equal(wrong,
			    "expected one of = != < <= > >= ~ !~ after the path, got nothing");
	strcat(text, ".a = 1");
	assert_false(json_rule_parse(&rule, text, wrong));
	assert_non_null(strstr(wrong, "32 steps"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_hold),
		cmocka_unit_test(what_does_not_hold_says_what_came),
		cmocka_unit_test(whole_numbers_are_compared_exactly),
		cmocka_unit_test(what_is_no_json_is_told),
		cmocka_unit_test(bombs_are_not_read),
		cmocka_unit_test(wrong_rules_are_told_with_what_was_expected),
		cmocka_unit_test(a_path_has_so_many_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
