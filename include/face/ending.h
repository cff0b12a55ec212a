#ifndef WEBMON_FACE_ENDING_H
#define WEBMON_FACE_ENDING_H
/*
 * A history whose recorder has ended: what it knew last is told as the present for as long as a check speaks of the present,
 * and then as not known. Main thread.
 */
#include "face/row.h"

struct ending {
	int64_t at_ms;  /* its last sign of life; 0: it goes on, and nothing here does anything */
	int64_t now_ms; /* the present, which a viewer's clock does not tell */
	char    why[200]; /* "recorder ended at 2026-11-22 14:29:53" */
};

/* Whether a target that was checked last at this time (0: never) is not known any more. A pause is known all the same. */
bool ending_outdates(const struct ending *ending, const struct target *target, const struct verdict *verdict,
		     int64_t checked_ms);

/* What is left of a verdict then: unknown since the end, and why. */
void ending_blank(const struct ending *ending, struct verdict *verdict);

/* Both, of all rows; after their refresh. */
void ending_apply(const struct ending *ending, struct rows *rows);

#endif
