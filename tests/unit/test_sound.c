/* Whoever reads another's store gets what webmon writes, or nothing: all checks of these blocks
 * fit. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "store/block.h"
#include "store/store.h"

#define TARGETS 3
#define ESCAPE	"\x1b]0;owned\x07"

static const char *tags[] = {"one", "two"};
static struct target targets[TARGETS] = {
	{.name = "a", .interval_ms = 1000, .tags = {tags, 2}},
	{.name = "b", .interval_ms = 0},
	{.name = "c", .interval_ms = 60000},
};
static const struct config config = {
	.program = {.keep_ms = 600000}, .targets = targets, .target_count = TARGETS};

/* What another process has written, and what a reader makes of it. */
struct other {
	struct store *writer, *reader;
};

static int open_other(void **state)
{
	struct other *other = x_calloc(1, sizeof *other);
	const void *block;
	size_t bytes;

	other->writer = store_open(&config);
	block = store_block(other->writer, &bytes);
	other->reader = store_attach(block, bytes);
	*state = other;
	return other->reader ? 0 : -1;
}

static int close_other(void **state)
{
	struct other *other = *state;

	store_close(other->reader);
	store_close(other->writer);
	free(other);
	return 0;
}

/* A bool that holds what no bool can. */
static void spoil(bool *flag)
{
	memset(flag, 7, sizeof *flag);
}

static void fill(char *text, size_t room)
{
	memset(text, 'x', room);
}

static bool verdict_is_read(const struct other *other, const struct verdict *verdict)
{
	struct verdict read;

	store_put_verdict(other->writer, 1, verdict);
	if (store_verdict(other->reader, 1, &read))
		return true;
	assert_string_equal(read.detail, ""); /* for who did not ask */
	return false;
}

static void a_verdict_is_one_that_can_be_shown(void **state)
{
	const struct verdict good = {.state = STATE_SLOW,
				     .parent = UINT32_MAX,
				     .detail = "8× slower · näher, cafe\u0301",
				     .note = "cafe\u0301",
				     .last_us = ABSENT_US,
				     .usual_us = 5};
	struct verdict bad[13];
	size_t n = 0;

	assert_true(verdict_is_read(*state, &good));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		bad[i] = good;
	bad[n++].state = STATE_COUNT;
	bad[n++].cls = CLASS_COUNT;
	bad[n++].http = HTTP_3 + 1;
	bad[n++].parent = TARGETS;
	bad[n++].since_ms = INT64_MAX;
	bad[n++].usual_phase_us[PHASE_WAIT] = INT32_MIN;
	spoil(&bad[n++].flapping);
	bad[n++].budget.left = NAN;
	bad[n++].load.level = LOAD_SATURATED + 1;
	bad[n++].load.ratio = INFINITY;
	strcpy(bad[n++].load.evidence, "right\xe2\x80\xaeleft");
	strcpy(bad[n++].detail, ESCAPE);
	fill(bad[n].note, sizeof bad[n].note);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(verdict_is_read(*state, &bad[i]));
}

static void a_certificates_facts_are_text(void **state)
{
	const struct other *other = *state;
	struct cert_facts facts = {.seen = true, .subject = "CN=example.com"}, read;

	store_put_cert(other->writer, 0, &facts);
	assert_true(store_cert(other->reader, 0, &read));
	strcpy(facts.subject, "CN=a\nb");
	store_put_cert(other->writer, 0, &facts);
	assert_false(store_cert(other->reader, 0, &read));
	strcpy(facts.subject, "CN=a");
	facts.not_after_ms = INT64_MIN;
	store_put_cert(other->writer, 0, &facts);
	assert_false(store_cert(other->reader, 0, &read));
}

static bool evidence_is_read(const struct other *other, const struct evidence *evidence)
{
	static struct evidence read;

	store_put_evidence(other->writer, 2, EVIDENCE_BAD, evidence);
	return store_evidence(other->reader, 2, EVIDENCE_BAD, &read);
}

static void evidence_stays_within_its_text(void **state)
{
	static struct evidence good, bad;

	good = (struct evidence){.seen = true, .headers = 1, .used = 8, .text = "\0Via: x\n"};
	good.text[7] = '\0';
	assert_true(evidence_is_read(*state, &good));
	bad = good;
	bad.body = 8;
	assert_false(evidence_is_read(*state, &bad));
	bad = good;
	bad.text[7] = 'x';
	assert_false(evidence_is_read(*state, &bad));
	bad = good;
	bad.text[4] = '\b';
	assert_false(evidence_is_read(*state, &bad));
	bad = good;
	bad.sample.cls = CLASS_COUNT;
	assert_false(evidence_is_read(*state, &bad));
}

static void incidents_and_events_are_of_targets_and_kinds_there_are(void **state)
{
	const struct other *other = *state;
	const struct incident incidents[] = {{.target = TARGETS},  {.kind = INCIDENT_KINDS},
					     {.cls = CLASS_COUNT}, {.opened_ms = INT64_MAX},
					     {.detail = ESCAPE},   {.target = 1, .detail = "well"}};
	const struct event events[] = {{.target = TARGETS},
				       {.kind = EVENT_KINDS},
				       {.state = STATE_COUNT},
				       {.previous = STATE_COUNT},
				       {.length_ms = INT64_MIN},
				       {.detail = ESCAPE},
				       {.target = UINT32_MAX, .detail = "well"}};
	struct incident found[8];
	struct event told[8];

	for (size_t i = 0; i < sizeof incidents / sizeof incidents[0]; i++)
		store_put_incident(other->writer, &incidents[i]);
	for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
		store_put_event(other->writer, &events[i]);
	assert_int_equal(store_incidents(other->reader, 0, found, 8), 1);
	assert_string_equal(found[0].detail, "well");
	assert_int_equal(store_events(other->reader, 0, told, 8, NULL), 1);
	assert_string_equal(told[0].detail, "well");
}

static struct block *block_of(const struct other *other)
{
	size_t bytes;

	return (struct block *)(uintptr_t)store_block(other->writer, &bytes);
}

/* Numbers of their own choosing, no matter how large, are an end and not a loop. */
static void heads_beyond_all_numbers_have_an_end(void **state)
{
	const struct other *other = *state;
	struct block *block = block_of(other);
	struct journal *journal = block_to(block, ROW_JOURNAL, 0);
	struct rollup_head *fold = block_to(block, ROW_FOLDS, 0);
	struct incident incident;
	struct event event;
	uint64_t good, failed;
	struct sample sample;

	journal->incident_head = journal->changes = journal->event_head = UINT64_MAX;
	fold->minute = fold->folded = INT64_MAX;
	*(_Atomic uint64_t *)block_to(block, ROW_HEADS, 0) = UINT64_MAX;
	assert_int_equal(store_incidents(other->reader, 0, &incident, 1), 0);
	assert_int_equal(store_events(other->reader, 0, &event, 1, NULL), 0);
	store_tally(other->reader, 0, 0, &good, &failed);
	assert_int_equal(good + failed, 0);
	assert_int_equal(store_samples(other->reader, 0, 0, &sample, 1, NULL), 0);
}

/* What is left of a block whose maker sealed it again. */
static bool is_accepted(const struct other *other)
{
	struct block *block = block_of(other);
	struct store *reader;
	size_t bytes;

	block_seal(block);
	store_block(other->writer, &bytes);
	reader = store_attach(block, bytes);
	store_close(reader);
	return reader != NULL;
}

static void cards_are_of_a_configuration(void **state)
{
	struct block *block = block_of(*state);
	struct card *card = block_to(block, ROW_CARDS, 0), was = *card;
	char *texts = block_to(block, ROW_TEXTS, 0);

	assert_true(is_accepted(*state));
	card->interval_ms = 1; /* each hang would count for millions of checks */
	assert_false(is_accepted(*state));
	*card = was;
	card->apdex_us = INT64_MAX;
	assert_false(is_accepted(*state));
	*card = was;
	card->tag_count = (uint32_t)block->rows[ROW_TEXTS].count + 1;
	assert_false(is_accepted(*state));
	*card = was;
	texts[was.name] = '\x1b';
	assert_false(is_accepted(*state));
	texts[was.name] = 'a';
	assert_true(is_accepted(*state));
}

static void rows_follow_one_another(void **state)
{
	struct block *block = block_of(*state);

	block->rows[ROW_CARDS].offset = block->rows[ROW_RINGS].offset;
	assert_false(is_accepted(*state));
	block->rows[ROW_CARDS].offset = 0;
	assert_false(is_accepted(*state));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_other, close_other)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_verdict_is_one_that_can_be_shown),
		TEST(a_certificates_facts_are_text),
		TEST(evidence_stays_within_its_text),
		TEST(incidents_and_events_are_of_targets_and_kinds_there_are),
		TEST(heads_beyond_all_numbers_have_an_end),
		TEST(cards_are_of_a_configuration),
		TEST(rows_follow_one_another),
	};

	return cmocka_run_group_tests_name("sound", tests, NULL, NULL);
}
