/*
 * source/poll: the whole worker against real servers on loopback: classes, phases, evidence,
 * certificates, redirects, commands, and an end that waits for nobody. Waits for conditions with a
 * deadline; no time is judged but the stop's.
 */
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"
#include "source/poll/poll.h"
#include "unit/poll_server.h"

#define PATIENCE_US  20000000
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct poll_server plain, other, secure, stale;
static uint16_t dead_port; /* bound, nobody listens */
static char folder[] = "/tmp/webmon-poll-XXXXXX";
static char ca[64], stale_ca[64];

struct run {
	struct config *config;
	struct store *store;
	struct poll *poll;
};

/* Starts polling what the text of a configuration says. */
static void begin(struct run *run, const char *text, unsigned rounds)
{
	struct poll_options options = {.rounds = rounds};
	struct errors errors = {0};
	char path[80], why[200] = "";
	struct config_request request = {.file = path};
	FILE *file;

	snprintf(path, sizeof path, "%s/webmon.ini", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(chmod(path, 0600), 0);
	fputs(text, file);
	fclose(file);
	run->config = config_load(&request, &errors);
	if (!run->config)
		errors_print(&errors, stderr);
	assert_non_null(run->config);
	errors_free(&errors);
	run->store = store_open(run->config);
	run->poll = poll_start(run->config, run->store, &options, why);
	assert_non_null(run->poll);
}

static void end(struct run *run)
{
	poll_stop(run->poll);
	store_close(run->store);
	config_free(run->config);
}

static void pause_briefly(void)
{
	poll(NULL, 0, 2);
}

static void await_done(struct run *run)
{
	int64_t until_us = clock_mono_us() + PATIENCE_US;

	while (!poll_done(run->poll)) {
		assert_true(clock_mono_us() < until_us);
		pause_briefly();
	}
	/* the end is told last: nothing is under way any more */
	for (size_t i = 0; i < store_target_count(run->store); i++) {
		int64_t due_us, in_flight_us;

		store_pulse(run->store, i, &due_us, &in_flight_us);
		assert_int_equal(in_flight_us, 0);
	}
}

static void await_samples(struct run *run, size_t target, uint64_t count)
{
	int64_t until_us = clock_mono_us() + PATIENCE_US;

	while (store_head(run->store, target) < count) {
		assert_true(clock_mono_us() < until_us);
		pause_briefly();
	}
}

static struct sample newest(struct run *run, size_t target)
{
	struct sample sample;

	assert_int_equal(store_samples(run->store, target, 0, &sample, 1, NULL), 1);
	return sample;
}

static const char *detail(struct run *run, size_t target)
{
	static struct verdict verdict;

	assert_true(store_verdict(run->store, target, &verdict));
	return verdict.detail;
}

struct class_case {
	const char *path;
	enum probe_class cls;
	const char *says; /* part of the detail */
};

static const struct class_case class_cases[] = {
	{"/ok",	CLASS_OK,		  ""					 },
	{"/hop",	 CLASS_OK,		   ""					 },
	{"/busy",	  CLASS_HTTP_STATUS,	     "503 Service Unavailable, wanted 200-299"  },
	{"/error",   CLASS_HTTP_STATUS,	      "500 ValueError: wat"			   },
	{"/silent",  CLASS_TIMEOUT_FIRST_BYTE, "no answer in 2 s, connected to 127.0.0.1:"},
	{"/headers", CLASS_TIMEOUT_HEADERS,    "headers not whole in 2 s"		      },
	{"/half",	  CLASS_TIMEOUT_BODY,	      "transfer stalled at 4 bytes of 1.0 kB"    },
	{"/cut",	 CLASS_TRUNCATED,	  "connection closed inside the body"	     },
	{"/headcut", CLASS_TRUNCATED,	      "connection closed inside the headers"	    },
	{"/empty",   CLASS_EMPTY_REPLY,	      "closed the connection without an answer"  },
	{"/loop",	  CLASS_REDIRECT,		  "redirect loop"				 },
	{"/file",	  CLASS_REDIRECT,		  "scheme that is not followed"	       },
	{"/garbage", CLASS_PROTOCOL,	     "no valid HTTP answer"			   },
};

static void calls_what_servers_do_by_its_name(void **state)
{
	char text[4096] = "[defaults]\ntimeout = 2s\n";
	struct run run;

	(void)state;
	for (size_t i = 0; i < COUNT(class_cases); i++) {
		size_t used = strlen(text);

		snprintf(text + used, sizeof text - used,
			 "[target t%zu]\nurl = http://127.0.0.1:%u%s\n", i, plain.port,
			 class_cases[i].path);
	}
	begin(&run, text, 1);
	await_done(&run);
	for (size_t i = 0; i < COUNT(class_cases); i++) {
		struct sample sample = newest(&run, i);

		if (sample.cls != class_cases[i].cls ||
		    !strstr(detail(&run, i), class_cases[i].says))
			fail_msg("%s: %s, '%s'", class_cases[i].path, class_table[sample.cls].name,
				 detail(&run, i));
		assert_true(sample.total_us > 0);
		assert_int_equal(sample.flags & SAMPLE_TAINTED, 0);
	}
	end(&run);
}

static void measures_each_phase_once(void **state)
{
	struct run run;
	char text[256];
	struct sample sample;
	int64_t sum = 0;

	(void)state;
	snprintf(text, sizeof text, "[target a]\nurl = http://localhost:%u/ok\n", plain.port);
	begin(&run, text, 1);
	await_done(&run);
	sample = newest(&run, 0);
	assert_int_equal(sample.cls, CLASS_OK);
	assert_int_equal(sample.status, 200);
	assert_int_equal(sample.bytes, 6);
	assert_int_equal(sample.http, HTTP_1_1);
	assert_int_equal(sample.phase_us[PHASE_DNS], ABSENT_US);
	assert_int_equal(sample.phase_us[PHASE_TLS], ABSENT_US);
	assert_true(sample.phase_us[PHASE_CONNECT] >= 0);
	assert_true(sample.phase_us[PHASE_WAIT] > 0);
	for (int i = 0; i < PHASE_COUNT; i++)
		sum += sample.phase_us[i] > 0 ? sample.phase_us[i] : 0;
	assert_int_equal(sample.total_us, sum);
	end(&run);
}

static void tells_a_dead_port_from_a_dead_name(void **state)
{
	struct run run;
	struct sample sample;
	char text[400];

	(void)state;
	snprintf(text, sizeof text,
		 "[target a]\nurl = http://127.0.0.1:%u/\n[target b]\n"
		 "url = "
		 "http://"
		 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid/\n",
		 dead_port);
	begin(&run, text, 1);
	await_done(&run);
	sample = newest(&run, 0);
	assert_int_equal(sample.cls, CLASS_REFUSED);
	assert_int_equal(sample.phase_us[PHASE_CONNECT], ABSENT_US);
	assert_non_null(strstr(detail(&run, 0), "connection refused by 127.0.0.1:"));
	assert_int_equal(newest(&run, 1).cls, CLASS_DNS);
	end(&run);
}

static void keeps_evidence_without_secrets(void **state)
{
	static struct evidence evidence;
	struct run run;
	char text[600];

	(void)state;
	snprintf(text, sizeof text,
		 "[target a]\nurl = http://127.0.0.1:%u/busy\nuser = monitor:pa55word\n"
		 "header = X-Token: t0ken-value\nheader = Cookie: c00kie=1\nheader = X-Session: S12\n",
		 plain.port);
	begin(&run, text, 1);
	await_done(&run);
	assert_true(store_evidence(run.store, 0, EVIDENCE_BAD, &evidence));
	assert_true(evidence.seen);
	assert_string_equal(evidence.text + evidence.status_line,
			    "HTTP/1.1 503 Service Unavailable");
	assert_string_equal(evidence.text + evidence.body, "busy\n");
	assert_non_null(strstr(evidence.text + evidence.request, "GET /busy HTTP/1.1"));
	assert_non_null(strstr(evidence.text + evidence.request, "X-Token:"));
	assert_non_null(strstr(evidence.text + evidence.headers, "Set-Cookie: •••"));
	assert_non_null(strstr(evidence.text + evidence.headers, "X-Access-Token: •••"));
	assert_non_null(strstr(evidence.text + evidence.headers, "X-Error-Code: E7"));
	assert_non_null(strstr(evidence.text + evidence.request, "X-Session: •••"));
	assert_int_equal(evidence.header_count, 4);
	for (size_t i = 0; i < evidence.used; i += strlen(evidence.text + i) + 1) {
		assert_null(strstr(evidence.text + i, "s3cret"));
		assert_null(strstr(evidence.text + i, "pa55word"));
		assert_null(strstr(evidence.text + i, "c00kie"));
		assert_true(text_is_clean(evidence.text + i, TEXT_BLOCK));
	}
	end(&run);
}

static void the_request_is_shown_as_it_went_out(void **state)
{
	static struct evidence evidence;
	struct run run;
	char text[200], sent[300];

	(void)state;
	snprintf(text, sizeof text, "[target a]\nurl = http://127.0.0.1:%u?next=/x/y#part/two\nexpect_status = 599\n",
		 plain.port);
	begin(&run, text, 1);
	await_done(&run);
	assert_true(store_evidence(run.store, 0, EVIDENCE_BAD, &evidence));
	pthread_mutex_lock(&plain.mutex);
	snprintf(sent, sizeof sent, "%.*s\n", (int)strcspn(plain.last_request, "\r\n"), plain.last_request);
	pthread_mutex_unlock(&plain.mutex);
	assert_string_equal(sent, "GET /?next=/x/y HTTP/1.1\n");
	assert_memory_equal(evidence.text + evidence.request, sent, strlen(sent));
	end(&run);
}

static void secrets_stay_with_their_origin(void **state)
{
	struct run run;
	char text[400];

	(void)state;
	snprintf(text, sizeof text,
		 "[target a]\nurl = http://127.0.0.1:%u/to/%u\nuser = monitor:pa55word\n"
		 "header = X-Token: t0ken-value\n",
		 plain.port, other.port);
	begin(&run, text, 1);
	await_done(&run);
	assert_int_equal(newest(&run, 0).cls, CLASS_OK);
	end(&run);
	pthread_mutex_lock(&plain.mutex);
	assert_non_null(strstr(plain.last_request, "Authorization: Basic"));
	assert_non_null(strstr(plain.last_request, "X-Token: t0ken-value"));
	pthread_mutex_unlock(&plain.mutex);
	pthread_mutex_lock(&other.mutex);
	assert_non_null(strstr(other.last_request, "GET /ok"));
	assert_null(strstr(other.last_request, "Authorization"));
	assert_null(strstr(other.last_request, "X-Token"));
	pthread_mutex_unlock(&other.mutex);
}

static void reads_certificates_also_refused_ones(void **state)
{
	struct cert_facts facts;
	struct sample sample;
	struct run run;
	char text[800];

	(void)state;
	snprintf(text, sizeof text,
		 "[target good]\nurl = https://127.0.0.1:%u/ok\nca = %s\n[target unknown]\nurl = "
		 "https://127.0.0.1:%u/ok\n"
		 "[target stale]\nurl = https://127.0.0.1:%u/ok\nca = %s\n"
		 "[target name]\nurl = https://localhost:%u/ok\nca = %s\nip = 4\n"
		 "[target careless]\nurl = https://127.0.0.1:%u/ok\nverify = no\n[target "
		 "handshake]\nurl = tls://127.0.0.1:%u\nca = %s\n"
		 "[target connect]\nurl = tcp://127.0.0.1:%u\n[target nothing]\nurl = "
		 "tcp://127.0.0.1:%u\n",
		 secure.port, ca, secure.port, stale.port, stale_ca, secure.port, ca, stale.port,
		 secure.port, ca, plain.port, dead_port);
	begin(&run, text, 2);
	await_done(&run);
	sample = newest(&run, 0);
	assert_int_equal(sample.cls, CLASS_OK);
	assert_true(sample.phase_us[PHASE_TLS] > 0);
	assert_true(sample.warnings & WARN_TLS_EXPIRING);
	assert_true(store_cert(run.store, 0, &facts));
	assert_true(facts.seen && facts.verified);
	assert_string_equal(facts.subject, "CN=webmon test");
	assert_string_equal(facts.names, "127.0.0.1");
	assert_string_equal(facts.version, "TLS 1.3");
	assert_int_equal(strlen(facts.fingerprint), 64);
	assert_int_equal(newest(&run, 1).cls, CLASS_TLS_UNTRUSTED);
	assert_string_equal(detail(&run, 1), "certificate is signed by itself");
	assert_int_equal(newest(&run, 2).cls, CLASS_TLS_EXPIRED);
	assert_non_null(strstr(detail(&run, 2), "certificate expired 3 days ago, on "));
	assert_true(store_cert(run.store, 2, &facts));
	assert_true(facts.seen && !facts.verified);
	assert_int_equal(newest(&run, 3).cls, CLASS_TLS_HOSTNAME);
	assert_string_equal(detail(&run, 3), "certificate is for 127.0.0.1, not for localhost");
	assert_int_equal(newest(&run, 4).cls, CLASS_OK);
	assert_true(store_cert(run.store, 4, &facts));
	assert_false(facts.verified);
	sample = newest(&run, 5);
	assert_int_equal(sample.cls, CLASS_OK);
	assert_int_equal(sample.phase_us[PHASE_WAIT], ABSENT_US);
	assert_int_equal(newest(&run, 6).cls, CLASS_OK);
	assert_int_equal(newest(&run, 6).phase_us[PHASE_TLS], ABSENT_US);
	assert_int_equal(newest(&run, 7).cls, CLASS_REFUSED);
	end(&run);
}

static void a_missing_authority_is_our_own_trouble(void **state)
{
	static struct evidence evidence;
	struct incident incident;
	struct run run;
	char text[256];

	(void)state;
	/* It was there when the configuration was read. */
	snprintf(text, sizeof text,
		 "[target a]\nurl = https://127.0.0.1:%u/ok\nca = %s/empty.pem\n", secure.port,
		 folder);
	begin(&run, text, 1);
	await_done(&run);
	assert_int_equal(newest(&run, 0).cls, CLASS_LOCAL);
	assert_true(newest(&run, 0).flags & SAMPLE_TAINTED);
	assert_true(store_evidence(run.store, 0, EVIDENCE_BAD, &evidence));
	assert_non_null(strstr(evidence.text + evidence.detail, "cannot read the authorities"));
	/* Told once, and of the whole program. */
	assert_int_equal(store_incidents(run.store, 0, &incident, 1), 1);
	assert_int_equal(incident.kind, INCIDENT_SELF);
	assert_int_equal(incident.target, UINT32_MAX);
	end(&run);
}

static void keeps_a_connection_where_asked(void **state)
{
	unsigned before, after;
	struct run run;
	char text[256];

	(void)state;
	pthread_mutex_lock(&plain.mutex);
	before = plain.connections;
	pthread_mutex_unlock(&plain.mutex);
	snprintf(text, sizeof text, "[target a]\nurl = http://127.0.0.1:%u/ok\ninterval = 100ms\n",
		 plain.port);
	begin(&run, text, 4);
	await_done(&run);
	end(&run);
	pthread_mutex_lock(&plain.mutex);
	after = plain.connections;
	pthread_mutex_unlock(&plain.mutex);
	assert_int_equal(after - before, 4);
}

static void counts_what_it_did(void **state)
{
	struct fleet fleet;
	struct run run;
	char text[400];

	(void)state;
	snprintf(text, sizeof text,
		 "[defaults]\ninterval = 100ms\n[target a]\nurl = http://127.0.0.1:%u/ok\n"
		 "[target b]\nurl = http://127.0.0.1:%u/busy\n",
		 plain.port, plain.port);
	begin(&run, text, 5);
	await_done(&run);
	store_fleet(run.store, &fleet);
	assert_int_equal(fleet.probes, 10);
	assert_int_equal(fleet.failures, 5);
	assert_int_equal(fleet.tainted, 0);
	assert_int_equal(store_head(run.store, 0), 5);
	assert_int_equal(store_head(run.store, 1), 5);
	end(&run);
}

static void obeys_pause_resume_and_check(void **state)
{
	struct verdict verdict = {0};
	struct run run;
	uint64_t head;
	char text[256];
	int64_t until_us = clock_mono_us() + PATIENCE_US;

	(void)state;
	snprintf(text, sizeof text, "[target a]\nurl = http://127.0.0.1:%u/ok\ninterval = 100ms\n",
		 plain.port);
	begin(&run, text, 0);
	await_samples(&run, 0, 2);
	poll_command(run.poll, POLL_PAUSE, 0);
	while (verdict.state != STATE_PAUSED && clock_mono_us() < until_us) {
		store_verdict(run.store, 0, &verdict);
		pause_briefly();
	}
	assert_int_equal(verdict.state, STATE_PAUSED);
	/* One may have been under way. */
	poll(NULL, 0, 50);
	head = store_head(run.store, 0);
	poll(NULL, 0, 250);
	assert_int_equal(store_head(run.store, 0), head);
	poll_command(run.poll, POLL_CHECK_NOW, POLL_ALL);
	await_samples(&run, 0, head + 1);
	assert_true(newest(&run, 0).flags & SAMPLE_MANUAL);
	poll_command(run.poll, POLL_RESUME, POLL_ALL);
	await_samples(&run, 0, head + 4);
	assert_false(poll_done(run.poll));
	end(&run);
}

static void never_overlaps_probes_of_one_target(void **state)
{
	struct fleet fleet;
	struct run run;
	char text[256];
	int64_t until_us = clock_mono_us() + PATIENCE_US;

	(void)state;
	snprintf(
		text, sizeof text,
		"[target a]\nurl = http://127.0.0.1:%u/silent\ninterval = 100ms\ntimeout = 350ms\n",
		plain.port);
	begin(&run, text, 0);
	do {
		assert_true(clock_mono_us() < until_us);
		pause_briefly();
		store_fleet(run.store, &fleet);
		assert_true(fleet.in_flight <= 1);
	} while (fleet.probes < 2 || fleet.skipped < 4);
	end(&run);
}

static void shares_targets_among_pollers(void **state)
{
	char text[8192] = "[webmon]\npollers = 3\n[defaults]\ninterval = 200ms\n";
	struct fleet fleet;
	struct run run;

	(void)state;
	for (int i = 0; i < 60; i++) {
		size_t used = strlen(text);

		snprintf(text + used, sizeof text - used,
			 "[target t%d]\nurl = http://127.0.0.%d:%u/ok\n", i, 1 + i % 9, plain.port);
	}
	begin(&run, text, 2);
	await_done(&run);
	store_fleet(run.store, &fleet);
	assert_int_equal(fleet.probes, 120);
	for (size_t i = 0; i < 60; i++)
		assert_int_equal(store_head(run.store, i), 2);
	end(&run);
}

static void stops_at_once_while_all_hang(void **state)
{
	static char text[32768];
	struct run run;
	struct fleet fleet;
	int64_t began_us, until_us = clock_mono_us() + PATIENCE_US;
	size_t used;

	(void)state;
	used = (size_t)snprintf(
		text, sizeof text,
		"[webmon]\nconcurrency = 300\nper_host = 0\n[defaults]\ninterval = 10s\n");
	for (int i = 0; i < 200; i++)
		used += (size_t)snprintf(text + used, sizeof text - used,
					 "[target t%d]\nurl = http://127.0.0.1:%u/silent\n", i,
					 plain.port);
	begin(&run, text, 1);
	do {
		assert_true(clock_mono_us() < until_us);
		pause_briefly();
		store_fleet(run.store, &fleet);
	} while (fleet.in_flight < 200);
	began_us = clock_mono_us();
	poll_stop(run.poll);
	/* Promised are 100 ms; machines under test are slow, and a wait for time-outs would be 10
	 * s. */
	assert_true(clock_mono_us() - began_us < 3000000);
	store_close(run.store);
	config_free(run.config);
}

static int set_up(void **state)
{
	char path[80];
	FILE *file;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	if (!mkdtemp(folder))
		return -1;
	snprintf(ca, sizeof ca, "%s/ca.pem", folder);
	snprintf(stale_ca, sizeof stale_ca, "%s/stale.pem", folder);
	snprintf(path, sizeof path, "%s/empty.pem", folder);
	file = fopen(path, "w");
	if (!file)
		return -1;
	fclose(file);
	poll_server_start(&plain, NULL);
	poll_server_start(&other, NULL);
	poll_server_start(&secure, poll_tls(ca, "IP:127.0.0.1", -1, 5));
	poll_server_start(&stale, poll_tls(stale_ca, "IP:127.0.0.1", -90, -3));
	close(poll_listen(&dead_port));
	return 0;
}

static int tear_down(void **state)
{
	static const char *const names[] = {"ca.pem", "stale.pem", "empty.pem", "webmon.ini"};
	char path[80];

	(void)state;
	poll_server_stop(&plain);
	poll_server_stop(&other);
	poll_server_stop(&secure);
	poll_server_stop(&stale);
	SSL_CTX_free(secure.tls);
	SSL_CTX_free(stale.tls);
	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		unlink(path);
	}
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_what_servers_do_by_its_name),
		cmocka_unit_test(measures_each_phase_once),
		cmocka_unit_test(tells_a_dead_port_from_a_dead_name),
		cmocka_unit_test(keeps_evidence_without_secrets),
		cmocka_unit_test(the_request_is_shown_as_it_went_out),
		cmocka_unit_test(secrets_stay_with_their_origin),
		cmocka_unit_test(reads_certificates_also_refused_ones),
		cmocka_unit_test(a_missing_authority_is_our_own_trouble),
		cmocka_unit_test(keeps_a_connection_where_asked),
		cmocka_unit_test(counts_what_it_did),
		cmocka_unit_test(obeys_pause_resume_and_check),
		cmocka_unit_test(never_overlaps_probes_of_one_target),
		cmocka_unit_test(shares_targets_among_pollers),
		cmocka_unit_test(stops_at_once_while_all_hang),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
