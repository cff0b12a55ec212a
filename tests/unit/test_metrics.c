/*
 * Metrics: lines in both formats, counters that count each sample once, facts that are left out
 * where they are not known.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "face/metrics_text.h"
#include "face_fixture.h"

static struct fixture fixture;
static struct metrics_count *count;
static struct metrics_text *text;
static struct metrics_page page;

static int set_up(void **state)
{
	(void)state;
	memset(&fixture, 0, sizeof fixture);
	fixture_target(&fixture, "a \"b\" \\ c", "https://shop.example/api");
	fixture_target(&fixture, "search", "http://search.example/");
	fixture_open(&fixture);
	count = metrics_count_new(&fixture.config, fixture.store, false);
	text = metrics_text_new(&fixture.config, fixture.store, count);
	page = (struct metrics_page){.format = METRICS_PROMETHEUS};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(page.text);
	metrics_text_free(text);
	metrics_count_free(count);
	fixture_close(&fixture);
	return 0;
}

static const char *written(enum metrics_format format)
{
	free(page.text);
	page = (struct metrics_page){.format = format};
	metrics_count_follow(count);
	metrics_text_write(text, &page);
	page.text = realloc(page.text, page.length + 1);
	page.text[page.length] = '\0';
	return page.text;
}

static void assert_line(const char *line)
{
	char whole[400];

	text_format(whole, sizeof whole, "\n%s\n", line);
	if (strstr(page.text, whole) == NULL)
		fail_msg("no line: %s", line);
}

static void put(uint32_t target, struct sample sample, enum state state)
{
	struct verdict verdict = a_verdict(state, sample.cls, sample.status);

	store_push(fixture.store, target, &sample);
	verdict.usual_us = 80000;
	store_put_verdict(fixture.store, target, &verdict);
}

#define API "target=\"a \\\"b\\\" \\\\ c\",group=\"shop\",instance=\"https://shop.example/api\""
#define SEARCH "target=\"search\",group=\"shop\",instance=\"http://search.example/\""

static void a_good_answer_has_all_its_figures(void **state)
{
	(void)state;
	put(0, good_sample(NOW_MS - 1000), STATE_UP);
	written(METRICS_PROMETHEUS);
	assert_line("probe_success{" API "} 1");
	assert_line("probe_duration_seconds{" API "} 0.084412");
	assert_line("probe_http_duration_seconds{" API ",phase=\"resolve\"} 0.0021");
	assert_line("probe_http_duration_seconds{" API ",phase=\"processing\"} 0.046");
	assert_line("probe_http_status_code{" API "} 200");
	assert_line("probe_http_version{" API "} 2");
	assert_line("webmon_state{" API "} 1");
	assert_line("webmon_usual_seconds{" API "} 0.08");
	assert_line("webmon_latency_seconds_bucket{" API ",le=\"0.05\"} 0");
	assert_line("webmon_latency_seconds_bucket{" API ",le=\"0.1\"} 1");
	assert_line("webmon_latency_seconds_bucket{" API ",le=\"+Inf\"} 1");
	assert_line("webmon_latency_seconds_sum{" API "} 0.084412");
	assert_line("webmon_latency_seconds_count{" API "} 1");
}

static void what_is_not_known_is_left_out(void **state)
{
	(void)state;
	put(1, failed_sample(NOW_MS - 1000, CLASS_REFUSED, 0), STATE_DOWN);
	written(METRICS_PROMETHEUS);
	assert_line("probe_success{" SEARCH "} 0");
	assert_line("webmon_probe_class{" SEARCH ",class=\"refused\"} 1");
	assert_line("webmon_probes_total{" SEARCH ",class=\"refused\"} 1");
	assert_line("webmon_latency_seconds_count{" SEARCH "} 0");
	assert_null(strstr(page.text, "probe_http_status_code"));
	assert_null(strstr(page.text, "probe_ssl_earliest_cert_expiry"));
	assert_null(strstr(page.text, "phase=\"tls\""));
	assert_null(strstr(page.text, "webmon_load_ratio"));
	assert_null(strstr(page.text, "NaN"));
	/* never checked: nothing but that it is new */
	assert_line("webmon_state{" API "} 0");
	assert_null(strstr(page.text, "probe_success{" API));
}

/* After a while without checks the short window knows nothing, and the long one does. */
static void a_burn_rate_that_is_not_known_is_left_out(void **state)
{
	struct verdict verdict = a_verdict(STATE_UP, CLASS_OK, 200);

	(void)state;
	verdict.budget = (struct budget){.known = true, .objective = 0.99f, .left = 0.5f, .burn_long = 2, .burn_short = -1};
	store_put_verdict(fixture.store, 0, &verdict);
	written(METRICS_PROMETHEUS);
	assert_line("webmon_error_budget_left_ratio{" API "} 0.5");
	assert_line("webmon_error_budget_burn_rate{" API ",window=\"long\"} 2");
	assert_null(strstr(page.text, "window=\"short\""));
}

static void an_old_check_and_a_paused_target_end_their_series(void **state)
{
	(void)state;
	put(0, good_sample(NOW_MS - 90000), STATE_UP);
	put(1, good_sample(NOW_MS - 1000), STATE_PAUSED);
	written(METRICS_PROMETHEUS);
	assert_null(strstr(page.text, "probe_success{"));
	assert_line("webmon_state{" API "} 1");
	assert_line("webmon_state{" SEARCH "} 5");
	assert_line("webmon_last_probe_timestamp_seconds{" API "} 1795357837.123");
}

static void of_an_ended_recorder_no_success_is_claimed(void **state)
{
	struct ending ending = {.at_ms = NOW_MS, .now_ms = NOW_MS + 60000, .why = "gone"};

	(void)state;
	put(0, good_sample(NOW_MS - 1000), STATE_UP);
	put(1, good_sample(NOW_MS - 1000), STATE_PAUSED);
	metrics_text_end(text, &ending);
	written(METRICS_PROMETHEUS);
	assert_line("probe_success{" API "} 1");
	ending.now_ms += 30000;
	metrics_text_end(text, &ending);
	free(page.text);
	page = (struct metrics_page){.format = METRICS_PROMETHEUS};
	written(METRICS_PROMETHEUS);
	assert_null(strstr(page.text, "probe_success{"));
	assert_line("webmon_state{" API "} 4");
	assert_line("webmon_state_since_timestamp_seconds{" API "} 1795357927.123");
	assert_line("webmon_state{" SEARCH "} 5");
	assert_line("webmon_targets{state=\"unknown\"} 1");
	assert_line("webmon_last_probe_timestamp_seconds{" API "} 1795357926.123");
}

static void our_own_trouble_hides_no_answer_and_is_counted_apart(void **state)
{
	struct sample tainted = failed_sample(NOW_MS - 500, CLASS_TIMEOUT_CONNECT, 0);

	(void)state;
	tainted.flags = SAMPLE_TAINTED;
	put(0, good_sample(NOW_MS - 1000), STATE_UP);
	put(0, tainted, STATE_UP);
	written(METRICS_PROMETHEUS);
	assert_line("probe_success{" API "} 1");
	assert_line("webmon_probes_total{" API ",class=\"local\"} 1");
	assert_line("webmon_probes_total{" API ",class=\"ok\"} 1");
}

static void each_sample_is_counted_once(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		put(0, good_sample(NOW_MS - 1000 + i), STATE_UP);
		if (i % 7 == 0)
			metrics_count_follow(count);
	}
	metrics_count_follow(count);
	assert_int_equal(metrics_count_of(count, 0)->good, 1000);
	assert_int_equal(metrics_count_of(count, 0)->lost, 0);
}

static void what_the_ring_lost_is_not_guessed(void **state)
{
	size_t capacity = store_ring_capacity(fixture.store, 0);

	(void)state;
	for (size_t i = 0; i < capacity + 100; i++)
		put(0, good_sample(NOW_MS - 1000), STATE_UP);
	metrics_count_follow(count);
	assert_int_equal(metrics_count_of(count, 0)->good + metrics_count_of(count, 0)->lost,
			 capacity + 100);
	assert_true(metrics_count_of(count, 0)->lost >= 100);
}

static void openmetrics_names_counters_without_their_ending(void **state)
{
	(void)state;
	put(0, good_sample(NOW_MS - 1000), STATE_UP);
	written(METRICS_OPENMETRICS);
	assert_line("# TYPE webmon_probes counter");
	assert_line("webmon_probes_total{" API ",class=\"ok\"} 1");
	assert_string_equal(page.text + page.length - 6, "# EOF\n");
}

static void the_format_is_what_the_client_likes_best(void **state)
{
	static const struct {
		const char *accept;
		enum metrics_format format;
	} cases[] = {
		{NULL, METRICS_PROMETHEUS},
		{"", METRICS_PROMETHEUS},
		{"*/*", METRICS_PROMETHEUS},
		{"text/plain", METRICS_PROMETHEUS},
		{"application/openmetrics-text", METRICS_OPENMETRICS},
		{"application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
		 METRICS_OPENMETRICS},
		{"application/openmetrics-text; q=0.1, text/plain; q=0.9", METRICS_PROMETHEUS},
		{"application/openmetrics-text;q=0", METRICS_PROMETHEUS},
		{"application/openmetrics-text;q=x", METRICS_PROMETHEUS},
		{";;;,,,q=;", METRICS_PROMETHEUS},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(metrics_choose_format(cases[i].accept), cases[i].format);
}

static void counters_of_a_target_that_stays_are_carried_over(void **state)
{
	struct metrics_count *next;

	(void)state;
	put(1, good_sample(NOW_MS - 1000), STATE_UP);
	metrics_count_follow(count);
	next = metrics_count_new(&fixture.config, fixture.store, false);
	metrics_count_carry(next, count);
	metrics_count_follow(next);
	assert_int_equal(metrics_count_of(next, 1)->good, 1);
	assert_int_equal(metrics_count_of(next, 0)->good, 0);
	metrics_count_free(next);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest metrics[] = {
		TEST(a_good_answer_has_all_its_figures),
		TEST(what_is_not_known_is_left_out),
		TEST(a_burn_rate_that_is_not_known_is_left_out),
		TEST(an_old_check_and_a_paused_target_end_their_series),
		TEST(of_an_ended_recorder_no_success_is_claimed),
		TEST(our_own_trouble_hides_no_answer_and_is_counted_apart),
		TEST(each_sample_is_counted_once),
		TEST(what_the_ring_lost_is_not_guessed),
		TEST(openmetrics_names_counters_without_their_ending),
		TEST(the_format_is_what_the_client_likes_best),
		TEST(counters_of_a_target_that_stays_are_carried_over),
	};

	return cmocka_run_group_tests(metrics, NULL, NULL);
}
