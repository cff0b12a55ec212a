#ifndef WEBMON_FACE_TUI_FOLD_H
#define WEBMON_FACE_TUI_FOLD_H
/*
 * The lines of the error list: an incident each or, folded, all alike in one: the same target and
 * kind and, of failures, the same fingerprint. Memory is that of as many incidents as there can be.
 * Main thread.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/verdict.h"

struct fold_line {
	uint32_t place;		   /* of the newest incident among those shown */
	uint32_t incidents;	   /* in this line */
	uint32_t count;		   /* checks concerned, of all */
	int64_t first_ms, last_ms; /* opened first; newest activity */
	int64_t length_ms;	   /* of all, added up */
	struct fold_key {
		uint32_t target;
		enum incident_kind kind;
		uint64_t fingerprint; /* of failures; 0 of all else */
	} key;
};

struct fold {
	struct fold_line *lines;
	size_t count, capacity;
	uint32_t *slots; /* lines by key: open addressing, 0: free, else the line + 1 */
	size_t slot_count;
	bool folded;
};

void fold_init(struct fold *fold, size_t capacity);
void fold_fini(struct fold *fold);

/* No line yet. */
void fold_begin(struct fold *fold, bool folded);
/* One incident more. */
struct fold_item {
	const struct incident *incident;
	const char *words; /* what went wrong, without how often and how long */
	uint32_t place;
};

/* Newest first; returns the place of its line. */
size_t fold_add(struct fold *fold, const struct fold_item *item, int64_t now_ms);

#endif
