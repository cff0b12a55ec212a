/*
 * Rendezvous hashing: each recorder's weight for a name is a hash of both; the greatest wins. A
 * recorder that is added wins those names for which its weight is the greatest, 1 of N + 1, and no
 * other name's winner changes. O(recorders) a name, at start-up.
 */
#include "model/shard.h"

#include <stdint.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "base/units.h"

#define PART_BYTES 8

bool shard_parse(const char *text, struct shard_place *shard)
{
	const char *slash = strchr(text, '/');
	char first[PART_BYTES];
	int64_t number, count;

	if (!slash || slash - text >= PART_BYTES)
		return false;
	text_format(first, sizeof(first), "%.*s", (int)(slash - text), text);
	if (!parse_integer(slash + 1, 1, SHARDS_MAX, &count) ||
	    !parse_integer(first, 1, count, &number))
		return false;
	*shard = (struct shard_place){.number = (unsigned)number, .count = (unsigned)count};
	return true;
}

unsigned shard_of(const char *name, unsigned count)
{
	uint64_t hash = text_hash(name), best = 0;
	unsigned winner = 1;

	for (unsigned i = 1; i <= count; i++) {
		uint64_t weight = hash_spread(hash ^ hash_spread(i));

		if (i == 1 || weight > best) {
			best = weight;
			winner = i;
		}
	}
	return winner;
}

bool shard_has(const struct shard_place *shard, const char *name)
{
	return shard->count == 0 || shard_of(name, shard->count) == shard->number;
}
