/*
 * Layers of the latency chart. They share its frame, so each lies on the same axes; none of them
 * moves anything. Main thread.
 */
#include "face/tui/chart_layers.h"

#include <string.h>

#include "base/text.h"

#define WORD_ROWS 3 /* of changes that lie close together */

static bool has_survey(const struct frame *frame)
{
	return frame->chart->survey && frame->chart->survey->known;
}

/* On a theme without a ground for it, and without colours, the band is made of signs. */
void layer_band(const struct frame *frame)
{
	const struct survey *survey = frame->chart->survey;
	struct rect band = frame->plot;
	int low, high;

	if (!has_survey(frame) || survey->calm_low_us < 0)
		return;
	low = axis_row(&frame->axis, survey->calm_low_us);
	high = axis_row(&frame->axis, survey->calm_high_us);
	band.y = frame_row_y(frame, high);
	band.height = high - low + 1;
	if (frame->theme->looks[STYLE_BAND].background.rgb != COLOR_TERMINAL &&
	    !frame->canvas->mono)
		canvas_under(frame->canvas, band, STYLE_BAND);
	else if (frame->chart->view == CHART_BARS) /* a heat map is made of the same signs */
		canvas_fill(frame->canvas, band, STYLE_BAND, frame_sign(frame, "░", ":"));
}

/* The column in which a time lies; < 0: older than the chart, >= its width: not yet. */
static int64_t column_of(const struct frame *frame, int64_t at_ms)
{
	return frame->plot.width - 1 - (frame->end_ms / frame->width_ms - at_ms / frame->width_ms);
}

static bool is_inside(const struct frame *frame, int64_t column)
{
	return column >= 0 && column < frame->plot.width;
}

void layer_change_lines(const struct frame *frame)
{
	const struct marks *marks = frame->chart->marks;

	for (int i = 0; marks && i < marks->change_count; i++) {
		int64_t column = column_of(frame, marks->changes[i].at_ms);

		for (int y = 0; is_inside(frame, column) && y < frame->plot.height; y++)
			canvas_put(frame->canvas, frame->plot, frame->plot.x + (int)column,
				   frame->plot.y + y, STYLE_CHANGE, frame_sign(frame, "┊", "|"));
	}
}

/* Behind the sign where it fits, else before it, else as much as fits. Returns its first column. */
static int put_words(const struct frame *frame, int row, int column, int free_to, const char *words)
{
	int width = text_width(words) + 2, from = column, room = free_to - column - 2;
	struct rect plot = frame->plot;

	canvas_put(frame->canvas, plot, plot.x + column, plot.y + row, STYLE_CHANGE,
		   frame_sign(frame, "◇", "+"));
	if (column + width > free_to && column >= width) {
		from = column - width;
		canvas_put(frame->canvas, plot, plot.x + from, plot.y + row, STYLE_CHANGE, words);
	} else if (room > 8) {
		canvas_put_fit(frame->canvas, plot, plot.x + column + 2, plot.y + row,
			       width - 2 < room ? width - 2 : room, false, STYLE_CHANGE, words);
	}
	return from;
}

void layer_change_words(const struct frame *frame)
{
	const struct marks *marks = frame->chart->marks;
	int rows = frame->plot.height >= 6 ? WORD_ROWS : frame->plot.height >= 3;
	int64_t free_to[WORD_ROWS]; /* columns from here on are taken */

	for (int row = 0; row < WORD_ROWS; row++)
		free_to[row] = frame->plot.width;
	for (int i = marks ? marks->change_count : 0; i > 0; i--) {
		int64_t column = column_of(frame, marks->changes[i - 1].at_ms);
		int row = 0;

		while (row < rows && column >= free_to[row])
			row++;
		if (row < rows && is_inside(frame, column))
			free_to[row] = put_words(frame, row, (int)column, (int)free_to[row],
						 marks->changes[i - 1].text) -
				       1;
	}
}

static void put_heat(const struct frame *frame, int x, int row, unsigned part, unsigned whole)
{
	static const char *const shades[] = {"░", "▒", "▓", "█"};
	static const char *const plain[] = {".", ":", "+", "#"};
	int shade = part * 2 >= whole ? 3 : part * 4 >= whole ? 2 : part * 10 >= whole ? 1 : 0;
	bool slow = frame->slow_us > 0 && row > axis_row(&frame->axis, frame->slow_us);

	canvas_put(frame->canvas, frame->plot, x, frame_row_y(frame, row),
		   slow ? STYLE_HISTORY_SLOW : STYLE_BAR_CHART,
		   frame->canvas->ascii ? plain[shade] : shades[shade]);
}

#define HEAT_ROWS 128

/* One column: dots from *next on that are not newer; returns how many there were. */
static unsigned put_heat_column(const struct frame *frame, int column, size_t *next)
{
	const struct survey *survey = frame->chart->survey;
	uint16_t counts[HEAT_ROWS] = {0};
	unsigned whole = 0;

	for (; *next < survey->dot_count; ++*next) {
		const struct dot *dot = &survey->dots[*next];
		int64_t of = column_of(frame, dot->at_ms);
		int row = axis_row(&frame->axis, dot->us);

		if (of > column)
			break;
		if (of < column)
			continue;
		whole++;
		if (counts[row < HEAT_ROWS ? row : HEAT_ROWS - 1] < UINT16_MAX)
			counts[row < HEAT_ROWS ? row : HEAT_ROWS - 1]++;
	}
	for (int row = 0; row < frame->axis.rows && row < HEAT_ROWS; row++)
		if (counts[row])
			put_heat(frame, frame->plot.x + column, row, counts[row], whole);
	return whole;
}

void layer_heat(const struct frame *frame)
{
	const struct chart *chart = frame->chart;
	size_t next = 0;

	if (!has_survey(frame) || frame->plot.height <= 0)
		return;
	for (int column = 0; column < frame->plot.width; column++) {
		int place = chart->count - frame->plot.width + column;
		const struct bin *bin = place >= 0 ? &chart->bins[place] : NULL;

		/* of what is older than the samples only the median is known */
		if (!put_heat_column(frame, column, &next) && bin && bin->good &&
		    bin->median_us >= 0)
			canvas_put(frame->canvas, frame->plot, frame->plot.x + column,
				   frame_row_y(frame, axis_row(&frame->axis, bin->median_us)),
				   STYLE_HISTORY_DIM, frame_sign(frame, "▒", ":"));
	}
}

void layer_second(const struct frame *frame)
{
	const struct chart *chart = frame->chart;

	for (int i = 0; chart->second && i < chart->count; i++) {
		const struct bin *bin = &chart->second[i];
		int x = frame->plot.x + frame->plot.width - chart->count + i;

		if (x >= frame->plot.x && bin->median_us >= 0)
			canvas_put(frame->canvas, frame->plot, x,
				   frame_row_y(frame, axis_row(&frame->axis, bin->median_us)),
				   STYLE_SECOND, frame_sign(frame, "─", "="));
	}
}

bool layer_is_loaded(const struct frame *frame, int age)
{
	int64_t from_ms = (frame->end_ms / frame->width_ms - age) * frame->width_ms;

	return frame->chart->marks &&
	       marks_load_within(frame->chart->marks, from_ms, from_ms + frame->width_ms);
}
