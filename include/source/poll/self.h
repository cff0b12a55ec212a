#ifndef WEBMON_SOURCE_POLL_SELF_H
#define WEBMON_SOURCE_POLL_SELF_H
/*
 * webmon's own trouble (no descriptors, no memory, unreadable authorities, a process that was
 * stopped): told once, as one incident of the whole program, however many probes it spoils, and
 * closed when none was spoilt for a while. One a poller; not for several threads.
 */
#include <stdbool.h>
#include <stdint.h>

#include "model/verdict.h"

struct store;

struct self {
	struct incident incident; /* id 0: all is well */
	int64_t written_ms;
};

/* One more probe was spoilt, or something else went wrong here; detail is clean. */
void self_note(struct self *self, struct store *store, const char *detail, int64_t now_ms);

/* The wall clock was set. */
void self_clock_set(struct self *self, int64_t by_ms);

/* Now and then: closes what is over. True: something was written. */
bool self_tick(struct self *self, struct store *store, int64_t now_ms);

#endif
