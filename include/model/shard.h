#ifndef WEBMON_MODEL_SHARD_H
#define WEBMON_MODEL_SHARD_H
/*
 * Which recorder of a fleet a target is watched by: rendezvous hashing (highest random weight) over
 * the target's name, so that every recorder finds its own without asking the others, and one more
 * of them takes over a share of each without anything else moving. Pure; any thread.
 *
 * Source: D. Thaler, C. Ravishankar, "Using name-based mappings to increase hit rates", IEEE/ACM
 * Trans. on Networking 6(1), 1998.
 */
#include <stdbool.h>

#define SHARDS_MAX 1000

/* "2/5": this recorder is the second of five. count 0: there is but one. */
struct shard_place {
	unsigned number, count; /* number from 1 */
};

/* "I/N", 1 <= I <= N <= SHARDS_MAX. */
bool shard_parse(const char *text, struct shard_place *shard);

/* The number, from 1, of the recorder that watches a target of this name. */
unsigned shard_of(const char *name, unsigned count);

/* With count 0 everything is wanted. */
bool shard_has(const struct shard_place *shard, const char *name);

#endif
