/*
 * Metrics out of the store.
 *
 * The one idea: all facts are copied first, so that a page is one picture, and what is not known of
 * a target is left out. So a series ends by itself, and Prometheus marks it stale, when a target is
 * paused, when nothing was measured, or when the newest check is too old to speak of the present.
 */
#include "face/metrics_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "face/metrics_families.h"

#define LOOK_BACK 8 /* samples: the newest that is not our own trouble */

struct metrics_text {
	const struct config *config;
	const struct store *store;
	const struct metrics_count *count;
	char **labels; /* by target */
	struct metrics_facts *facts;
	struct metrics_program program;
	struct ending ending;
};

/* The newest sample that is no trouble of our own. */
static bool newest_sample(const struct store *store, size_t target, struct sample *sample)
{
	struct sample samples[LOOK_BACK];
	uint64_t head = store_head(store, target);
	size_t count = store_samples(store, target, head > LOOK_BACK ? head - LOOK_BACK : 0,
				     samples, LOOK_BACK, NULL);

	while (count > 0 && sample_is_tainted(&samples[count - 1]))
		count--;
	if (count > 0)
		*sample = samples[count - 1];
	return count > 0;
}

static void gather_target(struct metrics_text *text, size_t i, int64_t now_ms)
{
	const struct target *target = &text->config->targets[i];
	struct metrics_facts *facts = &text->facts[i];
	bool found;

	*facts = (struct metrics_facts){.target = target};
	facts->count = metrics_count_of(text->count, i);
	facts->last = sample_blank(0);
	found = newest_sample(text->store, i, &facts->last);
	facts->judged = store_verdict(text->store, i, &facts->verdict);
	store_cert(text->store, i, &facts->cert);
	facts->fresh = found && facts->verdict.state != STATE_PAUSED &&
		       now_ms - facts->last.at_ms < target_present_ms(target);
	if (ending_outdates(&text->ending, target, &facts->verdict, facts->last.at_ms)) {
		ending_blank(&text->ending, &facts->verdict);
		facts->fresh = false;
	}
	text->program.states[facts->judged ? facts->verdict.state : STATE_NEW]++;
}

static char *join_labels(const struct target *target)
{
	char *name = metrics_label("target", target->name);
	char *group = metrics_label("group", target->group);
	char *instance = metrics_label("instance", target->url_shown);
	char *all = x_asprintf("%s,%s,%s", name, group, instance);

	free(name);
	free(group);
	free(instance);
	return all;
}

struct metrics_text *metrics_text_new(const struct config *config, const struct store *store,
				      const struct metrics_count *count)
{
	struct metrics_text *text = x_calloc(1, sizeof *text);

	text->config = config;
	text->store = store;
	text->count = count;
	text->labels = x_calloc(config->target_count + 1, sizeof *text->labels);
	text->facts = x_calloc(config->target_count + 1, sizeof *text->facts);
	for (size_t i = 0; i < config->target_count; i++)
		text->labels[i] = join_labels(&config->targets[i]);
	return text;
}

void metrics_text_free(struct metrics_text *text)
{
	if (!text)
		return;
	for (size_t i = 0; i < text->config->target_count; i++)
		free(text->labels[i]);
	free(text->labels);
	free(text->facts);
	free(text);
}

void metrics_text_end(struct metrics_text *text, const struct ending *ending)
{
	text->ending = *ending;
}

static void write_row(const struct metrics_text *text, const struct metrics_row *row,
		      struct metrics_page *page)
{
	size_t times = row->program ? 1 : text->config->target_count;

	for (size_t i = 0; i < times; i++) {
		struct metrics_writing writing = {
			.page = page,
			.series = {&row->family, "", row->program ? "" : text->labels[i], ""},
			.program = &text->program,
			.facts = row->program ? NULL : &text->facts[i],
		};

		row->put(&writing);
	}
}

void metrics_text_write(struct metrics_text *text, struct metrics_page *page)
{
	int64_t now_ms = clock_wall_ms();

	memset(text->program.states, 0, sizeof text->program.states);
	store_fleet(text->store, &text->program.fleet);
	if (text->ending.at_ms)
		text->program.fleet.in_flight = 0;
	for (size_t i = 0; i < text->config->target_count; i++)
		gather_target(text, i, now_ms);
	for (size_t i = 0; metrics_row_at(i) != NULL; i++)
		write_row(text, metrics_row_at(i), page);
	metrics_page_end(page);
}
