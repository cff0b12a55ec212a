/* Rollups against all samples ever pushed: no check is lost, none counted twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/rollup.h"
#include "store/store.h"

#define MINUTE	 60000
#define QUARTER	 900000
#define START_MS INT64_C(1795000000000)

static struct target targets[] = {
	{.name = "a", .interval_ms = 5000},
	{.name = "b", .interval_ms = 5000},
	{.name = "c", .interval_ms = 0},
};
/* Raw samples are soon gone: what is old can only come from rollups. */
static const struct config config = {
	.program = {.keep_ms = 60000}, .targets = targets, .target_count = 3};

/* Everything pushed to the target under test. */
#define MOST 60000
static struct sample *pushed;
static int32_t *scratch;
static size_t count;
static uint64_t seed;

static int set_up(void **state)
{
	*state = store_open(&config);
	pushed = calloc(MOST, sizeof *pushed);
	scratch = calloc(MOST, sizeof *scratch);
	count = 0;
	return 0;
}

static int tear_down(void **state)
{
	store_close(*state);
	free(pushed);
	free(scratch);
	return 0;
}

static uint32_t random_below(uint32_t limit)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (uint32_t)((seed >> 33) % limit);
}

static void push(struct store *store, size_t target, int64_t at_ms)
{
	static const enum probe_class classes[] = {
		CLASS_OK, CLASS_OK,  CLASS_OK,	  CLASS_OK,	     CLASS_OK,
		CLASS_OK, CLASS_DNS, CLASS_LOCAL, CLASS_HTTP_STATUS, CLASS_TIMEOUT_BODY};
	struct sample sample = sample_blank(at_ms);

	sample.total_us = (int32_t)random_below(60000) + 1;
	sample.cls = classes[random_below(10)];
	sample.status = random_below(2) ? 503 : 404;
	sample.warnings = random_below(8) == 0 ? WARN_SLOW : 0;
	store_push(store, target, &sample);
	pushed[count++] = sample;
}

static void assert_counts(const struct bin *bin, const struct bin *wanted)
{
	assert_int_equal(bin->good, wanted->good);
	assert_int_equal(bin->failed, wanted->failed);
	assert_int_equal(bin->tainted, wanted->tainted);
	assert_int_equal(bin->max_us, wanted->max_us);
	assert_int_equal(bin->letter, wanted->letter);
	assert_int_equal(bin->slow, wanted->slow);
	assert_int_equal(bin->median_us == ABSENT_US, wanted->median_us == ABSENT_US);
}

/* Share of the good answers of a bin at or below a value. */
static double share_below(int64_t begin_ms, int64_t end_ms, int32_t value)
{
	size_t below = 0, all = 0;

	for (size_t i = 0; i < count; i++) {
		if (pushed[i].at_ms < begin_ms || pushed[i].at_ms >= end_ms ||
		    !sample_is_good(&pushed[i]))
			continue;
		all++;
		below += pushed[i].total_us <= value;
	}
	return (double)below / (double)all;
}

static void assert_bins(struct store *store, size_t target, int64_t end_ms, int64_t width_ms)
{
	enum { BINS = 40 };
	struct bin bins[BINS], wanted[BINS];

	assert_true(store_bins(store, target, bins, BINS, end_ms, width_ms));
	bins_of(wanted, BINS, end_ms, width_ms, pushed, count, scratch);
	for (int i = 0; i < BINS; i++) {
		assert_counts(&bins[i], &wanted[i]);
		int64_t begin_ms = (end_ms / width_ms - (BINS - 1) + i) * width_ms;
		if (width_ms == MINUTE)
			assert_int_equal(bins[i].median_us, wanted[i].median_us);
		else if (wanted[i].good > 100)
			assert_in_range(
				100 * share_below(begin_ms, begin_ms + width_ms, bins[i].median_us),
				35, 65);
	}
}

/* Every 5 s with gaps of up to an hour, for a day and a half. */
static int64_t push_days(struct store *store)
{
	int64_t at_ms = START_MS;

	while (at_ms < START_MS + INT64_C(36) * 3600000) {
		at_ms += random_below(400) == 0 ? random_below(3600000) : 4900 + random_below(200);
		push(store, 0, at_ms);
		/* A neighbour, whose records must not be taken for ours. */
		struct sample other = sample_blank(at_ms + 40000);
		store_push(store, 1, &other);
	}
	return at_ms;
}

static void bins_hold_each_check_once(void **state)
{
	seed = 1;
	int64_t now_ms = push_days(*state);
	assert_true(store_ring_capacity(*state, 0) < count);
	for (int i = 0; i < 10; i++) {
		int64_t end_ms = now_ms - (int64_t)random_below(INT32_MAX / 200);
		assert_bins(*state, 0, end_ms, MINUTE);
		assert_bins(*state, 0, end_ms, 5 * MINUTE);
		assert_bins(*state, 0, end_ms, QUARTER);
		assert_bins(*state, 0, end_ms, 4 * QUARTER);
	}
	assert_bins(*state, 0, now_ms, MINUTE);
	assert_bins(*state, 0, now_ms, 96 * QUARTER);
}

static void bins_are_right_at_every_moment_of_a_quarter(void **state)
{
	seed = 2;
	for (int64_t at_ms = START_MS; at_ms < START_MS + 40 * MINUTE; at_ms += 5000) {
		push(*state, 0, at_ms);
		assert_bins(*state, 0, at_ms, MINUTE);
		assert_bins(*state, 0, at_ms, QUARTER);
	}
}

static void other_widths_are_refused(void **state)
{
	struct bin bin;

	assert_false(store_bins(*state, 0, &bin, 1, START_MS, 1000));
	assert_false(store_bins(*state, 0, &bin, 1, START_MS, 61000));
	assert_false(store_bins(*state, 0, &bin, 1, START_MS, 0));
	assert_true(store_bins(*state, 0, &bin, 1, START_MS, 3 * MINUTE));
}

static void the_tally_is_that_of_all_checks_since(void **state)
{
	seed = 3;
	int64_t now_ms = push_days(*state);
	for (int64_t back_ms = 0; back_ms < INT64_C(30) * 3600000; back_ms += 1000003) {
		int64_t from_ms = now_ms - back_ms;
		int64_t grain_ms = back_ms < INT64_C(24) * 3600000 ? MINUTE : QUARTER;
		uint64_t good, failed, wanted_good = 0, wanted_failed = 0;
		store_tally(*state, 0, from_ms, &good, &failed);
		for (size_t i = 0; i < count; i++) {
			if (pushed[i].at_ms < from_ms / grain_ms * grain_ms)
				continue;
			wanted_good += sample_is_good(&pushed[i]);
			wanted_failed += sample_is_failure(&pushed[i]);
		}
		assert_int_equal(good, wanted_good);
		assert_int_equal(failed, wanted_failed);
	}
}

/* One in twelve is a hang that swallows starts of the next ones. */
static int64_t push_with_hangs(struct store *store, int64_t at_ms, int checks)
{
	for (int i = 0; i < checks; i++) {
		struct sample sample = sample_blank(at_ms);

		sample.cls = random_below(6) ? CLASS_OK : CLASS_TIMEOUT_BODY;
		sample.total_us = random_below(12) ? 300000 : 27000000;
		store_push(store, 1, &sample);
		at_ms += sample.total_us > 5000000 ? 30000 : 5000;
	}
	return at_ms;
}

static void the_tally_of_a_moment_gone_by_is_that_of_then(void **state)
{
	struct store *store = *state;
	int64_t at_ms = START_MS;

	seed = 9;
	for (int i = 0; i < 200; i++) {
		uint64_t good, failed, good_then, failed_then;
		struct store_then then = {at_ms, store_head(store, 1)};
		int64_t from_ms = at_ms - 96 * QUARTER;

		store_tally(store, 1, from_ms, &good, &failed);
		at_ms = push_with_hangs(store, at_ms, 1 + (int)random_below(60));
		store_tally_then(store, 1, from_ms, &then, &good_then, &failed_then);
		assert_true(i == 0 || good > 0);
		assert_int_equal(good_then, good);
		assert_int_equal(failed_then, failed);
	}
}

/* One period after the other, by its own checks: those of the last six hours are minutes. */
static void time_is_known_where_there_were_checks(void **state)
{
	seed = 7;
	int64_t now_ms = push_days(*state);
	int64_t fine_ms = (now_ms / MINUTE - 360) / 15 * QUARTER;

	for (int64_t back_ms = 5 * MINUTE; back_ms < INT64_C(30) * 3600000;
	     back_ms += 7 * QUARTER) {
		int64_t from_ms = now_ms - back_ms, known_ms, bad_ms, wanted = 0, wanted_bad = 0;
		int64_t begin_ms =
			from_ms < fine_ms ? from_ms / QUARTER * QUARTER : from_ms / MINUTE * MINUTE;

		while (begin_ms <= now_ms) {
			int64_t width_ms = begin_ms < fine_ms ? QUARTER : MINUTE;
			int64_t good = 0, failed = 0;

			for (size_t i = 0; i < count; i++) {
				if (pushed[i].at_ms < begin_ms ||
				    pushed[i].at_ms >= begin_ms + width_ms)
					continue;
				good += sample_is_good(&pushed[i]);
				failed += sample_is_failure(&pushed[i]);
			}
			if (good + failed > 0) {
				wanted += width_ms;
				wanted_bad += width_ms * failed / (good + failed);
			}
			begin_ms += width_ms;
		}
		store_time(*state, 0, from_ms, 0, &known_ms, &bad_ms);
		assert_int_equal(known_ms, wanted);
		assert_int_equal(bad_ms, wanted_bad);
	}
}

/* Checked every ten minutes: each quarter of an hour is known, of the one under way what its check
 * stands for. */
static void rare_checks_know_whole_quarters(void **state)
{
	int64_t at_ms = START_MS / QUARTER * QUARTER, known_ms, bad_ms;
	struct sample sample;

	for (int i = 0; i < 12; i++) {
		sample = sample_blank(at_ms + i * 10 * MINUTE);
		sample.total_us = 1;
		sample.cls = i < 9 ? CLASS_OK : CLASS_DNS;
		store_push(*state, 0, &sample);
	}
	store_time(*state, 0, at_ms, 10 * MINUTE, &known_ms, &bad_ms);
	assert_int_equal(known_ms, 7 * QUARTER + 10 * MINUTE);
	assert_int_equal(bad_ms, QUARTER + 10 * MINUTE);
	store_time(*state, 0, at_ms, 0, &known_ms, &bad_ms);
	assert_int_equal(known_ms, 12 * MINUTE);
	assert_int_equal(bad_ms, 3 * MINUTE);
}

/* Neither the minute in which the checks began nor the one that is under way counts whole. */
static void minutes_at_the_edges_count_by_their_checks(void **state)
{
	int64_t at_ms = START_MS / MINUTE * MINUTE + 38000, known_ms, bad_ms;
	struct sample sample;

	for (int i = 0; i < 105; i++) {
		sample = sample_blank(at_ms + i * 1000);
		sample.total_us = 1;
		sample.cls = i >= 22 && i < 82 ? CLASS_OK : CLASS_DNS;
		store_push(*state, 0, &sample);
	}
	store_time(*state, 0, at_ms - 60 * MINUTE, 1000, &known_ms, &bad_ms);
	assert_int_equal(known_ms, 105 * 1000);
	assert_int_equal(bad_ms, 45 * 1000);
}

/* The place of a record is used again after so long: what stood there is of another time. */
static void a_record_of_another_time_is_a_gap(void **state)
{
	static const struct {
		int64_t again_ms, width_ms;
	} cases[] = {
		{(int64_t)MINUTE_CHUNKS * ROLLUP_CHUNK * MINUTE, MINUTE},
		{(int64_t)QUARTER_CHUNKS * ROLLUP_CHUNK * QUARTER, QUARTER},
	};
	struct bin bins[2];

	for (size_t i = 0; i < 2; i++) {
		int64_t begin_ms = START_MS / QUARTER * QUARTER + (int64_t)i * 3600000;
		for (int k = 0; k < 20; k++)
			push(*state, 1 - i, begin_ms + k * 1000);
		push(*state, 1 - i, begin_ms + cases[i].again_ms + cases[i].width_ms);
		assert_true(store_bins(*state, 1 - i, bins, 2,
				       begin_ms + cases[i].again_ms + cases[i].width_ms,
				       cases[i].width_ms));
		assert_int_equal(bins[0].good + bins[0].failed + bins[0].tainted, 0);
		assert_int_equal(bins[1].good + bins[1].failed + bins[1].tainted, 1);
	}
}

static void back_to_back_checks_are_all_counted(void **state)
{
	enum { EACH_MINUTE = 20000 }; /* more than the ring holds */
	struct bin bins[3];
	uint64_t good, failed;

	seed = 5;
	for (int minute = 0; minute < 2; minute++)
		for (int i = 0; i < EACH_MINUTE; i++)
			push(*state, 2, START_MS / MINUTE * MINUTE + minute * MINUTE + i * 3);
	assert_true(store_bins(*state, 2, bins, 2, pushed[count - 1].at_ms, MINUTE));
	for (int i = 0; i < 2; i++) {
		int64_t begin_ms = START_MS / MINUTE * MINUTE + i * MINUTE;
		assert_int_equal(bins[i].good + bins[i].failed + bins[i].tainted, EACH_MINUTE);
		assert_in_range(1000 * share_below(begin_ms, begin_ms + MINUTE, bins[i].median_us),
				470, 530);
	}
	store_tally(*state, 2, START_MS, &good, &failed);
	assert_int_equal(good + failed + bins[0].tainted + bins[1].tainted, 2 * EACH_MINUTE);
}

static void a_clock_set_back_loses_no_check(void **state)
{
	struct bin bins[29];
	int64_t begin_ms = START_MS / MINUTE * MINUTE, sum = 0;
	uint64_t good, failed;

	seed = 6;
	for (int i = 0; i < 120; i++)
		push(*state, 0, begin_ms + i * 5000);
	for (int i = 0; i < 240; i++) /* five minutes back */
		push(*state, 0, begin_ms + 5 * MINUTE + i * 5000);
	assert_true(store_bins(*state, 0, bins, 29, pushed[count - 1].at_ms, MINUTE));
	for (int i = 0; i < 29; i++)
		sum += bins[i].good + bins[i].failed + bins[i].tainted;
	assert_int_equal(sum, 360);
	store_tally(*state, 0, begin_ms - MINUTE, &good, &failed);
	int64_t tainted = 0;
	for (size_t i = 0; i < count; i++)
		tainted += sample_is_tainted(&pushed[i]);
	assert_int_equal((int64_t)(good + failed) + tainted, 360);
}

static void a_record_survives_and_a_torn_one_is_refused(void **state)
{
	const struct rollup rollup = {.period = 29916667,
				      .good = 11,
				      .failed = 2,
				      .tainted = 65535,
				      .slow = 5,
				      .letter = 'T',
				      .min_us = 3,
				      .max_us = INT32_MAX,
				      .median_us = 0,
				      .mean_us = 77,
				      .groups = {0, 15, 16, 31, 33, 1000, 60000, 1}};
	static const uint32_t groups[ROLLUP_GROUPS] = {0, 15, 16, 31, 32, 992, 59392, 1};
	struct rollup back = {0};
	uint64_t words[ROLLUP_WORDS], zeros[ROLLUP_WORDS] = {0};

	(void)state;
	rollup_pack(words, &rollup);
	assert_true(rollup_unpack(&back, words, rollup.period));
	assert_int_equal(back.good, 11);
	assert_int_equal(back.failed, 2);
	assert_int_equal(back.tainted, 65535);
	assert_int_equal(back.slow, 5);
	assert_int_equal(back.letter, 'T');
	assert_int_equal(back.min_us, 3);
	assert_int_equal(back.max_us, INT32_MAX);
	assert_int_equal(back.median_us, 0);
	assert_int_equal(back.mean_us, 77);
	assert_memory_equal(back.groups, groups, sizeof groups);
	assert_false(rollup_unpack(&back, words, rollup.period + 1448));
	for (unsigned bit = 0; bit < ROLLUP_WORDS * 64; bit++) {
		words[bit / 64] ^= UINT64_C(1) << bit % 64;
		assert_false(rollup_unpack(&back, words, rollup.period));
		words[bit / 64] ^= UINT64_C(1) << bit % 64;
	}
	assert_false(rollup_unpack(&back, zeros, 0));
}

/* Percentiles out of rollups against those of all samples ever pushed. */
static void percentiles_of_long_windows_are_within_two_per_cent(void **state)
{
	static const int64_t backs_ms[] = {10 * MINUTE, 6 * 3600000, 20 * 3600000, 34 * 3600000};
	double worst = 0;

	seed = 7;
	int64_t now_ms = push_days(*state);
	for (size_t i = 0; i < 4; i++) {
		int64_t grain_ms = i < 3 ? MINUTE : QUARTER;
		int64_t from_ms = (now_ms - backs_ms[i]) / grain_ms * grain_ms;
		uint32_t failures[STORE_FAILURE_GROUPS], failed = 0;
		struct stats found = store_stats(*state, 0, from_ms, now_ms, 10000, failures);
		struct stats exact = stats_of(pushed, count, from_ms, now_ms, 10000, scratch);
		const int32_t pairs[][2] = {{found.p50_us, exact.p50_us},
					    {found.p90_us, exact.p90_us},
					    {found.p95_us, exact.p95_us},
					    {found.p99_us, exact.p99_us}};
		assert_int_equal(found.good, exact.good);
		assert_int_equal(found.failed, exact.failed);
		assert_int_equal(found.tainted, exact.tainted);
		assert_int_equal(found.min_us, exact.min_us);
		assert_int_equal(found.max_us, exact.max_us);
		assert_true(found.uptime > exact.uptime - 1e-9 &&
			    found.uptime < exact.uptime + 1e-9);
		assert_true(found.apdex > exact.apdex - 0.02 && found.apdex < exact.apdex + 0.02);
		for (size_t k = 0; k < 4; k++) {
			double error = (double)(pairs[k][0] - pairs[k][1]) / pairs[k][1];
			worst = error > worst ? error : -error > worst ? -error : worst;
		}
		for (size_t k = 0; k < STORE_FAILURE_GROUPS; k++)
			failed += failures[k];
		assert_in_range(failed, found.failed * 93 / 100, found.failed);
	}
	printf("# figure: percentiles out of rollups are at most %.2f %% off\n", 100 * worst);
	assert_true(worst < 0.02);
}

static void a_window_without_checks_has_no_statistics(void **state)
{
	struct stats stats = store_stats(*state, 0, START_MS, START_MS + MINUTE, 10000, NULL);

	assert_int_equal(stats.samples, 0);
	assert_int_equal(stats.p50_us, ABSENT_US);
	assert_true(stats.uptime < 0 && stats.apdex < 0);
}

/* Every 5 s, and each answer takes 6: what it swallowed is put in, and was no faster. */
static void answers_slower_than_the_interval_stay_slow(void **state)
{
	int64_t begin_ms = START_MS / MINUTE * MINUTE;
	struct bin bins[3];

	for (int i = 0; i < 18; i++) {
		struct sample sample = sample_blank(begin_ms + i * 10000);

		sample.total_us = 6000000 + i % 2 * 1000;
		store_push(*state, 0, &sample);
	}
	assert_true(store_bins(*state, 0, bins, 3, begin_ms + 2 * MINUTE, MINUTE));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(bins[i].good, 12);
		assert_in_range(bins[i].median_us, 6000000, 6001000);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bins_hold_each_check_once),
		TEST(bins_are_right_at_every_moment_of_a_quarter),
		TEST(other_widths_are_refused),
		TEST(the_tally_is_that_of_all_checks_since),
		TEST(the_tally_of_a_moment_gone_by_is_that_of_then),
		TEST(time_is_known_where_there_were_checks),
		TEST(rare_checks_know_whole_quarters),
		TEST(minutes_at_the_edges_count_by_their_checks),
		TEST(a_record_of_another_time_is_a_gap),
		TEST(back_to_back_checks_are_all_counted),
		TEST(answers_slower_than_the_interval_stay_slow),
		TEST(a_clock_set_back_loses_no_check),
		TEST(percentiles_of_long_windows_are_within_two_per_cent),
		TEST(a_window_without_checks_has_no_statistics),
		cmocka_unit_test(a_record_survives_and_a_torn_one_is_refused),
	};

	return cmocka_run_group_tests_name("rollup", tests, NULL, NULL);
}
