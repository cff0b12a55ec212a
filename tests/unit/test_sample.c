/* A sample survives being packed, and what is no sample is recognised. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/sample.h"

static uint64_t seed;

static uint64_t random_word(void)
{
	seed += UINT64_C(0x9e3779b97f4a7c15);
	uint64_t z = seed;
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static int32_t random_exact_us(void)
{
	return (int32_t)(random_word() % 65537) - 1; /* ABSENT_US among them */
}

static struct sample random_sample(void)
{
	struct sample sample = {
		.at_ms = (int64_t)(random_word() % (UINT64_C(1) << 42)),
		.total_us = random_exact_us(),
		.lag_us = (int32_t)(random_word() % 65536),
		.bytes = (uint32_t)(random_word() % 65536),
		.status = (uint16_t)(random_word() % 1000),
		.cls = (enum probe_class)(random_word() % CLASS_COUNT),
		.warnings = (uint8_t)(random_word() % 4),
		.flags = (uint8_t)(random_word() % 64),
		.http = (enum http_version)(random_word() % (HTTP_3 + 1)),
	};

	for (int i = 0; i < PHASE_COUNT; i++)
		sample.phase_us[i] = random_exact_us();
	return sample;
}

static void assert_same_sample(const struct sample *a, const struct sample *b)
{
	assert_true(a->at_ms == b->at_ms);
	for (int i = 0; i < PHASE_COUNT; i++)
		assert_int_equal(a->phase_us[i], b->phase_us[i]);
	assert_int_equal(a->total_us, b->total_us);
	assert_int_equal(a->lag_us, b->lag_us);
	assert_int_equal(a->bytes, b->bytes);
	assert_int_equal(a->status, b->status);
	assert_int_equal(a->cls, b->cls);
	assert_int_equal(a->warnings, b->warnings);
	assert_int_equal(a->flags, b->flags);
	assert_int_equal(a->http, b->http);
}

static void every_field_survives(void **state)
{
	(void)state;
	seed = 1;
	for (uint64_t number = 0; number < 20000; number++) {
		struct sample sample = random_sample(), back;
		uint64_t words[SAMPLE_WORDS];
		sample_pack(words, &sample, number);
		assert_true(sample_unpack(&back, words, number));
		assert_same_sample(&sample, &back);
	}
}

static int32_t packed_us(int32_t value_us)
{
	struct sample sample = sample_blank(0), back;
	uint64_t words[SAMPLE_WORDS];

	sample.phase_us[PHASE_WAIT] = value_us;
	sample_pack(words, &sample, 0);
	assert_true(sample_unpack(&back, words, 0));
	return back.phase_us[PHASE_WAIT];
}

static void durations_are_exact_up_to_65535_us(void **state)
{
	(void)state;
	for (int32_t us = ABSENT_US; us <= 65535; us++)
		assert_int_equal(packed_us(us), us);
}

static void longer_durations_are_exact_to_one_part_in_65536(void **state)
{
	(void)state;
	for (int64_t us = 65536; us < 1073000000; us += us / 3000 + 1) {
		int64_t error = packed_us((int32_t)us) - us;
		assert_true(llabs(error) * 65536 <= us);
	}
}

static void longer_durations_keep_their_order(void **state)
{
	int32_t before = 0;

	(void)state;
	for (int64_t us = 60000; us < INT32_MAX; us += us / 500 + 1) {
		int32_t packed = packed_us((int32_t)us);
		assert_true(packed >= before);
		before = packed;
	}
}

static void what_does_not_fit_is_clamped(void **state)
{
	struct sample sample = sample_blank(-5), back;
	uint64_t words[SAMPLE_WORDS];

	(void)state;
	sample.total_us = INT32_MAX;
	sample.lag_us = -3;
	sample.bytes = UINT32_MAX;
	sample.status = 5000;
	sample_pack(words, &sample, 0);
	assert_true(sample_unpack(&back, words, 0));
	assert_true(back.at_ms == 0);
	assert_in_range(back.total_us, 1073000000, 1073741823);
	assert_int_equal(back.lag_us, 0);
	assert_in_range(back.bytes, 0xffff0000u, 0xffffffffu);
	assert_int_equal(back.status, 1023);
}

static void a_record_of_another_number_is_refused(void **state)
{
	unsigned taken = 0;

	(void)state;
	seed = 2;
	for (uint64_t number = 0; number < 10000; number++) {
		struct sample sample = random_sample(), back;
		uint64_t words[SAMPLE_WORDS];
		sample_pack(words, &sample, number);
		taken += sample_unpack(&back, words, number + 1 + random_word() % 70000);
	}
	assert_in_range(taken, 0, 3); /* one in 65 536 by chance */
}

static void a_torn_record_is_refused(void **state)
{
	unsigned taken = 0;

	(void)state;
	seed = 3;
	for (uint64_t number = 0; number < 10000; number++) {
		struct sample older = random_sample(), newer = random_sample(), back;
		uint64_t words[SAMPLE_WORDS], under[SAMPLE_WORDS];
		sample_pack(under, &older, number);
		sample_pack(words, &newer, number + 512);
		/* The first words of one, the last ones of the other. */
		size_t cut = 1 + random_word() % (SAMPLE_WORDS - 1);
		memcpy(under, words, cut * sizeof words[0]);
		taken += sample_unpack(&back, under, number);
		taken += sample_unpack(&back, under, number + 512);
	}
	assert_in_range(taken, 0, 4);
}

static void any_flipped_bit_is_noticed(void **state)
{
	unsigned taken = 0;

	(void)state;
	seed = 4;
	for (uint64_t number = 0; number < 100; number++) {
		struct sample sample = random_sample(), back;
		uint64_t words[SAMPLE_WORDS];
		sample_pack(words, &sample, number);
		for (unsigned bit = 0; bit < SAMPLE_WORDS * 64; bit++) {
			words[bit / 64] ^= UINT64_C(1) << bit % 64;
			taken += sample_unpack(&back, words, number);
			words[bit / 64] ^= UINT64_C(1) << bit % 64;
		}
	}
	assert_in_range(taken, 0, 3);
}

static void memory_never_written_is_no_sample(void **state)
{
	const uint64_t zeros[SAMPLE_WORDS] = {0};
	struct sample back;

	(void)state;
	for (uint64_t number = 0; number < 200000; number++)
		assert_false(sample_unpack(&back, zeros, number));
}

static void a_blank_sample_measured_nothing(void **state)
{
	struct sample sample = sample_blank(77);

	(void)state;
	assert_true(sample.at_ms == 77);
	assert_int_equal(sample.total_us, ABSENT_US);
	for (int i = 0; i < PHASE_COUNT; i++)
		assert_int_equal(sample.phase_us[i], ABSENT_US);
	assert_int_equal(sample.cls, CLASS_OK);
}

static void each_sample_is_good_or_failed_or_tainted(void **state)
{
	(void)state;
	seed = 5;
	for (int i = 0; i < 1000; i++) {
		struct sample sample = random_sample();
		assert_int_equal(sample_is_good(&sample) + sample_is_failure(&sample) +
					 sample_is_tainted(&sample),
				 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_survives),
		cmocka_unit_test(durations_are_exact_up_to_65535_us),
		cmocka_unit_test(longer_durations_are_exact_to_one_part_in_65536),
		cmocka_unit_test(longer_durations_keep_their_order),
		cmocka_unit_test(what_does_not_fit_is_clamped),
		cmocka_unit_test(a_record_of_another_number_is_refused),
		cmocka_unit_test(a_torn_record_is_refused),
		cmocka_unit_test(any_flipped_bit_is_noticed),
		cmocka_unit_test(memory_never_written_is_no_sample),
		cmocka_unit_test(a_blank_sample_measured_nothing),
		cmocka_unit_test(each_sample_is_good_or_failed_or_tainted),
	};

	return cmocka_run_group_tests_name("sample", tests, NULL, NULL);
}
