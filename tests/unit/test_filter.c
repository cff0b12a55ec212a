/*
 * The filter: what each kind of word matches, and that nothing half typed hides everything.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "face/tui/filter.h"

static const char *const tags[] = {"eu", "Payment"};

static const struct target checkout = {
	.name = "checkout-api",
	.group = "shop",
	.url_shown = "https://checkout.example.com/health",
	.tags = {tags, 2},
};

static struct row down_row(void)
{
	struct row row = {.target = &checkout, .has_last = true};

	row.verdict.state = STATE_DOWN;
	row.last = sample_blank(0);
	row.last.cls = CLASS_HTTP_STATUS;
	row.last.status = 503;
	return row;
}

static bool matches(const char *text, const struct row *row)
{
	struct filter *filter = filter_new();
	bool result;

	filter_set(filter, text);
	result = filter_matches(filter, row);
	filter_free(filter);
	return result;
}

static void matches_words_states_and_expressions(void **state)
{
	static const struct {
		const char *text;
		bool matches;
	} cases[] = {
		{"", true},
		{"   ", true},
		{"checkout", true},
		{"CHECK api", true},
		{"check billing", false},
		{"shop", true},
		{"example.com", true},
		{"503", true},
		{"!503", false},
		{"!billing", true},
		{"!", true},
		{"~^check.*api$", true},
		{"~^api", false},
		{"!~^api", true},
		{"~", true},
		{"~(", true},
		{":down", true},
		{":d", true},
		{":", true},
		{":up", false},
		{"!:up", true},
		{":down :up", false},
		{":loaded", false},
		{"tag:eu", true},
		{"tag:pay", true},
		{"tag:us", false},
		{"tag:", true},
		{"group:shop", true},
		{"group:sh", true},
		{"group:media", false},
		{"!group:media", true},
		{"GROUP:SHOP :DOWN", true},
	};
	struct row row = down_row();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (matches(cases[i].text, &row) != cases[i].matches)
			fail_msg("'%s' should %smatch", cases[i].text,
				 cases[i].matches ? "" : "not ");
}

static void knows_new_loaded_and_cert(void **state)
{
	struct row row = down_row();

	(void)state;
	row.verdict.state = STATE_NEW;
	assert_true(matches(":new", &row));
	row.verdict.load.level = LOAD_ELEVATED;
	row.verdict.state = STATE_SLOW;
	assert_true(matches(":loaded", &row));
	row.verdict.state = STATE_DOWN;
	assert_false(matches(":loaded", &row));
	row.verdict.warnings = WARN_TLS_EXPIRING;
	assert_true(matches(":cert", &row));
}

static void says_that_an_expression_is_broken_and_hides_nothing(void **state)
{
	struct filter *filter = filter_new();
	struct row row = down_row();

	(void)state;
	filter_set(filter, "~chec[");
	assert_non_null(filter_problem(filter));
	assert_true(filter_matches(filter, &row));
	filter_set(filter, "~chec[k]");
	assert_null(filter_problem(filter));
	assert_true(filter_matches(filter, &row));
	assert_string_equal(filter_text(filter), "~chec[k]");
	filter_free(filter);
}

static void takes_many_words_and_long_ones(void **state)
{
	struct row row = down_row();
	char text[4 * FILTER_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(text); i += 2) {
		text[i] = 'c';
		text[i + 1] = ' ';
	}
	text[sizeof(text) - 1] = '\0';
	assert_true(matches(text, &row));
	for (size_t i = 0; i + 1 < sizeof(text); i++)
		text[i] = 'c';
	assert_false(matches(text, &row));
}

static void matches_incidents(void **state)
{
	static const struct {
		const char *text;
		bool matches;
	} cases[] = {
		{"time", true},     {"answer", true},     {"checkout", true},
		{":down", true},    {":slow", false},     {":open", true},
		{":closed", false}, {"group:shop", true}, {"!time", false},
	};
	const struct incident incident = {
		.id = 1,
		.kind = INCIDENT_DOWN,
		.cls = CLASS_TIMEOUT_FIRST_BYTE,
		.result = "TIMEOUT",
		.detail = "no answer in 5 s",
	};
	struct row row = down_row();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct filter *filter = filter_new();

		filter_set(filter, cases[i].text);
		assert_int_equal(filter_matches_incident(filter, &incident, &row),
				 cases[i].matches);
		filter_matches_incident(filter, &incident, NULL);
		filter_free(filter);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches_words_states_and_expressions),
		cmocka_unit_test(knows_new_loaded_and_cert),
		cmocka_unit_test(says_that_an_expression_is_broken_and_hides_nothing),
		cmocka_unit_test(takes_many_words_and_long_ones),
		cmocka_unit_test(matches_incidents),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
