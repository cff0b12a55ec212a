#ifndef WEBMON_FACE_TUI_AXIS_H
#define WEBMON_FACE_TUI_AXIS_H
/*
 * The value axis of the latency chart: from what has to be shown to limits, lines and rows. Pure;
 * private to the chart.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AXIS_LINES_MAX 16

struct axis_range {
	int64_t low_us, high_us;
};

/* What the axis has to hold; times in us, < 0: not known. */
struct axis_wish {
	int rows;
	bool linear;
	int64_t usual_top_us;	 /* p99 of the span */
	int64_t slow_us;	 /* 0: none */
	int64_t low_us, high_us; /* smallest and largest median */
	int64_t max_us;		 /* slowest of all */
	struct axis_range held;	 /* at least that, see struct axis_hold; zeroed: nothing */
};

/* What two pictures that follow each other must have in common for one to keep the other's
 * limits. */
struct axis_view {
	size_t target;
	int64_t width_ms;
	bool linear;
};

/*
 * Limits that are wider than what is to be shown stay for a while: a scale that flips between two
 * steps whenever a value crosses the one in the middle makes a steady target look restless. As
 * steps are twice as high or more, what a smaller scale holds is under 60 % of the greater one. A
 * plain value; zeroed: nothing is held.
 */
struct axis_hold {
	struct axis_view view;
	struct axis_range range;
	/* all that was wanted since since_ms; after a minute range shrinks to it */
	struct axis_range enough;
	int64_t since_ms, at_ms;  /* at_ms: of the last picture */
};

struct axis {
	bool linear;
	int64_t low_us, high_us; /* on steps of 1-2-5; low is 0 where linear */
	double base, span;	 /* eighths of a row: where low lies, and from there to high */
	int rows;
	int64_t lines_us[AXIS_LINES_MAX]; /* rising, at least two rows apart */
	int line_count;
};

/*
 * wanted: the axis that the picture of this time would have by itself. Widens at once, narrows
 * after a minute in which less was enough. Forgets where time went back or far on, or the view is
 * another one.
 */
void axis_hold_take(struct axis_hold *hold, const struct axis_view *view, const struct axis *wanted,
		    int64_t at_ms);

struct axis axis_make(const struct axis_wish *wish);

/* Eighths of a row from the bottom, 1 to 8 * rows; the row, 0 at the bottom. Held at the ends. */
int axis_eighths(const struct axis *axis, int64_t us);
int axis_row(const struct axis *axis, int64_t us);
/* True where it lies over the topmost row. */
bool axis_is_over(const struct axis *axis, int64_t us);

#endif
