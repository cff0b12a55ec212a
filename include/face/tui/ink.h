#ifndef WEBMON_FACE_TUI_INK_H
#define WEBMON_FACE_TUI_INK_H
/*
 * What the cells of a canvas look like on this terminal: each role on each ground worked out once.
 * Private to term.
 */
#include "face/tui/canvas.h"
#include "face/tui/paint.h"
#include "face/tui/shift.h"

#define INK_PAIRS_MAX 256

/* How a role on a ground looks here. */
struct ink {
	bool known;
	struct paint paint;
	int pair; /* of colours; 0: the terminal's own */
};

struct inks {
	struct theme theme;
	enum depth depth;
	int pair_limit; /* pairs the terminal has */
	bool (*define)(int pair, int foreground,
		       int background);		    /* tells the terminal of a new pair */
	struct ink table[STYLE_COUNT][STYLE_COUNT]; /* role, ground */
	struct paint pairs[INK_PAIRS_MAX];	    /* their colours */
	int pair_count;
};

/* Forgets all that was worked out. Inks of rows made before mean nothing any more. */
void inks_use_theme(struct inks *inks, const struct theme *theme);

/* One row of a canvas as the terminal is to be given it. */
void inks_row(struct inks *inks, const struct cell_glyph *cells, int width, struct inked *row);

#endif
