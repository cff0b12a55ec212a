#ifndef WEBMON_SOURCE_POLL_HEAP_H
#define WEBMON_SOURCE_POLL_HEAP_H
/*
 * Which of many is due first: a binary heap of small numbers (ids) by a time, where each id is in
 * at most once and can be moved or taken out. All memory is taken at start. Not for several
 * threads.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap_item {
	int64_t key;
	uint32_t id;
};

struct heap {
	struct heap_item *items;
	uint32_t *places; /* of id: index + 1, 0: not in */
	size_t count, capacity;
};

void heap_init(struct heap *heap, size_t capacity); /* ids are below capacity */
void heap_fini(struct heap *heap);

/* Puts id in, or moves it. */
void heap_set(struct heap *heap, uint32_t id, int64_t key);
void heap_remove(struct heap *heap, uint32_t id); /* nothing where it is not in */

static inline bool heap_has(const struct heap *heap, uint32_t id)
{
	return heap->places[id] != 0;
}

/* The earliest, NULL where empty. Valid until the next change. */
static inline const struct heap_item *heap_top(const struct heap *heap)
{
	return heap->count ? &heap->items[0] : NULL;
}

#endif
