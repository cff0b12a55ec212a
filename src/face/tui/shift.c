/*
 * A history that moves on by a column is three bytes for each of its cells, for every row, every
 * few seconds: most of what an idle dashboard sends. Every emulator can delete and insert a
 * character for some twenty bytes; ncurses does not see it, because something else stands right of
 * the history. Main thread.
 */
#include "face/tui/shift.h"

#define WORTH	   24 /* bytes that have to be saved: shifting costs 20 */
#define MOVE_BYTES 6  /* to a cell further on */

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
	/* of the run that is looked at: begin, last cell saved and bytes */
	int first = -1, last = -2, saved = 0, best = 0;

	*shift = (struct shift){-1, -1};
	for (int x = 0; x + 1 < width; x++) {
		if (!before[x + 1].ink || !inked_is_same(&now[x], &before[x + 1])) {
			first = -1;
			saved = 0;
			continue;
		}
		if (inked_is_same(&now[x], &before[x])) {
			shift->to += first >= 0 && shift->to == x; /* right either way */
			continue;
		}
		first = first < 0 ? x : first;
		saved += (int)strlen(now[x].text) + (last == x - 1 ? 0 : MOVE_BYTES);
		last = x;
		if (saved > best) {
			best = saved;
			*shift = (struct shift){first, x + 1};
		}
	}
	return best >= WORTH && !has_wide(before, shift->from, width) &&
	       !has_wide(now, shift->from, width);
}
