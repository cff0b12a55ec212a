#ifndef WEBMON_STORE_BLOCK_H
#define WEBMON_STORE_BLOCK_H
/*
 * The flat block: what stands where, in offsets from its beginning, so that it can be mapped
 * anywhere. Private to the store.
 *
 * What is small and written often lies together for all targets (heads, pulses, verdicts); what is
 * large is cut into chunks that lie together, so that memory is touched as it is used and not a
 * page at a time for each target.
 */
#include <stddef.h>
#include <stdint.h>

#include "model/config.h"
#include "model/judge.h"
#include "model/verdict.h"
#include "store/card.h"
#include "store/ring.h"
#include "store/slot.h"
#include "store/summary.h"

#define BLOCK_MAGIC   UINT64_C(0x31304e4f4d424557) /* "WEBMON01" in a little-endian file */
#define BLOCK_VERSION 1 /* of the format; what a build's own structs add to it stands in layout */

#define BLOCK_POLLERS 64
#define BLOCK_FIXED_MAX (UINT64_C(512) << 20) /* bytes before ROW_LIFE, of a block from elsewhere */

/* The rows of equal items that the block is made of, in their order. */
enum block_row {
	ROW_DIRECTORY, /* a target each: struct block_target */
	ROW_CARDS,     /* a target each: struct card */
	ROW_TEXTS,     /* bytes: theirs */
	ROW_LIFE,      /* one struct block_life */
	ROW_HEADS,     /* a target each: samples ever pushed */
	ROW_PULSES,    /* a target each: two words */
	ROW_FOLDS,     /* a target each: struct rollup_head */
	ROW_JOURNAL,   /* one struct journal */
	ROW_FLEETS,    /* a poller each: slots */
	ROW_VERDICTS,  /* a target each: slots */
	ROW_JUDGES,    /* a target each, two slots written in turn */
	ROW_CERTS,
	ROW_GOOD_NEAR, /* a target each: slots up to the first EVIDENCE_NEAR bytes ... */
	ROW_BAD_NEAR,
	ROW_GOOD_FAR, /* ... and what did not fit there */
	ROW_BAD_FAR,
	ROW_CHANGES,   /* an incident each: its last change */
	ROW_INCIDENTS, /* slots */
	ROW_EVENTS,    /* slots */
	ROW_MINUTES,   /* chunks of rollups; chunk c of target t is number c * targets + t */
	ROW_QUARTERS,
	ROW_RINGS, /* bytes; each target's directory entry says where its chunks are */
	ROW_COUNT
};

struct extent {
	uint64_t offset, stride, count; /* bytes, bytes, items */
};

struct block {
	uint64_t magic;
	uint32_t version, header_bytes;
	/* of the structs that are kept as they are: another build may have others */
	uint64_t layout;
	uint64_t total_bytes;
	uint64_t targets;
	uint64_t ring_capacity_max;
	struct extent rows[ROW_COUNT];
	uint64_t fixed_check; /* over directory, cards and texts */
	uint64_t check;	      /* over what stands before it */
};

/* Who writes it, for readers in other processes. Zeros in memory of our own. */
struct block_life {
	_Atomic uint64_t pid;
	/* wall clock: of the writer, and its last sign of life */
	_Atomic int64_t started_ms, last_ms;
	_Atomic int64_t ended_ms;	     /* 0: it goes on, or was killed */
	_Atomic uint64_t superseded;	     /* another file stands in its place */
};

/* What stands in the rows of rollups and journal, whose rules are theirs. */

#define ROLLUP_CHUNK  2	 /* records */
#define MINUTE_WORDS  8	 /* of a record with its histogram */
#define QUARTER_WORDS 16
#define MINUTE_CHUNK_BYTES  (ROLLUP_CHUNK * MINUTE_WORDS * sizeof(uint64_t))
#define QUARTER_CHUNK_BYTES (ROLLUP_CHUNK * QUARTER_WORDS * sizeof(uint64_t))
#define MINUTE_CHUNKS (24 * 60 / ROLLUP_CHUNK + 1)       /* 24 h */
#define QUARTER_CHUNKS (30 * 24 * 4 / ROLLUP_CHUNK + 1) /* 30 d */

struct rollup_head {
	_Atomic uint64_t sequence; /* odd while samples are being folded in */
	_Atomic uint64_t folded;   /* samples in records; those after it are all of one minute */
	_Atomic uint64_t minute;   /* theirs, since 1970 */
};

struct journal {
	_Atomic uint64_t incident_head; /* the newest id */
	_Atomic uint64_t changes;       /* incidents written */
	_Atomic uint64_t event_head;    /* events written */
};

struct block_target {
	uint64_t key;	      /* hash of the name: the identity of the series */
	uint64_t ring_offset; /* of its first chunk, in the block */
	struct ring_shape ring;
};

/* Bytes of an evidence that lie close to those of other targets: most good answers fit. */
#define EVIDENCE_NEAR 1024

/* How large everything is for a configuration; fixed_check and check are missing. */
struct block block_plan(const struct config *config);

/* Samples that a target's ring keeps. */
uint32_t block_ring_capacity(const struct config *config, const struct target *target);

/* The same with all that stands fast, into zeroed memory of total_bytes. */
void block_lay(struct block *block, const struct config *config);

/* Whether block_lay() would make the same of this configuration. */
bool block_is_for(const struct block *block, const struct config *config);

/* What stands in check. */
uint64_t block_header_check(const struct block *block);

/* Writes both checks over what stands fast. */
void block_seal(struct block *block);

enum block_fault {
	BLOCK_SOUND,
	BLOCK_FOREIGN,	  /* no block at all */
	BLOCK_BYTE_ORDER, /* of a machine of the other byte order */
	BLOCK_OTHER_VERSION,
	BLOCK_OTHER_LAYOUT, /* another build's: samples and rollups can be carried over, no more */
	BLOCK_CUT,     /* shorter than its header says; all else is well as far as it goes */
	BLOCK_DAMAGED, /* a check does not fit, or what stands in the header */
};

/* What stands fast is looked at here; what is written all the time has checks of its own. */
enum block_fault block_examine(const void *memory, size_t bytes);

static inline const void *block_at(const struct block *block, enum block_row row, size_t i)
{
	return (const char *)block + block->rows[row].offset + block->rows[row].stride * i;
}

static inline void *block_to(struct block *block, enum block_row row, size_t i)
{
	return (char *)block + block->rows[row].offset + block->rows[row].stride * i;
}

static inline const struct block_target *block_target_at(const struct block *block, size_t target)
{
	return block_at(block, ROW_DIRECTORY, target);
}

static inline const char *block_texts(const struct block *block)
{
	return block_at(block, ROW_TEXTS, 0);
}

/* The judge of a target as it was last put away; false: never. Written to the older of two slots,
 * so that one is whole at any time. */
bool block_judge(const struct block *block, size_t target, struct judge *judge);
void block_put_judge(struct block *block, size_t target, const struct judge *judge);

/* Where an evidence goes: its first bytes stand near those of other targets, the rest on pages of
 * its own. near_row: ROW_GOOD_NEAR or ROW_BAD_NEAR. */
struct slot_split block_evidence_split(const struct block *block, size_t target,
				       enum block_row near_row);

/* A target's ring for reading. */
static inline struct ring_view block_ring(const struct block *block, size_t target)
{
	const struct block_target *entry = block_target_at(block, target);
	const struct card *card = block_at(block, ROW_CARDS, target);

	return (struct ring_view){
		.head = block_at(block, ROW_HEADS, target),
		.words = (const void *)((const char *)block + entry->ring_offset),
		.shape = &entry->ring,
		.interval_us = card->interval_ms * 1000,
	};
}

#endif
