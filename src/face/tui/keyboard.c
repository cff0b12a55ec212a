/*
 * Keys out of a stream of characters. Two things must never happen: that pasted text acts as
 * commands, and that the tail of a sequence nobody knows does. Main thread.
 */
#include "face/tui/keyboard.h"

#include "base/clock.h"

#define DOUBLE_US  400000  /* two clicks within it are one double click */
#define PASTE_US   2000000 /* a paste silent for so long has lost its end */
#define NUMBER_MAX 10000   /* of a mouse report: more columns no terminal has */
#define WHEEL_UP   64
#define WHEEL_DOWN 65

const struct keyboard_sequence keyboard_sequences[] = {
	/* clang-format off */
	{"\033[I", TERM_KEY_FOCUS_IN}, {"\033[O", TERM_KEY_FOCUS_OUT},
	{"\033[200~", KEYBOARD_PASTE}, {"\033[201~", KEYBOARD_PASTE_END},
	{"\033[<", KEYBOARD_MOUSE}, {"\033[A", TERM_KEY_UP}, {"\033[B", TERM_KEY_DOWN},
	{"\033[C", TERM_KEY_RIGHT}, {"\033[D", TERM_KEY_LEFT}, {"\033OA", TERM_KEY_UP},
	{"\033OB", TERM_KEY_DOWN}, {"\033OC", TERM_KEY_RIGHT}, {"\033OD", TERM_KEY_LEFT},
	{"\033[H", TERM_KEY_HOME}, {"\033[F", TERM_KEY_END}, {"\033OH", TERM_KEY_HOME},
	{"\033OF", TERM_KEY_END}, {"\033[1~", TERM_KEY_HOME}, {"\033[4~", TERM_KEY_END},
	{"\033[7~", TERM_KEY_HOME}, {"\033[8~", TERM_KEY_END}, {"\033[2~", TERM_KEY_INSERT},
	{"\033[3~", TERM_KEY_DELETE}, {"\033[5~", TERM_KEY_PAGE_UP},
	{"\033[6~", TERM_KEY_PAGE_DOWN}, {"\033[Z", TERM_KEY_BACKTAB}, {"\033OM", 13},
	/* clang-format on */
};
const int keyboard_sequence_count = sizeof keyboard_sequences / sizeof *keyboard_sequences;

/* The rest of "ESC [ < button ; x ; y M" (m: released). Returns the final character, 0 where it is
 * cut. */
static int read_report(struct keyboard *keyboard, int numbers[3])
{
	int count = 0, character;

	while ((character = keyboard->read(keyboard->user, KEYBOARD_ESCAPE_MS)) != KEY_NONE_YET) {
		if (character >= '0' && character <= '9') {
			if (numbers[count] < NUMBER_MAX) {
				numbers[count] = numbers[count] * 10 + character - '0';
			}
		} else if (character == ';' && count < 2) {
			count++;
		} else {
			return count == 2 ? character : 0;
		}
	}
	return 0;
}

static int read_mouse(struct keyboard *keyboard)
{
	int numbers[3] = {0}, final = read_report(keyboard, numbers);
	struct mouse before = keyboard->mouse, now = {.x = numbers[1] - 1, .y = numbers[2] - 1};
	int64_t now_us = clock_mono_us();

	if (final != 'M' || numbers[1] < 1 || numbers[2] < 1) {
		return TERM_KEY_UNKNOWN; /* a release, or torn */
	}
	if (numbers[0] == WHEEL_UP || numbers[0] == WHEEL_DOWN) {
		now.what = numbers[0] == WHEEL_UP ? MOUSE_WHEEL_UP : MOUSE_WHEEL_DOWN;
		keyboard->mouse = now;
		return TERM_KEY_MOUSE;
	}
	if (numbers[0] != 0) {
		return TERM_KEY_UNKNOWN; /* another button */
	}
	now.what = MOUSE_CLICK;
	if (now.x == before.x && now.y == before.y && before.what == MOUSE_CLICK &&
	    now_us - keyboard->click_us < DOUBLE_US) {
		now.what = MOUSE_DOUBLE; /* the third is a first one again */
	}
	keyboard->click_us = now_us;
	keyboard->mouse = now;
	return TERM_KEY_MOUSE;
}

/* After "ESC [": up to its final byte. After "ESC O": one character. */
static void swallow_sequence(struct keyboard *keyboard, int kind)
{
	int next = keyboard->read(keyboard->user, KEYBOARD_ESCAPE_MS);

	while (kind == '[' && next != KEY_NONE_YET && next < '@') {
		next = keyboard->read(keyboard->user, KEYBOARD_ESCAPE_MS);
	}
}

/*
 * After an Escape that was no known key. A sequence is swallowed whole; anything else is an Escape
 * and then the next key, come in one packet.
 */
static int read_escape(struct keyboard *keyboard)
{
	int next = keyboard->read(keyboard->user, 0);

	if (next == '[' || next == 'O') {
		swallow_sequence(keyboard, next);
		return TERM_KEY_UNKNOWN;
	}
	keyboard->waiting = next;
	return 27;
}

/* Pasted text is no command: it is read and dropped up to its end. */
static bool is_pasted(struct keyboard *keyboard, int key)
{
	int64_t now_us = clock_mono_us();
	bool mark = key == KEYBOARD_PASTE || key == KEYBOARD_PASTE_END;

	if (mark) {
		keyboard->pasting = key == KEYBOARD_PASTE;
	} else if (now_us - keyboard->paste_us > PASTE_US) {
		keyboard->pasting = false;
	}
	keyboard->paste_us = now_us;
	return mark || keyboard->pasting;
}

/* The key that came behind an Escape, else the next one. */
static int take_key(struct keyboard *keyboard)
{
	int key = keyboard->waiting;

	keyboard->waiting = KEY_NONE_YET;
	return key != KEY_NONE_YET ? key : keyboard->read(keyboard->user, 0);
}

int keyboard_next(struct keyboard *keyboard)
{
	int key;

	do {
		key = take_key(keyboard);
	} while (key != KEY_NONE_YET && is_pasted(keyboard, key));
	switch (key) {
	case KEYBOARD_MOUSE:
		return read_mouse(keyboard);
	case 27:
		return read_escape(keyboard);
	case 8: /* the other Backspace */
		return 127;
	case 10: /* the other Enter */
		return 13;
	default:
		return key;
	}
}
