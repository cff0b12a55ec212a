/*
 * The store: one block of memory that pollers write and faces read. This file owns the mapping and
 * the lock among the journal's writers; what stands in the block is the business of ring, slot,
 * rollup and journal, and who is woken that of store_wake. Any thread may read; store.h says who
 * writes.
 */
#include "store/store.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/units.h"
#include "store/file.h"
#include "store/guard.h"
#include "store/inside.h"
#include "store/journal.h"
#include "store/rollup.h"
#include "store/sound.h"

enum {
	JUDGE_EVERY = 8, /* samples after which a judge is put away though it has nothing to tell */
};

/* ---- the whole ---- */

/* Minutes and quarters of a day, and a good answer's beginning. */
static uint64_t day_of_records(const struct block *block)
{
	uint64_t words = DAY_MS / MINUTE_MS * MINUTE_WORDS +
			 DAY_MS / MINUTE_MS / QUARTER_MINUTES * QUARTER_WORDS;

	return block->targets * (words * sizeof(uint64_t) + EVIDENCE_NEAR);
}

static uint64_t day_of_samples(const struct config *config)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < config->target_count; i++) {
		const struct target *target = &config->targets[i];
		uint64_t room = block_ring_capacity(config, target);
		uint64_t come =
			target->interval_ms > 0 ? (uint64_t)(DAY_MS / target->interval_ms) : room;
		bytes += (come < room ? come : room) * SAMPLE_WORDS * sizeof(uint64_t);
	}
	return bytes;
}

struct store_plan store_plan(const struct config *config)
{
	struct block block = block_plan(config);
	uint64_t bytes[ROW_COUNT];

	for (enum block_row row = 0; row < ROW_COUNT; row++)
		bytes[row] = block.rows[row].stride * block.rows[row].count;
	struct store_plan plan = {
		.targets = (size_t)block.targets,
		.ring_bytes = bytes[ROW_RINGS],
		.rollup_bytes = bytes[ROW_MINUTES] + bytes[ROW_QUARTERS],
		.evidence_bytes = bytes[ROW_GOOD_NEAR] + bytes[ROW_BAD_NEAR] + bytes[ROW_GOOD_FAR] +
				  bytes[ROW_BAD_FAR],
		.journal_bytes = bytes[ROW_CHANGES] + bytes[ROW_INCIDENTS] + bytes[ROW_EVENTS],
		.total_bytes = block.total_bytes,
	};
	plan.other_bytes = plan.total_bytes - plan.ring_bytes - plan.rollup_bytes -
			   plan.evidence_bytes - plan.journal_bytes;
	plan.day_bytes = plan.other_bytes + day_of_records(&block) + day_of_samples(config);
	return plan;
}

struct block *store_map_memory(uint64_t bytes)
{
	void *memory = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		fatal("no memory for a store of %llu MiB: %s (fewer targets or a shorter `keep` "
		      "need less)",
		      (unsigned long long)bytes >> 20, strerror(errno));
	/* A huge page would be touched whole for a single sample. Where the kernel has none, it may
	 * refuse. */
	(void)madvise(memory, (size_t)bytes, MADV_NOHUGEPAGE);
	return memory;
}

struct store *store_around(const struct block *block, struct block *own)
{
	struct store *store = x_calloc(1, sizeof *store);

	store->block = block;
	store->own = own;
	store->file.descriptor = -1;
	pthread_mutex_init(&store->journal_lock, NULL);
	return store;
}

struct store *store_open(const struct config *config)
{
	uint64_t bytes = block_plan(config).total_bytes;
	struct block *block = store_map_memory(bytes);
	struct store *store = store_around(block, block);

	block_lay(block, config);
	store->mapping = block;
	store->mapping_bytes = (size_t)bytes;
	return store;
}

struct store *store_attach(const void *memory, size_t bytes)
{
	return block_examine(memory, bytes) == BLOCK_SOUND ? store_around(memory, NULL) : NULL;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	store_unwatch(store);
	if (store->own && store->file.path) {
		struct block_life *life = block_to(store->own, ROW_LIFE, 0);
		/* Relaxed: it stands for itself. */
		atomic_store_explicit(&life->ended_ms, clock_wall_ms(), memory_order_relaxed);
	}
	if (store->mapping) {
		guard_remove(store->mapping);
		munmap(store->mapping, store->mapping_bytes);
	}
	file_close(&store->file);
	free(store->chosen);
	free(store->numbers);
	pthread_mutex_destroy(&store->journal_lock);
	free(store);
}

const void *store_block(const struct store *store, size_t *bytes)
{
	*bytes = (size_t)store->block->total_bytes;
	return store->block;
}

size_t store_target_count(const struct store *store)
{
	return store->chosen ? store->chosen_count : (size_t)store->block->targets;
}

/* ---- writing ---- */

void store_push(struct store *store, size_t target, const struct sample *sample)
{
	const struct block_target *entry = block_target_at(store->block, target);

	rollup_advance(store->own, target, sample->at_ms);
	ring_push(block_to(store->own, ROW_HEADS, target),
		  (void *)((char *)store->own + entry->ring_offset), &entry->ring, sample);
}

void store_taint(struct store *store, size_t target, uint64_t from)
{
	const struct block_target *entry = block_target_at(store->block, target);
	struct ring_view ring = block_ring(store->block, target);

	ring_taint(&ring, (void *)((char *)store->own + entry->ring_offset), from);
}

void store_put_verdict(struct store *store, size_t target, const struct verdict *verdict)
{
	slot_write(block_to(store->own, ROW_VERDICTS, target), verdict, sizeof *verdict);
}

void store_put_cert(struct store *store, size_t target, const struct cert_facts *facts)
{
	slot_write(block_to(store->own, ROW_CERTS, target), facts, sizeof *facts);
}

void store_put_judge(struct store *store, size_t target, const struct judge *judge)
{
	/* Relaxed: it stands for itself. */
	if (atomic_load_explicit(&store->keeps_judges, memory_order_relaxed))
		block_put_judge(store->own, target, judge);
}

static enum block_row near_row(enum evidence_kind kind)
{
	return kind == EVIDENCE_GOOD ? ROW_GOOD_NEAR : ROW_BAD_NEAR;
}

void store_put_evidence(struct store *store, size_t target, enum evidence_kind kind,
			const struct evidence *evidence)
{
	struct slot_split split = block_evidence_split(store->block, target, near_row(kind));
	size_t used = evidence->used < EVIDENCE_TEXT_MAX ? evidence->used : EVIDENCE_TEXT_MAX;

	slot_write_split(block_to(store->own, near_row(kind), target), &split, evidence,
			 offsetof(struct evidence, text) + used);
}

void store_put_pulse(struct store *store, size_t target, int64_t due_us, int64_t in_flight_since_us)
{
	_Atomic int64_t *pulse = block_to(store->own, ROW_PULSES, target);

	/* Relaxed: each stands for itself and brings nothing else with it. */
	atomic_store_explicit(&pulse[0], due_us, memory_order_relaxed);
	atomic_store_explicit(&pulse[1], in_flight_since_us, memory_order_relaxed);
}

uint64_t store_put_incident(struct store *store, const struct incident *incident)
{
	pthread_mutex_lock(&store->journal_lock);
	uint64_t id = journal_put_incident(store->own, incident);
	pthread_mutex_unlock(&store->journal_lock);
	return id;
}

void store_put_event(struct store *store, const struct event *event)
{
	pthread_mutex_lock(&store->journal_lock);
	journal_put_event(store->own, event);
	pthread_mutex_unlock(&store->journal_lock);
}

void store_tell(struct store *store, struct incident *incident, enum event_kind kind,
		enum state state, int64_t at_ms)
{
	struct event event = {.at_ms = at_ms,
			      .target = incident->target,
			      .kind = kind,
			      .cls = incident->cls,
			      .state = state,
			      .previous = state,
			      .count = incident->count,
			      .total_us = ABSENT_US};

	incident->id = event.incident = store_put_incident(store, incident);
	if (incident->closed_ms)
		event.length_ms = incident->closed_ms - incident->opened_ms;
	text_copy(event.detail, sizeof event.detail, incident->detail);
	store_put_event(store, &event);
}

void store_put_fleet(struct store *store, unsigned poller, const struct fleet *fleet)
{
	slot_write(block_to(store->own, ROW_FLEETS, poller % BLOCK_POLLERS), fleet, sizeof *fleet);
}

void store_put_judgement(struct store *store, size_t target, struct judge *judge,
			 struct verdict *verdict, struct judgement *judgement)
{
	for (size_t i = 0; i < judgement->incident_count; i++) {
		struct incident *incident = &judgement->incidents[i];
		incident->target = (uint32_t)target;
		incident->id = store_put_incident(store, incident);
		if (incident->closed_ms == 0)
			judge_opened(judge, incident->kind, incident->id, verdict);
	}
	for (size_t i = 0; i < judgement->event_count; i++) {
		struct event *event = &judgement->events[i];
		event->target = (uint32_t)target;
		for (size_t k = 0; k < judgement->incident_count; k++)
			if (judgement->incidents[k].kind == event_table[event->kind].incident)
				event->incident = judgement->incidents[k].id;
		store_put_event(store, event);
	}
	store_put_verdict(store, target, verdict);
	if (judgement->incident_count > 0 || judgement->event_count > 0 ||
	    verdict->sample_count % JUDGE_EVERY == 0)
		store_put_judge(store, target, judge);
}

/* ---- reading ---- */

uint64_t store_head(const struct store *store, size_t target)
{
	struct ring_view ring = block_ring(store->block, store_place(store, target));

	return ring_head(&ring);
}

size_t store_samples(const struct store *store, size_t target, uint64_t from,
		     struct sample *samples, size_t capacity, uint64_t *first)
{
	struct ring_view ring = block_ring(store->block, store_place(store, target));

	return ring_copy(&ring, from, samples, capacity, first);
}

size_t store_follow(const struct store *store, size_t target, uint64_t *next,
		    struct sample *samples, size_t capacity, uint64_t *lost)
{
	struct ring_view ring = block_ring(store->block, store_place(store, target));

	return ring_follow(&ring, next, samples, capacity, lost);
}

bool store_sample(const struct store *store, size_t target, uint64_t number, struct sample *sample)
{
	struct ring_view ring = block_ring(store->block, store_place(store, target));

	return ring_get(&ring, number, sample);
}

size_t store_ring_capacity(const struct store *store, size_t target)
{
	return block_target_at(store->block, store_place(store, target))->ring.capacity;
}

/* As never written, for those who look at it all the same. */
static bool refuse(void *value, size_t bytes)
{
	memset(value, 0, bytes);
	return false;
}

bool store_verdict(const struct store *store, size_t target, struct verdict *verdict)
{
	const void *slot = block_at(store->block, ROW_VERDICTS, store_place(store, target));

	if (slot_read(slot, verdict, sizeof *verdict) != sizeof *verdict)
		return false;
	if (!store->own && !verdict_is_sound(verdict, store->block->targets))
		return refuse(verdict, sizeof *verdict);
	verdict->parent = store_number_of(store, verdict->parent);
	return true;
}

bool store_cert(const struct store *store, size_t target, struct cert_facts *facts)
{
	return slot_read(block_at(store->block, ROW_CERTS, store_place(store, target)), facts,
			 sizeof *facts) == sizeof *facts &&
	       (store->own || cert_is_sound(facts) || refuse(facts, sizeof *facts));
}

bool store_judge(const struct store *store, size_t target, struct judge *judge)
{
	return block_judge(store->block, store_place(store, target), judge);
}

bool store_evidence(const struct store *store, size_t target, enum evidence_kind kind,
		    struct evidence *evidence)
{
	size_t place = store_place(store, target);
	struct slot_split split = block_evidence_split(store->block, place, near_row(kind));

	size_t bytes = slot_read_split(block_at(store->block, near_row(kind), place), &split,
				       evidence, sizeof *evidence);

	return bytes > 0 && (store->own || evidence_is_sound(evidence, bytes) ||
			     refuse(evidence, sizeof *evidence));
}

void store_pulse(const struct store *store, size_t target, int64_t *due_us,
		 int64_t *in_flight_since_us)
{
	const _Atomic int64_t *pulse =
		block_at(store->block, ROW_PULSES, store_place(store, target));

	if (store->is_quiet) {
		*due_us = *in_flight_since_us = 0;
		return;
	}
	/* Relaxed, as they were written. */
	*due_us = atomic_load_explicit(&pulse[0], memory_order_relaxed);
	*in_flight_since_us = atomic_load_explicit(&pulse[1], memory_order_relaxed);
	if (!store->own &&
	    !(time_is_sound(*due_us / 1000) && time_is_sound(*in_flight_since_us / 1000)))
		*due_us = *in_flight_since_us = 0;
}

uint64_t store_incident_changes(const struct store *store)
{
	return journal_changes(store->block);
}

size_t store_incident_capacity(const struct store *store)
{
	return (size_t)store->block->rows[ROW_INCIDENTS].count;
}

uint64_t store_event_head(const struct store *store)
{
	return journal_event_head(store->block);
}

int64_t store_events_kept_ms(const struct store *store)
{
	struct event oldest;
	uint64_t lost;

	return journal_events(store->block, 0, &oldest, 1, &lost) == 1 && lost > 0 ? oldest.at_ms
										   : 0;
}

/* Each poller tells of all its targets; of some of them their own checks tell. */
static void count_chosen(const struct store *store, struct fleet *fleet)
{
	int64_t due_us, since_us;

	fleet->probes = fleet->in_flight = 0;
	for (size_t i = 0; i < store->chosen_count; i++) {
		fleet->probes += store_head(store, i);
		store_pulse(store, i, &due_us, &since_us);
		fleet->in_flight += since_us > 0;
	}
}

void store_fleet(const struct store *store, struct fleet *fleet)
{
	struct fleet one;

	*fleet = (struct fleet){0};
	for (size_t i = 0; i < BLOCK_POLLERS; i++) {
		if (slot_read(block_at(store->block, ROW_FLEETS, i), &one, sizeof one) !=
			    sizeof one ||
		    !fleet_is_sound(&one))
			continue;
		if (fleet->started_ms == 0 || one.started_ms < fleet->started_ms)
			fleet->started_ms = one.started_ms;
		fleet->probes += one.probes;
		fleet->failures += one.failures;
		fleet->tainted += one.tainted;
		fleet->late += one.late;
		fleet->skipped += one.skipped;
		fleet->in_flight += one.in_flight;
		if (one.lag_p99_us > fleet->lag_p99_us)
			fleet->lag_p99_us = one.lag_p99_us;
	}
	if (store->chosen)
		count_chosen(store, fleet);
}
