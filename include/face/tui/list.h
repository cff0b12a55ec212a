#ifndef WEBMON_FACE_TUI_LIST_H
#define WEBMON_FACE_TUI_LIST_H
/*
 * Moving and scrolling in any list: table, error pane, menu, help, evidence. Pure.
 */
#include <stdbool.h>
#include <stddef.h>

#include "face/tui/keymap.h"

/* Where a moving action leads from `at` in a list of count; page is the height shown. False: no
 * such action. */
bool list_move(enum action action, size_t *at, size_t count, size_t page);

/* The first line to show, so that `at` is in sight, nothing is blank at the end and as little as
 * possible moves. */
size_t list_scroll(size_t top, size_t at, size_t count, size_t page);

#endif
