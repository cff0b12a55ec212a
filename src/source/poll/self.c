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

static void tell(const struct self *self, struct store *store, enum event_kind kind, int64_t now_ms)
{
	struct event event = {.at_ms = now_ms,
			      .target = UINT32_MAX,
			      .kind = kind,
			      .cls = CLASS_LOCAL,
			      .state = STATE_UNKNOWN,
			      .previous = STATE_UNKNOWN};

	event.incident = self->incident.id;
	event.count = self->incident.count;
	event.total_us = ABSENT_US;
	event.length_ms =
		kind == EVENT_SELF_OVER ? self->incident.closed_ms - self->incident.opened_ms : 0;
	text_copy(event.detail, sizeof event.detail, self->incident.detail);
	store_put_event(store, &event);
}

void self_note(struct self *self, struct store *store, const char *detail, int64_t now_ms)
{
	struct incident *incident = &self->incident;
	bool opened = incident->id == 0;
	bool other = strcmp(incident->detail, detail) != 0;

	if (opened) {
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
	if (opened || (other && now_ms - self->written_ms >= REWRITE_MS)) {
		put(self, store, now_ms);
		tell(self, store, EVENT_SELF, now_ms);
	} else if (now_ms - self->written_ms >= REWRITE_MS) {
		put(self, store, now_ms);
	}
}

void self_clock_set(struct self *self, int64_t by_ms)
{
	self->incident.opened_ms += by_ms;
	self->incident.last_ms += by_ms;
	self->written_ms += by_ms;
}

bool self_tick(struct self *self, struct store *store, int64_t now_ms)
{
	if (self->incident.id == 0 || now_ms - self->incident.last_ms < OVER_MS)
		return false;
	self->incident.closed_ms = now_ms;
	put(self, store, now_ms);
	tell(self, store, EVENT_SELF_OVER, now_ms);
	memset(self, 0, sizeof *self);
	return true;
}
