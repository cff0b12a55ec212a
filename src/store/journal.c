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

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/sound.h"

static const struct journal *journal_at(const struct block *block)
{
	return block_at(block, ROW_JOURNAL, 0);
}

/* Relaxed loads below: the lock orders the writers, who read their own. */

/* An incident without words is the one that is there, written again for something else. */
static void keep_words(const struct block *block, size_t place, struct incident *incident)
{
	struct incident before;

	if (incident->result[0] != '\0' || incident->detail[0] != '\0' ||
	    slot_read(block_at(block, ROW_INCIDENTS, place), &before, sizeof before) !=
		    sizeof before ||
	    before.id != incident->id)
		return;
	memcpy(incident->result, before.result, sizeof incident->result);
	memcpy(incident->detail, before.detail, sizeof incident->detail);
}

/* Into the place of its id, under its change number. */
static void write_incident(struct block *block, const struct incident *incident)
{
	size_t place = (size_t)((incident->id - 1) % block->rows[ROW_INCIDENTS].count);
	_Atomic uint64_t *changed = block_to(block, ROW_CHANGES, place);

	slot_write(block_to(block, ROW_INCIDENTS, place), incident, sizeof *incident);
	/* Release: who sees the number sees the incident it stands for. */
	atomic_store_explicit(changed, incident->change, memory_order_release);
}

static void write_event(struct block *block, const struct event *event)
{
	slot_write(block_to(block, ROW_EVENTS,
			    (size_t)(event->number % block->rows[ROW_EVENTS].count)),
		   event, sizeof *event);
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
	keep_words(block, (size_t)((stored.id - 1) % room), &stored);
	write_incident(block, &stored);
	/* Release, both: who sees a number here sees the incident it stands for. */
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
	write_event(block, &stored);
	/* Release: who sees the count sees the event. */
	atomic_store_explicit(&journal->event_head, number + 1, memory_order_release);
}

/* The target's new index; false where it is gone. */
static bool rename_target(uint32_t *target, const uint32_t *match, size_t match_count)
{
	if (*target == UINT32_MAX) /* the whole program */
		return true;
	*target = *target < match_count ? match[*target] : UINT32_MAX;
	return *target != UINT32_MAX;
}

static void carry_incidents(struct block *to, const struct block *from, const uint32_t *match,
			    size_t match_count)
{
	size_t room = (size_t)(to->rows[ROW_INCIDENTS].count < from->rows[ROW_INCIDENTS].count
				       ? to->rows[ROW_INCIDENTS].count
				       : from->rows[ROW_INCIDENTS].count);
	struct incident *incidents = x_calloc(room, sizeof *incidents);
	size_t count = journal_incidents(from, 0, incidents, room);

	for (size_t i = 0; i < count; i++)
		if (rename_target(&incidents[i].target, match, match_count))
			write_incident(to, &incidents[i]);
	free(incidents);
}

static void carry_events(struct block *to, const struct block *from, const uint32_t *match,
			 size_t match_count)
{
	uint64_t head = journal_event_head(from), room = to->rows[ROW_EVENTS].count;
	uint64_t next = head > room ? head - room : 0;
	struct event event;

	while (journal_events(from, next, &event, 1, NULL) == 1) {
		next = event.number + 1;
		if (rename_target(&event.target, match, match_count))
			write_event(to, &event);
	}
}

void journal_carry(struct block *to, const struct block *from, const uint32_t *match,
		   size_t match_count)
{
	const struct journal *read = journal_at(from);
	struct journal *written = block_to(to, ROW_JOURNAL, 0);

	carry_incidents(to, from, match, match_count);
	carry_events(to, from, match, match_count);
	written->incident_head = read->incident_head;
	written->changes = read->changes;
	written->event_head = read->event_head;
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
	head = head < UINT64_MAX ? head : 0; /* a forged one: there is no id behind it */
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
		count += size == sizeof *incident && incident->id == id &&
			 incident->change > since && incident_is_sound(incident, block->targets);
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
		bool found = size == sizeof *event && event->number == number &&
			     event_is_sound(event, block->targets);
		count += found;
		number++;
		end = found || count == 0 ? number : end;
	}
	if (lost)
		*lost = end - from - count;
	return count;
}
