#ifndef WEBMON_STORE_JOURNAL_H
#define WEBMON_STORE_JOURNAL_H
/*
 * The journal of the block: the newest incidents, rewritten in place, and the newest events.
 * Private to the store.
 *
 * One writer at a time: the store's lock sees to it. Readers need none. The contracts of the
 * functions are those of the store_… function of the same ending.
 */
#include "store/block.h"

uint64_t journal_put_incident(struct block *block, const struct incident *incident);
void journal_put_event(struct block *block, const struct event *event);

/* All that is still there, with its numbers; by target of `from` match has its new index,
 * UINT32_MAX: it is gone, and what was told of it too. */
void journal_carry(struct block *to, const struct block *from, const uint32_t *match,
		   size_t match_count);

uint64_t journal_changes(const struct block *block);
size_t journal_incidents(const struct block *block, uint64_t since, struct incident *incidents,
			 size_t capacity);
uint64_t journal_event_head(const struct block *block);
size_t journal_events(const struct block *block, uint64_t from, struct event *events,
		      size_t capacity, uint64_t *lost);

#endif
