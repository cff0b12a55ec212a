/* Statistics and bins against the slow and obvious way of computing them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "model/stats.h"

#define MOST 3000

static struct sample samples[MOST];
static int32_t scratch[MOST], sorted[MOST];
static uint64_t seed;

static uint32_t random_below(uint32_t limit)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (uint32_t)((seed >> 33) % limit);
}

/* Few different totals now and then, so that equal values are among them. */
static void fill_random(size_t count, uint32_t totals)
{
	static const enum probe_class classes[] = {
		CLASS_OK,      CLASS_OK, CLASS_OK,    CLASS_OK,	   CLASS_DNS,
		CLASS_REFUSED, CLASS_OK, CLASS_LOCAL, CLASS_RESET, CLASS_HTTP_STATUS};
	int64_t at_ms = 1000000;

	for (size_t i = 0; i < count; i++) {
		at_ms += random_below(20000);
		samples[i] = sample_blank(at_ms);
		samples[i].total_us = (int32_t)random_below(totals);
		samples[i].cls = classes[random_below(10)];
		samples[i].status = (uint16_t)(400 + random_below(200));
		samples[i].warnings = random_below(8) == 0 ? WARN_SLOW : 0;
		samples[i].flags = random_below(16) == 0 ? SAMPLE_TAINTED : 0;
	}
}

static int compare(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

static size_t sort_good(size_t from, size_t end)
{
	size_t good = 0;

	for (size_t i = from; i < end; i++)
		if (sample_is_good(&samples[i]))
			sorted[good++] = samples[i].total_us;
	qsort(sorted, good, sizeof sorted[0], compare);
	return good;
}

/* The least value with at least p per mille of all at or below it, by counting. */
static int32_t slow_percentile(size_t good, unsigned per_mille)
{
	for (size_t i = 0; i < good; i++)
		if ((i + 1) * 1000 >= good * per_mille)
			return sorted[i];
	return ABSENT_US;
}

static void percentiles_are_of_the_nearest_rank(void **state)
{
	(void)state;
	seed = 1;
	for (size_t count = 0; count < 1200; count += 1 + count / 7) {
		fill_random(count, count % 3 ? 1000000 : 5);
		struct stats stats = stats_of(samples, count, 0, INT64_MAX, 100000, scratch);
		size_t good = sort_good(0, count);
		assert_int_equal(stats.good, good);
		assert_int_equal(stats.p50_us, slow_percentile(good, 500));
		assert_int_equal(stats.p90_us, slow_percentile(good, 900));
		assert_int_equal(stats.p95_us, slow_percentile(good, 950));
		assert_int_equal(stats.p99_us, slow_percentile(good, 990));
		assert_int_equal(stats.min_us, good ? sorted[0] : ABSENT_US);
		assert_int_equal(stats.max_us, good ? sorted[good - 1] : ABSENT_US);
	}
}

static void every_kind_of_sample_is_counted_once(void **state)
{
	(void)state;
	seed = 2;
	fill_random(MOST, 1000000);
	struct stats stats = stats_of(samples, MOST, 0, INT64_MAX, 100000, scratch);
	assert_int_equal(stats.samples, stats.good + stats.failed);
	assert_int_equal(stats.samples + stats.tainted, MOST);
	assert_true(stats.good > 0 && stats.failed > 0 && stats.tainted > 0);
	assert_true(fabs(stats.uptime - (double)stats.good / stats.samples) < 1e-12);
}

static void the_window_takes_both_its_ends(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		samples[i] = sample_blank(1000 + i);
		samples[i].total_us = i;
	}
	struct stats stats = stats_of(samples, 5, 1001, 1003, 1, scratch);
	assert_int_equal(stats.samples, 3);
	assert_int_equal(stats.min_us, 1);
	assert_int_equal(stats.max_us, 3);
	assert_int_equal(stats.mean_us, 2);
	assert_true(stats.from_ms == 1001 && stats.to_ms == 1003);
}

static void nothing_measured_is_absent_and_not_zero(void **state)
{
	(void)state;
	samples[0] = sample_blank(5);
	samples[0].cls = CLASS_DNS;
	for (size_t count = 0; count <= 1; count++) {
		struct stats stats = stats_of(samples, count, 0, 10, 1, scratch);
		assert_int_equal(stats.p50_us, ABSENT_US);
		assert_int_equal(stats.mean_us, ABSENT_US);
		assert_int_equal(stats.max_us, ABSENT_US);
		assert_true(count == 0 ? stats.uptime < 0 && stats.apdex < 0
				       : stats.uptime == 0 && stats.apdex == 0);
	}
}

static void apdex_counts_tolerated_answers_half_and_failures_not(void **state)
{
	static const int32_t totals[] = {100, 100, 101, 400, 401};

	(void)state;
	for (int i = 0; i < 6; i++) {
		samples[i] = sample_blank(i);
		samples[i].total_us = i < 5 ? totals[i] : 50;
	}
	samples[5].cls = CLASS_REFUSED;
	struct stats stats = stats_of(samples, 6, 0, 10, 100, scratch);
	assert_true(fabs(stats.apdex - (2 + 2 / 2.0) / 6) < 1e-12);
}

/* ---- bins ---- */

static struct bin slow_bin(size_t count, int64_t begin_ms, int64_t end_ms)
{
	struct bin bin = {.median_us = ABSENT_US, .max_us = ABSENT_US};
	size_t first = count, last = 0;

	for (size_t i = 0; i < count; i++) {
		if (samples[i].at_ms < begin_ms || samples[i].at_ms >= end_ms)
			continue;
		first = first < i ? first : i;
		last = i + 1;
		bin.good = (uint16_t)(bin.good + sample_is_good(&samples[i]));
		bin.failed = (uint16_t)(bin.failed + sample_is_failure(&samples[i]));
		bin.tainted = (uint16_t)(bin.tainted + sample_is_tainted(&samples[i]));
		bin.slow |= sample_is_good(&samples[i]) && (samples[i].warnings & WARN_SLOW);
		char letter = class_letter(samples[i].cls, samples[i].status);
		if (sample_is_failure(&samples[i]) &&
		    class_letter_rank(letter) > class_letter_rank(bin.letter))
			bin.letter = letter;
	}
	size_t good = first < last ? sort_good(first, last) : 0;
	bin.median_us = slow_percentile(good, 500);
	bin.max_us = good ? sorted[good - 1] : ABSENT_US;
	return bin;
}

static void assert_same_bin(const struct bin *a, const struct bin *b)
{
	assert_int_equal(a->good, b->good);
	assert_int_equal(a->failed, b->failed);
	assert_int_equal(a->tainted, b->tainted);
	assert_int_equal(a->median_us, b->median_us);
	assert_int_equal(a->max_us, b->max_us);
	assert_int_equal(a->letter, b->letter);
	assert_int_equal(a->slow, b->slow);
}

static void bins_hold_what_falls_into_them(void **state)
{
	static const int64_t widths[] = {1000, 5000, 15000, 60000, 300000, 7777};
	struct bin bins[100];

	(void)state;
	seed = 3;
	for (size_t w = 0; w < sizeof widths / sizeof widths[0]; w++) {
		for (size_t bin_count = 1; bin_count <= 100; bin_count += 33) {
			fill_random(800, 100000);
			/* Now and then samples that are newer than the newest bin. */
			int64_t end_ms = samples[799].at_ms + (int64_t)random_below(20000) - 10000;
			bins_of(bins, bin_count, end_ms, widths[w], samples, 800, scratch);
			for (size_t i = 0; i < bin_count; i++) {
				int64_t number = end_ms / widths[w] - (int64_t)(bin_count - 1 - i);
				struct bin wanted =
					slow_bin(800, number * widths[w], (number + 1) * widths[w]);
				assert_same_bin(&bins[i], &wanted);
			}
		}
	}
}

static void bins_of_nothing_are_gaps(void **state)
{
	struct bin bins[3];

	(void)state;
	memset(bins, 0xee, sizeof bins);
	bins_of(bins, 3, 1000000, 1000, samples, 0, scratch);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(bins[i].good + bins[i].failed + bins[i].tainted, 0);
		assert_int_equal(bins[i].median_us, ABSENT_US);
		assert_int_equal(bins[i].letter, 0);
	}
}

static void a_clock_set_back_loses_no_check(void **state)
{
	static const int64_t at_ms[] = {1000, 2000, 3000, 1500, 1600, 2500, 9000};
	struct bin bins[3];

	(void)state;
	for (int i = 0; i < 7; i++) {
		samples[i] = sample_blank(at_ms[i]);
		samples[i].total_us = 10 * (i + 1);
	}
	bins_of(bins, 3, 3000, 1000, samples, 7, scratch);
	assert_int_equal(bins[0].good, 3);
	assert_int_equal(bins[1].good, 2);
	assert_int_equal(bins[2].good, 1);
	assert_int_equal(bins[0].median_us, 40); /* of the longer run: 40, 50 */
	assert_int_equal(bins[0].max_us, 50);
}

static void a_percentile_of_a_list_stays_within_it(void **state)
{
	int32_t values[] = {5, 1, 4, 2, 3};

	(void)state;
	assert_int_equal(values_percentile(values, 0, 500), ABSENT_US);
	assert_int_equal(values_percentile(values, 5, 0), 1);
	assert_int_equal(values_percentile(values, 5, 500), 3);
	assert_int_equal(values_percentile(values, 5, 1000), 5);
	assert_int_equal(values_percentile(values, 1, 990), values[0]);
}

/* No order of values may make it slow: told, not judged. */
static void tells_what_it_costs(void **state)
{
	enum { MANY = 65536 };
	struct sample *many = calloc(MANY, sizeof *many);
	int32_t *values = calloc(MANY, sizeof *values);
	static const char *const orders[] = {"random", "rising", "equal", "organ pipe"};
	struct stats stats = {0};

	(void)state;
	for (int order = 0; order < 4; order++) {
		for (int32_t i = 0; i < MANY; i++) {
			const int32_t totals[] = {(int32_t)random_below(1000000), i, 7,
						  i < MANY / 2 ? i : MANY - i};
			many[i] = sample_blank(i);
			many[i].total_us = totals[order];
		}
		for (size_t count = 720; count <= MANY; count += MANY - 720) {
			struct timespec begin, end;
			clock_gettime(CLOCK_MONOTONIC, &begin);
			stats = stats_of(many, count, 0, INT64_MAX, 1000, values);
			clock_gettime(CLOCK_MONOTONIC, &end);
			print_message("# figure: statistics of %zu samples, %s: %.1f us\n", count,
				      orders[order],
				      (double)(end.tv_sec - begin.tv_sec) * 1e6 +
					      (double)(end.tv_nsec - begin.tv_nsec) / 1e3);
			assert_int_equal(stats.good, count);
		}
	}
	free(many);
	free(values);
}

/* ---- starts that a hang swallowed ---- */

static struct stats corrected(const struct sample *checks, size_t count, int64_t interval_us)
{
	int32_t room[64];
	struct stats stats = stats_of(checks, count, 0, 60000, 500000, room);

	stats_correct(&stats, checks, count, interval_us, 500000);
	return stats;
}

static struct sample taking(int64_t at_ms, int32_t total_us, enum probe_class cls)
{
	struct sample sample = sample_blank(at_ms);

	sample.total_us = total_us;
	sample.cls = cls;
	return sample;
}

/* Once a second for a minute, ten of which it hangs: one failure, and nine starts that it swallowed. */
static void a_hang_weighs_as_long_as_it_lasts(void **state)
{
	struct sample checks[51];

	(void)state;
	for (int i = 0; i < 50; i++)
		checks[i] = taking(1000 * (i < 20 ? i : i + 10), 100000, CLASS_OK);
	checks[50] = taking(20000, 10000000, CLASS_TIMEOUT_FIRST_BYTE);
	struct stats stats = corrected(checks, 51, 1000000);
	assert_int_equal(stats.failed, 1);
	assert_int_equal(stats.samples, 51);
	assert_int_equal(stats.swallowed, 9);
	assert_float_equal(stats.uptime, 50.0 / 60, 1e-9);
	assert_float_equal(stats.apdex, 50.0 / 60, 1e-9);
	assert_float_equal(stats.coverage, 1, 1e-9);
	assert_int_equal(stats.p99_us, 100000); /* of answers: a failure is no latency */
}

/* An answer after 5.05 s at one a second: those who came 1 s, 2 s ... later waited 4.05 s, 3.05 s ... */
static void a_late_answer_counts_for_those_behind_it(void **state)
{
	struct sample checks[6];

	(void)state;
	for (int i = 0; i < 5; i++)
		checks[i] = taking(1000 * i, 100000, CLASS_OK);
	checks[5] = taking(5000, 5050000, CLASS_OK);
	struct stats stats = corrected(checks, 6, 1000000);
	assert_int_equal(stats.good, 6);
	assert_int_equal(stats.swallowed, 5);
	assert_float_equal(stats.uptime, 1, 1e-9);
	/* in order: six times 0.1 (0.05 would be faster than the answer before), 1.05, 2.05, 3.05, 4.05, 5.05 */
	assert_int_equal(stats.p50_us, 100000);
	assert_int_equal(stats.p90_us, 4050000);
	assert_int_equal(stats.p99_us, 5050000);
	/* six satisfied (up to 0.5 s), one tolerating (up to 2 s) */
	assert_float_equal(stats.apdex, 6.5 / 11, 1e-9);
	assert_float_equal(stats.coverage, 11.0 / 60, 1e-9);
}

/* Each answer takes longer than the interval: whoever had come in between would have fared no better. */
static void a_server_slower_than_the_interval_is_as_slow_as_it_is(void **state)
{
	struct sample checks[20];

	(void)state;
	for (int i = 0; i < 20; i++)
		checks[i] = taking(3000 * i, 2500000 + i % 3 * 1000, CLASS_OK);
	struct stats stats = corrected(checks, 20, 1000000);
	assert_int_equal(stats.swallowed, 40);
	assert_in_range(stats.p50_us, stats.min_us, stats.max_us);
	assert_in_range(stats.p90_us, stats.p50_us, stats.max_us);
	assert_float_equal(stats.apdex, 0, 1e-9); /* over 2 s each */
}

static void nothing_is_corrected_where_nothing_was_swallowed(void **state)
{
	struct sample checks[] = {taking(0, 999999, CLASS_OK), taking(1000, 1000000, CLASS_OK),
				   taking(2000, 90000000, CLASS_LOCAL)};
	int32_t room[3];
	struct stats plain, stats;

	(void)state;
	checks[2].flags = SAMPLE_TAINTED;
	plain = stats_of(checks, 3, 0, 60000, 500000, room);
	stats = corrected(checks, 3, 1000000);
	assert_int_equal(stats.swallowed, 0);
	assert_int_equal(stats.p50_us, plain.p50_us);
	assert_true(stats.uptime == plain.uptime && stats.apdex == plain.apdex);
	stats = corrected(checks, 3, 0); /* back to back */
	assert_int_equal(stats.swallowed, 0);
	assert_true(stats.coverage < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(percentiles_are_of_the_nearest_rank),
		cmocka_unit_test(every_kind_of_sample_is_counted_once),
		cmocka_unit_test(the_window_takes_both_its_ends),
		cmocka_unit_test(nothing_measured_is_absent_and_not_zero),
		cmocka_unit_test(apdex_counts_tolerated_answers_half_and_failures_not),
		cmocka_unit_test(bins_hold_what_falls_into_them),
		cmocka_unit_test(bins_of_nothing_are_gaps),
		cmocka_unit_test(a_clock_set_back_loses_no_check),
		cmocka_unit_test(a_percentile_of_a_list_stays_within_it),
		cmocka_unit_test(tells_what_it_costs),
		cmocka_unit_test(a_hang_weighs_as_long_as_it_lasts),
		cmocka_unit_test(a_late_answer_counts_for_those_behind_it),
		cmocka_unit_test(a_server_slower_than_the_interval_is_as_slow_as_it_is),
		cmocka_unit_test(nothing_is_corrected_where_nothing_was_swallowed),
	};

	return cmocka_run_group_tests_name("stats", tests, NULL, NULL);
}
