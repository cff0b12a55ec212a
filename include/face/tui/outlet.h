#ifndef WEBMON_FACE_TUI_OUTLET_H
#define WEBMON_FACE_TUI_OUTLET_H
/*
 * The line to the terminal under ncurses: its modes, what is written to it and never blocks, what
 * must be undone when the program dies, and stderr, which must not paint over the picture. Private
 * to term. Main thread; one at a time.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct outlet;

/* Puts the terminal into raw mode, holds stderr back. Returns new, or NULL where one of the two is
 * no terminal. */
struct outlet *outlet_open(int input, int output);
/* Gives what is queued a last chance, restores the modes, prints what stderr has said meanwhile. */
void outlet_close(struct outlet *outlet);

/* Queues bytes; nothing is written before outlet_flush. */
void outlet_put(struct outlet *outlet, const void *bytes, size_t size);
/* At most so many bytes a second in the long run; 0: no limit. */
void outlet_limit(struct outlet *outlet, int64_t bytes_per_s);
/* True where all that was queued is written and the rate lets more come. */
bool outlet_is_ready(struct outlet *outlet);
/* Writes what the terminal takes now; false where something is left. */
bool outlet_flush(struct outlet *outlet);
unsigned long long outlet_bytes(const struct outlet *outlet); /* written so far */

/* What the kernel says; 80x24 where it does not know. */
void outlet_size(const struct outlet *outlet, int *width, int *height);

/* Hung up: the terminal says so, or promises input and has none. */
bool outlet_is_gone(const struct outlet *outlet);

/* Lent to the shell and back: modes and stderr. */
void outlet_lend(struct outlet *outlet);
void outlet_take_back(struct outlet *outlet);

/* What outlet_emergency writes; copied. */
void outlet_set_farewell(const char *bytes, size_t size);
/* Async-signal-safe, once: writes the farewell, restores modes and stderr. */
void outlet_emergency(void);

#endif
