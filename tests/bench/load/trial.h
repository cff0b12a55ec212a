#ifndef BENCH_LOAD_TRIAL_H
#define BENCH_LOAD_TRIAL_H
/*
 * The load detector watches one simulated target: through days of calm, or into an overload.
 */
#include <stdio.h>

#include "model/load.h"
#include "world.h"

struct trial {
	const struct load_rule *rule;
	uint64_t seed;	   /* of all targets */
	unsigned number;   /* of this one */
	double interval_s; /* 0: as drawn */
	bool asks_again;   /* as the live program: one more probe at once in doubt */
	FILE *tell;	   /* where each alarm, each miss is told; NULL: nowhere */
};

struct calm_outcome {
	double interval_s, days;
	unsigned alarms;	/* rises from calm */
	unsigned deploy_alarms; /* those within ten minutes of a deploy: a new usual, not counted as
				   false */
	double alarmed_s;
};

/* What a target gets into. */
enum episode {
	EPISODE_LOAD,  /* a utilisation between 0.95 and 1.5, and any number may wait */
	EPISODE_QUEUE, /* the same above 1.05, and few may wait: the others are turned away */
	EPISODE_LOSS,  /* 2 to 20 packets of 100 to the service are lost */
	EPISODE_KINDS
};

struct episode_outcome {
	double interval_s, peak; /* peak: the utilisation, or the share of packets lost */
	bool found;		 /* before its end and some seconds of grace */
	double delay_s; /* from the full trouble to the end of the probe that raised the alarm; 0
			   where it was before */
	bool is_right;	/* the cause it named: then, */
	bool alarmed;	/* at the end of the trouble; */
	bool was_right; /* the cause it named then */
	bool lasted;	/* it was found so early that the following can be said */
	double held;	/* the alarm's share of the time from there to the trouble's end */
	unsigned falls; /* to calm in it */
	double calm_s;	/* from the trouble's end to calm; below 0: not soon */
};

/* Utilisation never above 0.6. */
void trial_calm(const struct trial *trial, double days, struct calm_outcome *outcome);

/* From calm into a trouble, at once or on a ramp, and out of it. */
void trial_episode(const struct trial *trial, enum episode episode,
		   struct episode_outcome *outcome);

#endif
