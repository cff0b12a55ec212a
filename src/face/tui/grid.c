/*
 * The grid's geometry. Cells are as wide as lets all of them be seen: with names, with room round
 * the signs, or sign beside sign.
 */
#include "face/tui/grid.h"

#define NAME_MOST  24
#define LABEL_MOST 14
#define ROOMY	   3 /* columns of a sign */
#define TIGHT	   2

static size_t lines_wanted(const struct grid_wish *wish, int per_line)
{
	size_t lines = 0;

	for (size_t i = 0; i < wish->groups; i++)
		lines += (wish->group_sizes[i] + (uint32_t)per_line - 1) / (uint32_t)per_line;
	return lines;
}

/* Whether narrower signs would keep groups on a line each that now are broken over two. */
static bool breaks_groups(const struct grid_wish *wish, int room)
{
	size_t lines = 0;

	for (size_t i = 0; i < wish->groups; i++)
		lines += wish->group_sizes[i] > 0;
	return lines > 1 && room / ROOMY > 0 && lines_wanted(wish, room / ROOMY) > lines &&
	       lines_wanted(wish, room / TIGHT) == lines;
}

static void choose_cells(struct grid_layout *layout, const struct grid_wish *wish)
{
	int name = at_most(wish->longest_name, NAME_MOST) + 4;
	const int widths[] = {name, ROOMY, TIGHT, 1};
	int room = layout->cells.width - layout->label_width - 1;

	for (int i = 0; i < 4; i++) {
		layout->cell_width = widths[i];
		layout->names = i == 0;
		layout->per_line = room / widths[i] > 0 ? room / widths[i] : 1;
		if (widths[i] == ROOMY && breaks_groups(wish, room))
			continue;
		if (room >= widths[i] &&
		    lines_wanted(wish, layout->per_line) <= (size_t)layout->cells.height)
			return;
	}
}

struct grid_layout layout_grid(int width, int height, const struct grid_wish *wish)
{
	struct grid_layout layout = {.counts_only = width < 20 || height < 3};
	int top = 1, bottom = height;

	layout.verdict = (struct rect){0, 0, width, layout.counts_only ? height : 1};
	if (layout.counts_only)
		return layout;
	if (height >= 8)
		layout.keys = (struct rect){0, --bottom, width, 1};
	if (height >= 12)
		layout.history = (struct rect){0, --bottom, width, 1};
	if (height >= 4)
		layout.about = (struct rect){0, --bottom, width, 1};
	if (height >= 16) {
		top++;
		bottom--;
	}
	layout.cells = (struct rect){0, top, width, bottom - top};
	if (wish->longest_group)
		layout.label_width =
			at_most(at_most(wish->longest_group, LABEL_MOST), width / 4) + 2;
	choose_cells(&layout, wish);
	return layout;
}

size_t grid_lines(const struct grid_layout *layout, const struct grid_wish *wish,
		  struct grid_line *lines)
{
	uint32_t place = 0, per_line = (uint32_t)layout->per_line;
	size_t count = 0;

	for (size_t group = 0; group < wish->groups; group++) {
		uint32_t left = wish->group_sizes[group];

		while (left) {
			uint32_t here = left < per_line ? left : per_line;

			lines[count++] = (struct grid_line){(uint32_t)group, place, here};
			place += here;
			left -= here;
		}
	}
	return count;
}

size_t grid_step(const struct grid_line *lines, size_t count, size_t at, int down, int right)
{
	const struct grid_line *last = &lines[count - 1];
	size_t line = 0, column, end = last->first + last->count - 1, step = (size_t)down;

	if (right)
		return right < 0 ? at - (at > 0) : at + (at < end);
	while (line + 1 < count && lines[line + 1].first <= at)
		line++;
	column = at - lines[line].first;
	if (down < 0) {
		step = (size_t)-down;
		line = line > step ? line - step : 0;
	} else {
		line = line + step < count ? line + step : count - 1;
	}
	if (column >= lines[line].count)
		column = lines[line].count - 1;
	return lines[line].first + column;
}
