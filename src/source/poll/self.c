/*
 * The incident about webmon itself.
 */
#include "source/poll/self.h"

#include <string.h>

#include "base/text.h"
#include "store/store.h"

#define OVER_MS	   10000
#define REWRITE_MS 1000

static void put(struct self *self, struct store *store, int64_t now_ms)
{
	self->incident.id = store_put_incident(store, &self->incident);
	self->written_ms = now_ms;
}

static void tell(struct self *self, struct store *store, enum event_kind kind, int64_t now_ms)
{
	store_tell(store, &self->incident, kind, STATE_UNKNOWN, now_ms);
	self->written_ms = now_ms;
}

/* Each in its own words once: two troubles in turn are not news each time, nor is a number
 * in them. */
static bool is_news(struct self *self, const char *detail)
{
	uint64_t hash = text_hash(detail);

	for (size_t i = 0; i < self->told_count; i++)
		if (self->told[i] == hash)
			return false;
	if (self->told_count == SELF_TOLD)
		return false;
	self->told[self->told_count++] = hash;
	return true;
}

void self_note(struct self *self, struct store *store, const char *detail, int64_t now_ms)
{
	struct incident *incident = &self->incident;

	if (incident->id == 0) {
		*incident = (struct incident){.target = UINT32_MAX,
					      .kind = INCIDENT_SELF,
					      .cls = CLASS_LOCAL,
					      .opened_ms = now_ms};
		text_copy(incident->result, sizeof incident->result,
			  class_table[CLASS_LOCAL].result);
	}
	incident->count++;
	incident->last_ms = now_ms;
	text_copy(incident->detail, sizeof incident->detail, detail);
	if (is_news(self, detail))
		tell(self, store, EVENT_SELF, now_ms);
	else if (now_ms - self->written_ms >= REWRITE_MS)
		put(self, store, now_ms);
}

void self_clock_set(struct self *self, int64_t by_ms)
{
	self->incident.opened_ms += by_ms;
	self->incident.last_ms += by_ms;
	self->written_ms += by_ms;
}

void self_end(struct self *self, struct store *store, int64_t now_ms)
{
	if (self->incident.id == 0)
		return;
	self->incident.closed_ms = now_ms;
	tell(self, store, EVENT_SELF_OVER, now_ms);
	memset(self, 0, sizeof *self);
}

bool self_tick(struct self *self, struct store *store, int64_t now_ms)
{
	if (self->incident.id == 0 || now_ms - self->incident.last_ms < OVER_MS)
		return false;
	self_end(self, store, now_ms);
	return true;
}
