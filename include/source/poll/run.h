#ifndef WEBMON_SOURCE_POLL_RUN_H
#define WEBMON_SOURCE_POLL_RUN_H
/*
 * The run of one probe from its start to its end: name, connection, request, answer, redirects.
 *
 *   run_begin -> (resolver) -> run_resolved -> (libcurl) -> run_done -> ... -> RUN_ENDS
 *
 * Whoever drives it (course) calls these; they never block.
 */
#include <stdbool.h>
#include <stdint.h>

#include "model/sample.h"

struct probe;
struct resolver_client;
struct watch;
struct wires;

/* A new slot. NULL: no memory. */
struct probe *run_new(struct wires *wires, uint32_t id);
void run_free(struct probe *probe);

enum run_turn {
	RUN_WAITS, /* for the resolver */
	RUN_GOES,  /* on the wire */
	RUN_ENDS,  /* outcome stands */
};

/* Starts a probe of watch. begun_us, lag_us, at_ms and manual were set by the caller. */
enum run_turn run_begin(struct probe *probe, struct watch *watch, struct resolver_client *resolver);
/* The look-up has been answered. */
enum run_turn run_resolved(struct probe *probe);
/* libcurl is done with it (and it was taken off the wire). */
enum run_turn run_done(struct probe *probe, int curl, struct resolver_client *resolver);
/* Its time is up: takes it off the wire. */
enum run_turn run_expire(struct probe *probe, struct resolver_client *resolver);
/* Gives it up without an outcome: the program ends. */
void run_abandon(struct probe *probe);

/* After the outcome was used: ready for the next target. */
void run_release(struct probe *probe);

/* The sample of an ended probe; warnings are added by the caller. */
struct sample run_sample(const struct probe *probe, int64_t now_us);

/*
 * The sample that a probe under way would be if it ended now: the phase it is in with the time it
 * has been there, class ok.
 */
struct sample run_so_far(const struct probe *probe, int64_t now_us);

/* How long the probe may still be in the stage it is in: the deadline to watch. */
int64_t run_deadline_us(const struct probe *probe);

#endif
