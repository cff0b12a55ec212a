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
	const struct groups *groups;
	struct order_spec spec;
};

void order_init(struct order *order, size_t capacity)
{
	*order = (struct order){
		.items = x_calloc(2 * capacity + 1, sizeof(*order->items)),
		.next = x_calloc(2 * capacity + 1, sizeof(*order->next)),
		.sorted = x_calloc(capacity + 1, sizeof(*order->sorted)),
		.capacity = capacity,
		.spec = {.column = COLUMN_SIGN},
	};
}

void order_fini(struct order *order)
{
	free(order->items);
	free(order->next);
	free(order->sorted);
	*order = (struct order){0};
}

/* Trouble first puts the group with the worst trouble first; by any other column groups stay in the
 * file's order, so that their places can be learned. */
static int compare_groups(const struct sorting *sorting, uint32_t a, uint32_t b)
{
	const struct group *groups = sorting->groups->items;
	int result = 0;

	if (sorting->spec.column == COLUMN_SIGN)
		result = row_compare_trouble(&sorting->rows->items[groups[a].lead],
					     &sorting->rows->items[groups[b].lead]);
	if (sorting->spec.reverse)
		result = -result;
	return result ? result : (a > b) - (a < b);
}

static int compare(const void *a, const void *b, void *context)
{
	const struct sorting *sorting = context;
	uint32_t index_a = *(const uint32_t *)a, index_b = *(const uint32_t *)b;
	const struct column *column = &column_table[sorting->spec.column];
	const struct groups *groups = sorting->groups;
	int result = 0;

	if (groups && groups->of[index_a] != groups->of[index_b])
		return compare_groups(sorting, groups->of[index_a], groups->of[index_b]);
	if (column->compare)
		result = column->compare(&sorting->rows->items[index_a],
					 &sorting->rows->items[index_b]);
	if (sorting->spec.reverse)
		result = -result;
	/* the file's order among equals, whichever way round: a stable sort */
	return result ? result : (index_a > index_b) - (index_a < index_b);
}

/* Puts a head before each group's targets, and leaves those out whose group is folded. */
static size_t lay_out(struct order *order, size_t sorted)
{
	const struct groups *groups = order->groups;
	uint32_t group = UINT32_MAX;
	size_t count = 0;

	for (size_t i = 0; i < sorted; i++) {
		uint32_t target = order->sorted[i];

		if (groups && groups->of[target] != group) {
			group = groups->of[target];
			order->next[count++] = ORDER_HEAD | group;
		}
		if (!groups || !groups->items[group].folded)
			order->next[count++] = target;
	}
	return count;
}

static size_t sort_next(struct order *order, const struct rows *rows, const struct filter *filter)
{
	struct sorting sorting = {.rows = rows, .groups = order->groups, .spec = order->spec};
	size_t count = 0;

	for (size_t i = 0; i < rows->count && count < order->capacity; i++)
		if (filter_matches(filter, &rows->items[i]))
			order->sorted[count++] = (uint32_t)i;
	if (column_table[order->spec.column].compare || order->groups)
		qsort_r(order->sorted, count, sizeof(*order->sorted), compare, &sorting);
	order->matches = count;
	return lay_out(order, count);
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

size_t order_beside(const struct order *order, size_t target, bool forth)
{
	size_t at = order_find(order, target), step = forth ? 1 : order->count - 1;

	if (at == order->count)
		at = forth ? order->count - 1 : 0;
	for (size_t i = 0; i < order->count; i++) {
		at = (at + step) % order->count;
		if (!(order->items[at] & ORDER_HEAD))
			return order->items[at];
	}
	return SIZE_MAX;
}

size_t order_find(const struct order *order, size_t item)
{
	for (size_t i = 0; i < order->count; i++)
		if (order->items[i] == item)
			return i;
	return order->count;
}
