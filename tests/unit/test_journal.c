/* Incidents are rewritten in place, events never; both are found by their numbers. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/store.h"

static struct target target = {.name = "one", .interval_ms = 5000};
static const struct config config = {
	.program = {.keep_ms = 60000}, .targets = &target, .target_count = 1};

static int open_store(void **state)
{
	*state = store_open(&config);
	return 0;
}

static int close_store(void **state)
{
	store_close(*state);
	return 0;
}

static uint64_t put(struct store *store, uint64_t id, uint32_t count)
{
	struct incident incident = {.id = id, .count = count, .opened_ms = 1000 + count};

	snprintf(incident.detail, sizeof incident.detail, "count %u", count);
	return store_put_incident(store, &incident);
}

static void ids_count_from_one(void **state)
{
	struct incident incidents[4];

	assert_int_equal(store_incident_changes(*state), 0);
	assert_int_equal(store_incidents(*state, 0, incidents, 4), 0);
	assert_int_equal(put(*state, 0, 1), 1);
	assert_int_equal(put(*state, 0, 2), 2);
	assert_int_equal(store_incidents(*state, 0, incidents, 4), 2);
	assert_int_equal(incidents[0].id, 1);
	assert_int_equal(incidents[1].id, 2);
	assert_string_equal(incidents[1].detail, "count 2");
}

static void only_what_changed_is_copied(void **state)
{
	struct incident incidents[4];

	for (uint32_t i = 1; i <= 4; i++)
		put(*state, 0, i);
	uint64_t seen = store_incident_changes(*state);
	assert_int_equal(store_incidents(*state, seen, incidents, 4), 0);
	assert_int_equal(put(*state, 3, 30), 3);
	assert_int_equal(store_incident_changes(*state), seen + 1);
	assert_int_equal(store_incidents(*state, seen, incidents, 4), 1);
	assert_int_equal(incidents[0].id, 3);
	assert_int_equal(incidents[0].count, 30);
	assert_int_equal(incidents[0].change, seen + 1);
}

static void a_small_buffer_gets_the_newest_incidents(void **state)
{
	struct incident incidents[3];

	for (uint32_t i = 1; i <= 10; i++)
		put(*state, 0, i);
	assert_int_equal(store_incidents(*state, 0, incidents, 3), 3);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(incidents[i].id, 8 + i);
}

static void an_overwritten_incident_becomes_a_new_one(void **state)
{
	size_t room = store_incident_capacity(*state);
	struct incident *incidents = calloc(room + 1, sizeof *incidents);

	put(*state, 0, 7);
	for (size_t i = 0; i < room; i++)
		put(*state, 0, 1);
	assert_int_equal(store_incidents(*state, 0, incidents, room + 1), room);
	assert_int_equal(incidents[0].id, 2);
	assert_int_equal(put(*state, 1, 8), room + 2);
	assert_int_equal(put(*state, room + 2, 9), room + 2);
	assert_int_equal(store_incidents(*state, 0, incidents, room + 1), room);
	assert_int_equal(incidents[room - 1].count, 9);
	free(incidents);
}

static void put_events(struct store *store, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct event event = {.count = i, .kind = EVENT_FAILED};
		snprintf(event.detail, sizeof event.detail, "event %u", i);
		store_put_event(store, &event);
	}
}

static void events_are_followed_without_a_gap(void **state)
{
	struct event events[7];
	uint64_t next = 0, lost = 99;
	size_t count;

	put_events(*state, 100);
	assert_int_equal(store_event_head(*state), 100);
	while ((count = store_events(*state, next, events, 7, &lost)) > 0) {
		assert_int_equal(lost, 0);
		for (size_t i = 0; i < count; i++) {
			assert_int_equal(events[i].number, next);
			assert_int_equal(events[i].count, next++);
		}
	}
	assert_int_equal(next, 100);
}

static void events_that_were_missed_are_counted(void **state)
{
	enum { MORE = 100 };
	struct event event;
	uint64_t lost;
	uint32_t room = 0;

	/* How many are kept is the store's choice. */
	put_events(*state, 10000);
	assert_int_equal(store_events(*state, 0, &event, 1, &lost), 1);
	room = (uint32_t)(10000 - lost);
	assert_in_range(room, 1000, 9999);
	assert_int_equal(event.number, lost);
	assert_int_equal(store_events(*state, 10000, &event, 1, &lost), 0);
	assert_int_equal(lost, 0);
	put_events(*state, room + MORE);
	assert_int_equal(store_events(*state, 10000, &event, 1, &lost), 1);
	assert_int_equal(lost, MORE);
	assert_int_equal(store_events(*state, 10000, &event, 1, NULL), 1);
}

/* ---- two writers, two readers ---- */

#define PUTS 3000

struct race {
	struct store *store;
	size_t wrong;
};

static void *write_journal(void *data)
{
	struct race *race = data;
	uint64_t id = 0;

	for (uint32_t i = 0; i < PUTS; i++) {
		struct event event = {.count = i};
		if (i % 4 == 0)
			id = 0;
		id = put(race->store, id, i);
		snprintf(event.detail, sizeof event.detail, "count %u", i);
		store_put_event(race->store, &event);
		store_wake(race->store);
	}
	return NULL;
}

static bool agrees(uint32_t count, const char *detail)
{
	char wanted[40];

	snprintf(wanted, sizeof wanted, "count %u", count);
	return strcmp(wanted, detail) == 0;
}

static void *read_journal(void *data)
{
	struct race *race = data;
	struct event events[16];
	struct incident incidents[16];
	uint64_t next = 0, seen = 0;

	while (next < 2 * PUTS) {
		uint64_t lost, from = next;
		size_t count = store_events(race->store, next, events, 16, &lost);
		for (size_t i = 0; i < count; i++) {
			race->wrong += events[i].number < next;
			next = events[i].number + 1;
			race->wrong += !agrees(events[i].count, events[i].detail);
		}
		race->wrong += count > 0 && next - from != count + lost;
		uint64_t changes = store_incident_changes(race->store);
		count = store_incidents(race->store, seen, incidents, 16);
		for (size_t i = 0; i < count; i++) {
			race->wrong += !agrees(incidents[i].count, incidents[i].detail);
			race->wrong += i > 0 && incidents[i].id <= incidents[i - 1].id;
		}
		seen = changes;
	}
	return NULL;
}

static void readers_see_whole_entries_in_order(void **state)
{
	struct race races[4];
	pthread_t threads[4];

	for (int i = 0; i < 4; i++) {
		races[i] = (struct race){.store = *state};
		assert_int_equal(pthread_create(&threads[i], NULL,
						i < 2 ? read_journal : write_journal, &races[i]),
				 0);
	}
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(races[0].wrong + races[1].wrong, 0);
	assert_int_equal(store_event_head(*state), 2 * PUTS);
	assert_int_equal(store_incident_changes(*state), 2 * PUTS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_store, close_store)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ids_count_from_one),
		TEST(only_what_changed_is_copied),
		TEST(a_small_buffer_gets_the_newest_incidents),
		TEST(an_overwritten_incident_becomes_a_new_one),
		TEST(events_are_followed_without_a_gap),
		TEST(events_that_were_missed_are_counted),
		TEST(readers_see_whole_entries_in_order),
	};

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
