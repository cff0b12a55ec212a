/*
 * Title, clipboard, bell, notifications and mouse, as sequences for the outlet.
 */
#include "face/tui/extras.h"

#include <string.h>

#include "face/tui/escape.h"

static bool can_say(struct extras *extras)
{
	return extras->modern && outlet_flush(extras->outlet);
}

static void ring_bell(struct extras *extras)
{
	if (outlet_flush(extras->outlet)) {
		escape_put(extras->outlet, "\a");
		outlet_flush(extras->outlet);
	}
}

void extras_title(struct extras *extras, const char *clean_title)
{
	if (can_say(extras)) {
		escape_title(extras->outlet, extras->ascii ? "webmon" : clean_title);
		outlet_flush(extras->outlet);
	}
}

unsigned extras_copy(struct extras *extras, const char *text)
{
	size_t size = strlen(text);

	if (size == 0 || size > ESCAPE_COPY_MAX || !can_say(extras)) {
		return 0;
	}
	escape_copy(extras->outlet, text);
	outlet_flush(extras->outlet);
	return (unsigned)size;
}

void extras_mouse(struct extras *extras, bool on)
{
	if (extras->modern && on != extras->mouse_on) {
		extras->mouse_on = on;
		escape_put(extras->outlet, on ? ESCAPE_MOUSE_ON : ESCAPE_MOUSE_OFF);
		outlet_flush(extras->outlet);
	}
}

void extras_notify(struct extras *extras, enum notify_wish how, const char *clean_text)
{
	if (how == NOTIFY_BELL) {
		ring_bell(extras);
	} else if (how != NOTIFY_NONE && can_say(extras)) {
		escape_notify(extras->outlet, how, clean_text, extras->ascii);
		outlet_flush(extras->outlet);
	}
}
