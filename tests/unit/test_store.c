/* The store from both of its sides: what a poller writes is what a face reads. */
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/store.h"

#define TARGETS 5

static struct target targets[TARGETS] = {
	{.name = "a",	      .interval_ms = 5000, .down_after = {2, 0}, .up_after = 1},
	{.name = "b",	      .interval_ms = 1000				 },
	{.name = "c",.interval_ms = 60000},
	{.name = "d",	      .interval_ms = 0				      },
	{.name = "e",.interval_ms = 5000},
};
static const struct config config = {
	.program = {.keep_ms = 3600000}, .targets = targets, .target_count = TARGETS};

static int open_store(void **state)
{
	*state = store_open(&config);
	return 0;
}

static int close_store(void **state)
{
	store_close(*state);
	return 0;
}

static struct sample good(int64_t at_ms, int32_t total_us)
{
	struct sample sample = sample_blank(at_ms);

	sample.total_us = total_us;
	sample.status = 200;
	return sample;
}

static void rings_are_as_long_as_is_to_be_kept(void **state)
{
	static const size_t wanted[TARGETS] = {720, 3600, 512, 16384, 720};

	assert_int_equal(store_target_count(*state), TARGETS);
	for (size_t i = 0; i < TARGETS; i++)
		assert_int_equal(store_ring_capacity(*state, i), wanted[i]);
}

static void the_plan_adds_up(void **state)
{
	struct store_plan plan = store_plan(&config);

	(void)state;
	assert_int_equal(plan.targets, TARGETS);
	assert_true(plan.ring_bytes >= (720 + 3600 + 512 + 16384 + 720) * 32u);
	assert_true(plan.total_bytes == plan.ring_bytes + plan.rollup_bytes + plan.evidence_bytes +
						plan.journal_bytes + plan.other_bytes);
}

static void a_store_without_targets_is_one(void **state)
{
	const struct config none = {.program = {.keep_ms = 1000}};
	struct store *store = store_open(&none);
	struct event event = {.kind = EVENT_SELF};

	(void)state;
	assert_int_equal(store_target_count(store), 0);
	store_put_event(store, &event);
	assert_int_equal(store_event_head(store), 1);
	store_close(store);
}

static void nothing_is_there_before_it_was_written(void **state)
{
	static struct evidence evidence;
	struct verdict verdict;
	struct cert_facts facts;
	struct fleet fleet;
	int64_t due, since;

	for (size_t i = 0; i < TARGETS; i++) {
		assert_int_equal(store_head(*state, i), 0);
		assert_false(store_verdict(*state, i, &verdict));
		assert_false(store_cert(*state, i, &facts));
		assert_false(store_evidence(*state, i, EVIDENCE_BAD, &evidence));
		store_pulse(*state, i, &due, &since);
		assert_true(due == 0 && since == 0);
	}
	store_fleet(*state, &fleet);
	assert_true(fleet.probes == 0 && fleet.started_ms == 0);
}

/* Different values everywhere, so that a value in the wrong place is noticed. */
static void each_target_keeps_its_own(void **state)
{
	struct sample samples[8];

	for (size_t i = 0; i < TARGETS; i++) {
		struct verdict verdict = {.state = STATE_UP, .last_us = (int32_t)(100 + i)};
		struct cert_facts facts = {.seen = true, .chain_length = (int)i};
		for (size_t k = 0; k <= i; k++) {
			struct sample sample = good((int64_t)(1000 * i + k), (int32_t)(10 * i));
			store_push(*state, i, &sample);
		}
		store_put_verdict(*state, i, &verdict);
		store_put_cert(*state, i, &facts);
		store_put_pulse(*state, i, (int64_t)i + 7, -(int64_t)i);
	}
	for (size_t i = 0; i < TARGETS; i++) {
		struct verdict verdict;
		struct cert_facts facts;
		int64_t due, since;
		uint64_t first;
		assert_int_equal(store_head(*state, i), i + 1);
		assert_int_equal(store_samples(*state, i, 0, samples, 8, &first), i + 1);
		assert_true(samples[i].at_ms == (int64_t)(1001 * i));
		assert_int_equal(samples[i].total_us, 10 * i);
		assert_true(store_verdict(*state, i, &verdict));
		assert_int_equal(verdict.last_us, 100 + i);
		assert_true(store_cert(*state, i, &facts));
		assert_int_equal(facts.chain_length, i);
		store_pulse(*state, i, &due, &since);
		assert_true(due == (int64_t)i + 7 && since == -(int64_t)i);
	}
}

static void fill_evidence(struct evidence *evidence, uint64_t number, size_t used)
{
	memset(evidence, 0, sizeof *evidence);
	evidence->seen = true;
	evidence->number = number;
	evidence->used = (uint16_t)used;
	for (size_t i = 0; i < used; i++)
		evidence->text[i] = i + 1 < used ? (char)('a' + (i + number) % 26) : '\0';
}

static void evidence_comes_back_at_any_length(void **state)
{
	static struct evidence written, read;

	for (size_t used = 0; used <= EVIDENCE_TEXT_MAX; used += 1 + used / 9) {
		for (size_t i = 0; i < TARGETS; i++) {
			fill_evidence(&written, i, used);
			store_put_evidence(*state, i, EVIDENCE_GOOD, &written);
			fill_evidence(&written, i + 10, used);
			store_put_evidence(*state, i, EVIDENCE_BAD, &written);
		}
		for (size_t i = 0; i < TARGETS; i++) {
			assert_true(store_evidence(*state, i, EVIDENCE_GOOD, &read));
			fill_evidence(&written, i, used);
			assert_memory_equal(&read, &written,
					    offsetof(struct evidence, text) + used);
			assert_true(store_evidence(*state, i, EVIDENCE_BAD, &read));
			fill_evidence(&written, i + 10, used);
			assert_memory_equal(&read, &written,
					    offsetof(struct evidence, text) + used);
		}
	}
}

static void the_fleet_is_the_sum_of_its_pollers(void **state)
{
	struct fleet part = {.started_ms = 2000,
			     .probes = 10,
			     .failures = 1,
			     .in_flight = 3,
			     .late = 2,
			     .lag_p99_us = 500};
	struct fleet fleet;

	store_put_fleet(*state, 0, &part);
	part.started_ms = 1000;
	part.lag_p99_us = 900;
	store_put_fleet(*state, 63, &part);
	part.probes = 20;
	store_put_fleet(*state, 63, &part);
	store_fleet(*state, &fleet);
	assert_true(fleet.started_ms == 1000);
	assert_int_equal(fleet.probes, 30);
	assert_int_equal(fleet.failures, 2);
	assert_int_equal(fleet.in_flight, 6);
	assert_int_equal(fleet.late, 4);
	assert_int_equal(fleet.lag_p99_us, 900);
}

static void a_judgement_is_stored_with_its_numbers(void **state)
{
	struct judge judge;
	struct verdict verdict;
	struct judgement out;
	struct sample sample = sample_blank(5000);
	struct incident incident;
	struct event events[4];

	judge_init(&judge, &verdict);
	sample.cls = CLASS_REFUSED;
	for (int i = 0; i < 2; i++) {
		store_push(*state, 4, &sample);
		judge_sample(&judge, &targets[0], &sample, "connection refused", &verdict, &out);
		store_put_judgement(*state, 4, &judge, &verdict, &out);
	}
	assert_int_equal(store_incidents(*state, 0, &incident, 1), 1);
	assert_int_equal(incident.id, 1);
	assert_int_equal(incident.target, 4);
	assert_int_equal(incident.count, 2);
	assert_true(incident.confirmed);
	assert_int_equal(store_events(*state, 0, events, 4, NULL), 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(events[i].kind, i == 0 ? EVENT_FAILED : EVENT_DOWN);
		assert_int_equal(events[i].target, 4);
		assert_int_equal(events[i].incident, 1);
	}
	assert_true(store_verdict(*state, 4, &verdict));
	assert_int_equal(verdict.state, STATE_DOWN);
	assert_int_equal(verdict.incident, 1);
}

/* ---- anywhere in memory ---- */

static void fill_some(struct store *store)
{
	static struct evidence evidence;

	for (int64_t i = 0; i < 1000; i++) {
		struct sample sample = good(1000000 + i * 1000, (int32_t)i + 1);
		store_push(store, 1, &sample);
	}
	fill_evidence(&evidence, 3, 5000);
	store_put_evidence(store, 2, EVIDENCE_BAD, &evidence);
	store_put_incident(store, &(struct incident){.count = 12, .target = 3});
}

static void assert_some(const struct store *store)
{
	static struct evidence evidence;
	struct sample samples[1000];
	struct incident incident;
	struct bin bins[4];
	uint64_t good_count, failed;

	assert_int_equal(store_samples(store, 1, 0, samples, 1000, NULL), 1000);
	assert_int_equal(samples[999].total_us, 1000);
	assert_true(store_evidence(store, 2, EVIDENCE_BAD, &evidence));
	assert_int_equal(evidence.used, 5000);
	assert_int_equal(store_incidents(store, 0, &incident, 1), 1);
	assert_int_equal(incident.count, 12);
	assert_true(store_bins(store, 1, bins, 4, 1999000, 60000));
	assert_int_equal(bins[2].good, 60);
	store_tally(store, 1, 0, &good_count, &failed);
	assert_int_equal(good_count, 1000);
}

static void a_copy_elsewhere_reads_the_same(void **state)
{
	size_t bytes;

	fill_some(*state);
	const void *block = store_block(*state, &bytes);
	char *copy = mmap(NULL, bytes + 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_true(copy != MAP_FAILED);
	memcpy(copy + 4096, block, bytes);
	/* Read-only, so that any write of a reader ends the test. */
	assert_int_equal(mprotect(copy, bytes + 4096, PROT_READ), 0);
	struct store *reader = store_attach(copy + 4096, bytes);
	assert_non_null(reader);
	assert_some(reader);
	store_close(reader);
	munmap(copy, bytes + 4096);
}

static void what_is_no_block_is_refused(void **state)
{
	size_t bytes;
	const void *block = store_block(*state, &bytes);
	uint64_t header[200];

	assert_null(store_attach(block, bytes - 1));
	assert_null(store_attach(block, 0));
	/* A single changed bit of the header, anywhere. */
	memcpy(header, block, sizeof header);
	for (size_t bit = 0; bit < 60 * 64; bit++) {
		header[bit / 64] ^= UINT64_C(1) << bit % 64;
		assert_null(store_attach(header, bytes));
		header[bit / 64] ^= UINT64_C(1) << bit % 64;
	}
}

static size_t resident_bytes(void)
{
	unsigned long pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%*u %lu", &pages), 1);
	fclose(file);
	return pages * 4096;
}

/* The first ten minutes of many targets: memory grows with what is written, not by pages a target.
 */
static void young_targets_share_their_pages(void **state)
{
	enum { MANY = 4000, SAMPLES = 60 };
	static struct evidence evidence;
	struct target *many = calloc(MANY, sizeof *many);
	struct config big = {
		.program = {.keep_ms = 86400000}, .targets = many, .target_count = MANY};

	(void)state;
	for (size_t i = 0; i < MANY; i++)
		many[i] = (struct target){.name = "t", .interval_ms = 10000};
	struct store *store = store_open(&big);
	size_t before = resident_bytes();
	fill_evidence(&evidence, 1, 600);
	for (int64_t k = 0; k < SAMPLES; k++)
		for (size_t i = 0; i < MANY; i++) {
			struct sample sample = good(1000000 + k * 10000, 80000);
			struct verdict verdict = {.state = STATE_UP};
			store_push(store, i, &sample);
			store_put_verdict(store, i, &verdict);
			store_put_evidence(store, i, EVIDENCE_GOOD, &evidence);
		}
	size_t each = (resident_bytes() - before) / MANY;
	print_message("# figure: a target of 10 minutes touches %zu bytes of the store\n", each);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	assert_true(each < 8192);
#endif
	store_close(store);
	free(many);
}

/* ---- waking ---- */

static bool is_readable(int descriptor)
{
	struct pollfd fd = {.fd = descriptor, .events = POLLIN};

	return poll(&fd, 1, 0) == 1;
}

static void many_wakes_cost_one_write(void **state)
{
	int first = store_watch(*state), second = store_watch(*state);
	uint64_t count;

	assert_true(first >= 0 && second >= 0 && first != second);
	assert_false(is_readable(first));
	for (int i = 0; i < 1000; i++)
		store_wake(*state);
	assert_true(is_readable(first) && is_readable(second));
	assert_int_equal(read(first, &count, sizeof count), sizeof count);
	assert_int_equal(count, 1);
	store_woken(*state, first);
	assert_false(is_readable(first));
	assert_true(is_readable(second));
	store_wake(*state);
	assert_true(is_readable(first));
	store_woken(*state, second);
	assert_false(is_readable(second));
}

static void there_is_room_for_eight_watchers(void **state)
{
	for (int i = 0; i < 8; i++)
		assert_true(store_watch(*state) >= 0);
	assert_int_equal(store_watch(*state), -1);
}

/* ---- a poller a target, two faces ---- */

#define PUSHES 4000
#define BEGIN_MS INT64_C(60000000)
#define END_MS (BEGIN_MS + PUSHES * 20000) /* within 96 quarters of an hour */

struct poller {
	struct store *store;
	size_t target;
};

static void *poll_target(void *data)
{
	struct poller *poller = data;

	for (int64_t i = 0; i < PUSHES; i++) {
		/* Many minutes, so that much is folded meanwhile. */
		struct sample sample = good(BEGIN_MS + i * 20000, 1000);
		struct verdict verdict = {.sample_count = (uint64_t)i + 1, .last_us = 1000};
		sample.cls = i % 4 == 3 ? CLASS_REFUSED : CLASS_OK;
		store_push(poller->store, poller->target, &sample);
		store_put_verdict(poller->store, poller->target, &verdict);
		store_wake(poller->store);
	}
	return NULL;
}

struct face {
	struct store *store;
	int descriptor;
	size_t wrong, turns;
};

/* Whatever is added up at any moment holds each check once. */
static void look(struct face *face, size_t target)
{
	uint64_t head = store_head(face->store, target), sum = 0, good_count, failed;
	struct verdict verdict;
	struct bin bins[96];

	store_tally(face->store, target, 0, &good_count, &failed);
	uint64_t after = store_head(face->store, target);
	face->wrong += good_count + failed < head || good_count + failed > after;
	face->wrong += failed != (good_count + failed) / 4;
	head = store_head(face->store, target);
	assert_true(store_bins(face->store, target, bins, 96, END_MS, 900000));
	after = store_head(face->store, target);
	for (size_t i = 0; i < 96; i++)
		sum += bins[i].good + (uint64_t)bins[i].failed;
	face->wrong += sum < head || sum > after;
	if (store_verdict(face->store, target, &verdict))
		face->wrong += verdict.sample_count > store_head(face->store, target);
}

static void *watch_targets(void *data)
{
	struct face *face = data;
	bool over = false;

	while (!over) {
		struct pollfd fd = {.fd = face->descriptor, .events = POLLIN};
		poll(&fd, 1, 10);
		store_woken(face->store, face->descriptor);
		over = store_head(face->store, 0) == PUSHES && store_head(face->store, 4) == PUSHES;
		look(face, 0);
		look(face, 4);
		face->turns++;
	}
	return NULL;
}

static void faces_count_each_check_once_while_pollers_write(void **state)
{
	struct face faces[2] = {
		{.store = *state, .descriptor = store_watch(*state)},
		{.store = *state, .descriptor = store_watch(*state)}
	    };
	struct poller pollers[2] = {
		{*state, 0},
		     {*state, 4}
	};
	pthread_t threads[4];

	for (int i = 0; i < 2; i++) {
		assert_int_equal(pthread_create(&threads[i], NULL, watch_targets, &faces[i]), 0);
		assert_int_equal(pthread_create(&threads[2 + i], NULL, poll_target, &pollers[i]),
				 0);
	}
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(faces[i].wrong, 0);
		assert_true(faces[i].turns > 0);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_store, close_store)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rings_are_as_long_as_is_to_be_kept),
		cmocka_unit_test(the_plan_adds_up),
		cmocka_unit_test(a_store_without_targets_is_one),
		TEST(nothing_is_there_before_it_was_written),
		TEST(each_target_keeps_its_own),
		TEST(evidence_comes_back_at_any_length),
		TEST(the_fleet_is_the_sum_of_its_pollers),
		TEST(a_judgement_is_stored_with_its_numbers),
		TEST(a_copy_elsewhere_reads_the_same),
		TEST(what_is_no_block_is_refused),
		cmocka_unit_test(young_targets_share_their_pages),
		TEST(many_wakes_cost_one_write),
		TEST(there_is_room_for_eight_watchers),
		TEST(faces_count_each_check_once_while_pollers_write),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
