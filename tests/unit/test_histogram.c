/* Histograms: near every value, in any size, added up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/sample.h"
#include "store/histogram.h"

#define BYTES 88

static uint64_t seed = 1;

static uint32_t random_below(uint32_t limit)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (uint32_t)((seed >> 33) % limit);
}

static struct histogram empty(void)
{
	struct histogram histogram;

	histogram_clear(&histogram);
	return histogram;
}

static void every_value_is_found_within_two_per_cent(void **state)
{
	(void)state;
	for (int64_t value = 0; value <= INT32_MAX; value += value / 257 + 1) {
		struct histogram histogram = empty();
		histogram_add(&histogram, (int32_t)value);
		int64_t found = histogram_percentile(&histogram, 500);
		int64_t off = found > value ? found - value : value - found;
		assert_true(off * 64 <= value);
		assert_true(histogram_count_below(&histogram, value) == 1);
		assert_true(value < 200 || histogram_count_below(&histogram, value * 9 / 10) == 0);
	}
}

static void an_empty_one_has_no_percentile(void **state)
{
	struct histogram histogram = empty(), back = empty();
	uint64_t words[BYTES / 8];

	(void)state;
	assert_int_equal(histogram_percentile(&histogram, 500), ABSENT_US);
	histogram_pack(words, BYTES, &histogram, 7);
	assert_true(histogram_add_packed(&back, words, BYTES, 7));
	assert_true(back.total == 0);
}

/* 900 answers around 80 ms with a tail: what a check each second gives in a quarter of an hour. */
static int32_t usual(void)
{
	uint32_t sum = 0;

	for (int i = 0; i < 8; i++)
		sum += random_below(10000);
	return (int32_t)(40000 + sum + (random_below(50) ? 0 : 4 * sum));
}

static void packed_ones_come_back(void **state)
{
	(void)state;
	for (int turn = 0; turn < 200; turn++) {
		struct histogram histogram = empty(), back = empty();
		uint64_t words[BYTES / 8];
		for (int i = 0; i < 900; i++)
			histogram_add(&histogram, usual());
		histogram_pack(words, BYTES, &histogram, 99);
		assert_true(histogram_add_packed(&back, words, BYTES, 99));
		assert_true(back.total == 900);
		for (unsigned p = 10; p < 1000; p += 70) {
			double one = histogram_percentile(&histogram, p);
			double two = histogram_percentile(&back, p);
			assert_true(two > one * 0.98 && two < one * 1.02);
		}
	}
}

/* Values from everywhere, counts of every size, little room: none is lost. */
static void however_little_room_no_count_is_lost(void **state)
{
	(void)state;
	for (size_t bytes = 16; bytes <= 128; bytes += 8) {
		for (int turn = 0; turn < 50; turn++) {
			struct histogram histogram = empty(), back = empty();
			uint64_t words[16];
			uint32_t adds = 1 + random_below(3000), span = 1 + random_below(INT32_MAX);
			for (uint32_t i = 0; i < adds; i++)
				histogram_add(&histogram, (int32_t)random_below(span));
			histogram_pack(words, bytes, &histogram, 5);
			assert_true(histogram_add_packed(&back, words, bytes, 5));
			assert_true(back.total == histogram.total);
		}
	}
}

static void a_spoilt_one_is_refused(void **state)
{
	struct histogram histogram = empty(), back = empty();
	uint64_t words[BYTES / 8];

	(void)state;
	for (int i = 0; i < 50; i++)
		histogram_add(&histogram, usual());
	histogram_pack(words, BYTES, &histogram, 5);
	assert_false(histogram_add_packed(&back, words, BYTES, 6));
	int refused = 0;
	for (unsigned bit = 0; bit < BYTES * 8; bit++) {
		words[bit / 64] ^= UINT64_C(1) << bit % 64;
		refused += !histogram_add_packed(&back, words, BYTES, 5);
		words[bit / 64] ^= UINT64_C(1) << bit % 64;
	}
	assert_int_equal(refused, BYTES * 8);
	assert_true(back.total == 0);
	memset(words, 0, sizeof words);
	assert_false(histogram_add_packed(&back, words, BYTES, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_value_is_found_within_two_per_cent),
		cmocka_unit_test(an_empty_one_has_no_percentile),
		cmocka_unit_test(packed_ones_come_back),
		cmocka_unit_test(however_little_room_no_count_is_lost),
		cmocka_unit_test(a_spoilt_one_is_refused),
	};

	return cmocka_run_group_tests_name("histogram", tests, NULL, NULL);
}
