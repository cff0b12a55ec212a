#ifndef WEBMON_FACE_TUI_PAINT_H
#define WEBMON_FACE_TUI_PAINT_H
/*
 * What a terminal can: its signs, its depth of colour, and a look in the numbers of that depth.
 * Private to term.
 */
#include "face/tui/theme.h"
#include "model/config.h"

enum depth { DEPTH_MONO, DEPTH_8, DEPTH_16, DEPTH_256, DEPTH_TRUE };

struct paint {
	int foreground, background; /* terminfo colour numbers; COLOR_TERMINAL: its own */
	unsigned attributes;	    /* enum attribute */
};

/* "mono" "16" "16" "256" "true". */
extern const char *const depth_name[];

/* What is asked for, by the wish and the variables NO_COLOR and COLORTERM (NULL: not set): the most
 * that may be used. */
enum depth depth_wanted(enum color_wish wish, const char *no_color, const char *colorterm);

/* As much of it as a terminal with so many colours has. */
enum depth depth_offered(enum depth wanted, int colors);

/* Whether more than ASCII may be drawn, by the locale's codeset and TERM (NULL: not set). */
bool has_utf8(enum ascii_wish wish, const char *codeset, const char *name);

/* The look in a terminal of that depth. In DEPTH_TRUE numbers under 8 are the ANSI colours, all
 * others 0xrrggbb. */
struct paint paint_of(const struct look *look, enum depth depth);

#endif
