#ifndef WEBMON_MODEL_JUDGE_H
#define WEBMON_MODEL_JUDGE_H
/*
 * The judge: from samples to state, incidents and events. A pure rule without a clock of its own, O(1) a sample,
 * the same live and in replay. One struct judge a target, private to the target's poller.
 *
 * A first failure opens an incident at once (EVENT_FAILED); it becomes DOWN when down_after says so (EVENT_DOWN);
 * up_after good answers in a row close it (EVENT_UP with count and length). A tainted sample changes nothing.
 * SLOW opens when the target's limit was passed in 3 of the last 5 good answers (or every one, while fewer than 5)
 * and closes after 5 good ones within it. model/load has its place in `load` and is fed from here.
 */
#include "model/target.h"
#include "model/verdict.h"

/* A running quantile in the log domain: O(1), no heap. Learns slowly after its first 20 values. */
struct running_median {
	float    log_us;
	uint32_t count;
};

struct judge {
	uint32_t failed_in_row, good_in_row;
	uint64_t recent;      /* last outcomes, newest in bit 0: 1 failed */
	uint32_t recent_count;
	uint8_t  recent_slow; /* last good answers, newest in bit 0 */
	uint8_t  recent_slow_count;
	struct incident down, slow, cert, paused; /* the open one of each kind; id 0: none */
	struct running_median usual, usual_phase[PHASE_COUNT];
};

/* What one step changed, at most this much. */
#define JUDGE_EVENTS 4
#define JUDGE_INCIDENTS 4

struct judgement {
	struct event    events[JUDGE_EVENTS]; /* number not filled in */
	size_t          event_count;
	struct incident incidents[JUDGE_INCIDENTS]; /* to be written; id 0: new, the store gives one */
	size_t          incident_count;
};

void judge_init(struct judge *judge, struct verdict *verdict);

/*
 * One more sample, with its words (detail "" where all is well). Updates verdict; says in *out what is to be told.
 * The caller stores incidents and gives new ones' ids back by judge_opened() before the next step.
 */
void judge_sample(struct judge *judge, const struct target *target, const struct sample *sample,
		  const char *detail, struct verdict *verdict, struct judgement *out);

/* The certificate's days changed sides of expect_cert_days (or it was seen for the first time, or renewed). */
void judge_cert(struct judge *judge, const struct target *target, const struct cert_facts *facts,
		int64_t now_ms, struct verdict *verdict, struct judgement *out);

/* Paused or resumed by a person. */
void judge_pause(struct judge *judge, bool paused, int64_t now_ms, struct verdict *verdict, struct judgement *out);

void judge_opened(struct judge *judge, enum incident_kind kind, uint64_t id, struct verdict *verdict);

/* The running median's value in microseconds; ABSENT_US before 20 values. */
int32_t running_median_us(const struct running_median *median);
void running_median_add(struct running_median *median, int32_t value_us);

#endif
