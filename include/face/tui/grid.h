#ifndef WEBMON_FACE_TUI_GRID_H
#define WEBMON_FACE_TUI_GRID_H
/*
 * Where the cells of the grid stand: targets by group, in the file's order, so that places can be
 * learned. Pure.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "face/tui/canvas.h"

struct grid_layout {
	bool counts_only; /* too small for cells */
	struct rect verdict, cells, about, history, keys;
	int label_width; /* of the group's name; 0: none */
	int cell_width;	 /* the sign's column included */
	bool names;	 /* cells are wide enough for names */
	int per_line;	 /* cells a line */
};

/* One line of cells. */
struct grid_line {
	uint32_t group;
	uint32_t first, count; /* cells, by place */
};

struct grid_wish {
	int longest_name, longest_group; /* columns; 0: no groups */
	const uint32_t *group_sizes;	 /* cells that are shown of each */
	size_t groups;
};

struct grid_layout layout_grid(int width, int height, const struct grid_wish *wish);

/* Lines of cells, group by group; capacity: one a cell suffices. Returns how many. */
size_t grid_lines(const struct grid_layout *layout, const struct grid_wish *wish,
		  struct grid_line *lines);

/* Where a step of so many lines and cells leads from `at`; held at the ends. */
size_t grid_step(const struct grid_line *lines, size_t count, size_t at, int down, int right);

#endif
