#ifndef WEBMON_FACE_TUI_CHART_LAYERS_H
#define WEBMON_FACE_TUI_CHART_LAYERS_H
/*
 * What lies behind and over the bars of the latency chart. Private to the chart.
 */
#include "face/tui/chart_frame.h"

/* From the usual time to what nine answers of ten stay under while calm: behind all else. */
void layer_band(const struct frame *frame);
/* A line where something changed, behind the bars; its words over them, the newest first. */
void layer_change_lines(const struct frame *frame);
void layer_change_words(const struct frame *frame);
/* The answers themselves, by how many of a column's fall into a row. */
void layer_heat(const struct frame *frame);
/* The medians of the second kind of checks, over the bars of the first. */
void layer_second(const struct frame *frame);

/* Whether the target was under load in the column of that age, 0 being the newest. */
bool layer_is_loaded(const struct frame *frame, int age);

#endif
