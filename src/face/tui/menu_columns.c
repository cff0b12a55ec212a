/*
 * The columns of the status table: which are shown, and in what order. What is chosen is seen at
 * once.
 */
#include "base/text.h"
#include "face/tui/list.h"
#include "face/tui/state.h"
#include "face/tui/term.h"

#define MENU_WIDTH 46

static unsigned where(const struct tui *tui)
{
	(void)tui;
	return IN_COLUMNS;
}

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

	*menu = (struct columns_state){.open = true};
	for (int i = 0; i < count; i++) {
		if (!is_offered(ids[i]))
			continue;
		menu->shown[ids[i]] = true;
		menu->ids[menu->count++] = ids[i];
	}
	for (int id = 0; id < COLUMN_COUNT; id++)
		if (is_offered((enum column_id)id) && !menu->shown[id])
			menu->ids[menu->count++] = (enum column_id)id;
}

static int at_most(int value, int most)
{
	return value < most ? value : most;
}

static void prepare(struct tui *tui)
{
	struct columns_state *menu = &tui->columns;

	if (!menu->open)
		fill(tui);
	menu->box.width = at_most(MENU_WIDTH, tui->width);
	menu->box.height = at_most((int)menu->count + 3, tui->height);
	menu->box.x = (tui->width - menu->box.width) / 2;
	menu->box.y = at_most(4, tui->height - menu->box.height);
}

static void draw_item(const struct tui *tui, struct canvas *canvas, struct rect line, size_t place)
{
	const struct columns_state *menu = &tui->columns;
	enum column_id id = menu->ids[place];
	bool shown = menu->shown[id], selected = place == menu->at;
	/* the bar has a ground of its own, which the selected row's would not cover */
	enum style style = selected ? STYLE_TEXT : shown ? STYLE_BAR_STRONG : STYLE_BAR_DIM;

	if (selected)
		canvas_fill(canvas, line, STYLE_TEXT, " ");
	canvas_put(canvas, line, line.x + 2, line.y, selected || !shown ? style : STYLE_KEY,
		   shown ? "[x]" : "[ ]");
	canvas_put_fit(canvas, line, line.x + 6, line.y, 9, false, style, column_table[id].name);
	canvas_put_fit(canvas, line, line.x + 16, line.y, line.width - 17, false,
		       selected ? STYLE_TEXT : STYLE_BAR_DIM, column_table[id].help);
	if (!selected)
		return;
	canvas_under(canvas, line, STYLE_SELECTED);
	canvas_put(canvas, line, line.x, line.y, STYLE_TEXT, "▌");
	canvas->cursor_x = line.x;
	canvas->cursor_y = line.y;
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
	const struct columns_state *menu = &tui->columns;
	struct rect line = menu->box;
	size_t page = menu->box.height > 3 ? (size_t)menu->box.height - 3 : 0, top;

	canvas_fill(canvas, menu->box, STYLE_BAR, " ");
	canvas_under(canvas, menu->box, STYLE_BAR);
	canvas_rule(canvas, line, line.y, STYLE_TITLE, "columns", NULL);
	top = list_scroll(0, menu->at, menu->count, page);
	line.height = 1;
	for (size_t i = top; i < menu->count && i < top + page; i++) {
		line.y = menu->box.y + 1 + (int)(i - top);
		draw_item(tui, canvas, line, i);
	}
	if (menu->box.height < 3)
		return;
	line.y = menu->box.y + menu->box.height - 2;
	draw_keys(tui, canvas, line);
	line.y++;
	canvas_rule(canvas, line, line.y, STYLE_TITLE, NULL, NULL);
}

static void apply(struct tui *tui)
{
	const struct columns_state *menu = &tui->columns;

	tui->wish.column_count = 0;
	for (size_t i = 0; i < menu->count; i++)
		if (menu->shown[menu->ids[i]])
			tui->wish.columns[tui->wish.column_count++] = menu->ids[i];
}

static void move_column(struct columns_state *menu, int step)
{
	size_t to = menu->at + (size_t)step;
	enum column_id id = menu->ids[menu->at];

	if ((step < 0 && !menu->at) || to >= menu->count)
		return;
	menu->ids[menu->at] = menu->ids[to];
	menu->ids[to] = id;
	menu->at = to;
}

static bool act(struct tui *tui, enum action action, struct tui_request *request)
{
	struct columns_state *menu = &tui->columns;

	(void)request;
	if (list_move(action, &menu->at, menu->count, 4))
		return true;
	switch ((int)action) {
	case ACTION_COLUMN_TOGGLE:
	case ACTION_OPEN:
		/* without names a table says nothing */
		if (menu->ids[menu->at] != COLUMN_TARGET)
			menu->shown[menu->ids[menu->at]] ^= true;
		apply(tui);
		return true;
	case ACTION_COLUMN_LEFT:
	case ACTION_COLUMN_RIGHT:
		move_column(menu, action == ACTION_COLUMN_LEFT ? -1 : 1);
		apply(tui);
		return true;
	case ACTION_EXPLAIN:
		card_open(tui, menu->ids[menu->at]);
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

/* A click on a column shows or hides it; one beside the menu closes it. */
static bool mouse(struct tui *tui, int x, int y, int what, struct tui_request *request)
{
	struct columns_state *menu = &tui->columns;
	size_t page = menu->box.height > 3 ? (size_t)menu->box.height - 3 : 0;
	size_t top = list_scroll(0, menu->at, menu->count, page);
	size_t place = top + (size_t)(y - menu->box.y - 1);

	if (what == MOUSE_WHEEL_UP || what == MOUSE_WHEEL_DOWN)
		return act(tui, what == MOUSE_WHEEL_UP ? ACTION_UP : ACTION_DOWN, request);
	if (x < menu->box.x || x >= menu->box.x + menu->box.width || y < menu->box.y ||
	    y >= menu->box.y + menu->box.height)
		return act(tui, ACTION_BACK, request);
	if (y == menu->box.y || y > menu->box.y + (int)page || place >= menu->count)
		return true;
	menu->at = place;
	return act(tui, ACTION_COLUMN_TOGGLE, request);
}

static size_t no_target(const struct tui *tui)
{
	(void)tui;
	return SIZE_MAX;
}

const struct screen menu_columns = {
	.name = "columns",
	.overlay = true,
	.where = where,
	.prepare = prepare,
	.draw = draw,
	.act = act,
	.mouse = mouse,
	.target = no_target,
};
