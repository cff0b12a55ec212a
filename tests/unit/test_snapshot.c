/* The snapshot: what the store holds is what the formats say, absent values as absent. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/text.h"
#include "face/snapshot.h"
#include "face_fixture.h"

static struct fixture fixture;

/*
 * down with evidence, slow, certificate ends, up over plain http, timed out but not down yet,
 * paused, new
 */
enum { DOWN, SLOW, CERT, PLAIN, FAILS, PAUSED, NEW, TARGETS };

static const char long_body[] =
	"upstream \"connect\" error\n\\x1b[31m…\n3\n4\n5\n6\n7\n8\n9\n10\n11\n"
	"12\n13\n14\n15\n16\n17\n18\n19\n20\n21\n22\n";

static void put_evidence(struct fixture *f)
{
	static struct evidence evidence;

	evidence = (struct evidence){.seen = true, .body_bytes = 91, .header_count = 2};
	evidence.sample = failed_sample(NOW_MS - 4000, CLASS_HTTP_STATUS, 503);
	evidence.detail =
		evidence_add(&evidence, "503 Service Unavailable, wanted 200-299 after 84 ms");
	evidence.curl = evidence_add(&evidence, "");
	evidence.address = evidence_add(&evidence, "203.0.113.7:443");
	evidence.request = evidence_add(&evidence, "GET /api HTTP/2\nauthorization: •••");
	evidence.status_line = evidence_add(&evidence, "HTTP/2 503");
	evidence.headers = evidence_add(&evidence, "server: envoy\nretry-after: 5");
	evidence.body = evidence_add(&evidence, long_body);
	store_put_evidence(f->store, DOWN, EVIDENCE_BAD, &evidence);
}

static void put_down(struct fixture *f)
{
	struct verdict verdict = a_verdict(STATE_DOWN, CLASS_HTTP_STATUS, 503);
	struct sample sample;

	for (int i = 0; i < 30; i++) {
		sample = good_sample(NOW_MS - 300000 + i * 5000);
		sample.total_us += i * 1000;
		store_push(f->store, DOWN, &sample);
	}
	sample = good_sample(NOW_MS - 5000);
	sample.cls = CLASS_HTTP_STATUS;
	sample.status = 503;
	store_push(f->store, DOWN, &sample);
	verdict.http = HTTP_2;
	verdict.port = 443;
	text_copy(verdict.ip, sizeof verdict.ip, "203.0.113.7");
	text_copy(verdict.detail, sizeof verdict.detail, "503 Service Unavailable, wanted 200-299");
	store_put_verdict(f->store, DOWN, &verdict);
	put_evidence(f);
}

static void put_slow(struct fixture *f)
{
	struct verdict verdict = a_verdict(STATE_SLOW, CLASS_OK, 200);
	struct sample sample = good_sample(NOW_MS - 3000);

	sample.phase_us[PHASE_TRANSFER] = 1000000;
	sample.total_us = 1240000;
	sample.bytes = 48000;
	sample.warnings = WARN_SLOW;
	store_push(f->store, SLOW, &sample);
	verdict.warnings = WARN_SLOW;
	verdict.last_us = sample.total_us;
	verdict.load = (struct load_verdict){
		.level = LOAD_ELEVATED,
		.cause = LOAD_SERVER,
		.ratio = 3.1f,
		.since_ms = NOW_MS - 60000,
	};
	text_copy(verdict.load.evidence, sizeof verdict.load.evidence, "wait 3.1 times the usual");
	store_put_verdict(f->store, SLOW, &verdict);
}

static void put_cert(struct fixture *f)
{
	struct verdict verdict = a_verdict(STATE_UP, CLASS_OK, 200);
	struct sample sample = good_sample(NOW_MS - 2000);
	struct cert_facts facts = {
		.seen = true,
		.verified = true,
		.seen_at_ms = NOW_MS,
		.not_before_ms = NOW_MS - 50 * DAY,
		.not_after_ms = NOW_MS + 40 * DAY + 1000,
		.chain_not_after_ms = NOW_MS + 12 * DAY + 1000,
	};

	store_push(f->store, CERT, &sample);
	verdict.warnings = WARN_TLS_EXPIRING;
	verdict.last_us = sample.total_us;
	store_put_verdict(f->store, CERT, &verdict);
	text_copy(facts.subject, sizeof facts.subject, "CN=gw.partner.example");
	text_copy(facts.issuer, sizeof facts.issuer, "CN=R11, O=Let's Encrypt");
	store_put_cert(f->store, CERT, &facts);
}

static void put_others(struct fixture *f)
{
	struct verdict up = a_verdict(STATE_UP, CLASS_OK, 200);
	struct verdict fails = a_verdict(STATE_UP, CLASS_TIMEOUT_FIRST_BYTE, 0);
	struct verdict fresh = a_verdict(STATE_NEW, CLASS_OK, 0);
	struct verdict paused = a_verdict(STATE_PAUSED, CLASS_OK, 200);
	struct sample sample = good_sample(NOW_MS - 1500);

	sample.phase_us[PHASE_TLS] = ABSENT_US;
	sample.http = HTTP_1_1;
	store_push(f->store, PLAIN, &sample);
	up.last_us = sample.total_us;
	up.http = HTTP_1_1;
	store_put_verdict(f->store, PLAIN, &up);

	sample = failed_sample(NOW_MS - 7000, CLASS_TIMEOUT_FIRST_BYTE, 0);
	store_push(f->store, FAILS, &sample);
	sample = failed_sample(NOW_MS - 1000, CLASS_LOCAL, 0);
	sample.flags = SAMPLE_TAINTED;
	store_push(f->store, FAILS, &sample);
	text_copy(fails.detail, sizeof fails.detail, "no first byte of the answer in 5 s");
	store_put_verdict(f->store, FAILS, &fails);

	fresh.sample_count = 0;
	fresh.since_ms = 0;
	store_put_verdict(f->store, NEW, &fresh);
	text_copy(paused.detail, sizeof paused.detail, "by key");
	store_put_verdict(f->store, PAUSED, &paused);
}

static int set_up(void **state)
{
	(void)state;
	memset(&fixture, 0, sizeof fixture);
	fixture_target(&fixture, "checkout-api", "https://shop.example/api");
	fixture_target(&fixture, "media-cdn", "https://media.example/");
	fixture_target(&fixture, "partner-gateway", "https://gw.partner.example/");
	fixture_target(&fixture, "hello, \"world\"", "http://localhost:5000/");
	fixture_target(&fixture, "search", "http://search.example/");
	fixture_target(&fixture, "maintenance-hook", "https://hook.example/");
	fixture_target(&fixture, "newcomer", "https://new.example/");
	fixture_open(&fixture);
	put_down(&fixture);
	put_slow(&fixture);
	put_cert(&fixture);
	put_others(&fixture);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fixture_close(&fixture);
	return 0;
}

/* The rows as they are told of a recorder that has ended. */
static struct rows *rows_of(const struct ending *ending)
{
	struct rows *rows = rows_new(&fixture.config, fixture.store);

	rows_refresh(rows, fixture.store);
	ending_apply(ending, rows);
	return rows;
}

/* Prints; returns new text. */
static char *printed(struct snapshot wish)
{
	struct rows *rows = rows_of(&wish.ending);
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	wish.config = &fixture.config;
	wish.store = fixture.store;
	wish.rows = rows;
	if (wish.width == 0)
		wish.width = 80;
	assert_true(snapshot_print(&wish, out));
	fclose(out);
	rows_free(rows);
	return text;
}

/* ---- table ---- */

static void table_shows_trouble_first_and_cuts_to_the_width(void **state)
{
	char *text = printed((struct snapshot){.format = SNAPSHOT_TABLE});
	char *line, *rest = text;
	const char *const order[] = {"DOWN   checkout-api ", "LOAD   media-cdn ",
				     "new    newcomer ",     "FAIL   search ",
				     "CERT   partner-gat",   "ok     partner-gat",
				     "ok     hello",	     "pause  maintenance"};
	size_t found = 0;

	(void)state;
	assert_non_null(strstr(
		text, "prod.ini  2026-11-22 14:32:07 UTC\n7 targets: 1 down, 1 loaded, "));
	assert_null(strchr(text, '\033'));
	while ((line = strsep(&rest, "\n")) != NULL) {
		size_t length = strlen(line);

		assert_true(text_width(line) <= 80);
		assert_true(length == 0 || line[length - 1] != ' ');
		if (found < sizeof order / sizeof *order &&
		    strncmp(line, order[found], strlen(order[found])) == 0)
			found++;
		if (rest != NULL && *rest == '\0')
			assert_string_equal(line, "exit status 2: at least one target is down");
	}
	assert_int_equal(found, sizeof order / sizeof *order);
	free(text);
}

static void table_fits_every_width(void **state)
{
	(void)state;
	for (int width = 20; width <= 200; width++) {
		for (int ascii = 0; ascii < 2; ascii++) {
			char *text = printed((struct snapshot){.width = width, .ascii = ascii});
			char *line, *rest = text;
			int number = 0;

			while ((line = strsep(&rest, "\n")) != NULL) {
				/* head and foot are sentences; the rows are what must fit */
				if (number++ >= 3 && strncmp(line, "times", 5) != 0 &&
				    strncmp(line, "exit", 4) != 0)
					assert_true(text_width(line) <= width);
				for (const char *c = line; ascii && *c != '\0'; c++)
					assert_in_range((unsigned char)*c, ' ', '~');
			}
			free(text);
		}
	}
}

static void table_is_wide_where_there_is_room(void **state)
{
	char *text = printed((struct snapshot){.width = 160});

	(void)state;
	assert_non_null(strstr(text, "Service Unavailable, wanted 200-299\n"));
	assert_non_null(strstr(text, "expires in 12 days, 2026-12-04 · CN=gw.partner.example\n"));
	assert_non_null(strstr(text, "; exit status 2: at least one target is down\n"));
	assert_non_null(strstr(text, "2m 14s"));
	free(text);
}

static void table_shows_evidence_under_its_row_when_asked(void **state)
{
	static const char *const lines[] = {
		"    2026-11-22T14:32:03.123Z from 203.0.113.7:443\n",
		"    503 Service Unavailable, wanted 200-299 after 84 ms\n",
		"    > GET /api HTTP/2\n    > authorization: •••\n",
		"    < HTTP/2 503\n    < server: envoy\n    < retry-after: 5\n",
		"    | upstream \"connect\" error\n    | \\x1b[31m…\n    | 3\n",
		"    | 20\n    | (2 more lines)\n",
	};
	char *text = printed((struct snapshot){.evidence = true});
	char *without = printed((struct snapshot){.evidence = false});

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		const char *place = strstr(text, lines[i]);

		assert_non_null(place);
		assert_true(place > strstr(text, "DOWN   checkout-api"));
		assert_true(place < strstr(text, "LOAD   media-cdn"));
		assert_null(strstr(without, lines[i]));
	}
	free(text);
	free(without);
}

static void escapes_stand_only_where_color_is_allowed(void **state)
{
	char *text = printed((struct snapshot){.color = true});
	char *plain = printed((struct snapshot){.color = false});
	char *from = text, *to = text;

	(void)state;
	assert_non_null(strstr(text, "\033[1;31mDOWN\033[0m"));
	/* without its colours it is the plain one */
	while (*from != '\0') {
		if (*from == '\033')
			from += strcspn(from, "m") + 1;
		else
			*to++ = *from++;
	}
	*to = '\0';
	assert_string_equal(text, plain);
	free(text);
	free(plain);
}

/* ---- JSON ---- */

static json_t *parsed(struct snapshot wish)
{
	char *text;
	json_error_t error;
	json_t *whole;

	wish.format = SNAPSHOT_JSON;
	text = printed(wish);
	whole = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	if (whole == NULL)
		fail_msg("%s at line %d", error.text, error.line);
	free(text);
	return whole;
}

static json_t *at(json_t *whole, size_t target)
{
	return json_array_get(json_object_get(whole, "targets"), target);
}

static void expect_text(json_t *object, const char *key, const char *value)
{
	assert_string_equal(json_string_value(json_object_get(object, key)), value);
}

static void expect_number(json_t *object, const char *key, double value)
{
	json_t *number = json_object_get(object, key);

	if (!json_is_number(number))
		fail_msg("%s is no number", key);
	assert_true(json_number_value(number) > value - 1e-9 &&
		    json_number_value(number) < value + 1e-9);
}

static void expect_null(json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);

	if (!json_is_null(value))
		fail_msg("%s is not null", key);
}

static void expect_keys(json_t *object, const char *keys)
{
	char got[400] = "";
	const char *key;
	json_t *value;
	size_t length = 0;

	json_object_foreach(object, key, value) length +=
		text_format(got + length, sizeof got - length, "%s%s", length > 0 ? " " : "", key);
	assert_string_equal(got, keys);
}

static void json_has_the_documented_keys_in_order(void **state)
{
	json_t *whole = parsed((struct snapshot){.evidence = true});
	json_t *down = at(whole, DOWN);

	(void)state;
	expect_keys(whole, "webmon schema time summary targets");
	expect_keys(json_object_get(whole, "summary"), "state targets up slow down unknown paused");
	expect_keys(down, "name group url state since class detail warnings status http_version ip "
			  "port bytes kept retried ms window "
			  "load budget cert evidence");
	expect_keys(json_object_get(down, "ms"), "dns connect tls send wait transfer total");
	expect_keys(json_object_get(down, "window"),
		    "seconds samples failed tainted retried swallowed coverage uptime min p50 p90 p95 p99 max apdex");
	expect_keys(json_object_get(down, "load"), "level cause ratio since evidence");
	expect_keys(json_object_get(down, "evidence"),
		    "time detail curl address request status_line headers body body_is_binary command changes");
	expect_keys(json_object_get(at(whole, CERT), "cert"),
		    "subject issuer not_before not_after days_left chain_days_left verified");
	json_decref(whole);
}

static void json_says_what_the_store_holds(void **state)
{
	json_t *whole = parsed((struct snapshot){.evidence = true});
	json_t *summary = json_object_get(whole, "summary");
	json_t *down = at(whole, DOWN), *evidence = json_object_get(down, "evidence");
	json_t *window = json_object_get(down, "window"), *ms = json_object_get(down, "ms");

	(void)state;
	expect_text(whole, "webmon", WEBMON_VERSION);
	expect_number(whole, "schema", 1);
	expect_text(whole, "time", "2026-11-22T14:32:07.123Z");
	expect_text(summary, "state", "down");
	expect_number(summary, "targets", TARGETS);
	expect_number(summary, "up", 3);
	expect_number(summary, "slow", 1);
	expect_number(summary, "down", 1);
	expect_number(summary, "unknown", 1);
	expect_number(summary, "paused", 1);

	expect_text(down, "name", "checkout-api");
	expect_text(down, "group", "shop");
	expect_text(down, "url", "https://shop.example/api");
	expect_text(down, "state", "down");
	expect_text(down, "since", "2026-11-22T14:29:53Z");
	expect_text(down, "class", "http_status");
	expect_text(down, "detail", "503 Service Unavailable, wanted 200-299");
	assert_int_equal(json_array_size(json_object_get(down, "warnings")), 0);
	expect_number(down, "status", 503);
	expect_text(down, "http_version", "2");
	expect_text(down, "ip", "203.0.113.7");
	expect_number(down, "port", 443);
	expect_number(down, "bytes", 91);
	expect_number(ms, "dns", 2.1);
	expect_number(ms, "connect", 11.003);
	expect_number(ms, "tls", 24.301);
	expect_number(ms, "send", 0.9);
	expect_number(ms, "wait", 45.1);
	expect_number(ms, "transfer", 1.008);
	assert_true(json_number_value(json_object_get(ms, "total")) > 84.4);
	expect_number(window, "seconds", 3600);
	expect_number(window, "samples", 31);
	expect_number(window, "failed", 1);
	expect_number(window, "tainted", 0);
	expect_number(window, "uptime", 0.967742);
	assert_true(json_number_value(json_object_get(window, "p95")) >
		    json_number_value(json_object_get(window, "p50")));
	expect_null(down, "cert");
	expect_text(evidence, "time", "2026-11-22T14:32:03.123Z");
	expect_text(evidence, "address", "203.0.113.7:443");
	expect_text(evidence, "headers", "server: envoy\nretry-after: 5");
	expect_text(evidence, "body", long_body);
	json_decref(whole);
}

static double apdex_of(json_t *target)
{
	return json_number_value(json_object_get(json_object_get(target, "window"), "apdex"));
}

static void what_satisfies_is_half_of_slow_or_half_a_second_where_nothing_is_said(void **state)
{
	json_t *whole = parsed((struct snapshot){0});
	const struct target nothing = {0}, half_of_slow = {.slow_us = 300000},
			    said = {.slow_us = 300000, .apdex_us = 1};

	(void)state;
	assert_true(apdex_of(at(whole, CERT)) == 1);
	assert_true(apdex_of(at(whole, SLOW)) == 0); /* 1240 ms, slow from 400 */
	assert_int_equal(target_satisfied_us(&nothing), 500000);
	assert_int_equal(target_satisfied_us(&half_of_slow), 150000);
	assert_int_equal(target_satisfied_us(&said), 1);
	json_decref(whole);
}

static void json_says_load_warnings_and_certificate(void **state)
{
	json_t *whole = parsed((struct snapshot){0});
	json_t *load = json_object_get(at(whole, SLOW), "load");
	json_t *cert = json_object_get(at(whole, CERT), "cert");

	(void)state;
	expect_text(load, "level", "elevated");
	expect_text(load, "cause", "server");
	expect_number(load, "ratio", 3.1);
	expect_text(load, "since", "2026-11-22T14:31:07Z");
	expect_text(load, "evidence", "wait 3.1 times the usual");
	assert_string_equal(
		json_string_value(json_array_get(json_object_get(at(whole, SLOW), "warnings"), 0)),
		"slow");
	assert_string_equal(
		json_string_value(json_array_get(json_object_get(at(whole, CERT), "warnings"), 0)),
		"tls_expiring");
	expect_text(cert, "subject", "CN=gw.partner.example");
	expect_text(cert, "not_after", "2027-01-01T14:32:08Z");
	expect_number(cert, "days_left", 40);
	expect_number(cert, "chain_days_left", 12);
	assert_true(json_is_true(json_object_get(cert, "verified")));
	json_decref(whole);
}

static void json_has_null_for_what_is_absent(void **state)
{
	static const char *const phases[] = {"dns",  "connect",	 "tls",	 "send",
					     "wait", "transfer", "total"};
	static const char *const window[] = {"uptime", "min", "p50", "p90",
					     "p95",    "p99", "max", "apdex"};
	json_t *whole = parsed((struct snapshot){.evidence = true});
	json_t *fresh = at(whole, NEW), *fails = at(whole, FAILS);
	char *text = printed((struct snapshot){.format = SNAPSHOT_JSON});

	(void)state;
	expect_text(fresh, "state", "unknown");
	expect_text(fresh, "detail", "");
	expect_null(fresh, "since");
	expect_null(fresh, "class");
	expect_null(fresh, "status");
	expect_null(fresh, "http_version");
	expect_null(fresh, "ip");
	expect_null(fresh, "port");
	expect_null(fresh, "bytes");
	expect_null(fresh, "cert");
	expect_null(fresh, "evidence");
	expect_null(json_object_get(fresh, "load"), "cause");
	expect_null(json_object_get(fresh, "load"), "ratio");
	expect_null(json_object_get(fresh, "load"), "since");
	for (size_t i = 0; i < sizeof phases / sizeof *phases; i++)
		expect_null(json_object_get(fresh, "ms"), phases[i]);
	for (size_t i = 0; i < sizeof window / sizeof *window; i++)
		expect_null(json_object_get(fresh, "window"), window[i]);
	/* the newest check was spoilt by ourselves: its times say nothing of the target */
	expect_text(fails, "class", "timeout_first_byte");
	expect_null(json_object_get(fails, "ms"), "total");
	expect_number(json_object_get(fails, "window"), "tainted", 1);
	expect_null(json_object_get(at(whole, PLAIN), "ms"), "tls");
	assert_null(strstr(text, ": nan"));
	assert_null(strstr(text, ": inf"));
	assert_non_null(strstr(text, "\n  \"schema\": 1,\n"));
	free(text);
	json_decref(whole);
}

static void evidence_is_null_unless_asked_for(void **state)
{
	json_t *whole = parsed((struct snapshot){.evidence = false});

	(void)state;
	expect_null(at(whole, DOWN), "evidence");
	json_decref(whole);
}

/* ---- CSV ---- */

static unsigned count_lines(const char *text)
{
	unsigned lines = 0;

	for (; *text != '\0'; text++)
		lines += *text == '\n';
	return lines;
}

static void csv_is_a_trace_with_the_target_in_front(void **state)
{
	char *text = printed((struct snapshot){.format = SNAPSHOT_CSV});

	(void)state;
	assert_memory_equal(text,
			    "#webmon-trace 1 interval_s=5 timeout_s=10 scheme=https\n"
			    "target,t,dns_ms,connect_ms,tls_ms,first_ms,recv_ms,total_ms,status,"
			    "error,bytes,lag_ms\n"
			    "checkout-api,0.000,2.100,11.003,24.301,45.100,1.008,",
			    190);
	/* 31 of the first, and one each of four others; the tainted one has no word in a trace */
	assert_int_equal(count_lines(text), 2 + 31 + 4);
	assert_non_null(strstr(text, "\nsearch,293.000,1.500,,,,,5000."));
	assert_non_null(strstr(text, ",0,timeout,0,0.000\n"));
	assert_non_null(strstr(
		text, "\n\"hello, \"\"world\"\"\",298.500,2.100,11.003,0.000,45.100,1.008,84.4"));
	assert_non_null(strstr(text, ",503,none,91,0.000\n"));
	free(text);
}

static void csv_is_in_order_of_start(void **state)
{
	char *text = printed((struct snapshot){.format = SNAPSHOT_CSV});
	char *line, *rest = text;
	double before = -1;

	(void)state;
	strsep(&rest, "\n");
	strsep(&rest, "\n");
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		const char *field =
			line[0] == '"' ? strstr(line, "\",") + 2 : strchr(line, ',') + 1;
		double t = strtod(field, NULL);

		assert_true(t >= before);
		before = t;
	}
	assert_true(before > 298);
	free(text);
}

static void csv_of_one_target_has_no_target_column(void **state)
{
	char *text;

	(void)state;
	fixture.config.target_count = 1;
	text = printed((struct snapshot){.format = SNAPSHOT_CSV});
	fixture.config.target_count = TARGETS;
	assert_non_null(strstr(text, "\nt,dns_ms,"));
	assert_non_null(strstr(text, "\n0.000,2.100,"));
	assert_int_equal(count_lines(text), 2 + 31);
	free(text);
}

/* ---- a recorder that has ended ---- */

/* Its history an hour later; the first targets were last checked 2 to 7 seconds before NOW_MS. */
static const struct ending ended = {
	.at_ms = NOW_MS, .now_ms = NOW_MS + 3600000, .why = "recorder ended at noon"};

static int status_of(const struct ending *ending)
{
	struct rows *rows = rows_of(ending);
	struct tally tally = rows_tally(rows);

	rows_free(rows);
	return tally_exit_status(&tally);
}

static void of_an_ended_recorder_nothing_is_claimed_that_is_too_old(void **state)
{
	json_t *whole = parsed((struct snapshot){.ending = ended});
	json_t *up = at(whole, PLAIN), *summary = json_object_get(whole, "summary");

	(void)state;
	expect_text(summary, "state", "unknown");
	expect_number(summary, "unknown", TARGETS - 1);
	expect_number(summary, "down", 0);
	expect_text(up, "state", "unknown");
	expect_text(up, "since", "2026-11-22T14:32:07Z");
	expect_text(up, "detail", "recorder ended at noon");
	expect_null(up, "class");
	expect_null(up, "status");
	expect_null(json_object_get(up, "ms"), "total");
	expect_text(at(whole, PAUSED), "state", "paused");
	json_decref(whole);

	char *text = printed((struct snapshot){.ending = ended, .width = 120});
	assert_non_null(strstr(text, "7 targets: 6 not known, 1 paused\n"));
	assert_non_null(strstr(text, "exit status 3: nobody checks any more\n"));
	assert_non_null(strstr(text, "  1h 00m  recorder ended at noon\n"));
	free(text);
	text = printed((struct snapshot){.ending = ended, .format = SNAPSHOT_NAGIOS});
	assert_true(strncmp(text, "WEBMON UNKNOWN - recorder ended at noon; 0 of 7 up: ", 52) == 0);
	assert_non_null(strstr(text, "'media-cdn'=U;"));
	free(text);
	text = printed((struct snapshot){.ending = ended, .format = SNAPSHOT_MARKDOWN});
	assert_non_null(strstr(text, "0 up, 6 not known\n"));
	free(text);
	assert_int_equal(status_of(&ended), 3);
}

/* 2 * 5 s, 10 s of time-out and a minute: the newest check of PLAIN was 1500 ms before its end. */
static void what_an_ended_recorder_knew_holds_for_two_intervals_a_timeout_and_a_minute(void **state)
{
	struct ending ending = {.at_ms = NOW_MS, .now_ms = NOW_MS + 78000, .why = "gone"};
	const struct ending alive = {.now_ms = NOW_MS + DAY};

	(void)state;
	json_t *whole = parsed((struct snapshot){.ending = ending});
	expect_text(at(whole, PLAIN), "state", "up");
	expect_text(at(whole, CERT), "state", "unknown"); /* 2 s before */
	json_decref(whole);
	ending.now_ms += 500;
	whole = parsed((struct snapshot){.ending = ending});
	expect_text(at(whole, PLAIN), "state", "unknown");
	json_decref(whole);
	ending.now_ms = NOW_MS - DAY; /* the clock was set back, or theirs was wrong */
	assert_int_equal(status_of(&ending), 3);
	assert_int_equal(status_of(&alive), 2);
	/* what is known to be down is down still, whatever else is not known */
	fixture.targets[DOWN].interval_ms += DAY;
	assert_int_equal(status_of(&ended), 2);
	fixture.targets[DOWN].interval_ms -= DAY;
}

/* ---- the stream ---- */

static void full_disk_is_told(void **state)
{
	static const enum snapshot_format formats[] = {SNAPSHOT_TABLE, SNAPSHOT_JSON, SNAPSHOT_CSV};
	struct rows *rows = rows_new(&fixture.config, fixture.store);

	(void)state;
	rows_refresh(rows, fixture.store);
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		struct snapshot snapshot = {.config = &fixture.config,
					    .store = fixture.store,
					    .rows = rows,
					    .format = formats[i],
					    .evidence = true,
					    .width = 80};
		FILE *full = fopen("/dev/full", "w");

		assert_non_null(full);
		errno = 0;
		assert_false(snapshot_print(&snapshot, full));
		assert_true(errno == ENOSPC || errno == EIO);
		fclose(full);
	}
	rows_free(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_shows_trouble_first_and_cuts_to_the_width),
		cmocka_unit_test(table_fits_every_width),
		cmocka_unit_test(table_is_wide_where_there_is_room),
		cmocka_unit_test(table_shows_evidence_under_its_row_when_asked),
		cmocka_unit_test(escapes_stand_only_where_color_is_allowed),
		cmocka_unit_test(json_has_the_documented_keys_in_order),
		cmocka_unit_test(json_says_what_the_store_holds),
		cmocka_unit_test(
			what_satisfies_is_half_of_slow_or_half_a_second_where_nothing_is_said),
		cmocka_unit_test(json_says_load_warnings_and_certificate),
		cmocka_unit_test(json_has_null_for_what_is_absent),
		cmocka_unit_test(evidence_is_null_unless_asked_for),
		cmocka_unit_test(of_an_ended_recorder_nothing_is_claimed_that_is_too_old),
		cmocka_unit_test(
			what_an_ended_recorder_knew_holds_for_two_intervals_a_timeout_and_a_minute),
		cmocka_unit_test(csv_is_a_trace_with_the_target_in_front),
		cmocka_unit_test(csv_is_in_order_of_start),
		cmocka_unit_test(csv_of_one_target_has_no_target_column),
		cmocka_unit_test(full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
