#ifndef WEBMON_FACE_TUI_PAST_H
#define WEBMON_FACE_TUI_PAST_H
/*
 * The fleet as it was at a moment, out of what is still kept: samples say answers and times, events
 * say states, incidents what was open. What none of them tells is unknown, and shown as such. Only
 * the usual time of a target is today's: that is the scale on which live histories show the past,
 * too. Main thread.
 */
#include "face/row.h"
#include "face/tui/incidents.h"
#include "store/store.h"

struct past;

/* Returns new. */
struct past *past_new(const struct config *config, const struct store *store);
void past_free(struct past *past);

/* Looks back at a moment; the rows of now and the incidents of now are what is known today. */
void past_look(struct past *past, const struct rows *now, const struct incidents *incidents,
	       int64_t at_ms);

/* As of that moment; valid until the next look. */
struct rows *past_rows(struct past *past);
struct incidents *past_incidents(struct past *past);

/* The earliest moment of which anything is known; INT64_MAX: nothing is. */
int64_t past_earliest_ms(const struct past *past);

/* When the incident before or after a moment began; 0: there is none. *id gets which. */
int64_t past_incident_beside(const struct incidents *incidents, int64_t at_ms, bool before,
			     uint64_t *id);

#endif
