#ifndef WEBMON_SOURCE_POLL_PLAN_H
#define WEBMON_SOURCE_POLL_PLAN_H
/*
 * What one poller is given to do, and with what. A plain record; everything it points to is
 * borrowed and outlives the poller.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config;
struct crowd;
struct kin;
struct network;
struct profiles;
struct resolver;
struct store;

struct plan {
	const struct config *config;
	struct store *store;
	struct crowd *crowd;
	struct resolver *resolver;
	const struct profiles *profiles;
	unsigned rounds;	 /* 0: until stopped; else so many probes of each target */
	bool spread;		 /* false: the first round starts at once */
	const uint32_t *targets; /* indices of the configuration */
	size_t count;
	unsigned number;      /* of this poller */
	uint32_t concurrency; /* its share */
	uint32_t per_host;
	size_t descriptors;	      /* the process's limit */
	const struct kin *kin;
	struct network *network;
	/* Asks for a check of any target, of any poller; by any thread. */
	void (*look)(void *user, uint32_t target);
	void (*finished)(void *user); /* all rounds are done; called by the poller's thread */
	void *user;
};

#endif
