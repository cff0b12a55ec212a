#ifndef WEBMON_SOURCE_POLL_COURSE_H
#define WEBMON_SOURCE_POLL_COURSE_H
/*
 * The course of all probes of one poller: from being due through the gate onto the wire and, once
 * ended, into the store. Not for several threads; nothing in here waits.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/poll/gate.h"
#include "source/poll/heap.h"
#include "source/poll/schedule.h"
#include "source/poll/self.h"
#include "source/poll/tally.h"
#include "source/poll/wires.h"

struct checker;
struct plan;
struct probe;
struct resolver_client;
struct watch;

/* How often to look around while a doubt is being settled. */
#define COURSE_DOUBT_US 100000

struct course {
	const struct plan *plan;
	struct wires wires;
	struct schedule schedule;
	struct heap extras; /* checks beside the schedule, by place */
	struct gate gate;
	struct heap deadlines; /* of probes under way, by their slot */
	struct watch *watches; /* plan->count of them; their index is the "place" */
	struct probe **probes; /* slots made so far */
	size_t probe_count;
	struct probe *spare;
	struct resolver_client *resolver;
	struct checker *checker;
	struct tally tally;
	struct self self;
	int64_t around_us; /* when to look at what lies around the targets */
	size_t unfinished; /* targets with rounds to go */
	bool written;	   /* something went into the store since the caller last cleared it */
};

/* wake: a descriptor that ends a wait. plan is borrowed. False: errno says why; course_fini() all
 * the same. */
bool course_init(struct course *course, const struct plan *plan, int wake);
/* Gives up what is under way. */
void course_fini(struct course *course);

/* Takes what is due at now_us and starts what may start. True: more could start, but others want
 * their turn. */
bool course_start(struct course *course, int64_t now_us);
/* Takes in what libcurl has finished. */
void course_reap(struct course *course);
/* Takes in answers of the resolver. */
void course_resolve(struct course *course);
/* Takes in what was checked elsewhere. */
void course_collect(struct course *course);
/* Ends what is out of time. */
void course_expire(struct course *course, int64_t now_us);

/* When something is to be done even if nothing comes. INT64_MAX: never. */
int64_t course_next_us(const struct course *course);

/* What is under way is spoilt by our own doing, and missed starts are dropped. */
void course_taint(struct course *course, int64_t now_us);

/* The wall clock was set. */
void course_clock_set(struct course *course, int64_t by_ms);

/* A person wants it, whatever a server asked for. */
void course_check_now(struct course *course, uint32_t place, int64_t now_us);
/* Somebody's doubt depends on it. */
void course_look(struct course *course, uint32_t place, int64_t now_us);
void course_acknowledge(struct course *course, uint32_t place, const char *note);
void course_pause(struct course *course, uint32_t place, bool paused, int64_t now_us);

/* Takes in what has changed around the targets. */
void course_look_around(struct course *course, int64_t now_us);

/* The last of a target's rounds is over: the end is told once nothing is in doubt. */
void course_end(struct course *course, uint32_t place);

/* The account and the state of our own troubles into the store. */
void course_publish(struct course *course);

#endif
