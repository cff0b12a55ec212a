#ifndef WEBMON_FACE_TUI_INPUT_H
#define WEBMON_FACE_TUI_INPUT_H
/*
 * A line being typed, at its end only: characters go in, Backspace, ^W and ^U take away. Keys that
 * mean something else elsewhere are letters here. What stood there already may be selected as a
 * whole: the first character typed takes its place, Backspace and the like begin to edit it. Pure.
 */
#include <stdbool.h>

#include "face/tui/filter.h"

struct input {
	char text[FILTER_TEXT_MAX];
	bool active, selected;
};

enum input_result {
	INPUT_NOT_MINE, /* arrows and the like: the list's */
	INPUT_CHANGED,
	INPUT_KEPT,    /* Enter */
	INPUT_DROPPED, /* Esc; the text is empty now */
};

/* Begins with what stands there already, at its end. */
void input_begin(struct input *input, const char *text);
/* The same, but it is selected. */
void input_begin_anew(struct input *input, const char *text);
enum input_result input_key(struct input *input, int key);

#endif
