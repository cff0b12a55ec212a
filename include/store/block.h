#ifndef WEBMON_STORE_BLOCK_H
#define WEBMON_STORE_BLOCK_H
/*
 * The flat block: what stands where, in offsets from its beginning, so that it can be mapped anywhere. Private to the store.
 *
 * What is small and written often lies together for all targets (heads, pulses, verdicts); what is large is cut into
 * chunks that lie together, so that memory is touched as it is used and not a page at a time for each target.
 */
#include <stddef.h>
#include <stdint.h>

#include "model/config.h"
#include "store/ring.h"
#include "store/store.h"

#define BLOCK_MAGIC UINT64_C(0x31304e4f4d424557) /* "WEBMON01" on a little-endian machine */
#define BLOCK_VERSION 1
#define STORE_POLLERS 64

struct extent {
	uint64_t offset, stride, count; /* bytes, bytes, items */
};

struct block_header {
	uint64_t magic;
	uint32_t version, header_bytes;
	uint64_t total_bytes;
	uint64_t targets;
	struct extent directory; /* struct block_target, by index */
	struct extent heads;     /* ring heads */
	struct extent pulses;    /* two words each */
	struct extent folds;     /* struct rollup_head */
	struct extent verdicts, certs;              /* slots */
	struct extent evidence[EVIDENCE_KINDS];     /* slots, their first bytes */
	struct extent evidence_rest[EVIDENCE_KINDS]; /* and what did not fit there */
	struct extent minutes, quarters;            /* chunks of rollups: chunk by chunk, in each one target by target */
	struct extent fleets;                       /* slots, one a poller */
	struct extent journal;                      /* one */
	struct extent incident_changes, incidents, events;
	struct extent rings; /* chunks */
	uint64_t check;      /* over what stands before it */
};

struct block_target {
	uint64_t          key;         /* hash of the name: the identity of the series */
	uint64_t          ring_offset; /* of its first chunk */
	struct ring_shape ring;
};

/* Bytes of an evidence that lie close to those of other targets: most good answers fit. */
#define EVIDENCE_NEAR 1024

/* Plans for a configuration. targets (room for target_count) may be NULL. */
struct block_header block_plan(const struct config *config, struct block_target *targets);

/* False where the block is no store of this version or its geometry does not fit into `bytes`. */
bool block_is_sound(const void *block, size_t bytes);

/* A reader's store over a block that somebody else owns, which it never writes; NULL where not sound. Close with store_close(). */
struct store *store_attach(const void *block, size_t bytes);

#endif
