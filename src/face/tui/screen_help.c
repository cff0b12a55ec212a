/*
 * Help for the screen it was called on, made from the table of actions, and what the signs mean.
 * Two columns where there is room; what does not fit scrolls; any other key closes.
 */
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "face/tui/list.h"
#include "face/tui/pen.h"
#include "face/tui/state.h"

#define HELP_LINES  96
#define TWO_COLUMNS 76

enum kind { LINE_BLANK, LINE_GROUP, LINE_ENTRY };

struct line {
	enum kind kind;
	char keys[96], text[64];
};

struct lines {
	struct line items[HELP_LINES];
	size_t count, second; /* second: where the right column begins */
};

static void add(struct lines *lines, enum kind kind, const char *keys, const char *text)
{
	struct line *line = &lines->items[lines->count];

	if (lines->count == HELP_LINES)
		return;
	line->kind = kind;
	text_copy(line->keys, sizeof(line->keys), keys);
	text_copy(line->text, sizeof(line->text), text);
	lines->count++;
}

static void add_keys(const struct tui *tui, struct lines *lines)
{
	const char *group = "";
	struct help_line help;
	int cursor = 0;

	while (keymap_help(&tui->keymap, tui->help.where, tui->ascii, &cursor, &help)) {
		if (!help.keys[0])
			continue;
		if (strcmp(group, help.group) != 0) {
			if (lines->count)
				add(lines, LINE_BLANK, "", "");
			/* moving and looking left, the rest right */
			if (!lines->second && strcmp(help.group, "time") == 0)
				lines->second = lines->count;
			add(lines, LINE_GROUP, help.group, "");
			group = help.group;
		}
		add(lines, LINE_ENTRY, help.keys, help.help);
	}
}

static void add_signs(const struct tui *tui, struct lines *lines)
{
	const struct glyphs *glyphs = &tui->theme.glyphs;
	char bars[80] = "", signs[64], usual[48];

	for (int i = 0; i < 8; i++)
		text_format(bars + strlen(bars), sizeof(bars) - strlen(bars), "%s",
			    glyphs->bars[i]);
	text_format(signs, sizeof(signs), "%s %s %s %s %s", glyphs->up, glyphs->slow, glyphs->down,
		    glyphs->paused, glyphs->fresh);
	text_format(usual, sizeof(usual), "%s usual, +2 doubles", glyphs->bars[1]);
	add(lines, LINE_BLANK, "", "");
	add(lines, LINE_GROUP, "signs", "");
	add(lines, LINE_ENTRY, signs, "up slow down paused new");
	text_format(signs, sizeof(signs), "%s %s %s", glyphs->loaded, glyphs->late,
		    tui->ascii ? "~" : "…");
	add(lines, LINE_ENTRY, signs, "loaded unknown hanging");
	add(lines, LINE_ENTRY, bars, usual);
	add(lines, LINE_ENTRY, "T C D S", "time-out connect dns tls");
	add(lines, LINE_ENTRY, "4 5 B R X", "4xx 5xx body redirect else");
	add(lines, LINE_ENTRY, tui->ascii ? "'" : "·", "no check");
}

/* What the picture costs on the way to the terminal. */
static void add_meter(const struct tui *tui, struct lines *lines)
{
	double rate = tui_byte_rate(tui);
	char bytes[FORMAT_MAX], second[FORMAT_MAX], text[64];

	if (!tui->meter.bytes)
		return;
	format_bytes(bytes, tui->meter.bytes);
	format_bytes(second, rate > 0 ? (uint64_t)rate : 0);
	text_format(text, sizeof(text), "written%s%s%s", rate >= 0 ? ", " : "",
		    rate >= 0 ? second : "", rate >= 0 ? "/s of late" : "");
	add(lines, LINE_BLANK, "", "");
	add(lines, LINE_GROUP, "terminal", "");
	add(lines, LINE_ENTRY, bytes, text);
}

static void build(const struct tui *tui, struct lines *lines)
{
	memset(lines, 0, sizeof(*lines));
	add_keys(tui, lines);
	add_signs(tui, lines);
	add_meter(tui, lines);
	if (!lines->second)
		lines->second = lines->count;
}

static bool in_two(const struct tui *tui)
{
	return tui->width >= TWO_COLUMNS;
}

static int page_height(const struct tui *tui)
{
	return tui->height > 3 ? tui->height - 2 : 1;
}

static void prepare(struct tui *tui)
{
	struct help_state *help = &tui->help;
	struct lines lines;
	size_t right;

	build(tui, &lines);
	right = lines.count - lines.second;
	help->lines = !in_two(tui) ? lines.count : lines.second > right ? lines.second : right;
	help->page = (size_t)page_height(tui);
	if (help->top + help->page > help->lines)
		help->top = help->lines > help->page ? help->lines - help->page : 0;
}

static void draw_line(struct canvas *canvas, struct rect area, const struct line *line, int keys)
{
	struct pen pen = pen_at(canvas, area, 1);

	if (line->kind == LINE_GROUP) {
		pen_put(&pen, STYLE_TITLE, "%s", line->keys);
	} else if (line->kind == LINE_ENTRY) {
		canvas_put_fit(canvas, area, area.x + 2, area.y, keys, false, STYLE_KEY,
			       line->keys);
		canvas_put_fit(canvas, area, area.x + 3 + keys, area.y, area.width - keys - 3,
			       false, STYLE_TEXT, line->text);
	}
}

static void draw_column(const struct tui *tui, struct canvas *canvas, struct rect area,
			const struct lines *lines, size_t from, size_t to)
{
	int keys = 0;

	for (size_t i = from; i < to; i++) {
		int width = lines->items[i].kind == LINE_ENTRY
				    ? text_width(lines->items[i].keys) + 1
				    : 0;

		keys = width > keys ? width : keys;
	}
	keys = keys < area.width / 2 ? keys : area.width / 2;
	for (int y = 0; y < area.height && from + tui->help.top + (size_t)y < to; y++)
		draw_line(canvas, (struct rect){area.x, area.y + y, area.width, 1},
			  &lines->items[from + tui->help.top + (size_t)y], keys);
}

static void draw(const struct tui *tui, struct canvas *canvas)
{
	struct rect top = {0, 0, canvas->width, 1}, area = {0, 2, canvas->width, page_height(tui)};
	bool scrolls = tui->help.lines > tui->help.page;
	const char *note = scrolls ? "other keys close" : "any key closes";
	struct pen pen = pen_at(canvas, top, 1);
	struct lines lines;

	build(tui, &lines);
	if (canvas->height < 4)
		area.y = 1;
	canvas_bar(canvas, top);
	pen_put(&pen, STYLE_BAR_STRONG, "webmon help");
	if (canvas->width >= 60)
		pen_put(&pen, STYLE_BAR_DIM, "  %s", tui->help.about ? tui->help.about->name : "");
	pen_right(&pen, text_width(note) + (scrolls ? 6 : 0), 1);
	if (scrolls)
		pen_put(&pen, STYLE_BAR_STRONG, "↑ ↓   ");
	if (canvas->width >= 40)
		pen_put(&pen, STYLE_BAR_DIM, "%s", note);
	if (!in_two(tui)) {
		draw_column(tui, canvas, area, &lines, 0, lines.count);
		return;
	}
	area.width /= 2;
	draw_column(tui, canvas, area, &lines, 0, lines.second);
	area.x += area.width;
	area.width = canvas->width - area.x;
	draw_column(tui, canvas, area, &lines, lines.second, lines.count);
}

/* Moving keys scroll where there is something to scroll to. */
static bool act(struct tui *tui, enum action action, struct tui_request *request)
{
	struct help_state *help = &tui->help;
	size_t top = help->top;

	(void)request;
	if (help->lines > help->page &&
	    list_move(action, &top, help->lines - help->page + 1, help->page)) {
		help->top = top;
		return true;
	}
	if (action == ACTION_QUIT || action == ACTION_SUSPEND || action == ACTION_REDRAW)
		return false;
	tui_pop(tui);
	return true;
}

static bool type(struct tui *tui, int key, struct tui_request *request)
{
	(void)request;
	if (keymap_find(&tui->keymap, key, IN_HELP) != ACTION_NONE)
		return false;
	tui_pop(tui);
	return true;
}

const struct screen screen_help = {
	.name = "help",
	.where = IN_HELP,
	.prepare = prepare,
	.draw = draw,
	.act = act,
	.type = type,
};
