#ifndef WEBMON_FACE_TUI_CANVAS_H
#define WEBMON_FACE_TUI_CANVAS_H
/*
 * The picture before it meets a terminal: a grid of cells, each one character cluster and one style
 * role. Everything draws here; term.c alone knows ncurses and blits what changed. Drawing outside
 * is clipped, never an error. Main thread.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "face/tui/style.h"

struct cell_glyph {
	/* UTF-8 of the base character and its combining marks; "" right of a wide one */
	char    text[12];
	uint8_t style;      /* enum style */
	/* enum style whose ground lies under it (selected row); STYLE_TEXT: none */
	uint8_t under;
};

struct canvas {
	int width, height;
	/* only ASCII is drawn: webmon's own signs become their ASCII ones, other characters '?' */
	bool ascii;
	/* no colours: what colour alone would tell gets a letter (the stacked phase bar) */
	bool mono;
	struct cell_glyph *cells; /* row by row */
	int cursor_x, cursor_y;   /* where the real cursor is parked; -1: nowhere */
	bool cursor_visible;
};

struct rect { int x, y, width, height; };

static inline int at_most(int value, int most)
{
	return value < most ? value : most;
}

struct canvas *canvas_new(int width, int height);
void canvas_free(struct canvas *canvas);
/* Blank in STYLE_TEXT. Resizing keeps nothing. */
void canvas_resize(struct canvas *canvas, int width, int height);
void canvas_clear(struct canvas *canvas);

/*
 * Writes text from x on; columns outside clip are dropped, a wide character never half. Returns the
 * column after the last, also where that lies outside. Text must be clean. The ground laid by
 * canvas_under stays.
 */
int canvas_put(struct canvas *canvas, struct rect clip, int x, int y, enum style style,
	       const char *text);
/* The same, formatted; at most 1 KiB. */
int canvas_printf(struct canvas *canvas, struct rect clip, int x, int y, enum style style,
		  const char *format, ...) __attribute__((format(printf, 6, 7)));
/* Fitted into width columns (cut with …), padded with blanks; right: padded on the left. Returns x
 * + width. */
int canvas_put_fit(struct canvas *canvas, struct rect clip, int x, int y, int width, bool right,
		   enum style style, const char *text);
/* As canvas_put_fit, cut in the middle: for names. */
int canvas_put_name(struct canvas *canvas, struct rect clip, int x, int y, int width,
		    enum style style, const char *text);
/* The area full of one character; the ground laid by canvas_under goes. */
void canvas_fill(struct canvas *canvas, struct rect area, enum style style, const char *character);
/* A rule over the whole clip width with an optional title on the left and a note on the right, as
 * in "── errors ───── 5 open ──". */
void canvas_rule(struct canvas *canvas, struct rect clip, int y, enum style title_style,
		 const char *title, const char *note);
/* Lays the ground of `style` under a whole area (the selected row) without touching its characters
 * and foregrounds. */
void canvas_under(struct canvas *canvas, struct rect area, enum style style);
/* An empty area of the bars' ground: what is put on it in another style keeps the ground. */
void canvas_bar(struct canvas *canvas, struct rect area);
/* The selected line, after its text: ground, marker, and the cursor parked there for braille
 * displays. */
void canvas_select(struct canvas *canvas, struct rect line, bool marker);

struct rect canvas_area(const struct canvas *canvas);
struct rect rect_inset(struct rect r, int left, int top, int right, int bottom);
/* Cuts `height` lines off the top of what is left; less where there is less. */
struct rect rect_cut_top(struct rect *rest, int height);
bool rect_holds(struct rect r, int x, int y);

/* For tests and "leave the last picture": lines of text, trailing blanks removed, newline after
 * each. Returns new. */
char *canvas_text(const struct canvas *canvas);
/*
 * For tests: the style of each column as one letter from style_table, plain text as a blank, plain
 * text on a selected row as the letter of its ground. Returns new.
 */
char *canvas_styles(const struct canvas *canvas);

#endif
