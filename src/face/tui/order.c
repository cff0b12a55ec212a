/*
 * The order of the rows: sorted into scratch, compared, and only then taken over, so that what did
 * not change is never drawn again.
 */
#include "face/tui/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct sorting {
	const struct rows *rows;
	struct order_spec spec;
};

void order_init(struct order *order, size_t capacity)
{
	*order = (struct order){
		.items = x_calloc(capacity + 1, sizeof(*order->items)),
		.next = x_calloc(capacity + 1, sizeof(*order->next)),
		.capacity = capacity,
		.spec = {.column = COLUMN_SIGN},
	};
}

void order_fini(struct order *order)
{
	free(order->items);
	free(order->next);
	*order = (struct order){0};
}

static int compare(const void *a, const void *b, void *context)
{
	const struct sorting *sorting = context;
	uint32_t index_a = *(const uint32_t *)a, index_b = *(const uint32_t *)b;
	int result = column_table[sorting->spec.column].compare(&sorting->rows->items[index_a],
								&sorting->rows->items[index_b]);

	if (sorting->spec.reverse)
		result = -result;
	/* the file's order among equals, whichever way round: a stable sort */
	return result ? result : (index_a > index_b) - (index_a < index_b);
}

static size_t sort_next(struct order *order, const struct rows *rows, const struct filter *filter)
{
	struct sorting sorting = {.rows = rows, .spec = order->spec};
	size_t count = 0;

	for (size_t i = 0; i < rows->count && count < order->capacity; i++)
		if (filter_matches(filter, &rows->items[i]))
			order->next[count++] = (uint32_t)i;
	if (column_table[order->spec.column].compare)
		qsort_r(order->next, count, sizeof(*order->next), compare, &sorting);
	return count;
}

static bool take_next(struct order *order, size_t count, int64_t now_us)
{
	uint32_t *old = order->items;
	bool changed = count != order->count || memcmp(old, order->next, count * sizeof(*old)) != 0;

	order->items = order->next;
	order->next = old;
	order->count = count;
	order->pending = false;
	order->sorted_us = now_us;
	return changed;
}

bool order_sort(struct order *order, const struct rows *rows, const struct filter *filter,
		int64_t now_us)
{
	return take_next(order, sort_next(order, rows, filter), now_us);
}

int64_t order_due_us(const struct order *order, int64_t last_key_us)
{
	int64_t due = last_key_us ? last_key_us + ORDER_HOLD_US : 0;

	if (!order->pending)
		return INT64_MAX;
	if (order->spec.column != COLUMN_SIGN && order->sorted_us + ORDER_REST_US > due)
		due = order->sorted_us + ORDER_REST_US;
	return due;
}

bool order_follow(struct order *order, const struct rows *rows, const struct filter *filter,
		  int64_t now_us, int64_t last_key_us)
{
	size_t count = sort_next(order, rows, filter);

	order->pending = count != order->count ||
			 memcmp(order->items, order->next, count * sizeof(*order->items)) != 0;
	if (!order->pending || now_us < order_due_us(order, last_key_us))
		return false;
	return take_next(order, count, now_us);
}

size_t order_find(const struct order *order, size_t target)
{
	for (size_t i = 0; i < order->count; i++)
		if (order->items[i] == target)
			return i;
	return order->count;
}
