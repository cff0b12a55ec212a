/*
 * Marks of a target: changes out of the store's events, each read once, loads out of the
 * dashboard's incidents. Main thread.
 */
#include "face/tui/marks.h"

#include <string.h>

#include "base/text.h"

#define BATCH 16 /* events on the stack at a time */

static void add_change(struct marks *marks, const struct event *event)
{
	struct change_mark *mark;

	if (marks->change_count == MARKS_MAX)
		memmove(marks->changes, marks->changes + 1,
			(size_t)--marks->change_count * sizeof(*marks->changes));
	mark = &marks->changes[marks->change_count++];
	mark->at_ms = event->at_ms;
	text_copy(mark->text, sizeof(mark->text), event->detail);
}

static void read_changes(struct marks *marks, const struct store *store)
{
	struct event events[BATCH];
	size_t count;

	if (store_event_head(store) == marks->next)
		return;
	while ((count = store_events(store, marks->next, events, BATCH, NULL)) > 0) {
		for (size_t i = 0; i < count; i++)
			if (events[i].target == marks->target && events[i].kind == EVENT_CHANGED)
				add_change(marks, &events[i]);
		marks->next = events[count - 1].number + 1;
	}
}

static void read_loads(struct marks *marks, const struct incidents *incidents)
{
	marks->load_count = 0;
	for (size_t i = incidents->count; i > 0 && marks->load_count < MARKS_MAX; i--) {
		const struct incident *incident = &incidents->items[i - 1];

		if (incident->kind == INCIDENT_LOAD && incident->target == marks->target)
			marks->loads[marks->load_count++] = (struct load_mark){
				incident->opened_ms,
				incident->closed_ms ? incident->closed_ms : INT64_MAX};
	}
}

void marks_refresh(struct marks *marks, const struct store *store,
		   const struct incidents *incidents, size_t target)
{
	if (!marks->known || marks->target != target)
		*marks = (struct marks){.known = true, .target = target};
	read_changes(marks, store);
	read_loads(marks, incidents);
}

bool marks_load_within(const struct marks *marks, int64_t from_ms, int64_t to_ms)
{
	for (int i = 0; i < marks->load_count; i++)
		if (marks->loads[i].from_ms < to_ms && marks->loads[i].to_ms >= from_ms)
			return true;
	return false;
}
