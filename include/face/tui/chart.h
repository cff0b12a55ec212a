#ifndef WEBMON_FACE_TUI_CHART_H
#define WEBMON_FACE_TUI_CHART_H
/*
 * The big latency chart: a log 1-2-5 (or linear) axis, bars of medians in eighths, dots of the slowest, the slow limit, percentile
 * marks at the right edge, a status strip and time ticks under it. Draws only.
 */
#include "face/tui/canvas.h"
#include "face/tui/theme.h"
#include "model/stats.h"

struct chart {
	const struct bin *bins;   /* chart_columns() of them, newest last; more tell what is held at the left edge */
	int          count;
	int64_t      end_ms, width_ms;
	int64_t      interval_ms; /* of the checks: rarer ones than columns hold their level, dim; 0: nothing is held */
	int          under_way;   /* newest bins since the check began that is under way; 0: none is */
	bool         linear, utc;
	bool         past;        /* end_ms is not now: the last tick says its time */
	int64_t      slow_us;     /* 0: none */
	struct stats stats;       /* p50, p95, max marks */
};

/* Columns of bars that fit an area of that width (axis on the left, marks on the right where >= 100 wide). */
int chart_columns(int width);
/* Any area; one row is the status strip alone, two have a row of bars over it, four and more the time ticks. */
void chart_draw(struct canvas *canvas, struct rect area, const struct chart *chart, const struct theme *theme);

/*
 * Phases of one sample as a waterfall: a row each, with the usual and the difference; or, where area.height < 7, a
 * single stacked bar and under it its legend, which ends well before the right edge. A failed sample shows in which
 * phase the time ran out, where its class tells.
 */
struct waterfall {
	const struct sample *sample;
	int32_t usual_us, usual_phase_us[PHASE_COUNT];
};
void waterfall_draw(struct canvas *canvas, struct rect area, const struct waterfall *waterfall, const struct theme *theme);

#endif
