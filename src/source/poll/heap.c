/*
 * The heap of due times. Owned by one poller; also used for the watchdog's deadlines.
 */
#include "source/poll/heap.h"

#include <stdlib.h>

#include "base/mem.h"

static void put(struct heap *heap, size_t place, struct heap_item item)
{
	heap->items[place] = item;
	heap->places[item.id] = (uint32_t)place + 1;
}

static void sift_up(struct heap *heap, size_t place, struct heap_item item)
{
	while (place > 0) {
		size_t parent = (place - 1) / 2;

		if (heap->items[parent].key <= item.key)
			break;
		put(heap, place, heap->items[parent]);
		place = parent;
	}
	put(heap, place, item);
}

static void sift_down(struct heap *heap, size_t place, struct heap_item item)
{
	for (;;) {
		size_t child = 2 * place + 1;

		if (child >= heap->count)
			break;
		if (child + 1 < heap->count && heap->items[child + 1].key < heap->items[child].key)
			child++;
		if (heap->items[child].key >= item.key)
			break;
		put(heap, place, heap->items[child]);
		place = child;
	}
	put(heap, place, item);
}

/* Item goes to place, or wherever its key belongs from there. */
static void settle(struct heap *heap, size_t place, struct heap_item item)
{
	if (place > 0 && heap->items[(place - 1) / 2].key > item.key)
		sift_up(heap, place, item);
	else
		sift_down(heap, place, item);
}

void heap_init(struct heap *heap, size_t capacity)
{
	*heap = (struct heap){.capacity = capacity};
	heap->items = x_calloc(capacity ? capacity : 1, sizeof *heap->items);
	heap->places = x_calloc(capacity ? capacity : 1, sizeof *heap->places);
}

void heap_fini(struct heap *heap)
{
	free(heap->items);
	free(heap->places);
	*heap = (struct heap){0};
}

void heap_set(struct heap *heap, uint32_t id, int64_t key)
{
	struct heap_item item = {.key = key, .id = id};

	if (heap->places[id])
		settle(heap, heap->places[id] - 1, item);
	else
		sift_up(heap, heap->count++, item);
}

void heap_remove(struct heap *heap, uint32_t id)
{
	size_t place = heap->places[id];

	if (place == 0)
		return;
	heap->places[id] = 0;
	heap->count--;
	if (place - 1 < heap->count)
		settle(heap, place - 1, heap->items[heap->count]);
}
