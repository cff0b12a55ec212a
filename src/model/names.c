/*
 * Names to indices: open addressing, never more than half full. One thread.
 */
#include "model/names.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

struct entry {
	const char *name; /* NULL: free */
	size_t index;
};

struct names {
	size_t mask;
	struct entry entries[];
};

struct names *names_new(size_t capacity)
{
	size_t room = 16;

	while (room < capacity * 2)
		room *= 2;
	struct names *names = x_calloc(1, sizeof(*names) + room * sizeof(names->entries[0]));
	names->mask = room - 1;
	return names;
}

void names_free(struct names *names)
{
	free(names);
}

/* The slot of the name, or the free one in which it would stand. */
static size_t find_slot(const struct names *names, const char *name)
{
	size_t slot = text_hash(name) & names->mask;

	while (names->entries[slot].name != NULL && strcmp(names->entries[slot].name, name) != 0)
		slot = (slot + 1) & names->mask;
	return slot;
}

size_t names_add(struct names *names, const char *name, size_t index)
{
	struct entry *entry = &names->entries[find_slot(names, name)];

	if (entry->name == NULL)
		*entry = (struct entry){.name = name, .index = index};
	return entry->index;
}

size_t names_find(const struct names *names, const char *name)
{
	const struct entry *entry = &names->entries[find_slot(names, name)];

	return entry->name == NULL ? NAMES_NONE : entry->index;
}
