#ifndef WEBMON_SOURCE_POLL_TALLY_H
#define WEBMON_SOURCE_POLL_TALLY_H
/*
 * A poller's account of its own doings: how many probes, how late they started. Not for several
 * threads.
 */
#include "model/verdict.h"

#define TALLY_LAGS 1024

struct tally {
	struct fleet fleet;
	int32_t lags[TALLY_LAGS];
	uint64_t lag_count;
};

void tally_init(struct tally *tally, int64_t started_ms);

/* A probe due every interval_us started lag_us late. */
void tally_start(struct tally *tally, int32_t lag_us, int64_t interval_us);

/* The account as it is shown: with the lateness below which 99 of 100 of the last starts lie. */
struct fleet tally_fleet(const struct tally *tally, uint32_t in_flight);

#endif
