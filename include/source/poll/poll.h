#ifndef WEBMON_SOURCE_POLL_POLL_H
#define WEBMON_SOURCE_POLL_POLL_H
/*
 * The polling worker: threads that probe the targets of a configuration on schedule, judge the
 * answers and write the store. One thread owns one shard of the targets with all it needs (epoll,
 * multi handles, pool of easy handles, schedule, judges); threads share only the resolver, the
 * trust store, both thread-safe, and the store.
 *
 * poll_command() may be called from any thread and returns at once.
 */
#include <stdbool.h>
#include <stdint.h>

#include "model/config.h"
#include "store/store.h"

struct poll;

struct poll_options {
	unsigned rounds; /* probes of each target; 0: until stopped */
	bool spread;	 /* false: the first round starts at once, as far as concurrency lets it */
};

/*
 * Whether everything that the configuration asks for can be done with this machine's libcurl; each
 * thing that cannot is added to errors. Main thread, before poll_start().
 */
bool poll_is_able(const struct config *config, struct errors *errors);

/*
 * Starts the threads. config and store are borrowed until poll_stop() returns. Returns new, or NULL
 * with why, a clean sentence, where it cannot work at all.
 */
struct poll *poll_start(const struct config *config, struct store *store,
			const struct poll_options *options, char why[200]);

enum poll_verb {
	POLL_CHECK_NOW, /* probe beside the schedule; ignored while one is under way */
	POLL_PAUSE,
	POLL_RESUME,
};

#define POLL_ALL SIZE_MAX

/* target: index or POLL_ALL. */
void poll_command(struct poll *poll, enum poll_verb verb, size_t target);

/* A person knows of the target's open incident; note: clean, "" for none; takes the acknowledgement
 * back where there is one already. */
void poll_acknowledge(struct poll *poll, size_t target, const char *note);

/* True once all rounds were done (rounds > 0). store_wake() is called when it becomes true. */
bool poll_done(const struct poll *poll);

/* Ends the threads without waiting for probes under way (at most 100 ms also while every target and
 * resolver hangs); frees. */
void poll_stop(struct poll *poll);

#endif
