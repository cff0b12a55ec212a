/*
 * A grid of cells. Everything the dashboard shows is put here first, so that pictures can be
 * compared in tests and only one file has to know a terminal. Main thread.
 *
 * The one invariant: a wide character owns two cells, the right one with empty text. Whatever
 * overwrites one half blanks the other, and a wide character that would stick out of its clip is
 * not drawn, so no half is ever left.
 */
#include "face/tui/canvas.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define LINE_MAX_BYTES 1024

static const char blank[] = " ";

/* What an ASCII terminal shows of webmon's own signs; any other character becomes '?'. */
static const struct {
	uint32_t character;
	char ascii;
} ascii_signs[] = {
	/* clang-format off */
	{0xa0, ' '}, {0xb7, '-'}, {0xd7, 'x'}, {0x2009, ' '}, {0x2010, '-'}, {0x2011, '-'},
	{0x2012, '-'}, {0x2013, '-'}, {0x2014, '-'}, {0x2016, '='}, {0x2018, '\''},
	{0x2019, '\''}, {0x201c, '"'}, {0x201d, '"'}, {0x2022, '*'}, {0x2026, '~'},
	{0x2039, '<'}, {0x203a, '>'}, {0x202f, ' '}, {0x2190, '<'}, {0x2191, '^'},
	{0x2192, '>'}, {0x2193, 'v'}, {0x21b5, '<'}, {0x2212, '-'}, {0x258c, '>'},
	{0x25b2, '!'}, {0x25b4, '^'}, {0x25b8, '>'}, {0x25be, 'v'}, {0x25c2, '<'},
	{0x25c6, '^'}, {0x25cc, '?'}, {0x25cf, '.'}, {0x2717, 'X'},
	/* clang-format on */
};

static char ascii_of(uint32_t character)
{
	for (size_t i = 0; i < sizeof ascii_signs / sizeof *ascii_signs; i++) {
		if (ascii_signs[i].character == character) {
			return ascii_signs[i].ascii;
		}
	}
	if (character >= 0x2500 && character < 0x2580) { /* box drawing */
		return character == 0x2502 || character == 0x2503 ? '|'
		       : character < 0x250c			  ? '-'
								  : '+';
	}
	return character >= 0x2581 && character <= 0x2588 ? "_.-:=+*#"[character - 0x2581] : '?';
}

static int max_int(int a, int b)
{
	return a > b ? a : b;
}

/* Never negative in size. The edges are summed in 64 bits: callers may give "to the end" as
 * INT_MAX. */
static struct rect rect_clip(const struct canvas *canvas, struct rect r)
{
	int64_t right = (int64_t)r.x + max_int(r.width, 0),
		bottom = (int64_t)r.y + max_int(r.height, 0);
	struct rect out = {.x = max_int(r.x, 0), .y = max_int(r.y, 0)};

	right = right < canvas->width ? right : canvas->width;
	bottom = bottom < canvas->height ? bottom : canvas->height;
	out.width = (int)(right > out.x ? right - out.x : 0);
	out.height = (int)(bottom > out.y ? bottom - out.y : 0);
	return out;
}

static struct cell_glyph *cell_at(const struct canvas *canvas, int x, int y)
{
	return &canvas->cells[(size_t)y * (size_t)canvas->width + (size_t)x];
}

/* Before the cell is overwritten: the other half of a wide character becomes a blank. */
static void break_wide(struct canvas *canvas, int x, int y)
{
	struct cell_glyph *cell = cell_at(canvas, x, y);

	if (!*cell->text && x > 0) {
		memcpy(cell[-1].text, blank, sizeof blank);
	}
	if (x + 1 < canvas->width && !*cell[1].text) {
		memcpy(cell[1].text, blank, sizeof blank);
	}
}

/* Where and how a text is written: one row, the columns that may be touched, the next one. */
struct stroke {
	struct canvas *canvas;
	int left, right, y; /* right: the first column not touched */
	int x;
	enum style style;
};

static struct stroke stroke_at(struct canvas *canvas, struct rect clip, int x, int y)
{
	struct rect in = rect_clip(canvas, clip);
	bool inside = y >= in.y && y < in.y + in.height;

	return (struct stroke){.canvas = canvas,
			       .left = in.x,
			       .right = inside ? in.x + in.width : in.x,
			       .y = y,
			       .x = x};
}

/* One cell, where it is inside; `under` stays. */
static void set_cell(const struct stroke *stroke, int x, const char *text, size_t size)
{
	struct cell_glyph *cell;

	if (x < stroke->left || x >= stroke->right) {
		return;
	}
	break_wide(stroke->canvas, x, stroke->y);
	cell = cell_at(stroke->canvas, x, stroke->y);
	memcpy(cell->text, text, size);
	cell->text[size] = '\0';
	cell->style = (uint8_t)stroke->style;
}

static void add_combining(const struct stroke *stroke, const char *text, size_t size)
{
	struct cell_glyph *cell;
	size_t length;
	int x = stroke->x - 1;

	if (x < stroke->left || x >= stroke->right) {
		return;
	}
	cell = cell_at(stroke->canvas, x, stroke->y);
	if (!*cell->text && x > stroke->left) {
		cell--;
	}
	length = strlen(cell->text);
	if (length && length + size < sizeof cell->text) {
		memcpy(cell->text + length, text, size);
		cell->text[length + size] = '\0';
	}
}

static void stroke_put_ascii(struct stroke *stroke, uint32_t character, int width)
{
	char sign = character < 0x80 ? (char)character : ascii_of(character);

	for (int i = 0; i < width; i++) {
		set_cell(stroke, stroke->x++, &sign, 1);
	}
}

static void stroke_put(struct stroke *stroke, const char *text, size_t size, uint32_t character)
{
	int width = text_char_width(character);

	if (stroke->canvas->ascii) {
		stroke_put_ascii(stroke, character, width);
	} else if (width == 0) {
		add_combining(stroke, text, size);
	} else if (width == 2 && stroke->x >= stroke->left && stroke->x + 2 <= stroke->right) {
		set_cell(stroke, stroke->x, text, size);
		set_cell(stroke, stroke->x + 1, "", 0);
		stroke->x += 2;
	} else { /* of a wide character cut by the clip remain blanks */
		bool cut = width == 2;

		for (int i = 0; i < width; i++) {
			set_cell(stroke, stroke->x++, cut ? blank : text, cut ? 1 : size);
		}
	}
}

static void stroke_text(struct stroke *stroke, const char *text)
{
	uint32_t character;
	int size;

	while ((size = text_decode(text, &character)) > 0) {
		if (character < 0x20 ||
		    character == 0x7f) { /* a caller's mistake must not move the cursor */
			stroke_put(stroke, "?", 1, '?');
		} else {
			stroke_put(stroke, text, (size_t)size, character);
		}
		text += size;
	}
}

static void stroke_blanks(struct stroke *stroke, int count)
{
	for (int i = 0; i < count; i++) {
		set_cell(stroke, stroke->x++, blank, 1);
	}
}

static bool is_cell_plain(const struct cell_glyph *cell)
{
	return cell->style == STYLE_TEXT && cell->under == STYLE_TEXT;
}

struct canvas *canvas_new(int width, int height)
{
	struct canvas *canvas = x_calloc(1, sizeof *canvas);

	canvas_resize(canvas, width, height);
	return canvas;
}

void canvas_free(struct canvas *canvas)
{
	if (canvas) {
		free(canvas->cells);
		free(canvas);
	}
}

void canvas_resize(struct canvas *canvas, int width, int height)
{
	size_t count;

	canvas->width = max_int(width, 0);
	canvas->height = max_int(height, 0);
	count = (size_t)canvas->width * (size_t)canvas->height;
	canvas->cells = x_realloc(canvas->cells, (count ? count : 1) * sizeof *canvas->cells);
	canvas_clear(canvas);
}

void canvas_clear(struct canvas *canvas)
{
	static const struct cell_glyph empty = {
		.text = " ", .style = STYLE_TEXT, .under = STYLE_TEXT};
	size_t count = (size_t)canvas->width * (size_t)canvas->height;

	for (size_t i = 0; i < count; i++) {
		canvas->cells[i] = empty;
	}
	canvas->cursor_x = canvas->cursor_y = -1;
	canvas->cursor_visible = false;
}

int canvas_put(struct canvas *canvas, struct rect clip, int x, int y, enum style style,
	       const char *text)
{
	struct stroke stroke = stroke_at(canvas, clip, x, y);

	stroke.style = style;
	stroke_text(&stroke, text);
	return stroke.x;
}

int canvas_printf(struct canvas *canvas, struct rect clip, int x, int y, enum style style,
		  const char *format, ...)
{
	char raw[LINE_MAX_BYTES], text[LINE_MAX_BYTES];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(raw, sizeof raw, format, arguments);
	va_end(arguments);
	text_copy(text, sizeof text, raw); /* snprintf may have cut inside a character */
	return canvas_put(canvas, clip, x, y, style, text);
}

int canvas_put_fit(struct canvas *canvas, struct rect clip, int x, int y, int width, bool right,
		   enum style style, const char *text)
{
	char fitted[LINE_MAX_BYTES];
	struct stroke stroke = stroke_at(canvas, clip, x, y);
	int used;

	if (width <= 0) {
		return x;
	}
	used = text_fit(fitted, sizeof fitted, text, width, CUT_END, canvas->ascii);
	stroke.style = style;
	stroke_blanks(&stroke, right ? width - used : 0);
	stroke_text(&stroke, fitted);
	stroke_blanks(&stroke, right ? 0 : width - used);
	return x + width;
}

int canvas_put_name(struct canvas *canvas, struct rect clip, int x, int y, int width,
		    enum style style, const char *text)
{
	char fitted[LINE_MAX_BYTES];
	struct stroke stroke = stroke_at(canvas, clip, x, y);
	int used;

	if (width <= 0) {
		return x;
	}
	used = text_fit(fitted, sizeof fitted, text, width, CUT_MIDDLE, canvas->ascii);
	stroke.style = style;
	stroke_text(&stroke, fitted);
	stroke_blanks(&stroke, width - used);
	return x + width;
}

void canvas_fill(struct canvas *canvas, struct rect area, enum style style, const char *character)
{
	struct rect in = rect_clip(canvas, area);
	uint32_t decoded;
	size_t size = (size_t)text_decode(character, &decoded);

	if (!size || text_char_width(decoded) == 0) {
		character = blank;
		decoded = ' ';
		size = 1;
	}
	for (int y = in.y; y < in.y + in.height; y++) {
		struct stroke stroke = stroke_at(canvas, in, in.x, y);

		stroke.style = style;
		while (stroke.x < stroke.right) {
			cell_at(canvas, stroke.x, y)->under = STYLE_TEXT;
			stroke_put(&stroke, character, size, decoded);
		}
	}
}

void canvas_rule(struct canvas *canvas, struct rect clip, int y, enum style title_style,
		 const char *title, const char *note)
{
	struct rect in = rect_clip(canvas, clip);
	int title_width = title ? text_width(title) : 0, note_width = note ? text_width(note) : 0;
	int end = in.x + in.width, used = title_width ? title_width + 5 : 2;

	if (y < in.y || y >= in.y + in.height) {
		return;
	}
	canvas_fill(canvas, (struct rect){in.x, y, in.width, 1}, STYLE_RULE,
		    canvas->ascii ? "-" : "─");
	if (title_width) {
		title_width = at_most(title_width, in.width - 6);
		if (title_width > 0) {
			canvas_put(canvas, in, in.x + 2, y, STYLE_RULE, blank);
			canvas_put_fit(canvas, in, in.x + 3, y, title_width, false, title_style,
				       title);
			canvas_put(canvas, in, in.x + 3 + title_width, y, STYLE_RULE, blank);
		}
	}
	if (note_width &&
	    used + note_width + 6 <= in.width) { /* the note goes first where it is narrow */
		int x = end - note_width - 4;

		canvas_put(canvas, in, x, y, STYLE_RULE, blank);
		x = canvas_put(canvas, in, x + 1, y, STYLE_DIM, note);
		canvas_put(canvas, in, x, y, STYLE_RULE, blank);
	}
}

void canvas_under(struct canvas *canvas, struct rect area, enum style style)
{
	struct rect in = rect_clip(canvas, area);

	for (int y = in.y; y < in.y + in.height; y++) {
		for (int x = in.x; x < in.x + in.width; x++) {
			cell_at(canvas, x, y)->under = (uint8_t)style;
		}
	}
}

void canvas_bar(struct canvas *canvas, struct rect area)
{
	canvas_fill(canvas, area, STYLE_BAR, blank);
	canvas_under(canvas, area, STYLE_BAR);
}

void canvas_select(struct canvas *canvas, struct rect line, bool marker)
{
	canvas_under(canvas, line, STYLE_SELECTED);
	if (marker)
		canvas_put(canvas, line, line.x, line.y, STYLE_TEXT, "▌");
	canvas->cursor_x = line.x;
	canvas->cursor_y = line.y;
}

struct rect canvas_area(const struct canvas *canvas)
{
	return (struct rect){0, 0, canvas->width, canvas->height};
}

struct rect rect_inset(struct rect r, int left, int top, int right, int bottom)
{
	return (struct rect){r.x + left, r.y + top, max_int(r.width - left - right, 0),
			     max_int(r.height - top - bottom, 0)};
}

struct rect rect_cut_top(struct rect *rest, int height)
{
	struct rect taken = *rest;

	taken.height = at_most(max_int(height, 0), rest->height);
	rest->y += taken.height;
	rest->height -= taken.height;
	return taken;
}

bool rect_holds(struct rect r, int x, int y)
{
	return x >= r.x && x < r.x + r.width && y >= r.y && y < r.y + r.height;
}

char *canvas_text(const struct canvas *canvas)
{
	size_t row_bytes = (size_t)canvas->width * (sizeof canvas->cells->text - 1) + 1;
	char *text = x_malloc(row_bytes * (size_t)canvas->height + 1), *out = text;

	for (int y = 0; y < canvas->height; y++) {
		char *end = out;

		for (int x = 0; x < canvas->width; x++) {
			const char *glyph = cell_at(canvas, x, y)->text;
			size_t size = strlen(glyph);

			memcpy(out, glyph, size);
			out += size;
			end = strcmp(glyph, blank) != 0 ? out : end;
		}
		*end = '\n';
		out = end + 1;
	}
	*out = '\0';
	return text;
}

char *canvas_styles(const struct canvas *canvas)
{
	char *text = x_malloc(((size_t)canvas->width + 1) * (size_t)canvas->height + 1),
	     *out = text;

	for (int y = 0; y < canvas->height; y++) {
		char *end = out;

		for (int x = 0; x < canvas->width; x++) {
			const struct cell_glyph *cell = cell_at(canvas, x, y);
			enum style style = cell->style == STYLE_TEXT ? cell->under : cell->style;

			*out++ = style_table[style].letter;
			end = is_cell_plain(cell) ? end : out;
		}
		*end = '\n';
		out = end + 1;
	}
	*out = '\0';
	return text;
}
