#ifndef WEBMON_BASE_HASH_H
#define WEBMON_BASE_HASH_H
/*
 * Steps of hashes over words; text_hash() is that of a text. Always the same: history files are
 * checked with them, shards and the demo's course follow from them. Pure; any thread.
 */
#include <stdint.h>

/* One more word into a check: a multiplier of MurmurHash3's finaliser, its high bits
 * folded back. */
static inline uint64_t hash_add(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
	return hash ^ hash >> 32;
}

/* SplitMix64: each bit of the result depends on each of the word, so neighbours get
 * unrelated ones. */
static inline uint64_t hash_spread(uint64_t word)
{
	word += UINT64_C(0x9e3779b97f4a7c15);
	word = (word ^ word >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	word = (word ^ word >> 27) * UINT64_C(0x94d049bb133111eb);
	return word ^ word >> 31;
}

#endif
