/*
 * The pen. Draws only.
 */
#include "face/tui/pen.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

#define PIECE_MAX 512

static void compose(char text[PIECE_MAX], const char *format, va_list arguments)
{
	char raw[PIECE_MAX];

	vsnprintf(raw, sizeof(raw), format, arguments);
	text_copy(text, PIECE_MAX, raw); /* never cut inside a character */
}

void pen_put(struct pen *pen, enum style style, const char *format, ...)
{
	char text[PIECE_MAX];
	va_list arguments;

	va_start(arguments, format);
	compose(text, format, arguments);
	va_end(arguments);
	pen->x = canvas_put(pen->canvas, pen->clip, pen->x, pen->y, style, text);
}

bool pen_put_whole(struct pen *pen, enum style style, const char *format, ...)
{
	char text[PIECE_MAX];
	va_list arguments;

	va_start(arguments, format);
	compose(text, format, arguments);
	va_end(arguments);
	if (pen->x + text_width(text) > pen->clip.x + pen->clip.width)
		return false;
	pen->x = canvas_put(pen->canvas, pen->clip, pen->x, pen->y, style, text);
	return true;
}

void pen_put_cursor(struct pen *pen)
{
	int end = pen->clip.x + pen->clip.width;

	pen->canvas->cursor_x = pen->x < end ? pen->x : end - 1;
	pen->canvas->cursor_y = pen->y;
	pen->canvas->cursor_visible = true;
	pen_put(pen, STYLE_INPUT, " ");
}

void pen_right(struct pen *pen, int columns, int margin)
{
	pen->x = pen->clip.x + pen->clip.width - margin - columns;
}
