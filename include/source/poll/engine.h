#ifndef WEBMON_SOURCE_POLL_ENGINE_H
#define WEBMON_SOURCE_POLL_ENGINE_H
/*
 * One poller: a thread's worth of targets with all that it takes to probe them. engine_run() is the
 * thread; engine_ask() and engine_stop() may be called from others, everything else belongs to the
 * thread that runs it.
 *
 * A turn: start what is due, let libcurl work, take in what is done, end what is out of time, wait
 * for the next thing.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/poll/poll.h"

struct profiles;
struct resolver;

struct engine_plan {
	const struct config *config;
	struct store *store;
	struct poll_options options;
	struct resolver *resolver;
	const struct profiles *profiles;
	const uint32_t *targets; /* indices of the configuration; copied */
	size_t count;
	unsigned number;      /* of this poller */
	uint32_t concurrency; /* its share */
	uint32_t per_host;
	size_t descriptors;	      /* the process's limit */
	void (*finished)(void *user); /* all rounds are done; called by the poller's thread */
	void *user;
};

struct engine;

/* Returns new; NULL: errno says why. */
struct engine *engine_new(const struct engine_plan *plan);
void engine_free(struct engine *engine); /* after engine_run() has returned */

void engine_run(struct engine *engine);

/* ---- any thread ---- */

/* place: of the target among plan->targets, or SIZE_MAX: all. */
void engine_ask(struct engine *engine, enum poll_verb verb, size_t place);
void engine_stop(struct engine *engine);

#endif
