/*
 * Stores that outlive their process: which block is used, made or gone on from, and what a reader
 * of somebody else's file is told. Main thread.
 *
 * The one idea: a block in a file is either exactly the one this configuration asks for, and is
 * written on in place, or a new one is made beside it, filled from it and put in its place whole.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/carry.h"
#include "store/file.h"
#include "store/guard.h"
#include "store/inside.h"
#include "store/sound.h"
#include "store/store.h"

_Static_assert(WHY_MAX == STORE_WHY_MAX, "one size of messages");

/* ---- life ---- */

static struct block_life *life_of(struct block *block)
{
	return block_to(block, ROW_LIFE, 0);
}

/* Relaxed, here and below: each stands for itself. */
static void begin_life(struct block *block)
{
	struct block_life *life = life_of(block);
	int64_t now_ms = clock_wall_ms();

	atomic_store_explicit(&life->pid, (uint64_t)getpid(), memory_order_relaxed);
	atomic_store_explicit(&life->started_ms, now_ms, memory_order_relaxed);
	atomic_store_explicit(&life->last_ms, now_ms, memory_order_relaxed);
	atomic_store_explicit(&life->ended_ms, 0, memory_order_relaxed);
}

static struct store *store_around_file(struct store_file *file, struct block *block)
{
	struct store *store = store_around(block, block);

	store->mapping = block;
	store->mapping_bytes = (size_t)block->total_bytes;
	store->file = *file;
	/* Relaxed: it stands for itself. */
	atomic_store_explicit(&store->keeps_judges, true, memory_order_relaxed);
	begin_life(block);
	return store;
}

/* ---- a new file ---- */

/* As much of another one as this build can read. */
static void carry(struct block *to, const struct block *from)
{
	if (from->layout == to->layout)
		carry_over(to, from);
	else
		carry_series(to, from);
}

/* With the series of `from` (NULL: none), not yet in its place. NULL: result says why not. */
static struct store *make_file(const struct config *config, const char *path,
			       const struct block *from, enum file_result *result,
			       char why[WHY_MAX])
{
	struct block plan = block_plan(config);
	struct store_file file;
	struct block *block;
	char *name;

	*result = file_make(&file, path, plan.total_bytes, &name, why);
	if (*result != FILE_DONE)
		return NULL;
	block = file_map(&file, plan.total_bytes, true, why);
	if (!block) {
		(void)unlink(name);
		free(name);
		file_close(&file);
		*result = FILE_NO_ROOM;
		return NULL;
	}
	guard_add(block, (size_t)plan.total_bytes);
	block_lay(block, config);
	if (from)
		carry(block, from);
	*result = file_sync(&file, name, why);
	if (*result == FILE_DONE) {
		file.temporary = name;
		return store_around_file(&file, block);
	}
	guard_remove(block);
	munmap(block, (size_t)plan.total_bytes);
	return NULL;
}

/* Into its place; NULL, and the store is closed, where that fails. */
static struct store *place(struct store *store, bool replace, enum file_result *result,
			   char why[WHY_MAX])
{
	char *name = store->file.temporary;

	store->file.temporary = NULL;
	*result = file_place(&store->file, name, replace, why);
	if (*result == FILE_DONE)
		return store;
	store_close(store);
	return NULL;
}

static struct store *make_memory(const struct config *config, const struct block *from)
{
	struct store *store = store_open(config);

	if (from)
		carry(store->own, from);
	return store;
}

/* Memory where there is no room for the file. NULL: it was refused for another reason. */
static struct store *fall_back(const struct config *config, const struct block *from,
			       enum file_result result, char why[WHY_MAX])
{
	char reason[WHY_MAX];

	if (result != FILE_NO_ROOM)
		return NULL;
	text_copy(reason, sizeof reason, why);
	text_format(why, WHY_MAX,
		    "%s; samples are kept in memory alone until a reload "
		    "finds room",
		    reason);
	return make_memory(config, from);
}

/* A file, or memory where the disk is full. NULL: refused. */
static struct store *make(const struct config *config, const char *path, const struct block *from,
			  enum file_result *result, char why[WHY_MAX])
{
	struct store *store = make_file(config, path, from, result, why);

	if (store)
		store = place(store, from != NULL, result, why);
	return store ? store : fall_back(config, from, *result, why);
}

static void supersede(struct block *block)
{
	/* Release: who sees it finds the new file under its name. */
	atomic_store_explicit(&life_of(block)->superseded, 1, memory_order_release);
}

/* ---- an old one ---- */

/* Maps and looks at a file that is locked. */
static struct block *map_old(struct store_file *file, uint64_t *bytes, char why[WHY_MAX])
{
	enum block_fault fault;
	struct block *block;

	*bytes = file_size(file);
	if (*bytes == 0) {
		text_format(why, WHY_MAX,
			    "%s: is empty; a history was expected (remove it to begin a new one)",
			    file->path);
		return NULL;
	}
	block = file_map(file, *bytes, true, why);
	if (!block)
		return NULL;
	guard_add(block, (size_t)*bytes);
	fault = block_examine(block, (size_t)*bytes);
	if (fault == BLOCK_SOUND || fault == BLOCK_OTHER_LAYOUT)
		return block;
	char fact[WHY_MAX];
	file_explain(fact, file->path, fault, block, *bytes);
	text_format(why, WHY_MAX, "%s; it is left as it is (move it away to begin a new one)",
		    fact);
	guard_remove(block);
	munmap(block, (size_t)*bytes);
	return NULL;
}

/* Samples and rollups from another build's file, which is kept under another name. */
static struct store *move_in(const struct config *config, const char *path,
			     const struct block *from, char why[WHY_MAX])
{
	enum file_result result;
	struct store *store = make_file(config, path, from, &result, why);

	if (!store)
		return fall_back(config, from, result, why);
	char *old;
	result = file_keep_old(path, &old, why);
	if (result != FILE_DONE) {
		store_close(store);
		return fall_back(config, from, result, why);
	}
	store = place(store, true, &result, why);
	if (store)
		text_format(why, WHY_MAX,
			    "%s: was written by another build of webmon: samples and rollups were "
			    "taken over, the rest stays in %s",
			    path, old);
	else
		(void)unlink(old);
	free(old);
	return store ? store : fall_back(config, from, result, why);
}

/* Goes on in a file that was there; takes it. */
static struct store *go_on(const struct config *config, struct store_file *file, char why[WHY_MAX])
{
	enum file_result result;
	uint64_t bytes;
	struct block *block = map_old(file, &bytes, why);
	struct store *store;

	if (!block) {
		file_close(file);
		return NULL;
	}
	bool ours = block_examine(block, (size_t)bytes) == BLOCK_SOUND;
	if (ours)
		carry_on(block);
	if (ours && block_is_for(block, config))
		return store_around_file(file, block);
	store = ours ? make(config, file->path, block, &result, why)
		     : move_in(config, file->path, block, why);
	if (store && store->file.path)
		supersede(block);
	guard_remove(block);
	munmap(block, (size_t)bytes);
	file_close(file);
	return store;
}

struct store *store_keep(const struct config *config, const char *path, char why[WHY_MAX])
{
	why[0] = '\0';
	file_sweep(path);
	for (int tries = 0; tries < 10; tries++) {
		struct store_file file;
		enum file_result result = file_take(&file, path, why);

		if (result == FILE_DONE) {
			why[0] = '\0';
			return go_on(config, &file, why);
		}
		if (result != FILE_ABSENT)
			return NULL;
		why[0] = '\0';
		struct store *store = make(config, path, NULL, &result, why);
		if (result != FILE_EXISTS)
			return store;
	}
	return NULL;
}

/* There was no room for the file when it was asked for: perhaps there is now. What memory has began
 * with what the file had. */
static struct store *keep_at_last(const struct store *before, const struct config *config,
				  const char *path, char why[WHY_MAX])
{
	struct store *store = store_keep(config, path, why);

	if (store)
		carry_over(store->own, before->block);
	return store;
}

static bool has_its_shape(const struct store *store, const struct config *config)
{
	return block_is_for(store->block, config) && !guard_has_struck(store->mapping);
}

struct store *store_prepare(const struct store *before, const struct config *config)
{
	enum file_result result;
	char why[WHY_MAX];

	if (!before->file.path || has_its_shape(before, config))
		return NULL;
	/* where it fails, it will fail again when it matters, and be told then */
	return make_file(config, before->file.path, before->block, &result, why);
}

/* What has come since is little. */
static struct store *finish(struct store *prepared, const struct store *before, char why[WHY_MAX])
{
	enum file_result result;

	carry_over(prepared->own, before->block);
	return place(prepared, true, &result, why);
}

struct store *store_renew(struct store *before, struct store *prepared,
			  const struct store_wish *wish, char why[WHY_MAX])
{
	const struct config *config = wish->config;
	const char *path = wish->path;
	enum file_result result;
	struct store *store = NULL;

	why[0] = '\0';
	if (path && !before->file.path)
		store = keep_at_last(before, config, path, why);
	if (store)
		return store;
	if (!prepared && has_its_shape(before, config))
		return before;
	if (!before->file.path)
		return make_memory(config, before->block);
	if (prepared)
		store = finish(prepared, before, why);
	if (!store)
		store = make(config, before->file.path, before->block, &result, why);
	if (!store)
		store = make_memory(config, before->block);
	if (store->file.path)
		supersede(before->own);
	return store;
}

void store_remember(struct store *store)
{
	/* Relaxed: it stands for itself. */
	atomic_store_explicit(&store->keeps_judges, true, memory_order_relaxed);
}

/* ---- somebody else's ---- */

/* What is left of a cut file; what is missing is as never written. */
static void *copy_rest(const struct store_file *file, uint64_t there, uint64_t total)
{
	char *memory = (char *)store_map_memory(total);
	uint64_t copied = 0;

	while (copied < there) {
		ssize_t got = pread(file->descriptor, memory + copied, (size_t)(there - copied),
				    (off_t)copied);
		if (got <= 0)
			break;
		copied += (uint64_t)got;
	}
	return memory;
}

static struct store *view_cut(struct store_file *file, const struct block *block, uint64_t bytes,
			      char why[WHY_MAX])
{
	uint64_t total = block->total_bytes;
	struct block *copy = copy_rest(file, bytes, total);
	struct store *store = store_around(copy, NULL);
	char fact[WHY_MAX];

	file_explain(fact, file->path, BLOCK_CUT, block, bytes);
	text_format(why, WHY_MAX, "%s; what is there is shown", fact);
	store->mapping = copy;
	store->mapping_bytes = (size_t)total;
	store->file = *file;
	store->file.is_salvage = true;
	store->is_quiet = true;
	return store;
}

/*
 * What stands fast, and says where all the rest is, into memory of our own: another user's process
 * may write the file after it was examined. As far as whole pages go.
 */
static bool hold_still(struct block *block, const struct store_file *file, uint64_t bytes)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), fixed = page, held = 0;
	struct block head = {0};

	(void)!pread(file->descriptor, &head, sizeof head, 0);
	if (head.magic == BLOCK_MAGIC && head.version == BLOCK_VERSION)
		fixed = head.rows[ROW_LIFE].offset / page * page;
	if (fixed > BLOCK_FIXED_MAX || fixed > bytes)
		fixed = page;
	if (fixed == 0)
		return true;
	if (mmap(block, (size_t)fixed, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		return false;
	while (held < fixed) {
		ssize_t got = pread(file->descriptor, (char *)block + held, (size_t)(fixed - held),
				    (off_t)held);
		if (got <= 0)
			break;
		held += (uint64_t)got;
	}
	memcpy(block, &head, sizeof head); /* the one that said how much */
	return mprotect(block, (size_t)fixed, PROT_READ) == 0;
}

/* Whether there is enough of a cut one to be shown: all that stands fast. */
static bool is_worth_salvage(const struct block *block, uint64_t bytes)
{
	return bytes >= sizeof *block && bytes >= block->rows[ROW_LIFE + 1].offset &&
	       block->rows[ROW_LIFE + 1].offset > 0;
}

struct store *store_view(const char *path, char why[WHY_MAX])
{
	struct store_file file;
	struct store *store = NULL;
	struct block *block;
	uint64_t bytes;

	why[0] = '\0';
	if (file_look(&file, path, why) != FILE_DONE)
		return NULL;
	bytes = file_size(&file);
	block = bytes > 0 ? file_map(&file, bytes, false, why) : NULL;
	if (!block) {
		if (bytes == 0)
			text_format(why, WHY_MAX, "%s: is empty; a history was expected", path);
		file_close(&file);
		return NULL;
	}
	guard_add(block, (size_t)bytes);
	enum block_fault fault = hold_still(block, &file, bytes)
					 ? block_examine(block, (size_t)bytes)
					 : BLOCK_DAMAGED;
	if (fault == BLOCK_SOUND) {
		store = store_around(block, NULL);
		store->mapping = block;
		store->mapping_bytes = (size_t)bytes;
		store->file = file;
		store->is_quiet = !file_is_written(&file);
		return store;
	}
	if (fault == BLOCK_CUT && is_worth_salvage(block, bytes))
		store = view_cut(&file, block, bytes, why);
	else
		file_explain(why, path, fault, block, bytes);
	guard_remove(block);
	munmap(block, (size_t)bytes);
	if (!store)
		file_close(&file);
	return store;
}

static int64_t life_time(const _Atomic int64_t *time_ms)
{
	int64_t told_ms = atomic_load_explicit(time_ms, memory_order_relaxed);

	return time_is_sound(told_ms) ? told_ms : 0;
}

void store_condition(struct store *store, struct store_condition *condition)
{
	const struct block_life *life = block_at(store->block, ROW_LIFE, 0);

	*condition = (struct store_condition){
		.path = store->file.path,
		.is_struck = guard_has_struck(store->mapping),
		.pid = (int64_t)atomic_load_explicit(&life->pid, memory_order_relaxed),
		.started_ms = life_time(&life->started_ms),
		.last_ms = life_time(&life->last_ms),
		.ended_ms = life_time(&life->ended_ms),
	};
	if (!store->file.path || store->own)
		return;
	/* Acquire: as supersede() releases. */
	condition->is_superseded =
		!store->file.is_salvage &&
		(atomic_load_explicit(&life->superseded, memory_order_acquire) != 0 ||
		 (file_is_replaced(&store->file) && access(store->file.path, R_OK) == 0));
	condition->is_alive = !store->file.is_salvage && file_is_written(&store->file);
	store->is_quiet = !condition->is_alive;
	slot_expect_writer(condition->is_alive);
}
