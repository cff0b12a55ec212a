/* source/poll/freshness: how long an answer of the resolver is good for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "source/poll/freshness.h"

#define SECOND 1000000
#define LONG   (30 * SECOND)

static struct freshness name;
static struct freshness_share share;
static int64_t now_us;

static int set_up(void **state)
{
	(void)state;
	freshness_init(&name);
	share = (struct freshness_share){0, 0};
	now_us = 100 * SECOND;
	return 0;
}

static bool is_short(int64_t took_us)
{
	int64_t keep_us = freshness_keep_us(&name, &share, took_us, now_us);

	now_us += SECOND;
	assert_true(keep_us == LONG || keep_us < SECOND);
	return keep_us < SECOND;
}

static void a_new_name_is_asked_often_until_it_is_known(void **state)
{
	int count = 0;

	(void)state;
	while (is_short(4000))
		count++;
	assert_in_range(count, 30, 40);
	for (int i = 0; i < 100; i++)
		assert_false(is_short(4000 + i * 100));
}

static void an_unusual_look_up_is_followed_by_more(void **state)
{
	int count = 0;

	(void)state;
	for (int i = 0; i < 50; i++)
		is_short(4000);
	assert_true(is_short(400000));
	for (int i = 0; i < 10; i++)
		assert_true(is_short(400000));
	while (is_short(4000))
		count++;
	assert_in_range(count, 12, 20);
}

static void what_is_always_slow_is_usual(void **state)
{
	int count = 0;

	(void)state;
	for (int i = 0; i < 50; i++)
		is_short(4000);
	while (is_short(400000))
		count++;
	assert_in_range(count, 20, 100);
}

static void many_names_share_a_few_look_ups(void **state)
{
	struct freshness names[100];
	int count = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		freshness_init(&names[i]);
	for (int i = 0; i < 100; i++)
		count += freshness_keep_us(&names[i], &share, 4000, now_us) < SECOND;
	assert_int_equal(count, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_new_name_is_asked_often_until_it_is_known, set_up),
		cmocka_unit_test_setup(an_unusual_look_up_is_followed_by_more, set_up),
		cmocka_unit_test_setup(what_is_always_slow_is_usual, set_up),
		cmocka_unit_test_setup(many_names_share_a_few_look_ups, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
