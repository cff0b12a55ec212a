#ifndef WEBMON_FACE_ROW_H
#define WEBMON_FACE_ROW_H
/*
 * What the faces show of one target: a copy out of the store with its window statistics, refreshed
 * only where something is new. Table, drill-down and snapshot all read rows. Main thread only.
 */
#include "model/config.h"
#include "store/store.h"

struct row {
	const struct target *target; /* borrowed of the configuration */
	size_t index;
	struct verdict verdict;
	struct cert_facts cert;
	struct stats stats; /* over the window */
	struct sample last; /* newest sample */
	bool has_last;
	bool outdated; /* its recorder has ended: what it was is not told as what it is */
	uint64_t good_24h, failed_24h;
	uint64_t head; /* of the ring when this was copied */
	int64_t statistics_at_ms;
	int64_t due_us, in_flight_since_us; /* CLOCK_MONOTONIC, in a row of the past the wall's; 0:
					       none */
};

struct rows {
	struct row *items; /* by target index */
	size_t count;
	int64_t window_ms;
	struct sample *samples; /* scratch for `capacity` samples: the largest ring */
	int32_t *scratch;
	size_t capacity;
};

#define ROW_WINDOW_MS (60 * 60 * 1000)

/* Returns new; each row blank until the first rows_refresh(). */
struct rows *rows_new(const struct config *config, const struct store *store);
void rows_free(struct rows *rows);

/* Copies what changed; returns true where anything did. Statistics of an unchanged series are
 * recomputed each 30 s. */
bool rows_refresh(struct rows *rows, const struct store *store);

/* Trouble first: down (newest first), slow, unknown, new, up in file order, paused. For qsort of
 * row pointers. */
int row_compare_trouble(const struct row *a, const struct row *b);

/* It answers, but under load. One that is down, paused or not known is that: what its detector
 * made of the failures before is no news beside it. */
static inline bool row_is_loaded(const struct row *row)
{
	return row->verdict.load.level >= LOAD_ELEVATED &&
	       (row->verdict.state == STATE_UP || row->verdict.state == STATE_SLOW);
}

/* Since when it is what its sign says: loaded, or in its state; 0: not known. */
static inline int64_t row_since_ms(const struct row *row)
{
	return row_is_loaded(row) ? row->verdict.load.since_ms : row->verdict.since_ms;
}

struct tally {
	unsigned targets, up, slow, down, unknown, paused;
	unsigned loaded, certs; /* beside the states */
	unsigned loaded_slow;	/* of the loaded ones; the others are up */
	unsigned outdated;	/* of the unknown ones */
	enum state state;	/* the worst: STATE_UP where all is well */
};

struct tally rows_tally(const struct rows *rows);
/* One target more; the worst state is left alone. */
void tally_add(struct tally *tally, const struct row *row);

/* Where load has a count of its own, what it counts is not counted again. */
static inline unsigned tally_up_calm(const struct tally *tally)
{
	return tally->up - (tally->loaded - tally->loaded_slow);
}

static inline unsigned tally_slow_calm(const struct tally *tally)
{
	return tally->slow - tally->loaded_slow;
}

/* 0 all up, 1 slow, loaded, unknown or near a certificate's end, 2 down, 3 not known as nobody checks any more. */
int tally_exit_status(const struct tally *tally);

/* "503", "TIMEOUT", "paused", "…": what stands in the result column. */
void row_result(const struct row *row, char out[16]);

/* Whole days left of the chain's earliest end, by the wall clock; INT_MIN where no certificate is
 * known. */
int row_cert_days(const struct row *row, int64_t now_ms);

#endif
