/*
 * How the times of a span are distributed: latency to the right on a logarithmic axis, the number
 * of answers upwards. Two humps are two kinds of answers (a cache, a slow replica), which no
 * percentile tells. Draws only. Main thread.
 */
#include "face/tui/histogram.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

#define BUCKETS_MAX 256
#define EIGHTHS	    8
#define TICKS_MAX   32

struct histogram {
	const struct frame *frame;
	struct rect plot;
	double low, high; /* logarithms of the ends */
	int buckets, bucket_width;
	unsigned counts[BUCKETS_MAX], most;
};

static int64_t first_ms(const struct frame *frame)
{
	return (frame->end_ms / frame->width_ms - frame->plot.width + 1) * frame->width_ms;
}

static int column_of(const struct histogram *histogram, int64_t us)
{
	double place = (log((double)(us > 1 ? us : 1)) - histogram->low) /
		       (histogram->high - histogram->low);
	int last = histogram->buckets * histogram->bucket_width - 1;
	int column = (int)(place * (last + 1));

	return column < 0 ? 0 : column > last ? last : column;
}

static bool count_dots(struct histogram *histogram)
{
	const struct survey *survey = histogram->frame->chart->survey;
	int64_t from_ms = first_ms(histogram->frame), end_ms = histogram->frame->end_ms;

	for (size_t i = 0; survey && i < survey->dot_count; i++) {
		const struct dot *dot = &survey->dots[i];
		int bucket = column_of(histogram, dot->us) / histogram->bucket_width;

		if (dot->at_ms < from_ms || dot->at_ms > end_ms)
			continue;
		if (++histogram->counts[bucket] > histogram->most)
			histogram->most = histogram->counts[bucket];
	}
	return histogram->most > 0;
}

static void find_ends(struct histogram *histogram)
{
	const struct survey *survey = histogram->frame->chart->survey;
	int64_t from_ms = first_ms(histogram->frame), end_ms = histogram->frame->end_ms;
	int32_t low = INT32_MAX, high = 1;

	for (size_t i = 0; survey && i < survey->dot_count; i++) {
		const struct dot *dot = &survey->dots[i];

		if (dot->at_ms < from_ms || dot->at_ms > end_ms)
			continue;
		low = dot->us < low ? dot->us : low;
		high = dot->us > high ? dot->us : high;
	}
	low = low < 1 ? 1 : low < high ? low : high;
	histogram->low = log(low * 0.9);
	histogram->high = log(high * 1.1);
	if (histogram->high - histogram->low < log(4)) { /* not one answer over the whole width */
		double middle = (histogram->high + histogram->low) / 2;

		histogram->low = middle - log(2);
		histogram->high = middle + log(2);
	}
}

static void draw_bars(const struct histogram *histogram)
{
	const struct frame *frame = histogram->frame;
	struct rect plot = histogram->plot;

	for (int x = 0; x < histogram->buckets * histogram->bucket_width; x++) {
		unsigned count = histogram->counts[x / histogram->bucket_width];
		double us = exp(histogram->low +
				(histogram->high - histogram->low) * x /
					(histogram->buckets * histogram->bucket_width));
		bool slow = frame->slow_us > 0 && us > (double)frame->slow_us;
		int eighths = (int)ceil((double)count * plot.height * EIGHTHS / histogram->most);

		for (int y = plot.y + plot.height - 1; eighths > 0; y--, eighths -= EIGHTHS)
			canvas_put(frame->canvas, plot, plot.x + x, y,
				   slow ? STYLE_HISTORY_SLOW : STYLE_BAR_CHART,
				   frame->theme->glyphs
					   .bars[eighths < EIGHTHS ? eighths - 1 : EIGHTHS - 1]);
	}
}

/* "└100" at each step of 1-2-5; what would touch the one before is left out. */
static void draw_ticks(const struct histogram *histogram, int y)
{
	static const int mantissa[] = {1, 2, 5};
	const struct frame *frame = histogram->frame;
	int next = histogram->plot.x;
	double us = 1;

	canvas_put(frame->canvas, frame->area, frame->area.x + 1, y, STYLE_AXIS, "ms");
	for (int step = 0; step < TICKS_MAX && us < exp(histogram->high);
	     step++, us = pow(10, step / 3) * mantissa[step % 3]) {
		char value[FORMAT_MAX], text[FORMAT_MAX + 4];
		int x = histogram->plot.x + column_of(histogram, (int64_t)us);

		if (us <= exp(histogram->low))
			continue;
		frame_format_ms(value, (int64_t)us);
		text_format(text, sizeof(text), "%s%s", frame_sign(frame, "└", "|"), value);
		if (x < next || x + text_width(text) > histogram->plot.x + histogram->plot.width)
			continue;
		next = 1 + canvas_put(frame->canvas, frame->area, x, y, STYLE_AXIS, text);
	}
}

/* Columns of a mark: end is the first one behind it. */
struct span {
	int begin, end;
};

static bool touches(const struct span *spans, size_t count, int begin, int end)
{
	for (size_t i = 0; i < count; i++)
		if (begin <= spans[i].end && end >= spans[i].begin)
			return true;
	return false;
}

/* "▴p50" under the columns they lie in, the most telling first. */
static void draw_marks(const struct histogram *histogram, int y)
{
	const struct frame *frame = histogram->frame;
	const struct stats *stats = frame->stats;
	const struct {
		const char *name;
		enum style style;
		int64_t us;
	} marks[] = {
		{"p50", STYLE_P50, stats->p50_us},
		{"p95", STYLE_P95, stats->p95_us},
		{"slow", STYLE_LIMIT, frame->slow_us > 0 ? frame->slow_us : ABSENT_US},
		{"p99", STYLE_AXIS, stats->p99_us},
	};
	struct span taken[sizeof(marks) / sizeof(marks[0])];
	size_t count = 0;

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]) && stats->good; i++) {
		int at, width = 1 + text_width(marks[i].name);

		if (marks[i].us < 0 || (double)marks[i].us > exp(histogram->high) ||
		    (double)marks[i].us < exp(histogram->low))
			continue;
		at = column_of(histogram, marks[i].us);
		if (at + width > histogram->plot.width || touches(taken, count, at, at + width))
			continue;
		taken[count++] = (struct span){at, at + width};
		canvas_printf(frame->canvas, frame->area, histogram->plot.x + at, y, marks[i].style,
			      "%s%s", frame_sign(frame, "▴", "^"), marks[i].name);
	}
}

static void draw_counts(const struct histogram *histogram)
{
	const struct frame *frame = histogram->frame;
	int width = histogram->plot.x - frame->area.x - 1;
	char text[FORMAT_MAX];

	format_count(text, histogram->most);
	canvas_put_fit(frame->canvas, frame->area, frame->area.x, histogram->plot.y, width, true,
		       STYLE_AXIS, text);
	if (histogram->plot.height > 2)
		canvas_put_fit(frame->canvas, frame->area, frame->area.x,
			       histogram->plot.y + histogram->plot.height - 1, width, true,
			       STYLE_AXIS, "0");
}

void histogram_draw(const struct frame *frame)
{
	struct histogram histogram = {.frame = frame, .plot = frame->area};
	int lines = frame->area.height >= 4 ? 2 : frame->area.height >= 2 ? 1 : 0;

	histogram.plot.x = frame->plot.x;
	histogram.plot.width = frame->area.x + frame->area.width - frame->plot.x;
	histogram.plot.width -= frame->plot.x > frame->area.x;
	histogram.plot.height -= lines;
	histogram.bucket_width = histogram.plot.width / BUCKETS_MAX + 1;
	histogram.bucket_width += histogram.plot.width >= 60 && histogram.bucket_width < 2;
	histogram.buckets = histogram.plot.width / histogram.bucket_width;
	if (histogram.buckets <= 0 || histogram.plot.height <= 0)
		return;
	find_ends(&histogram);
	if (!count_dots(&histogram)) {
		canvas_put(frame->canvas, frame->area, histogram.plot.x, histogram.plot.y,
			   STYLE_DIM, "no good answer in this time");
		return;
	}
	draw_bars(&histogram);
	draw_counts(&histogram);
	if (lines > 0)
		draw_ticks(&histogram, histogram.plot.y + histogram.plot.height);
	if (lines > 1)
		draw_marks(&histogram, histogram.plot.y + histogram.plot.height + 1);
}
