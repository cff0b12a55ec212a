#ifndef WEBMON_FACE_TUI_SCREEN_H
#define WEBMON_FACE_TUI_SCREEN_H
/*
 * A screen: a small file with a const table of functions. Screens stand on a stack; the top one
 * gets the keys first, what it does not know falls to what is common to all. Drawing takes const
 * data: whatever has to be computed for it is computed in prepare(), once before a frame.
 */
#include <stdbool.h>
#include <stddef.h>

#include "face/tui/canvas.h"
#include "face/tui/keymap.h"
#include "face/tui/request.h"

struct tui;

/* What a screen has nothing to do for is NULL: only name, draw and act never are. */
struct screen {
	const char *name;
	bool overlay;   /* the screen below is drawn first */
	unsigned where; /* enum place: which keys mean something */
	unsigned (*where_now)(const struct tui *tui); /* in place of `where`, if that changes */
	void (*prepare)(struct tui *tui); /* layout, scrolling, bins for tui->width and height */
	void (*draw)(const struct tui *tui, struct canvas *canvas);
	bool (*act)(struct tui *tui, enum action action,
		    struct tui_request *request); /* false: not mine */
	bool (*type)(struct tui *tui, int key,
		     struct tui_request *request); /* before keys mean actions, for input */
	bool (*mouse)(struct tui *tui, int x, int y, int what, struct tui_request *request);
	size_t (*target)(const struct tui *tui); /* the selected one; SIZE_MAX, or NULL: none */
	bool (*copy)(struct tui *tui, char *out,
		     size_t capacity); /* the selected line; NULL: the target's */
	bool (*paper)(struct tui *tui, char *out,
		      /* what is written into a file; NULL or false: the picture */
		      size_t capacity);
};

extern const struct screen screen_main, screen_grid, screen_detail, screen_errors, screen_help,
	menu_sort, menu_columns;

#endif
