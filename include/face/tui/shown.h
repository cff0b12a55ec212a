#ifndef WEBMON_FACE_TUI_SHOWN_H
#define WEBMON_FACE_TUI_SHOWN_H
/*
 * What the terminal shows, cell by cell, and what of a new picture is otherwise. Pure; private to
 * term.
 */
#include <stdbool.h>

#include "face/tui/canvas.h"
#include "face/tui/ink.h"
#include "face/tui/shift.h"

/* Zeroed: of no size. */
struct shown {
	int width, height;
	struct inked *cells;	 /* row by row */
	struct cell_glyph *seen; /* what they came from: a row as before costs one look */
	struct inked *row;	 /* the one being looked at */
	int looked;		 /* its cells */
};

/* Of this size, and forgotten. */
void shown_fit(struct shown *shown, int width, int height);
void shown_fini(struct shown *shown);
/* Nothing shown is known any more: every cell differs. */
void shown_forget(struct shown *shown);

/* Looks at a row of the new picture; false where it is as before. */
bool shown_look(struct shown *shown, struct inks *inks, const struct canvas *canvas, int y);
/* Of the row looked at: it is best begun by moving a part of it by a column. */
bool shown_has_moved(const struct shown *shown, int y, struct shift *shift);
/* Of the row looked at, the first cell from *x on that differs, which is taken as shown from now
 * on; *x gets where. NULL: no more. */
const struct inked *shown_next(struct shown *shown, int y, int *x);

#endif
