#ifndef WEBMON_MODEL_FLAP_H
#define WEBMON_MODEL_FLAP_H
/*
 * Flapping: a target whose checks change sides too often to tell of each change. Part of the judge;
 * see judge.h.
 *
 * The rule is that of Nagios (manual, "Detection and Handling of State Flapping"): of the changes
 * between the last 21 checks each counts 0.8 (the oldest) to 1.2 (the newest), as a share of 20.
 * From 30 % on the target flaps (the limit of Icinga 2, six or seven changes: Nagios' 20 % takes
 * two short outages for it), and at 5 % it is steady again. Unlike there, twelve checks alike in a
 * row end it at once: what is plainly up or down for so long is told without waiting for old
 * changes to leave.
 */
#include <stdbool.h>
#include <stdint.h>

#define FLAP_CHECKS 21

struct flap {
	uint32_t outcomes; /* newest in bit 0: 1 failed */
	uint8_t  count;    /* of them, at most FLAP_CHECKS */
	uint8_t  alike;    /* the newest ones that are equal, at most FLAP_CHECKS */
	bool     flapping;
};

/* One more check. True: flapping has begun or ended with it. */
bool flap_note(struct flap *flap, bool failed);

int flap_changes(const struct flap *flap); /* between the checks that are remembered */

#endif
