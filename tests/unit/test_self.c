/*
 * source/poll/self: webmon's own trouble is one incident, told once in each of its words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "source/poll/self.h"
#include "store/store.h"

#define NOW_MS INT64_C(1795000000000)

struct bench {
	struct config *config;
	struct store *store;
	struct self self;
};

static int begin(void **state)
{
	static struct bench bench;
	struct config_request request = {.file = "f.ini", .text = "[target a]\nurl = http://127.0.0.1/\n"};
	struct errors errors = {0};

	bench = (struct bench){.config = config_load(&request, &errors)};
	assert_non_null(bench.config);
	errors_free(&errors);
	bench.store = store_open(bench.config);
	*state = &bench;
	return 0;
}

static int end(void **state)
{
	struct bench *bench = *state;

	store_close(bench->store);
	config_free(bench->config);
	return 0;
}

static struct incident the_incident(const struct bench *bench)
{
	struct incident incident;

	assert_int_equal(store_incidents(bench->store, 0, &incident, 1), 1);
	return incident;
}

static void two_troubles_in_turn_are_told_once_each(void **state)
{
	struct bench *bench = *state;
	int64_t now_ms = NOW_MS;

	for (int i = 0; i < 100; i++, now_ms += 1000)
		self_note(&bench->self, bench->store, i % 2 ? "no descriptors" : "no memory", now_ms);
	assert_int_equal(store_event_head(bench->store), 2);
	assert_int_equal(the_incident(bench).count, 100);
	assert_string_equal(the_incident(bench).detail, "no descriptors"); /* the newest */
	assert_false(self_tick(&bench->self, bench->store, now_ms));
	assert_true(self_tick(&bench->self, bench->store, now_ms + 10000));
	assert_int_equal(store_event_head(bench->store), 3);
	self_note(&bench->self, bench->store, "no memory", now_ms + 20000);
	assert_int_equal(store_event_head(bench->store), 4); /* another incident */
}

static void words_that_change_each_time_do_not_flood(void **state)
{
	struct bench *bench = *state;
	char words[40];

	for (int i = 0; i < 100; i++) {
		snprintf(words, sizeof words, "%d of 100 targets are late", i);
		self_note(&bench->self, bench->store, words, NOW_MS + i * 1000);
	}
	assert_int_equal(store_event_head(bench->store), SELF_TOLD);
	assert_string_equal(the_incident(bench).detail, words);
}

static void ends_with_who_looks_after_it(void **state)
{
	struct bench *bench = *state;
	struct event event;

	self_end(&bench->self, bench->store, NOW_MS); /* all is well */
	assert_int_equal(store_event_head(bench->store), 0);
	self_note(&bench->self, bench->store, "no memory", NOW_MS);
	self_end(&bench->self, bench->store, NOW_MS + 4000);
	assert_int_equal(the_incident(bench).closed_ms, NOW_MS + 4000);
	assert_int_equal(store_events(bench->store, 1, &event, 1, NULL), 1);
	assert_int_equal(event.kind, EVENT_SELF_OVER);
	assert_int_equal(event.length_ms, 4000);
	assert_string_equal(event.detail, "no memory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(two_troubles_in_turn_are_told_once_each, begin, end),
		cmocka_unit_test_setup_teardown(words_that_change_each_time_do_not_flood, begin, end),
		cmocka_unit_test_setup_teardown(ends_with_who_looks_after_it, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
