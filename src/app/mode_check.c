/*
 * webmon check: what the configuration says, what is in force, and what it will cost.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/modes.h"
#include "app/paths.h"
#include "app/signals.h"
#include "base/units.h"
#include "face/alert.h"
#include "face/tui/tui.h"
#include "model/load_rule.h"
#include "source/poll/poll.h"
#include "store/store.h"

static void print_cost(const struct config *config)
{
	struct store_plan plan = store_plan(config);
	double rate = 0;
	char total[FORMAT_MAX], ring[FORMAT_MAX], rollup[FORMAT_MAX], evidence[FORMAT_MAX],
		keep[FORMAT_MAX], day[FORMAT_MAX];

	for (size_t i = 0; i < config->target_count; i++)
		if (config->targets[i].interval_ms > 0)
			rate += 1000.0 / (double)config->targets[i].interval_ms;
	format_bytes(total, plan.total_bytes);
	format_bytes(ring, plan.ring_bytes);
	format_bytes(rollup, plan.rollup_bytes);
	format_bytes(evidence, plan.evidence_bytes);
	format_bytes(day, plan.day_bytes);
	format_duration(keep, config->program.keep_ms);
	printf("\n%zu target%s, %.1f probes/s, %d in flight at most\n", config->target_count,
	       config->target_count == 1 ? "" : "s", rate, config->program.concurrency);
	if (config->shard.count > 0)
		printf("shard %u/%u: %zu of %zu targets\n", config->shard.number,
		       config->shard.count, config->target_count, config->shard_of);
	if (config->program.history)
		printf("history: %s takes %s of the disk from the start and never more: samples of "
		       "%s, minutes of 24 h, quarters of an hour of 30 d\n",
		       config->program.history, total, keep);
	printf("memory: at most %s (samples of %s %s, rollups %s, evidence %s); only what is used "
	       "is taken: about %s after a day\n",
	       total, keep, ring, rollup, evidence, day);
}

/* What `load` stands for, of each word that is in use. */
static void print_load(const struct config *config)
{
	static const char *const words[] = {"on", "low", "high", "off"};
	char means[400];

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t count = 0;

		for (size_t k = 0; k < config->target_count; k++)
			count += strcmp(config->targets[k].load, words[i]) == 0;
		if (count == 0)
			continue;
		load_rule_explain(means, sizeof means, words[i]);
		printf("load = %s, %zu target%s: %s\n", words[i], count, count == 1 ? "" : "s",
		       means);
	}
}

/* The exit status. */
static int send_test(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->alert_count; i++)
		if (strcmp(config->alerts[i].name, name) == 0)
			return alert_test(config, &config->alerts[i], stdout) ? 0 : 3;
	fprintf(stderr, "webmon: there is no [alert %s]\n", name);
	return 3;
}

/* Its targets are known when it is asked, which a check does not. */
static void print_source(const struct config *config)
{
	char step[FORMAT_MAX];

	format_duration(step, config->source.step_ms);
	printf("\nnothing is probed: targets are those that the source has, looked at each %s\n",
	       step);
}

int mode_check(const struct cli *cli)
{
	struct errors errors = {0};
	struct config *config;
	int status;

	signals_unblock();
	config = config_load_part(&cli->request, &errors);
	poll_is_able(config, &errors);
	paths_check(config, &errors);
	status = errors.fatal ? 3 : 0;
	tui_check(config, &errors); /* the dashboard does with what is left */
	errors_print(&errors, stderr);
	errors_free(&errors);
	if (status == 0 && cli->send_test) {
		status = send_test(config, cli->send_test);
	} else if (status == 0 && !cli->quiet) {
		config_print(config, stdout);
		if (config->source.url)
			print_source(config);
		else
			print_cost(config);
		print_load(config);
	}
	config_free(config);
	if (fflush(stdout) != 0 && errno != EPIPE) {
		fprintf(stderr, "webmon: cannot write: %s\n", strerror(errno));
		status = 3;
	}
	return status;
}
