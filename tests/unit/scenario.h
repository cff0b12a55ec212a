#ifndef WEBMON_TESTS_SCENARIO_H
#define WEBMON_TESTS_SCENARIO_H
/*
 * A fleet for tests of faces: 49 targets (or so many as asked for), a day behind them, at 14:32:07
 * of a Sunday: two down, two slow, one paused, some with a past. Made of literals and a seeded
 * generator, judged by the real judge, so that it is the same at each run.
 */
#include "model/judge.h"
#include "store/store.h"

#define SCENARIO_NOW_MS  1795357927000LL /* 2026-11-22T14:32:07Z */
#define SCENARIO_MONO_US 90000000000LL   /* the monotonic clock at that moment */

struct scenario {
	struct config config;
	struct target *targets;
	struct store *store;
	struct judge *judges;
	struct verdict *verdicts;
	char (*names)[48];
	char (*urls)[96];
	uint64_t random;
	struct fleet fleet;
};

/* Configuration and empty store, clock frozen at the moment above. */
void scenario_init(struct scenario *scenario, size_t targets);
void scenario_fini(struct scenario *scenario);

/* The day that has passed. */
void scenario_play(struct scenario *scenario);

/* One more sample of a target, judged and stored. detail "" where it is good. */
void scenario_push(struct scenario *scenario, size_t target, const struct sample *sample,
		   const char *detail);
/* A good answer in so many milliseconds; a failure of a class and status. */
struct sample scenario_good(int64_t at_ms, int32_t total_ms);
struct sample scenario_bad(int64_t at_ms, enum probe_class cls, int status);

void scenario_pause(struct scenario *scenario, size_t target, int64_t at_ms);
/* By name; the count where there is none. */
size_t scenario_find(const struct scenario *scenario, const char *name);

/* Moves the clock on, frozen. */
void scenario_clock(int64_t after_ms);

#endif
