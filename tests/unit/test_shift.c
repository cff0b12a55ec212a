/*
 * face/tui/shift: what moved one column to the left is found, where it is worth it and tears no wide character.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "face/tui/shift.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define WIDTH_MAX    64

/* One ASCII character a cell; '~' is the right half of a wide one, '?' a cell not known, capitals have another ink. */
static int make_row(struct inked *row, const char *text)
{
	static const char inks[2];
	int width = (int)strlen(text);

	for (int x = 0; x < width; x++) {
		bool other = text[x] >= 'A' && text[x] <= 'Z';

		row[x] = (struct inked){.ink = (const struct ink *)(const void *)&inks[other]};
		row[x].text[0] = text[x] == '~' ? '\0' : text[x];
		row[x].ink = text[x] == '?' ? NULL : row[x].ink;
	}
	return width;
}

static void finds_what_moved(void **state)
{
	static const struct {
		const char *before, *now;
		int from, to; /* -1: nothing */
	} cases[] = {
		/* clang-format off */
		{"name 12345671234567123456712 100", "name 23456712345671234567128 100", 5, 27},
		{"name 12345671234567123456712 100", "nome 23456712345671234567128  99", 5, 27},
		{"12345671234567123456712345", "23456712345671234567123456", 0, 25},
		{"name 12345671234567123456712 100", "name 12345671234567123456712 100", -1, -1},
		{"name 123 100", "name 234 100", -1, -1},              /* not worth it */
		{"name 22222222222222222222222222 100", "name 22222222222222222222222223 100", -1, -1}, /* costs nothing anyhow */
		{"name ABCDEFGABCDEFGABCDEFGAB 100", "name BCDEFGABCDEFGABCDEFGABH 100", 5, 27},
		{"name ABCDEFGABCDEFGABCDEFGAB 100", "name bcdefgabcdefgabcdefgabh 100", -1, -1}, /* other colours */
		{"name 12345671234567123456712 w~0", "name 23456712345671234567128 w~0", -1, -1},
		{"w~me 12345671234567123456712 100", "w~me 23456712345671234567128 100", 5, 27},
		{"name ??????????????????????? 100", "name 23456712345671234567128 100", -1, -1},
		{"12345671234567123456712333 100", "23456712345671234567123334 100", 0, 25}, /* to its end */
		{"", "", -1, -1},
		{"1", "2", -1, -1},
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct inked before[WIDTH_MAX], now[WIDTH_MAX];
		struct shift shift = {-1, -1};
		int width = make_row(before, cases[i].before);
		bool found;

		assert_int_equal(make_row(now, cases[i].now), width);
		found = shift_find(before, now, width, &shift);
		assert_int_equal(found, cases[i].from >= 0);
		if (found) {
			assert_int_equal(shift.from, cases[i].from);
			assert_int_equal(shift.to, cases[i].to);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_moved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
