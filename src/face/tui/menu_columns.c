/*
 * The columns of the status table: which are shown, and in what order. What is chosen is seen at
 * once.
 */
#include <string.h>

#include "base/text.h"
#include "face/tui/list.h"
#include "face/tui/state.h"

#define WIDTH_LEAST 46
#define WIDTH_MOST  62 /* beside it the table is seen change */

static bool is_offered(enum column_id id)
{
	return id != COLUMN_SIGN && id != COLUMN_DETAIL;
}

/* Those that are shown in their order, then the others in the table's. */
static void fill(struct tui *tui)
{
	struct columns_state *menu = &tui->columns;
	enum column_id ids[COLUMN_COUNT];
	int count = layout_chosen_columns(&tui->wish, ids);

	*menu = (struct columns_state){.open = true, .box.foot = 1};
	for (int i = 0; i < count; i++) {
		if (!is_offered(ids[i]))
			continue;
		menu->shown[ids[i]] = true;
		menu->ids[menu->box.count++] = ids[i];
	}
	for (int id = 0; id < COLUMN_COUNT; id++)
		if (is_offered((enum column_id)id) && !menu->shown[id])
			menu->ids[menu->box.count++] = (enum column_id)id;
}

static void prepare(struct tui *tui)
{
	struct columns_state *menu = &tui->columns;
	int width;

	if (!menu->open)
		fill(tui);
	width = tui->width - 48 < WIDTH_LEAST ? WIDTH_LEAST : tui->width - 48;
	menu_place(&menu->box, tui, width < WIDTH_MOST ? width : WIDTH_MOST);
}

/* As much of the explanation as fits, whole clauses if there is one: the rest is on the card. */
static void brief_help(const char *help, int width, char out[256])
{
	char part[256];

	text_format(out, 256, "%.*s", (int)strlen(help) - 1, help); /* without its full stop */
	if (text_width(out) <= width)
		return;
	out[0] = '\0';
	for (size_t at = strcspn(help, ",;(.:"); help[at];
	     at += 1 + strcspn(help + at + 1, ",;(.:")) {
		text_format(part, sizeof(part), "%.*s", (int)at - (help[at] == '('), help);
		if (text_width(part) > width)
			break;
		text_copy(out, 256, part);
	}
	if (!out[0])
		text_copy(out, 256, help);
}

static void draw_item(const struct tui *tui, struct canvas *canvas, struct rect line, size_t place)
{
	const struct columns_state *menu = &tui->columns;
	enum column_id id = menu->ids[place];
	char help[256];
	bool shown = menu->shown[id], selected = place == menu->box.at;
	enum style style = selected ? STYLE_TEXT : shown ? STYLE_BAR_STRONG : STYLE_BAR_DIM;

	canvas_put(canvas, line, line.x + 2, line.y, selected || !shown ? style : STYLE_KEY,
		   shown ? "[x]" : "[ ]");
	canvas_put_fit(canvas, line, line.x + 6, line.y, 9, false, style, column_table[id].name);
	brief_help(column_table[id].help, line.width - 17, help);
	canvas_put_fit(canvas, line, line.x + 16, line.y, line.width - 17, false,
		       selected ? STYLE_TEXT : STYLE_BAR_DIM, help);
}

/* "Space show < > move ? what it is" */
static void draw_keys(const struct tui *tui, struct canvas *canvas, struct rect line)
{
	static const struct hint hints[] = {
		{.action = ACTION_COLUMN_TOGGLE, .word = "show", .rank = 0},
		{.action = ACTION_COLUMN_LEFT,
		 .second = ACTION_COLUMN_RIGHT,
		 .word = "move",
		 .rank = 1},
		{.action = ACTION_EXPLAIN, .word = "what it is", .rank = 2},
		{.action = ACTION_NONE},
	};

	hints_draw(tui, canvas, line, hints, "");
}

static void draw(const struct tui *tui, struct canvas *canvas)
{
	const struct rect foot = menu_foot(&tui->columns.box);

	menu_draw(&tui->columns.box, tui, canvas, "columns", draw_item);
	if (foot.height > 0)
		draw_keys(tui, canvas, foot);
}

static void apply(struct tui *tui)
{
	const struct columns_state *menu = &tui->columns;

	tui->wish.column_count = 0;
	for (size_t i = 0; i < menu->box.count; i++)
		if (menu->shown[menu->ids[i]])
			tui->wish.columns[tui->wish.column_count++] = menu->ids[i];
}

static void move_column(struct columns_state *menu, int step)
{
	size_t to = menu->box.at + (size_t)step;
	enum column_id id = menu->ids[menu->box.at];

	if ((step < 0 && !menu->box.at) || to >= menu->box.count)
		return;
	menu->ids[menu->box.at] = menu->ids[to];
	menu->ids[to] = id;
	menu->box.at = to;
}

static bool act(struct tui *tui, enum action action, struct tui_request *request)
{
	struct columns_state *menu = &tui->columns;

	(void)request;
	if (list_move(action, &menu->box.at, menu->box.count, 4))
		return true;
	switch ((int)action) {
	case ACTION_COLUMN_TOGGLE:
	case ACTION_OPEN:
		/* without names a table says nothing */
		if (menu->ids[menu->box.at] != COLUMN_TARGET)
			menu->shown[menu->ids[menu->box.at]] ^= true;
		apply(tui);
		return true;
	case ACTION_COLUMN_LEFT:
	case ACTION_COLUMN_RIGHT:
		move_column(menu, action == ACTION_COLUMN_LEFT ? -1 : 1);
		apply(tui);
		return true;
	case ACTION_EXPLAIN:
		card_open(tui, menu->ids[menu->box.at]);
		return true;
	case ACTION_BACK:
	case ACTION_CLOSE:
	case ACTION_COLUMNS:
		menu->open = false;
		tui_pop(tui);
		return true;
	default:
		return false;
	}
}

static bool mouse(struct tui *tui, int x, int y, int what, struct tui_request *request)
{
	enum action action = menu_mouse(&tui->columns.box, x, y, what);

	return action == ACTION_NONE || act(tui, action, request);
}

const struct screen menu_columns = {
	.name = "columns",
	.overlay = true,
	.where = IN_COLUMNS,
	.prepare = prepare,
	.draw = draw,
	.act = act,
	.mouse = mouse,
};
