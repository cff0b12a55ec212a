/*
 * The geometry of the store's block: a pure function of the configuration, and the check of a block
 * that comes from elsewhere. No memory of its own.
 */
#include "store/block.h"

#include <string.h>

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
	TARGETS_MAX = 10000000, /* of a block from elsewhere: keeps products small */
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

/* How many items a row has for so many targets, and how large one is. */
static struct extent row_size(enum block_row row, uint64_t targets)
{
	const uint64_t incidents = clamp(2 * targets, INCIDENTS_MIN, INCIDENTS_MAX);
	const uint64_t events = clamp(4 * targets, EVENTS_MIN, EVENTS_MAX);
	const uint64_t far = align(sizeof(struct evidence) - EVIDENCE_NEAR, PAGE);
	/* clang-format off */
	const struct extent sizes[ROW_COUNT] = {
		[ROW_DIRECTORY] = {0, sizeof(struct block_target),             targets},
		[ROW_HEADS]     = {0, sizeof(uint64_t),                        targets},
		[ROW_PULSES]    = {0, 2 * sizeof(uint64_t),                    targets},
		[ROW_FOLDS]     = {0, sizeof(struct rollup_head),              targets},
		[ROW_JOURNAL]   = {0, sizeof(struct journal),                  1},
		[ROW_FLEETS]    = {0, slot_stride(sizeof(struct fleet)),       BLOCK_POLLERS},
		[ROW_VERDICTS]  = {0, slot_stride(sizeof(struct verdict)),     targets},
		[ROW_CERTS]     = {0, slot_stride(sizeof(struct cert_facts)),  targets},
		[ROW_GOOD_NEAR] = {0, slot_stride(EVIDENCE_NEAR),              targets},
		[ROW_BAD_NEAR]  = {0, slot_stride(EVIDENCE_NEAR),              targets},
		[ROW_GOOD_FAR]  = {0, far,                                     targets},
		[ROW_BAD_FAR]   = {0, far,                                     targets},
		[ROW_CHANGES]   = {0, sizeof(uint64_t),                        incidents},
		[ROW_INCIDENTS] = {0, slot_stride(sizeof(struct incident)),    incidents},
		[ROW_EVENTS]    = {0, slot_stride(sizeof(struct event)),       events},
		[ROW_MINUTES]   = {0, ROLLUP_CHUNK_BYTES,                      targets * MINUTE_CHUNKS},
		[ROW_QUARTERS]  = {0, ROLLUP_CHUNK_BYTES,                      targets * QUARTER_CHUNKS},
		[ROW_RINGS]     = {0, 1,                                       0},
	};
	/* clang-format on */

	return sizes[row];
}

static uint32_t ring_capacity(const struct config *config, const struct target *target)
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
		group[ring_slots(ring_capacity(config, &config->targets[i])) / RING_CHUNK]++;
	for (uint64_t chunks = 0; chunks <= RING_CHUNKS_MAX; chunks++) {
		next[chunks] = block->total_bytes;
		block->total_bytes += group[chunks] * chunks * CHUNK_BYTES;
	}
	block->rows[ROW_RINGS].count = block->total_bytes - block->rows[ROW_RINGS].offset;
	for (size_t i = 0; i < config->target_count; i++) {
		uint32_t capacity = ring_capacity(config, &config->targets[i]);
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

static uint64_t header_check(const struct block *block)
{
	uint64_t words[offsetof(struct block, check) / sizeof(uint64_t)];

	memcpy(words, block, sizeof words);
	return words_check(words, sizeof words / sizeof words[0], BLOCK_VERSION);
}

struct block block_plan(const struct config *config, struct block_target *directory)
{
	struct block block = {
		.magic = BLOCK_MAGIC,
		.version = BLOCK_VERSION,
		.header_bytes = sizeof block,
		.total_bytes = sizeof block,
		.targets = config->target_count,
	};

	for (enum block_row row = 0; row < ROW_COUNT; row++) {
		struct extent extent = row_size(row, block.targets);
		extent.offset = align(block.total_bytes, PAGE);
		block.total_bytes = extent.offset + extent.stride * extent.count;
		block.rows[row] = extent;
	}
	lay_rings(&block, config, directory);
	block.total_bytes = align(block.total_bytes, PAGE);
	block.check = header_check(&block);
	return block;
}

static bool row_is_sound(const struct block *block, enum block_row row)
{
	const struct extent *extent = &block->rows[row];
	struct extent wanted = row_size(row, block->targets);

	return extent->stride == wanted.stride &&
	       (row == ROW_RINGS || extent->count == wanted.count) &&
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

bool block_is_sound(const void *memory, size_t bytes)
{
	const struct block *block = memory;

	if (bytes < sizeof *block || block->magic != BLOCK_MAGIC ||
	    block->version != BLOCK_VERSION || block->header_bytes != sizeof *block ||
	    block->total_bytes > bytes || block->targets > TARGETS_MAX ||
	    block->check != header_check(block))
		return false;
	for (enum block_row row = 0; row < ROW_COUNT; row++)
		if (!row_is_sound(block, row))
			return false;
	for (size_t i = 0; i < block->targets; i++)
		if (!ring_is_sound(block, block_target_at(block, i)))
			return false;
	return true;
}
