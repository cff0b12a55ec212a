#ifndef WEBMON_STORE_RING_H
#define WEBMON_STORE_RING_H
/*
 * A target's samples: the newest `capacity` of them, numbered from 0 without end. One writer, any
 * number of readers, no lock. Private to the store.
 *
 * The place of a sample is its number modulo `slots`. Slots lie in chunks, a chunk of this target
 * beside the same chunk of its neighbours, so that young rings of many targets share pages.
 */
#include <stdatomic.h>
#include <stddef.h>

#include "model/sample.h"

#define RING_CHUNK 16 /* samples */

struct ring_shape {
	uint64_t stride; /* words from one chunk to the next */
	uint32_t slots;	 /* more than capacity: the one being written is no reader's; a multiple of
			    RING_CHUNK */
	uint32_t capacity;
};

struct ring_view {
	const _Atomic uint64_t *head;  /* samples ever pushed */
	const _Atomic uint64_t *words; /* the first chunk */
	const struct ring_shape *shape;
	int64_t interval_us; /* between starts; 0: none is known */
};

/* Slots for so many samples. */
uint32_t ring_slots(uint32_t capacity);

/* The writer's alone: publishes it with the new head. */
void ring_push(_Atomic uint64_t *head, _Atomic uint64_t *words, const struct ring_shape *shape,
	       const struct sample *sample);

/*
 * Failed samples from this number on count nowhere after all (SAMPLE_TAINTED). The writer's. A
 * reader that comes in the middle of it finds the record torn and leaves it out, once.
 */
void ring_taint(const struct ring_view *ring, _Atomic uint64_t *words, uint64_t from);

/* Samples ever pushed: the number of the next one. */
uint64_t ring_head(const struct ring_view *ring);

/* False where the sample was not yet written, is overwritten or torn. */
bool ring_get(const struct ring_view *ring, uint64_t number, struct sample *sample);

/* As store_samples(). */
size_t ring_copy(const struct ring_view *ring, uint64_t from, struct sample *samples,
		 size_t capacity, uint64_t *first);

/* As store_follow(). */
size_t ring_follow(const struct ring_view *ring, uint64_t *next, struct sample *samples,
		   size_t capacity, uint64_t *lost);

#endif
