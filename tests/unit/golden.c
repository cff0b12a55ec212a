/*
 * Golden screens.
 */
#include "unit/golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

#define GOLDEN_FOLDER "tests/golden"
#define GOLDEN_MAX    (1 << 20)

static char *picture_of(const struct canvas *canvas)
{
	char *text = canvas_text(canvas), *styles = canvas_styles(canvas);
	char *picture = x_asprintf("%s---- styles ----\n%s", text, styles);

	free(text);
	free(styles);
	return picture;
}

static char *read_expected(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = x_calloc(1, GOLDEN_MAX);

	if (!file)
		return text;
	text[fread(text, 1, GOLDEN_MAX - 1, file)] = '\0';
	fclose(file);
	return text;
}

static void write_expected(const char *path, const char *picture)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(picture, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* The first line that is not as expected, both ways. */
static void tell_difference(const char *path, const char *expected, const char *picture)
{
	int line = 1;

	while (*expected && *expected == *picture) {
		line += *expected == '\n';
		expected++;
		picture++;
	}
	print_error("%s:%d is not as expected; from there on\n  expected: %.*s\n  drawn:    %.*s\n",
		    path, line, (int)strcspn(expected, "\n"), expected, (int)strcspn(picture, "\n"),
		    picture);
}

void golden_check(const char *name, const struct canvas *canvas)
{
	const char *wish = getenv("WEBMON_GOLDEN");
	char *path = x_asprintf(GOLDEN_FOLDER "/%s.txt", name);
	char *picture = picture_of(canvas), *expected;

	if (wish && strcmp(wish, "write") == 0)
		write_expected(path, picture);
	expected = read_expected(path);
	if (strcmp(expected, picture) != 0) {
		tell_difference(path, expected, picture);
		fail_msg("%s: `make golden` writes it anew", path);
	}
	free(expected);
	free(picture);
	free(path);
}
