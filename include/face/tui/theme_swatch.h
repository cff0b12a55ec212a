#ifndef WEBMON_FACE_TUI_THEME_SWATCH_H
#define WEBMON_FACE_TUI_THEME_SWATCH_H
/*
 * What a theme looks like, in one line, without a screen.
 */
#include <stdio.h>

#include "face/tui/paint.h"

/* The depth of a terminal of that TERM (NULL: not set); DEPTH_MONO where out is none or it has no
 * colours. Reads NO_COLOR and COLORTERM. */
enum depth swatch_depth(const char *term, bool terminal);

/* With escape sequences: for terminals only. No newline. */
void theme_swatch(FILE *out, const struct theme *theme, bool ascii, enum depth depth);

#endif
