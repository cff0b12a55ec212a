/*
 * Flapping by weighted changes. Pure; the judge's thread.
 */
#include "model/flap.h"

enum {
	BEGIN_PER_MILLE = 300,
	END_PER_MILLE = 50,
	ALIKE_ENDS = 12,
};

static bool changed(const struct flap *flap, int age)
{
	return (flap->outcomes >> age & 1) != (flap->outcomes >> (age + 1) & 1);
}

int flap_changes(const struct flap *flap)
{
	int changes = 0;

	for (int age = 0; age + 1 < flap->count; age++)
		changes += changed(flap, age);
	return changes;
}

/* Weights in hundredths: 120 for the newest change, 80 for the oldest of a full window. */
static int share_per_mille(const struct flap *flap)
{
	int weight = 0;

	for (int age = 0; age + 1 < flap->count; age++)
		if (changed(flap, age))
			weight += 120 - age * 40 / (FLAP_CHECKS - 2);
	return weight * 10 / (FLAP_CHECKS - 1);
}

bool flap_note(struct flap *flap, bool failed)
{
	bool before = flap->flapping;

	flap->alike = flap->count > 0 && (flap->outcomes & 1) == failed ? flap->alike : 0;
	flap->alike = flap->alike < FLAP_CHECKS ? (uint8_t)(flap->alike + 1) : flap->alike;
	flap->outcomes = (flap->outcomes << 1 | failed) & ((UINT32_C(1) << FLAP_CHECKS) - 1);
	flap->count = flap->count < FLAP_CHECKS ? (uint8_t)(flap->count + 1) : flap->count;
	if (flap->flapping)
		flap->flapping = flap->alike < ALIKE_ENDS && share_per_mille(flap) > END_PER_MILLE;
	else
		flap->flapping = share_per_mille(flap) >= BEGIN_PER_MILLE;
	/* What is over is not held against it: else the next outage would make it flap at once. */
	if (before && !flap->flapping)
		flap->count = flap->alike;
	return flap->flapping != before;
}
