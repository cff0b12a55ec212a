#ifndef WEBMON_SOURCE_POLL_NETWORK_H
#define WEBMON_SOURCE_POLL_NETWORK_H
/*
 * Whose outage is it: a target's, or that of this host's own network? One for all pollers; any
 * thread.
 *
 * Hosts are told apart by their addresses: three names of one machine are one host. They are judged
 * in three areas (loopback, private, public addresses), because a cable that is pulled leaves the
 * nearer ones alone. As soon as any host of an area, or of one beyond it, got through after a
 * failure began, that failure is the target's.
 *
 * Otherwise, with `witness`: the witnesses are asked, and where none can be connected to, and no
 * other host either, our network is lost. Without: it is lost when all hosts of the area that were
 * reached before (three at least) now fail alike, at name look-up or connection; hosts that were
 * not asked since are probed at once, so that nobody waits for an interval. Down waits for the
 * answer, but not for long.
 */
#include <stdbool.h>
#include <stdint.h>

#include "model/class.h"
#include "source/poll/address.h"

struct config;
struct network;
struct store;

/* look: asks for a check of a target; may be called by any thread that calls in here. */
struct network *network_new(const struct config *config, struct store *store,
			    void (*look)(void *user, uint32_t target), void *user);
void network_free(struct network *network);

/* How one probe ended. */
struct network_news {
	int64_t began_us;
	enum probe_class cls;	    /* of the connection, before any check of the answer */
	const struct address *peer; /* that it was connected to; NULL: none */
};

/* A probe of this target has ended so. */
void network_note(struct network *network, uint32_t target, const struct network_news *news);

enum network_state { NETWORK_STANDS, NETWORK_IN_DOUBT, NETWORK_LOST };

struct network_view {
	enum network_state state;
	int64_t since_ms; /* lost: failures that began from then on are its fault */
	char words[100];  /* lost: "this host lost its network at 14:02:10" */
};

/* A target that fails: since when, and how. */
struct failing {
	/* the first failed check began, both clocks; 0: it does not fail */
	int64_t since_us, since_ms;
	int64_t newest_us;	    /* and the newest */
	uint64_t number;	    /* of the first one's sample */
	enum probe_class cls;	    /* of the newest */
};

/* What it means for a target that fails so. */
void network_look(struct network *network, uint32_t target, const struct failing *failing,
		  struct network_view *view);

/* Grows when the network is lost or comes back. */
uint64_t network_version(struct network *network);

/* The wall clock was set. */
void network_clock_set(struct network *network);

/* Now and then. */
void network_tick(struct network *network);

#endif
