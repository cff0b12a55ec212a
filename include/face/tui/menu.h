#ifndef WEBMON_FACE_TUI_MENU_H
#define WEBMON_FACE_TUI_MENU_H
/*
 * The box of a menu: lines over a screen, of which one is selected. Where it stands, its frame, the
 * selected line, what a click meets. What the lines say is the menu's own. Main thread.
 */
#include <stdbool.h>
#include <stddef.h>

#include "face/tui/canvas.h"
#include "face/tui/keymap.h"

struct tui;

struct menu_box {
	size_t count, at;
	int foot; /* lines under the items, within the frame */
	struct rect area;
};

/* Over the middle of the screen, so wide if it has room. */
void menu_place(struct menu_box *box, const struct tui *tui, int width);

/* Items are drawn by the menu: on a bar, but for the selected one, which has a ground of its own
 * (STYLE_TEXT). */
typedef void menu_item(const struct tui *tui, struct canvas *canvas, struct rect line,
		       size_t place);
void menu_draw(const struct menu_box *box, const struct tui *tui, struct canvas *canvas,
	       const char *title, menu_item *item);
/* The line under the items; of no height where there is no room. */
struct rect menu_foot(const struct menu_box *box);

/* What a click or the wheel asks of a menu: ACTION_NONE for its frame, ACTION_BACK beside it,
 * ACTION_OPEN for an item, which is selected then. */
enum action menu_mouse(struct menu_box *box, int x, int y, int what);

#endif
