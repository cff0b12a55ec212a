/* The ring holds the newest samples, whatever a reader does meanwhile. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/ring.h"

/* A ring of its own, with room for neighbours between its chunks. */
struct fixture {
	_Atomic uint64_t head;
	_Atomic uint64_t *words;
	struct ring_shape shape;
	struct ring_view view;
};

#define NEIGHBOURS 3

static struct fixture *ring_new(uint32_t capacity)
{
	struct fixture *ring = calloc(1, sizeof *ring);
	uint32_t slots = ring_slots(capacity);

	ring->shape = (struct ring_shape){.stride = NEIGHBOURS * RING_CHUNK * SAMPLE_WORDS,
					  .slots = slots,
					  .capacity = capacity};
	ring->words = calloc((size_t)slots * NEIGHBOURS, SAMPLE_WORDS * sizeof(uint64_t));
	ring->view = (struct ring_view){
		.head = &ring->head, .words = ring->words, .shape = &ring->shape};
	return ring;
}

static void ring_free(struct fixture *ring)
{
	free(ring->words);
	free(ring);
}

/* A sample that says its number in each of its words. */
static struct sample sample_of(uint64_t number)
{
	struct sample sample = sample_blank((int64_t)number);

	sample.phase_us[PHASE_CONNECT] = (int32_t)(number % 60000);
	sample.phase_us[PHASE_WAIT] = (int32_t)(number % 60000);
	sample.total_us = (int32_t)(number % 60000);
	return sample;
}

static bool is_sample(const struct sample *sample, uint64_t number)
{
	int32_t us = (int32_t)(number % 60000);

	return sample->at_ms == (int64_t)number && sample->phase_us[PHASE_CONNECT] == us &&
	       sample->phase_us[PHASE_WAIT] == us && sample->total_us == us;
}

static void push(struct fixture *ring)
{
	struct sample sample = sample_of(atomic_load(&ring->head));

	ring_push(&ring->head, ring->words, &ring->shape, &sample);
}

static void an_empty_ring_has_nothing(void **state)
{
	struct fixture *ring = ring_new(512);
	struct sample sample;
	uint64_t first = 99;

	(void)state;
	assert_true(ring_head(&ring->view) == 0);
	assert_int_equal(ring_copy(&ring->view, 0, &sample, 1, &first), 0);
	assert_true(first == 0);
	assert_false(ring_get(&ring->view, 0, &sample));
	ring_free(ring);
}

static void keeps_the_newest_when_full(void **state)
{
	enum { CAPACITY = 40, PUSHED = 1000 };
	struct fixture *ring = ring_new(CAPACITY);
	struct sample samples[PUSHED];
	uint64_t first;

	(void)state;
	for (int i = 0; i < PUSHED; i++)
		push(ring);
	assert_int_equal(ring_copy(&ring->view, 0, samples, PUSHED, &first), CAPACITY);
	assert_true(first == PUSHED - CAPACITY);
	for (uint64_t i = 0; i < CAPACITY; i++)
		assert_true(is_sample(&samples[i], first + i));
	assert_false(ring_get(&ring->view, 0, samples));
	assert_true(ring_get(&ring->view, PUSHED - 1, samples));
	assert_false(ring_get(&ring->view, PUSHED, samples));
	ring_free(ring);
}

/* What a ring must answer, by a model that keeps everything. */
static void assert_as_the_model(const struct fixture *ring, uint64_t from, size_t capacity)
{
	struct sample samples[200];
	uint64_t head = ring_head(&ring->view), first;
	uint64_t oldest = head > ring->shape.capacity ? head - ring->shape.capacity : 0;
	uint64_t begin = from > oldest ? from : oldest;
	if (begin > head)
		begin = head;
	if (head - begin > capacity)
		begin = head - capacity;
	size_t count = ring_copy(&ring->view, from, samples, capacity, &first);

	assert_true(count == head - begin);
	assert_true(first == begin);
	for (uint64_t i = 0; i < count; i++)
		assert_true(is_sample(&samples[i], begin + i));
}

static void answers_as_a_model_that_keeps_everything(void **state)
{
	uint64_t seed = 11;

	(void)state;
	for (uint32_t capacity = 1; capacity <= 150; capacity += 1 + capacity / 3) {
		struct fixture *ring = ring_new(capacity);
		for (int step = 0; step < 600; step++) {
			seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
			for (uint64_t pushes = seed >> 60; pushes > 0; pushes--)
				push(ring);
			uint64_t head = ring_head(&ring->view);
			assert_as_the_model(ring, (seed >> 20) % (head + 20), (seed >> 40) % 200);
			assert_as_the_model(ring, 0, 200);
		}
		ring_free(ring);
	}
}

static void leaves_out_a_torn_record(void **state)
{
	struct fixture *ring = ring_new(64);
	struct sample samples[64];
	uint64_t first;

	(void)state;
	for (int i = 0; i < 10; i++)
		push(ring);
	ring->words[0] ^= 1;		    /* number 0 */
	ring->words[4 * SAMPLE_WORDS] ^= 1; /* number 4 */
	assert_int_equal(ring_copy(&ring->view, 0, samples, 64, &first), 8);
	assert_true(first == 1);
	assert_true(is_sample(&samples[2], 3));
	assert_true(is_sample(&samples[3], 5));
	ring_free(ring);
}

static uint64_t head_of(const struct fixture *ring)
{
	return ring_head(&ring->view);
}

static void who_follows_has_each_sample_once(void **state)
{
	struct fixture *ring = ring_new(64);
	struct sample samples[64];
	uint64_t next = 0, lost = 99;

	(void)state;
	assert_int_equal(ring_follow(&ring->view, &next, samples, 64, &lost), 0);
	assert_true(next == 0 && lost == 0);
	for (int i = 0; i < 5; i++)
		push(ring);
	/* torn in the middle: the next one is still number 5 */
	ring->words[2 * SAMPLE_WORDS] ^= 1;
	assert_int_equal(ring_follow(&ring->view, &next, samples, 64, &lost), 4);
	assert_true(next == 5 && lost == 1 && is_sample(&samples[3], 4));
	push(ring);
	assert_int_equal(ring_follow(&ring->view, &next, samples, 64, NULL), 1);
	assert_true(next == 6 && is_sample(&samples[0], 5));
	/* torn at the end: perhaps it is being written anew */
	push(ring);
	ring->words[6 * SAMPLE_WORDS] ^= 1;
	assert_int_equal(ring_follow(&ring->view, &next, samples, 64, &lost), 0);
	assert_true(next == 6 && lost == 0);
	ring->words[6 * SAMPLE_WORDS] ^= 1;
	assert_int_equal(ring_follow(&ring->view, &next, samples, 64, &lost), 1);
	assert_true(next == 7 && lost == 0 && is_sample(&samples[0], 6));
	/* overtaken, and with little room */
	while (head_of(ring) < 100)
		push(ring);
	assert_int_equal(ring_follow(&ring->view, &next, samples, 64, &lost), 64);
	assert_true(next == 100 && lost == 29 && is_sample(&samples[0], 36));
	for (int i = 0; i < 10; i++)
		push(ring);
	assert_int_equal(ring_follow(&ring->view, &next, samples, 4, &lost), 4);
	assert_true(next == 110 && lost == 6 && is_sample(&samples[0], 106));
	/* a ring that began anew */
	atomic_store(&ring->head, 0);
	push(ring);
	assert_int_equal(ring_follow(&ring->view, &next, samples, 64, &lost), 1);
	assert_true(next == 1 && lost == 0 && is_sample(&samples[0], 0));
	ring_free(ring);
}

static void leaves_its_neighbours_alone(void **state)
{
	struct fixture *ring = ring_new(100);

	(void)state;
	for (int i = 0; i < 1000; i++)
		push(ring);
	for (size_t i = 0; i < (size_t)ring->shape.slots * NEIGHBOURS * SAMPLE_WORDS; i++)
		if (i / (RING_CHUNK * SAMPLE_WORDS) % NEIGHBOURS != 0)
			assert_true(ring->words[i] == 0);
	ring_free(ring);
}

/* ---- one writer, two readers ---- */

#define PUSHES 60000

struct reader {
	const struct fixture *ring;
	size_t wrong, read, rounds;
};

static void *write_samples(void *data)
{
	struct fixture *ring = data;

	for (int i = 0; i < PUSHES; i++)
		push(ring);
	return NULL;
}

/* Everything copied is a sample that was pushed, in order, and the head never goes back. */
static void *read_samples(void *data)
{
	struct reader *reader = data;
	struct sample samples[48];
	uint64_t next = 0, head = 0;

	while (head < PUSHES) {
		uint64_t first, newest = ring_head(&reader->ring->view);
		reader->wrong += newest < head;
		head = newest;
		size_t count = ring_copy(&reader->ring->view, next, samples, 48, &first);
		int64_t before = (int64_t)first - 1;
		for (size_t i = 0; i < count; i++) {
			reader->wrong += !is_sample(&samples[i], (uint64_t)samples[i].at_ms) ||
					 samples[i].at_ms <= before;
			before = samples[i].at_ms;
		}
		reader->wrong += count > 0 && first < next;
		reader->read += count;
		reader->rounds++;
		next = (uint64_t)(before + 1);
	}
	return NULL;
}

/* Each sample that was pushed is had once or lost. */
static void *follow_samples(void *data)
{
	struct reader *reader = data;
	struct sample samples[48];
	uint64_t next = 0, all = 0;
	int64_t newest = -1;

	while (all < PUSHES) {
		uint64_t lost;
		size_t count = ring_follow(&reader->ring->view, &next, samples, 48, &lost);

		for (size_t i = 0; i < count; i++) {
			reader->wrong += !is_sample(&samples[i], (uint64_t)samples[i].at_ms) ||
					 samples[i].at_ms <= newest;
			newest = samples[i].at_ms;
		}
		all += count + lost;
		reader->wrong += all != next || (count > 0 && next != (uint64_t)newest + 1);
		reader->read += count;
		reader->rounds++;
	}
	return NULL;
}

static void readers_see_only_what_was_pushed(void **state)
{
	struct fixture *ring = ring_new(20); /* so small that readers are overtaken */
	struct reader readers[3] = {{.ring = ring}, {.ring = ring}, {.ring = ring}};
	pthread_t writer, threads[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
						i < 2 ? read_samples : follow_samples, &readers[i]),
				 0);
	assert_int_equal(pthread_create(&writer, NULL, write_samples, ring), 0);
	pthread_join(writer, NULL);
	for (int i = 0; i < 3; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(readers[i].wrong, 0);
		assert_true(readers[i].rounds > 0);
	}
	ring_free(ring);
}

static void failures_can_be_taken_back(void **state)
{
	struct fixture *ring = ring_new(20);
	struct sample sample;

	(void)state;
	for (int i = 0; i < 30; i++) {
		sample = sample_of((uint64_t)i);
		sample.cls = i % 2 ? CLASS_REFUSED : CLASS_OK;
		sample.flags = 0;
		ring_push(&ring->head, ring->words, &ring->shape, &sample);
	}
	ring_taint(&ring->view, ring->words, 24);
	for (uint64_t i = 15; i < 30; i++) {
		assert_true(ring_get(&ring->view, i, &sample));
		assert_int_equal(sample.cls, i % 2 ? CLASS_REFUSED : CLASS_OK);
		assert_int_equal(sample_is_tainted(&sample), i % 2 && i >= 24);
	}
	ring_taint(&ring->view, ring->words, 0); /* older ones than there are */
	ring_free(ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_ring_has_nothing),
		cmocka_unit_test(keeps_the_newest_when_full),
		cmocka_unit_test(answers_as_a_model_that_keeps_everything),
		cmocka_unit_test(leaves_out_a_torn_record),
		cmocka_unit_test(who_follows_has_each_sample_once),
		cmocka_unit_test(leaves_its_neighbours_alone),
		cmocka_unit_test(readers_see_only_what_was_pushed),
		cmocka_unit_test(failures_can_be_taken_back),
	};

	return cmocka_run_group_tests_name("ring", tests, NULL, NULL);
}
