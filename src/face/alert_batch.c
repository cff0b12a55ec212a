/*
 * A batch of events. Its one idea: of a trouble that came and went again and again, those who were
 * told nothing of it need only what it came to. So a batch that is full drops turns in the middle,
 * always a beginning with its end, and what is left still fits what was told before.
 */
#include "face/alert_batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define CAPACITY_MIN 16
#define EACH_MOST    2 /* entries of a target and kind that thinning leaves */

static size_t place_of(const struct alert_entry *entry, size_t targets)
{
	return (entry->target < targets ? entry->target : targets) * ALERT_WORDS + entry->kind;
}

static size_t most_of(size_t targets)
{
	return ALERT_ENTRIES + (targets + 1) * ALERT_WORDS * EACH_MOST;
}

/* ---- thinning out ---- */

enum { BEGAN_OPEN = 1, BEGAN_OVER = 2, HAS_LAST = 4, COMPLETE = 8 };

/* Of each target and kind: how the first of them stands. */
static unsigned char *first_ones(const struct alert_batch *batch, size_t targets)
{
	unsigned char *first = x_calloc((targets + 1) * ALERT_WORDS, 1);

	for (size_t i = 0; i < batch->count; i++) {
		unsigned char *of = &first[place_of(&batch->entries[i], targets)];

		if (*of == 0)
			*of = batch->entries[i].over ? BEGAN_OVER : BEGAN_OPEN;
	}
	return first;
}

/* The last one stays; where it stands otherwise than the first, so does one that stands as the
 * first. */
static bool stays(unsigned char *of, const struct alert_entry *entry)
{
	bool like_first = entry->over == ((*of & BEGAN_OVER) != 0);

	if (*of & COMPLETE || (*of & HAS_LAST && !like_first))
		return false;
	*of |= HAS_LAST | (like_first ? COMPLETE : 0);
	return true;
}

static void thin_out(struct alert_batch *batch, size_t targets)
{
	unsigned char *of = first_ones(batch, targets);
	size_t begin = batch->count;

	for (size_t i = batch->count; i-- > 0;) {
		struct alert_entry *entry = &batch->entries[i];

		if (stays(&of[place_of(entry, targets)], entry))
			batch->entries[--begin] = *entry;
		else
			batch->left_out[entry->word]++;
	}
	batch->count -= begin;
	memmove(batch->entries, batch->entries + begin, batch->count * sizeof *batch->entries);
	free(of);
}

/* ---- in and out ---- */

static void grow(struct alert_batch *batch, size_t most)
{
	size_t wanted = batch->capacity > 0 ? batch->capacity * 2 : CAPACITY_MIN;

	batch->capacity = wanted < most ? wanted : most;
	batch->entries = x_realloc(batch->entries, batch->capacity * sizeof *batch->entries);
}

struct alert_entry *alert_batch_add(struct alert_batch *batch, size_t targets)
{
	if (batch->count == most_of(targets))
		thin_out(batch, targets);
	if (batch->count == batch->capacity)
		grow(batch, most_of(targets));
	batch->entries[batch->count] = (struct alert_entry){.target = UINT32_MAX};
	return &batch->entries[batch->count++];
}

size_t alert_batch_total(const struct alert_batch *batch)
{
	size_t total = batch->count;

	for (size_t word = 0; word < ALERT_WORDS; word++)
		total += batch->left_out[word];
	return total;
}

static void mark_outdated(struct alert_batch *batch, size_t targets)
{
	bool *seen = x_calloc((targets + 1) * ALERT_WORDS, sizeof *seen);

	for (size_t i = batch->count; i-- > 0;) {
		bool *later = &seen[place_of(&batch->entries[i], targets)];

		batch->entries[i].outdated = *later;
		*later = true;
	}
	free(seen);
}

void alert_batch_take(struct alert_batch *batch, struct alert_batch *part, size_t targets)
{
	mark_outdated(batch, targets);
	alert_batch_clear(part);
	*part = *batch;
	*batch = (struct alert_batch){.count = 0};
	if (part->count <= ALERT_ENTRIES)
		return;
	batch->count = batch->capacity = part->count - ALERT_ENTRIES;
	batch->entries = x_calloc(batch->capacity, sizeof *batch->entries);
	memcpy(batch->entries, part->entries + ALERT_ENTRIES,
	       batch->count * sizeof *batch->entries);
	part->count = ALERT_ENTRIES;
}

void alert_batch_clear(struct alert_batch *batch)
{
	free(batch->entries);
	*batch = (struct alert_batch){.count = 0};
}
