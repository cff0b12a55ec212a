#ifndef WEBMON_MODEL_WAYS_H
#define WEBMON_MODEL_WAYS_H
/*
 * A target that is probed by several ways in turn: `ip = both`, `keepalive = both`. What fails by
 * one way is not made good by an answer that came by another. A pure rule; part of the judge.
 */
#include <stdbool.h>
#include <stdint.h>

#include "model/sample.h"
#include "model/target.h"

/* A way that was not gone again within so many samples (a server that keeps no connection) counts
 * no more. */
#define WAYS_FORGET 8

struct ways {
	uint8_t failed_ago[4]; /* 0: it works or is not known; else samples since it failed, from 1
				*/
};

/* Takes in an untainted sample. True: it is good, but another way still fails, so that nothing is
 * over. */
bool ways_note(struct ways *ways, const struct target *target, const struct sample *sample);

/* Whether the sample's total stands beside those of a new visitor: not that of a kept connection
 * among cold ones. */
bool ways_is_usual(const struct target *target, const struct sample *sample);

/* The sample with what cold and warm probes have in common: without the TLS handshake and
 * its time. */
struct sample ways_comparable(const struct target *target, const struct sample *sample);

#endif
