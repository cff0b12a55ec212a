#ifndef WEBMON_FACE_TUI_PAPER_H
#define WEBMON_FACE_TUI_PAPER_H
/*
 * A piece of memory that ncurses takes for its terminal. Private to term.
 */
#include <stdio.h>

#include "face/tui/outlet.h"

struct paper;

struct paper *paper_new(void); /* returns new, or NULL where the system has no memory files */
void paper_free(struct paper *paper); /* NULL: nothing */

/* For newterm(); borrowed. */
FILE *paper_stream(const struct paper *paper);
/* For the calls that need a terminal the stream is this one; -1: paper again. */
void paper_pose(const struct paper *paper, int terminal);
/* Adds to what was painted; at most 64 bytes. ncurses has nothing of its own pending between
 * frames. */
void paper_print(const struct paper *paper, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Moves what was painted into the outlet; for a modern terminal in brackets where it is much, and
 * without choices of the character set. */
void paper_collect(const struct paper *paper, struct outlet *outlet, bool modern);

#endif
