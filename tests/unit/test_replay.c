/* Traces: what is read of them, and which mistakes are told with file and line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "source/replay.h"

#define HEAD                                                                                       \
	"#webmon-trace 1 interval_s=0.5 timeout_s=5 scheme=http\n"                                 \
	"t,dns_ms,connect_ms,tls_ms,first_ms,recv_ms,total_ms,status,error,bytes,lag_ms\n"

struct bench {
	char path[64];
	struct trace trace;
	struct errors errors;
	bool read;
};

static void read_text(struct bench *bench, const char *text)
{
	const char *folder = getenv("TMPDIR");
	int descriptor;

	memset(bench, 0, sizeof(*bench));
	snprintf(bench->path, sizeof(bench->path), "%.30s/trace-XXXXXX", folder ? folder : "/tmp");
	descriptor = mkstemp(bench->path);
	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, text, strlen(text)), strlen(text));
	close(descriptor);
	bench->read = trace_read(&bench->trace, bench->path, &bench->errors);
	unlink(bench->path);
}

static void done(struct bench *bench)
{
	trace_fini(&bench->trace);
	errors_free(&bench->errors);
}

static void reads_samples_in_order(void **state)
{
	struct bench bench;
	const struct sample *s;

	(void)state;
	read_text(&bench, HEAD "0.000,2.625,0.463,0,36.307,0.030,39.515,200,none,5,0.297\n"
			       "\n# a remark\n"
			       "0.5,2,0.4,0,40,0.1,42.6,429,none,7,0\r\n");
	assert_true(bench.read);
	assert_int_equal(bench.trace.interval_ms, 500);
	assert_int_equal(bench.trace.timeout_ms, 5000);
	assert_int_equal(bench.trace.count, 2);
	s = &bench.trace.samples[0];
	assert_int_equal(s->at_ms, 0);
	assert_int_equal(s->phase_us[PHASE_DNS], 2625);
	assert_int_equal(s->phase_us[PHASE_CONNECT], 463);
	assert_int_equal(s->phase_us[PHASE_TLS], ABSENT_US);
	assert_int_equal(s->phase_us[PHASE_SEND], ABSENT_US);
	assert_int_equal(s->phase_us[PHASE_WAIT], 36307);
	assert_int_equal(s->phase_us[PHASE_TRANSFER], 30);
	assert_int_equal(s->total_us, 39515);
	assert_int_equal(s->lag_us, 297);
	assert_int_equal(s->bytes, 5);
	assert_int_equal(s->cls, CLASS_OK);
	assert_int_equal(s[1].at_ms, 500);
	assert_int_equal(s[1].cls, CLASS_HTTP_STATUS);
	assert_int_equal(s[1].status, 429);
	done(&bench);
}

static void finds_columns_by_their_names(void **state)
{
	struct bench bench;

	(void)state;
	read_text(&bench, "#webmon-trace 1 interval_s=1 timeout_s=10 scheme=https colour=blue\n"
			  "target,error,t,new,dns_ms,connect_ms,tls_ms,first_ms,recv_ms,total_ms,"
			  "status,bytes,lag_ms\n"
			  "\"a, b\",none,1,?,2,3,9,4,5,23,200,6,7\n"
			  "\"a, b\",none,2,?,2,3,9,4,5,23,200,6,7\n");
	assert_true(bench.read);
	assert_true(bench.trace.tls);
	assert_int_equal(bench.trace.count, 2);
	assert_int_equal(bench.trace.samples[0].phase_us[PHASE_TLS], 9000);
	assert_int_equal(bench.trace.samples[0].lag_us, 7000);
	done(&bench);
}

/* As `webmon record --trace` writes it for the longest interval that a configuration may have. */
static void takes_an_interval_of_a_week(void **state)
{
	struct bench bench;

	(void)state;
	read_text(&bench, "#webmon-trace 1 interval_s=604800 timeout_s=10 scheme=http\n"
			  "t,dns_ms,connect_ms,tls_ms,first_ms,recv_ms,total_ms,status,error,bytes,lag_ms\n"
			  "0,,1,0,2,3,6,200,none,5,0\n");
	assert_true(bench.read);
	assert_int_equal(bench.trace.interval_ms, 604800000);
	done(&bench);
}

static void tells_where_the_time_ran_out(void **state)
{
	static const struct {
		const char *line;
		enum probe_class cls;
	} cases[] = {
		{"0,,,,,,5000,0,timeout,0,0\n", CLASS_DNS},
		{"0,2,,,,,5000,0,timeout,0,0\n", CLASS_TIMEOUT_CONNECT},
		{"0,2,1,,,,5000,0,timeout,0,0\n", CLASS_TIMEOUT_TLS},
		{"0,2,1,0,,,5000,0,timeout,0,0\n", CLASS_TIMEOUT_FIRST_BYTE},
		{"0,2,1,0,8,,5000,200,timeout,0,0\n", CLASS_TIMEOUT_BODY},
		{"0,2,,,,,3,0,refused,0,0\n", CLASS_REFUSED},
		{"0,,,,,,3,0,dns,0,0\n", CLASS_DNS},
		{"0,2,1,0,,,3,0,reset,0,0\n", CLASS_RESET},
		{"0,2,1,0,,,3,0,empty,0,0\n", CLASS_EMPTY_REPLY},
		{"0,2,1,,,,3,0,tls,0,0\n", CLASS_TLS_HANDSHAKE},
		{"0,2,1,0,4,,3,0,other,0,0\n", CLASS_PROTOCOL},
		{"0,2,1,0,4,1,3,301,none,0,0\n", CLASS_HTTP_STATUS},
	};
	struct bench bench;
	char text[400];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), HEAD "%s", cases[i].line);
		read_text(&bench, text);
		assert_true(bench.read);
		assert_int_equal(bench.trace.samples[0].cls, cases[i].cls);
		done(&bench);
	}
}

/* An address needs no look-up and a kept connection none of both: their time did not run out there. */
static void what_answers_did_without_is_not_waited_for(void **state)
{
	static const struct {
		const char *lines;
		enum probe_class cls;
	} cases[] = {
		{"0,,1,0,4,1,6,200,none,5,0\n5,,,,,,5000,0,timeout,0,0\n", CLASS_TIMEOUT_CONNECT},
		{"0,,1,0,4,1,6,200,none,5,0\n5,,1,0,,,5000,0,timeout,0,0\n",
		 CLASS_TIMEOUT_FIRST_BYTE},
		{"0,,,0,4,1,6,503,none,5,0\n5,,,,,,5000,0,timeout,0,0\n", CLASS_TIMEOUT_FIRST_BYTE},
		{"0,,,0,4,1,6,200,none,5,0\n5,2,,,,,5000,0,timeout,0,0\n", CLASS_TIMEOUT_CONNECT},
		{"0,2,1,0,4,1,6,200,none,5,0\n5,,,,,,5000,0,timeout,0,0\n", CLASS_DNS},
	};
	struct bench bench;
	char text[400];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), HEAD "%s", cases[i].lines);
		read_text(&bench, text);
		assert_true(bench.read);
		assert_int_equal(bench.trace.samples[1].cls, cases[i].cls);
		done(&bench);
	}
}

static void tells_mistakes_with_file_and_line(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"hello\n", ":1: the first line is 'hello', expected '#webmon-trace 1"},
		{"#webmon-trace 1 interval_s=x timeout_s=5\n",
		 ":1: interval_s is 'x', expected seconds"},
		{"#webmon-trace 1 interval_s=1\n", ":1: the first line does not say timeout_s"},
		{"#webmon-trace 1 interval_s=1 timeout_s=5\n", "no line of column names"},
		{"#webmon-trace 1 interval_s=1 timeout_s=5\nt,total_ms\n",
		 ":2: no column 'dns_ms'"},
		{HEAD "1,2,3\n", ":3: 3 columns, 'tls_ms' is missing"},
		{HEAD "0,1,1,0,1x,1,1,200,none,5,0\n", ":3: first_ms is '1x', expected a number"},
		{HEAD "0,1,1,0,nan,1,1,200,none,5,0\n", ":3: first_ms is 'nan'"},
		{HEAD "0,1,1,0,-4,1,1,200,none,5,0\n", ":3: first_ms is '-4'"},
		{HEAD "0,1,1,0,1e99,1,1,200,none,5,0\n", ":3: first_ms is '1e99'"},
		{HEAD ",1,1,0,1,1,1,200,none,5,0\n", ":3: t and total_ms must not be empty"},
		{HEAD "0,1,1,0,1,1,1,200,odd,5,0\n", ":3: error is 'odd', expected none, timeout"},
		{HEAD "1,1,1,0,1,1,1,200,none,5,0\n0.5,1,1,0,1,1,1,200,none,5,0\n",
		 ":4: t goes back in time"},
		{"#webmon-trace 1 interval_s=1 timeout_s=5\n"
		 "target,t,dns_ms,connect_ms,tls_ms,first_ms,recv_ms,total_ms,status,error,bytes,"
		 "lag_ms\n"
		 "a,0,1,1,0,1,1,1,200,none,5,0\nb,0,1,1,0,1,1,1,200,none,5,0\n",
		 ":4: a second target, b: a replay takes the samples of one"},
	};
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		read_text(&bench, cases[i].text);
		assert_false(bench.read);
		assert_null(bench.trace.samples);
		assert_true(bench.errors.fatal >= 1);
		if (strncmp(bench.errors.items[0].text, bench.path, strlen(bench.path)) != 0 ||
		    !strstr(bench.errors.items[0].text, cases[i].message))
			fail_msg("case %zu: %s", i, bench.errors.items[0].text);
		done(&bench);
	}
}

static void tells_no_more_than_a_screenful_of_mistakes(void **state)
{
	struct bench bench;
	char *text = x_malloc(400000);
	size_t used = (size_t)snprintf(text, 400000, HEAD);

	(void)state;
	for (int i = 0; i < 10000; i++)
		used += (size_t)snprintf(text + used, 400000 - used, "what is this?\n");
	read_text(&bench, text);
	assert_false(bench.read);
	assert_in_range(bench.errors.count, 10, 30);
	done(&bench);
	free(text);
}

static void a_file_that_is_not_there_is_a_mistake(void **state)
{
	struct errors errors = {0};
	struct trace trace;

	(void)state;
	assert_false(trace_read(&trace, "/nowhere/at/all.csv", &errors));
	assert_non_null(strstr(errors.items[0].text, "/nowhere/at/all.csv: No such file"));
	errors_free(&errors);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_samples_in_order),
		cmocka_unit_test(finds_columns_by_their_names),
		cmocka_unit_test(takes_an_interval_of_a_week),
		cmocka_unit_test(tells_where_the_time_ran_out),
		cmocka_unit_test(what_answers_did_without_is_not_waited_for),
		cmocka_unit_test(tells_mistakes_with_file_and_line),
		cmocka_unit_test(tells_no_more_than_a_screenful_of_mistakes),
		cmocka_unit_test(a_file_that_is_not_there_is_a_mistake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
