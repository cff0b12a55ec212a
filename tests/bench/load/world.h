#ifndef BENCH_LOAD_WORLD_H
#define BENCH_LOAD_WORLD_H
/*
 * A simulated target as a probe sees it: a service behind a network and a resolver, with its days
 * and its deploys. Gives samples one by one, as webmon would have taken them: a probe never
 * overlaps the one before it.
 */
#include "model/sample.h"
#include "service.h"

struct world_plan {
	struct service_plan service;
	double interval_s, timeout_s;
	double low, high; /* utilisation over the day, a sine between them */
	double day_s;
	double trip_s, jitter; /* round trip and the sigma of its logarithm */
	double loss;	       /* of a packet */
	double dns_s, dns_miss,
		dns_miss_s;    /* look-up from the cache, share of the others and what they take */
	double late_s;	       /* mean lateness of the monitor's timer */
	double deploy_every_s; /* 0: never */
	double deploy_shift;   /* the new version's work, times the old one's, at most (or its
				  inverse) */
	double noise_every_s;  /* a neighbour takes the CPU for a second; 0: never */
};

struct overload {
	double begin_s, ramp_s, end_s;
	double peak; /* utilisation rises to it within ramp_s; 0: it does not */
	double loss; /* and the share of packets lost to this; 0: it does not */
};

struct world {
	struct world_plan plan;
	struct service service;
	struct chance chance;
	struct overload overload;
	double loss; /* of a packet, now */
	double due_s;
	double deploy_s;   /* the next one */
	double deployed_s; /* the last one */
	double neighbour_s;
	double end_s; /* of the newest probe */
};

/* A plausible target of each kind there is, by number. */
void world_draw(struct world_plan *plan, uint64_t seed);
void world_init(struct world *world, const struct world_plan *plan, uint64_t seed);
void world_next(struct world *world, struct sample *sample);
/* One more probe at once, beside the schedule. */
void world_again(struct world *world, struct sample *sample);
double world_utilisation(const struct world *world, double now_s);

#endif
