#ifndef WEBMON_FACE_TUI_REQUEST_H
#define WEBMON_FACE_TUI_REQUEST_H
/*
 * What a key asks of the outside: the dashboard itself neither probes nor quits nor touches the
 * terminal.
 */
#include <stddef.h>

enum tui_ask {
	TUI_ASK_NOTHING,
	TUI_ASK_QUIT,
	TUI_ASK_QUIT_LEAVING_PICTURE,
	TUI_ASK_SUSPEND,
	TUI_ASK_REDRAW,
	TUI_ASK_THEME, /* theme changed: tui_theme() */
	TUI_ASK_CHECK_NOW,
	TUI_ASK_PAUSE,
	TUI_ASK_RESUME, /* of `target`, SIZE_MAX: all */
	TUI_ASK_COPY,   /* `text` to the clipboard */
	TUI_ASK_MOUSE,  /* toggle */
	TUI_ASK_ACKNOWLEDGE, /* of `target`, with the note `text` */
	TUI_ASK_RELOAD,
	TUI_ASK_WRITE, /* `text`, or the picture where it is NULL, into the file `name` */
};

struct tui_request {
	enum tui_ask ask;
	size_t target;
	const char *text, *name; /* valid until the next call */
};

#endif
