#ifndef WEBMON_MODEL_CORRELATE_H
#define WEBMON_MODEL_CORRELATE_H
/*
 * Load situations of several targets that have one reason. A pure rule over what each target is and
 * how it does at one moment; O(targets).
 *
 * Targets that share something (an address, a host, a proxy, what they depend on, a certificate)
 * and are loaded together are a group: at least two of them, and three in five of all that share
 * it. Once open a group takes in whoever else of them gets loaded, and lasts until none is.
 *
 * Where three in five of all targets, of more than one address, are slow in connect, or of those
 * with a name in its look-up, or where this host starts its probes late, it is this host or its
 * network, and no target's trouble.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/verdict.h"

/* What targets may have in common. Of two that fit equally well the first one names the group. */
enum common { COMMON_ADDRESS, COMMON_HOST, COMMON_PROXY, COMMON_DEPENDS, COMMON_CERT, COMMONS };

/* One target, now. */
struct fellow {
	uint64_t keys[COMMONS]; /* hashes; 0: none */
	enum load_level level;
	enum load_cause cause;
	float ratio;
	bool counts; /* is checked and has a baseline: one of "31 of 49" */
	bool named;  /* its name is looked up */
	bool apart;  /* DOWN, which says more: takes no part in a new group */
};

/* All that share one thing. */
struct circle {
	enum common by;
	uint64_t key;
	uint32_t size, loaded; /* that count; of them loaded */
	bool open;	       /* a group since earlier */
	uint32_t tag;	       /* the caller's; 0 at first */
	/* of those that belong to this group and to no other */
	uint32_t members;
	uint32_t causes[LOAD_CLIENT + 1];
	enum load_level worst;
	float log_ratios; /* the sum, of those with a ratio */
	uint32_t ratios;
};

enum belonging {
	BELONGS_NOWHERE,
	BELONGS_PERHAPS, /* a neighbour is loaded too, but not enough of them for a group */
	BELONGS_TO_CIRCLE,
	BELONGS_TO_US, /* this host or its network */
};

/* This host's own trouble, the first that holds. */
enum own_trouble { OWN_NONE, OWN_LATE, OWN_NETWORK, OWN_RESOLVER };

struct fate {
	enum belonging belonging;
	uint32_t circle; /* BELONGS_TO_CIRCLE */
};

struct correlation {
	struct fellow *fellows; /* filled in by the caller */
	struct fate *fates;
	size_t count;
	struct circle *circles;
	size_t circle_count;
	uint32_t *table; /* of circles by key; index + 1 */
	size_t room;
	enum own_trouble own; /* also given: as it was before, since it lasts until half as many */
	uint32_t own_loaded, own_of; /* "31 of 49" */
};

/* All memory is taken here. */
void correlation_init(struct correlation *correlation, size_t count);
void correlation_fini(struct correlation *correlation);

/* Whether there is anything to correlate: some target is loaded. */
bool correlation_is_needed(const struct correlation *correlation);

/* Forms the circles; groups that are open are to be marked by correlate_reopen() then, and
 * correlate_settle() gives each target its fate. */
void correlate_begin(struct correlation *correlation);
/* The circle, or NULL where none of its targets counts any more. */
struct circle *correlate_reopen(struct correlation *correlation, enum common by, uint64_t key);
void correlate_settle(struct correlation *correlation);

/* "server 4.1×, saturated". */
void correlate_word(char *out, size_t capacity, const struct circle *circle);

#endif
