#ifndef WEBMON_FACE_TUI_CHART_CONTENT_H
#define WEBMON_FACE_TUI_CHART_CONTENT_H
/*
 * What a latency chart shows: a plain value that borrows all it points to.
 */
#include "face/tui/axis.h"
#include "face/tui/survey.h"
#include "face/tui/walk.h"
#include "model/stats.h"

enum chart_view { CHART_BARS, CHART_HEAT, CHART_HISTOGRAM, CHART_VIEWS };

struct chart {
	/* chart_columns() of them, newest last; more tell what is held at the left edge */
	const struct bin *bins;
	int          count;
	struct bin_before before; /* the last check before them */
	int64_t      end_ms, width_ms;
	/* of the checks: rarer ones than columns hold their level; 0: nothing is held */
	int64_t      interval_ms;
	/* newest bins since the check began that is under way; 0: none is */
	int          under_way;
	bool         hanging;     /* that one takes longer than it should */
	bool         linear, utc;
	bool         past;        /* end_ms is not now: the last tick says its time */
	int64_t      slow_us;     /* 0: none */
	struct stats stats;       /* p50, p95, max marks */
	/* the value axis is at least so wide; zeroed: as wide as it must be */
	struct axis_range held;
	enum chart_view view;
	const struct marks  *marks;  /* NULL: none */
	const struct survey *survey; /* band, kinds, dots; NULL: none */
	/* of the survey's second kind, as many as bins; NULL: there is but one kind */
	const struct bin    *second;
};

#endif
