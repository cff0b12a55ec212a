/*
 * Targets and what becomes of a probe on its way.
 */
#include "world.h"

#include <string.h>

#define RESEND_S     1.0 /* of a SYN; doubles each time (RFC 6298) */
#define RETRANSMIT_S 0.2 /* of data, at least (Linux) */
#define DNS_RETRY_S  5.0
#define RESTART_S    1.0
#define NEVER	     1e18

void world_draw(struct world_plan *plan, uint64_t seed)
{
	static const double intervals[] = {1, 1, 1, 5, 10, 60};
	static const unsigned workers[] = {1, 2, 2, 4, 4, 8, 16};
	struct chance c = {seed};
	struct service_plan *s = &plan->service;

	memset(plan, 0, sizeof(*plan));
	plan->interval_s = intervals[chance_below(&c, 6)];
	plan->timeout_s = fmax(5, fmin(plan->interval_s, 10));
	s->workers = workers[chance_below(&c, 7)];
	s->mean_s = chance_log_between(&c, 0.002, 0.3);
	s->law = (enum service_law)chance_below(&c, LAWS);
	if (chance_unit(&c) < 0.2)
		s->probe_s = 0.001;
	s->batch = chance_unit(&c) < 0.3 ? chance_between(&c, 1, 1 + s->workers) : 1;
	s->burst = chance_unit(&c) < 0.3 ? chance_between(&c, 1.2, 3) : 1;
	s->burst_s = chance_log_between(&c, 0.1, 1.2);
	if (chance_unit(&c) < 0.3) {
		s->pause_every_s = chance_log_between(&c, 5, 600);
		s->pause_s = chance_log_between(&c, 0.01, 0.5);
	}
	plan->high = chance_between(&c, 0.1, 0.6);
	plan->low = chance_unit(&c) < 0.7 ? plan->high * chance_between(&c, 0.1, 0.7) : plan->high;
	plan->day_s = 86400;
	plan->trip_s = chance_log_between(&c, 0.0003, 0.15);
	plan->jitter = chance_log_between(&c, 0.01, 0.3);
	plan->loss = chance_unit(&c) < 0.5 ? chance_log_between(&c, 1e-5, 0.005) : 0;
	plan->dns_s = chance_log_between(&c, 0.0002, 0.03);
	plan->dns_miss = chance_unit(&c) < 0.5 ? chance_log_between(&c, 0.001, 0.3) : 0;
	plan->dns_miss_s = chance_log_between(&c, 0.01, 0.3);
	plan->late_s = chance_log_between(&c, 0.00005, 0.002);
	plan->deploy_every_s =
		chance_unit(&c) < 0.5 ? chance_log_between(&c, 3 * 3600, 48 * 3600) : 0;
	plan->deploy_shift = chance_between(&c, 1, 1.6);
	plan->noise_every_s = chance_unit(&c) < 0.3 ? chance_log_between(&c, 300, 7200) : 0;
}

void world_init(struct world *world, const struct world_plan *plan, uint64_t seed)
{
	memset(world, 0, sizeof(*world));
	world->plan = *plan;
	world->chance.state = seed ^ 0x5bd1e995u;
	service_init(&world->service, &plan->service, seed);
	world->deploy_s =
		plan->deploy_every_s > 0 ? chance_exp(&world->chance, plan->deploy_every_s) : NEVER;
	world->neighbour_s =
		plan->noise_every_s > 0 ? chance_exp(&world->chance, plan->noise_every_s) : NEVER;
	world->deployed_s = -NEVER;
}

/* What is usual on its way to the peak. */
static double risen(const struct overload *o, double now_s, double usual, double peak)
{
	if (peak <= 0 || now_s < o->begin_s || now_s >= o->end_s)
		return usual;
	return usual +
	       (peak - usual) * fmin(1, o->ramp_s > 0 ? (now_s - o->begin_s) / o->ramp_s : 1);
}

double world_utilisation(const struct world *world, double now_s)
{
	const struct world_plan *p = &world->plan;
	double usual = p->low +
		       (p->high - p->low) * (0.5 - 0.5 * cos(6.283185307179586 * now_s / p->day_s));

	return risen(&world->overload, now_s, usual, world->overload.peak);
}

/* A new version: a short restart, then perhaps another speed. */
static void deploy(struct world *w)
{
	double shift = pow(w->plan.deploy_shift, chance_between(&w->chance, -1, 1));

	service_restart(&w->service, w->deploy_s, chance_exp(&w->chance, RESTART_S));
	w->service.speed = fmin(fmax(w->service.speed * shift, 1 / w->plan.deploy_shift),
				w->plan.deploy_shift);
	w->deployed_s = w->deploy_s;
	w->deploy_s += chance_exp(&w->chance, w->plan.deploy_every_s);
}

static double trip(struct world *w)
{
	return w->plan.trip_s * exp(w->plan.jitter * chance_normal(&w->chance)) + 0.00005;
}

/* A packet there or its answer back. */
static bool is_lost(struct world *w, double loss)
{
	return loss > 0 && chance_unit(&w->chance) < 2 * loss;
}

/* Again after a time that doubles. */
static double with_loss(struct world *w, double loss, double duration_s, double again_s)
{
	while (is_lost(w, loss)) {
		duration_s += again_s;
		again_s *= 2;
	}
	return duration_s;
}

/* The same of a SYN, which is not taken where the line is full. */
static double connect_to(struct world *w, double now_s, double left_s)
{
	double duration = trip(w), again = RESEND_S;

	while (duration <= left_s &&
	       (is_lost(w, w->loss) || service_is_full(&w->service, now_s + duration))) {
		duration += again;
		again *= 2;
	}
	return duration;
}

static double look_up(struct world *w)
{
	double base = w->plan.dns_s * exp(0.15 * chance_normal(&w->chance));

	if (chance_unit(&w->chance) < w->plan.dns_miss)
		base += chance_exp(&w->chance, w->plan.dns_miss_s);
	return with_loss(w, w->plan.loss, base, DNS_RETRY_S);
}

static int32_t us_of(double seconds)
{
	return (int32_t)lround(seconds * 1e6);
}

/* Fills the phases in turn; the one in which the time ran out stays absent. */
static bool pass(struct sample *s, enum phase phase, double duration_s, double *left_s)
{
	if (duration_s > *left_s)
		return false;
	s->phase_us[phase] = us_of(duration_s);
	*left_s -= duration_s;
	return true;
}

static void probe(struct world *w, struct sample *s, double now_s)
{
	double left = w->plan.timeout_s, there, sent;

	s->total_us = us_of(w->plan.timeout_s);
	s->cls = CLASS_DNS;
	if (!pass(s, PHASE_DNS, look_up(w), &left))
		return;
	s->cls = CLASS_TIMEOUT_CONNECT;
	if (!pass(s, PHASE_CONNECT, connect_to(w, now_s + w->plan.timeout_s - left, left), &left))
		return;
	s->cls = CLASS_TIMEOUT_FIRST_BYTE;
	sent = now_s + w->plan.timeout_s - left;
	there = sent + with_loss(w, w->loss, trip(w), RETRANSMIT_S + w->plan.trip_s);
	if (!pass(s, PHASE_WAIT, service_probe(&w->service, there) - sent, &left))
		return;
	s->cls = CLASS_OK;
	s->status = 200;
	s->phase_us[PHASE_TRANSFER] = 50;
	s->total_us = us_of(w->plan.timeout_s - left) + 50;
}

/* The world as it has become until now, and a probe of it. */
static void probe_at(struct world *world, struct sample *sample, double now, double late)
{
	world->service.utilisation = world_utilisation(world, now);
	world->loss = risen(&world->overload, now, world->plan.loss, world->overload.loss);
	while (world->deploy_s < now)
		deploy(world);
	while (world->neighbour_s < now) {
		service_stall(&world->service, world->neighbour_s,
			      chance_between(&world->chance, 0.3, 1.2));
		world->neighbour_s += chance_exp(&world->chance, world->plan.noise_every_s);
	}
	*sample = sample_blank((int64_t)(now * 1000));
	sample->lag_us = us_of(late);
	probe(world, sample, now);
	world->end_s = now + sample->total_us / 1e6;
}

/* On the next place of the grid: a probe never overlaps the one before it. */
static void schedule(struct world *world)
{
	while (world->due_s < world->end_s)
		world->due_s += world->plan.interval_s;
}

void world_next(struct world *world, struct sample *sample)
{
	double late = chance_exp(&world->chance, world->plan.late_s);

	probe_at(world, sample, world->due_s + late, late);
	world->due_s += world->plan.interval_s;
	schedule(world);
}

void world_again(struct world *world, struct sample *sample)
{
	probe_at(world, sample, world->end_s + 0.0005, 0);
	schedule(world);
}
