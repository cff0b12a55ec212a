#ifndef WEBMON_MODEL_LOAD_STATE_H
#define WEBMON_MODEL_LOAD_STATE_H
/*
 * What the load detector holds of one target, and the rule by which it judges: plain values. For
 * model/load, and for those who keep one.
 */
#include "model/load_channel.h"
#include "model/verdict.h"

/* Good answers before the detector speaks; until then the level is LOAD_LEARNING. */
#define LOAD_LEARNS CHANNEL_FIRST

enum load_channel_name { CHANNEL_SERVER, CHANNEL_NETWORK, CHANNEL_DNS, CHANNELS };

/* What became of a check, four bits each in the history of the last sixteen. */
enum load_outcome {
	OUTCOME_FINE,
	OUTCOME_SLOW,	  /* answered, the server's time far from usual, */
	OUTCOME_LATE,	  /* and by so much that a packet may have been sent again; */
	OUTCOME_FAR,	  /* connecting or the look-up alone far from usual */
	OUTCOME_RESENT,	  /* the first SYN was lost: answered in the usual time, */
	OUTCOME_RESENT_SLOW,
	OUTCOME_RESENT_LATE,
	OUTCOME_SHED,	  /* 429 */
	OUTCOME_BUSY,	  /* 503 */
	OUTCOME_UPSTREAM, /* 502, 504 */
	OUTCOME_TIMEOUT,  /* connected, no answer in time */
	OUTCOME_UNHEARD,  /* no connection in time, or no way there */
	OUTCOME_REFUSED,
	OUTCOME_CUT, /* reset, empty reply, truncated */
	OUTCOME_UNRESOLVED,
	OUTCOME_NONE, /* no check yet */
	OUTCOMES
};

#define OUTCOMES_KEPT 16
_Static_assert(OUTCOMES <= 16, "an outcome fits into four bits");

/* How readily it speaks. Times in ms, distances in natural logarithms. */
struct load_rule {
	const char *name; /* as in the configuration: "on" "low" "high" */
	struct load_channel_rule channel[CHANNELS];
	float threshold;    /* sum of shift evidence for an alarm */
	float rare;	    /* sum of rare events for an alarm */
	float material_ms;  /* smaller excess matters to nobody */
	int32_t persist_ms; /* evidence must have begun so long ago */
	int32_t clear_ms;   /* and no bad sample for so long ends it */
	int32_t relearn_ms; /* elevated for so long: perhaps this is the new usual */
};

/* What a target's configuration says. */
struct load_setting {
	const struct load_rule *rule; /* NULL: off, always calm */
	int64_t interval_ms, timeout_ms;
};

struct load {
	struct load_channel channel[CHANNELS];
	int64_t bad_ms;	   /* end of the last bad sample */
	int64_t raised_ms; /* end of the sample that raised the alarm */
	int64_t since_ms;  /* when the evidence behind the alarm began */
	int64_t calmed_ms; /* end of the last alarm */
	int64_t last_ms;   /* start of the newest sample */
	int64_t late_ms;   /* since when this host starts many checks late; CHANNEL_NEVER */
	uint64_t outcomes; /* newest in the lowest four bits */
	float caution;	   /* doublings of persist_ms that brief alarms have taught */
	float errors;	   /* share of late checks that failed as under overload */
	float severity;	   /* 1: at the border of saturation */
	float usual_lag_ms;
	float lag;		     /* share of late checks that this host started late */
	float resent;		     /* share with a lost SYN or no connection */
	float usual_ms;		     /* slow mean of the whole probe while calm */
	float trend_level_ms, trend; /* Holt's: of the whole probe, ms and ms a second */
	uint8_t level, cause;
	bool failed;   /* the newest sample */
	bool failures; /* some sample of the present alarm */
};

/* Promised: what the detector holds of a target, whatever comes. */
#define LOAD_STATE_MAX 640

_Static_assert(sizeof(struct load) <= LOAD_STATE_MAX, "the detector's state has its promised size");

#endif
