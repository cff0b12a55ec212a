#ifndef WEBMON_FACE_TUI_VIEWS_H
#define WEBMON_FACE_TUI_VIEWS_H
/*
 * Saved views of the table. Private to the dashboard.
 */
#include "face/tui/keymap.h"

#define VIEWS 9

struct tui;

/* Names of columns in [view.N]; mistakes are warnings, the rest of the view stands. */
void views_check(const struct config *config, struct errors *errors);

/* False where the action is no view. */
bool views_act(struct tui *tui, enum action action);

#endif
