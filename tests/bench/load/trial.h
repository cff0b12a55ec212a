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

struct overload_outcome {
	double interval_s, peak;
	bool found;	/* before the end of the overload and some seconds of grace */
	double delay_s; /* from the full load to the end of the probe that raised the alarm; 0 where
			   it was before */
	bool is_server; /* the cause it named */
};

/* Utilisation never above 0.6. */
void trial_calm(const struct trial *trial, double days, struct calm_outcome *outcome);

/* From calm, at once or on a ramp, to a utilisation between 0.95 and 1.5. */
void trial_overload(const struct trial *trial, struct overload_outcome *outcome);

#endif
