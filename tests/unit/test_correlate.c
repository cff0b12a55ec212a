/* Load situations of several targets: who belongs together, and what is this host's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/correlate.h"

#define MOST 60

static struct correlation all;

static int set_up(void **state)
{
	(void)state;
	correlation_init(&all, MOST);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	correlation_fini(&all);
	return 0;
}

/* So many targets from `first` on, calm, each with an address and a host of its own. */
static void add(size_t first, size_t count)
{
	for (size_t i = first; i < first + count; i++) {
		all.fellows[i] = (struct fellow){.level = LOAD_CALM, .counts = true, .named = true};
		all.fellows[i].keys[COMMON_ADDRESS] = 1000 + i;
		all.fellows[i].keys[COMMON_HOST] = 2000 + i;
	}
}

static void share(size_t first, size_t count, enum common by, uint64_t key)
{
	for (size_t i = first; i < first + count; i++)
		all.fellows[i].keys[by] = key;
}

static void load(size_t first, size_t count, enum load_cause cause)
{
	for (size_t i = first; i < first + count; i++) {
		all.fellows[i].level = LOAD_ELEVATED;
		all.fellows[i].cause = cause;
		all.fellows[i].ratio = 4;
	}
}

static void settle(void)
{
	correlate_begin(&all);
	correlate_settle(&all);
}

static unsigned belonging(enum belonging to)
{
	unsigned sum = 0;

	for (size_t i = 0; i < MOST; i++)
		sum += all.fates[i].belonging == to;
	return sum;
}

static void strangers_are_told_one_by_one(void **state)
{
	(void)state;
	add(0, MOST);
	load(0, MOST, LOAD_SERVER);
	settle();
	assert_int_equal(belonging(BELONGS_NOWHERE), MOST);
	assert_int_equal(all.own, OWN_NONE);
}

static void what_shares_something_and_is_loaded_together_is_one(void **state)
{
	(void)state;
	for (unsigned by = 0; by < COMMONS; by++) {
		char words[60];

		add(0, MOST);
		share(10, 31, (enum common)by, 7);
		load(10, 30, LOAD_SERVER);
		load(50, 1, LOAD_SERVER);
		all.fellows[11].level = LOAD_SATURATED;
		settle();
		assert_int_equal(belonging(BELONGS_TO_CIRCLE), 30);
		assert_int_equal(belonging(BELONGS_TO_US), 0);
		assert_int_equal(all.fates[50].belonging, BELONGS_NOWHERE);
		const struct circle *circle = &all.circles[all.fates[10].circle];
		assert_int_equal(circle->by, by);
		assert_int_equal(circle->size, 31);
		assert_int_equal(circle->members, 30);
		correlate_word(words, sizeof words, circle);
		assert_string_equal(words, "server 4.0×, saturated");
	}
}

static void a_few_of_many_are_no_group(void **state)
{
	(void)state;
	add(0, MOST);
	share(0, 20, COMMON_HOST, 7);
	load(0, 11, LOAD_SERVER);
	settle();
	assert_int_equal(belonging(BELONGS_TO_CIRCLE), 0);
	assert_int_equal(belonging(BELONGS_PERHAPS), 11);
	load(11, 1, LOAD_SERVER);
	settle();
	assert_int_equal(belonging(BELONGS_TO_CIRCLE), 12);
}

static void one_alone_is_no_group(void **state)
{
	(void)state;
	add(0, MOST);
	share(0, 1, COMMON_HOST, 7);
	load(0, 1, LOAD_SERVER);
	settle();
	assert_int_equal(all.fates[0].belonging, BELONGS_NOWHERE);
}

static void an_open_group_lasts_until_nobody_is_loaded(void **state)
{
	(void)state;
	add(0, MOST);
	share(0, 20, COMMON_HOST, 7);
	load(3, 1, LOAD_SERVER);
	correlate_begin(&all);
	assert_non_null(correlate_reopen(&all, COMMON_HOST, 7));
	assert_null(correlate_reopen(&all, COMMON_HOST, 8));
	correlate_settle(&all);
	assert_int_equal(all.fates[3].belonging, BELONGS_TO_CIRCLE);
	assert_int_equal(all.circles[all.fates[3].circle].members, 1);
}

static void the_larger_group_takes_whom_two_could_have(void **state)
{
	(void)state;
	add(0, MOST);
	share(0, 6, COMMON_ADDRESS, 7);
	share(0, 20, COMMON_PROXY, 8);
	load(0, 20, LOAD_SERVER);
	settle();
	assert_int_equal(belonging(BELONGS_TO_CIRCLE), 20);
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(all.circles[all.fates[i].circle].by, COMMON_PROXY);
}

static void what_is_down_does_not_begin_a_group(void **state)
{
	(void)state;
	add(0, MOST);
	share(0, 4, COMMON_HOST, 7);
	load(0, 4, LOAD_SERVER);
	for (size_t i = 0; i < 3; i++)
		all.fellows[i].apart = true;
	settle();
	assert_int_equal(belonging(BELONGS_TO_CIRCLE), 0);
	correlate_begin(&all);
	correlate_reopen(&all, COMMON_HOST, 7);
	correlate_settle(&all);
	assert_int_equal(belonging(BELONGS_TO_CIRCLE), 4);
}

static void paused_and_new_targets_count_nowhere(void **state)
{
	(void)state;
	add(0, MOST);
	share(0, 10, COMMON_HOST, 7);
	for (size_t i = 3; i < 10; i++)
		all.fellows[i].counts = false;
	load(0, 10, LOAD_SERVER);
	settle();
	assert_int_equal(belonging(BELONGS_TO_CIRCLE), 3);
	assert_int_equal(all.circles[all.fates[0].circle].size, 3);
}

static void slow_connects_everywhere_are_our_network(void **state)
{
	(void)state;
	add(0, MOST);
	load(0, 35, LOAD_NETWORK);
	load(58, 1, LOAD_SERVER);
	settle();
	assert_int_equal(all.own, OWN_NONE);
	load(0, 36, LOAD_NETWORK);
	settle();
	assert_int_equal(all.own, OWN_NETWORK);
	assert_int_equal(all.own_loaded, 36);
	assert_int_equal(all.own_of, MOST);
	assert_int_equal(belonging(BELONGS_TO_US), 36);
	assert_int_equal(all.fates[58].belonging, BELONGS_NOWHERE);

	/* It lasts until there are half as many. */
	add(20, 16);
	settle();
	assert_int_equal(all.own, OWN_NETWORK);
	add(10, 10);
	settle();
	assert_int_equal(all.own, OWN_NONE);
}

/* All behind one address: that is where the network is slow, not here. */
static void slow_connects_to_one_address_are_its_network(void **state)
{
	(void)state;
	add(0, MOST);
	share(0, MOST, COMMON_ADDRESS, 7);
	load(0, MOST, LOAD_NETWORK);
	settle();
	assert_int_equal(all.own, OWN_NONE);
	assert_int_equal(belonging(BELONGS_TO_CIRCLE), MOST);
}

static void slow_look_ups_are_our_resolver(void **state)
{
	(void)state;
	add(0, MOST);
	for (size_t i = 20; i < MOST; i++)
		all.fellows[i].named = false;
	load(0, 12, LOAD_DNS);
	settle();
	assert_int_equal(all.own, OWN_RESOLVER);
	assert_int_equal(all.own_of, 20);
	assert_int_equal(belonging(BELONGS_TO_US), 12);
}

static void late_probes_are_ours_whatever_they_measured(void **state)
{
	(void)state;
	add(0, MOST);
	share(0, 4, COMMON_HOST, 7);
	load(0, 4, LOAD_SERVER);
	load(10, 3, LOAD_CLIENT);
	settle();
	assert_int_equal(all.own, OWN_NONE);
	load(13, 1, LOAD_CLIENT);
	settle();
	assert_int_equal(all.own, OWN_LATE);
	assert_int_equal(all.own_loaded, 4);
	assert_int_equal(belonging(BELONGS_TO_US), 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(strangers_are_told_one_by_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_shares_something_and_is_loaded_together_is_one,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_few_of_many_are_no_group, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_alone_is_no_group, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_open_group_lasts_until_nobody_is_loaded, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(the_larger_group_takes_whom_two_could_have, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_is_down_does_not_begin_a_group, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(paused_and_new_targets_count_nowhere, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(slow_connects_everywhere_are_our_network, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(slow_connects_to_one_address_are_its_network,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(slow_look_ups_are_our_resolver, set_up, tear_down),
		cmocka_unit_test_setup_teardown(late_probes_are_ours_whatever_they_measured, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
