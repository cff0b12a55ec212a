#ifndef WEBMON_FACE_TUI_MARKS_H
#define WEBMON_FACE_TUI_MARKS_H
/*
 * What happened to a target, as marks on its time axis: when something about it changed (address,
 * certificate, server), and from when to when it was under load. Main thread.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "face/tui/incidents.h"
#include "store/store.h"

#define MARKS_MAX 24 /* the newest of each sort */

struct change_mark {
	int64_t at_ms;
	char text[120];
};

struct load_mark {
	int64_t from_ms, to_ms; /* INT64_MAX: goes on */
};

/* Zeroed: of no target. */
struct marks {
	bool known;
	size_t target;
	uint64_t next;			       /* event to be read */
	struct change_mark changes[MARKS_MAX]; /* oldest first */
	struct load_mark loads[MARKS_MAX];     /* newest first */
	int change_count, load_count;
};

void marks_refresh(struct marks *marks, const struct store *store,
		   const struct incidents *incidents, size_t target);

/* Whether the target was under load at some time from from_ms to before to_ms. */
bool marks_load_within(const struct marks *marks, int64_t from_ms, int64_t to_ms);

#endif
