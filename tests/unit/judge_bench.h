#ifndef WEBMON_TESTS_JUDGE_BENCH_H
#define WEBMON_TESTS_JUDGE_BENCH_H
/* A bench for the judge: it is fed samples, and all that it tells is written down. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/judge.h"

#define START_MS INT64_C(1795000000000)
#define STEP_MS	 5000
#define DAY_MS	 INT64_C(86400000)

/* A target with its judge, a journal that only gives numbers, and everything that was told. */
struct bench {
	struct target target;
	struct judge judge;
	struct verdict verdict;
	struct judgement out;
	int64_t now_ms;
	uint64_t ids;
	char told[400];
	struct event event;			  /* the newest */
	struct incident incident[INCIDENT_KINDS]; /* the newest of each kind */
};

static inline int set_up(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);

	bench->target = (struct target){
		.name = "shop",
		.interval_ms = STEP_MS,
		.down_after = {2, 0},
		.up_after = 1,
		.slow_us = 1500000,
		.expect_cert_days = 21
	      };
	bench->now_ms = START_MS;
	judge_init(&bench->judge, &bench->verdict);
	*state = bench;
	return 0;
}

static inline int tear_down(void **state)
{
	free(*state);
	return 0;
}

static const char *const event_words[EVENT_KINDS] = {
	[EVENT_FAILED] = "failed",
	[EVENT_DOWN] = "down",
	[EVENT_UP] = "up",
	[EVENT_SLOW] = "slow",
	[EVENT_FAST] = "fast",
	[EVENT_LOAD] = "load",
	[EVENT_CALM] = "calm",
	[EVENT_CERT] = "cert",
	[EVENT_CERT_RENEWED] = "renewed",
	[EVENT_PAUSED] = "paused",
	[EVENT_RESUMED] = "resumed",
	[EVENT_SELF] = "self",
	[EVENT_SELF_OVER] = "self over",
	[EVENT_FLAPPING] = "flapping",
	[EVENT_STEADY] = "steady",
	[EVENT_BURN] = "burn",
	[EVENT_BURN_OVER] = "burn over",
	[EVENT_CHANGED] = "changed",
	[EVENT_ACKNOWLEDGED] = "acknowledged",
};

/* As a store would: ids for what is new, and nothing told twice. */
static inline void take(struct bench *bench)
{
	for (size_t i = 0; i < bench->out.incident_count; i++) {
		struct incident *incident = &bench->out.incidents[i];
		if (incident->id == 0)
			incident->id = ++bench->ids;
		if (incident->closed_ms == 0)
			judge_opened(&bench->judge, incident->kind, incident->id, &bench->verdict);
		bench->incident[incident->kind] = *incident;
	}
	for (size_t i = 0; i < bench->out.event_count; i++) {
		bench->event = bench->out.events[i];
		size_t used = strlen(bench->told);
		snprintf(bench->told + used, sizeof bench->told - used, "%s%s", used ? " " : "",
			 event_words[bench->event.kind]);
	}
}

/* What was told since it was asked last. */
static inline void assert_told(struct bench *bench, const char *words)
{
	assert_string_equal(bench->told, words);
	bench->told[0] = '\0';
}

static inline void judge_one(struct bench *bench, struct sample sample, const char *detail)
{
	sample.at_ms = bench->now_ms;
	bench->now_ms += STEP_MS;
	judge_sample(&bench->judge, &bench->target, &sample, detail, &bench->verdict, &bench->out);
	take(bench);
}

static inline void good(struct bench *bench)
{
	struct sample sample = sample_blank(0);

	sample.status = 200;
	sample.total_us = 80000;
	judge_one(bench, sample, "");
}

static inline void failed(struct bench *bench, int status)
{
	struct sample sample = sample_blank(0);
	char detail[60];

	sample.status = (uint16_t)status;
	sample.cls = status ? CLASS_HTTP_STATUS : CLASS_TIMEOUT_CONNECT;
	sample.total_us = 84000;
	if (status)
		snprintf(detail, sizeof detail, "%d Some Reason, wanted 200-299", status);
	else
		snprintf(detail, sizeof detail, "connect to 192.0.2.41:443 timed out in 10 s");
	judge_one(bench, sample, detail);
}

static inline void slow(struct bench *bench)
{
	struct sample sample = sample_blank(0);

	sample.status = 200;
	sample.total_us = 3310000;
	sample.phase_us[PHASE_CONNECT] = 20000;
	sample.phase_us[PHASE_WAIT] = 3045000;
	sample.warnings = WARN_SLOW;
	judge_one(bench, sample, "");
}

static inline void tainted(struct bench *bench)
{
	struct sample sample = sample_blank(0);

	sample.cls = CLASS_LOCAL;
	sample.flags = SAMPLE_TAINTED;
	judge_one(bench, sample, "no file descriptors left");
}

/* "GGFFs..." : good, failed (503), timed out (T), slow (s), tainted (t). */
static inline void play(struct bench *bench, const char *samples)
{
	for (; *samples; samples++) {
		if (*samples == 'G')
			good(bench);
		else if (*samples == 'F')
			failed(bench, 503);
		else if (*samples == 'T')
			failed(bench, 0);
		else if (*samples == 's')
			slow(bench);
		else
			tainted(bench);
	}
}

#endif
