/*
 * Incidents and events: two rings of slots. Written by the pollers under the store's lock, read by
 * faces without.
 *
 * The one idea: each value carries its own number and each slot its own sequence, so a reader
 * copies a slot and sees by the number whether it is still the one it came for. Beside the
 * incidents stands a row of their change numbers alone, so that finding what is new does not mean
 * copying them all.
 */
#include "store/journal.h"

#include <string.h>

static const struct journal *journal_at(const struct block *block)
{
	return block_at(block, ROW_JOURNAL, 0);
}

/* Relaxed loads below: the lock orders the writers, who read their own. */

/* An incident without words is the one that is there, written again for something else. */
static void keep_words(const struct block *block, size_t place, struct incident *incident)
{
	struct incident before;

	if (incident->result[0] != '\0' ||
	    slot_read(block_at(block, ROW_INCIDENTS, place), &before, sizeof before) !=
		    sizeof before ||
	    before.id != incident->id)
		return;
	memcpy(incident->result, before.result, sizeof incident->result);
	memcpy(incident->detail, before.detail, sizeof incident->detail);
}

uint64_t journal_put_incident(struct block *block, const struct incident *incident)
{
	struct journal *journal = block_to(block, ROW_JOURNAL, 0);
	uint64_t head = atomic_load_explicit(&journal->incident_head, memory_order_relaxed);
	uint64_t change = atomic_load_explicit(&journal->changes, memory_order_relaxed) + 1;
	uint64_t room = block->rows[ROW_INCIDENTS].count;
	struct incident stored = *incident;

	if (stored.id == 0 || stored.id > head || stored.id + room <= head)
		stored.id = head + 1;
	stored.change = change;
	size_t place = (size_t)((stored.id - 1) % room);
	keep_words(block, place, &stored);
	_Atomic uint64_t *changed = block_to(block, ROW_CHANGES, place);
	slot_write(block_to(block, ROW_INCIDENTS, place), &stored, sizeof stored);
	/* Release, all three: who sees a number here sees the incident it stands for. */
	atomic_store_explicit(changed, change, memory_order_release);
	if (stored.id > head)
		atomic_store_explicit(&journal->incident_head, stored.id, memory_order_release);
	atomic_store_explicit(&journal->changes, change, memory_order_release);
	return stored.id;
}

void journal_put_event(struct block *block, const struct event *event)
{
	struct journal *journal = block_to(block, ROW_JOURNAL, 0);
	uint64_t number = atomic_load_explicit(&journal->event_head, memory_order_relaxed);
	struct event stored = *event;

	stored.number = number;
	slot_write(block_to(block, ROW_EVENTS, (size_t)(number % block->rows[ROW_EVENTS].count)),
		   &stored, sizeof stored);
	/* Release: who sees the count sees the event. */
	atomic_store_explicit(&journal->event_head, number + 1, memory_order_release);
}

uint64_t journal_changes(const struct block *block)
{
	/* Acquire: the incidents it counts are seen. */
	return atomic_load_explicit(&journal_at(block)->changes, memory_order_acquire);
}

/* Whether the incident of this id was written after `since`. */
static bool has_changed(const struct block *block, uint64_t id, uint64_t since)
{
	const _Atomic uint64_t *changed =
		block_at(block, ROW_CHANGES, (size_t)((id - 1) % block->rows[ROW_CHANGES].count));

	/* Acquire: the incident of that change is seen. */
	return atomic_load_explicit(changed, memory_order_acquire) > since;
}

size_t journal_incidents(const struct block *block, uint64_t since, struct incident *incidents,
			 size_t capacity)
{
	/* Acquire: the incidents up to it are seen. */
	uint64_t head =
		atomic_load_explicit(&journal_at(block)->incident_head, memory_order_acquire);
	uint64_t room = block->rows[ROW_INCIDENTS].count;
	uint64_t oldest = head > room ? head - room + 1 : 1;
	uint64_t id = head + 1;
	size_t wanted = 0, count = 0;

	while (id > oldest && wanted < capacity)
		wanted += has_changed(block, --id, since);
	for (; id <= head && count < capacity; id++) {
		struct incident *incident = &incidents[count];
		if (!has_changed(block, id, since))
			continue;
		size_t size = slot_read(block_at(block, ROW_INCIDENTS, (size_t)((id - 1) % room)),
					incident, sizeof *incident);
		count += size == sizeof *incident && incident->id == id && incident->change > since;
	}
	return count;
}

uint64_t journal_event_head(const struct block *block)
{
	/* Acquire: the events it counts are seen. */
	return atomic_load_explicit(&journal_at(block)->event_head, memory_order_acquire);
}

size_t journal_events(const struct block *block, uint64_t from, struct event *events,
		      size_t capacity, uint64_t *lost)
{
	uint64_t room = block->rows[ROW_EVENTS].count;
	uint64_t number = from, end = from;
	size_t count = 0;

	while (count < capacity) {
		/* Anew each time: what is overwritten meanwhile is skipped, not waited for. */
		uint64_t head = journal_event_head(block);
		if (head > room && number < head - room)
			number = head - room;
		if (number >= head)
			break;
		struct event *event = &events[count];
		size_t size = slot_read(block_at(block, ROW_EVENTS, (size_t)(number % room)), event,
					sizeof *event);
		bool found = size == sizeof *event && event->number == number;
		count += found;
		number++;
		end = found || count == 0 ? number : end;
	}
	if (lost)
		*lost = end - from - count;
	return count;
}
