#ifndef WEBMON_FACE_TUI_PEN_H
#define WEBMON_FACE_TUI_PEN_H
/*
 * Writing along one line in changing styles: "up 98.61 % 24 h" with the number strong and the rest
 * dim.
 */
#include "face/tui/canvas.h"

struct pen {
	struct canvas *canvas;
	struct rect clip;
	int x, y;
};

static inline struct pen pen_at(struct canvas *canvas, struct rect line, int x)
{
	return (struct pen){canvas, line, line.x + x, line.y};
}

void pen_put(struct pen *pen, enum style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Only where there is room for all of it; false where there is not. */
bool pen_put_whole(struct pen *pen, enum style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Something is being typed, and goes on here: the cursor, on a blank of the input's ground. */
void pen_put_cursor(struct pen *pen);

/* So that a text of that many columns ends at the line's right edge, `margin` columns kept free. */
void pen_right(struct pen *pen, int columns, int margin);

#endif
