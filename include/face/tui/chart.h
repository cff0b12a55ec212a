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
	const struct bin *bins;   /* chart_columns() of them, newest last */
	int          count;
	int64_t      end_ms, width_ms;
	bool         linear, utc;
	int64_t      slow_us;     /* 0: none */
	struct stats stats;       /* p50, p95, max marks */
};

/* Columns of bars that fit an area of that width (axis on the left, marks on the right where >= 100 wide). */
int chart_columns(int width);
void chart_draw(struct canvas *canvas, struct rect area, const struct chart *chart, const struct theme *theme);

/* Phases of one sample as a waterfall: a row each, with the usual and the difference; or a single stacked bar where area.height < 7. */
struct waterfall {
	const struct sample *sample;
	int32_t usual_us, usual_phase_us[PHASE_COUNT];
};
void waterfall_draw(struct canvas *canvas, struct rect area, const struct waterfall *waterfall, const struct theme *theme);

#endif
