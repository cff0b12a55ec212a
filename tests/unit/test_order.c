/*
 * The order of the rows: trouble first or by a column, stable, and nothing moves under the hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "face/tui/order.h"

#define ROWS 6
#define S    1000000LL

static const struct target targets[ROWS] = {
	{.name = "f", .group = "", .url_shown = ""}, {.name = "e", .group = "", .url_shown = ""},
	{.name = "d", .group = "", .url_shown = ""}, {.name = "c", .group = "", .url_shown = ""},
	{.name = "b", .group = "", .url_shown = ""}, {.name = "a", .group = "", .url_shown = ""},
};

struct fixture {
	struct row items[ROWS];
	struct rows rows;
	struct order order;
	struct filter *filter;
};

static int setup(void **state)
{
	static struct fixture fixture;

	memset(&fixture, 0, sizeof(fixture));
	for (size_t i = 0; i < ROWS; i++) {
		fixture.items[i].target = &targets[i];
		fixture.items[i].index = i;
		fixture.items[i].verdict.state = STATE_UP;
		fixture.items[i].verdict.last_us = 1000;
	}
	fixture.rows = (struct rows){.items = fixture.items, .count = ROWS};
	order_init(&fixture.order, ROWS);
	fixture.filter = filter_new();
	*state = &fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	order_fini(&f->order);
	filter_free(f->filter);
	return 0;
}

static void expect(const struct fixture *f, const char *names)
{
	char shown[ROWS + 1] = "";

	for (size_t i = 0; i < f->order.count; i++)
		shown[i] = targets[f->order.items[i]].name[0];
	assert_string_equal(shown, names);
}

static void shows_trouble_first_and_the_files_order_else(void **state)
{
	struct fixture *f = *state;

	f->items[1].verdict.state = STATE_PAUSED;
	f->items[2].verdict.state = STATE_SLOW;
	f->items[3].verdict.state = STATE_DOWN;
	f->items[3].verdict.since_ms = 100;
	f->items[4].verdict.state = STATE_DOWN;
	f->items[4].verdict.since_ms = 200;
	order_sort(&f->order, &f->rows, f->filter, S);
	expect(f, "bcdfae");
}

static void equals_keep_the_files_order_both_ways(void **state)
{
	struct fixture *f = *state;

	f->order.spec.column = COLUMN_LAST;
	f->items[2].verdict.last_us = 5000;
	order_sort(&f->order, &f->rows, f->filter, S);
	expect(f, "dfecba");
	f->order.spec.reverse = true;
	order_sort(&f->order, &f->rows, f->filter, S);
	expect(f, "fecbad");
}

static void sorts_by_name(void **state)
{
	struct fixture *f = *state;

	f->order.spec.column = COLUMN_TARGET;
	order_sort(&f->order, &f->rows, f->filter, S);
	expect(f, "abcdef");
}

static void shows_what_passes_the_filter(void **state)
{
	struct fixture *f = *state;

	filter_set(f->filter, "~[ace]");
	assert_true(order_sort(&f->order, &f->rows, f->filter, S));
	expect(f, "eca");
	assert_int_equal(order_find(&f->order, 3), 1);
	assert_int_equal(order_find(&f->order, 0), f->order.count);
}

static void rows_stay_for_five_seconds_after_a_key(void **state)
{
	struct fixture *f = *state;
	int64_t key_us = 10 * S;

	order_sort(&f->order, &f->rows, f->filter, key_us);
	f->items[5].verdict.state = STATE_DOWN;
	assert_false(order_follow(&f->order, &f->rows, f->filter, key_us + S, key_us));
	expect(f, "fedcba");
	assert_true(f->order.pending);
	assert_int_equal(order_due_us(&f->order, key_us), key_us + ORDER_HOLD_US);
	assert_false(order_follow(&f->order, &f->rows, f->filter, key_us + 5 * S - 1, key_us));
	assert_true(order_follow(&f->order, &f->rows, f->filter, key_us + 5 * S, key_us));
	expect(f, "afedcb");
	assert_int_equal(order_due_us(&f->order, key_us), INT64_MAX);
}

static void follows_at_once_where_nobody_is_at_the_keys(void **state)
{
	struct fixture *f = *state;

	order_sort(&f->order, &f->rows, f->filter, S);
	f->items[5].verdict.state = STATE_DOWN;
	assert_true(order_follow(&f->order, &f->rows, f->filter, S + 1, 0));
	expect(f, "afedcb");
}

static void an_order_by_numbers_rests_between_sortings(void **state)
{
	struct fixture *f = *state;

	f->order.spec.column = COLUMN_LAST;
	order_sort(&f->order, &f->rows, f->filter, 100 * S);
	f->items[5].verdict.last_us = 9000;
	assert_false(order_follow(&f->order, &f->rows, f->filter, 101 * S, 0));
	assert_true(order_follow(&f->order, &f->rows, f->filter, 105 * S, 0));
	expect(f, "afedcb");
}

static void what_comes_back_to_its_place_waits_for_nothing(void **state)
{
	struct fixture *f = *state;

	order_sort(&f->order, &f->rows, f->filter, S);
	f->items[5].verdict.state = STATE_DOWN;
	order_follow(&f->order, &f->rows, f->filter, 2 * S, S);
	assert_true(f->order.pending);
	f->items[5].verdict.state = STATE_UP;
	order_follow(&f->order, &f->rows, f->filter, 3 * S, S);
	assert_false(f->order.pending);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(shows_trouble_first_and_the_files_order_else, setup,
						teardown),
		cmocka_unit_test_setup_teardown(equals_keep_the_files_order_both_ways, setup,
						teardown),
		cmocka_unit_test_setup_teardown(sorts_by_name, setup, teardown),
		cmocka_unit_test_setup_teardown(shows_what_passes_the_filter, setup, teardown),
		cmocka_unit_test_setup_teardown(rows_stay_for_five_seconds_after_a_key, setup,
						teardown),
		cmocka_unit_test_setup_teardown(follows_at_once_where_nobody_is_at_the_keys, setup,
						teardown),
		cmocka_unit_test_setup_teardown(an_order_by_numbers_rests_between_sortings, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_comes_back_to_its_place_waits_for_nothing,
						setup, teardown),
	};

	return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
