/*
 * source/poll/schedule, heap, gate: starts keep to the grid whatever happens, and nobody waits for
 * a host that is not theirs. Times are given, no clock runs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "source/poll/gate.h"
#include "source/poll/heap.h"
#include "source/poll/schedule.h"

#define S 1000000LL

static void gives_the_earliest_first(void **state)
{
	struct heap heap;
	int64_t last = INT64_MIN;
	size_t count = 0;

	(void)state;
	heap_init(&heap, 500);
	srand(7);
	for (uint32_t i = 0; i < 500; i++)
		heap_set(&heap, i, rand() % 1000);
	for (uint32_t i = 0; i < 500; i += 3)
		heap_set(&heap, i, rand() % 1000);
	for (uint32_t i = 1; i < 500; i += 5)
		heap_remove(&heap, i);
	assert_false(heap_has(&heap, 1));
	heap_remove(&heap, 1);
	while (heap_top(&heap)) {
		struct heap_item top = *heap_top(&heap);

		assert_true(top.key >= last);
		last = top.key;
		heap_remove(&heap, top.id);
		count++;
	}
	assert_int_equal(count, 400);
	heap_fini(&heap);
}

static void spreads_first_starts_within_a_second(void **state)
{
	struct schedule schedule;
	struct start start;
	int64_t now = 12345 * S + 678;
	unsigned early = 0;

	(void)state;
	schedule_init(&schedule, 2500);
	for (uint32_t i = 0; i < 2500; i++) {
		struct rhythm rhythm = {.interval_us = 10 * S, .hash = i * 0x9e3779b97f4a7c15u};

		schedule_add(&schedule, i, &rhythm, now);
	}
	assert_true(schedule_next_us(&schedule) >= now);
	for (uint32_t i = 0; i < 2500; i++) {
		assert_true(schedule_take(&schedule, now + S, &start));
		assert_true(start.due_us <= now + S);
		early += start.due_us < now + S / 2;
	}
	/* Each one once, half of them in the first half. */
	assert_false(schedule_take(&schedule, now + S, &start));
	assert_in_range(early, 1000, 1500);
	schedule_fini(&schedule);
}

static void keeps_to_the_grid_without_drift(void **state)
{
	struct schedule schedule;
	struct rhythm rhythm = {.interval_us = 5 * S, .hash = 0xdeadbeefcafe, .precise = true};
	struct start start;
	int64_t first = 0, before = 0;

	(void)state;
	schedule_init(&schedule, 1);
	schedule_add(&schedule, 0, &rhythm, 100 * S);
	for (int i = 0; i < 1000; i++) {
		int64_t late = schedule_next_us(&schedule) + i % 7 * 1000;

		assert_true(schedule_take(&schedule, late, &start));
		assert_int_equal(start.missed, 0);
		if (i == 1)
			first = start.due_us;
		if (i > 1)
			assert_int_equal(start.due_us - before, 5 * S);
		before = start.due_us;
	}
	assert_int_equal(before - first, 998 * 5 * S);
	schedule_fini(&schedule);
}

static void gathers_neighbours_into_ticks(void **state)
{
	struct schedule schedule;
	struct start start;

	(void)state;
	schedule_init(&schedule, 100);
	for (uint32_t i = 0; i < 100; i++) {
		struct rhythm rhythm = {.interval_us = 10 * S, .hash = i * 100003u};

		schedule_add(&schedule, i, &rhythm, 0);
	}
	for (int i = 0; i < 100; i++)
		assert_true(schedule_take(&schedule, S, &start));
	/* From now on all lie on multiples of 250 ms. */
	for (int i = 0; i < 100; i++) {
		assert_true(schedule_take(&schedule, 30 * S, &start));
		assert_int_equal(start.due_us % 250000, 0);
	}
	schedule_fini(&schedule);
}

static void never_bursts_after_a_stall(void **state)
{
	struct schedule schedule;
	struct rhythm rhythm = {.interval_us = S, .hash = 42};
	struct start start;
	int64_t now = 60 * S;

	(void)state;
	schedule_init(&schedule, 1);
	schedule_add(&schedule, 0, &rhythm, 0);
	assert_true(schedule_take(&schedule, S, &start));
	assert_true(schedule_take(&schedule, now, &start));
	assert_true(start.missed >= 57);
	assert_false(schedule_take(&schedule, now, &start));
	assert_in_range(schedule_next_us(&schedule), now + 1, now + S);
	schedule_fini(&schedule);
}

static void comes_back_spread_after_a_sleep(void **state)
{
	struct schedule schedule;
	struct start start;
	int64_t now = 3600 * S;
	unsigned at_once = 0;

	(void)state;
	schedule_init(&schedule, 100);
	for (uint32_t i = 0; i < 100; i++) {
		struct rhythm rhythm = {.interval_us = 10 * S, .hash = i * 7919u * 1000u};

		schedule_add(&schedule, i, &rhythm, 0);
	}
	assert_int_equal(schedule_drop_missed(&schedule, now), 100);
	while (schedule_take(&schedule, now + S, &start))
		at_once++;
	assert_in_range(at_once, 2, 30);
	schedule_fini(&schedule);
}

static void hastens_but_never_delays(void **state)
{
	struct schedule schedule;
	struct rhythm rhythm = {.interval_us = 10 * S, .hash = 5 * S};
	struct start start;
	int64_t next;

	(void)state;
	schedule_init(&schedule, 1);
	schedule_add(&schedule, 0, &rhythm, 0);
	assert_true(schedule_take(&schedule, S, &start));
	next = schedule_next_us(&schedule);
	schedule_hasten(&schedule, 0, next + S);
	assert_int_equal(schedule_next_us(&schedule), next);
	schedule_hasten(&schedule, 0, next - 3 * S);
	assert_int_equal(schedule_next_us(&schedule), next - 3 * S);
	assert_true(schedule_take(&schedule, next - 3 * S, &start));
	/* Back on the grid, and not within half an interval. */
	assert_int_equal(schedule_next_us(&schedule) % (10 * S), next % (10 * S));
	assert_true(schedule_next_us(&schedule) - start.due_us >= 5 * S);
	schedule_remove(&schedule, 0);
	assert_int_equal(schedule_next_us(&schedule), INT64_MAX);
	assert_int_equal(schedule_due_us(&schedule, 0), 0);
	schedule_resume(&schedule, 0, 99 * S);
	assert_int_equal(schedule_due_us(&schedule, 0), 99 * S);
	schedule_fini(&schedule);
}

static void lets_no_more_in_than_the_limit(void **state)
{
	const uint32_t hosts[] = {0, 1, 2, 3, 4};
	struct gate gate;
	uint32_t id;

	(void)state;
	gate_init(&gate, 5, hosts);
	gate.limit = 2;
	for (uint32_t i = 0; i < 5; i++)
		gate_ask(&gate, i);
	for (uint32_t i = 0; i < 2; i++) {
		assert_true(gate_take(&gate, &id));
		assert_int_equal(id, i);
	}
	assert_false(gate_take(&gate, &id));
	gate_done(&gate, 1);
	assert_true(gate_take(&gate, &id));
	assert_int_equal(id, 2);
	assert_int_equal(gate.in_flight, 2);
	gate_fini(&gate);
}

static void a_busy_host_holds_up_nobody_else(void **state)
{
	const uint32_t hosts[] = {0, 0, 0, 3, 0};
	const uint32_t order[] = {0, 3, 1, 2, 4};
	struct gate gate;
	uint32_t id;

	(void)state;
	gate_init(&gate, 5, hosts);
	gate.limit = 10;
	gate.per_host = 1;
	for (uint32_t i = 0; i < 5; i++)
		gate_ask(&gate, i);
	assert_true(gate_take(&gate, &id));
	assert_int_equal(id, 0);
	assert_true(gate_take(&gate, &id));
	assert_int_equal(id, 3);
	assert_false(gate_take(&gate, &id));
	for (size_t i = 2; i < 5; i++) {
		gate_done(&gate, i == 2 ? 0 : order[i - 1]);
		assert_true(gate_take(&gate, &id));
		assert_int_equal(id, order[i]);
		assert_false(gate_take(&gate, &id));
	}
	gate_fini(&gate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_the_earliest_first),
		cmocka_unit_test(spreads_first_starts_within_a_second),
		cmocka_unit_test(keeps_to_the_grid_without_drift),
		cmocka_unit_test(gathers_neighbours_into_ticks),
		cmocka_unit_test(never_bursts_after_a_stall),
		cmocka_unit_test(comes_back_spread_after_a_sleep),
		cmocka_unit_test(hastens_but_never_delays),
		cmocka_unit_test(lets_no_more_in_than_the_limit),
		cmocka_unit_test(a_busy_host_holds_up_nobody_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
