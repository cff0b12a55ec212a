#ifndef WEBMON_FACE_TUI_TERM_H
#define WEBMON_FACE_TUI_TERM_H
/*
 * The terminal: the only file that includes <ncurses.h>. Opens and restores it, blits a canvas
 * (only cells that changed), reads keys. Main thread; term_emergency() alone is for signal
 * handlers.
 */
#include <stdbool.h>

#include "face/tui/canvas.h"
#include "face/tui/key.h"
#include "face/tui/theme.h"
#include "model/config.h"

struct term;
struct extras;

/* stdin and stdout must be a terminal. Returns new, or NULL with why. ascii and color as
 * configured; a terminal that cannot is served what it can, also one that terminfo does not know:
 * not NULL and a why that is not empty, which is to be told. */
struct term *term_open(const struct program *program, char why[200]);
/* Restores everything; frees. */
void term_close(struct term *term);

/* True where the screen draws ASCII only (locale, terminal or wish). */
bool term_is_ascii(const struct term *term);
const char *term_color_name(const struct term *term); /* "true" "256" "16" "mono" */
void term_use_theme(struct term *term, const struct theme *theme);

void term_size(const struct term *term, int *width, int *height);
/* After SIGWINCH: asks the kernel and tells ncurses. Returns true where the size changed. */
bool term_resized(struct term *term);

/* False where the terminal does not take more now: the frame is skipped, try again later. */
bool term_draw(struct term *term, const struct canvas *canvas);
void term_redraw(struct term *term); /* forget what is on the screen: ^L */
unsigned long long term_bytes(const struct term *term); /* written so far */

/* Title, clipboard, bell, mouse; borrowed. */
struct extras *term_extras(struct term *term);

/* Before SIGSTOP and after SIGCONT. */
void term_suspend(struct term *term);
void term_resume(struct term *term);

/* Async-signal-safe: leaves a sane terminal with write(2) and tcsetattr alone. Also the hook of
 * fatal(). */
void term_emergency(void);

/* The next key, without waiting; KEY_NONE_YET where none. */
int term_key(struct term *term);
struct mouse term_mouse_event(const struct term *term); /* of the TERM_KEY_MOUSE just read */

#endif
