#ifndef WEBMON_TESTS_GOLDEN_H
#define WEBMON_TESTS_GOLDEN_H
/*
 * Compares a canvas with tests/golden/NAME.txt: its text and, under it, the style of every column.
 * With WEBMON_GOLDEN=write in the environment (`make golden`) the file is written anew instead, and
 * the diff is read like code. Include after cmocka.h; tests run at the top of the source tree.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "face/tui/canvas.h"

static inline char *golden_read(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = x_calloc(1, 1 << 18);
	size_t size;

	if (!file) {
		return text;
	}
	size = fread(text, 1, (1 << 18) - 1, file);
	text[size] = '\0';
	fclose(file);
	return text;
}

static inline void golden_write(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (!file || fputs(text, file) < 0 || fclose(file) != 0) {
		fail_msg("cannot write %s", path);
	}
}

static inline void golden_check(const char *name, const struct canvas *canvas)
{
	const char *mode = getenv("WEBMON_GOLDEN");
	char *text = canvas_text(canvas), *styles = canvas_styles(canvas);
	char *picture = x_asprintf("%s---- styles ----\n%s", text, styles),
	     *path = x_asprintf("tests/golden/%s.txt", name);

	if (mode && strcmp(mode, "write") == 0) {
		golden_write(path, picture);
	} else {
		char *wanted = golden_read(path);

		if (strcmp(picture, wanted) != 0) {
			print_error("%s differs; now it is\n%s", path, picture);
		}
		assert_string_equal(picture, wanted);
		free(wanted);
	}
	free(path);
	free(picture);
	free(styles);
	free(text);
}

#endif
