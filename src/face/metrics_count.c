/*
 * Counters by following rings: a number for each target says which sample comes next, so that each
 * is counted once, whatever its time stamp says. Those that were overwritten before are counted as
 * lost and nowhere else: a counter never guesses.
 */
#include "face/metrics_count.h"

#include <stdlib.h>

#include "base/mem.h"
#include "model/names.h"

#define PATIENCE_MAX_MS 60000
#define PATIENCE_MIN_MS 1000
#define RING_SHARE	4 /* of a ring's time may pass between two looks */

/* clang-format off */
const struct metrics_bound metrics_bounds[METRICS_BOUNDS] = {
	{5000,    "le=\"0.005\""}, {10000,    "le=\"0.01\""}, {25000,     "le=\"0.025\""},
	{50000,   "le=\"0.05\""},  {100000,   "le=\"0.1\""},  {250000,    "le=\"0.25\""},
	{500000,  "le=\"0.5\""},   {1000000,  "le=\"1.0\""},  {2500000,   "le=\"2.5\""},
	{5000000, "le=\"5.0\""},   {10000000, "le=\"10.0\""}, {INT32_MAX, "le=\"+Inf\""},
};
/* clang-format on */

struct metrics_count {
	const struct config *config;
	const struct store *store;
	int64_t patience_ms;
	uint64_t *next; /* by target */
	struct target_count *targets;
	struct sample *samples; /* scratch for the largest ring; untouched pages cost nothing */
	size_t samples_max;
};

/* How long the target's ring takes to come round to a quarter. */
static int64_t target_patience_ms(const struct target *target, size_t capacity)
{
	int64_t every_ms = target->interval_ms;

	if (target->retry_interval_ms > 0 && target->retry_interval_ms < every_ms)
		every_ms = target->retry_interval_ms;
	return every_ms * (int64_t)capacity / RING_SHARE;
}

struct metrics_count *metrics_count_new(const struct config *config, const struct store *store,
					bool whole)
{
	struct metrics_count *count = x_calloc(1, sizeof *count);

	count->config = config;
	count->store = store;
	count->patience_ms = PATIENCE_MAX_MS;
	count->next = x_calloc(config->target_count + 1, sizeof *count->next);
	count->targets = x_calloc(config->target_count + 1, sizeof *count->targets);
	for (size_t i = 0; i < config->target_count; i++) {
		size_t capacity = store_ring_capacity(store, i);
		int64_t patience = target_patience_ms(&config->targets[i], capacity);

		if (!whole)
			count->next[i] = store_head(store, i);
		if (capacity > count->samples_max)
			count->samples_max = capacity;
		if (patience < count->patience_ms)
			count->patience_ms = patience;
	}
	if (count->patience_ms < PATIENCE_MIN_MS)
		count->patience_ms = PATIENCE_MIN_MS;
	count->samples = x_calloc(count->samples_max + 1, sizeof *count->samples);
	return count;
}

void metrics_count_free(struct metrics_count *count)
{
	if (!count)
		return;
	free(count->next);
	free(count->targets);
	free(count->samples);
	free(count);
}

static void add_sample(struct target_count *target, const struct sample *sample)
{
	size_t bucket = 0;

	target->classes[sample_is_tainted(sample) ? CLASS_LOCAL : sample->cls]++;
	if (!sample_is_good(sample))
		return;
	while (sample->total_us > metrics_bounds[bucket].us)
		bucket++;
	target->buckets[bucket]++;
	target->good++;
	target->total_us += sample->total_us > 0 ? (uint64_t)sample->total_us : 0;
}

static void follow_target(struct metrics_count *count, size_t index)
{
	struct target_count *target = &count->targets[index];
	uint64_t lost;
	size_t got = store_follow(count->store, index, &count->next[index], count->samples,
				  count->samples_max, &lost);

	for (size_t i = 0; i < got; i++)
		add_sample(target, &count->samples[i]);
	target->lost += lost;
}

void metrics_count_follow(struct metrics_count *count)
{
	for (size_t i = 0; i < count->config->target_count; i++)
		follow_target(count, i);
}

const struct target_count *metrics_count_of(const struct metrics_count *count, size_t target)
{
	return &count->targets[target];
}

void metrics_count_carry(struct metrics_count *count, const struct metrics_count *before)
{
	struct names *names = names_new(before->config->target_count);

	for (size_t i = 0; i < before->config->target_count; i++)
		names_add(names, before->config->targets[i].name, i);
	for (size_t i = 0; i < count->config->target_count; i++) {
		size_t other = names_find(names, count->config->targets[i].name);

		if (other != NAMES_NONE)
			count->targets[i] = before->targets[other];
	}
	names_free(names);
}

int64_t metrics_count_patience_ms(const struct metrics_count *count)
{
	return count->patience_ms;
}
