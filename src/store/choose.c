/*
 * The targets that a store has, and a reader's choice among those of somebody else's block. Main
 * thread.
 *
 * The one idea: who reads knows targets by their numbers, so the numbers are what is changed, here
 * and nowhere else. No face knows of a choice.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "store/inside.h"
#include "store/journal.h"
#include "store/store.h"

void store_choose(struct store *store, const size_t *targets, size_t count)
{
	size_t all = (size_t)store->block->targets;

	store->chosen = x_calloc(count + 1, sizeof *store->chosen);
	store->numbers = x_calloc(all + 1, sizeof *store->numbers);
	store->chosen_count = count;
	for (size_t i = 0; i < all; i++)
		store->numbers[i] = UINT32_MAX;
	for (size_t i = 0; i < count; i++) {
		store->chosen[i] = (uint32_t)targets[i];
		store->numbers[targets[i]] = (uint32_t)i;
	}
}

bool store_has_choice(const struct store *store)
{
	return store->chosen != NULL;
}

uint32_t store_number_of(const struct store *store, uint32_t target)
{
	return store->chosen && target != UINT32_MAX ? store->numbers[target] : target;
}

/* Into the reader's number; false where it is of a target that was not chosen. */
static bool renumber(const struct store *store, uint32_t *target)
{
	if (*target == UINT32_MAX) /* the whole program */
		return true;
	*target = store_number_of(store, *target);
	return *target != UINT32_MAX;
}

size_t store_incidents(const struct store *store, uint64_t since, struct incident *incidents,
		       size_t capacity)
{
	size_t found = journal_incidents(store->block, since, incidents, capacity), count = 0;

	if (!store->chosen)
		return found;
	for (size_t i = 0; i < found; i++) {
		if (i != count)
			incidents[count] = incidents[i];
		count += renumber(store, &incidents[count].target);
	}
	return count;
}

size_t store_events(const struct store *store, uint64_t from, struct event *events, size_t capacity,
		    uint64_t *lost)
{
	uint64_t lost_before;
	size_t count = 0;

	if (!store->chosen)
		return journal_events(store->block, from, events, capacity, lost);
	if (lost)
		*lost = 0;
	/* One by one: what others have in between is neither wanted nor lost. */
	while (count < capacity &&
	       journal_events(store->block, from, &events[count], 1, &lost_before) == 1) {
		from = events[count].number + 1;
		if (lost)
			*lost += lost_before;
		count += renumber(store, &events[count].target);
	}
	return count;
}

struct target *store_targets(const struct store *store)
{
	const struct block *block = store->block;
	const struct card *cards = block_at(block, ROW_CARDS, 0);
	size_t all = (size_t)block->targets, count = store_target_count(store),
	       tags = cards_tag_count(cards, all);
	struct target *targets = x_calloc(1, (count + all + 1) * sizeof *targets +
						     (tags + 1) * sizeof(const char *));

	cards_read(targets + count, (const char **)(void *)(targets + count + all + 1), cards, all,
		   block_texts(block));
	for (size_t i = 0; i < count; i++)
		targets[i] = targets[count + store_place(store, i)];
	return targets;
}

uint64_t store_key(const struct store *store, size_t target)
{
	return block_target_at(store->block, store_place(store, target))->key;
}

size_t store_find(const struct store *store, uint64_t key)
{
	for (size_t i = 0; i < store_target_count(store); i++)
		if (store_key(store, i) == key)
			return i;
	return SIZE_MAX;
}
