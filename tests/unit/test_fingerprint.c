/* model/fingerprint: the same error has the same fingerprint whatever varies in it, another one
 * another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/fingerprint.h"

static void parts_that_vary_are_taken_out(void **state)
{
	static const struct {
		enum probe_class cls;
		uint16_t status;
		const char *detail, *print;
	} cases[] = {
		{CLASS_HTTP_STATUS, 503, "503 Service Unavailable after 84 ms",
		 "http_status 503 Service Unavailable after #"},
		{CLASS_HTTP_STATUS, 503, "Service Unavailable after 1.24 s",
		 "http_status 503 Service Unavailable after #"},
		{CLASS_REFUSED, 0, "connection refused by 203.0.113.7:443",
		 "refused connection refused by <address>"},
		{CLASS_REFUSED, 0, "connection refused by [2001:db8::1]:443",
		 "refused connection refused by <address>"},
		{CLASS_TIMEOUT_FIRST_BYTE, 0,
		 "no answer in 5 s, connected to 198.51.100.7:443 in 24 ms",
		 "timeout_first_byte no answer in #, connected to <address> in #"},
		{CLASS_HTTP_STATUS, 500, "500 KeyError: 'order 8812' (cart.py:40)",
		 "http_status 500 KeyError: 'order #' (cart.py:40)"},
		{CLASS_HTTP_STATUS, 500,
		 "500 RuntimeError: the cache at 10.0.0.7 is gone (hello.py:14)",
		 "http_status 500 RuntimeError: the cache at <address> is gone (hello.py:14)"},
		{CLASS_TRUNCATED, 200, "connection closed inside the body, at 48 kB of 1.2 MB",
		 "truncated 200 connection closed inside the body, at # of #"},
		{CLASS_TLS_EXPIRED, 0, "certificate expired 3 days ago, on 2026-11-19",
		 "tls_expired certificate expired # ago, on <time>"},
		{CLASS_HTTP_STATUS, 500,
		 "500 Error: job 0f8fad5b-d9cb-469f-a165-70867728950e lost at "
		 "2026-11-22T14:29:53.120Z",
		 "http_status 500 Error: job <id> lost at <time>"},
		{CLASS_HTTP_STATUS, 500, "pod checkout-7f9c6d84b in 2m 14s",
		 "http_status 500 pod checkout-<id> in #"},
		{CLASS_BODY_MISMATCH, 200, ".queue.depth is 5132, wanted < 100",
		 "body_mismatch 200 .queue.depth is #, wanted < #"},
		{CLASS_DNS, 0, "no such name: api2.example.test",
		 "dns no such name: api2.example.test"},
		{CLASS_DNS, 0, "", "dns "},
	};
	char out[FINGERPRINT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		fingerprint_write(out, sizeof out, cases[i].cls, cases[i].status, cases[i].detail);
		assert_string_equal(out, cases[i].print);
	}
}

static void other_errors_stay_apart(void **state)
{
	uint64_t base = fingerprint_of(CLASS_HTTP_STATUS, 500, "500 KeyError: 'a' (cart.py:40)");

	(void)state;
	assert_true(base !=
		    fingerprint_of(CLASS_HTTP_STATUS, 500, "500 KeyError: 'b' (cart.py:40)"));
	assert_true(base !=
		    fingerprint_of(CLASS_HTTP_STATUS, 500, "500 KeyError: 'a' (cart.py:41)"));
	assert_true(base !=
		    fingerprint_of(CLASS_HTTP_STATUS, 502, "502 KeyError: 'a' (cart.py:40)"));
	assert_true(base !=
		    fingerprint_of(CLASS_BODY_MISMATCH, 500, "500 KeyError: 'a' (cart.py:40)"));
	assert_true(base == fingerprint_of(CLASS_HTTP_STATUS, 500, "KeyError: 'a' (cart.py:40)"));
}

static void any_text_is_taken(void **state)
{
	char text[300], out[40];

	(void)state;
	for (unsigned seed = 1; seed < 20000; seed++) {
		unsigned random = seed * 2654435761u;
		size_t length = random % 60;

		for (size_t i = 0; i < length; i++) {
			random = random * 1664525u + 1013904223u;
			text[i] = "0123456789abcdef:.-[] mskB%TZ\xc3\xa9\"'(/_"
				[random >> 16 & 0xff ? (random >> 20) % 36 : 0];
		}
		text[length] = '\0';
		assert_true(fingerprint_write(out, sizeof out, CLASS_DNS, (uint16_t)(seed % 600),
					      text) < sizeof out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_that_vary_are_taken_out),
		cmocka_unit_test(other_errors_stay_apart),
		cmocka_unit_test(any_text_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
