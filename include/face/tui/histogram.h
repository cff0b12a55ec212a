#ifndef WEBMON_FACE_TUI_HISTOGRAM_H
#define WEBMON_FACE_TUI_HISTOGRAM_H
/*
 * The histogram view of the latency chart, over the same span of time and in the same area. Private
 * to the chart.
 */
#include "face/tui/chart_frame.h"

void histogram_draw(const struct frame *frame);

#endif
