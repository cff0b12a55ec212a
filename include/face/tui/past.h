#ifndef WEBMON_FACE_TUI_PAST_H
#define WEBMON_FACE_TUI_PAST_H
/*
 * The fleet as it was at a moment, out of what is still kept: samples say answers and times, where
 * they are gone rollups do; events say states, incidents what was open. What none of them tells is unknown, and shown as such. Only
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

/* The earliest moment of which a sample is kept; INT64_MAX: none is. */
int64_t past_samples_from_ms(const struct past *past);
/* The same of samples and rollups. */
int64_t past_earliest_ms(const struct past *past);
/* How finely rollups tell of a moment. */
int64_t past_rolled_width_ms(int64_t at_ms);

/* When the incident before or after a moment began; 0: there is none. *id gets which. */
int64_t past_incident_beside(const struct incidents *incidents, int64_t at_ms, bool before,
			     uint64_t *id);

#endif
