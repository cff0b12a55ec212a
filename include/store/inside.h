#ifndef WEBMON_STORE_INSIDE_H
#define WEBMON_STORE_INSIDE_H
/*
 * What a store is made of, for the files of this room that share it. Private to the store.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "store/block.h"
#include "store/file.h"

#define WATCHERS 8

struct watcher {
	int descriptor;
	_Atomic bool told; /* since it last said that it woke */
};

struct store {
	const struct block *block;
	struct block *own; /* the same, to write; NULL for a reader of somebody else's */
	void *mapping;	   /* to be unmapped; NULL: not ours */
	size_t mapping_bytes;
	struct store_file file;
	uint32_t *chosen;	      /* of a reader's: the block's number of each target; NULL: all */
	uint32_t *numbers;	      /* the other way round; UINT32_MAX: not chosen */
	size_t chosen_count;
	_Atomic bool keeps_judges;    /* somebody will go on from here */
	bool is_quiet;		      /* nobody writes: what is under way is none */
	_Atomic int64_t life_ms;      /* when the last sign of life was written */
	pthread_mutex_t journal_lock; /* among writers */
	struct watcher watchers[WATCHERS];
	_Atomic size_t watcher_count; /* grows while others are woken */
};

/* Where a reader's target stands in the block. */
static inline size_t store_place(const struct store *store, size_t target)
{
	return store->chosen ? store->chosen[target] : target;
}

/* The reader's number of a target of the block; UINT32_MAX: it was not chosen, or is none. */
uint32_t store_number_of(const struct store *store, uint32_t target);

/* A store around a block that is mapped. Returns new. */
struct store *store_around(const struct block *block, struct block *own);

/* Memory of a block that costs nothing until it is touched; ends the program where there
 * is none. */
struct block *store_map_memory(uint64_t bytes);

#endif
