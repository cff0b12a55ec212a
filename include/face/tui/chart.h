#ifndef WEBMON_FACE_TUI_CHART_H
#define WEBMON_FACE_TUI_CHART_H
/*
 * The big latency chart: a log 1-2-5 (or linear) axis, bars of medians in eighths, dots of the
 * slowest, the slow limit, percentile marks at the right edge, a status strip and time ticks under
 * it; behind them the band of what is usual, load in the strip, and what changed. Instead of bars a
 * heat map, instead of time a histogram. Draws only.
 */
#include "face/tui/canvas.h"
#include "face/tui/chart_content.h"
#include "face/tui/theme.h"

/* Columns of bars that fit an area of that width (axis on the left, marks on the right where >= 100
 * wide). */
int chart_columns(int width);
/* The value axis that the chart would have by itself, without what is held. False where there is no
 * answer that it could be of. */
bool chart_axis(const struct chart *chart, struct axis *axis);
/* How many answers of the survey lie within the chart's time. */
size_t chart_dots(const struct chart *chart, int columns);
/* Any area; one row is the status strip alone, two have a row of bars over it, four and more the
 * time ticks. */
void chart_draw(struct canvas *canvas, struct rect area, const struct chart *chart,
		const struct theme *theme);

/*
 * Phases of one sample as a waterfall: a row each, with the usual and the difference; or, where
 * area.height < 7, a single stacked bar and under it its legend, which ends well before the right
 * edge. A failed sample shows in which phase the time ran out, where its class tells.
 */
struct waterfall {
	const struct sample *sample;
	int32_t usual_us, usual_phase_us[PHASE_COUNT];
};
void waterfall_draw(struct canvas *canvas, struct rect area, const struct waterfall *waterfall);

#endif
