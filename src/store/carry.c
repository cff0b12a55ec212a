/*
 * Series that go on. Main thread, before anybody else knows the block.
 *
 * Targets are found by the key of their name. Samples keep their numbers and incidents their ids,
 * by which verdicts and evidence refer to them.
 */
#include "store/carry.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/journal.h"
#include "store/rollup.h"

#define GONE UINT32_MAX /* as a verdict's parent that there is none */

/* ---- which target is which ---- */

struct matching {
	uint32_t *match; /* by target of the one its index in the other, or GONE */
	size_t count;
};

struct keyed {
	uint64_t key;
	uint32_t index;
};

static int compare_keys(const void *a, const void *b)
{
	const struct keyed *one = a, *two = b;

	return (one->key > two->key) - (one->key < two->key);
}

/* match is new. */
static struct matching match_targets(const struct block *to, const struct block *from)
{
	struct matching matching = {.count = (size_t)from->targets};
	struct keyed *keyed = x_calloc((size_t)to->targets + 1, sizeof *keyed);

	matching.match = x_calloc(matching.count + 1, sizeof *matching.match);
	for (uint32_t i = 0; i < to->targets; i++)
		keyed[i] = (struct keyed){block_target_at(to, i)->key, i};
	qsort(keyed, (size_t)to->targets, sizeof *keyed, compare_keys);
	for (uint32_t i = 0; i < matching.count; i++) {
		struct keyed wanted = {.key = block_target_at(from, i)->key};
		const struct keyed *found =
			bsearch(&wanted, keyed, (size_t)to->targets, sizeof *keyed, compare_keys);
		matching.match[i] = found ? found->index : GONE;
	}
	free(keyed);
	return matching;
}

/* ---- one target ---- */

static void carry_samples(struct block *to, size_t to_target, const struct block *from,
			  size_t from_target)
{
	const struct block_target *entry = block_target_at(to, to_target);
	struct ring_view ring = block_ring(from, from_target);
	_Atomic uint64_t *head = block_to(to, ROW_HEADS, to_target);
	_Atomic uint64_t *words = (void *)((char *)to + entry->ring_offset);
	uint64_t end = ring_head(&ring);
	uint64_t most = entry->ring.capacity < ring.shape->capacity ? entry->ring.capacity
								    : ring.shape->capacity;
	/* Relaxed: nobody reads it yet. What an earlier time has carried is there. */
	uint64_t number = atomic_load_explicit(head, memory_order_relaxed);
	struct sample sample;

	if (end > most && number < end - most)
		number = end - most;
	for (; number < end; number++) {
		if (!ring_get(&ring, number, &sample))
			continue;
		atomic_store_explicit(head, number, memory_order_relaxed);
		ring_push(head, words, &entry->ring, &sample);
	}
	atomic_store_explicit(head, end, memory_order_relaxed);
}

static const char *url_of(const struct block *block, size_t target)
{
	const struct card *card = block_at(block, ROW_CARDS, target);

	return block_texts(block) + card->url_shown;
}

/* Another target's index, or UINT32_MAX. */
static uint32_t renamed(const struct matching *matching, uint32_t target)
{
	return target < matching->count ? matching->match[target] : GONE;
}

static void carry_verdict(struct block *to, size_t to_target, const struct block *from,
			  size_t from_target, const struct matching *matching)
{
	struct verdict verdict;

	if (slot_read(block_at(from, ROW_VERDICTS, from_target), &verdict, sizeof verdict) == 0)
		return;
	verdict.parent = renamed(matching, verdict.parent);
	slot_write(block_to(to, ROW_VERDICTS, to_target), &verdict, sizeof verdict);
}

static void carry_judge(struct block *to, size_t to_target, const struct block *from,
			size_t from_target, const struct matching *matching)
{
	struct judge judge;

	if (!block_judge(from, from_target, &judge))
		return;
	/* What is usual for one address says nothing of another. */
	if (strcmp(url_of(to, to_target), url_of(from, from_target)) != 0)
		load_init(&judge.load);
	judge.around.parent = renamed(matching, judge.around.parent);
	judge.excused_by = renamed(matching, judge.excused_by);
	block_put_judge(to, to_target, &judge);
}

static void carry_cert(struct block *to, size_t to_target, const struct block *from,
		       size_t from_target)
{
	struct cert_facts cert;

	if (slot_read(block_at(from, ROW_CERTS, from_target), &cert, sizeof cert) > 0)
		slot_write(block_to(to, ROW_CERTS, to_target), &cert, sizeof cert);
}

static void carry_evidence(struct block *to, size_t to_target, const struct block *from,
			   size_t from_target)
{
	static const enum block_row near_rows[] = {ROW_GOOD_NEAR, ROW_BAD_NEAR};
	struct evidence *evidence = x_malloc(sizeof *evidence);

	for (size_t i = 0; i < sizeof near_rows / sizeof near_rows[0]; i++) {
		struct slot_split read = block_evidence_split(from, from_target, near_rows[i]);
		struct slot_split written = block_evidence_split(to, to_target, near_rows[i]);
		size_t size = slot_read_split(block_at(from, near_rows[i], from_target), &read,
					      evidence, sizeof *evidence);
		if (size > 0)
			slot_write_split(block_to(to, near_rows[i], to_target), &written, evidence,
					 size);
	}
	free(evidence);
}

void carry_over(struct block *to, const struct block *from)
{
	struct matching matching = match_targets(to, from);

	for (size_t i = 0; i < matching.count; i++) {
		uint32_t target = matching.match[i];
		if (target == GONE)
			continue;
		carry_samples(to, target, from, i);
		rollup_carry(to, target, from, i);
		carry_verdict(to, target, from, i, &matching);
		carry_judge(to, target, from, i, &matching);
		carry_cert(to, target, from, i);
		carry_evidence(to, target, from, i);
	}
	journal_carry(to, from, matching.match, matching.count);
	free(matching.match);
}

void carry_series(struct block *to, const struct block *from)
{
	struct matching matching = match_targets(to, from);

	for (size_t i = 0; i < matching.count; i++) {
		if (matching.match[i] == GONE)
			continue;
		carry_samples(to, matching.match[i], from, i);
		rollup_carry(to, matching.match[i], from, i);
		rollup_repair(to, matching.match[i]);
	}
	free(matching.match);
}

/* ---- after the end of its writer ---- */

static void clear_pulse(struct block *block, size_t target)
{
	_Atomic int64_t *pulse = block_to(block, ROW_PULSES, target);

	/* Relaxed: as they are written. */
	atomic_store_explicit(&pulse[0], 0, memory_order_relaxed);
	atomic_store_explicit(&pulse[1], 0, memory_order_relaxed);
}

/* Whether the target's judge knows the incident, and will close it one day. */
static bool has_judge(const struct block *block, const struct incident *incident)
{
	struct judge judge;

	if (incident->target >= block->targets || (unsigned)incident->kind >= INCIDENT_KINDS ||
	    !block_judge(block, incident->target, &judge))
		return false;
	return judge.troubles[incident->kind].open &&
	       judge.troubles[incident->kind].id == incident->id;
}

static void close_orphans(struct block *block)
{
	size_t room = (size_t)block->rows[ROW_INCIDENTS].count;
	struct incident *incidents = x_calloc(room, sizeof *incidents);
	size_t count = journal_incidents(block, 0, incidents, room);

	for (size_t i = 0; i < count; i++) {
		struct incident *incident = &incidents[i];
		if (incident->closed_ms != 0 || has_judge(block, incident))
			continue;
		incident->closed_ms =
			incident->last_ms > 0 ? incident->last_ms : incident->opened_ms;
		journal_put_incident(block, incident);
	}
	free(incidents);
}

static void repair_slots(struct block *block)
{
	static const enum block_row rows[] = {ROW_VERDICTS, ROW_JUDGES,	   ROW_CERTS, ROW_GOOD_NEAR,
					      ROW_BAD_NEAR, ROW_INCIDENTS, ROW_EVENTS};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		for (size_t k = 0; k < block->rows[rows[i]].count; k++)
			slot_repair(block_to(block, rows[i], k));
}

void carry_on(struct block *block)
{
	repair_slots(block);
	for (size_t i = 0; i < block->targets; i++) {
		rollup_repair(block, i);
		clear_pulse(block, i);
	}
	for (size_t i = 0; i < BLOCK_POLLERS; i++)
		slot_write(block_to(block, ROW_FLEETS, i), NULL, 0);
	close_orphans(block);
}
