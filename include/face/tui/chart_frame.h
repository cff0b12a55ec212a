#ifndef WEBMON_FACE_TUI_CHART_FRAME_H
#define WEBMON_FACE_TUI_CHART_FRAME_H
/*
 * Where the parts of a latency chart lie, and what stands round its bars: axis labels, marks, share
 * of good answers, time. Private to the chart.
 */
#include "base/units.h"
#include "face/tui/axis.h"
#include "face/tui/canvas.h"
#include "face/tui/chart_content.h"
#include "face/tui/theme.h"
#include "model/stats.h"

struct frame {
	const struct chart *chart;
	struct canvas *canvas;
	const struct theme *theme;
	const struct stats *stats;
	int64_t slow_us;	  /* 0: none */
	int64_t end_ms, width_ms; /* of the newest column, of each */
	bool utc, past;
	struct rect area, plot; /* plot: the bars alone */
	struct axis axis;
	int strip_y, ticks_y;
};

static inline const char *frame_sign(const struct frame *frame, const char *utf8, const char *ascii)
{
	return frame->canvas->ascii ? ascii : utf8;
}

/* The line of the canvas of a row of the axis. */
static inline int frame_row_y(const struct frame *frame, int row)
{
	return frame->plot.y + frame->plot.height - 1 - row;
}

/* "400", "1240", "0.5": milliseconds without the unit. */
void frame_format_ms(char out[FORMAT_MAX], int64_t us);
/* Right-aligned in the margin left of a row. */
void frame_draw_label(const struct frame *frame, int row, enum style style, const char *text);
/* p50, slow limit, p95 and max at their rows, where the right margin has room for them. */
void frame_draw_marks(const struct frame *frame);
/* The strip's name on the left and the share of good answers on the right. */
void frame_draw_share(const struct frame *frame);
/* The time under the columns. */
void frame_draw_ticks(const struct frame *frame);

#endif
