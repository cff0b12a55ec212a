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
	leash_begin(&leash, NULL);
	assert_true(pull(100, &connection));
	assert_null(leash.cut);
}

static void cuts_what_goes_on_and_on(void **state)
{
	(void)state;
	leash_begin(&leash, NULL);
	pull(100, &connection);
	work();
	assert_false(pull(100, NULL));
	assert_non_null(leash.cut);
}

static void a_few_pieces_may_take_their_time(void **state)
{
	(void)state;
	leash_begin(&leash, NULL);
	for (int i = 0; i < 3; i++) {
		assert_true(pull(10, &connection));
		work();
	}
}

static void an_answer_slackens_it(void **state)
{
	(void)state;
	leash_begin(&leash, NULL);
	pull(100, &connection);
	work();
	leash_slacken(&leash);
	assert_true(pull(100, &connection));
}

static void another_connection_is_not_to_blame(void **state)
{
	(void)state;
	leash_begin(&leash, NULL);
	pull(100, &connection);
	work();
	assert_true(pull(100, &other));
	assert_null(leash.cut);
}

/* Calls that take their time; answered: each brings a piece of an answer. */
static const char *call(int times, bool answered)
{
	struct leash_account account = {0};
	const char *cut = NULL;

	for (int i = 0; i < times && !cut; i++) {
		leash_begin(&leash, &account);
		if (answered)
			leash_slacken(&leash);
		if (i >= 16)
			work();
		leash_end(&leash);
		cut = leash.cut;
	}
	return cut;
}

static void what_costs_much_in_all_is_let_go_too(void **state)
{
	(void)state;
	assert_null(call(16, false));
	assert_non_null(call(20, false));
	assert_null(call(20, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lets_pass_what_takes_no_time),
		cmocka_unit_test(cuts_what_goes_on_and_on),
		cmocka_unit_test(a_few_pieces_may_take_their_time),
		cmocka_unit_test(an_answer_slackens_it),
		cmocka_unit_test(another_connection_is_not_to_blame),
		cmocka_unit_test(what_costs_much_in_all_is_let_go_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
