#ifndef WEBMON_SOURCE_POLL_SELF_H
#define WEBMON_SOURCE_POLL_SELF_H
/*
 * webmon's own trouble (no descriptors, no memory, unreadable authorities, a process that was
 * stopped): one incident of the whole program, however many probes it spoils, told once in each of
 * its words and closed when none was spoilt for a while. One a poller; not for several threads.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/verdict.h"

struct store;

/* words of one incident that are told; what else it says stands on the screen */
enum { SELF_TOLD = 8 };

struct self {
	struct incident incident; /* id 0: all is well */
	int64_t written_ms;
	uint64_t told[SELF_TOLD]; /* hashes of words */
	size_t told_count;
};

/* One more probe was spoilt, or something else went wrong here; detail is clean. */
void self_note(struct self *self, struct store *store, const char *detail, int64_t now_ms);

/* The wall clock was set. */
void self_clock_set(struct self *self, int64_t by_ms);

/* Nobody will look any more: what is open is over. */
void self_end(struct self *self, struct store *store, int64_t now_ms);

/* Now and then: closes what is over. True: something was written. */
bool self_tick(struct self *self, struct store *store, int64_t now_ms);

#endif
