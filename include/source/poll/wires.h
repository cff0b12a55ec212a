#ifndef WEBMON_SOURCE_POLL_WIRES_H
#define WEBMON_SOURCE_POLL_WIRES_H
/*
 * One poller's sockets: an epoll and many of libcurl's multi handles on it. One multi handle with
 * thousands of connections is slow (its tables are small and walked often), so targets are spread
 * over shards of about 150.
 *
 * Before libcurl is told of an event, the kernel's time of it is noted. There is no timerfd: time
 * limits of shards and engine go into the wait itself, which is 60 % cheaper.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/poll/leash.h"
#include "source/poll/resolve.h"

struct probe;

struct wire {
	struct probe *probe; /* NULL: idle in libcurl's cache */
	int64_t opened_us;
	struct address peer;
	uint16_t peer_port;
	uint8_t wants;	/* events that libcurl wants now */
	uint8_t listed; /* events that epoll has; 0: not in it */
	bool open, tcp, stamped, connected;
	uint32_t shard;
};

struct shard {
	struct wires *wires;
	void *multi;
	int64_t timeout_us; /* when libcurl wants to be called; INT64_MAX: not */
	bool dirty;	    /* may have finished transfers */
};

struct wires {
	int epoll;
	struct shard *shards;
	size_t shard_count;
	struct wire *wires; /* by descriptor */
	size_t wire_room;
	bool coarse; /* the kernel waits in whole milliseconds */
	struct leash leash;
};

/* room: descriptors that this process may have. False: errno says why. */
bool wires_init(struct wires *wires, size_t targets, size_t room);
void wires_fini(struct wires *wires);

/* A descriptor of the engine's own that ends a wait. */
bool wires_listen(struct wires *wires, int descriptor);

/* Sets the socket callbacks of a handle. */
void wires_attach(struct wires *wires, struct probe *probe);

/* libcurl goes on as connected before epoll had a chance to say so: take the kernel's time now. */
void wires_note_connected(struct wires *wires, struct probe *probe);

/* Puts a configured handle on the wire; it starts at the next wires_kick(). False: libcurl
 * refused. */
bool wires_start(struct wires *wires, struct probe *probe);
void wires_stop(struct wires *wires, struct probe *probe);

/* Gives libcurl its time in each shard whose time has come. */
void wires_kick(struct wires *wires, int64_t now_us);

/* When some shard wants to be kicked. */
int64_t wires_timeout_us(const struct wires *wires);

/* Waits until deadline_us at most and lets libcurl handle what happened. True: the engine's
 * descriptor was among it. */
bool wires_wait(struct wires *wires, int64_t deadline_us);

/* The next transfer that libcurl has finished, taken off the wire. NULL: none. */
struct probe *wires_reap(struct wires *wires, int *curl);

#endif
