#ifndef WEBMON_SOURCE_POLL_AROUND_H
#define WEBMON_SOURCE_POLL_AROUND_H
/*
 * What lies around a target and may explain its failures: its maintenance windows, the targets it
 * depends on, this host's own network.
 *
 * A parent's state is read from the store, whichever poller it belongs to. A failure of the child
 * casts a doubt on the parents: they are probed at once, and the child is not told as down before
 * they have answered for themselves. Any one of several parents that is down explains it, as in
 * Icinga.
 */
#include <stddef.h>
#include <stdint.h>

#include "model/judge.h"
#include "source/poll/network.h"

struct config;
struct plan;
struct watch;

/* Who depends on whom, by index; made once for all pollers. */
struct kin;
struct kin *kin_new(const struct config *config);
void kin_free(struct kin *kin);

/* The part of it that a target has. Zeroed: nothing lies around it. */
struct around {
	const struct plan *plan;
	const uint32_t *parents;
	size_t parent_count;
	struct maintenance *maintenance; /* owned */
	int64_t asked_us;		 /* when its parents were asked last */
	uint64_t network_version;	 /* as it was looked at last */
};

void around_init(struct around *around, const struct plan *plan, uint32_t index);
void around_fini(struct around *around);

/* Whether it is worth a look now and then: something may have changed without a check of
 * its own. */
bool around_changes(const struct watch *watch);

/* How it stands now; asks for a look at what is in doubt. */
struct circumstances around_look(struct watch *watch, const struct failing *failing);

bool circumstances_equal(const struct circumstances *one, const struct circumstances *two);

#endif
