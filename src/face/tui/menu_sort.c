/*
 * The sort menu over the main screen: every column of the table of columns that can be compared.
 */
#include "base/text.h"
#include "face/tui/list.h"
#include "face/tui/pen.h"
#include "face/tui/state.h"
#include "face/tui/term.h"

#define MENU_WIDTH 26

static unsigned where(const struct tui *tui)
{
	(void)tui;
	return IN_MENU;
}

static bool is_offered(enum column_id id)
{
	return column_table[id].compare != NULL;
}

/* The list is made when the menu opens, which shows by its being empty. */
static void fill(struct tui *tui)
{
	struct menu_state *menu = &tui->menu;

	menu->count = menu->at = 0;
	for (int id = 0; id < COLUMN_COUNT; id++) {
		if (!is_offered((enum column_id)id))
			continue;
		if (tui->main.order.spec.column == (enum column_id)id)
			menu->at = menu->count;
		menu->columns[menu->count++] = (enum column_id)id;
	}
}

static int clamp(int value, int most)
{
	return value < most ? value : most;
}

static void prepare(struct tui *tui)
{
	struct menu_state *menu = &tui->menu;

	if (!menu->count)
		fill(tui);
	menu->box.width = clamp(MENU_WIDTH, tui->width);
	menu->box.height = clamp((int)menu->count + 2, tui->height);
	menu->box.x = (tui->width - menu->box.width) / 2;
	menu->box.y = clamp(4, tui->height - menu->box.height);
}

static const char *name_of(enum column_id id)
{
	return id == COLUMN_SIGN ? "trouble first" : column_table[id].name;
}

static void draw_item(const struct tui *tui, struct canvas *canvas, struct rect line, size_t place)
{
	const struct menu_state *menu = &tui->menu;
	const struct order_spec *spec = &tui->main.order.spec;
	enum column_id id = menu->columns[place];

	bool selected = place == menu->at;

	/* the bar has a ground of its own, which the selected row's would not cover */
	if (selected)
		canvas_fill(canvas, line, STYLE_TEXT, " ");
	canvas_put_fit(canvas, line, line.x + 3, line.y, line.width - 3, false,
		       selected ? STYLE_TEXT : STYLE_BAR, name_of(id));
	if (spec->column == id)
		canvas_put(canvas, line, line.x + line.width - 2, line.y,
			   selected ? STYLE_TEXT : STYLE_KEY, spec->reverse ? "▴" : "▾");
	if (!selected)
		return;
	canvas_under(canvas, line, STYLE_SELECTED);
	canvas_put(canvas, line, line.x, line.y, STYLE_TEXT, "▌");
	canvas->cursor_x = line.x;
	canvas->cursor_y = line.y;
}

static void draw(const struct tui *tui, struct canvas *canvas)
{
	const struct menu_state *menu = &tui->menu;
	struct rect line = menu->box;
	size_t page = menu->box.height > 2 ? (size_t)menu->box.height - 2 : 0, top;

	canvas_fill(canvas, menu->box, STYLE_BAR, " ");
	canvas_under(canvas, menu->box, STYLE_BAR);
	canvas_rule(canvas, line, line.y, STYLE_TITLE, "sort by", NULL);
	top = list_scroll(0, menu->at, menu->count, page);
	line.height = 1;
	for (size_t i = top; i < menu->count && i < top + page; i++) {
		line.y = menu->box.y + 1 + (int)(i - top);
		draw_item(tui, canvas, line, i);
	}
	line.y = menu->box.y + menu->box.height - 1;
	canvas_rule(canvas, line, line.y, STYLE_TITLE, NULL, NULL);
}

static void close_menu(struct tui *tui)
{
	tui->menu.count = 0;
	tui_pop(tui);
}

static bool act(struct tui *tui, enum action action, struct tui_request *request)
{
	struct menu_state *menu = &tui->menu;
	struct order_spec *spec = &tui->main.order.spec;

	(void)request;
	if (list_move(action, &menu->at, menu->count, 4))
		return true;
	if (action == ACTION_OPEN && menu->at < menu->count) {
		*spec = (struct order_spec){
			.column = menu->columns[menu->at],
			.reverse = spec->column == menu->columns[menu->at] &&
				   spec->column != COLUMN_SIGN && !spec->reverse,
		};
		order_sort(&tui->main.order, tui->rows, tui->main.filter, tui->now_us);
		close_menu(tui);
		return true;
	}
	if (action == ACTION_EXPLAIN && menu->at < menu->count) {
		card_open(tui, menu->columns[menu->at]);
		return true;
	}
	if (action == ACTION_BACK || action == ACTION_CLOSE) {
		close_menu(tui);
		return true;
	}
	return false;
}

/* A click chooses; one beside the menu closes it. */
static bool mouse(struct tui *tui, int x, int y, int what, struct tui_request *request)
{
	struct menu_state *menu = &tui->menu;
	size_t page = menu->box.height > 2 ? (size_t)menu->box.height - 2 : 0;
	size_t top = list_scroll(0, menu->at, menu->count, page);
	size_t place = top + (size_t)(y - menu->box.y - 1);

	if (what == MOUSE_WHEEL_UP || what == MOUSE_WHEEL_DOWN)
		return act(tui, what == MOUSE_WHEEL_UP ? ACTION_UP : ACTION_DOWN, request);
	if (x < menu->box.x || x >= menu->box.x + menu->box.width || y <= menu->box.y ||
	    y > menu->box.y + (int)page || place >= menu->count)
		return act(tui, ACTION_BACK, request);
	menu->at = place;
	return act(tui, ACTION_OPEN, request);
}

static size_t target(const struct tui *tui)
{
	(void)tui;
	return SIZE_MAX;
}

const struct screen menu_sort = {
	.name = "sort",
	.overlay = true,
	.where = where,
	.prepare = prepare,
	.draw = draw,
	.act = act,
	.mouse = mouse,
	.target = target,
};
