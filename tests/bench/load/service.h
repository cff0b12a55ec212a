#ifndef BENCH_LOAD_SERVICE_H
#define BENCH_LOAD_SERVICE_H
/*
 * A web application as a queue: arrivals, one line of waiting requests, c workers (G/G/c/K, first
 * come first served), pauses of the whole process. Exact, request by request: Kiefer and
 * Wolfowitz's recursion over the workers' times. Who meets a full line is turned away.
 */
#include <stdbool.h>

#include "chance.h"

#define WORKERS_MAX 32
#define BACKLOG_MAX 512

enum service_law { LAW_FIXED, LAW_GAMMA, LAW_EXP, LAW_LOGNORMAL, LAW_BIMODAL, LAW_PARETO, LAWS };

extern const char *const law_name[LAWS];

/* What a target is like; does not change by itself. */
struct service_plan {
	unsigned workers;
	double mean_s; /* of a request's work */
	enum service_law law;
	double probe_s;		       /* the probe's own work; 0: as any request's */
	double batch;		       /* mean requests that arrive at once; 1: Poisson */
	double burst;		       /* rate within a burst over the mean rate; 1: none */
	double burst_s;		       /* mean length of a burst */
	double pause_every_s, pause_s; /* of garbage collection; 0: none */
	unsigned backlog;	       /* at most so many wait; 0: any number */
};

struct service {
	struct service_plan plan;
	struct chance chance;
	double utilisation;	     /* offered now, set by the caller at any time */
	double speed;		     /* multiplies the work: 2 is twice as slow */
	double free_s[WORKERS_MAX];  /* a heap: when each worker is free, the earliest first */
	double begin_s[BACKLOG_MAX]; /* of the last ones' work: as many as may wait */
	unsigned taken;		     /* how many until now */
	double arrival_s;	     /* the next background request */
	double pause_at_s;
	double burst_end_s;
	bool bursting;
};

void service_init(struct service *service, const struct service_plan *plan, uint64_t seed);

/* Background requests up to now; whether the line is full then. Times must not go back. */
bool service_is_full(struct service *service, double now_s);

/* Background requests up to now, then the probe, which is taken: returns when it is answered. */
double service_probe(struct service *service, double now_s);

/* Nobody works for so long; nothing is lost. */
void service_stall(struct service *service, double now_s, double length_s);

/* All requests in progress and waiting are gone, nobody works for so long. */
void service_restart(struct service *service, double now_s, double length_s);

#endif
