/*
 * source/poll/likeness and changes: what is new about a target is told once, and a failure is laid
 * beside the last good answer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "source/poll/changes.h"
#include "source/poll/likeness.h"
#include "source/poll/resolve.h"

static char words[LIKENESS_WORDS];

static bool seen_at(struct likeness *likeness, const char *text, const struct answer *answer)
{
	struct address address;

	assert_true(address_parse(&address, text));
	return likeness_address(likeness, &address, answer, words);
}

static struct cert_facts facts_of(const char *subject, const char *issuer, int64_t until_ms,
				  char mark)
{
	struct cert_facts facts = {.seen = true, .not_after_ms = until_ms};

	text_copy(facts.subject, sizeof facts.subject, subject);
	text_copy(facts.issuer, sizeof facts.issuer, issuer);
	memset(facts.fingerprint, mark, 64);
	return facts;
}

#define JANUARY INT64_C(1798848000000) /* 2027-01-02 */
#define APRIL	INT64_C(1806624000000) /* 2027-04-02 */

static void another_address_is_told_once(void **state)
{
	struct likeness likeness = {0};

	(void)state;
	assert_false(seen_at(&likeness, "203.0.113.7", NULL));
	assert_false(seen_at(&likeness, "203.0.113.7", NULL));
	assert_true(seen_at(&likeness, "203.0.113.8", NULL));
	assert_string_equal(words, "address: 203.0.113.7 → 203.0.113.8");
	for (int i = 0; i < 10; i++) {
		assert_false(seen_at(&likeness, "203.0.113.7", NULL));
		assert_false(seen_at(&likeness, "203.0.113.8", NULL));
	}
	assert_true(seen_at(&likeness, "203.0.113.9", NULL));
}

static void both_families_are_no_change(void **state)
{
	struct likeness likeness = {0};

	(void)state;
	assert_false(seen_at(&likeness, "203.0.113.7", NULL));
	assert_false(seen_at(&likeness, "2001:db8::7", NULL));
	assert_false(seen_at(&likeness, "203.0.113.7", NULL));
	assert_true(seen_at(&likeness, "2001:db8::8", NULL));
}

static void a_name_with_several_addresses_rotates_in_silence(void **state)
{
	struct likeness likeness = {0};
	struct answer answer = {.count = 3};

	(void)state;
	address_parse(&answer.addresses[0], "203.0.113.1");
	address_parse(&answer.addresses[1], "203.0.113.2");
	address_parse(&answer.addresses[2], "203.0.113.3");
	assert_false(seen_at(&likeness, "203.0.113.2", &answer));
	assert_false(seen_at(&likeness, "203.0.113.1", &answer));
	assert_false(seen_at(&likeness, "203.0.113.3", NULL));
	address_parse(&answer.addresses[0], "198.51.100.1");
	answer.count = 1;
	assert_true(seen_at(&likeness, "198.51.100.1", &answer));
}

static void an_endless_pool_is_not_told_for_ever(void **state)
{
	struct likeness likeness = {0};
	int told = 0;

	(void)state;
	for (int i = 0; i < 250; i++) {
		char text[20];

		text_format(text, sizeof text, "203.0.113.%d", i);
		told += seen_at(&likeness, text, NULL);
	}
	assert_int_equal(told, LIKENESS_ADDRESSES - 1);
	assert_non_null(strstr(words, "more of them are not told"));
}

static void another_certificate_says_what_is_other(void **state)
{
	struct likeness likeness = {0};
	struct cert_facts first = facts_of("CN=a", "CN=one", JANUARY, 'a');
	struct cert_facts renewed = facts_of("CN=a", "CN=one", APRIL, 'b');
	struct cert_facts other = facts_of("CN=b", "CN=two", APRIL, 'c');

	(void)state;
	assert_false(likeness_cert(&likeness, &first, words));
	assert_false(likeness_cert(&likeness, &first, words));
	assert_true(likeness_cert(&likeness, &renewed, words));
	assert_string_equal(words, "certificate: until 2027-01-02 → until 2027-04-02");
	likeness_compare_cert(&likeness, &other, words);
	assert_string_equal(words, "certificate: CN=a, issuer CN=one, until 2027-04-02 → CN=b, "
				   "issuer CN=two, until 2027-04-02");
	assert_true(likeness_cert(&likeness, &other, words));
	/* Two machines behind one name. */
	assert_false(likeness_cert(&likeness, &renewed, words));
	assert_false(likeness_cert(&likeness, &other, words));
	likeness_fini(&likeness);
}

static void another_server_version_is_told_once(void **state)
{
	struct likeness likeness = {0};

	(void)state;
	assert_false(likeness_server(&likeness, "nginx/1.22.1", words));
	assert_true(likeness_server(&likeness, "nginx/1.24.0", words));
	assert_string_equal(words, "server: nginx/1.22.1 → nginx/1.24.0");
	assert_false(likeness_server(&likeness, "nginx/1.22.1", words));
	assert_true(likeness_server(&likeness, "", words));
	assert_string_equal(words, "server: nginx/1.22.1 → none");
	likeness_fini(&likeness);
}

/* ---- changes ---- */

static uint16_t put(struct evidence *evidence, const char *text)
{
	size_t at = evidence->used;

	evidence->used =
		(uint16_t)(at + text_copy(evidence->text + at, sizeof evidence->text - at, text) +
			   1);
	return (uint16_t)at;
}

static void make(struct evidence *evidence, uint16_t status, const char *headers, const char *body)
{
	char line[80];

	*evidence = (struct evidence){.seen = true, .used = 1, .body_bytes = strlen(body)};
	evidence->sample.status = status;
	evidence->sample.http = HTTP_1_1;
	evidence->address = put(evidence, "203.0.113.7:443");
	text_format(line, sizeof line, "HTTP/1.1 %u %s", status, status == 200 ? "OK" : "Broken");
	evidence->status_line = put(evidence, line);
	evidence->headers = put(evidence, headers);
	evidence->body = put(evidence, body);
}

static struct evidence good, bad;
static char changes[CHANGES_MAX];

static void what_is_otherwise_is_told_line_by_line(void **state)
{
	(void)state;
	make(&good, 200,
	     "Date: Mon\nServer: nginx/1.22\nETag: \"a\"\nX-Request-Id: 1\nCache-Control: no-store",
	     "{\"status\":\"healthy\",\n \"db\":\"ok\"}");
	make(&bad, 503,
	     "date: Tue\nserver: nginx/1.24\nX-Request-Id: 2\nRetry-After: 3\nCache-Control: "
	     "no-store",
	     "{\"status\":\"healthy\",\n \"db\":\"gone\"}");
	changes_write(changes, sizeof changes, &good, &bad,
		      "certificate: until 2027-01-02 → until 2027-04-02");
	assert_string_equal(changes, "status: 200 OK → 503 Broken\n"
				     "certificate: until 2027-01-02 → until 2027-04-02\n"
				     "server: nginx/1.22 → nginx/1.24\n"
				     "+ Retry-After: 3\n"
				     "- ETag: \"a\"\n"
				     "body: 32 bytes → 34 bytes\n"
				     "body, line 2: ' \"db\":\"ok\"}' → ' \"db\":\"gone\"}'");
}

static void the_same_has_no_changes(void **state)
{
	(void)state;
	make(&good, 200, "Date: Mon", "ok");
	make(&bad, 200, "Date: Tue", "ok");
	changes_write(changes, sizeof changes, &good, &bad, "");
	assert_string_equal(changes, "");
	good.seen = false;
	bad.sample.status = 500;
	changes_write(changes, sizeof changes, &good, &bad, "");
	assert_string_equal(changes, "");
}

static void no_answer_has_no_headers_to_miss(void **state)
{
	(void)state;
	make(&good, 200, "Server: x", "ok");
	bad = (struct evidence){.seen = true, .used = 1};
	bad.address = put(&bad, "203.0.113.8:443");
	changes_write(changes, sizeof changes, &good, &bad, "");
	assert_string_equal(changes, "address: 203.0.113.7:443 → 203.0.113.8:443");
}

static void long_things_are_cut(void **state)
{
	char headers[2200] = "", body[3000];

	(void)state;
	for (int i = 0; i < 40; i++)
		text_format(headers + strlen(headers), sizeof headers - strlen(headers),
			    "%sX-%d: %040d", i ? "\n" : "", i, i);
	memset(body, 'x', sizeof body);
	body[sizeof body - 1] = '\0';
	make(&good, 200, "", body);
	body[2000] = 'y';
	make(&bad, 500, headers, body);
	changes_write(changes, sizeof changes, &good, &bad, "");
	assert_true(strlen(changes) < CHANGES_MAX);
	assert_true(text_is_clean(changes, TEXT_BLOCK));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_address_is_told_once),
		cmocka_unit_test(both_families_are_no_change),
		cmocka_unit_test(a_name_with_several_addresses_rotates_in_silence),
		cmocka_unit_test(an_endless_pool_is_not_told_for_ever),
		cmocka_unit_test(another_certificate_says_what_is_other),
		cmocka_unit_test(another_server_version_is_told_once),
		cmocka_unit_test(what_is_otherwise_is_told_line_by_line),
		cmocka_unit_test(the_same_has_no_changes),
		cmocka_unit_test(no_answer_has_no_headers_to_miss),
		cmocka_unit_test(long_things_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
