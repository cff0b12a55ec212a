/*
 * Notifications: each incident is told once when it is confirmed and once when it is over.
 */
#include "face/tui/notifier.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

void notifier_init(struct notifier *notifier, const struct store *store)
{
	size_t capacity = store_incident_capacity(store);

	*notifier = (struct notifier){
		.since = store_incident_changes(store),
		.capacity = capacity,
		.changed = x_calloc(capacity, sizeof(*notifier->changed)),
		.told = x_calloc(capacity, sizeof(*notifier->told)),
	};
}

void notifier_fini(struct notifier *notifier)
{
	free(notifier->changed);
	free(notifier->told);
	*notifier = (struct notifier){0};
}

void notifier_drop(struct notifier *notifier)
{
	notifier->down = notifier->loaded = notifier->back = 0;
	notifier->names[0] = '\0';
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
	/* who has the same place is no longer in the ring */
	uint64_t *told = &notifier->told[incident->id % notifier->capacity];

	if (*told == incident->id && incident->closed_ms) {
		*told = 0;
		notifier->back++;
		add_name(notifier, config, incident->target);
		return;
	}
	if (*told == incident->id || !is_worth_it(store, incident))
		return;
	*told = incident->id;
	notifier->down += incident->kind == INCIDENT_DOWN;
	notifier->loaded += incident->kind == INCIDENT_LOAD;
	add_name(notifier, config, incident->target);
}

void notifier_look(struct notifier *notifier, const struct store *store,
		   const struct config *config)
{
	uint64_t changes = store_incident_changes(store);
	size_t count;

	if (changes == notifier->since)
		return;
	count = store_incidents(store, notifier->since, notifier->changed, notifier->capacity);
	for (size_t i = 0; i < count; i++)
		note(notifier, store, config, &notifier->changed[i]);
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
