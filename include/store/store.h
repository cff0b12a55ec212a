#ifndef WEBMON_STORE_STORE_H
#define WEBMON_STORE_STORE_H
/*
 * The only shared memory of the program: one flat, position-independent block. Sources write it, faces read it.
 *
 *   header: magic, version, geometry | directory of targets | per target: pulse, ring, rollups,
 *   verdict, certificate, evidence (good, bad) | journal: incidents, events | fleet
 *
 * One writer a target (its poller); the journal and the fleet are written under a short lock among pollers,
 * which readers never take. Readers copy and then drop what was overwritten meanwhile; they never make the
 * writer wait. All returned values are copies. The block is anonymous memory, or a file that is mapped: there is
 * no second way through the code.
 *
 * Only files of this room include <stdatomic.h>; this header shows no atomics.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/config.h"
#include "model/judge.h"
#include "model/sample.h"
#include "model/stats.h"
#include "model/verdict.h"

struct store;

/* How large everything is: a pure function of the configuration; `webmon check` prints it. */
struct store_plan {
	size_t   targets;
	uint64_t ring_bytes, rollup_bytes, evidence_bytes, journal_bytes, other_bytes, total_bytes;
	uint64_t day_bytes; /* about what is in use of it after a day without trouble */
};

struct store_plan store_plan(const struct config *config);

/* Returns new. Ends the program where there is no memory. Untouched pages cost nothing. */
struct store *store_open(const struct config *config);
void store_close(struct store *store);

/*
 * A reader's store over a block that somebody else owns, mapped anywhere, read-only if need be: nothing is written
 * through it. Returns new, or NULL where the memory holds no such block; store_close() leaves the block alone.
 */
struct store *store_attach(const void *memory, size_t bytes);

/* The block itself: *bytes long. Borrowed. */
const void *store_block(const struct store *store, size_t *bytes);

size_t store_target_count(const struct store *store);

/* ---- a store in a file (src/store/keep.c): main thread ---- */

#define STORE_WHY_MAX 300

/*
 * Writes into the history file at path, which is made where it is missing, gone on with where it is for the same
 * targets, and replaced by one with their series where it is for others. NULL with why ("FILE: what is wrong, what was
 * expected") where it must not be touched: another writer, another format, damage. Not NULL and a why that is not
 * empty, which is to be told: the disk is full, the store is in memory (with the series all the same), or the file was another
 * build's, and only its samples and rollups could be gone on with.
 */
struct store *store_keep(const struct config *config, const char *path, char why[STORE_WHY_MAX]);

/*
 * The store for a changed configuration, with the series of `before`, whose pollers have stopped: `before` itself where
 * nothing of its shape has changed, else a new one; the caller closes `before`. path: of the history file, tried again
 * where there was no room for it; NULL: there is to be none. Never NULL; why as above. prepared (takes it): by
 * store_prepare(); NULL: nothing.
 */
struct store_wish {
	const struct config *config;
	const char          *path;
};

struct store *store_renew(struct store *before, struct store *prepared, const struct store_wish *wish,
			  char why[STORE_WHY_MAX]);

/*
 * The long part of it, for large files, while pollers go on: a new file with all that `before` has by now, on the disk.
 * NULL: nothing is to be prepared.
 */
struct store *store_prepare(const struct store *before, const struct config *config);

/* From now on judges are put away, for store_renew() in memory. Those in files always are. */
void store_remember(struct store *store);

/*
 * Reads a history file, live while somebody writes it. NULL with why where there is nothing to be read; not NULL and a
 * why: it is cut, and what is left is shown.
 */
struct store *store_view(const char *path, char why[STORE_WHY_MAX]);

struct store_condition {
	const char *path; /* NULL: memory; borrowed */
	bool        is_alive;      /* of a reader's: somebody writes it */
	bool        is_superseded; /* another file stands in its place: open that */
	bool        is_struck;     /* the file was cut or its disk failed: since then in memory alone */
	int64_t     pid, started_ms, last_ms, ended_ms; /* of the writer; ended 0: it goes on, or was killed */
};

/* Cheap, but not for every turn: some system calls. */
void store_condition(struct store *store, struct store_condition *condition);

/* The targets as the writer's configuration described them, without secrets. Returns new (one free()); texts are the
 * store's. */
struct target *store_targets(const struct store *store);

/*
 * A reader's choice, to be made before anything else is read: from now on its store has these targets alone, numbered in this
 * order, with their incidents and events and those of the whole program.
 */
void store_choose(struct store *store, const size_t *targets, size_t count);
bool store_has_choice(const struct store *store);

/* A target's identity over restarts, and the target of one; SIZE_MAX: there is none. */
uint64_t store_key(const struct store *store, size_t target);
size_t store_find(const struct store *store, uint64_t key);

/* ---- writing: the target's poller ---- */

/* Appends a sample, publishes it, folds it into the rollups. */
void store_push(struct store *store, size_t target, const struct sample *sample);
/* Failed samples from this number on turned out to be nobody's fault: they count nowhere from now on, but for what of
 * them is in rollups already (those of minutes that are over). */
void store_taint(struct store *store, size_t target, uint64_t from);
void store_put_verdict(struct store *store, size_t target, const struct verdict *verdict);
void store_put_cert(struct store *store, size_t target, const struct cert_facts *facts);

/* Puts the judge away, where that is of use (see store_remember). store_put_judgement() does it now and then, and whenever
 * there was something to tell. */
void store_put_judge(struct store *store, size_t target, const struct judge *judge);
/* False where none was put away. */
bool store_judge(const struct store *store, size_t target, struct judge *judge);

enum evidence_kind { EVIDENCE_GOOD, EVIDENCE_BAD, EVIDENCE_KINDS };
void store_put_evidence(struct store *store, size_t target, enum evidence_kind kind, const struct evidence *evidence);

/* When the next probe is due and since when one is under way (CLOCK_MONOTONIC us; 0: none). */
void store_put_pulse(struct store *store, size_t target, int64_t due_us, int64_t in_flight_since_us);

/* id 0: a new one; returns its id. With result "" it keeps the words it has. An incident already overwritten in the ring is stored as if it were new. */
uint64_t store_put_incident(struct store *store, const struct incident *incident);
/* Gives the event its number. */
void store_put_event(struct store *store, const struct event *event);
/* The incident, which gets its id, and an event that tells of it in its words, with its length where it is closed.
 * state: of what it concerns. */
void store_tell(struct store *store, struct incident *incident, enum event_kind kind, enum state state, int64_t at_ms);
/* What the judge said: incidents (with judge_opened() for the open ones), events, verdict, each with target and ids filled in. */
void store_put_judgement(struct store *store, size_t target, struct judge *judge,
			 struct verdict *verdict, struct judgement *judgement);
/* Each poller (0 to 63) puts its own part. */
void store_put_fleet(struct store *store, unsigned poller, const struct fleet *fleet);

/* ---- reading: any thread ---- */

/* Samples ever pushed to the target; a change says that there is something new. */
uint64_t store_head(const struct store *store, size_t target);

/*
 * Copies samples number `from` (or the oldest still there) up to head, oldest first, at most capacity (then the newest).
 * *first gets the number of the first one copied; may be NULL. Returns how many. Torn ones are left out.
 */
size_t store_samples(const struct store *store, size_t target, uint64_t from, struct sample *samples, size_t capacity,
		     uint64_t *first);
/*
 * What has come since, for who takes each sample once: copies samples number *next (or the oldest still there) up to head,
 * as above, and moves *next behind the last one copied; torn ones at the end are for the next time. *lost gets how many
 * of those before were overwritten or torn; may be NULL. A ring that began anew (its file was cut) is followed from its
 * beginning.
 */
size_t store_follow(const struct store *store, size_t target, uint64_t *next, struct sample *samples, size_t capacity,
		    uint64_t *lost);
/* Sample number `number` alone; false where it is not yet, or no longer, there. */
bool store_sample(const struct store *store, size_t target, uint64_t number, struct sample *sample);
size_t store_ring_capacity(const struct store *store, size_t target);

bool store_verdict(const struct store *store, size_t target, struct verdict *verdict);
bool store_cert(const struct store *store, size_t target, struct cert_facts *facts);
bool store_evidence(const struct store *store, size_t target, enum evidence_kind kind, struct evidence *evidence);
void store_pulse(const struct store *store, size_t target, int64_t *due_us, int64_t *in_flight_since_us);

/*
 * Rollups: 1-minute bins of the last 24 h and 15-minute bins of the last 30 d. Fills bins as bins_of() does, for widths that are a
 * multiple of a minute; samples of the minute under way included. Medians of bins wider than a minute are the median of their parts' medians,
 * weighted by their good answers. Widths that are no multiple of 15 minutes reach back 24 h, the others 30 d. Returns false where width_ms is no multiple of a minute
 * (then take samples and bins_of).
 */
bool store_bins(const struct store *store, size_t target, struct bin *bins, size_t bin_count, int64_t end_ms,
		int64_t width_ms);

/* Good and failed checks since the minute of from_ms (its quarter of an hour, where that is more than a day ago), out of rollups and ring. */
void store_tally(const struct store *store, size_t target, int64_t from_ms, uint64_t *good, uint64_t *failed);

/* The same as it was at a moment gone by: of the checks before number `head`, which had ended then. */
struct store_then {
	int64_t  at_ms;
	uint64_t head;
};

void store_tally_then(const struct store *store, size_t target, int64_t from_ms, const struct store_then *then,
		      uint64_t *good, uint64_t *failed);

/* The beginning of the earliest minute (or quarter of an hour, where its minutes are gone) that rollups tell of; INT64_MAX: they tell nothing. */
int64_t store_rolled_from_ms(const struct store *store, size_t target);

/*
 * Statistics of a window of any length and age out of rollups alone: whole minutes of the last 24 h, where from_ms is
 * older whole quarters of an hour of the last 30 d. Percentiles are within 2 % (where more than some 80 different times came in a quarter of
 * an hour, within 4 %); min, max, mean and counts as exact as those of the samples. apdex_us as in stats_of().
 * failures: by group, in the order of "45BDCTSX" (as class_letter(); B with R); NULL: not wanted. Costs up to 2 ms: not for every row.
 */
#define STORE_FAILURE_GROUPS 8
struct stats store_stats(const struct store *store, size_t target, int64_t from_ms, int64_t to_ms, int64_t apdex_us,
			 uint32_t failures[STORE_FAILURE_GROUPS]);

/*
 * Time with checks since from_ms, and the part of it in which they failed: each minute counts by the share of its checks that
 * failed (each quarter of an hour, where that is more than 6 h ago, or the interval is above a minute). Minutes without checks
 * are in neither; of the first and the last minute as much is known as its checks stand for, one for an interval.
 */
void store_time(const struct store *store, size_t target, int64_t from_ms, int64_t interval_ms, int64_t *known_ms,
		int64_t *bad_ms);

/* Grows with each incident written; a change says that the error pane is stale. */
uint64_t store_incident_changes(const struct store *store);
/* Copies incidents with change > since that are still in the ring, oldest id first; at most capacity (then the newest). Returns how many. */
size_t store_incidents(const struct store *store, uint64_t since, struct incident *incidents, size_t capacity);
size_t store_incident_capacity(const struct store *store);

/*
 * Events from number `from` on, oldest first, at most capacity: the oldest ones, so that calling again from the last one's number + 1
 * misses none. *lost gets how many were overwritten before they could be read; may be NULL.
 */
size_t store_events(const struct store *store, uint64_t from, struct event *events, size_t capacity, uint64_t *lost);
uint64_t store_event_head(const struct store *store);
/* When the oldest event was that is kept, also one of a target that was not chosen: of what is older some are lost. 0: none is. */
int64_t store_events_kept_ms(const struct store *store);

/*
 * The sum of the pollers' parts; the greatest lag_p99_us of them. Of chosen targets `probes` and `in_flight` are theirs, and
 * probes counts on over starts of the recorder; all else is told of the recorder as a whole.
 */
void store_fleet(const struct store *store, struct fleet *fleet);

/*
 * Waking readers: each reader registers a descriptor (an eventfd) that the pollers write to, at most once until
 * the reader calls store_woken(), whatever number of samples came. Registration is at start-up only, before the pollers run.
 */
int  store_watch(struct store *store); /* returns new descriptor, non-blocking; -1 on failure (errno) */
/* Ends all of these, when neither readers nor pollers are there any more. */
void store_unwatch(struct store *store);
void store_woken(struct store *store, int descriptor); /* drains it */
void store_wake(struct store *store); /* by pollers, once a turn in which something was written */

#endif
