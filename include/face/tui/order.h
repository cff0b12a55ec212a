#ifndef WEBMON_FACE_TUI_ORDER_H
#define WEBMON_FACE_TUI_ORDER_H
/*
 * Which rows the table shows, and in what order. Nothing moves under the hand: for 5 s after a key
 * rows stay where they are, and a row's place among equals is the file's. Main thread.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "face/column.h"
#include "face/tui/filter.h"
#include "face/tui/groups.h"

#define ORDER_HOLD_US 5000000 /* after a key */
#define ORDER_REST_US 5000000 /* between two sortings by a number, which never stops changing */

struct order_spec {
	enum column_id column; /* COLUMN_SIGN: trouble first */
	bool reverse;
};

/* An item that is a group's line, not a target's. */
#define ORDER_HEAD 0x80000000U

struct order {
	uint32_t *items; /* indices of targets; ORDER_HEAD | index of a group */
	size_t count;    /* of those that pass the filter */
	uint32_t *next;  /* scratch: the order that may come */
	uint32_t *sorted; /* scratch: targets alone */
	size_t capacity; /* targets */
	size_t matches;  /* targets that pass the filter, also where their group is folded */
	const struct groups *groups; /* grouped by them; NULL: not grouped */
	struct order_spec spec;
	int64_t sorted_us; /* when last sorted */
	bool pending;      /* another order waits until the hand is off */
};

void order_init(struct order *order, size_t capacity);
void order_fini(struct order *order);

/* Now, whatever was held: a person asked for it. Returns true where the order changed. */
bool order_sort(struct order *order, const struct rows *rows, const struct filter *filter,
		int64_t now_us);

/* As order_sort(), but at rest where a key was pressed lately (sets pending). */
bool order_follow(struct order *order, const struct rows *rows, const struct filter *filter,
		  int64_t now_us, int64_t last_key_us);

/* When a held order may come through; INT64_MAX: nothing waits. */
int64_t order_due_us(const struct order *order, int64_t last_key_us);

/* The next target before or after a target, round and round, heads left out; SIZE_MAX: there is
 * none. */
size_t order_beside(const struct order *order, size_t target, bool forth);

/* The place of an item, which may be a target; order->count where it is not shown. */
size_t order_find(const struct order *order, size_t item);

#endif
