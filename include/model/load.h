#ifndef WEBMON_MODEL_LOAD_H
#define WEBMON_MODEL_LOAD_H
/*
 * The load detector: from a target's own samples to calm, elevated (a potential load situation) or saturated, with
 * the cause and one sentence of evidence. A pure rule: no clock, no heap, O(1) a sample, constant memory, the same
 * verdicts live and in replay. One struct load a target, private to the target's poller.
 *
 * A probe is split into three signals: server time (first byte and TLS with the round trips taken off), network
 * (the TCP handshake) and DNS (the look-up less what the network itself lost). Each has a baseline of its own in
 * the log domain, learnt only while calm, and two sums of evidence: has it shifted (about doubled)? do rare things
 * (outliers, time-outs, 429, 502 to 504, lost SYNs) come close together? An alarm needs enough evidence that has
 * lasted by the clock, a present sample that is still bad and an excess that matters to a person.
 */
#include "model/load_channel.h"
#include "model/verdict.h"

/* Good answers before the detector speaks; until then the level is LOAD_LEARNING. */
#define LOAD_LEARNS 30

enum load_channel_name { CHANNEL_SERVER, CHANNEL_NETWORK, CHANNEL_DNS, CHANNELS };

/* What became of a check, four bits each in the history of the last sixteen. */
enum load_outcome {
	OUTCOME_FINE,
	OUTCOME_SLOW,      /* answered, and far from usual */
	OUTCOME_SHED,      /* 429 */
	OUTCOME_BUSY,      /* 503 */
	OUTCOME_UPSTREAM,  /* 502, 504 */
	OUTCOME_TIMEOUT,   /* connected, no answer in time */
	OUTCOME_UNHEARD,   /* no connection in time, or no way there */
	OUTCOME_REFUSED,
	OUTCOME_CUT,       /* reset, empty reply, truncated */
	OUTCOME_UNRESOLVED,
	OUTCOME_NONE,      /* no check yet */
	OUTCOMES
};

/* How readily it speaks. Times in ms, distances in natural logarithms. */
struct load_rule {
	const char *name; /* as in the configuration: "on" "low" "high" */
	struct load_channel_rule channel[CHANNELS];
	float   threshold;   /* sum of shift evidence for an alarm */
	float   early;       /* raises it while the baseline is young: threshold * (1 + early / samples) */
	float   rare;        /* sum of rare events for an alarm */
	float   material_ms; /* smaller excess matters to nobody */
	int32_t persist_ms;  /* evidence must have begun so long ago */
	int32_t clear_ms;    /* and no bad sample for so long ends it */
	int32_t relearn_ms;  /* elevated for so long: perhaps this is the new usual */
};

/* By the configuration's word, "on" "low" "high"; NULL for "off" and for what is unknown. */
const struct load_rule *load_rule_by_name(const char *name);

/* What a target's configuration says. */
struct load_setting {
	const struct load_rule *rule; /* NULL: off, always calm */
	int64_t interval_ms, timeout_ms;
};

struct load {
	struct load_channel channel[CHANNELS];
	int64_t  bad_ms;     /* end of the last bad sample */
	int64_t  raised_ms;  /* end of the sample that raised the alarm */
	int64_t  since_ms;   /* when the evidence behind the alarm began */
	int64_t  last_ms;    /* start of the newest sample */
	uint64_t outcomes;   /* newest in the lowest four bits */
	float    errors;     /* share of late checks that failed as an overloaded server or network fails them */
	float    severity;   /* 1: at the border of saturation */
	float    usual_lag_ms;
	float    lag;        /* share of late checks that this host started late */
	float    resent;     /* share with a lost SYN or no connection */
	float    usual_ms;   /* slow mean of the whole probe while calm */
	float    trend_level_ms, trend; /* Holt's: of the whole probe, ms and ms a second */
	uint8_t  level, cause;
	bool     failed;     /* the newest sample */
};

_Static_assert(sizeof(struct load) <= 640, "the detector's state is about 600 bytes a target");

void load_init(struct load *load);

/* One more sample, in order of time. Writes the whole verdict. A tainted one only tells of this host. */
void load_sample(struct load *load, const struct load_setting *setting, const struct sample *sample,
		 struct load_verdict *verdict);

/*
 * What the verdict would be if the probe under way ended now: so_far holds the phases that are done, in the phase
 * it is in the time it has been there, ABSENT_US in those to come, its age in total_us, and class ok. Changes
 * nothing in load, so that a live run and its replay agree sample by sample; it only tells seconds earlier what
 * the finished probe is going to say. verdict: the one in force, replaced where this one is graver. Call it now and
 * then (4 times a second will do) for probes under way for longer than load_patience_us().
 */
void load_waiting(const struct load *load, const struct load_setting *setting, const struct sample *so_far,
		  struct load_verdict *verdict);

/* A probe under way for less than this is no evidence. INT64_MAX while learning or off. */
int64_t load_patience_us(const struct load *load, const struct load_setting *setting);

/* The newest sample was a failure or an outlier and there is no alarm yet: asking again at once would tell. */
bool load_is_in_doubt(const struct load *load);

/* After a pause: forgets evidence and alarm, keeps the baselines. Gaps in the samples' times do the same. */
void load_rest(struct load *load);

/* The baselines, which are worth keeping over a restart. */
struct load_memory {
	struct {
		float    middle, high;
		uint32_t count;
	} channel[CHANNELS];
	float usual_ms;
};

void load_keep(const struct load *load, struct load_memory *memory);
/* Into a fresh detector. What is no sane baseline (a damaged file) is left out. */
void load_restore(struct load *load, const struct load_memory *memory);

#endif
