/*
 * The queue. Work is drawn when it begins; a pause moves every worker's time by its length.
 */
#include "service.h"

#include <string.h>

#define BIMODAL_SHARE	   0.1	/* of slow requests, */
#define BIMODAL_TIMES	   12.0 /* so many times slower than the others */
#define PARETO_ALPHA	   2.2
#define PARETO_MAX	   25.0	 /* means */
#define MEMORY_WORKS	   500.0 /* mean works */
#define MEMORY_UTILISATION 0.65
#define LOGNORMAL_SIGMA	   0.9
#define CALM_TIMES	   20.0 /* the mean gap between bursts, in bursts */

const char *const law_name[LAWS] = {"fixed", "gamma", "exp", "lognormal", "bimodal", "pareto"};

static double draw_work(struct service *s)
{
	double mean = s->plan.mean_s * s->speed, scale;

	switch (s->plan.law) {
	case LAW_GAMMA:
		return (chance_exp(&s->chance, mean) + chance_exp(&s->chance, mean) +
			chance_exp(&s->chance, mean)) /
		       3;
	case LAW_EXP:
		return chance_exp(&s->chance, mean);
	case LAW_LOGNORMAL:
		return mean * exp(LOGNORMAL_SIGMA * chance_normal(&s->chance) -
				  LOGNORMAL_SIGMA * LOGNORMAL_SIGMA / 2);
	case LAW_BIMODAL:
		scale = mean / (1 - BIMODAL_SHARE + BIMODAL_SHARE * BIMODAL_TIMES);
		return chance_unit(&s->chance) < BIMODAL_SHARE ? BIMODAL_TIMES * scale : scale;
	case LAW_PARETO:
		scale = mean * (PARETO_ALPHA - 1) / PARETO_ALPHA;
		return fmin(scale * pow(chance_unit(&s->chance), -1 / PARETO_ALPHA),
			    PARETO_MAX * mean);
	case LAW_FIXED:
	case LAWS:
		break;
	}
	return mean;
}

/* Puts a new time in the place of the heap's first. */
static void sift(double *heap, unsigned count, double value)
{
	unsigned at = 0;

	for (;;) {
		unsigned child = 2 * at + 1;

		if (child >= count)
			break;
		if (child + 1 < count && heap[child + 1] < heap[child])
			child++;
		if (heap[child] >= value)
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = value;
}

/* Everything stands still: adding to all keeps a heap a heap. */
static void pause_all(struct service *s, double at_s, double length_s)
{
	for (unsigned i = 0; i < s->plan.workers; i++)
		s->free_s[i] = fmax(s->free_s[i], at_s) + length_s;
}

/* First come, first served: where the one that came `backlog` before still waits, all since do. */
static bool is_full(const struct service *s, double at_s)
{
	return s->plan.backlog > 0 && s->begin_s[s->taken % s->plan.backlog] > at_s;
}

static double serve(struct service *s, double at_s, double work_s)
{
	double begin;

	while (s->pause_at_s < at_s) {
		pause_all(s, s->pause_at_s, s->plan.pause_s * chance_between(&s->chance, 0.5, 1.5));
		s->pause_at_s += chance_exp(&s->chance, s->plan.pause_every_s);
	}
	begin = fmax(at_s, s->free_s[0]);
	if (s->plan.backlog > 0)
		s->begin_s[s->taken++ % s->plan.backlog] = begin;
	sift(s->free_s, s->plan.workers, begin + work_s);
	return begin + work_s;
}

/* Requests a second, so that the mean over bursts and the calm between them is what was asked for.
 */
static double rate_now(struct service *s, double now_s)
{
	double mean =
		s->utilisation * s->plan.workers / (s->plan.mean_s * s->speed) / s->plan.batch;
	double share = 1 / (1 + CALM_TIMES), quiet;

	if (s->plan.burst <= 1)
		return mean;
	while (now_s >= s->burst_end_s) {
		s->bursting = !s->bursting;
		s->burst_end_s += s->bursting
					  ? s->plan.burst_s * chance_between(&s->chance, 0.5, 1.5)
					  : chance_exp(&s->chance, CALM_TIMES * s->plan.burst_s);
	}
	quiet = (1 - share * s->plan.burst) / (1 - share);
	return mean * (s->bursting ? s->plan.burst : quiet);
}

static void arrive(struct service *s)
{
	unsigned requests = 1;

	if (s->plan.batch > 1)
		while (chance_unit(&s->chance) > 1 / s->plan.batch)
			requests++;
	for (unsigned i = 0; i < requests; i++)
		if (!is_full(s, s->arrival_s))
			serve(s, s->arrival_s, draw_work(s));
	s->arrival_s += chance_exp(&s->chance, 1 / rate_now(s, s->arrival_s));
}

void service_init(struct service *service, const struct service_plan *plan, uint64_t seed)
{
	memset(service, 0, sizeof(*service));
	service->plan = *plan;
	service->chance.state = seed;
	service->speed = 1;
	service->utilisation = 0.1;
	service->pause_at_s = plan->pause_every_s > 0
				      ? chance_exp(&service->chance, plan->pause_every_s)
				      : (double)INFINITY;
}

/*
 * Where nothing is near saturation the queue has forgotten what was long ago: of a long gap between
 * two probes only the end is played.
 */
static void skip(struct service *s, double now_s)
{
	double window = fmax(MEMORY_WORKS * s->plan.mean_s * s->speed,
			     3 * s->plan.pause_s + 2 * s->plan.burst_s);

	if (s->utilisation <= MEMORY_UTILISATION && s->arrival_s < now_s - window)
		s->arrival_s = now_s - window;
}

/* Background requests up to now. */
static void advance(struct service *s, double now_s)
{
	skip(s, now_s);
	while (s->arrival_s < now_s)
		arrive(s);
}

bool service_is_full(struct service *service, double now_s)
{
	advance(service, now_s);
	return is_full(service, now_s);
}

double service_probe(struct service *service, double now_s)
{
	advance(service, now_s);
	return serve(service, now_s,
		     service->plan.probe_s > 0 ? service->plan.probe_s : draw_work(service));
}

void service_stall(struct service *service, double now_s, double length_s)
{
	advance(service, now_s);
	pause_all(service, now_s, length_s);
}

void service_restart(struct service *service, double now_s, double length_s)
{
	double until_s = now_s + length_s;

	advance(service, now_s);
	for (unsigned i = 0; i < service->plan.workers; i++)
		service->free_s[i] = until_s;
	memset(service->begin_s, 0, sizeof(service->begin_s));
	service->arrival_s = fmax(service->arrival_s, until_s);
}
