/*
 * source/poll/network: whose outage it is, by what was reached and what was not, on a frozen clock.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "source/poll/network.h"
#include "store/store.h"

#define SECOND	INT64_C(1000000)
#define WALL_MS INT64_C(1795000000000)

struct bench {
	struct config *config;
	struct store *store;
	struct network *network;
	int64_t now_us;
	char asked[200]; /* targets that were asked for a look */
};

static void on_look(void *user, uint32_t target)
{
	struct bench *bench = user;
	size_t used = strlen(bench->asked);

	snprintf(bench->asked + used, sizeof bench->asked - used, "%s%u", used ? " " : "", target);
}

static void at(struct bench *bench, int64_t seconds)
{
	bench->now_us = 1000 * SECOND + seconds * SECOND;
	clock_freeze(bench->now_us, WALL_MS + seconds * 1000);
}

/* hosts: addresses, one target each, of a second's interval. */
static void begin(struct bench *bench, const char *const *hosts)
{
	char text[2000] = "[webmon]\nutc = yes\n[defaults]\ninterval = 1s\n";
	struct config_request request = {.file = "f.ini", .text = text};
	struct errors errors = {0};

	*bench = (struct bench){.now_us = 0};
	for (int i = 0; hosts[i]; i++) {
		size_t used = strlen(text);
		snprintf(text + used, sizeof text - used, "[target t%d]\nurl = http://%s/%d\n", i,
			 hosts[i], i);
	}
	bench->config = config_load(&request, &errors);
	assert_non_null(bench->config);
	errors_free(&errors);
	bench->store = store_open(bench->config);
	bench->network = network_new(bench->config, bench->store, on_look, bench);
	at(bench, 0);
}

static void end(struct bench *bench)
{
	network_free(bench->network);
	store_close(bench->store);
	config_free(bench->config);
	clock_thaw();
}

/* A check of the target that begins and ends now. */
static void check(struct bench *bench, uint32_t target, enum probe_class cls)
{
	struct network_news news = {.began_us = bench->now_us, .cls = cls};

	network_note(bench->network, target, &news);
}

static enum network_state state_of(struct bench *bench, uint32_t target, enum probe_class cls)
{
	struct failing failing = {
		.since_us = bench->now_us, .newest_us = bench->now_us, .cls = cls};
	struct network_view view;

	check(bench, target, cls);
	network_look(bench->network, target, &failing, &view);
	return view.state;
}

static const char *const public[] = {"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", NULL};

static void all_reached(struct bench *bench, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		check(bench, i, i % 2 ? CLASS_OK : CLASS_HTTP_STATUS);
}

static void a_loss_ends_with_who_watches_it(void **state)
{
	struct bench bench;
	struct event event;
	struct incident incident;

	(void)state;
	begin(&bench, public);
	all_reached(&bench, 4);
	at(&bench, 1);
	for (uint32_t i = 0; i < 4; i++)
		state_of(&bench, i, CLASS_TIMEOUT_CONNECT);
	at(&bench, 9);
	clock_freeze(bench.now_us, WALL_MS + 9000 - 3600000);
	network_clock_set(bench.network);
	assert_int_equal(store_incidents(bench.store, 0, &incident, 1), 1);
	assert_int_equal(incident.opened_ms, WALL_MS + 1000 - 3600000);
	at(&bench, 9);
	network_clock_set(bench.network);
	network_free(bench.network);
	bench.network = NULL;
	assert_int_equal(store_events(bench.store, 1, &event, 1, NULL), 1);
	assert_int_equal(event.kind, EVENT_SELF_OVER);
	assert_int_equal(event.length_ms, 8000);
	assert_int_equal(store_incidents(bench.store, 0, &incident, 1), 1);
	assert_int_equal(incident.closed_ms, WALL_MS + 9000);
	assert_string_equal(incident.result, "NETWORK"); /* nobody knows whether it is back */
	end(&bench);
}

static void is_lost_when_all_hosts_fail_alike(void **state)
{
	struct bench bench;
	struct event event;

	(void)state;
	begin(&bench, public);
	all_reached(&bench, 4);
	at(&bench, 1);
	assert_int_equal(state_of(&bench, 0, CLASS_TIMEOUT_CONNECT), NETWORK_IN_DOUBT);
	assert_string_equal(bench.asked, "1 2 3"); /* who was not heard of since */
	assert_int_equal(state_of(&bench, 1, CLASS_TIMEOUT_CONNECT), NETWORK_IN_DOUBT);
	assert_int_equal(state_of(&bench, 2, CLASS_UNREACHABLE), NETWORK_IN_DOUBT);
	assert_int_equal(store_event_head(bench.store), 0);
	assert_int_equal(state_of(&bench, 3, CLASS_DNS), NETWORK_LOST);
	assert_int_equal(store_events(bench.store, 0, &event, 1, NULL), 1);
	assert_int_equal(event.kind, EVENT_SELF);
	assert_int_equal(event.target, UINT32_MAX);
	assert_string_equal(event.detail, "this host lost its network at 11:06:41: 4 hosts fail alike, none "
					  "is reached");
	at(&bench, 9);
	assert_int_equal(state_of(&bench, 0, CLASS_TIMEOUT_CONNECT), NETWORK_LOST);
	check(&bench, 1, CLASS_OK);
	assert_int_equal(store_events(bench.store, 1, &event, 1, NULL), 1);
	assert_int_equal(event.kind, EVENT_SELF_OVER);
	assert_int_equal(event.length_ms, 8000);
	at(&bench, 11); /* it comes back in parts */
	assert_int_equal(state_of(&bench, 0, CLASS_UNREACHABLE), NETWORK_LOST);
	check(&bench, 1, CLASS_OK);
	at(&bench, 13);
	check(&bench, 2, CLASS_OK);
	at(&bench, 12);
	assert_int_equal(state_of(&bench, 0, CLASS_UNREACHABLE), NETWORK_STANDS);
	assert_int_equal(store_event_head(bench.store), 2);
	end(&bench);
}

static void stands_while_anybody_is_reached(void **state)
{
	struct bench bench;

	(void)state;
	begin(&bench, public);
	all_reached(&bench, 4);
	at(&bench, 2);
	check(&bench, 3, CLASS_OK);
	at(&bench, 1);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(state_of(&bench, i, CLASS_TIMEOUT_CONNECT), NETWORK_STANDS);
	assert_string_equal(bench.asked, "");
	end(&bench);
}

static void answers_that_are_wrong_are_no_sign(void **state)
{
	static const enum probe_class classes[] = {CLASS_HTTP_STATUS, CLASS_BODY_MISMATCH,
						   CLASS_TIMEOUT_FIRST_BYTE, CLASS_RESET,
						   CLASS_TLS_EXPIRED};
	struct bench bench;

	(void)state;
	begin(&bench, public);
	for (size_t k = 0; k < sizeof classes / sizeof *classes; k++) {
		at(&bench, (int64_t)k * 10);
		all_reached(&bench, 4);
		at(&bench, (int64_t)k * 10 + 1);
		for (uint32_t i = 0; i < 4; i++)
			assert_int_equal(state_of(&bench, i, classes[k]), NETWORK_STANDS);
	}
	end(&bench);
}

static void names_of_one_machine_are_one_host(void **state)
{
	static const char *const hosts[] = {"a.test", "b.test", "c.test", NULL};
	struct address peer;
	struct bench bench;

	(void)state;
	begin(&bench, hosts);
	assert_true(address_parse(&peer, "192.0.2.9"));
	for (uint32_t i = 0; i < 3; i++) {
		struct network_news news = {.began_us = bench.now_us, .peer = &peer};
		network_note(bench.network, i, &news);
	}
	at(&bench, 1);
	(void)state_of(&bench, 0, CLASS_REFUSED);
	(void)state_of(&bench, 1, CLASS_REFUSED);
	assert_int_equal(state_of(&bench, 2, CLASS_REFUSED), NETWORK_STANDS);
	end(&bench);
}

static void few_hosts_and_hosts_never_reached_say_nothing(void **state)
{
	static const char *const two[] = {"192.0.2.1", "192.0.2.2", NULL};
	struct bench bench;

	(void)state;
	begin(&bench, two);
	all_reached(&bench, 2);
	at(&bench, 1);
	assert_int_equal(state_of(&bench, 0, CLASS_TIMEOUT_CONNECT), NETWORK_STANDS);
	assert_int_equal(state_of(&bench, 1, CLASS_TIMEOUT_CONNECT), NETWORK_STANDS);
	end(&bench);
	begin(&bench, public);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(state_of(&bench, i, CLASS_TIMEOUT_CONNECT), NETWORK_STANDS);
	end(&bench);
}

/* A rack of this house is down while the world answers; and the other way round. */
static void what_lies_beyond_tells(void **state)
{
	static const char *const hosts[] = {"10.0.0.1", "10.0.0.2", "10.0.0.3", "192.0.2.1",
					    "192.0.2.2", "192.0.2.3", NULL};
	struct bench bench;

	(void)state;
	begin(&bench, hosts);
	all_reached(&bench, 6);
	at(&bench, 2);
	check(&bench, 4, CLASS_OK);
	at(&bench, 1);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(state_of(&bench, i, CLASS_TIMEOUT_CONNECT), NETWORK_STANDS);
	at(&bench, 20);
	all_reached(&bench, 6);
	at(&bench, 22);
	check(&bench, 1, CLASS_OK); /* a neighbour says nothing of the world */
	at(&bench, 21);
	(void)state_of(&bench, 3, CLASS_TIMEOUT_CONNECT);
	(void)state_of(&bench, 4, CLASS_TIMEOUT_CONNECT);
	assert_int_equal(state_of(&bench, 5, CLASS_TIMEOUT_CONNECT), NETWORK_LOST);
	end(&bench);
}

static void a_doubt_does_not_last_for_ever(void **state)
{
	struct failing failing = {.cls = CLASS_TIMEOUT_CONNECT};
	struct network_view view;
	struct bench bench;

	(void)state;
	begin(&bench, public);
	all_reached(&bench, 4);
	at(&bench, 1);
	assert_int_equal(state_of(&bench, 0, CLASS_TIMEOUT_CONNECT), NETWORK_IN_DOUBT);
	failing.since_us = failing.newest_us = bench.now_us;
	at(&bench, 40);
	network_look(bench.network, 0, &failing, &view);
	assert_int_equal(view.state, NETWORK_STANDS);
	end(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_lost_when_all_hosts_fail_alike),
		cmocka_unit_test(a_loss_ends_with_who_watches_it),
		cmocka_unit_test(stands_while_anybody_is_reached),
		cmocka_unit_test(answers_that_are_wrong_are_no_sign),
		cmocka_unit_test(names_of_one_machine_are_one_host),
		cmocka_unit_test(few_hosts_and_hosts_never_reached_say_nothing),
		cmocka_unit_test(what_lies_beyond_tells),
		cmocka_unit_test(a_doubt_does_not_last_for_ever),
	};

	return cmocka_run_group_tests_name("network", tests, NULL, NULL);
}
