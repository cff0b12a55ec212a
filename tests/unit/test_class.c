/* The table of classes: what logs, JSON and screens rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "model/class.h"

/* As the documented interface lists them. */
static void names_are_those_of_the_interface(void **state)
{
	static const char *const names[CLASS_COUNT] = {
		"ok",
		"http_status",
		"body_mismatch",
		"redirect",
		"dns",
		"refused",
		"unreachable",
		"timeout_connect",
		"timeout_tls",
		"timeout_first_byte",
		"timeout_headers",
		"timeout_body",
		"reset",
		"empty_reply",
		"truncated",
		"protocol",
		"decode",
		"too_large",
		"tls_expired",
		"tls_not_yet_valid",
		"tls_hostname",
		"tls_untrusted",
		"tls_weak",
		"tls_handshake",
		"local",
	};

	(void)state;
	for (unsigned i = 0; i < CLASS_COUNT; i++)
		assert_string_equal(class_table[i].name, names[i]);
}

static void names_lead_back_to_their_class(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CLASS_COUNT; i++)
		assert_int_equal(class_by_name(class_table[i].name), i);
	assert_int_equal(class_by_name("no such"), CLASS_COUNT);
	assert_int_equal(class_by_name(""), CLASS_COUNT);
}

static void results_fit_their_column(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CLASS_COUNT; i++) {
		assert_true(strlen(class_table[i].result) <= 8);
		if (i != CLASS_OK && i != CLASS_HTTP_STATUS)
			assert_true(class_table[i].result[0] != '\0');
		assert_true(class_table[i].text[0] != '\0');
	}
}

static void letters_say_the_kind(void **state)
{
	static const struct {
		enum probe_class cls;
		int status;
		char letter;
	} cases[] = {
		{CLASS_OK,		   200, ' '},
		{CLASS_HTTP_STATUS,	    404, '4'},
		{CLASS_HTTP_STATUS,	    503, '5'},
		{CLASS_HTTP_STATUS,	    301, 'X'},
		{CLASS_HTTP_STATUS,	    999, 'X'},
		{CLASS_BODY_MISMATCH,   200, 'B'},
		{CLASS_REDIRECT,	 302, 'R'},
		{CLASS_DNS,		    0,   'D'},
		{CLASS_REFUSED,		0,   'C'},
		{CLASS_UNREACHABLE,	    0,   'C'},
		{CLASS_TIMEOUT_CONNECT, 0,   'T'},
		{CLASS_TIMEOUT_BODY,    200, 'T'},
		{CLASS_RESET,	      0,	 'X'},
		{CLASS_TOO_LARGE,	  200, 'X'},
		{CLASS_TLS_EXPIRED,	    0,   'S'},
		{CLASS_TLS_HANDSHAKE,   0,	 'S'},
		{CLASS_LOCAL,	      0,	 '.'},
		{CLASS_COUNT,	      0,	 ' '},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(class_letter(cases[i].cls, cases[i].status), cases[i].letter);
}

static void every_failure_has_a_rank_and_nothing_else(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CLASS_COUNT; i++) {
		int rank = class_letter_rank(class_letter((enum probe_class)i, 500));
		assert_int_equal(rank > 0, class_is_failure((enum probe_class)i));
	}
	assert_int_equal(class_letter_rank('\0'), 0);
	assert_true(class_letter_rank('T') > class_letter_rank('5'));
	assert_true(class_letter_rank('5') > class_letter_rank('B'));
}

static void predicates_cover_their_classes(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CLASS_COUNT; i++) {
		const char *name = class_table[i].name;
		assert_int_equal(class_is_timeout((enum probe_class)i),
				 strncmp(name, "timeout_", 8) == 0);
		assert_int_equal(class_is_tls((enum probe_class)i), strncmp(name, "tls_", 4) == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_those_of_the_interface),
		cmocka_unit_test(names_lead_back_to_their_class),
		cmocka_unit_test(results_fit_their_column),
		cmocka_unit_test(letters_say_the_kind),
		cmocka_unit_test(every_failure_has_a_rank_and_nothing_else),
		cmocka_unit_test(predicates_cover_their_classes),
	};

	return cmocka_run_group_tests_name("class", tests, NULL, NULL);
}
