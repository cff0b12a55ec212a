/*
 * Groups: which there are is fixed with the configuration, what is said of them is summed up with
 * the rows.
 */
#include "face/tui/groups.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static uint32_t find_or_add(struct groups *groups, const char *name)
{
	struct group *group;

	for (size_t i = 0; i < groups->count; i++)
		if (strcmp(groups->items[i].target.group, name) == 0)
			return (uint32_t)i;
	group = &groups->items[groups->count];
	*group = (struct group){
		.target = {.name = name[0] ? name : "(no group)", .group = name, .url_shown = ""}};
	history_init(&group->history, HISTORY_COLUMNS_MAX);
	return (uint32_t)groups->count++;
}

void groups_init(struct groups *groups, const struct config *config)
{
	*groups = (struct groups){.targets = config->target_count};
	groups->items = x_calloc(config->target_count + 1, sizeof(*groups->items));
	groups->of = x_calloc(config->target_count + 1, sizeof(*groups->of));
	groups->histories = x_calloc(config->target_count + 1, sizeof(*groups->histories));
	groups->bins = x_calloc(config->target_count + 1, sizeof(*groups->bins));
	groups->usual_us = x_calloc(config->target_count + 1, sizeof(*groups->usual_us));
	groups->values = x_calloc(config->target_count + 1, sizeof(*groups->values));
	for (size_t i = 0; i < config->target_count; i++) {
		const char *name = config->targets[i].group ? config->targets[i].group : "";

		groups->of[i] = find_or_add(groups, name);
		groups->named |= name[0] != '\0';
	}
	groups->items = x_realloc(groups->items, (groups->count + 1) * sizeof(*groups->items));
	for (size_t i = 0; i < groups->count; i++)
		groups->items[i].row.target = &groups->items[i].target;
}

void groups_fini(struct groups *groups)
{
	for (size_t i = 0; i < groups->count; i++)
		history_fini(&groups->items[i].history);
	free(groups->items);
	free(groups->of);
	free(groups->histories);
	free(groups->bins);
	free(groups->usual_us);
	free(groups->values);
	*groups = (struct groups){0};
}

static void begin(struct group *group)
{
	group->row = (struct row){.target = &group->target};
	group->row.stats.p50_us = group->row.stats.p95_us = ABSENT_US;
	group->row.verdict.last_us = group->row.verdict.usual_us = ABSENT_US;
	group->tally = (struct tally){0};
	group->lead = UINT32_MAX;
	group->interval_ms = 0;
}

static void add(struct group *group, const struct rows *rows, size_t i)
{
	const struct row *row = &rows->items[i];
	struct row *sum = &group->row;

	tally_add(&group->tally, row);
	if (group->lead == UINT32_MAX || row_compare_trouble(row, &rows->items[group->lead]) < 0)
		group->lead = (uint32_t)i;
	if (row->stats.p95_us > sum->stats.p95_us)
		sum->stats.p95_us = row->stats.p95_us;
	sum->good_24h += row->good_24h;
	sum->failed_24h += row->failed_24h;
	if (row->cert.seen &&
	    (!sum->cert.seen || row->cert.chain_not_after_ms < sum->cert.chain_not_after_ms))
		sum->cert = row->cert;
	if (row->target->interval_ms > group->interval_ms)
		group->interval_ms = row->target->interval_ms;
	if (row->target->expect_cert_days > group->target.expect_cert_days)
		group->target.expect_cert_days = row->target->expect_cert_days;
}

void groups_refresh(struct groups *groups, const struct rows *rows)
{
	for (size_t i = 0; i < groups->count; i++)
		begin(&groups->items[i]);
	for (size_t i = 0; i < groups->targets; i++)
		add(&groups->items[groups->of[i]], rows, i);
	for (size_t i = 0; i < groups->count; i++) {
		struct group *group = &groups->items[i];
		const struct verdict *lead = &rows->items[group->lead].verdict;

		group->row.verdict.state = lead->state;
		group->row.verdict.since_ms = lead->since_ms;
		group->row.verdict.load = lead->load;
		group->row.verdict.acknowledged = lead->acknowledged;
	}
}

static uint16_t add_counts(uint16_t a, uint16_t b)
{
	unsigned sum = (unsigned)a + b;

	return sum > UINT16_MAX ? UINT16_MAX : (uint16_t)sum;
}

static int32_t against_usual(int32_t median_us, int32_t usual_us)
{
	int64_t value = usual_us > 0 ? (int64_t)median_us * GROUP_USUAL_US / usual_us : 0;

	return value > INT32_MAX ? INT32_MAX : (int32_t)value;
}

void groups_merge_bin(struct bin *out, const struct bin *const *bins, const int32_t *usual_us,
		      size_t count, int32_t *scratch)
{
	size_t values = 0, slow = 0, worst = 0;

	*out = (struct bin){.median_us = ABSENT_US, .max_us = ABSENT_US};
	for (size_t i = 0; i < count; i++) {
		const struct bin *bin = bins[i];

		out->good = add_counts(out->good, bin->good);
		out->failed = add_counts(out->failed, bin->failed);
		out->tainted = add_counts(out->tainted, bin->tainted);
		slow += bin->slow;
		if (bin->letter && (!out->letter || bin->failed > worst)) {
			out->letter = bin->letter;
			worst = bin->failed;
		}
		if (bin->median_us < 0 || (usual_us && usual_us[i] <= 0))
			continue;
		scratch[values++] =
			usual_us ? against_usual(bin->median_us, usual_us[i]) : bin->median_us;
		if (bin->max_us > out->max_us)
			out->max_us = bin->max_us;
	}
	out->slow = slow > 0 && slow * 2 >= values;
	out->median_us = values_percentile(scratch, values, 500);
}
