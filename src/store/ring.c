/*
 * A target's ring of samples. The poller pushes, faces read at the same time.
 *
 * The one idea: a record is written before the head counts it, and a record that is being
 * overwritten is the one the head will count next. So a reader that finds record n still within
 * `slots - 1` of a head loaded after the record has read it whole.
 */
#include "store/ring.h"

static size_t word_index(const struct ring_shape *shape, uint64_t number)
{
	uint64_t slot = number % shape->slots;

	return (size_t)(slot / RING_CHUNK * shape->stride + slot % RING_CHUNK * SAMPLE_WORDS);
}

uint32_t ring_slots(uint32_t capacity)
{
	return (capacity + RING_CHUNK) / RING_CHUNK * RING_CHUNK;
}

static void put_packed(_Atomic uint64_t *place, const struct sample *sample, uint64_t number)
{
	uint64_t packed[SAMPLE_WORDS];

	sample_pack(packed, sample, number);
	for (int i = 0; i < SAMPLE_WORDS; i++) {
		/* Release: as in a push. */
		atomic_store_explicit(&place[i], packed[i], memory_order_release);
	}
}

void ring_push(_Atomic uint64_t *head, _Atomic uint64_t *words, const struct ring_shape *shape,
	       const struct sample *sample)
{
	/* Relaxed: the writer reads its own. */
	uint64_t number = atomic_load_explicit(head, memory_order_relaxed);

	/* Released: a reader that sees one of its words sees the head of the push before. */
	put_packed(words + word_index(shape, number), sample, number);
	/* Release: a reader that sees this head sees the words. */
	atomic_store_explicit(head, number + 1, memory_order_release);
}

void ring_taint(const struct ring_view *ring, _Atomic uint64_t *words, uint64_t from)
{
	uint64_t head = ring_head(ring), room = ring->shape->capacity;
	struct sample sample;

	for (uint64_t number = head > room && from < head - room ? head - room : from;
	     number < head; number++) {
		if (!ring_get(ring, number, &sample) || !sample_is_failure(&sample))
			continue;
		sample.flags |= SAMPLE_TAINTED;
		put_packed(words + word_index(ring->shape, number), &sample, number);
	}
}

uint64_t ring_head(const struct ring_view *ring)
{
	/* Acquire: the records it counts are seen. */
	return atomic_load_explicit(ring->head, memory_order_acquire);
}

/* The record of a number below a head already loaded. */
static bool get_counted(const struct ring_view *ring, uint64_t number, struct sample *sample)
{
	const _Atomic uint64_t *place = ring->words + word_index(ring->shape, number);
	uint64_t words[SAMPLE_WORDS];

	for (int i = 0; i < SAMPLE_WORDS; i++) {
		/* Acquire: a word of the overwriting push brings the head before that push ... */
		words[i] = atomic_load_explicit(&place[i], memory_order_acquire);
	}
	/* ... so that this load, which cannot come before them, tells. */
	uint64_t head = atomic_load_explicit(ring->head, memory_order_relaxed);
	return number + ring->shape->slots > head && sample_unpack(sample, words, number);
}

bool ring_get(const struct ring_view *ring, uint64_t number, struct sample *sample)
{
	return number < ring_head(ring) && get_counted(ring, number, sample);
}

/* From where on as many as there is room for are copied, of those below a head already loaded. */
static uint64_t begin_of(const struct ring_view *ring, uint64_t from, uint64_t head,
			 size_t capacity)
{
	uint64_t most = capacity < ring->shape->capacity ? capacity : ring->shape->capacity;

	return head > most && from < head - most ? head - most : from;
}

size_t ring_copy(const struct ring_view *ring, uint64_t from, struct sample *samples,
		 size_t capacity, uint64_t *first)
{
	uint64_t head = ring_head(ring);
	uint64_t number = begin_of(ring, from, head, capacity);
	size_t count = 0;

	if (first)
		*first = number < head ? number : head;
	for (; number < head; number++) {
		if (!get_counted(ring, number, &samples[count]))
			continue;
		if (count++ == 0 && first)
			*first = number;
	}
	return count;
}

size_t ring_follow(const struct ring_view *ring, uint64_t *next, struct sample *samples,
		   size_t capacity, uint64_t *lost)
{
	uint64_t head = ring_head(ring), from = *next <= head ? *next : 0, end = from;
	size_t count = 0;

	for (uint64_t number = begin_of(ring, from, head, capacity); number < head; number++) {
		if (!get_counted(ring, number, &samples[count]))
			continue;
		count++;
		end = number + 1;
	}
	if (lost)
		*lost = end - from - count;
	*next = end;
	return count;
}
