/*
 * What lies around a target. One poller's thread for each; kin is made before and never changes.
 */
#include "source/poll/around.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/config.h"
#include "model/maintenance.h"
#include "model/names.h"
#include "source/poll/network.h"
#include "source/poll/plan.h"
#include "source/poll/watch.h"
#include "store/store.h"

#define ASK_AGAIN_US 1000000
#define PATIENCE_MS  10000 /* beyond the parent's own time-out */
#define SLACK_MS     1000

/* ---- kin ---- */

struct kin {
	uint32_t *first; /* of each target and one more: where its parents begin */
	uint32_t *parents;
};

struct kin *kin_new(const struct config *config)
{
	struct kin *kin = x_calloc(1, sizeof *kin);
	struct names *names = names_new(config->target_count);
	uint32_t count = 0;

	for (size_t i = 0; i < config->target_count; i++) {
		names_add(names, config->targets[i].name, i);
		count += (uint32_t)config->targets[i].depends.count;
	}
	kin->first = x_calloc(config->target_count + 1, sizeof *kin->first);
	kin->parents = x_calloc(count + 1, sizeof *kin->parents);
	count = 0;
	for (size_t i = 0; i < config->target_count; i++) {
		const struct text_list *depends = &config->targets[i].depends;

		kin->first[i] = count;
		for (size_t k = 0; k < depends->count; k++) {
			size_t parent = names_find(names, depends->items[k]);
			/* One that the command line left out is not known. */
			if (parent != NAMES_NONE)
				kin->parents[count++] = (uint32_t)parent;
		}
	}
	kin->first[config->target_count] = count;
	names_free(names);
	return kin;
}

void kin_free(struct kin *kin)
{
	if (!kin)
		return;
	free(kin->first);
	free(kin->parents);
	free(kin);
}

/* ---- one target ---- */

void around_init(struct around *around, const struct plan *plan, uint32_t index)
{
	const struct target *target = &plan->config->targets[index];

	*around = (struct around){
		.plan = plan,
		.parents = plan->kin->parents + plan->kin->first[index],
		.parent_count = plan->kin->first[index + 1] - plan->kin->first[index],
		.maintenance = maintenance_new(&target->maintenance),
	};
}

void around_fini(struct around *around)
{
	maintenance_free(around->maintenance);
}

bool around_changes(const struct watch *watch)
{
	const struct around *around = &watch->around;

	return around->maintenance || (around->parent_count && watch->failing.since_us) ||
	       watch->judge.around.in_doubt || watch->judge.around.excuse ||
	       (watch->failing.since_us &&
		around->network_version != network_version(around->plan->network));
}

static bool is_down(const struct verdict *verdict)
{
	return verdict->state == STATE_DOWN ||
	       (verdict->state == STATE_UNKNOWN &&
		(verdict->parent != UINT32_MAX || verdict->maintenance));
}

/* The parent is down itself, or its own parent is: that one has the blame. */
static void blame(struct circumstances *now, const struct config *config, uint32_t parent,
		  const struct verdict *verdict)
{
	const struct target *target = &config->targets[parent];

	now->excuse = EXCUSE_PARENT;
	now->parent = verdict->parent != UINT32_MAX ? verdict->parent : parent;
	now->in_doubt = false;
	/* Its outage began after its last good check, which is an interval before its first bad one
	 * at most. */
	now->since_ms = verdict->since_ms - target->interval_ms - SLACK_MS;
	text_format(now->words, sizeof now->words, "parent down: %s",
		    config->targets[now->parent].name);
}

/* Whether the parent has not yet answered for itself since the child fails. */
static bool is_open(const struct plan *plan, uint32_t parent, const struct verdict *verdict,
		    const struct failing *failing)
{
	int64_t patience_ms = plan->config->targets[parent].timeout_ms + PATIENCE_MS;
	struct sample newest;

	if (verdict->state == STATE_PAUSED ||
	    clock_mono_us() - failing->since_us > patience_ms * 1000)
		return false;
	return verdict->failed_in_row > 0 || verdict->unconfirmed ||
	       store_samples(plan->store, parent, 0, &newest, 1, NULL) == 0 ||
	       newest.at_ms < failing->since_ms;
}

static void look_at_parents(struct around *around, const struct failing *failing,
			    struct circumstances *now)
{
	const struct plan *plan = around->plan;
	int64_t now_us = clock_mono_us();
	bool ask = now_us - around->asked_us >= ASK_AGAIN_US;
	struct verdict verdict;

	for (size_t i = 0; i < around->parent_count; i++) {
		uint32_t parent = around->parents[i];

		if (!store_verdict(plan->store, parent, &verdict))
			verdict = (struct verdict){.state = STATE_NEW, .parent = UINT32_MAX};
		if (is_down(&verdict)) {
			blame(now, plan->config, parent, &verdict);
			return;
		}
		if (!failing->since_us || !is_open(plan, parent, &verdict, failing))
			continue;
		now->in_doubt = true;
		if (!ask)
			continue;
		around->asked_us = now_us;
		plan->look(plan->user, parent);
	}
}

static void look_at_network(struct around *around, uint32_t index, const struct failing *failing,
			    struct circumstances *now)
{
	struct network *network = around->plan->network;
	struct network_view view;

	around->network_version = network_version(network);
	if (!failing->since_us)
		return;
	network_look(network, index, failing, &view);
	now->in_doubt |= view.state == NETWORK_IN_DOUBT;
	if (view.state != NETWORK_LOST)
		return;
	now->excuse = EXCUSE_NETWORK;
	now->in_doubt = false;
	/* A check that began before the last one that got through may have hung until its
	 * time-out. */
	now->since_ms = view.since_ms - around->plan->config->targets[index].timeout_ms;
	text_copy(now->words, sizeof now->words, view.words);
}

struct circumstances around_look(struct watch *watch, const struct failing *failing)
{
	struct circumstances now = {.parent = UINT32_MAX};
	struct around *around = &watch->around;
	char words[MAINTENANCE_WORDS_MAX];

	now.maintenance = maintenance_is_on(around->maintenance, clock_wall_ms(), words);
	if (now.maintenance) {
		now.excuse = EXCUSE_MAINTENANCE;
		text_copy(now.words, sizeof now.words, words);
		return now;
	}
	look_at_network(around, watch->index, failing, &now);
	if (!now.excuse)
		look_at_parents(around, failing, &now);
	return now;
}

bool circumstances_equal(const struct circumstances *one, const struct circumstances *two)
{
	return one->excuse == two->excuse && one->maintenance == two->maintenance &&
	       one->in_doubt == two->in_doubt && one->parent == two->parent &&
	       strcmp(one->words, two->words) == 0; /* since_ms goes by a clock that wavers */
}
