/*
 * A history that moves on by a column is three bytes for each of its cells, for every row, every
 * few seconds: most of what an idle dashboard sends. Every emulator can delete and insert a
 * character for some twenty bytes; ncurses does not see it, because something else stands right of
 * the history. Main thread.
 */
#include "face/tui/shift.h"

#define WORTH 12 /* cells of three bytes that have to be saved */

/* A wide character must not be torn: such a row is sent cell by cell. */
static bool has_wide(const struct inked *row, int from, int width)
{
	for (int x = from; x < width; x++) {
		if (!*row[x].text) {
			return true;
		}
	}
	return false;
}

bool shift_find(const struct inked *before, const struct inked *now, int width, struct shift *shift)
{
	int first = -1, saved = 0, best = 0; /* of the run that is looked at: begin, cells saved */

	for (int x = 0; x + 1 < width; x++) {
		if (!before[x + 1].ink || !inked_is_same(&now[x], &before[x + 1])) {
			first = -1;
			saved = 0;
			continue;
		}
		if (inked_is_same(&now[x], &before[x])) {
			continue; /* right either way */
		}
		first = first < 0 ? x : first;
		if (++saved > best) {
			best = saved;
			*shift = (struct shift){first, x + 1};
		}
	}
	return best >= WORTH && !has_wide(before, shift->from, width) &&
	       !has_wide(now, shift->from, width);
}
