#ifndef WEBMON_SOURCE_POLL_GATHERING_H
#define WEBMON_SOURCE_POLL_GATHERING_H
/*
 * One load situation of several targets as one incident, from its beginning to its end. For
 * source/poll/crowd alone.
 */
#include <stdbool.h>
#include <stdint.h>

#include "model/correlate.h"

struct config;
struct store;

struct gathering {
	enum common by;
	uint64_t key;
	uint32_t members, most; /* now, and at the worst moment */
	int64_t seen_ms;	/* when one of them was last loaded */
	enum load_level worst;
	struct incident incident;
	char where[80];	 /* "on 203.0.113.7" */
	char words[100]; /* "31 targets on 203.0.113.7" */
};

/* lead: the target it began with, and its own incident, which goes on as that of all (0: a new
 * one). */
struct gathering_lead {
	uint32_t target;
	uint64_t incident;
	int64_t since_ms;
	bool acknowledged;
	const char *note;
};

/* Not yet told: gathering_update() does. */
void gathering_open(struct gathering *gathering, const struct circle *circle,
		    const struct gathering_lead *lead);

/* Writes how it stands, and tells its onset and when it gets worse. */
void gathering_update(struct gathering *gathering, const struct circle *circle,
		      const struct config *config, struct store *store, int64_t now_ms);

/* A person knows, or takes that back. */
void gathering_acknowledge(struct gathering *gathering, bool acknowledged, const char *note,
			   struct store *store, int64_t now_ms);

/* Nobody is loaded any more. */
void gathering_close(struct gathering *gathering, struct store *store, int64_t now_ms);

#endif
