/*
 * face/tui/keyboard: neither a paste nor the tail of an unknown sequence ever acts as a command.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "face/tui/keyboard.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define KEYS_MAX     12

/* What is left to be read: zero ends it. */
static int stream_read(void *user, int wait_ms)
{
	const int **at = user;

	(void)wait_ms;
	return **at ? *(*at)++ : KEY_NONE_YET;
}

static int freeze(void **state)
{
	(void)state;
	clock_freeze(1000000, 0);
	return 0;
}

static int thaw(void **state)
{
	(void)state;
	clock_thaw();
	return 0;
}

static void reads_keys_out_of_what_comes(void **state)
{
	static const struct {
		int in[KEYS_MAX], out[KEYS_MAX];
	} cases[] = {
		/* clang-format off */
		{{'a', 0x65e5, TERM_KEY_UP}, {'a', 0x65e5, TERM_KEY_UP}},
		{{8, 127, 10, 13, 3}, {127, 127, 13, 13, 3}},
		{{27}, {27}},
		{{27, 'j', 'k'}, {27, 'j', 'k'}},
		{{27, TERM_KEY_DOWN}, {27, TERM_KEY_DOWN}},
		{{27, 27, 'q'}, {27, 27, 'q'}},
		{{27, '[', '9', '9', ';', '5', '~', 'q'}, {TERM_KEY_UNKNOWN, 'q'}},
		{{27, '[', '?', '1', 'c', 'x'}, {TERM_KEY_UNKNOWN, 'x'}},
		{{27, '[', '9'}, {TERM_KEY_UNKNOWN}}, /* cut */
		{{27, 'O', 'w', 'x'}, {TERM_KEY_UNKNOWN, 'x'}},
		{{KEYBOARD_PASTE, 'q', 27, '[', 'A', KEYBOARD_PASTE_END, 'x'}, {'x'}},
		{{KEYBOARD_PASTE_END, 'x'}, {'x'}},
		{{27, KEYBOARD_PASTE, 'q', KEYBOARD_PASTE_END, 'x'}, {27, 'x'}},
		{{KEYBOARD_PASTE, 'q', 3, 27}, {0}},
		{{TERM_KEY_FOCUS_IN, TERM_KEY_GONE}, {TERM_KEY_FOCUS_IN, TERM_KEY_GONE}},
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const int *at = cases[i].in;
		struct keyboard keyboard = {.read = stream_read, .user = &at};

		for (size_t k = 0; cases[i].out[k]; k++) {
			assert_int_equal(keyboard_next(&keyboard), cases[i].out[k]);
		}
		assert_int_equal(keyboard_next(&keyboard), KEY_NONE_YET);
	}
}

static void a_paste_that_lost_its_end_does_not_swallow_keys_for_ever(void **state)
{
	static const int stream[] = {KEYBOARD_PASTE, 'a', 0, 'q', 0};
	const int *at = stream;
	struct keyboard keyboard = {.read = stream_read, .user = &at};

	(void)state;
	assert_int_equal(keyboard_next(&keyboard), KEY_NONE_YET);
	at++;
	clock_freeze(4000000, 0);
	assert_int_equal(keyboard_next(&keyboard), 'q');
}

static void assert_mouse(const struct keyboard *keyboard, int x, int y, int what)
{
	assert_int_equal(keyboard->mouse.x, x);
	assert_int_equal(keyboard->mouse.y, y);
	assert_int_equal(keyboard->mouse.what, what);
}

static void reads_clicks_and_the_wheel(void **state)
{
	static const int stream[] = {
		KEYBOARD_MOUSE,
		'0',
		';',
		'5',
		';',
		'1',
		'2',
		'M', /* press */
		KEYBOARD_MOUSE,
		'0',
		';',
		'5',
		';',
		'1',
		'2',
		'm', /* release */
		KEYBOARD_MOUSE,
		'0',
		';',
		'5',
		';',
		'1',
		'2',
		'M', /* again */
		KEYBOARD_MOUSE,
		'0',
		';',
		'5',
		';',
		'1',
		'2',
		'M', /* and again */
		KEYBOARD_MOUSE,
		'6',
		'5',
		';',
		'2',
		';',
		'3',
		'M', /* wheel */
		KEYBOARD_MOUSE,
		'2',
		';',
		'2',
		';',
		'3',
		'M', /* another button */
		KEYBOARD_MOUSE,
		'0',
		';',
		'0',
		';',
		'3',
		'M', /* off the screen */
		KEYBOARD_MOUSE,
		'0',
		';',
		'9',
		'9',
		'9',
		'9',
		'9',
		'9',
		'9',
		'9',
		'9',
		';',
		'1',
		'M',
		KEYBOARD_MOUSE,
		'0',
		';',
		'1',
		0, /* cut */
	};
	const int *at = stream;
	struct keyboard keyboard = {.read = stream_read, .user = &at};

	(void)state;
	assert_int_equal(keyboard_next(&keyboard), TERM_KEY_MOUSE);
	assert_mouse(&keyboard, 4, 11, MOUSE_CLICK);
	assert_int_equal(keyboard_next(&keyboard), TERM_KEY_UNKNOWN);
	assert_int_equal(keyboard_next(&keyboard), TERM_KEY_MOUSE);
	assert_mouse(&keyboard, 4, 11, MOUSE_DOUBLE);
	assert_int_equal(keyboard_next(&keyboard), TERM_KEY_MOUSE);
	assert_mouse(&keyboard, 4, 11, MOUSE_CLICK);
	assert_int_equal(keyboard_next(&keyboard), TERM_KEY_MOUSE);
	assert_mouse(&keyboard, 1, 2, MOUSE_WHEEL_DOWN);
	assert_int_equal(keyboard_next(&keyboard), TERM_KEY_UNKNOWN);
	assert_int_equal(keyboard_next(&keyboard), TERM_KEY_UNKNOWN);
	assert_int_equal(keyboard_next(&keyboard), TERM_KEY_MOUSE); /* far out, but no overflow */
	assert_true(keyboard.mouse.x < 200000);
	assert_int_equal(keyboard_next(&keyboard), TERM_KEY_UNKNOWN);
	assert_int_equal(keyboard_next(&keyboard), KEY_NONE_YET);
}

static void slow_clicks_are_not_double(void **state)
{
	static const int stream[] = {KEYBOARD_MOUSE, '0', ';', '5', ';', '1', 'M', 0,
				     KEYBOARD_MOUSE, '0', ';', '5', ';', '1', 'M', 0};
	const int *at = stream;
	struct keyboard keyboard = {.read = stream_read, .user = &at};

	(void)state;
	assert_int_equal(keyboard_next(&keyboard), TERM_KEY_MOUSE);
	at++;
	clock_freeze(1500000, 0);
	assert_int_equal(keyboard_next(&keyboard), TERM_KEY_MOUSE);
	assert_mouse(&keyboard, 4, 0, MOUSE_CLICK);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, freeze, thaw)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(reads_keys_out_of_what_comes),
		EACH(a_paste_that_lost_its_end_does_not_swallow_keys_for_ever),
		EACH(reads_clicks_and_the_wheel),
		EACH(slow_clicks_are_not_double),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
