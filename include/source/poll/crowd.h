#ifndef WEBMON_SOURCE_POLL_CROWD_H
#define WEBMON_SOURCE_POLL_CROWD_H
/*
 * All targets of all pollers side by side: who tells of a load, each target by itself, several as
 * one (gathering.h), or this host, whose trouble it is (self.h). Thread-safe.
 *
 * What the judge says of a target's load stands at once, and does not change by any of this; only
 * the telling of an onset waits for the next tick, and where a neighbour is loaded too, up to ten
 * seconds for more of them.
 */
#include <stddef.h>
#include <stdint.h>

struct config;
struct crowd;
struct store;
struct watch;

/* Returns new; borrows both. */
struct crowd *crowd_new(const struct config *config, struct store *store);
/* Ends its open incidents; the store is still there. NULL is fine. */
void crowd_free(struct crowd *crowd);

/* By each poller with its own targets, about once a second. */
void crowd_tick(struct crowd *crowd, struct watch *watches, size_t count, int64_t now_us);

/* The wall clock was set by so much; by one poller for all. */
void crowd_clock_set(struct crowd *crowd, int64_t by_ms);

#endif
