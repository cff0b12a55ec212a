/*
 * The incident of several targets. Any poller's thread, under the lock of the crowd.
 */
#include "source/poll/gathering.h"

#include "base/text.h"
#include "model/config.h"
#include "model/wording.h"
#include "store/store.h"

/* "on 203.0.113.7": what they have in common. A proxy's address may hold a password. */
static void name_common(struct gathering *gathering, const struct config *config,
			const struct store *store)
{
	const struct target *target = &config->targets[gathering->incident.target];
	char *out = gathering->where;
	size_t capacity = sizeof gathering->where;
	struct verdict verdict;

	switch (gathering->by) {
	case COMMON_ADDRESS:
		if (store_verdict(store, gathering->incident.target, &verdict) && verdict.ip[0]) {
			text_format(out, capacity, "on %s", verdict.ip);
			return;
		}
		break;
	case COMMON_DEPENDS:
		if (target->depends.count > 0) {
			text_format(out, capacity, "behind %s", target->depends.items[0]);
			return;
		}
		break;
	case COMMON_PROXY:
		text_copy(out, capacity, "behind one proxy");
		return;
	case COMMON_CERT:
		text_copy(out, capacity, "with one certificate");
		return;
	case COMMON_HOST:
	case COMMONS:
		break;
	}
	text_format(out, capacity, "on %s", target->host);
}

void gathering_open(struct gathering *gathering, const struct circle *circle,
		    const struct gathering_lead *lead)
{
	*gathering = (struct gathering){
		.by = circle->by,
		.key = circle->key,
		.incident = {.id = lead->incident,
			     .target = lead->target,
			     .kind = INCIDENT_LOAD,
			     .confirmed = true,
			     .acknowledged = lead->acknowledged,
			     .opened_ms = lead->since_ms},
	};
	text_copy(gathering->incident.note, sizeof gathering->incident.note, lead->note);
}

static void put(struct gathering *gathering, struct store *store, int64_t now_ms)
{
	struct incident *incident = &gathering->incident;

	incident->last_ms = now_ms;
	incident->targets = gathering->most;
	incident->id = store_put_incident(store, incident);
}

static void tell(struct gathering *gathering, struct store *store, enum event_kind kind,
		 int64_t now_ms)
{
	gathering->incident.last_ms = now_ms;
	gathering->incident.targets = gathering->most;
	store_tell(store, &gathering->incident, kind, STATE_UP, now_ms);
}

void gathering_update(struct gathering *gathering, const struct circle *circle,
		      const struct config *config, struct store *store, int64_t now_ms)
{
	bool told = gathering->worst > 0, worse = circle->worst > gathering->worst;
	char load[60];

	if (!told)
		name_common(gathering, config, store);
	gathering->seen_ms = now_ms;
	gathering->members = circle->members;
	if (circle->members > gathering->most)
		gathering->most = circle->members;
	if (worse)
		gathering->worst = circle->worst;
	text_format(gathering->words, sizeof gathering->words, "%u target%s %s", circle->members,
		    circle->members == 1 ? "" : "s", gathering->where);
	correlate_word(load, sizeof load, circle);
	text_copy(gathering->incident.result, sizeof gathering->incident.result, "LOAD");
	text_format(gathering->incident.detail, sizeof gathering->incident.detail, "%s: %s",
		    gathering->words, load);
	if (!told || worse)
		tell(gathering, store, EVENT_LOAD, now_ms);
	else
		put(gathering, store, now_ms);
}

void gathering_acknowledge(struct gathering *gathering, bool acknowledged, const char *note,
			   struct store *store, int64_t now_ms)
{
	struct incident *incident = &gathering->incident, told;

	incident->acknowledged = acknowledged;
	text_copy(incident->note, sizeof incident->note, note);
	put(gathering, store, now_ms);
	/* the note is the event's; the incident keeps its words */
	told = *incident;
	told.result[0] = '\0';
	text_copy(told.detail, sizeof told.detail, acknowledged ? note : "taken back");
	store_tell(store, &told, EVENT_ACKNOWLEDGED, STATE_UP, now_ms);
}

void gathering_close(struct gathering *gathering, struct store *store, int64_t now_ms)
{
	struct incident *incident = &gathering->incident;
	char length[40];

	incident->closed_ms = gathering->seen_ms;
	wording_length(length, sizeof length, incident->closed_ms - incident->opened_ms);
	text_copy(incident->result, sizeof incident->result, "calm");
	text_format(incident->detail, sizeof incident->detail, "after %s, %u targets %s: %s",
		    length, gathering->most, gathering->where, load_level_name[gathering->worst]);
	tell(gathering, store, EVENT_CALM, now_ms);
}
