/*
 * The big latency chart. Layers, from the back: the band of what is usual, grid lines, slow limit,
 * lines of changes, bars (or the heat map), dots of the slowest, what changed in words;
 * under them a strip that says what became of each column. A failed column is a gap and a letter:
 * no line is ever drawn through a time in which nothing is known. Draws only. Main thread.
 */
#include "face/tui/chart.h"

#include "base/text.h"
#include "face/tui/chart_frame.h"
#include "face/tui/chart_layers.h"
#include "face/tui/histogram.h"
#include "face/tui/walk.h"

#define WIDE	100 /* from here on there are marks at the right */
#define MIDDLE	60  /* from here on the share of good answers */
#define NARROW	24  /* from here on an axis */
#define OUTLIER 1.5 /* the slowest has a dot from this many medians on */

/* Columns left and right of the bars, by width. */
struct margins {
	int left, right;
};

static struct margins margins_of(int width)
{
	return width >= WIDE	 ? (struct margins){8, 12}
	       : width >= MIDDLE ? (struct margins){6, 6}
	       : width >= NARROW ? (struct margins){6, 0}
				 : (struct margins){0, 0};
}

/* text at every `every`th column of a row. */
static void draw_line(const struct frame *frame, int row, enum style style, const char *text,
		      int every)
{
	for (int x = 0; x < frame->plot.width; x += every) {
		canvas_put(frame->canvas, frame->plot, frame->plot.x + x, frame_row_y(frame, row),
			   style, text);
	}
}

static void draw_lines(const struct frame *frame)
{
	const struct axis *axis = &frame->axis;
	int64_t slow_us = frame->slow_us;
	int slow_row = slow_us > 0 && !axis_is_over(axis, slow_us) ? axis_row(axis, slow_us) : -1;
	bool top_free = axis->rows > 3 && slow_row != axis->rows - 1;
	char label[FORMAT_MAX];

	for (int i = 0; i < axis->line_count; i++) {
		int row = axis_row(axis, axis->lines_us[i]);

		if (row != slow_row) {
			frame_format_ms(label, axis->lines_us[i]);
			draw_line(frame, row, STYLE_GRID, frame_sign(frame, "┈", "."),
				  frame->canvas->ascii ? 2 : 1);
			frame_draw_label(frame, row, STYLE_AXIS, label);
		}
		top_free = top_free && row != axis->rows - 1;
	}
	if (slow_row >= 0) {
		frame_format_ms(label, slow_us);
		draw_line(frame, slow_row, STYLE_LIMIT, frame_sign(frame, "╌", "-"), 2);
		frame_draw_label(frame, slow_row, STYLE_LIMIT, label);
	}
	if (top_free) {
		frame_draw_label(frame, axis->rows - 1, STYLE_AXIS, "ms");
	}
}

static bool is_over_limit(const struct frame *frame, int64_t us)
{
	return frame->slow_us > 0 && us > frame->slow_us;
}

static void draw_bar(const struct frame *frame, int x, int64_t us, enum style style)
{
	int eighths = axis_eighths(&frame->axis, us);

	for (int row = 0; eighths > 0; row++, eighths -= 8) {
		canvas_put(frame->canvas, frame->plot, x, frame_row_y(frame, row), style,
			   frame->theme->glyphs.bars[eighths < 8 ? eighths - 1 : 7]);
	}
}

static void draw_dot(const struct frame *frame, int x, const struct bin *bin)
{
	int row = axis_row(&frame->axis, bin->max_us),
	    bar_row = (axis_eighths(&frame->axis, bin->median_us) - 1) / 8;

	if ((double)bin->max_us <= OUTLIER * (double)bin->median_us || row <= bar_row) {
		return;
	}
	canvas_put(frame->canvas, frame->plot, x, frame_row_y(frame, row),
		   is_over_limit(frame, bin->max_us) ? STYLE_HISTORY_SLOW : STYLE_SLOWEST,
		   axis_is_over(&frame->axis, bin->max_us) ? frame_sign(frame, "▴", "^")
							   : frame_sign(frame, "•", "o"));
}

/* One column and what the walk says of it. */
struct column {
	const struct bin *bin;
	const struct bin_walk *walk;
	enum bin_show show;
	int x, age;
};

static const char *good_sign(const struct frame *frame, const struct column *column,
			     enum style *style)
{
	if (column->bin->slow) {
		*style = STYLE_SLOW;
		return frame->theme->glyphs.slow;
	}
	if (layer_is_loaded(frame, column->age)) {
		*style = STYLE_LOAD;
		return frame->theme->glyphs.loaded;
	}
	*style = STYLE_STRIP_OK;
	return frame_sign(frame, "━", "-");
}

/* What became of the checks of one column. */
static void draw_strip_cell(const struct frame *frame, const struct column *column)
{
	char letter[2];
	const char *text = " ";
	enum style style = STYLE_TEXT;

	bin_letter(column->walk->held_letter, letter);
	switch (column->show) {
	case BIN_BLANK:
	case BIN_PENDING:
		break;
	case BIN_HANGING:
		text = frame_sign(frame, "…", "~");
		style = STYLE_HISTORY_SLOW;
		break;
	case BIN_GAP:
		text = frame_sign(frame, "·", "'");
		style = STYLE_NODATA;
		break;
	case BIN_HELD:
		text = column->walk->held_letter ? letter : frame_sign(frame, "━", "-");
		style = column->walk->held_letter ? column->walk->held_failed : STYLE_NODATA;
		break;
	case BIN_GOOD:
		text = good_sign(frame, column, &style);
		break;
	case BIN_FAILED:
		text = letter;
		style = bin_failed_style(column->bin);
		break;
	}
	canvas_put(frame->canvas, frame->area, column->x, frame->strip_y, style, text);
}

static enum style bar_style(const struct frame *frame, int64_t us)
{
	return is_over_limit(frame, us) ? STYLE_HISTORY_SLOW : STYLE_BAR_CHART;
}

static void draw_column(const struct frame *frame, const struct column *column)
{
	const struct bin *bin = column->bin;
	const struct bin_walk *walk = column->walk;

	if (column->show == BIN_HELD && walk->held_us >= 0) {
		/* as a bar like the others: the strip tells which column had a check */
		draw_bar(frame, column->x, walk->held_us, bar_style(frame, walk->held_us));
	} else if (bin->good > bin->failed && bin->median_us >= 0) {
		draw_bar(frame, column->x, bin->median_us, bar_style(frame, bin->median_us));
		draw_dot(frame, column->x, bin);
	}
}

/* Whether a larger share of a's checks failed. */
static bool is_worse(const struct bin *a, const struct bin *b)
{
	return (uint32_t)a->failed * (b->failed + b->good) >
	       (uint32_t)b->failed * (a->failed + a->good);
}

/* What the strip shows of a column in which there were checks of two kinds: one way that is dead is
 * not made good by the other. */
static struct bin worse_of(const struct bin *first, const struct bin *second)
{
	struct bin bin =
		is_worse(second, first) || (!first->failed && !first->good) ? *second : *first;

	bin.slow = first->slow || second->slow;
	bin.tainted = (uint16_t)(first->tainted || second->tainted);
	return bin;
}

/* Of two kinds the columns are those of the first. */
static struct bin bin_of_column(const struct chart *chart, int i)
{
	return chart->bins[i];
}

static struct bin bin_of_strip(const struct chart *chart, int i)
{
	return chart->second ? worse_of(&chart->bins[i], &chart->second[i]) : chart->bins[i];
}

/* Each column that is in sight, oldest first. */
static void walk_columns(const struct frame *frame, const struct chart *chart,
			 struct bin (*bin_of)(const struct chart *chart, int i),
			 void (*draw)(const struct frame *frame, const struct column *column))
{
	struct bin_walk walk = {.interval_ms = chart->interval_ms,
				.width_ms = chart->width_ms,
				.under_way = chart->under_way,
				.hanging = chart->hanging};

	bin_walk_begin(&walk, &chart->before);
	for (int i = 0; i < chart->count; i++) {
		struct bin bin = bin_of(chart, i);
		struct column column = {
			.bin = &bin,
			.walk = &walk,
			.x = frame->plot.x + frame->plot.width - chart->count + i,
			.age = chart->count - 1 - i,
		};

		column.show = bin_walk_next(&walk, column.bin, column.age);
		if (column.x >= frame->plot.x)
			draw(frame, &column);
	}
}

static void widen(struct axis_wish *wish, const struct bin *bin)
{
	if (!bin->good || bin->good <= bin->failed || bin->median_us < 0) {
		return;
	}
	wish->low_us =
		wish->low_us < 0 || bin->median_us < wish->low_us ? bin->median_us : wish->low_us;
	wish->high_us = bin->median_us > wish->high_us ? bin->median_us : wish->high_us;
	wish->max_us = bin->max_us > wish->max_us ? bin->max_us : wish->max_us;
}

static struct axis make_axis(const struct chart *chart, int rows)
{
	struct axis_wish wish = {
		.rows = rows,
		.linear = chart->linear,
		.slow_us = chart->slow_us,
		.usual_top_us = chart->stats.good ? chart->stats.p99_us : ABSENT_US,
		.max_us = chart->stats.good ? chart->stats.max_us : ABSENT_US,
		.low_us = ABSENT_US,
		.high_us = ABSENT_US,
		.held = chart->held,
	};

	widen(&wish, &chart->before.bin);
	for (int i = 0; i < chart->count; i++) {
		widen(&wish, &chart->bins[i]);
		if (chart->second) {
			widen(&wish, &chart->second[i]);
		}
	}
	return axis_make(&wish);
}

/* Whether the answer before the first column stands in it still: its check is rare. */
static bool stands_at_the_edge(const struct chart *chart)
{
	return chart->before.bin.good && chart->before.bins * chart->width_ms < chart->interval_ms;
}

static bool has_answer(const struct chart *chart)
{
	for (int i = 0; i < chart->count; i++) {
		if (chart->bins[i].good || (chart->second && chart->second[i].good)) {
			return true;
		}
	}
	return stands_at_the_edge(chart);
}

bool chart_axis(const struct chart *chart, struct axis *axis)
{
	struct chart alone = *chart;

	alone.held = (struct axis_range){0, 0};
	*axis = make_axis(&alone, 1);
	return has_answer(chart);
}

size_t chart_dots(const struct chart *chart, int columns)
{
	int64_t from_ms = (chart->end_ms / chart->width_ms - columns + 1) * chart->width_ms;
	size_t count = 0;

	for (size_t i = 0; chart->survey && i < chart->survey->dot_count; i++) {
		count += chart->survey->dots[i].at_ms >= from_ms &&
			 chart->survey->dots[i].at_ms <= chart->end_ms;
	}
	return count;
}

/* An axis of which nothing is known would be made up. */
static void draw_nothing(const struct frame *frame)
{
	const char *text =
		frame->stats->samples ? "no good answer in this time" : "not measured yet";
	int x = (frame->plot.width - text_width(text)) / 2;

	canvas_put_fit(frame->canvas, frame->plot, frame->plot.x + (x > 0 ? x : 0),
		       frame->plot.y + frame->plot.height / 2, frame->plot.width, false, STYLE_DIM,
		       text);
}

static void draw_plot(const struct frame *frame)
{
	if (!has_answer(frame->chart)) {
		draw_nothing(frame);
		layer_change_lines(frame);
		return;
	}
	layer_band(frame);
	draw_lines(frame);
	layer_change_lines(frame);
	frame_draw_marks(frame);
	if (frame->chart->view == CHART_HEAT) {
		layer_heat(frame);
	}
}

int chart_columns(int width)
{
	struct margins margins = margins_of(width);

	return width > 0 ? width - margins.left - margins.right : 0;
}

void chart_draw(struct canvas *canvas, struct rect area, const struct chart *chart,
		const struct theme *theme)
{
	bool has_ticks = area.height >= 4;
	int plot_height = area.height - 1 - has_ticks;
	struct frame frame = {
		.chart = chart,
		.canvas = canvas,
		.theme = theme,
		.stats = &chart->stats,
		.slow_us = chart->slow_us,
		.end_ms = chart->end_ms,
		.width_ms = chart->width_ms,
		.utc = chart->utc,
		.past = chart->past,
		.area = area,
		.plot = {area.x + margins_of(area.width).left, area.y, chart_columns(area.width),
			 plot_height},
		.strip_y = area.y + plot_height,
		.ticks_y = area.y + plot_height + 1,
	};

	if (area.height <= 0 || area.width <= 0) {
		return;
	}
	if (chart->view == CHART_HISTOGRAM) {
		histogram_draw(&frame);
		return;
	}
	frame.axis = make_axis(chart, plot_height);
	if (plot_height > 0) {
		draw_plot(&frame);
	}
	walk_columns(&frame, chart, bin_of_strip, draw_strip_cell);
	if (plot_height > 0 && chart->view == CHART_BARS) {
		walk_columns(&frame, chart, bin_of_column, draw_column);
		layer_second(&frame);
	}
	if (plot_height > 0) {
		layer_change_words(&frame);
	}
	frame_draw_share(&frame);
	if (has_ticks) {
		frame_draw_ticks(&frame);
	}
}
