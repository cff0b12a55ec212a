/*
 * Lists of texts in an arena. One thread builds.
 */
#include "base/list.h"

#include <stdint.h>
#include <string.h>

#define FIRST_ROOM 4

/* The room follows from the count: 4, then each power of two. */
static bool is_full(size_t count)
{
	return count == 0 || (count >= FIRST_ROOM && (count & (count - 1)) == 0);
}

void text_list_append(struct arena *arena, struct text_list *list, const char *item)
{
	/* Read-only to all others; the memory is the arena's and was given out by this function. */
	const char **items = (const char **)(uintptr_t)list->items;

	if (is_full(list->count)) {
		size_t room = list->count == 0 ? FIRST_ROOM : list->count * 2;

		items = arena_alloc(arena, room * sizeof(*items));
		if (list->count > 0)
			memcpy(items, list->items, list->count * sizeof(*items));
	}
	items[list->count++] = item;
	list->items = items;
}

struct text_list text_list_copy(struct arena *arena, const struct text_list *list)
{
	struct text_list copy = {.items = NULL};

	for (size_t i = 0; i < list->count; i++)
		text_list_append(arena, &copy, list->items[i]);
	return copy;
}

bool text_list_has(const struct text_list *list, const char *item)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], item) == 0)
			return true;
	return false;
}
