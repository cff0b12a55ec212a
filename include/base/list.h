#ifndef WEBMON_BASE_LIST_H
#define WEBMON_BASE_LIST_H
/*
 * Lists of texts: empty when zeroed, in the order given. Items and texts belong to an arena. Any
 * thread, one list at a time.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct text_list {
	const char *const *items;
	size_t             count;
};

/*
 * Appends item, which is not copied. Only for lists that were built by these functions, and not
 * through a second struct that shares the items: append to a copy then.
 */
void text_list_append(struct arena *arena, struct text_list *list, const char *item);

struct text_list text_list_copy(struct arena *arena, const struct text_list *list);

bool text_list_has(const struct text_list *list, const char *item);

#endif
