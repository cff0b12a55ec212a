#ifndef WEBMON_FACE_COLUMN_H
#define WEBMON_FACE_COLUMN_H
/*
 * The one table of columns: status table, sort menu, snapshot and csv are made from it. Pure; any
 * thread.
 */
#include "face/row.h"

enum column_id {
	COLUMN_SIGN,
	COLUMN_TARGET,
	COLUMN_RESULT,
	COLUMN_LAST,
	COLUMN_P50,
	COLUMN_P95,
	COLUMN_LOAD,
	COLUMN_HISTORY,
	COLUMN_UP,
	COLUMN_FOR,
	COLUMN_CERT,
	COLUMN_GROUP,
	COLUMN_DETAIL, /* snapshot only */
	COLUMN_COUNT
};

/* What a cell means, for colour: the theme decides how it looks. */
enum cell_role {
	CELL_PLAIN,
	CELL_DIM,
	CELL_STRONG,
	CELL_UP,
	CELL_SLOW,
	CELL_DOWN,
	CELL_PAUSED,
	CELL_CERT,
	CELL_STALE
};

struct column_view {
	bool ascii;
	int64_t now_ms, now_mono_us;
};

struct cell {
	char text[64];
	enum cell_role role;
};

struct column {
	const char *name;  /* "p95": sort menu, [view.N] */
	const char *title; /* head of the table */
	const char *help;  /* what the number is: window, formula, exclusions */
	int width; /* columns on the screen, blank between columns not counted; 0: takes the rest */
	bool right;
	void (*cell)(const struct row *row, const struct column_view *view,
		     struct cell *out); /* NULL: drawn by the table itself */
	int (*compare)(const struct row *a, const struct row *b); /* NULL: cannot be sorted by */
	bool windowed; /* it stands on the checks of the row's window */
};

extern const struct column column_table[COLUMN_COUNT];

/* "12m 34s" and "23h 59m" are wider than a column of lengths: the smaller unit goes. */
void column_fit_length(char *text);

/* "6.4× srv": present to usual, and where it is lost; without a ratio the cause alone. */
void column_load_text(const struct load_verdict *load, bool ascii, char *out, size_t capacity);

enum column_id column_by_name(const char *name); /* COLUMN_COUNT where unknown */

enum cell_role state_role(enum state state);

#endif
