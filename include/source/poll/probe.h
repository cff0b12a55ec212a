#ifndef WEBMON_SOURCE_POLL_PROBE_H
#define WEBMON_SOURCE_POLL_PROBE_H
/*
 * One probe from its start to its end: name, connection, request, answer, redirects. A probe is a
 * slot of a pool: an easy handle with all that belongs to it, used for one target after the other.
 *
 *   probe_begin -> (resolver) -> probe_go -> (libcurl) -> probe_step -> ... -> probe->over
 *
 * Whoever drives it (engine) calls these; they never block.
 */
#include <stdbool.h>
#include <stdint.h>

#include "model/sample.h"
#include "source/poll/handshake.h"
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
	bool slow_dial;	    /* CONNECTTIMEOUT_MS is set in the handle */
	bool tainted, manual;
	bool reset_seen; /* a peek met the reset that libcurl will see as an end of stream */

	int socket; /* the last one opened, -1: none */
	int64_t begun_us, at_ms, deadline_us, connect_deadline_us;
	int64_t hop_us; /* this hop's begin */
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
	char error[PROBE_ERROR_MAX]; /* libcurl's words */
	char redirect_problem[160];
	struct handshake handshake;
	struct reply reply;
};

/* A new slot. NULL: no memory. */
struct probe *probe_new(struct wires *wires, uint32_t id);
void probe_free(struct probe *probe);

enum probe_turn {
	PROBE_WAITS, /* for the resolver */
	PROBE_RUNS,  /* on the wire */
	PROBE_ENDS,  /* outcome stands */
};

/* Starts a probe of watch. begun_us, lag_us, at_ms and manual were set by the caller. */
enum probe_turn probe_begin(struct probe *probe, struct watch *watch,
			    struct resolver_client *resolver);
/* The look-up has been answered. */
enum probe_turn probe_resolved(struct probe *probe);
/* libcurl is done with it (and it was taken off the wire). */
enum probe_turn probe_done(struct probe *probe, int curl, struct resolver_client *resolver);
/* Its time is up: takes it off the wire. */
enum probe_turn probe_expire(struct probe *probe);
/* Gives it up without an outcome: the program ends. */
void probe_abandon(struct probe *probe);

/* After the outcome was used: ready for the next target. */
void probe_release(struct probe *probe);

/* The sample of an ended probe; warnings are added by the caller. */
struct sample probe_sample(const struct probe *probe, int64_t now_us);

/* How long the probe may still be in the stage it is in: the deadline to watch. */
int64_t probe_deadline_us(const struct probe *probe);

/* ---- told by wires ---- */

void probe_opened(struct probe *probe, int64_t now_us);

#endif
