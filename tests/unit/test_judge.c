/* The judge: which state, which incident, which events, in which words. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "model/judge.h"
#include "unit/judge_bench.h"

/* ---- up and down ---- */

static void the_first_good_answer_makes_it_up(void **state)
{
	struct bench *bench = *state;

	assert_int_equal(bench->verdict.state, STATE_NEW);
	assert_int_equal(bench->verdict.usual_us, ABSENT_US);
	good(bench);
	assert_int_equal(bench->verdict.state, STATE_UP);
	assert_true(bench->verdict.since_ms == START_MS);
	assert_int_equal(bench->verdict.last_us, 80000);
	assert_string_equal(bench->verdict.detail, "");
	assert_told(bench, "");
}

static void one_failure_is_an_incident_but_not_down(void **state)
{
	struct bench *bench = *state;
	const struct incident *incident = &bench->incident[INCIDENT_DOWN];

	play(bench, "GGF");
	assert_told(bench, "failed");
	assert_int_equal(bench->verdict.state, STATE_UP);
	assert_int_equal(bench->verdict.cls, CLASS_HTTP_STATUS);
	assert_int_equal(bench->verdict.status, 503);
	assert_int_equal(bench->verdict.last_us, ABSENT_US);
	assert_string_equal(bench->verdict.detail, "503 Some Reason, wanted 200-299");
	assert_true(bench->verdict.incident == incident->id && incident->id > 0);
	assert_false(incident->confirmed);
	assert_string_equal(incident->result, "503");
	assert_string_equal(incident->detail, "Some Reason, wanted 200-299");
	assert_string_equal(bench->event.detail, "503 Some Reason, wanted 200-299");

	good(bench);
	assert_told(bench, "up");
	assert_true(incident->closed_ms == START_MS + 3 * STEP_MS);
	assert_string_equal(incident->result, "up again");
	assert_string_equal(incident->detail,
			    "after 5 s, 1 check failed: 503 Some Reason, wanted 200-299");
	assert_true(bench->event.length_ms == STEP_MS);
	assert_int_equal(bench->verdict.incident, 0);
	assert_true(bench->verdict.since_ms == START_MS); /* it never was anything but up */
}

static void down_since_the_first_failed_check(void **state)
{
	struct bench *bench = *state;
	const struct incident *incident = &bench->incident[INCIDENT_DOWN];

	play(bench, "GGTT");
	assert_told(bench, "failed down");
	assert_int_equal(bench->verdict.state, STATE_DOWN);
	assert_true(bench->verdict.since_ms == START_MS + 2 * STEP_MS);
	assert_int_equal(bench->verdict.failed_in_row, 2);
	assert_true(incident->confirmed);
	assert_int_equal(bench->event.previous, STATE_UP);
	assert_int_equal(bench->event.state, STATE_DOWN);
	assert_string_equal(incident->result, "TIMEOUT");

	play(bench, "T");
	assert_told(bench, "");
	assert_int_equal(incident->count, 3);
	assert_true(incident->last_ms == START_MS + 4 * STEP_MS);

	play(bench, "G");
	assert_told(bench, "up");
	assert_int_equal(bench->event.count, 3);
	assert_true(bench->event.length_ms == 3 * STEP_MS);
	assert_string_equal(incident->detail, "after 15 s, 3 checks failed: TIMEOUT connect to "
					      "192.0.2.41:443 timed out in 10 s");
	assert_int_equal(bench->verdict.state, STATE_UP);
	assert_true(bench->verdict.since_ms == START_MS + 5 * STEP_MS);
}

static void the_first_failure_of_all_is_shown_before_it_counts(void **state)
{
	struct bench *bench = *state;

	play(bench, "F");
	assert_int_equal(bench->verdict.state, STATE_NEW);
	assert_int_equal(bench->verdict.cls, CLASS_HTTP_STATUS);
	assert_string_equal(bench->verdict.detail, "503 Some Reason, wanted 200-299");
	play(bench, "F");
	assert_int_equal(bench->verdict.state, STATE_DOWN);
	assert_true(bench->verdict.since_ms == START_MS);
	assert_told(bench, "failed down");
}

/* rule, answers, and the state after each: N new, U up, D down. */
static void states_follow_the_rules(void **state)
{
	static const struct {
		struct state_rule down_after;
		int up_after;
		const char *samples, *states;
	} cases[] = {
		{{2, 0},	 1, "GFGFGFF",    "UUUUUUD"	},
		       {{1, 0},	1, "FGFG",	   "DUDU"	 },
		{{3, 0},	 1, "GFFGFFF",    "UUUUUUD"	},
		       {{0, 0},	0, "GFG",	  "UDU"       },
		{{3, 5},	 1, "GFGFGF",     "UUUUUD"    },
		       {{3, 5},	1, "GFGGFGGF",   "UUUUUUUU"	 },
		{{2, 0},	 3, "GFFGGFGGG",	 "UUDDDDDDU" },
		       {{2, 0},	2, "GFGGF",	    "UUUUU"	   },
		{{5, 5},	 1, "FFFFF",	     "NNNND"	    },
		       {{2, 64}, 1, "FGGGGGGGGF", "NUUUUUUUUD"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		void *one;
		set_up(&one);
		struct bench *bench = one;
		bench->target.down_after = cases[i].down_after;
		bench->target.up_after = cases[i].up_after;
		for (size_t k = 0; cases[i].samples[k]; k++) {
			play(bench, (char[]){cases[i].samples[k], '\0'});
			assert_int_equal("NUSD"[bench->verdict.state], cases[i].states[k]);
		}
		tear_down(&one);
	}
}

static void up_after_counts_from_its_first_good_answer(void **state)
{
	struct bench *bench = *state;

	bench->target.up_after = 3;
	play(bench, "GFFGG");
	assert_told(bench, "failed down");
	play(bench, "G");
	assert_told(bench, "up");
	assert_true(bench->incident[INCIDENT_DOWN].closed_ms == START_MS + 3 * STEP_MS);
	assert_true(bench->verdict.since_ms == START_MS + 3 * STEP_MS);
}

static void another_class_is_told_but_flapping_ones_are_not(void **state)
{
	struct bench *bench = *state;

	play(bench, "GFF");
	assert_told(bench, "failed down");
	play(bench, "FFT"); /* the first change is told at once */
	assert_told(bench, "failed");
	assert_int_equal(bench->event.cls, CLASS_TIMEOUT_CONNECT);
	play(bench, "FTFTFTFTF");
	assert_told(bench, "");
	play(bench, "F"); /* the tenth sample after it, and it really is another one */
	assert_told(bench, "failed");
	assert_int_equal(bench->event.status, 503);
	play(bench, "FFFFFFFFFFFFFFFFFFFF");
	assert_told(bench, "");
	assert_string_equal(bench->incident[INCIDENT_DOWN].result, "503");
	failed(bench, 502);
	assert_told(bench, "failed");
	assert_string_equal(bench->incident[INCIDENT_DOWN].result, "502");
}

/* ---- slow ---- */

static void three_slow_answers_of_five_are_slow(void **state)
{
	struct bench *bench = *state;
	const struct incident *incident = &bench->incident[INCIDENT_SLOW];

	play(bench, "GGGGGssG");
	assert_int_equal(bench->verdict.state, STATE_UP);
	assert_told(bench, "");
	play(bench, "s");
	assert_told(bench, "slow");
	assert_int_equal(bench->verdict.state, STATE_SLOW);
	assert_true(bench->verdict.since_ms == START_MS + 5 * STEP_MS);
	assert_int_equal(incident->count, 3);
	assert_string_equal(incident->result, "SLOW");
	assert_string_equal(incident->detail,
			    "3310 ms, limit 1500 ms · 92 % in wait for first byte");
	assert_string_equal(bench->verdict.detail, incident->detail);

	play(bench, "G");
	assert_string_equal(bench->verdict.detail, "3 of the last 5 answers over the limit");
	play(bench, "GGG");
	assert_int_equal(bench->verdict.state, STATE_SLOW);
	play(bench, "G");
	assert_told(bench, "fast");
	assert_int_equal(bench->verdict.state, STATE_UP);
	assert_true(bench->verdict.since_ms == START_MS + 9 * STEP_MS);
	assert_true(bench->event.length_ms == 4 * STEP_MS);
	assert_string_equal(incident->result, "in time");
	assert_string_equal(incident->detail, "after 20 s, 3 checks slow");
	assert_string_equal(bench->verdict.detail, "");
}

static void the_first_answers_are_slow_if_all_of_them_are(void **state)
{
	struct bench *bench = *state;

	play(bench, "s");
	assert_int_equal(bench->verdict.state, STATE_SLOW);
	assert_told(bench, "slow");
	play(bench, "ss");
	assert_told(bench, "");
	assert_int_equal(bench->incident[INCIDENT_SLOW].count, 3);
}

static void down_goes_before_slow(void **state)
{
	struct bench *bench = *state;

	play(bench, "sssFF");
	assert_told(bench, "slow failed down");
	assert_int_equal(bench->verdict.state, STATE_DOWN);
	assert_int_equal(bench->verdict.incident, bench->incident[INCIDENT_DOWN].id);
	play(bench, "s");
	assert_told(bench, "up");
	assert_int_equal(bench->verdict.state, STATE_SLOW);
	assert_true(bench->verdict.since_ms == START_MS + 5 * STEP_MS);
	assert_int_equal(bench->verdict.incident, bench->incident[INCIDENT_SLOW].id);
}

static void the_words_name_limit_and_phase(void **state)
{
	static const struct {
		int64_t slow_us, slow_connect_us;
		int32_t total_us, connect_us, transfer_us;
		uint32_t bytes;
		const char *words;
	} cases[] = {
		{600000, 0,	    1240000, 20000,	    1004400,   52000,
		 "1240 ms, limit 600 ms · 81 % in transfer, 52 kB at 52 kB/s"				     },
		{0,	    200000, 400000,  310000,    1000,	  10,
		 "connect 310 ms, limit 200 ms · 78 % in connect"						 },
		{5000,   0,	  9000,	4000,      ABSENT_US, 0,	    "9.0 ms, limit 5.0 ms · 44 % in connect"},
		{5000,   0,	  9000,	ABSENT_US, ABSENT_US, 0,	 "9.0 ms, limit 5.0 ms"		       },
		{0,	    0,      9000,    ABSENT_US, ABSENT_US, 0,     "9.0 ms"				      },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct bench *bench = *state;
		struct sample sample = sample_blank(0);
		bench->target.slow_us = cases[i].slow_us;
		bench->target.slow_connect_us = cases[i].slow_connect_us;
		sample.total_us = cases[i].total_us;
		sample.phase_us[PHASE_CONNECT] = cases[i].connect_us;
		sample.phase_us[PHASE_TRANSFER] = cases[i].transfer_us;
		sample.bytes = cases[i].bytes;
		sample.warnings = WARN_SLOW;
		judge_one(bench, sample, "");
		assert_string_equal(bench->verdict.detail, cases[i].words);
	}
}

/* ---- our own trouble ---- */

static void tainted_samples_change_nothing(void **state)
{
	struct bench *bench = *state;

	play(bench, "GGtt");
	assert_int_equal(bench->verdict.state, STATE_UP);
	assert_int_equal(bench->verdict.cls, CLASS_OK);
	assert_int_equal(bench->verdict.sample_count, 4);
	assert_int_equal(bench->verdict.last_us, ABSENT_US);
	assert_int_equal(bench->verdict.good_in_row, 2);
	play(bench, "FtF"); /* failures in a row, as far as anybody knows */
	assert_int_equal(bench->verdict.state, STATE_DOWN);
	assert_told(bench, "failed down");
}

static void three_tainted_in_a_row_mean_that_nobody_knows(void **state)
{
	struct bench *bench = *state;

	play(bench, "GGttt");
	assert_int_equal(bench->verdict.state, STATE_UNKNOWN);
	assert_true(bench->verdict.since_ms == START_MS + 2 * STEP_MS);
	assert_string_equal(bench->verdict.detail, "no file descriptors left");
	play(bench, "G");
	assert_int_equal(bench->verdict.state, STATE_UP);
	assert_string_equal(bench->verdict.detail, "");
	play(bench, "FFttt");
	assert_int_equal(bench->verdict.state, STATE_UNKNOWN);
	play(bench, "F");
	assert_int_equal(bench->verdict.state, STATE_DOWN);
	assert_int_equal(bench->incident[INCIDENT_DOWN].count, 3);
	assert_told(bench, "failed down");
}

static void tainted_totals_teach_nothing(void **state)
{
	struct bench *bench = *state;

	play(bench, "GGGGGGGGGGGGGGGGGGGtFsG");
	assert_int_equal(bench->judge.usual.count, 21);
	assert_int_equal(bench->verdict.usual_us, 80000);
}

/* ---- pause ---- */

static void pause(struct bench *bench, bool paused)
{
	judge_pause(&bench->judge, paused, bench->now_ms, &bench->verdict, &bench->out);
	take(bench);
}

static void a_pause_is_an_incident_with_a_length(void **state)
{
	struct bench *bench = *state;
	const struct incident *incident = &bench->incident[INCIDENT_PAUSED];

	play(bench, "GG");
	pause(bench, true);
	assert_told(bench, "paused");
	assert_int_equal(bench->verdict.state, STATE_PAUSED);
	assert_true(bench->verdict.since_ms == START_MS + 2 * STEP_MS);
	assert_string_equal(incident->result, "paused");
	assert_string_equal(incident->detail, "by key");
	pause(bench, true);
	assert_told(bench, "");

	bench->now_ms += 110 * 60000;
	pause(bench, false);
	assert_told(bench, "resumed");
	assert_string_equal(incident->result, "resumed");
	assert_string_equal(incident->detail, "after 1h 50m");
	assert_true(incident->closed_ms == bench->now_ms);
	assert_int_equal(bench->verdict.state, STATE_NEW);
	play(bench, "G");
	assert_int_equal(bench->verdict.state, STATE_UP);
}

static void a_pause_ends_what_was_open(void **state)
{
	struct bench *bench = *state;
	const struct incident *incident = &bench->incident[INCIDENT_DOWN];

	play(bench, "sssFFF");
	assert_told(bench, "slow failed down");
	pause(bench, true);
	assert_told(bench, "paused");
	assert_true(incident->closed_ms == bench->now_ms);
	assert_string_equal(incident->detail,
			    "paused after 15 s, 3 checks failed: 503 Some Reason, wanted 200-299");
	assert_string_equal(incident->result, "paused");
	assert_true(bench->incident[INCIDENT_SLOW].closed_ms == bench->now_ms);
	assert_string_equal(bench->incident[INCIDENT_SLOW].result, "paused");
	assert_int_equal(bench->verdict.incident, bench->incident[INCIDENT_PAUSED].id);
	play(bench, "F"); /* was under way */
	assert_told(bench, "");
	assert_int_equal(bench->verdict.state, STATE_PAUSED);
	pause(bench, false);
	play(bench, "F");
	assert_told(bench, "resumed failed");
	assert_int_equal(bench->verdict.state, STATE_NEW);
	assert_int_equal(incident->count, 1);
}

/* ---- certificate ---- */

static void see_cert(struct bench *bench, int64_t left_ms)
{
	struct cert_facts facts = {.seen = true,
				   .subject = "CN=gw.partner.example",
				   .chain_not_after_ms = START_MS + left_ms};

	judge_cert(&bench->judge, &bench->target, &facts, START_MS, &bench->verdict, &bench->out);
	take(bench);
}

static void a_certificate_near_its_end_is_told_once(void **state)
{
	struct bench *bench = *state;
	const struct incident *incident = &bench->incident[INCIDENT_CERT];

	good(bench);
	see_cert(bench, 30 * DAY_MS);
	assert_told(bench, "");
	assert_int_equal(bench->verdict.warnings, 0);
	see_cert(bench, 13 * DAY_MS - 1);
	assert_told(bench, "cert");
	assert_string_equal(incident->result, "CERT");
	assert_string_equal(incident->detail,
			    "expires in 12 days, 2026-12-01 · CN=gw.partner.example");
	assert_int_equal(bench->verdict.warnings, WARN_TLS_EXPIRING);
	assert_int_equal(bench->verdict.incident, incident->id);
	see_cert(bench, 13 * DAY_MS - 1);
	assert_int_equal(bench->out.incident_count, 0);
	see_cert(bench, 12 * DAY_MS - 1);
	assert_told(bench, "");
	assert_int_equal(bench->out.incident_count, 1);
	good(bench);
	assert_int_equal(bench->verdict.warnings, WARN_TLS_EXPIRING);
	assert_int_equal(bench->verdict.state, STATE_UP);

	see_cert(bench, 89 * DAY_MS);
	assert_told(bench, "renewed");
	assert_true(incident->closed_ms == START_MS);
	assert_string_equal(incident->result, "renewed");
	assert_int_equal(bench->verdict.warnings, 0);
	assert_int_equal(bench->verdict.incident, 0);
}

static void the_end_of_a_certificate_has_its_words(void **state)
{
	static const struct {
		int64_t left_ms;
		const char *begins;
	} cases[] = {
		{2 * DAY_MS,  "expires in 2 days, "	  },
		{DAY_MS,	 "expires in 1 day, "    },
		{DAY_MS - 1,  "expires within a day, "},
		{-1,	     "expired less than a day ago, "},
		{-3 * DAY_MS, "expired 3 days ago, "  },
	};
	struct bench *bench = *state;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		see_cert(bench, cases[i].left_ms);
		assert_memory_equal(bench->incident[INCIDENT_CERT].detail, cases[i].begins,
				    strlen(cases[i].begins));
	}
	assert_told(bench, "cert");
}

static void an_hour_after_its_end_a_certificate_has_minus_one_day(void **state)
{
	const int64_t now_ms = INT64_C(1795000000000), hour_ms = 3600000, day_ms = 24 * hour_ms;

	(void)state;
	assert_int_equal(cert_days_left(now_ms + 2 * day_ms - 1, now_ms), 1);
	assert_int_equal(cert_days_left(now_ms + hour_ms, now_ms), 0);
	assert_int_equal(cert_days_left(now_ms, now_ms), 0);
	assert_int_equal(cert_days_left(now_ms - hour_ms, now_ms), -1);
	assert_int_equal(cert_days_left(now_ms - day_ms, now_ms), -1);
	assert_int_equal(cert_days_left(now_ms - day_ms - 1, now_ms), -2);
}

static void certificates_can_be_left_unwatched(void **state)
{
	struct bench *bench = *state;

	bench->target.expect_cert_days = 0;
	see_cert(bench, DAY_MS);
	assert_told(bench, "");
}

/* ---- the end of the rounds ---- */

static void a_verdict_is_given_at_the_end_of_the_rounds(void **state)
{
	static const struct {
		const char *samples;
		enum state state;
		const char *told;
	} cases[] = {
		{"F",    STATE_DOWN,	  "failed down"},
		   {"GF",	  STATE_DOWN,    "failed down"},
		{"FF",   STATE_DOWN,	   "failed down"},
		   {"FG",	  STATE_UP,	    "failed up"  },
		{"Ft",   STATE_DOWN,	   "failed down"},
		   {"t",	 STATE_UNKNOWN, ""		  },
		{"tt",   STATE_UNKNOWN, ""		},
		   {"Gt",	  STATE_UP,	    ""	      },
		{"s",    STATE_SLOW,	  "slow"	},
		   {"G",	 STATE_UP,	   ""	     },
		{"Fttt", STATE_UNKNOWN, "failed"	},
		   {"",	STATE_NEW,	   ""	     },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		void *one;
		set_up(&one);
		struct bench *bench = one;
		play(bench, cases[i].samples);
		judge_finish(&bench->judge, bench->now_ms, &bench->verdict,
			     &bench->out);
		take(bench);
		assert_int_equal(bench->verdict.state, cases[i].state);
		assert_told(bench, cases[i].told);
		if (bench->verdict.state == STATE_DOWN)
			assert_true(bench->incident[INCIDENT_DOWN].confirmed);
		tear_down(&one);
	}
}

/* ---- what is usual ---- */

static double random_normal(void)
{
	static uint64_t seed = 7;
	double sum = 0;

	for (int i = 0; i < 12; i++) {
		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
		sum += (double)(seed >> 11) / 9007199254740992.0;
	}
	return sum - 6;
}

static void usual_is_the_median_of_the_first_twenty(void **state)
{
	struct running_median median = {0};

	(void)state;
	for (int32_t i = 1; i <= 19; i++) {
		running_median_add(&median, 1000 * i);
		running_median_add(&median, ABSENT_US);
		assert_int_equal(running_median_us(&median), ABSENT_US);
	}
	running_median_add(&median, 20000);
	assert_int_equal(running_median_us(&median), 10500);
}

static void usual_stays_when_one_answer_is_far_off(void **state)
{
	struct running_median median = {0};

	(void)state;
	for (int i = 0; i < 200; i++)
		running_median_add(&median, (int32_t)(80000 * exp(0.2 * random_normal())));
	int32_t before = running_median_us(&median);
	running_median_add(&median, INT32_MAX);
	assert_in_range(running_median_us(&median), before, before + before / 200);
}

static void usual_comes_near_the_true_median(void **state)
{
	struct running_median median = {0};

	(void)state;
	for (int i = 0; i < 3000; i++)
		running_median_add(&median, (int32_t)(81000 * exp(0.3 * random_normal())));
	assert_in_range(running_median_us(&median), 74500, 88000); /* within 3 deviations */
	/* And follows it, slowly, when it has changed for good. */
	for (int i = 0; i < 2000; i++)
		running_median_add(&median, (int32_t)(162000 * exp(0.3 * random_normal())));
	assert_in_range(running_median_us(&median), 150000, 175000);
}

static void phases_have_their_own_usual(void **state)
{
	struct bench *bench = *state;

	for (int i = 0; i < 30; i++) {
		struct sample sample = sample_blank(0);
		sample.total_us = 84000;
		sample.phase_us[PHASE_CONNECT] = 11000;
		if (i < 10)
			sample.phase_us[PHASE_TLS] = 24000;
		judge_one(bench, sample, "");
	}
	assert_int_equal(bench->verdict.usual_us, 84000);
	assert_int_equal(bench->verdict.usual_phase_us[PHASE_CONNECT], 11000);
	assert_int_equal(bench->verdict.usual_phase_us[PHASE_TLS], ABSENT_US);
	assert_int_equal(bench->verdict.usual_phase_us[PHASE_DNS], ABSENT_US);
}

/* ---- always ---- */

/* Whatever comes: one incident of a kind at a time, ends follow beginnings, nothing outgrows its
 * room. */
static void holds_together_whatever_comes(void **state)
{
	struct bench *bench = *state;
	uint64_t seed = 99;
	bool down = false;

	for (int i = 0; i < 20000; i++) {
		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
		char kind = "GGGGFFTTsst"[(seed >> 33) % 11];
		if (seed >> 55 == 0)
			pause(bench, !bench->judge.paused);
		play(bench, (char[]){kind, '\0'});
		assert_true(bench->out.event_count <= JUDGE_EVENTS);
		assert_true(bench->out.incident_count <= JUDGE_INCIDENTS);
		for (size_t k = 0; k < bench->out.event_count; k++) {
			enum event_kind told = bench->out.events[k].kind;
			assert_false(told == EVENT_DOWN && down);
			down = told == EVENT_DOWN || (down && told != EVENT_UP);
		}
		if (bench->judge.paused)
			down = false;
		bool open = bench->incident[INCIDENT_DOWN].id > 0 &&
			    bench->incident[INCIDENT_DOWN].closed_ms == 0;
		const struct trouble *failing = &bench->judge.troubles[INCIDENT_DOWN];
		assert_int_equal(open, failing->open && !failing->untold);
		assert_true(bench->verdict.flapping || !failing->untold);
		if (!bench->verdict.flapping)
			assert_int_equal(bench->verdict.state == STATE_DOWN,
					 down && !bench->judge.paused &&
						 bench->judge.tainted_in_row < 3);
		assert_int_equal(bench->verdict.incident > 0,
				 bench->judge.paused || open || bench->verdict.flapping ||
					 bench->judge.troubles[INCIDENT_SLOW].open);
		assert_true(bench->verdict.since_ms <= bench->now_ms);
		bench->told[0] = '\0';
	}
	assert_int_equal(bench->verdict.sample_count, 20000);
}

static void tells_what_a_sample_costs(void **state)
{
	enum { MANY = 200000 };
	struct bench *bench = *state;
	struct timespec begin, end;
	struct sample sample = sample_blank(START_MS);

	sample.total_us = 80000;
	for (int i = 0; i < PHASE_COUNT; i++)
		sample.phase_us[i] = 10000;
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (int i = 0; i < MANY; i++) {
		sample.at_ms += 1000;
		sample.total_us = 80000 + i % 7000;
		judge_sample(&bench->judge, &bench->target, &sample, "", &bench->verdict,
			     &bench->out);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	double us = (double)(end.tv_sec - begin.tv_sec) * 1e6 +
		    (double)(end.tv_nsec - begin.tv_nsec) / 1e3;
	print_message("# figure: judging a good sample takes %.0f ns, a judge %zu bytes\n",
		      us * 1000 / MANY, sizeof(struct judge));
	assert_int_equal(bench->verdict.sample_count, MANY);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_good_answer_makes_it_up),
		TEST(one_failure_is_an_incident_but_not_down),
		TEST(down_since_the_first_failed_check),
		TEST(the_first_failure_of_all_is_shown_before_it_counts),
		cmocka_unit_test(states_follow_the_rules),
		TEST(up_after_counts_from_its_first_good_answer),
		TEST(another_class_is_told_but_flapping_ones_are_not),
		TEST(three_slow_answers_of_five_are_slow),
		TEST(the_first_answers_are_slow_if_all_of_them_are),
		TEST(down_goes_before_slow),
		TEST(the_words_name_limit_and_phase),
		TEST(tainted_samples_change_nothing),
		TEST(three_tainted_in_a_row_mean_that_nobody_knows),
		TEST(tainted_totals_teach_nothing),
		TEST(a_pause_is_an_incident_with_a_length),
		TEST(a_pause_ends_what_was_open),
		TEST(a_certificate_near_its_end_is_told_once),
		TEST(the_end_of_a_certificate_has_its_words),
		TEST(an_hour_after_its_end_a_certificate_has_minus_one_day),
		TEST(certificates_can_be_left_unwatched),
		cmocka_unit_test(a_verdict_is_given_at_the_end_of_the_rounds),
		cmocka_unit_test(usual_is_the_median_of_the_first_twenty),
		cmocka_unit_test(usual_stays_when_one_answer_is_far_off),
		cmocka_unit_test(usual_comes_near_the_true_median),
		TEST(phases_have_their_own_usual),
		TEST(holds_together_whatever_comes),
		TEST(tells_what_a_sample_costs),
	};

	return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
