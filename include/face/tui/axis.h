#ifndef WEBMON_FACE_TUI_AXIS_H
#define WEBMON_FACE_TUI_AXIS_H
/*
 * The value axis of the latency chart: from what has to be shown to limits, lines and rows. Pure;
 * private to the chart.
 */
#include <stdbool.h>
#include <stdint.h>

#define AXIS_LINES_MAX 16

/* What the axis has to hold; times in us, < 0: not known. */
struct axis_wish {
	int rows;
	bool linear;
	int64_t usual_top_us;	 /* p99 of the span */
	int64_t slow_us;	 /* 0: none */
	int64_t low_us, high_us; /* smallest and largest median */
	int64_t max_us;		 /* slowest of all */
};

struct axis {
	bool linear;
	int64_t low_us, high_us; /* on steps of 1-2-5; low is 0 where linear */
	double base, span;	 /* eighths of a row: where low lies, and from there to high */
	int rows;
	int64_t lines_us[AXIS_LINES_MAX]; /* rising, at least two rows apart */
	int line_count;
};

struct axis axis_make(const struct axis_wish *wish);

/* Eighths of a row from the bottom, 1 to 8 * rows; the row, 0 at the bottom. Held at the ends. */
int axis_eighths(const struct axis *axis, int64_t us);
int axis_row(const struct axis *axis, int64_t us);
/* True where it lies over the topmost row. */
bool axis_is_over(const struct axis *axis, int64_t us);

#endif
