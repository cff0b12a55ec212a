/*
 * The judge's rules about what a failure is worth: confirmation, flapping, what explains it,
 * acknowledgement, a wall clock that is set.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "model/flap.h"
#include "unit/judge_bench.h"

static struct circumstances around_nothing(void)
{
	return (struct circumstances){.parent = UINT32_MAX};
}

static void put_around(struct bench *bench, struct circumstances around)
{
	judge_circumstances(&bench->judge, &bench->target, &around, bench->now_ms, &bench->verdict,
			    &bench->out);
	take(bench);
}

static void parent_down(struct bench *bench, int64_t since_ms)
{
	struct circumstances around = {
		.excuse = EXCUSE_PARENT, .parent = 7, .since_ms = since_ms, .words = "parent down: gw"};

	put_around(bench, around);
}

static void network_lost(struct bench *bench, int64_t since_ms)
{
	struct circumstances around = {.excuse = EXCUSE_NETWORK,
				       .parent = UINT32_MAX,
				       .since_ms = since_ms,
				       .words = "this host lost its network"};

	put_around(bench, around);
}

static void acknowledge(struct bench *bench, const char *note)
{
	judge_acknowledge(&bench->judge, note, bench->now_ms, &bench->verdict, &bench->out);
	take(bench);
}

/* ---- confirmation ---- */

static void a_first_failure_waits_for_another_path(void **state)
{
	struct bench *bench = *state;

	bench->target.confirm = true;
	bench->target.down_after = (struct state_rule){1, 0};
	play(bench, "GF");
	assert_told(bench, "failed");
	assert_true(bench->verdict.unconfirmed);
	assert_int_equal(bench->verdict.state, STATE_UP);
	assert_int_equal(bench->verdict.failed_in_row, 0);
	play(bench, "F");
	assert_told(bench, "down");
	assert_false(bench->verdict.unconfirmed);
	assert_int_equal(bench->verdict.failed_in_row, 1);
	assert_true(bench->verdict.since_ms == START_MS + STEP_MS);
	play(bench, "GF");
	assert_true(bench->verdict.unconfirmed);
}

static void what_another_path_does_not_confirm_was_no_downtime(void **state)
{
	struct bench *bench = *state;
	struct sample sample = sample_blank(START_MS);

	bench->target.confirm = true;
	bench->target.up_after = 3;
	sample.cls = CLASS_RESET;
	play(bench, "G");
	assert_true(judge_excuses(&bench->judge, &bench->target, &sample));
	play(bench, "F");
	assert_false(judge_excuses(&bench->judge, &bench->target, &sample));
	play(bench, "G");
	assert_told(bench, "failed up");
	assert_false(bench->verdict.unconfirmed);
	assert_false(bench->incident[INCIDENT_DOWN].confirmed);
	assert_string_equal(bench->incident[INCIDENT_DOWN].result, "unconfirmed");
	assert_string_equal(bench->event.detail,
			    "not confirmed by another path after 5 s, 1 check failed: 503 Some "
			    "Reason, wanted 200-299");
	assert_int_equal(bench->event.previous, STATE_UP);
}

static void our_own_trouble_confirms_nothing(void **state)
{
	struct bench *bench = *state;

	bench->target.confirm = true;
	play(bench, "GFt");
	assert_true(bench->verdict.unconfirmed);
	play(bench, "G");
	assert_told(bench, "failed up");
}

static void the_end_of_a_snapshot_takes_an_unconfirmed_failure_as_it_is(void **state)
{
	struct bench *bench = *state;

	bench->target.confirm = true;
	play(bench, "F");
	judge_finish(&bench->judge, bench->now_ms, &bench->verdict, &bench->out);
	assert_int_equal(bench->verdict.state, STATE_DOWN);
}

/* ---- flapping ---- */

static void flapping_follows_the_weighted_rule(void **state)
{
	static const struct {
		const char *checks; /* 0 good, 1 failed */
		bool flaps;
	} cases[] = {
		{"",			      false},
		{"0000000000000000000000000", false},
		{"1111111111111111111111111", false},
		{"00000000000000000000010",   false},
		{"0000000000000001010",       false}, /* four changes */
		{"00000000000000010101",      false}, /* five */
		{"000000000000000101010",     true }, /* six: three outages one after the other */
		{"010101",		      false},
		{"0101010",		      true },
		{"001001001001001001001",     true },
		{"000010000100001000010",     true }, /* eight, spread */
		{"0101010111111111111",       false}, /* then plainly down for twelve */
		{"010101011111111111",	      true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct flap flap = {0};

		for (const char *check = cases[i].checks; *check; check++)
			(void)flap_note(&flap, *check == '1');
		if (flap.flapping != cases[i].flaps)
			fail_msg("%s: %d", cases[i].checks, flap.flapping);
	}
}

static void flapping_is_told_once(void **state)
{
	struct bench *bench = *state;
	const struct incident *incident = &bench->incident[INCIDENT_FLAPPING];

	bench->target.down_after = (struct state_rule){1, 0};
	play(bench, "GGGGGGFGFG");
	assert_told(bench, "failed down up failed down up");
	play(bench, "FGF");
	assert_true(bench->verdict.flapping);
	assert_told(bench, "failed down up flapping");
	assert_string_equal(incident->result, "FLAPPING");
	assert_string_equal(incident->detail,
			    "7 changes in the last 13 checks: 503 Some Reason, wanted 200-299");
	play(bench, "GFGFGFGFGF");
	assert_told(bench, "");
	assert_int_equal(bench->verdict.state, STATE_DOWN); /* as it stands at this moment */
	assert_true(bench->verdict.incident == incident->id);
	play(bench, "GGGGGGGGGGG");
	assert_told(bench, "");
	play(bench, "G");
	assert_told(bench, "steady");
	assert_false(bench->verdict.flapping);
	assert_string_equal(incident->result, "steady");
	assert_int_equal(bench->verdict.state, STATE_UP);
	assert_int_equal(bench->verdict.incident, 0);
}

static void what_stands_after_flapping_is_told(void **state)
{
	struct bench *bench = *state;

	bench->target.down_after = (struct state_rule){1, 0};
	play(bench, "GFGFGFG");
	assert_true(bench->verdict.flapping);
	bench->told[0] = '\0';
	play(bench, "FFFFFFFFFFF");
	assert_told(bench, "");
	play(bench, "F");
	assert_told(bench, "steady down");
	assert_string_equal(bench->incident[INCIDENT_FLAPPING].result, "stays down");
	assert_int_equal(strncmp(bench->incident[INCIDENT_FLAPPING].detail, "down for good after ", 20),
			 0);
	assert_int_equal(bench->event.state, STATE_DOWN);
	assert_true(bench->verdict.incident == bench->incident[INCIDENT_DOWN].id);
	assert_int_equal(bench->incident[INCIDENT_DOWN].count, 12);
	play(bench, "G");
	assert_told(bench, "up");
}

static void flapping_without_a_further_failure_counts_none(void **state)
{
	struct bench *bench = *state;
	const struct incident *incident = &bench->incident[INCIDENT_FLAPPING];

	bench->target.down_after = (struct state_rule){1, 0};
	play(bench, "GFGFGFG"); /* the sixth change, an answer, is one too many */
	assert_true(bench->verdict.flapping);
	play(bench, "GGGGGGGGGGG");
	assert_int_not_equal(incident->closed_ms, 0);
	assert_string_equal(incident->detail, "steady after 55 s, no check failed");
}

static void a_down_that_was_told_before_flapping_is_ended(void **state)
{
	struct bench *bench = *state;

	bench->target.down_after = (struct state_rule){1, 0};
	play(bench, "GFGFGF");
	assert_told(bench, "failed down up failed down up failed down");
	play(bench, "GFG");
	assert_told(bench, "up flapping");
	play(bench, "FG");
	play(bench, "GGGGGGGGGGG");
	assert_told(bench, "steady");
}

/* ---- what explains a failure ---- */

static void a_parent_that_is_down_explains_its_children(void **state)
{
	struct bench *bench = *state;
	struct sample sample = sample_blank(START_MS);

	play(bench, "GG");
	parent_down(bench, bench->now_ms - 1000);
	assert_int_equal(bench->verdict.state, STATE_UP); /* it answers */
	sample.cls = CLASS_REFUSED;
	assert_true(judge_excuses(&bench->judge, &bench->target, &sample));
	play(bench, "TTT");
	assert_told(bench, "");
	assert_int_equal(bench->verdict.state, STATE_UNKNOWN);
	assert_int_equal(bench->verdict.parent, 7);
	assert_true(bench->verdict.since_ms == START_MS + 2 * STEP_MS);
	assert_string_equal(bench->verdict.detail,
			    "parent down: gw; connect to 192.0.2.41:443 timed out in 10 s");
	put_around(bench, around_nothing());
	assert_int_equal(bench->verdict.state, STATE_UNKNOWN); /* nobody has looked since */
	play(bench, "G");
	assert_int_equal(bench->verdict.state, STATE_UP);
	assert_int_equal(bench->verdict.parent, UINT32_MAX);
	assert_told(bench, "");
}

static void failures_just_before_the_parents_are_folded(void **state)
{
	struct bench *bench = *state;

	play(bench, "GGT");
	assert_told(bench, "failed");
	parent_down(bench, START_MS + 2 * STEP_MS - 500);
	assert_told(bench, "");
	assert_int_equal(bench->verdict.state, STATE_UNKNOWN);
	assert_int_equal(bench->verdict.parent, 7);
	assert_true(bench->incident[INCIDENT_DOWN].closed_ms > 0);
	assert_string_equal(bench->incident[INCIDENT_DOWN].result, "PARENT");
	assert_int_equal(bench->verdict.incident, 0);
	put_around(bench, around_nothing());
	play(bench, "T");
	assert_told(bench, "failed"); /* a new one, of its own */
	assert_int_equal(bench->verdict.failed_in_row, 1);
}

static void failures_long_before_the_parents_are_their_own(void **state)
{
	struct bench *bench = *state;

	play(bench, "GTT");
	assert_told(bench, "failed down");
	parent_down(bench, bench->now_ms);
	play(bench, "TT");
	assert_int_equal(bench->verdict.state, STATE_DOWN);
	assert_int_equal(bench->verdict.parent, UINT32_MAX);
	play(bench, "G");
	assert_told(bench, "up");
}

static void down_waits_while_a_doubt_is_settled(void **state)
{
	struct bench *bench = *state;
	struct circumstances doubt = around_nothing();

	doubt.in_doubt = true;
	play(bench, "G");
	put_around(bench, doubt);
	play(bench, "FFF");
	assert_told(bench, "");
	assert_int_equal(bench->verdict.state, STATE_UP);
	put_around(bench, around_nothing());
	assert_told(bench, "failed down");
	assert_string_equal(bench->event.detail, "503 Some Reason, wanted 200-299");
	assert_int_equal(bench->verdict.state, STATE_DOWN);
	assert_true(bench->verdict.since_ms == START_MS + STEP_MS);
}

static void a_doubt_that_its_own_answer_settles_is_told_too(void **state)
{
	struct bench *bench = *state;
	struct circumstances doubt = around_nothing();

	doubt.in_doubt = true;
	play(bench, "G");
	put_around(bench, doubt);
	play(bench, "FG");
	assert_told(bench, "failed up");
	assert_true(bench->incident[INCIDENT_DOWN].closed_ms > 0);
}

static void what_was_in_doubt_and_is_explained_is_no_line_at_all(void **state)
{
	struct bench *bench = *state;
	struct circumstances doubt = around_nothing();

	doubt.in_doubt = true;
	play(bench, "G");
	put_around(bench, doubt);
	play(bench, "TT");
	network_lost(bench, START_MS + STEP_MS);
	play(bench, "T");
	assert_told(bench, "");
	assert_int_equal(bench->incident[INCIDENT_DOWN].id, 0);
	assert_int_equal(bench->verdict.state, STATE_UNKNOWN);
	assert_string_equal(bench->verdict.detail, "this host lost its network; connect to "
						   "192.0.2.41:443 timed out in 10 s");
}

static void our_lost_network_is_nobodys_outage(void **state)
{
	struct bench *bench = *state;

	play(bench, "GTT"); /* told before anybody knew */
	assert_told(bench, "failed down");
	network_lost(bench, START_MS + STEP_MS);
	assert_told(bench, "up");
	assert_int_equal(bench->event.state, STATE_UNKNOWN);
	play(bench, "TTTT");
	assert_told(bench, "");
	assert_int_equal(bench->verdict.state, STATE_UNKNOWN);
	assert_int_equal(bench->verdict.failed_in_row, 0);
	put_around(bench, around_nothing());
	play(bench, "G");
	assert_int_equal(bench->verdict.state, STATE_UP);
	assert_told(bench, "");
}

static void a_whole_answer_is_not_explained_by_the_network(void **state)
{
	struct bench *bench = *state;

	play(bench, "G");
	network_lost(bench, bench->now_ms);
	play(bench, "FF");
	assert_told(bench, "failed down");
	assert_int_equal(bench->verdict.state, STATE_DOWN);
}

static void maintenance_is_quiet_and_shown(void **state)
{
	struct bench *bench = *state;
	struct circumstances window = {.excuse = EXCUSE_MAINTENANCE,
				       .maintenance = true,
				       .parent = UINT32_MAX,
				       .words = "maintenance until 04:00"};

	play(bench, "G");
	put_around(bench, window);
	assert_true(bench->verdict.maintenance);
	assert_int_equal(bench->verdict.state, STATE_UP);
	play(bench, "FFF");
	assert_told(bench, "");
	assert_int_equal(bench->verdict.state, STATE_UNKNOWN);
	play(bench, "G");
	assert_int_equal(bench->verdict.state, STATE_UP);
	play(bench, "F");
	put_around(bench, around_nothing());
	assert_false(bench->verdict.maintenance);
	play(bench, "FF");
	assert_told(bench, "failed down");
}

static void a_target_that_was_down_before_its_maintenance_stays_so(void **state)
{
	struct bench *bench = *state;
	struct circumstances window = {
		.excuse = EXCUSE_MAINTENANCE, .maintenance = true, .parent = UINT32_MAX, .words = "m"};

	play(bench, "GFF");
	put_around(bench, window);
	play(bench, "FF");
	assert_int_equal(bench->verdict.state, STATE_DOWN);
	play(bench, "G");
	assert_told(bench, "failed down up");
}

/* ---- by hand ---- */

static void an_acknowledgement_ends_with_its_incident(void **state)
{
	struct bench *bench = *state;

	play(bench, "GFF");
	bench->told[0] = '\0';
	acknowledge(bench, "known, deploying");
	assert_told(bench, "acknowledged");
	assert_string_equal(bench->event.detail, "known, deploying");
	assert_true(bench->verdict.acknowledged);
	assert_string_equal(bench->verdict.note, "known, deploying");
	assert_true(bench->incident[INCIDENT_DOWN].acknowledged);
	play(bench, "F");
	assert_true(bench->incident[INCIDENT_DOWN].acknowledged);
	assert_string_equal(bench->incident[INCIDENT_DOWN].note, "known, deploying");
	play(bench, "G");
	assert_false(bench->verdict.acknowledged);
	assert_string_equal(bench->verdict.note, "");
	play(bench, "F");
	assert_false(bench->verdict.acknowledged);
}

static void an_acknowledgement_can_be_taken_back(void **state)
{
	struct bench *bench = *state;

	acknowledge(bench, "nothing is open");
	assert_told(bench, "");
	play(bench, "F");
	acknowledge(bench, "");
	assert_true(bench->verdict.acknowledged);
	acknowledge(bench, "");
	assert_false(bench->verdict.acknowledged);
	assert_told(bench, "failed acknowledged acknowledged");
	assert_string_equal(bench->event.detail, "taken back");
}

/* ---- the wall clock ---- */

static void a_clock_that_is_set_changes_no_duration(void **state)
{
	static const int64_t steps[] = {3600000, -3600000, -86400000, 30 * INT64_C(86400000)};
	struct bench *bench = *state;

	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		play(bench, "GFF");
		bench->now_ms += steps[i];
		judge_clock_set(&bench->judge, steps[i], &bench->verdict, &bench->out);
		take(bench);
		assert_int_equal(bench->verdict.state, STATE_DOWN);
		assert_true(bench->verdict.since_ms == bench->now_ms - 2 * STEP_MS);
		assert_true(bench->incident[INCIDENT_DOWN].opened_ms == bench->now_ms - 2 * STEP_MS);
		play(bench, "FG");
		assert_true(bench->event.length_ms == 3 * STEP_MS);
		/* so that it does not flap */
		play(bench, "GGGGGGGGGGGGGGGGGGGGGGG");
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_first_failure_waits_for_another_path),
		TEST(what_another_path_does_not_confirm_was_no_downtime),
		TEST(our_own_trouble_confirms_nothing),
		TEST(the_end_of_a_snapshot_takes_an_unconfirmed_failure_as_it_is),
		cmocka_unit_test(flapping_follows_the_weighted_rule),
		TEST(flapping_is_told_once),
		TEST(what_stands_after_flapping_is_told),
		TEST(flapping_without_a_further_failure_counts_none),
		TEST(a_down_that_was_told_before_flapping_is_ended),
		TEST(a_parent_that_is_down_explains_its_children),
		TEST(failures_just_before_the_parents_are_folded),
		TEST(failures_long_before_the_parents_are_their_own),
		TEST(down_waits_while_a_doubt_is_settled),
		TEST(a_doubt_that_its_own_answer_settles_is_told_too),
		TEST(what_was_in_doubt_and_is_explained_is_no_line_at_all),
		TEST(our_lost_network_is_nobodys_outage),
		TEST(a_whole_answer_is_not_explained_by_the_network),
		TEST(maintenance_is_quiet_and_shown),
		TEST(a_target_that_was_down_before_its_maintenance_stays_so),
		TEST(an_acknowledgement_ends_with_its_incident),
		TEST(an_acknowledgement_can_be_taken_back),
		TEST(a_clock_that_is_set_changes_no_duration),
	};

	return cmocka_run_group_tests_name("judge_state", tests, NULL, NULL);
}
