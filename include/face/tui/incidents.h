#ifndef WEBMON_FACE_TUI_INCIDENTS_H
#define WEBMON_FACE_TUI_INCIDENTS_H
/*
 * The dashboard's copy of the incidents, in the order they are shown: those that go on right now
 * first, the one that began last on top (so that two of them do not change places with each check),
 * then the others, newest activity first. Main thread.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/store.h"

struct incidents {
	const struct config *config; /* says how often a target is checked; NULL: often */
	struct incident *items; /* by id, ascending */
	size_t count, capacity;
	struct incident *fresh; /* scratch */
	uint32_t *shown;        /* places in items, in the order of the screen */
	uint32_t *next;         /* scratch */
	uint64_t since;         /* the store's change counter as last seen */
	unsigned open_of[INCIDENT_KINDS];
	unsigned open, day,
		week; /* incidents of trouble (not pauses): open, begun within 24 h and 7 d */
	int64_t sorted_ms;
	bool pending; /* another order waits until the hand is off */
};

void incidents_init(struct incidents *incidents, const struct store *store);
void incidents_fini(struct incidents *incidents);

/* Takes in what changed and counts; held: what is shown keeps its place, new ones wait. Returns
 * true where anything changed. */
bool incidents_refresh(struct incidents *incidents, const struct store *store, int64_t now_ms,
		       bool held);

/* Counts and sorts what the caller has put into items: not the store's. */
void incidents_arrange(struct incidents *incidents, int64_t now_ms);

/* By place on the screen; NULL beyond the end. */
const struct incident *incidents_at(const struct incidents *incidents, size_t place);
const struct incident *incidents_by_id(const struct incidents *incidents, uint64_t id);

/* This host's own trouble that goes on, before all that of its network; NULL: none does. */
const struct incident *incidents_own(const struct incidents *incidents);

/* To be written to; NULL where there is none. */
struct incident *incidents_find(struct incidents *incidents, uint64_t id);

/* When something last happened to it. */
int64_t incident_active_ms(const struct incident *incident);

/* The time by which it stands among the others: of one that goes on its beginning, so that it stays
 * where it is, else when something last happened to it. */
int64_t incident_place_ms(const struct incidents *incidents, const struct incident *incident,
			  int64_t now_ms);

#endif
