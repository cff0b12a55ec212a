#ifndef WEBMON_FACE_TUI_ESCAPE_H
#define WEBMON_FACE_TUI_ESCAPE_H
/*
 * What terminal emulators understand beyond terminfo, as bytes for the outlet. Private to term.
 */
#include "face/tui/outlet.h"
#include "model/config.h"

#define ESCAPE_FRAME_BEGIN "\033[?2026h"
#define ESCAPE_FRAME_END   "\033[?2026l"
#define ESCAPE_EXTRAS_ON   "\033[?1004h\033[?2004h" /* focus events, bracketed paste */
#define ESCAPE_CHARSET	   "\033(B" /* ASCII, should another program have left something else */
#define ESCAPE_EXTRAS_OFF  "\033[?1004l\033[?2004l"
#define ESCAPE_MOUSE_ON                                                                            \
	"\033[?1000h\033[?1006h" /* clicks and wheel; selecting goes on with Shift */
#define ESCAPE_MOUSE_OFF "\033[?1006l\033[?1000l"
#define ESCAPE_COPY_MAX	 55000 /* bytes: 74 kB in base64, what terminals take */

void escape_put(struct outlet *outlet, const char *text);
/* OSC 2. text is clean. */
void escape_title(struct outlet *outlet, const char *text);
/* OSC 52; text of at most ESCAPE_COPY_MAX bytes. */
void escape_copy(struct outlet *outlet, const char *text);
/* OSC 9 (iTerm2, Windows Terminal and others), 99 (kitty) or 777 (urxvt, foot). text is clean. */
void escape_notify(struct outlet *outlet, enum notify_wish how, const char *text, bool ascii);
/* Appends a capability of terminfo (NULL: none) without its padding ("$<5>"). Returns the new
 * length. */
size_t escape_unpadded(char *out, size_t used, size_t capacity, const char *text);

#endif
