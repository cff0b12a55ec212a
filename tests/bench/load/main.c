/*
 * load-sim: the load detector against simulated targets, false alarms in calm and recall in
 * overload; the constants of its rule can be set, for choosing them. Also replays a trace with such
 * a rule, and tells what a sample costs.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/units.h"
#include "figures.h"
#include "model/judge.h"
#include "source/replay.h"
#include "trial.h"

static const char usage[] =
	"load-sim [--targets N] [--days D] [--episodes N] [--seed N] [--half 0|1] [--interval S] "
	"[--rule on|low|high]\n"
	"         [--again] [--set NAME=VALUE]... [--tell] [--brief]\n"
	"load-sim --trace FILE [--rule ...] [--set ...]     a trace's verdicts, as score-load "
	"wants them\n"
	"load-sim --cost                                    nanoseconds a sample\n";

struct options {
	unsigned targets, episodes;
	double days, interval_s;
	uint64_t seed;
	int half; /* only targets with even (0) or odd (1) numbers; -1: all */
	bool tell, brief, cost, again;
	const char *trace;
	struct load_rule rule;
};

/* The constants that can be set; the channels' stand for all three. */
static const struct {
	const char *name;
	size_t offset;
	bool whole;
} constants[] = {
	{"threshold", offsetof(struct load_rule, threshold), false},
	{"rare", offsetof(struct load_rule, rare), false},
	{"material_ms", offsetof(struct load_rule, material_ms), false},
	{"persist_ms", offsetof(struct load_rule, persist_ms), true},
	{"clear_ms", offsetof(struct load_rule, clear_ms), true},
	{"server_step", offsetof(struct load_rule, channel[CHANNEL_SERVER].step), false},
	{"network_step", offsetof(struct load_rule, channel[CHANNEL_NETWORK].step), false},
	{"dns_step", offsetof(struct load_rule, channel[CHANNEL_DNS].step), false},
	{"server_sigmas", offsetof(struct load_rule, channel[CHANNEL_SERVER].sigmas), false},
};

static void fail(const char *what, const char *word)
{
	fprintf(stderr, "load-sim: %s '%s'\n%s", what, word, usage);
	exit(2);
}

static void set(struct load_rule *rule, const char *text)
{
	size_t length = strcspn(text, "=");
	double value = text[length] ? strtod(text + length + 1, NULL) : 0;

	for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++) {
		char *field = (char *)rule + constants[i].offset;

		if (strncmp(constants[i].name, text, length) != 0 || constants[i].name[length])
			continue;
		if (constants[i].whole)
			memcpy(field, &(int32_t){(int32_t)value}, sizeof(int32_t));
		else
			memcpy(field, &(float){(float)value}, sizeof(float));
		return;
	}
	fail("no such constant", text);
}

static bool is_chosen(const struct options *o, unsigned number)
{
	return o->half < 0 || (int)(number & 1) == o->half;
}

/* ---- calm ---- */

static const double interval_steps[] = {1, 5, 10, 60};
#define STEPS (sizeof(interval_steps) / sizeof(interval_steps[0]))

#define TARGETS_MAX 20000

/* All targets that are probed so often. */
struct calm_sum {
	unsigned alarms[TARGETS_MAX]; /* of each */
	size_t targets;
	unsigned all, deploy_alarms;
	double alarmed_s;
};

static void add_calm(struct calm_sum sums[STEPS], const struct calm_outcome *one)
{
	struct calm_sum *sum;
	size_t i = 0;

	while (i < STEPS - 1 && interval_steps[i] < one->interval_s)
		i++;
	sum = &sums[i];
	sum->alarms[sum->targets++] = one->alarms;
	sum->all += one->alarms;
	sum->deploy_alarms += one->deploy_alarms;
	sum->alarmed_s += one->alarmed_s;
}

static void print_calm(const struct options *o, double interval_s, const struct calm_sum *sum)
{
	double days = o->days * (double)sum->targets;

	if (sum->targets == 0)
		return;
	if (o->brief) {
		printf("calm %g %u %g\n", interval_s, sum->all, days);
		return;
	}
	printf("  calm, probes every %2g s: false alarms ", interval_s);
	print_rate(sum->alarms, sum->targets, o->days);
	printf("; after deploys %u; alarmed %.5f of the time\n", sum->deploy_alarms,
	       sum->alarmed_s / (days * 86400));
}

static void calm(const struct options *o, struct trial *trial)
{
	static struct calm_sum sums[STEPS];
	struct calm_outcome one;

	for (unsigned i = 0; i < o->targets && i < TARGETS_MAX; i++) {
		trial->number = i;
		if (!is_chosen(o, i))
			continue;
		trial_calm(trial, o->days, &one);
		add_calm(sums, &one);
	}
	for (size_t i = 0; i < STEPS; i++)
		print_calm(o, interval_steps[i], &sums[i]);
}

/* ---- episodes ---- */

#define EPISODES_MAX 100000

struct recall {
	enum episode episode;
	double from, to; /* its peak */
	unsigned episodes, found, right, lasted, alarmed, last_right, falls, calm;
	double held;
	double delays[EPISODES_MAX], calms[EPISODES_MAX];
};

static void add_recall(struct recall *recall, const struct episode_outcome *one)
{
	if (one->peak < recall->from || one->peak >= recall->to)
		return;
	recall->episodes++;
	if (!one->found)
		return;
	recall->delays[recall->found++] = one->delay_s;
	recall->right += one->is_right;
	if (!one->lasted)
		return;
	recall->lasted++;
	recall->alarmed += one->alarmed;
	recall->last_right += one->was_right;
	recall->held += one->held;
	recall->falls += one->falls;
	if (one->calm_s >= 0)
		recall->calms[recall->calm++] = one->calm_s;
}

static void print_recall(const struct options *o, struct recall *r)
{
	static const char *const names[] = {"overload", "full queue", "lost packets"};
	double median = quantile(r->delays, r->found, 0.5),
	       late = quantile(r->delays, r->found, 0.9);

	if (r->episodes == 0)
		return;
	if (o->brief) {
		printf("%s %.2f %.2f %u %u %.2f %.2f\n", names[r->episode], r->from, r->to,
		       r->found, r->episodes, median, late);
		return;
	}
	printf("  %s %.2f to %.2f: found ", names[r->episode], r->from, r->to);
	print_share(r->found, r->episodes);
	printf("; cause right %u; delay median %.1f s, p90 %.1f s\n", r->right, median, late);
	if (r->lasted > 0)
		printf("    %u lasted: alarmed %.3f of their time, calm in their midst %u times, "
		       "cause right at the end %u of %u; calm after it: median %.1f s, p90 %.1f "
		       "s\n",
		       r->lasted, r->held / r->lasted, r->falls, r->last_right, r->alarmed,
		       quantile(r->calms, r->calm, 0.5), quantile(r->calms, r->calm, 0.9));
}

static void episodes(const struct options *o, struct trial *trial)
{
	static struct recall recalls[] = {
		{.episode = EPISODE_LOAD, .from = 0.95, .to = 1},
		{.episode = EPISODE_LOAD, .from = 1, .to = 1.1},
		{.episode = EPISODE_LOAD, .from = 1.1, .to = 1.51},
		{.episode = EPISODE_LOAD, .from = 0.95, .to = 1.51},
		{.episode = EPISODE_QUEUE, .from = 1.05, .to = 1.51},
		{.episode = EPISODE_LOSS, .from = 0.02, .to = 0.05},
		{.episode = EPISODE_LOSS, .from = 0.05, .to = 0.21},
	};
	struct episode_outcome one;

	for (enum episode episode = 0; episode < EPISODE_KINDS; episode++) {
		for (unsigned i = 0; i < o->episodes && i < EPISODES_MAX; i++) {
			trial->number = i;
			if (!is_chosen(o, i))
				continue;
			trial_episode(trial, episode, &one);
			for (size_t k = 0; k < sizeof(recalls) / sizeof(recalls[0]); k++)
				if (recalls[k].episode == episode)
					add_recall(&recalls[k], &one);
		}
	}
	for (size_t k = 0; k < sizeof(recalls) / sizeof(recalls[0]); k++)
		print_recall(o, &recalls[k]);
}

/* ---- trace and cost ---- */

static int replay(const struct options *o)
{
	struct errors errors = {0};
	struct load_verdict verdict;
	struct load load;
	struct trace trace;
	struct load_setting setting = {.rule = &o->rule};

	if (!trace_read(&trace, o->trace, &errors)) {
		errors_print(&errors, stderr);
		return 3;
	}
	setting.interval_ms = trace.interval_ms;
	setting.timeout_ms = trace.timeout_ms;
	load_init(&load);
	puts("t,level,cause");
	for (size_t i = 0; i < trace.count; i++) {
		load_sample(&load, &setting, &trace.samples[i], &verdict);
		printf("%.3f,%s,%s\n", (double)trace.samples[i].at_ms / 1000,
		       load_level_name[verdict.level], load_cause_name[verdict.cause]);
	}
	trace_fini(&trace);
	return 0;
}

enum { HOUR = 3600, ROUNDS = 500 };

static double cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* The same hour later: times go on. */
static void move_on(struct sample samples[HOUR])
{
	for (int i = 0; i < HOUR; i++)
		samples[i].at_ms += 3600000;
}

static double cost_of_detector(const struct options *o, struct sample samples[HOUR])
{
	struct load_setting setting = {&o->rule, 1000, 5000};
	struct load_verdict verdict;
	struct load load;
	double begin = 0;

	load_init(&load);
	for (int round = -1; round < ROUNDS; round++) {
		if (round == 0)
			begin = cpu_ns();
		move_on(samples);
		for (int i = 0; i < HOUR; i++)
			load_sample(&load, &setting, &samples[i], &verdict);
	}
	return (cpu_ns() - begin) / HOUR / ROUNDS;
}

static double cost_of_judge(const struct options *o, struct sample samples[HOUR])
{
	static struct judge judge;
	static struct verdict verdict;
	static struct judgement out;
	struct target target = {.name = "a", .interval_ms = 1000, .timeout_ms = 5000};
	double begin = 0;

	target.load = o->rule.name;
	judge_init(&judge, &verdict);
	for (int round = -1; round < ROUNDS; round++) {
		if (round == 0)
			begin = cpu_ns();
		move_on(samples);
		for (int i = 0; i < HOUR; i++)
			judge_sample(&judge, &target, &samples[i], "", &verdict, &out);
	}
	return (cpu_ns() - begin) / HOUR / ROUNDS;
}

/* An hour of one target again and again, the first hour's cost left out. */
static void cost(const struct options *o)
{
	static struct sample samples[HOUR];
	struct world_plan plan;
	struct world world;

	world_draw(&plan, o->seed);
	plan.interval_s = 1;
	world_init(&world, &plan, o->seed);
	for (int i = 0; i < HOUR; i++)
		world_next(&world, &samples[i]);
	printf("  cost: %.0f ns of CPU a sample, %zu bytes a target; the judge with it %.0f ns\n",
	       cost_of_detector(o, samples), sizeof(struct load), cost_of_judge(o, samples));
}

/* ---- options ---- */

static double number(const char *text)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= 0))
		fail("not a number:", text);
	return value;
}

static void read_rule(struct options *o, const char *word)
{
	const struct load_rule *rule = load_rule_by_name(word);

	if (!rule)
		fail("no such rule", word);
	o->rule = *rule;
}

static void read_options(struct options *o, int argc, char **argv)
{
	enum {
		TARGETS,
		DAYS,
		EPISODES,
		SEED,
		HALF,
		INTERVAL,
		RULE,
		SET,
		TELL,
		BRIEF,
		AGAIN,
		TRACE,
		COST
	};
	static const struct option longs[] = {
		{"targets", required_argument, NULL, TARGETS},
		{"days", required_argument, NULL, DAYS},
		{"episodes", required_argument, NULL, EPISODES},
		{"seed", required_argument, NULL, SEED},
		{"half", required_argument, NULL, HALF},
		{"interval", required_argument, NULL, INTERVAL},
		{"rule", required_argument, NULL, RULE},
		{"set", required_argument, NULL, SET},
		{"tell", no_argument, NULL, TELL},
		{"brief", no_argument, NULL, BRIEF},
		{"again", no_argument, NULL, AGAIN},
		{"trace", required_argument, NULL, TRACE},
		{"cost", no_argument, NULL, COST},
		{0},
	};
	int got;

	while ((got = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (got) {
		case TARGETS:
			o->targets = (unsigned)number(optarg);
			break;
		case DAYS:
			o->days = number(optarg);
			break;
		case EPISODES:
			o->episodes = (unsigned)number(optarg);
			break;
		case SEED:
			o->seed = (uint64_t)number(optarg);
			break;
		case HALF:
			o->half = (int)number(optarg);
			break;
		case INTERVAL:
			o->interval_s = number(optarg);
			break;
		case RULE:
			read_rule(o, optarg);
			break;
		case SET:
			set(&o->rule, optarg);
			break;
		case TELL:
			o->tell = true;
			break;
		case BRIEF:
			o->brief = true;
			break;
		case AGAIN:
			o->again = true;
			break;
		case TRACE:
			o->trace = optarg;
			break;
		case COST:
			o->cost = true;
			break;
		default:
			fail("cannot read", argv[optind - 1]);
		}
	}
}

int main(int argc, char **argv)
{
	struct options o = {.targets = 120, .episodes = 400, .days = 1, .seed = 1, .half = -1};
	struct trial trial;

	read_rule(&o, "on");
	read_options(&o, argc, argv);
	if (o.trace)
		return replay(&o);
	if (o.cost) {
		cost(&o);
		return 0;
	}
	trial = (struct trial){.rule = &o.rule,
			       .seed = o.seed,
			       .interval_s = o.interval_s,
			       .asks_again = o.again,
			       .tell = o.tell ? stdout : NULL};
	calm(&o, &trial);
	episodes(&o, &trial);
	return 0;
}
