#ifndef WEBMON_FACE_TUI_GROUPS_H
#define WEBMON_FACE_TUI_GROUPS_H
/*
 * The groups of the targets, in the file's order, and what one line says of each: the worst state
 * with its time, counts, the highest p95, availability of all together. Main thread.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "face/row.h"
#include "face/tui/histories.h"

struct group {
	struct target target; /* stands for the group: its name alone is set */
	struct row row;	      /* the line's: state and since of the worst target, sums of all */
	struct tally tally;
	uint32_t lead;	     /* the worst target */
	int64_t interval_ms; /* the longest of its targets */
	bool folded;
	struct history history; /* of all its targets together; used while its line is in sight */
};

struct groups {
	struct group *items;
	size_t count;
	uint32_t *of; /* by target */
	size_t targets;
	bool named; /* at least one target has a group */
	/* scratch for merging the histories of a group's targets, which lie side by side */
	const struct history **histories;
	const struct bin **bins;
	int32_t *usual_us, *values;
};

void groups_init(struct groups *groups, const struct config *config);
void groups_fini(struct groups *groups);

/* Sums up anew. */
void groups_refresh(struct groups *groups, const struct rows *rows);

/*
 * One bin out of `count` targets' own: checks are added up; the height is the median of the
 * targets' medians, each against its usual (then 1000 is the usual) or, where usual_us is NULL, as
 * it is. scratch has room for `count` values.
 */
void groups_merge_bin(struct bin *out, const struct bin *const *bins, const int32_t *usual_us,
		      size_t count, int32_t *scratch);

#define GROUP_USUAL_US 1000 /* what the usual is in merged bins */

#endif
