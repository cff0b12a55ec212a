#ifndef WEBMON_FACE_TUI_KEY_H
#define WEBMON_FACE_TUI_KEY_H
/*
 * Keys and what a mouse does, as the dashboard gets them.
 */
enum key_code {
	KEY_NONE_YET = 0, /* nothing to read */
	/* characters are their Unicode value; controls are 1-26, Escape 27, Enter 13, Backspace
	 * 127, Tab 9 */
	TERM_KEY_UP = 0x110000, TERM_KEY_DOWN, TERM_KEY_LEFT, TERM_KEY_RIGHT, TERM_KEY_PAGE_UP,
	TERM_KEY_PAGE_DOWN, TERM_KEY_HOME, TERM_KEY_END,
	TERM_KEY_BACKTAB, TERM_KEY_DELETE, TERM_KEY_INSERT, TERM_KEY_F1, /* F1 + n - 1, to F12 */
	TERM_KEY_F12 = TERM_KEY_F1 + 11,
	TERM_KEY_FOCUS_IN, TERM_KEY_FOCUS_OUT, TERM_KEY_MOUSE, TERM_KEY_UNKNOWN,
	TERM_KEY_GONE, /* the terminal hung up */
};

struct mouse {
	int x, y;
	enum { MOUSE_CLICK, MOUSE_DOUBLE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN } what;
};

#endif
