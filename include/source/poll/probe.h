#ifndef WEBMON_SOURCE_POLL_PROBE_H
#define WEBMON_SOURCE_POLL_PROBE_H
/*
 * One probe under way: a slot of a pool, which is an easy handle with all that belongs to it, used
 * for one target after the other. A plain record: wires, dial, redirect and run each fill in their
 * part.
 */
#include <stdbool.h>
#include <stdint.h>

#include "model/sample.h"
#include "source/poll/check.h"
#include "source/poll/handshake.h"
#include "source/poll/leash.h"
#include "source/poll/reply.h"
#include "source/poll/resolve.h"
#include "source/poll/route.h"
#include "source/poll/timeline.h"

#define PROBE_ERROR_MAX 256 /* libcurl's CURL_ERROR_SIZE */

struct curl_slist;
struct profile;
struct watch;
struct wires;

/* Where one hop goes. */
struct hop {
	char *url;  /* owned; NULL: the target's own, the first hop */
	char *host; /* owned; NULL: the target's */
	uint16_t port;
	bool tls;
	bool foreign; /* another origin than the target's: no secret goes there */
	bool get;     /* turned into a GET */
	int number;   /* redirects followed so far */
};

/* What a long check came to (see checker.h). */
struct checked {
	bool done;
	enum probe_class cls;
	char detail[CHECK_DETAIL_MAX];
};

/* What a finished probe came to. */
struct outcome {
	enum probe_class cls;
	int curl;      /* libcurl's code */
	int os_error;  /* of the last failed system call of the connection, 0: none */
	int own_error; /* errno of what failed on our side */
};

struct probe {
	void *easy;
	struct wires *wires;
	struct watch *watch;	       /* NULL: free */
	const struct profile *profile; /* what the handle is configured for; NULL: nothing usable */
	uint32_t id;		       /* slot number */
	uint32_t shard;
	struct probe *next; /* in lists of the engine */
	bool on_wire;	    /* in a multi handle */
	bool several;	    /* the handle is set for more than one address */
	bool tainted, manual;
	enum family family; /* whose turn it is, or the only one; ANY: whichever */
	bool tunnels;	    /* the proxy has something to say before the target can be spoken to */
	bool proxy_reached; /* connected to it */
	bool proxy_secured; /* the handshake with an https proxy is behind us */
	bool warm;	    /* may go over a kept connection */
	bool retried; /* the kept connection was found closed, and libcurl dialled once more */
	/* another path than the failure before: fresh look-up and connection, the other family */
	bool confirming;
	bool reset_seen; /* a peek met the reset that libcurl will see as an end of stream */

	int socket; /* the last one opened, -1: none */
	int errno_before; /* libcurl's, left over from the handle's former probe */
	int64_t begun_us, at_ms, deadline_us, connect_deadline_us;
	int64_t hop_us; /* this hop's begin */
	int64_t look_us; /* so long it is let alone (see doubt.h) */
	int32_t lag_us;
	int32_t phase_us[PHASE_COUNT]; /* of hops before, and dns */
	bool kernel;		       /* all times of hops before were the kernel's */
	struct hop hop;
	struct route route;
	struct curl_slist *connect_to, *resolve; /* owned, of this hop; NULL: none or the watch's */
	struct lookup lookup;
	struct timeline timeline;
	int64_t arrival_us; /* of the bytes being read */
	bool arrival_kernel;
	int64_t eof_us; /* the peer's end of stream was seen */
	struct address peer;
	uint16_t peer_port;
	bool peer_known;
	struct outcome outcome;
	struct checked checked;
	char error[PROBE_ERROR_MAX]; /* libcurl's words */
	char redirect_problem[160];
	struct handshake handshake;
	struct reply reply;
	struct leash_hold hold; /* of this hop */
};

#endif
