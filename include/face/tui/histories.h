#ifndef WEBMON_FACE_TUI_HISTORIES_H
#define WEBMON_FACE_TUI_HISTORIES_H
/*
 * The bins behind the histories and the chart, computed only for what is seen and only when a
 * sample came or the bin moved on. All targets share the same bins, so an outage of many shows as
 * one vertical stripe. Main thread.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "face/row.h"
#include "face/tui/walk.h"
#include "store/store.h"

#define ZOOM_COUNT 8
extern const int64_t zoom_ms[ZOOM_COUNT]; /* 1 s 2 s 5 s 15 s 1 min 5 min 15 min 1 h */

/* The zoom to begin with: the narrowest bin in which nine targets of ten have a check. */
int zoom_default(const struct config *config);

#define HISTORY_COLUMNS_MAX 512 /* the chart's; a row's history has at most HISTORY_BINS_MAX */

/* One series of bins; zeroed: empty. */
struct history {
	struct bin *bins; /* newest last */
	int count, capacity;
	struct bin_before before; /* of all kinds together: where a kind is wanted there is none */
	int64_t width_ms, end; /* end: number of the newest bin */
	uint64_t head;         /* of the ring when computed */
	size_t target;
	unsigned flag, value;
	int32_t top_us; /* 1.25 x p95 of the medians shown; ABSENT_US without */
	bool known;
};

void history_init(struct history *history, int capacity);
void history_fini(struct history *history);

/* What is to be shown. */
struct history_wish {
	const struct row *row;
	int count;
	int64_t width_ms, end_ms;
	/* only samples whose flag (enum sample_flag) is so; flag 0: all. What is older than the raw
	 * samples is not kept apart: it stands in the series of those without the flag. */
	unsigned flag, value;
};

/* Computes where it is stale; returns true where it was. scratch is the rows' own. */
bool history_refresh(struct history *history, const struct store *store, const struct rows *scratch,
		     const struct history_wish *wish);

/* Sets top_us by the bins as they are: for bins that somebody else has filled. */
void history_scale(struct history *history);

#endif
