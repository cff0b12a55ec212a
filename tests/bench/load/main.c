/*
 * The load detector against simulated targets: false alarms in months of calm, recall in hundreds of overloads.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/load.h"
#include "world.h"

#define SETTLE_S 600.0 /* after a deploy: a new usual, no calm */
#define GRACE_S  10.0

struct options {
	unsigned targets, episodes;
	double   days;
	uint64_t seed;
	double   interval; /* 0: as drawn */
	int      half;     /* 0, 1: the targets with even, odd numbers; -1: all */
	int      verbose;
	struct load_rule rule;
};

struct tally {
	double   days;
	unsigned alarms, deploy_alarms;
	double   alarmed_s;
};

struct recall {
	unsigned episodes, found, right;
	double   delays[20000];
};

static const double intervals[] = {1, 5, 10, 60};
#define INTERVALS 4

static unsigned interval_index(double interval)
{
	unsigned i = 0;

	while (i < INTERVALS - 1 && intervals[i] < interval)
		i++;
	return i;
}

static void run_calm(const struct options *o, unsigned number, struct tally *tally)
{
	struct world_plan plan;
	struct world world;
	struct load load;
	struct load_setting setting = {.rule = &o->rule};
	struct load_verdict verdict = {0};
	struct sample sample;
	enum load_level before = LOAD_LEARNING;
	unsigned alarms = 0, deploys = 0, causes[5] = {0};
	struct tally *t;

	world_draw(&plan, o->seed * 1000003 + number);
	if (o->interval > 0)
		plan.interval_s = o->interval;
	setting.interval_ms = (int64_t)(plan.interval_s * 1000);
	setting.timeout_ms = (int64_t)(plan.timeout_s * 1000);
	world_init(&world, &plan, o->seed * 7919 + number);
	load_init(&load);
	t = &tally[interval_index(plan.interval_s)];
	while (world.due_s < o->days * 86400) {
		world_next(&world, &sample);
		load_sample(&load, &setting, &sample, &verdict);
		if (verdict.level >= LOAD_ELEVATED) {
			t->alarmed_s += plan.interval_s;
			if (before < LOAD_ELEVATED) {
				if (world.due_s - world.deployed_s < SETTLE_S)
					deploys++;
				else {
					alarms++;
					causes[verdict.cause]++;
					if (o->verbose > 1)
						{ struct load_channel *k=&load.channel[0]; for (int q=0;q<3;q++) if (load.channel[q].active) k=&load.channel[q]; printf("    %u %.0f s %s u=%.2f S=%.1f %.0fs R=%.1f p=%.3f r=%.4f n=%u: %s\n", number, world.due_s, load_cause_name[verdict.cause], world_utilisation(&world, world.due_s), k->shift, k->shift_since_ms<0?0:world.due_s-k->shift_since_ms/1000.0, k->rare, k->usual.high_share, k->usual.rare_share, k->usual.count, verdict.evidence); }
				}
			}
		}
		before = verdict.level;
	}
	t->days += o->days;
	t->alarms += alarms;
	t->deploy_alarms += deploys;
	if (o->verbose && alarms)
		printf("  target %u: %u alarms (srv %u net %u dns %u me %u), interval %g workers %u mean %.1f ms %s probe %.0f batch %.1f burst %.1f*%.2f pause %.2f/%.0f u %.2f-%.2f trip %.1f jit %.2f loss %.4f dns %.1f miss %.3f %.0f deploy %.0f x%.2f noise %.0f\n",
		       number, alarms, causes[1], causes[2], causes[3], causes[4], plan.interval_s, plan.service.workers, plan.service.mean_s * 1e3, law_name[plan.service.law], plan.service.probe_s * 1e3,
		       plan.service.batch, plan.service.burst, plan.service.burst_s, plan.service.pause_s, plan.service.pause_every_s, plan.low, plan.high, plan.trip_s * 1e3, plan.jitter, plan.loss, plan.dns_s * 1e3, plan.dns_miss, plan.dns_miss_s * 1e3, plan.deploy_every_s, plan.deploy_shift, plan.noise_every_s);
}

static void run_overload(const struct options *o, unsigned number, struct recall *recall)
{
	struct world_plan plan;
	struct world world;
	struct load load;
	struct load_setting setting = {.rule = &o->rule};
	struct load_verdict verdict = {0};
	struct sample sample;
	struct chance c = {o->seed * 31 + number};
	double begin, sat, found = -1;
	enum load_level before = LOAD_LEARNING;
	struct recall *r;
	bool rose = false;

	world_draw(&plan, o->seed * 1000003 + number);
	if (o->interval > 0)
		plan.interval_s = o->interval;
	plan.deploy_every_s = 0;
	setting.interval_ms = (int64_t)(plan.interval_s * 1000);
	setting.timeout_ms = (int64_t)(plan.timeout_s * 1000);
	world_init(&world, &plan, o->seed * 7919 + number);
	load_init(&load);
	begin = fmax(1200, 90 * plan.interval_s);
	world.overload.begin_s = begin;
	world.overload.ramp_s = chance_unit(&c) < 0.5 ? 0 : chance_between(&c, 5, 90);
	world.overload.peak = chance_between(&c, 0.95, 1.5);
	sat = begin + world.overload.ramp_s;
	world.overload.end_s = sat + fmax(120, 15 * plan.interval_s);
	while (world.due_s < world.overload.end_s + GRACE_S) {
		double start = world.due_s;

		world_next(&world, &sample);
		load_sample(&load, &setting, &sample, &verdict);
		if (start < begin) {
			before = verdict.level;
			continue;
		}
		if (verdict.level >= LOAD_ELEVATED && !rose && before < LOAD_ELEVATED) {
			rose = true;
			found = start + sample.total_us / 1e6 - sat;
			r = &recall[verdict.cause == LOAD_SERVER];
		}
		before = verdict.level;
	}
	r = &recall[world.overload.peak < 1 ? 0 : world.overload.peak < 1.1 ? 1 : 2];
	r->episodes++;
	if (rose) {
		r->delays[r->found++] = fmax(0, found);
		r->right += verdict.cause == LOAD_SERVER || verdict.level < LOAD_ELEVATED;
	} else if (o->verbose) {
		printf("  missed %u: peak %.2f interval %g workers %u mean %.1f ms %s probe %.0f u %.2f-%.2f trip %.1f jit %.2f: usual %.1f ms high %.1f\n", number, world.overload.peak, plan.interval_s, plan.service.workers, plan.service.mean_s * 1e3, law_name[plan.service.law], plan.service.probe_s * 1e3, plan.low, plan.high, plan.trip_s * 1e3, plan.jitter,
		(double)channel_usual_ms(&load.channel[0], &o->rule.channel[0]), (double)expf(load.channel[0].usual.high)-3);
	}
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Wilson's interval of a share; and of a Poisson count by the same approximation (Byar). */
static void print_share(unsigned k, unsigned n)
{
	double z = 1.96, p = n ? (double)k / n : 0, d = 1 + z * z / n, m = (p + z * z / (2 * n)) / d;
	double h = z / d * sqrt(p * (1 - p) / n + z * z / (4.0 * n * n));

	printf("%u of %u = %.3f (95%% %.3f to %.3f)", k, n, p, m - h, m + h);
}

static void print_rate(unsigned k, double days)
{
	double low = k ? k * pow(1 - 1.0 / (9.0 * k) - 1.96 / (3 * sqrt(k)), 3) : 0;
	double high = (k + 1) * pow(1 - 1.0 / (9.0 * (k + 1)) + 1.96 / (3 * sqrt(k + 1.0)), 3);

	printf("%u alarms in %.0f target-days = %.3f a day (95%% %.3f to %.3f)", k, days, k / days, low / days, high / days);
}

static struct { const char *name; size_t offset; } fields[] = {
#define F(n) {#n, offsetof(struct load_rule, n)}
	F(threshold), F(early), F(rare), F(material_ms),
	F(channel[0].step), F(channel[1].step), F(channel[2].step), F(channel[0].sigmas), F(channel[1].sigmas), F(channel[2].sigmas),
	F(channel[0].sigma_min), F(channel[1].sigma_min), F(channel[2].sigma_min), F(channel[0].offset_ms),F(channel[1].offset_ms),F(channel[2].offset_ms),
};

static void set(struct load_rule *rule, const char *text)
{
	const char *eq = strchr(text, '=');

	if (strncmp(text, "persist_ms=", 11) == 0) { rule->persist_ms = atoi(eq + 1); return; }
	if (strncmp(text, "clear_ms=", 9) == 0) { rule->clear_ms = atoi(eq + 1); return; }
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strncmp(fields[i].name, text, (size_t)(eq - text)) == 0 && !fields[i].name[eq - text]) {
			*(float *)((char *)rule + fields[i].offset) = (float)atof(eq + 1);
			return;
		}
	fprintf(stderr, "no constant %s\n", text);
	exit(1);
}

int main(int argc, char **argv)
{
	struct options o = {.targets = 60, .episodes = 400, .days = 1, .seed = 1, .half = -1};
	static struct tally tally[INTERVALS];
	static struct recall recall[3];
	unsigned episodes = 0, found = 0, n = 0;
	static double all[20000];

	o.rule = *load_rule_by_name("on");
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-v")) o.verbose++;
		else if (!strcmp(argv[i], "--targets")) o.targets = (unsigned)atoi(argv[++i]);
		else if (!strcmp(argv[i], "--episodes")) o.episodes = (unsigned)atoi(argv[++i]);
		else if (!strcmp(argv[i], "--days")) o.days = atof(argv[++i]);
		else if (!strcmp(argv[i], "--seed")) o.seed = (uint64_t)atoll(argv[++i]);
		else if (!strcmp(argv[i], "--half")) o.half = atoi(argv[++i]);
		else if (!strcmp(argv[i], "--interval")) o.interval = atof(argv[++i]);
		else if (!strcmp(argv[i], "--set")) set(&o.rule, argv[++i]);
	}
	for (unsigned i = 0; i < o.targets; i++)
		if (o.half < 0 || (int)(i & 1) == o.half)
			run_calm(&o, i, tally);
	for (unsigned i = 0; i < INTERVALS; i++) {
		if (tally[i].days <= 0) continue;
		printf("calm, every %2g s: ", intervals[i]);
		print_rate(tally[i].alarms, tally[i].days);
		printf("; after deploys %u; alarmed %.4f of the time\n", tally[i].deploy_alarms, tally[i].alarmed_s / (tally[i].days * 86400));
	}
	for (unsigned i = 0; i < o.episodes; i++)
		if (o.half < 0 || (int)(i & 1) == o.half)
			run_overload(&o, 100000 + i, recall);
	for (unsigned i = 0; i < 3; i++) {
		static const char *const names[] = {"0.95 to 1.0", "1.0 to 1.1", "1.1 to 1.5"};

		if (!recall[i].episodes) continue;
		printf("overload %-11s: found ", names[i]);
		print_share(recall[i].found, recall[i].episodes);
		qsort(recall[i].delays, recall[i].found, sizeof(double), compare);
		if (recall[i].found) printf(", delay median %.1f s p90 %.1f s, cause right %u", recall[i].delays[recall[i].found / 2], recall[i].delays[recall[i].found * 9 / 10], recall[i].right);
		puts("");
		episodes += recall[i].episodes;
		for (unsigned k = 0; k < recall[i].found; k++) all[n++] = recall[i].delays[k];
		found += recall[i].found;
	}
	qsort(all, n, sizeof(double), compare);
	if (episodes) { printf("overload, all        : found "); print_share(found, episodes); printf(", delay median %.1f s\n", all[n / 2]); }
	return 0;
}
