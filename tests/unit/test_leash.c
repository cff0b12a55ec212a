/* source/poll/leash: what goes on without being part of an answer is cut; nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "source/poll/leash.h"

static struct leash leash;
static int connection, other;

/* More than any budget, of the processor's time. */
static void work(void)
{
	int64_t until_us = clock_run_us() + 60000;

	while (clock_run_us() < until_us)
		continue;
}

/* True: it was never too much. */
static bool pull(int times, const void *over)
{
	bool held = true;

	for (int i = 0; i < times; i++)
		held = leash_pull(&leash, over) && held;
	return held;
}

static void lets_pass_what_takes_no_time(void **state)
{
	(void)state;
	leash_slacken(&leash);
	assert_true(pull(100, &connection));
}

static void cuts_what_goes_on_and_on(void **state)
{
	(void)state;
	leash_slacken(&leash);
	pull(100, &connection);
	work();
	assert_false(pull(100, NULL));
}

static void a_few_pieces_may_take_their_time(void **state)
{
	(void)state;
	leash_slacken(&leash);
	for (int i = 0; i < 3; i++) {
		assert_true(pull(10, &connection));
		work();
	}
}

static void an_answer_slackens_it(void **state)
{
	(void)state;
	leash_slacken(&leash);
	pull(100, &connection);
	work();
	leash_slacken(&leash);
	assert_true(pull(100, &connection));
}

static void another_connection_is_not_to_blame(void **state)
{
	(void)state;
	leash_slacken(&leash);
	pull(100, &connection);
	work();
	assert_true(pull(100, &other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lets_pass_what_takes_no_time),
		cmocka_unit_test(cuts_what_goes_on_and_on),
		cmocka_unit_test(a_few_pieces_may_take_their_time),
		cmocka_unit_test(an_answer_slackens_it),
		cmocka_unit_test(another_connection_is_not_to_blame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
