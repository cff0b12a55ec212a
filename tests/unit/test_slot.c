/* A value in a slot is read whole or not at all, also while it is being written. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/slot.h"

#define VALUE_MAX 600

static struct slot *slot_new(size_t size)
{
	return calloc(1, slot_bytes(size));
}

static void an_unwritten_slot_has_nothing(void **state)
{
	struct slot *slot = slot_new(VALUE_MAX);
	char value[8] = "before";

	(void)state;
	assert_int_equal(slot_read(slot, value, sizeof value), 0);
	assert_string_equal(value, "before");
	free(slot);
}

static void values_of_any_size_come_back(void **state)
{
	struct slot *slot = slot_new(VALUE_MAX);
	unsigned char written[VALUE_MAX], value[VALUE_MAX + 1];

	(void)state;
	for (size_t size = 1; size <= VALUE_MAX; size++) {
		for (size_t i = 0; i < size; i++)
			written[i] = (unsigned char)(size + i);
		slot_write(slot, written, size);
		memset(value, 0xee, sizeof value);
		assert_int_equal(slot_read(slot, value, sizeof value), size);
		assert_memory_equal(value, written, size);
		assert_int_equal(value[size], 0xee);
	}
	free(slot);
}

static void a_value_too_large_for_the_reader_is_none(void **state)
{
	struct slot *slot = slot_new(16);
	char value[8] = {0};

	(void)state;
	slot_write(slot, "0123456789", 10);
	assert_int_equal(slot_read(slot, value, 5), 0);
	assert_string_equal(value, "");
	free(slot);
}

static void a_spoilt_value_is_none(void **state)
{
	struct slot *slot = slot_new(16);
	char value[16];

	(void)state;
	for (size_t byte = 0; byte < slot_bytes(16); byte++) {
		slot_write(slot, "0123456789abcdef", 16);
		((unsigned char *)slot)[byte] ^= 4; /* leaves an even sequence even */
		if (byte < 8)
			continue;
		assert_int_equal(slot_read(slot, value, sizeof value), 0);
	}
	free(slot);
}

static void a_split_value_comes_back_whole(void **state)
{
	enum { NEAR = 8, GAP = 40, WORDS = 100 };
	struct slot *slot = slot_new((WORDS + GAP) * sizeof(uint64_t));
	const struct slot_split split = {.near = NEAR, .gap = GAP};
	uint64_t written[WORDS], value[WORDS];

	(void)state;
	for (size_t i = 0; i < WORDS; i++)
		written[i] = i * 7919;
	slot_write_split(slot, &split, written, sizeof written - 3);
	assert_int_equal(slot_read_split(slot, &split, value, sizeof value), sizeof written - 3);
	assert_memory_equal(value, written, sizeof written - 3);
	assert_true(atomic_load(&slot->words[NEAR - 1]) == written[NEAR - 1]);
	assert_true(atomic_load(&slot->words[NEAR]) == 0);
	assert_true(atomic_load(&slot->words[NEAR + GAP]) == written[NEAR]);
	free(slot);
}

static void a_writer_killed_in_the_middle_stops_no_reader(void **state)
{
	struct slot *slot = slot_new(16);
	char value[16];

	(void)state;
	slot_write(slot, "whole", 6);
	atomic_store(&slot->sequence, atomic_load(&slot->sequence) + 1);
	assert_int_equal(slot_read(slot, value, sizeof value), 0);
	slot_write(slot, "again", 6);
	assert_int_equal(slot_read(slot, value, sizeof value), 6);
	assert_string_equal(value, "again");
	free(slot);
}

/* ---- one writer, two readers ---- */

#define ROUNDS 20000

struct race {
	struct slot *slot;
	atomic_bool over;
	size_t torn[2], read[2];
};

struct reader {
	struct race *race;
	int number;
};

/* A value of n words is n words of n, so that one of two values is seen. */
static void *write_values(void *data)
{
	struct race *race = data;
	uint64_t value[64];

	for (uint64_t round = 1; round <= ROUNDS; round++) {
		uint64_t words = round % 64 + 1;
		for (size_t i = 0; i < words; i++)
			value[i] = round << 8 | words;
		slot_write(race->slot, value, words * sizeof value[0]);
	}
	atomic_store(&race->over, true);
	return NULL;
}

static void *read_values(void *data)
{
	struct reader *reader = data;
	struct race *race = reader->race;
	uint64_t value[64], newest = 0;

	while (!atomic_load(&race->over)) {
		size_t size = slot_read(race->slot, value, sizeof value);
		if (size == 0)
			continue;
		race->read[reader->number]++;
		for (size_t i = 0; i < size / sizeof value[0]; i++)
			race->torn[reader->number] +=
				value[i] != value[0] || (value[i] & 0xff) * 8 != size;
		race->torn[reader->number] += value[0] < newest;
		newest = value[0];
	}
	return NULL;
}

static void readers_see_whole_values_in_order(void **state)
{
	struct race race = {.slot = slot_new(64 * sizeof(uint64_t))};
	struct reader readers[2] = {
		{&race, 0},
		    {&race, 1}
	      };
	pthread_t writer, threads[2];
	uint64_t last[64];

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, read_values, &readers[i]), 0);
	assert_int_equal(pthread_create(&writer, NULL, write_values, &race), 0);
	pthread_join(writer, NULL);
	for (int i = 0; i < 2; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(race.torn[i], 0);
	}
	assert_true(slot_read(race.slot, last, sizeof last) > 0);
	assert_true(last[0] >> 8 == ROUNDS);
	free(race.slot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unwritten_slot_has_nothing),
		cmocka_unit_test(values_of_any_size_come_back),
		cmocka_unit_test(a_value_too_large_for_the_reader_is_none),
		cmocka_unit_test(a_spoilt_value_is_none),
		cmocka_unit_test(a_split_value_comes_back_whole),
		cmocka_unit_test(a_writer_killed_in_the_middle_stops_no_reader),
		cmocka_unit_test(readers_see_whole_values_in_order),
	};

	return cmocka_run_group_tests_name("slot", tests, NULL, NULL);
}
