/*
 * The geometry of the store's block: a pure function of the configuration, and the check of a block
 * that comes from elsewhere. No memory of its own.
 */
#include "store/block.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"

enum {
	PAGE = 4096,
	LINE = 64, /* slots of different pollers share no cache line */
	RING_MIN = 512,
	RING_MAX = 65536,
	RING_BACK_TO_BACK =
		16384, /* interval 0: as many as come in seconds, or a long snapshot's */
	CHUNK_BYTES = RING_CHUNK * SAMPLE_WORDS * (int)sizeof(uint64_t),
	RING_CHUNKS_MAX = RING_MAX / RING_CHUNK + 1,
	INCIDENTS_MIN = 2048,
	INCIDENTS_MAX = 32768,
	EVENTS_MIN = 4096,
	EVENTS_MAX = 65536,
	TARGETS_MAX = 1000000, /* of a block from elsewhere: keeps products small */
};

static uint64_t align(uint64_t value, uint64_t to)
{
	return (value + to - 1) / to * to;
}

static uint64_t clamp(uint64_t value, uint64_t low, uint64_t high)
{
	return value < low ? low : value > high ? high : value;
}

static uint64_t slot_stride(size_t value_bytes)
{
	return align(slot_bytes(value_bytes), LINE);
}

/* How many items a row has for so many targets, and how large one is. Of texts and rings the
 * geometry does not tell. */
static struct extent row_size(enum block_row row, uint64_t targets)
{
	const uint64_t incidents = clamp(2 * targets, INCIDENTS_MIN, INCIDENTS_MAX);
	const uint64_t events = clamp(4 * targets, EVENTS_MIN, EVENTS_MAX);
	const uint64_t far = align(sizeof(struct evidence) - EVIDENCE_NEAR, PAGE);
	/* clang-format off */
	const struct extent sizes[ROW_COUNT] = {
		[ROW_DIRECTORY] = {0, sizeof(struct block_target),             targets},
		[ROW_CARDS]     = {0, sizeof(struct card),                     targets},
		[ROW_TEXTS]     = {0, 1,                                       0},
		[ROW_LIFE]      = {0, sizeof(struct block_life),               1},
		[ROW_HEADS]     = {0, sizeof(uint64_t),                        targets},
		[ROW_PULSES]    = {0, 2 * sizeof(uint64_t),                    targets},
		[ROW_FOLDS]     = {0, sizeof(struct rollup_head),              targets},
		[ROW_JOURNAL]   = {0, sizeof(struct journal),                  1},
		[ROW_FLEETS]    = {0, slot_stride(sizeof(struct fleet)),       BLOCK_POLLERS},
		[ROW_VERDICTS]  = {0, slot_stride(sizeof(struct verdict)),     targets},
		[ROW_JUDGES]    = {0, slot_stride(sizeof(struct judge)),       targets * 2},
		[ROW_CERTS]     = {0, slot_stride(sizeof(struct cert_facts)),  targets},
		[ROW_GOOD_NEAR] = {0, slot_stride(EVIDENCE_NEAR),              targets},
		[ROW_BAD_NEAR]  = {0, slot_stride(EVIDENCE_NEAR),              targets},
		[ROW_GOOD_FAR]  = {0, far,                                     targets},
		[ROW_BAD_FAR]   = {0, far,                                     targets},
		[ROW_CHANGES]   = {0, sizeof(uint64_t),                        incidents},
		[ROW_INCIDENTS] = {0, slot_stride(sizeof(struct incident)),    incidents},
		[ROW_EVENTS]    = {0, slot_stride(sizeof(struct event)),       events},
		[ROW_MINUTES]   = {0, MINUTE_CHUNK_BYTES,                      targets * MINUTE_CHUNKS},
		[ROW_QUARTERS]  = {0, QUARTER_CHUNK_BYTES,                     targets * QUARTER_CHUNKS},
		[ROW_RINGS]     = {0, 1,                                       0},
	};
	/* clang-format on */

	return sizes[row];
}

uint32_t block_ring_capacity(const struct config *config, const struct target *target)
{
	if (target->interval_ms <= 0)
		return RING_BACK_TO_BACK;
	int64_t kept = (config->program.keep_ms + target->interval_ms - 1) / target->interval_ms;
	return (uint32_t)clamp(kept > 0 ? (uint64_t)kept : 0, RING_MIN, RING_MAX);
}

/*
 * Rings of the same length form a group: all their first chunks, then all their second ones. So a
 * thousand rings with a few samples each fill a few pages together and not a page each.
 */
static void lay_rings(struct block *block, const struct config *config,
		      struct block_target *directory)
{
	uint32_t group[RING_CHUNKS_MAX + 1] = {0}; /* rings of so many chunks */
	uint64_t next[RING_CHUNKS_MAX + 1];	   /* where the group's next ring begins */

	for (size_t i = 0; i < config->target_count; i++)
		group[ring_slots(block_ring_capacity(config, &config->targets[i])) / RING_CHUNK]++;
	for (uint64_t chunks = 0; chunks <= RING_CHUNKS_MAX; chunks++) {
		next[chunks] = block->total_bytes;
		block->total_bytes += group[chunks] * chunks * CHUNK_BYTES;
	}
	block->rows[ROW_RINGS].count = block->total_bytes - block->rows[ROW_RINGS].offset;
	for (size_t i = 0; i < config->target_count; i++) {
		uint32_t capacity = block_ring_capacity(config, &config->targets[i]);
		uint32_t slots = ring_slots(capacity), chunks = slots / RING_CHUNK;
		if (capacity > block->ring_capacity_max)
			block->ring_capacity_max = capacity;
		if (directory)
			directory[i] = (struct block_target){
				.key = text_hash(config->targets[i].name),
				.ring_offset = next[chunks],
				.ring = {.stride = (uint64_t)group[chunks] * CHUNK_BYTES /
						   sizeof(uint64_t),
					 .slots = slots,
					 .capacity = capacity},
			};
		next[chunks] += CHUNK_BYTES;
	}
}

/* ---- checks ---- */

static uint64_t bytes_check(uint64_t hash, const void *memory, size_t bytes)
{
	const char *next = memory;
	uint64_t word;

	for (; bytes >= sizeof word; bytes -= sizeof word, next += sizeof word) {
		memcpy(&word, next, sizeof word);
		hash = hash_add(hash, word);
	}
	for (; bytes > 0; bytes--, next++)
		hash = hash_add(hash, (unsigned char)*next);
	return hash;
}

uint64_t block_header_check(const struct block *block)
{
	return bytes_check(BLOCK_VERSION, block, offsetof(struct block, check));
}

static uint64_t fixed_check(const struct block *block)
{
	static const enum block_row fixed[] = {ROW_DIRECTORY, ROW_CARDS, ROW_TEXTS};
	uint64_t hash = BLOCK_VERSION;

	for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
		const struct extent *row = &block->rows[fixed[i]];
		hash = bytes_check(hash, block_at(block, fixed[i], 0),
				   (size_t)(row->stride * row->count));
	}
	return hash;
}

void block_seal(struct block *block)
{
	block->fixed_check = fixed_check(block);
	block->check = block_header_check(block);
}

/* Values are kept as this build has them in memory: sizes and the numbers of their choices tell
 * another build's. */
static uint64_t layout_of_build(void)
{
	static const size_t sizes[] = {
		sizeof(struct verdict),
		sizeof(struct cert_facts),
		sizeof(struct evidence),
		sizeof(struct incident),
		sizeof(struct event),
		sizeof(struct fleet),
		sizeof(struct judge),
		sizeof(struct load),
		sizeof(struct card),
		offsetof(struct verdict, load),
		CLASS_COUNT,
		STATE_COUNT,
		INCIDENT_KINDS,
		EVENT_KINDS,
		PHASE_COUNT,
		ROW_COUNT,
	};

	return bytes_check(BLOCK_VERSION, sizes, sizeof sizes);
}

/* ---- laying out ---- */

static struct block plan(const struct config *config, struct block_target *directory)
{
	struct block block = {
		.magic = BLOCK_MAGIC,
		.version = BLOCK_VERSION,
		.header_bytes = sizeof block,
		.layout = layout_of_build(),
		.total_bytes = sizeof block,
		.targets = config->target_count,
	};

	for (enum block_row row = 0; row < ROW_COUNT; row++) {
		struct extent extent = row_size(row, block.targets);
		if (row == ROW_TEXTS)
			extent.count = cards_text_bytes(config);
		extent.offset = align(block.total_bytes, PAGE);
		block.total_bytes = extent.offset + extent.stride * extent.count;
		block.rows[row] = extent;
	}
	lay_rings(&block, config, directory);
	block.total_bytes = align(block.total_bytes, PAGE);
	return block;
}

struct block block_plan(const struct config *config)
{
	return plan(config, NULL);
}

void block_lay(struct block *block, const struct config *config)
{
	*block = plan(config, NULL);
	plan(config, block_to(block, ROW_DIRECTORY, 0));
	cards_write(block_to(block, ROW_CARDS, 0), block_to(block, ROW_TEXTS, 0), config);
	block_seal(block);
}

bool block_is_for(const struct block *block, const struct config *config)
{
	struct block wanted = plan(config, NULL);
	size_t fixed = (size_t)(wanted.rows[ROW_TEXTS].offset + wanted.rows[ROW_TEXTS].count);
	bool same;

	if (block->total_bytes != wanted.total_bytes ||
	    memcmp(block->rows, wanted.rows, sizeof wanted.rows) != 0)
		return false;
	struct block *laid = x_calloc(1, fixed);
	block_lay(laid, config);
	same = memcmp(laid, block, sizeof *laid) == 0;
	free(laid);
	return same;
}

/* ---- examining ---- */

static bool row_is_sound(const struct block *block, enum block_row row)
{
	const struct extent *extent = &block->rows[row];
	struct extent wanted = row_size(row, block->targets);

	return extent->stride == wanted.stride &&
	       (row == ROW_RINGS || row == ROW_TEXTS || extent->count == wanted.count) &&
	       extent->offset <= block->total_bytes && extent->offset % PAGE == 0 &&
	       extent->count <= (block->total_bytes - extent->offset) / extent->stride;
}

static bool ring_is_sound(const struct block *block, const struct block_target *entry)
{
	const struct ring_shape *ring = &entry->ring;
	uint64_t chunks = ring->slots / RING_CHUNK, total = block->total_bytes;

	if (chunks == 0 || chunks > RING_CHUNKS_MAX || ring->slots % RING_CHUNK ||
	    ring->capacity >= ring->slots || ring->stride > total / sizeof(uint64_t) / chunks)
		return false;
	uint64_t bytes = (chunks - 1) * ring->stride * sizeof(uint64_t) + CHUNK_BYTES;
	return entry->ring_offset % sizeof(uint64_t) == 0 && bytes <= total &&
	       entry->ring_offset <= total - bytes;
}

/* Rows whose items are the same in every build of this version of the format. */
static bool is_common(enum block_row row)
{
	return row == ROW_DIRECTORY || row == ROW_LIFE || row == ROW_HEADS || row == ROW_FOLDS ||
	       row == ROW_MINUTES || row == ROW_QUARTERS || row == ROW_RINGS || row == ROW_TEXTS;
}

/* Of another build's: where it is, and as far as it is to be used. */
static bool foreign_row_is_sound(const struct block *block, enum block_row row)
{
	const struct extent *extent = &block->rows[row];

	if (is_common(row))
		return row_is_sound(block, row);
	return extent->stride > 0 && extent->offset <= block->total_bytes &&
	       extent->offset % PAGE == 0 &&
	       extent->count <= (block->total_bytes - extent->offset) / extent->stride;
}

/*
 * The header's own figures; total_bytes is what it says, not what is there. Every build lays the
 * rows one behind the other: so what stands fast ends where the row behind it begins, and what is
 * far lies behind what is near.
 */
static bool rows_are_sound(const struct block *block)
{
	uint64_t end = sizeof *block;

	if (block->targets > TARGETS_MAX || block->header_bytes != sizeof *block ||
	    block->rows[ROW_LIFE].offset > BLOCK_FIXED_MAX)
		return false;
	bool ours = block->layout == layout_of_build();
	for (enum block_row row = 0; row < ROW_COUNT; row++) {
		const struct extent *extent = &block->rows[row];

		if (!(ours ? row_is_sound(block, row) : foreign_row_is_sound(block, row)) ||
		    extent->offset < end)
			return false;
		end = extent->offset + extent->stride * extent->count;
	}
	return true;
}

static bool fixed_is_sound(const struct block *block)
{
	if (block->fixed_check != fixed_check(block))
		return false;
	for (size_t i = 0; i < block->targets; i++)
		if (!ring_is_sound(block, block_target_at(block, i)))
			return false;
	if (block->layout != layout_of_build())
		return true; /* its cards are another build's too */
	return cards_are_sound(block_at(block, ROW_CARDS, 0), (size_t)block->targets,
			       block_texts(block), (size_t)block->rows[ROW_TEXTS].count);
}

enum block_fault block_examine(const void *memory, size_t bytes)
{
	const struct block *block = memory;
	uint64_t magic = 0;

	memcpy(&magic, memory, bytes < sizeof magic ? bytes : sizeof magic);
	if (magic == __builtin_bswap64(BLOCK_MAGIC))
		return BLOCK_BYTE_ORDER;
	if (magic != BLOCK_MAGIC)
		return BLOCK_FOREIGN;
	if (bytes < offsetof(struct block, total_bytes))
		return BLOCK_CUT;
	if (block->version != BLOCK_VERSION)
		return BLOCK_OTHER_VERSION;
	if (block->header_bytes != sizeof *block)
		return BLOCK_OTHER_VERSION;
	if (bytes < sizeof *block)
		return BLOCK_CUT;
	if (block->check != block_header_check(block) || !rows_are_sound(block))
		return BLOCK_DAMAGED;
	if (bytes < block->rows[ROW_LIFE + 1].offset)
		return BLOCK_CUT;
	if (!fixed_is_sound(block))
		return BLOCK_DAMAGED;
	if (bytes < block->total_bytes)
		return BLOCK_CUT;
	return block->layout == layout_of_build() ? BLOCK_SOUND : BLOCK_OTHER_LAYOUT;
}

/* ---- places in it ---- */

static struct slot *judge_slot(const struct block *block, size_t target, bool newer)
{
	const struct slot *a = block_at(block, ROW_JUDGES, target * 2);
	const struct slot *b = block_at(block, ROW_JUDGES, target * 2 + 1);
	/* Relaxed: one writer; a reader that takes the wrong one takes the other after it. */
	bool first = atomic_load_explicit(&a->sequence, memory_order_relaxed) >
		     atomic_load_explicit(&b->sequence, memory_order_relaxed);

	return (struct slot *)(uintptr_t)(first == newer ? a : b);
}

bool block_judge(const struct block *block, size_t target, struct judge *judge)
{
	return slot_read(judge_slot(block, target, true), judge, sizeof *judge) == sizeof *judge ||
	       slot_read(judge_slot(block, target, false), judge, sizeof *judge) == sizeof *judge;
}

void block_put_judge(struct block *block, size_t target, const struct judge *judge)
{
	slot_write(judge_slot(block, target, false), judge, sizeof *judge);
}

struct slot_split block_evidence_split(const struct block *block, size_t target,
				       enum block_row near_row)
{
	enum block_row far_row = near_row == ROW_GOOD_NEAR ? ROW_GOOD_FAR : ROW_BAD_FAR;
	const struct slot *slot = block_at(block, near_row, target);
	const char *near_end = (const char *)(slot + 1) + EVIDENCE_NEAR;
	const char *far_begin = block_at(block, far_row, target);

	return (struct slot_split){
		.near = EVIDENCE_NEAR / sizeof(uint64_t),
		.gap = (size_t)(far_begin - near_end) / sizeof(uint64_t),
	};
}
