#ifndef WEBMON_FACE_TUI_SHIFT_H
#define WEBMON_FACE_TUI_SHIFT_H
/*
 * Finds in a row of the screen what has moved one column to the left: the histories, all at once,
 * whenever a bin begins. Pure; private to term.
 */
#include <stdbool.h>
#include <string.h>

#include "face/tui/canvas.h"

struct ink;

/* A cell as the terminal was given it. */
struct inked {
	char text[sizeof(((struct cell_glyph *)0)->text)];
	const struct ink *ink; /* NULL: not known */
};

/* Deleting the character in column `from` and inserting a blank in column `to` does most of it. */
struct shift {
	int from, to;
};

static inline bool inked_is_same(const struct inked *a, const struct inked *b)
{
	return a->ink == b->ink && strcmp(a->text, b->text) == 0;
}

/* False where nothing moved, or too little to be worth its bytes. */
bool shift_find(const struct inked *before, const struct inked *now, int width,
		struct shift *shift);

#endif
