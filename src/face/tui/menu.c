/*
 * The box that menus stand in. It covers what is under it, and has the ground of the bars. Main
 * thread.
 */
#include "face/tui/menu.h"

#include "face/tui/list.h"
#include "face/tui/state.h"
#include "face/tui/term.h"

#define FRAME 2 /* rows: a rule over and one under it */
#define DOWN  4 /* rows from the top of the screen, where there are as many */

void menu_place(struct menu_box *box, const struct tui *tui, int width)
{
	box->area.width = at_most(width, tui->width);
	box->area.height = at_most((int)box->count + box->foot + FRAME, tui->height);
	box->area.x = (tui->width - box->area.width) / 2;
	box->area.y = at_most(DOWN, tui->height - box->area.height);
}

static size_t page(const struct menu_box *box)
{
	int room = box->area.height - box->foot - FRAME;

	return room > 0 ? (size_t)room : 0;
}

static size_t top(const struct menu_box *box)
{
	return list_scroll(0, box->at, box->count, page(box));
}

void menu_draw(const struct menu_box *box, const struct tui *tui, struct canvas *canvas,
	       const char *title, menu_item *item)
{
	struct rect line = box->area;

	canvas_bar(canvas, box->area);
	canvas_rule(canvas, line, line.y, STYLE_TITLE, title, NULL);
	line.height = 1;
	for (size_t i = top(box); i < box->count && i < top(box) + page(box); i++) {
		line.y = box->area.y + 1 + (int)(i - top(box));
		/* the bar has a ground of its own, which the selected row's would not cover */
		if (i == box->at)
			canvas_fill(canvas, line, STYLE_TEXT, " ");
		item(tui, canvas, line, i);
		if (i == box->at)
			canvas_select(canvas, line, true);
	}
	line.y = box->area.y + box->area.height - 1;
	canvas_rule(canvas, line, line.y, STYLE_TITLE, NULL, NULL);
}

struct rect menu_foot(const struct menu_box *box)
{
	struct rect line = box->area;

	line.y += line.height - 1 - box->foot;
	line.height = box->area.height < FRAME + box->foot ? 0 : box->foot;
	return line;
}

enum action menu_mouse(struct menu_box *box, int x, int y, int what)
{
	const struct rect *area = &box->area;
	size_t place = top(box) + (size_t)(y - area->y - 1);

	if (what == MOUSE_WHEEL_UP || what == MOUSE_WHEEL_DOWN)
		return what == MOUSE_WHEEL_UP ? ACTION_UP : ACTION_DOWN;
	if (x < area->x || x >= area->x + area->width || y < area->y || y >= area->y + area->height)
		return ACTION_BACK;
	if (y == area->y || y > area->y + (int)page(box) || place >= box->count)
		return ACTION_NONE;
	box->at = place;
	return ACTION_OPEN;
}
