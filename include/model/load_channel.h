#ifndef WEBMON_MODEL_LOAD_CHANNEL_H
#define WEBMON_MODEL_LOAD_CHANNEL_H
/*
 * One signal of the load detector: its baseline (running median and 90th percentile of ln(value +
 * offset)) and two sums of evidence against it. For model/load alone.
 */
#include <stdbool.h>
#include <stdint.h>

#define CHANNEL_FIRST	      30 /* values before there is a baseline */
#define CHANNEL_NEVER	      (-1)
#define CHANNEL_SHIFT_MAX     16.0f /* caps the shift sum: recovery is quick; */
#define CHANNEL_SHIFT_ALARMED 8.0f  /* in an alarm, quicker */

struct load_channel_rule {
	float offset_ms; /* added inside the logarithm: what is small beside it does not matter */
	float step;	 /* the shift looked for, at least */
	float sigmas;	 /* and at least so many sigma */
	float sigma_min;
	float rare_step; /* an outlier lies so far above the median, and four sigma, */
	float rare_ms;	 /* and so many ms */
};

/* What is usual. */
struct load_usual {
	float middle, high; /* median and 90th percentile of ln(ms + offset) */
	float high_share, rare_share, fail_share; /* of high values, outliers and failures */
	uint32_t count;				  /* values learnt from */
};

struct load_channel {
	struct load_usual usual;
	int64_t shift_since_ms, rare_since_ms; /* when the evidence at hand began; CHANNEL_NEVER */
	int64_t rare_ms;		       /* the last one that counted in full */
	float recent;			       /* short mean of ln(ms + offset) */
	float excess_ms;		       /* short mean of what lies above the median */
	float shift, rare;		       /* the sums */
	float last;			       /* how high the newest value is, -1 to 1 */
	bool active;			       /* has a part in the present alarm */
	bool hit;			       /* the newest value was a rare event */
	int16_t first[CHANNEL_FIRST];	       /* in order of size, until there is a baseline */
};

/* When a value came: start and end of its probe. */
struct load_moment {
	int64_t start_ms, end_ms;
	int64_t doubt_ms; /* suspicion keeps a baseline from learning for so long */
	bool alarmed;
	bool good;   /* only good answers teach what is usual */
	float learn; /* 0: not at all, 1: in full */
	float rate;  /* of learning, per value */
};

void channel_init(struct load_channel *channel);
bool channel_is_ready(const struct load_channel *channel);

/* A value was measured. */
void channel_put(struct load_channel *channel, const struct load_channel_rule *rule, float value_ms,
		 const struct load_moment *moment);
/* A rare event without a value: a failure, a lost SYN. */
void channel_hit(struct load_channel *channel, const struct load_moment *moment);
/* A failure that is as bad as the worst value. */
void channel_fail(struct load_channel *channel, const struct load_moment *moment);
/* No value, no event: the probe failed before, or did without. */
void channel_skip(struct load_channel *channel, const struct load_moment *moment);
/* Forgets evidence, keeps the baseline. */
void channel_calm(struct load_channel *channel);

/* The usual and the present value; 0 before there is a baseline. */
float channel_usual_ms(const struct load_channel *channel, const struct load_channel_rule *rule);
float channel_present_ms(const struct load_channel *channel, const struct load_channel_rule *rule);

#endif
