/*
 * What stands round the bars of the latency chart. Each part keeps to its margin and leaves out
 * what has no room: two marks never share a row, two ticks never touch. Main thread.
 */
#include "face/tui/chart_frame.h"

#include <time.h>

#include "base/text.h"

#define WIDE_MARGIN 11 /* "◂slow 10000" */
#define SHARE_WIDTH 6  /* " 96 % ", " 100% " */
#define TICK_SPACE  14 /* columns from one tick to the next, at least */
#define DAY_S	    86400

void frame_format_ms(char out[FORMAT_MAX], int64_t us)
{
	int decimals = us >= 10000 || us % 1000 == 0 ? 0
		       : us >= 1000 || us % 100 == 0 ? 1
		       : us % 10 == 0		     ? 2
						     : 3;

	text_format(out, FORMAT_MAX, "%.*f", decimals, (double)us / 1000);
}

void frame_draw_label(const struct frame *frame, int row, enum style style, const char *text)
{
	int width = frame->plot.x - frame->area.x - 1;

	canvas_put_fit(frame->canvas, frame->area, frame->area.x, frame_row_y(frame, row), width,
		       true, style, text);
}

static int right_margin(const struct frame *frame)
{
	return frame->area.x + frame->area.width - frame->plot.x - frame->plot.width;
}

struct mark {
	const char *name;
	enum style style;
	int64_t us; /* < 0: none */
};

static void sort_marks(struct mark *marks, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		for (size_t k = i; k > 0 && marks[k].us < marks[k - 1].us; k--) {
			struct mark lower = marks[k];

			marks[k] = marks[k - 1];
			marks[k - 1] = lower;
		}
	}
}

void frame_draw_marks(const struct frame *frame)
{
	const struct stats *stats = frame->stats;
	const struct survey *survey = frame->chart->survey;
	bool split = survey && survey->split.flag;
	struct mark marks[] = {
		/* clang-format off */
		{split ? survey->split.first : "p50", STYLE_P50, split ? survey->kinds[0].p50_us : stats->p50_us},
		{split ? survey->split.second : "p95", split ? STYLE_SECOND : STYLE_P95,
		 split ? survey->kinds[1].p50_us : stats->p95_us},
		{"slow", STYLE_LIMIT, frame->slow_us > 0 ? frame->slow_us : ABSENT_US},
		{"max", STYLE_AXIS, stats->max_us},
		/* clang-format on */
	};
	size_t count = sizeof marks / sizeof *marks;
	int free_row = 0, x = frame->plot.x + frame->plot.width + 1;

	if (right_margin(frame) <= WIDE_MARGIN || stats->good == 0) {
		return;
	}
	sort_marks(marks, count);
	for (size_t i = 0; i < count; i++) {
		int row = axis_row(&frame->axis, marks[i].us);
		char value[FORMAT_MAX];

		/* a row too high where its own is taken; any further would be untrue */
		if (marks[i].us < 0 || free_row > row + 1 || free_row >= frame->axis.rows) {
			continue;
		}
		row = row > free_row ? row : free_row;
		free_row = row + 1;
		/* whole hundredths: more would be noise, and touch the edge */
		frame_format_ms(value,
				marks[i].us < 1000 ? (marks[i].us + 5) / 10 * 10 : marks[i].us);
		canvas_printf(frame->canvas, frame->area, x, frame_row_y(frame, row),
			      marks[i].style, "%s%s %s", frame_sign(frame, "◂", "<"), marks[i].name,
			      value);
	}
}

/* Of the checks in the columns that are seen; < 0: there were none. Cut: 99.96 % is not 100 %. */
static int share_tenths(const struct frame *frame)
{
	const struct chart *chart = frame->chart;
	int first = chart->count > frame->plot.width ? chart->count - frame->plot.width : 0;
	uint64_t good = 0, all = 0;

	for (int i = first; i < chart->count; i++) {
		const struct bin none = {.good = 0};
		const struct bin *second = chart->second ? &chart->second[i] : &none;
		uint64_t fine = (uint64_t)chart->bins[i].good + second->good;

		good += fine;
		all += fine + chart->bins[i].failed + second->failed;
	}
	return all ? (int)(good * 1000 / all) : -1;
}

void frame_draw_share(const struct frame *frame)
{
	int tenths = share_tenths(frame);
	bool wide = right_margin(frame) > WIDE_MARGIN;
	int x = frame->plot.x + frame->plot.width + 1;

	if (frame->plot.x > frame->area.x) {
		canvas_put(frame->canvas, frame->area, frame->area.x + 1, frame->strip_y,
			   STYLE_AXIS, wide ? "status" : "ok");
	}
	if (right_margin(frame) < SHARE_WIDTH || tenths < 0) {
		return;
	}
	if (tenths == 1000) {
		canvas_put(frame->canvas, frame->area, x, frame->strip_y, STYLE_AXIS,
			   wide ? "100 % ok" : "100%");
	} else {
		canvas_printf(frame->canvas, frame->area, x, frame->strip_y, STYLE_AXIS,
			      wide ? "%d.%d %% ok" : "%d %%", tenths / 10, tenths % 10);
	}
}

/* Seconds east of UTC at that time. */
static int64_t zone_s(const struct frame *frame, int64_t at_s)
{
	time_t at = (time_t)at_s;
	struct tm local;

	return !frame->utc && localtime_r(&at, &local) ? local.tm_gmtoff : 0;
}

/* The smallest round step whose ticks are far enough apart; two days and more are multiples of a
 * day. */
static int64_t tick_step_s(int64_t width_ms)
{
	static const int64_t steps_s[] = {5,   10,   15,   30,	 60,	120,   300,   600,
					  900, 1800, 3600, 7200, 10800, 21600, 43200, DAY_S};
	int64_t wanted_s = (width_ms * TICK_SPACE + 999) / 1000;

	for (size_t i = 0; i < sizeof steps_s / sizeof *steps_s; i++) {
		if (steps_s[i] >= wanted_s) {
			return steps_s[i];
		}
	}
	return (wanted_s + DAY_S - 1) / DAY_S * DAY_S;
}

/* Returns the width of "└13:32", "└13:32:15" or "└20 Nov". */
static int format_tick(const struct frame *frame, char out[FORMAT_MAX], int64_t at_s,
		       int64_t step_s)
{
	time_t at = (time_t)(at_s + zone_s(frame, at_s));
	const char *format = step_s % 60 ? "%H:%M:%S" : at % DAY_S == 0 ? "%d %b" : "%H:%M";
	char text[FORMAT_MAX];
	struct tm tm;

	if (!gmtime_r(&at, &tm) || !strftime(text, sizeof text, format, &tm)) {
		text[0] = '\0';
	}
	text_format(out, FORMAT_MAX, "%s%s", frame_sign(frame, "└", "|"), text);
	return text_width(out);
}

/* Returns its first column. */
static int draw_last_tick(const struct frame *frame, struct rect row)
{
	int end = row.x + row.width, x;
	char text[FORMAT_MAX] = "now";

	if (frame->past) {
		/* the end of a column lies 1 ms before its second */
		format_stamp(text, frame->end_ms + 500, STAMP_CLOCK, frame->utc, frame->end_ms);
	}
	x = end - 1 - text_width(text);
	if (x < row.x) {
		return end;
	}
	canvas_put(frame->canvas, row, x, row.y, STYLE_AXIS, text);
	canvas_put(frame->canvas, row, end - 1, row.y, STYLE_AXIS, frame_sign(frame, "┘", "|"));
	return x;
}

void frame_draw_ticks(const struct frame *frame)
{
	int64_t width_ms = frame->width_ms, step_s, end_bin, at_s, zone;
	struct rect row = {frame->plot.x, frame->ticks_y, frame->plot.width, 1};
	int limit, next = row.x;

	if (width_ms <= 0) {
		return;
	}
	limit = draw_last_tick(frame, row);
	step_s = tick_step_s(width_ms);
	end_bin = frame->end_ms / width_ms;
	at_s = (end_bin - row.width + 1) * width_ms / 1000; /* of the first column */
	zone = zone_s(frame, at_s);
	at_s = (at_s + zone) / step_s * step_s - zone;
	for (; at_s * 1000 <= frame->end_ms; at_s += step_s) {
		char text[FORMAT_MAX];
		int width = format_tick(frame, text, at_s, step_s);
		int64_t x = row.x + row.width - 1 - (end_bin - at_s * 1000 / width_ms);

		if (x >= next && x + width < limit) {
			canvas_put(frame->canvas, row, (int)x, row.y, STYLE_AXIS, text);
			next = (int)x + width + 1;
		}
	}
}
