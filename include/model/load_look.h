#ifndef WEBMON_MODEL_LOAD_LOOK_H
#define WEBMON_MODEL_LOAD_LOOK_H
/*
 * One sample as the load detector sees it. For model/load alone.
 */
#include "model/load_state.h"

struct look {
	struct load_moment moment;
	float value[CHANNELS];	      /* ms; < 0: absent */
	enum load_channel_name where; /* the channel a failure belongs to; CHANNELS: none */
	enum load_outcome outcome;
	bool over; /* the answer itself says overload */
	bool resent;
	bool failed; /* over, or failed in some channel */
};

/* Fills all but the moment. load only tells the usual round trip. */
void look_at(struct look *look, const struct load *load, const struct load_rule *rule,
	     const struct sample *s);

static inline float ms_of(int32_t us)
{
	return us < 0 ? -1 : (float)us / 1000;
}

#endif
