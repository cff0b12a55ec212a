/*
 * What the terminal was last given. ncurses compares cells too, but only after each was put into
 * its own form; here most rows are told to be as before by one comparison of memory. Main thread.
 */
#include "face/tui/shown.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static size_t count_of(const struct shown *shown)
{
	return (size_t)shown->width * (size_t)shown->height;
}

void shown_fit(struct shown *shown, int width, int height)
{
	shown->width = width;
	shown->height = height;
	shown->cells = x_realloc(shown->cells, count_of(shown) * sizeof *shown->cells);
	shown->seen = x_realloc(shown->seen, count_of(shown) * sizeof *shown->seen);
	shown->row = x_realloc(shown->row, (size_t)width * sizeof *shown->row);
	shown_forget(shown);
}

void shown_fini(struct shown *shown)
{
	free(shown->cells);
	free(shown->seen);
	free(shown->row);
	*shown = (struct shown){0};
}

void shown_forget(struct shown *shown)
{
	for (size_t i = 0; i < count_of(shown); i++) {
		shown->cells[i].ink = NULL;
	}
	memset(shown->seen, 0xff, count_of(shown) * sizeof *shown->seen); /* no cell is like that */
}

bool shown_look(struct shown *shown, struct inks *inks, const struct canvas *canvas, int y)
{
	const struct cell_glyph *cells = canvas->cells + (size_t)y * (size_t)canvas->width;
	struct cell_glyph *seen = shown->seen + (size_t)y * (size_t)shown->width;
	size_t bytes;

	shown->looked = canvas->width < shown->width ? canvas->width : shown->width;
	bytes = (size_t)shown->looked * sizeof *seen;
	if (memcmp(seen, cells, bytes) == 0) {
		return false;
	}
	memcpy(seen, cells, bytes);
	inks_row(inks, cells, shown->looked, shown->row);
	return true;
}

bool shown_has_moved(const struct shown *shown, int y, struct shift *shift)
{
	const struct inked *before = shown->cells + (size_t)y * (size_t)shown->width;

	return shown->looked == shown->width && shift_find(before, shown->row, shown->width, shift);
}

const struct inked *shown_next(struct shown *shown, int y, int *x)
{
	struct inked *before = shown->cells + (size_t)y * (size_t)shown->width;

	for (; *x < shown->looked; ++*x) {
		if (!inked_is_same(&shown->row[*x], &before[*x])) {
			before[*x] = shown->row[*x];
			return &shown->row[*x];
		}
	}
	return NULL;
}
