/*
 * A value that one thread writes and any number read without a lock (the rule stands in the
 * header).
 *
 * A reader never waits for ever: a writer killed in the middle of a write leaves an odd sequence
 * behind, and then the value counts as never written.
 */
#include "store/slot.h"

#include <string.h>

#include "base/hash.h"
#include "store/patience.h"

#define WORD sizeof(uint64_t)

static size_t words_of(size_t size)
{
	return (size + WORD - 1) / WORD;
}

static size_t word_index(const struct slot_split *split, size_t i)
{
	return i < split->near ? i : i + split->gap;
}

static const struct slot_split whole = {.near = SIZE_MAX};

/* In a viewer whose recorder has died: a slot caught half written will never be finished, so
 * readers do not wait for it. */
static _Atomic bool forlorn;

void slot_expect_writer(bool expected)
{
	/* Relaxed: it stands for itself. */
	atomic_store_explicit(&forlorn, !expected, memory_order_relaxed);
}

bool slot_wait(unsigned *turns)
{
	/* Relaxed: it stands for itself. */
	return !atomic_load_explicit(&forlorn, memory_order_relaxed) && patience_wait(turns);
}

void slot_repair(struct slot *slot)
{
	/* Relaxed: nobody else is there. */
	uint64_t sequence = atomic_load_explicit(&slot->sequence, memory_order_relaxed);

	if (!(sequence & 1))
		return;
	atomic_store_explicit(&slot->size, 0, memory_order_relaxed);
	atomic_store_explicit(&slot->check, 0, memory_order_relaxed);
	atomic_store_explicit(&slot->sequence, sequence + 1, memory_order_release);
}

size_t slot_bytes(size_t size)
{
	return sizeof(struct slot) + words_of(size) * WORD;
}

void slot_write_split(struct slot *slot, const struct slot_split *split, const void *value,
		      size_t size)
{
	/* Relaxed: nobody else writes it. */
	uint64_t sequence = atomic_load_explicit(&slot->sequence, memory_order_relaxed) | 1;

	/* Relaxed: the release of each word below keeps it before them. */
	atomic_store_explicit(&slot->sequence, sequence, memory_order_relaxed);
	atomic_store_explicit(&slot->size, size, memory_order_release);
	size_t full = size / WORD;
	uint64_t check = size;
	for (size_t i = 0; i < words_of(size); i++) {
		uint64_t word = 0;
		/* a constant length is one load, not a call */
		if (i < full)
			memcpy(&word, (const char *)value + i * WORD, WORD);
		else
			memcpy(&word, (const char *)value + i * WORD, size % WORD);
		check = hash_add(check, word);
		/* Release: whoever sees this word sees the odd sequence too. */
		atomic_store_explicit(&slot->words[word_index(split, i)], word,
				      memory_order_release);
	}
	atomic_store_explicit(&slot->check, check, memory_order_release);
	/* Release: whoever sees it even sees every word of this value. */
	atomic_store_explicit(&slot->sequence, sequence + 1, memory_order_release);
}

/* One try. False where the value was being written; *size 0 where it is none. */
static bool try_read(const struct slot *slot, const struct slot_split *split, void *value,
		     size_t *size)
{
	size_t capacity = *size;
	/* Acquire: the words of the value this sequence ended are seen. */
	uint64_t sequence = atomic_load_explicit(&slot->sequence, memory_order_acquire);
	if (sequence & 1)
		return false;
	*size = (size_t)atomic_load_explicit(&slot->size, memory_order_acquire);
	size_t copied = *size <= capacity ? *size : 0;
	uint64_t check = copied;
	for (size_t i = 0; i < words_of(copied); i++) {
		size_t left = copied - i * WORD;
		/* Acquire: a word newer than the sequence brings the odd sequence with it ... */
		uint64_t word = atomic_load_explicit(&slot->words[word_index(split, i)],
						     memory_order_acquire);
		memcpy((char *)value + i * WORD, &word, left < WORD ? left : WORD);
		check = hash_add(check, word);
	}
	if (check != atomic_load_explicit(&slot->check, memory_order_acquire)) {
		memset(value, 0, copied);
		*size = 0;
	}
	/* ... so that this one, which cannot come before them, tells. */
	return atomic_load_explicit(&slot->sequence, memory_order_relaxed) == sequence;
}

size_t slot_read_split(const struct slot *slot, const struct slot_split *split, void *value,
		       size_t capacity)
{
	unsigned turns = 0;

	do {
		size_t size = capacity;
		if (try_read(slot, split, value, &size))
			return size;
	} while (slot_wait(&turns));
	return 0;
}

void slot_write(struct slot *slot, const void *value, size_t size)
{
	slot_write_split(slot, &whole, value, size);
}

size_t slot_read(const struct slot *slot, void *value, size_t capacity)
{
	return slot_read_split(slot, &whole, value, capacity);
}
