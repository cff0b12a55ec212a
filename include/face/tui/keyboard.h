#ifndef WEBMON_FACE_TUI_KEYBOARD_H
#define WEBMON_FACE_TUI_KEYBOARD_H
/*
 * From what a terminal sends to keys that mean something: pastes are swallowed, unknown sequences
 * too, mouse reports are read. Knows no terminal: characters and keys come through a function.
 * Private to term.
 */
#include <stdbool.h>
#include <stdint.h>

#include "face/tui/key.h"

/* Marks in the stream, beside characters and enum key_code. */
enum keyboard_mark {
	KEYBOARD_PASTE = 0x120000, /* ESC [ 200 ~ */
	KEYBOARD_PASTE_END,	   /* ESC [ 201 ~ */
	KEYBOARD_MOUSE,		   /* ESC [ <, the report follows */
};

/*
 * Sequences beside those of terminfo: what all emulators send, also those that do not obey smkx or
 * whose entry says something else; key as struct keyboard's read returns it.
 */
struct keyboard_sequence {
	const char *sequence;
	int key;
};
extern const struct keyboard_sequence keyboard_sequences[];
extern const int keyboard_sequence_count;

#define KEYBOARD_ESCAPE_MS 25 /* how long an Escape may be the begin of something */

struct keyboard {
	/* The next character, key or mark; KEY_NONE_YET where none comes within wait_ms. Escape
	 * comes as 27. */
	int (*read)(void *user, int wait_ms);
	void *user;
	/* its own */
	int waiting; /* read ahead */
	bool pasting;
	int64_t paste_us, click_us; /* when the last character of a paste and the last click came */
	struct mouse mouse;
};

/* The next key; KEY_NONE_YET where none waits. Of TERM_KEY_MOUSE the rest is in `mouse`. */
int keyboard_next(struct keyboard *keyboard);

#endif
