#ifndef WEBMON_FACE_METRICS_COUNT_H
#define WEBMON_FACE_METRICS_COUNT_H
/*
 * Counters for metrics: what became of each probe, and how long good answers took. They only grow,
 * from 0 at the start of whoever counts, by following the rings sample by sample. One thread.
 */
#include "model/config.h"
#include "store/store.h"

#define METRICS_BOUNDS 12

/* Upper bounds of the latency histogram, and how they are written; the last is +Inf. */
struct metrics_bound {
	int32_t us;
	const char *label;
};

extern const struct metrics_bound metrics_bounds[METRICS_BOUNDS];

struct target_count {
	uint64_t classes[CLASS_COUNT]; /* each sample once; tainted ones as CLASS_LOCAL */
	/* good answers up to this bound and over the one before */
	uint64_t buckets[METRICS_BOUNDS];
	uint64_t good;
	uint64_t total_us; /* of good answers */
	uint64_t lost;     /* overwritten before they could be counted */
};

struct metrics_count;

/* whole: counts also what the store holds already. Returns new; borrows both until
 * metrics_count_free(). */
struct metrics_count *metrics_count_new(const struct config *config, const struct store *store,
					bool whole);
void metrics_count_free(struct metrics_count *count);

/* Counts what is new. */
void metrics_count_follow(struct metrics_count *count);

const struct target_count *metrics_count_of(const struct metrics_count *count, size_t target);

/* After a reload: takes over what was counted of targets of the same name. */
void metrics_count_carry(struct metrics_count *count, const struct metrics_count *before);

/* How long may pass between two follows so that no ring goes round unseen. */
int64_t metrics_count_patience_ms(const struct metrics_count *count);

#endif
