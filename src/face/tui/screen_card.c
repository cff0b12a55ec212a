/*
 * The card that says of a column what its number is: window, formula, what is left out, and what it
 * stands on for the selected target.
 */
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "face/tui/state.h"

#define CARD_WIDTH 64

/* One line of at most width columns, broken at a blank; returns what is left. */
static const char *take_line(const char *text, int width, char line[CARD_WIDTH * 4])
{
	const struct text_line fits = text_line(text, strlen(text), width);
	size_t taken = text[fits.bytes] && fits.blank ? fits.blank : fits.bytes;

	text_format(line, CARD_WIDTH * 4, "%.*s", (int)taken, text);
	text += taken;
	return text + (*text == ' ');
}

/* What the numbers of the selected target stand on. */
static void basis(const struct tui *tui, char out[200])
{
	const struct row *row = tui->main.selected < tui->rows->count
					? &tui->rows->items[tui->main.selected]
					: NULL;
	char from[FORMAT_MAX], to[FORMAT_MAX], samples[FORMAT_MAX];

	out[0] = '\0';
	if (!row || !column_table[tui->card].windowed)
		return;
	format_stamp(from, row->stats.from_ms, STAMP_SHORT, tui->utc, tui->now_ms);
	format_stamp(to, row->stats.to_ms, STAMP_SHORT, tui->utc, tui->now_ms);
	format_count(samples, row->stats.samples);
	text_format(out, 200,
		    "%s: %s checks from %s to %s, %u of them failed, %u tainted left out.",
		    row->target->name, samples, from, to, row->stats.failed, row->stats.tainted);
}

static int put_text(struct canvas *canvas, struct rect box, int y, enum style style,
		    const char *text)
{
	char line[CARD_WIDTH * 4];

	while (*text && y < box.y + box.height) {
		text = take_line(text, box.width - 4, line);
		canvas_put(canvas, box, box.x + 2, y++, style, line);
	}
	return y;
}

static int lines_of(const char *text, int width)
{
	char line[CARD_WIDTH * 4];
	int lines = 0;

	while (*text) {
		text = take_line(text, width, line);
		lines++;
	}
	return lines;
}

static void draw_card(const struct tui *tui, struct canvas *canvas)
{
	const struct column *column = &column_table[tui->card];
	struct rect box = {.width = at_most(CARD_WIDTH, canvas->width)};
	char facts[200];
	int y, room = box.width > 4 ? box.width - 4 : 1;

	basis(tui, facts);
	box.height = at_most(2 + lines_of(column->help, room) +
				     (facts[0] ? 1 + lines_of(facts, room) : 0),
			     canvas->height);
	box.x = (canvas->width - box.width) / 2;
	box.y = at_most(5, canvas->height - box.height);
	canvas_bar(canvas, box);
	canvas_rule(canvas, box, box.y, STYLE_TITLE, column->name, NULL);
	y = put_text(canvas, (struct rect){box.x, box.y, box.width, box.height}, box.y + 1,
		     STYLE_BAR, column->help);
	if (facts[0])
		put_text(canvas, box, y + 1, STYLE_BAR_DIM, facts);
	if (box.height > 2)
		canvas_rule(canvas, box, box.y + box.height - 1, STYLE_TITLE, NULL,
			    "any key closes");
}

static bool close_card(struct tui *tui, enum action action, struct tui_request *request)
{
	(void)request;
	if (action == ACTION_QUIT || action == ACTION_SUSPEND || action == ACTION_REDRAW)
		return false;
	tui_pop(tui);
	return true;
}

static bool type_card(struct tui *tui, int key, struct tui_request *request)
{
	(void)request;
	if (keymap_find(&tui->keymap, key, IN_HELP) != ACTION_NONE)
		return false;
	tui_pop(tui);
	return true;
}

static const struct screen screen_card = {
	.name = "column",
	.overlay = true,
	.where = IN_HELP,
	.draw = draw_card,
	.act = close_card,
	.type = type_card,
};

void card_open(struct tui *tui, enum column_id id)
{
	tui->card = id;
	tui_push(tui, &screen_card);
}
