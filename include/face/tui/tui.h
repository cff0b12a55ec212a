#ifndef WEBMON_FACE_TUI_TUI_H
#define WEBMON_FACE_TUI_TUI_H
/*
 * The dashboard without a terminal: state, keys in, canvas out. Knows neither ncurses nor the
 * poller: what a key asks of the outside comes out as a request. So every screen can be tested from
 * literals. Main thread.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "face/tui/canvas.h"
#include "face/tui/request.h"
#include "face/tui/theme.h"
#include "model/config.h"
#include "store/store.h"

struct tui;

struct tui_options {
	bool ascii;
	const char *source_name; /* "prod.ini", "demo": top right */
};

/* config, store borrowed. Mistakes in [keys] and the theme go to errors (warnings). Returns new. */
struct tui *tui_new(const struct config *config, const struct store *store,
		    const struct tui_options *options, struct errors *errors);
void tui_free(struct tui *tui);

/* Takes in what is new in the store; true where that is worth a frame now. Figures alone wait for
 * tui_deadline_us() while nobody is at the keys. Call when the store woke us and before drawing. */
bool tui_refresh(struct tui *tui);

/* One key (enum key_code or a character). */
struct tui_request tui_key(struct tui *tui, int key);
/* A mouse event at a cell. */
struct tui_request tui_mouse(struct tui *tui, int x, int y, int what);

void tui_draw(struct tui *tui, struct canvas *canvas);
/* When the picture will go stale by time alone (clock, counters, toast): CLOCK_MONOTONIC us;
 * INT64_MAX: never. */
int64_t tui_deadline_us(const struct tui *tui);
/* Terminal focus: unfocused draws no seconds. */
void tui_focus(struct tui *tui, bool focused);

/* A short message at the bottom, clean; errors of reload, "copied 412 bytes". */
void tui_toast(struct tui *tui, const char *text);
/* Trouble of webmon itself, shown until it is "" again (log full, late). */
void tui_notice(struct tui *tui, const char *text);
const struct theme *tui_theme(const struct tui *tui);
/* What the person at the terminal is to be told of, because the focus is elsewhere; false: nothing
 * now. */
bool tui_notification(struct tui *tui, char out[200]);
/* Bytes written to the terminal so far: the help tells. */
void tui_meter(struct tui *tui, unsigned long long bytes);
/* "webmon: 2 down" for the terminal's title. */
void tui_title(const struct tui *tui, char out[80]);
/* What tui_new() would say of config, for `webmon check`. */
void tui_check(const struct config *config, struct errors *errors);
/* `webmon --keys`, README: writes the key table. */
void tui_print_keys(FILE *out);

#endif
