/*
 * The sort menu over the main screen: every column of the table of columns that can be compared.
 */
#include "face/tui/list.h"
#include "face/tui/state.h"

#define MENU_WIDTH 26

static bool is_offered(enum column_id id)
{
	return column_table[id].compare != NULL;
}

/* The list is made when the menu opens, which shows by its being empty. */
static void fill(struct tui *tui)
{
	struct menu_state *menu = &tui->menu;

	menu->box.count = menu->box.at = 0;
	for (int id = 0; id < COLUMN_COUNT; id++) {
		if (!is_offered((enum column_id)id))
			continue;
		if (tui->main.order.spec.column == (enum column_id)id)
			menu->box.at = menu->box.count;
		menu->columns[menu->box.count++] = (enum column_id)id;
	}
}

static void prepare(struct tui *tui)
{
	struct menu_state *menu = &tui->menu;

	if (!menu->box.count)
		fill(tui);
	menu_place(&menu->box, tui, MENU_WIDTH);
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
	bool selected = place == menu->box.at;

	canvas_put_fit(canvas, line, line.x + 3, line.y, line.width - 3, false,
		       selected ? STYLE_TEXT : STYLE_BAR, name_of(id));
	if (spec->column == id)
		canvas_put(canvas, line, line.x + line.width - 2, line.y,
			   selected ? STYLE_TEXT : STYLE_KEY, spec->reverse ? "▴" : "▾");
}

static void draw(const struct tui *tui, struct canvas *canvas)
{
	menu_draw(&tui->menu.box, tui, canvas, "sort by", draw_item);
}

static void close_menu(struct tui *tui)
{
	tui->menu.box.count = 0;
	tui_pop(tui);
}

static bool act(struct tui *tui, enum action action, struct tui_request *request)
{
	struct menu_state *menu = &tui->menu;
	struct order_spec *spec = &tui->main.order.spec;

	(void)request;
	if (list_move(action, &menu->box.at, menu->box.count, 4))
		return true;
	if (action == ACTION_OPEN && menu->box.at < menu->box.count) {
		*spec = (struct order_spec){
			.column = menu->columns[menu->box.at],
			.reverse = spec->column == menu->columns[menu->box.at] &&
				   spec->column != COLUMN_SIGN && !spec->reverse,
		};
		order_sort(&tui->main.order, tui->rows, tui->main.filter, tui->now_us);
		close_menu(tui);
		return true;
	}
	if (action == ACTION_EXPLAIN && menu->box.at < menu->box.count) {
		card_open(tui, menu->columns[menu->box.at]);
		return true;
	}
	if (action == ACTION_BACK || action == ACTION_CLOSE) {
		close_menu(tui);
		return true;
	}
	return false;
}

static bool mouse(struct tui *tui, int x, int y, int what, struct tui_request *request)
{
	enum action action = menu_mouse(&tui->menu.box, x, y, what);

	return action == ACTION_NONE || act(tui, action, request);
}

const struct screen menu_sort = {
	.name = "sort",
	.overlay = true,
	.where = IN_MENU,
	.prepare = prepare,
	.draw = draw,
	.act = act,
	.mouse = mouse,
};
