/*
 * Notifications: each incident is told once when it is confirmed and once when it is over.
 */
#include "face/tui/notifier.h"

#include <string.h>

#include "base/text.h"

#define BATCH 32

void notifier_init(struct notifier *notifier, const struct store *store)
{
	*notifier = (struct notifier){.since = store_incident_changes(store)};
}

void notifier_drop(struct notifier *notifier)
{
	notifier->down = notifier->loaded = notifier->back = 0;
	notifier->names[0] = '\0';
}

/* The place of an id; of 0: a free one. NULL: none. */
static struct told_of *find(struct notifier *notifier, uint64_t id)
{
	for (size_t i = 0; i < NOTIFIER_TOLD; i++)
		if (notifier->told[i].id == id)
			return &notifier->told[i];
	return NULL;
}

static void add_name(struct notifier *notifier, const struct config *config, uint32_t target)
{
	size_t length = strlen(notifier->names);
	const char *name = target < config->target_count ? config->targets[target].name : "webmon";

	if (length + strlen(name) + 6 < sizeof(notifier->names))
		text_format(notifier->names + length, sizeof(notifier->names) - length, "%s%s",
			    length ? ", " : "", name);
	else if (length && notifier->names[length - 1] != '.')
		text_copy(notifier->names + length, sizeof(notifier->names) - length, " ...");
}

/* In a maintenance window nobody is called. */
static bool is_worth_it(const struct store *store, const struct incident *incident)
{
	struct verdict verdict = {0};

	if (incident->acknowledged || incident->closed_ms)
		return false;
	if (incident->kind != INCIDENT_LOAD &&
	    (incident->kind != INCIDENT_DOWN || !incident->confirmed))
		return false;
	return incident->target >= store_target_count(store) ||
	       !store_verdict(store, incident->target, &verdict) || !verdict.maintenance;
}

static void note(struct notifier *notifier, const struct store *store, const struct config *config,
		 const struct incident *incident)
{
	struct told_of *told = find(notifier, incident->id);

	if (told && incident->closed_ms) {
		told->id = 0;
		notifier->back++;
		add_name(notifier, config, incident->target);
		return;
	}
	if (told || !is_worth_it(store, incident))
		return;
	told = find(notifier, 0);
	if (!told)
		return; /* so much at once is told in numbers already */
	told->id = incident->id;
	notifier->down += incident->kind == INCIDENT_DOWN;
	notifier->loaded += incident->kind == INCIDENT_LOAD;
	add_name(notifier, config, incident->target);
}

void notifier_look(struct notifier *notifier, const struct store *store,
		   const struct config *config)
{
	struct incident incidents[BATCH];
	uint64_t changes = store_incident_changes(store);
	size_t count;

	if (changes == notifier->since)
		return;
	count = store_incidents(store, notifier->since, incidents, BATCH);
	for (size_t i = 0; i < count; i++)
		note(notifier, store, config, &incidents[i]);
	notifier->since = changes;
}

static size_t add_count(char out[200], size_t length, unsigned count, const char *word)
{
	if (!count)
		return length;
	return length +
	       text_format(out + length, 200 - length, "%s%u %s", length ? ", " : "", count, word);
}

bool notifier_take(struct notifier *notifier, int64_t now_us, char out[200])
{
	size_t length = 0;

	if (now_us < notifier_due_us(notifier))
		return false;
	out[0] = '\0';
	length = add_count(out, length, notifier->down, "down");
	length = add_count(out, length, notifier->loaded, "under load");
	length = add_count(out, length, notifier->back, "back");
	text_format(out + length, 200 - length, ": %s", notifier->names);
	notifier_drop(notifier);
	notifier->next_us = now_us + NOTIFIER_PAUSE_US;
	return true;
}

int64_t notifier_due_us(const struct notifier *notifier)
{
	return notifier->down || notifier->loaded || notifier->back ? notifier->next_us : INT64_MAX;
}
