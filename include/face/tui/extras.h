#ifndef WEBMON_FACE_TUI_EXTRAS_H
#define WEBMON_FACE_TUI_EXTRAS_H
/*
 * What a terminal can do beside showing a picture: title, clipboard, bell, notifications, mouse.
 * All of them are left out where the terminal is no emulator, and for the moment where it does not
 * take more: nothing is queued up for one that hangs. Main thread.
 */
#include <stdbool.h>

#include "model/config.h"

struct outlet;

struct extras {
	struct outlet *outlet;
	bool modern; /* an emulator: knows titles, focus, pastes, clipboards */
	bool ascii;
	bool mouse_on;
};

void extras_title(struct extras *extras, const char *clean_title);
/* Copies by OSC 52; returns the bytes sent, 0 where too long. */
unsigned extras_copy(struct extras *extras, const char *text);
void extras_mouse(struct extras *extras, bool on);
/* Tells the person at the terminal; clean text of one line. */
void extras_notify(struct extras *extras, enum notify_wish how, const char *clean_text);

#endif
