/*
 * The latency chart of one target's screen: what it needs computed before a frame, and its title.
 */
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "face/tui/chart.h"
#include "face/tui/detail.h"
#include "face/tui/pen.h"

#define NOTE_MAX 160

static void refresh_bins(struct tui *tui, const struct row *row)
{
	struct detail_state *detail = &tui->detail;
	int64_t held = row->target->interval_ms / zoom_ms[tui->zoom] + 1;
	struct history_wish wish = {
		.row = row,
		.count = chart_columns(detail->layout.chart.width) +
			 (held < HISTORY_HELD_MAX ? (int)held : HISTORY_HELD_MAX),
		.width_ms = zoom_ms[tui->zoom],
		.end_ms = tui->now_ms,
		.flag = detail->survey.split.flag,
	};

	history_refresh(&detail->chart, tui->store, tui->rows, &wish);
	if (!wish.flag)
		return;
	wish.value = wish.flag;
	history_refresh(&detail->second, tui->store, tui->rows, &wish);
}

static struct chart make_chart(const struct tui *tui, const struct row *row)
{
	const struct detail_state *detail = &tui->detail;

	return (struct chart){
		.bins = detail->chart.bins,
		.count = detail->chart.count,
		.before = detail->chart.before,
		.end_ms = tui->now_ms,
		.width_ms = detail->chart.width_ms,
		.interval_ms = row->target->interval_ms,
		.under_way = tui_bins_under_way(tui, row, detail->chart.width_ms),
		.hanging = tui_is_hanging(tui, row),
		.linear = detail->linear,
		.utc = tui->utc,
		.past = tui->frozen || tui->moment.on,
		.slow_us = row->target->slow_us,
		.stats = row->stats,
		.held = tui->moment.on ? (struct axis_range){0, 0} : detail->axis.range,
		.view = detail->view,
		.marks = &detail->marks,
		.survey = &detail->survey,
		.second = detail->survey.split.flag && detail->second.count == detail->chart.count
				  ? detail->second.bins
				  : NULL,
	};
}

/* A moment of the past has its own scale, whatever was looked at before. */
static void hold_axis(struct tui *tui, const struct row *row)
{
	const struct chart chart = make_chart(tui, row);
	const struct axis_view view = {row->index, chart.width_ms, chart.linear};
	struct axis wanted;

	if (!chart_axis(&chart, &wanted) || tui->moment.on)
		tui->detail.axis = (struct axis_hold){.at_ms = 0};
	else
		axis_hold_take(&tui->detail.axis, &view, &wanted, tui->now_ms);
}

void detail_prepare_chart(struct tui *tui, const struct row *row)
{
	struct detail_state *detail = &tui->detail;

	marks_refresh(&detail->marks, tui->store, &tui->incidents, row->index);
	survey_refresh(&detail->survey, tui->store, tui->rows,
		       &(struct survey_wish){.row = row,
					     .marks = &detail->marks,
					     .now_ms = tui->now_ms,
					     .dots = detail->view != CHART_BARS});
	if (detail->layout.chart.height <= 0)
		return;
	refresh_bins(tui, row);
	hold_axis(tui, row);
}

/* "calm 81-112 ms" tells what the band behind the bars is. */
static size_t band_text(const struct tui *tui, const struct row *row, char *out, size_t capacity)
{
	const struct survey *survey = &tui->detail.survey;
	char low[FORMAT_MAX], high[FORMAT_MAX];

	if (survey->calm_low_us < 0 || tui->detail.view == CHART_HISTOGRAM)
		return 0;
	detail_format_ms(tui, row, low, survey->calm_low_us);
	detail_format_ms(tui, row, high, survey->calm_high_us);
	return text_format(out, capacity, "calm %s%s%s ms%s", low, strcmp(low, high) ? "-" : "",
			   strcmp(low, high) ? high : "", tui->dot);
}

static void title_note(const struct tui *tui, const struct row *row, const struct chart *chart,
		       char out[NOTE_MAX])
{
	int columns = chart_columns(tui->detail.layout.chart.width);
	char span[FORMAT_MAX], column[FORMAT_MAX], count[FORMAT_MAX];
	size_t capacity = NOTE_MAX, length = columns >= 60 ? band_text(tui, row, out, NOTE_MAX) : 0;

	format_length(span, chart->width_ms * columns);
	format_duration(column, chart->width_ms);
	format_count(count, chart_dots(chart, columns));
	if (chart->view == CHART_HISTOGRAM)
		text_format(out + length, capacity - length, "%s%s%s good answers", span, tui->dot,
			    count);
	else
		text_format(out + length, capacity - length, "%s%s%s a column%s%s", span, tui->dot,
			    column, tui->dot, chart->linear ? "linear" : "log");
}

void detail_draw_chart(const struct tui *tui, struct canvas *canvas, const struct row *row)
{
	static const char *const titles[CHART_VIEWS] = {
		[CHART_BARS] = "latency",
		[CHART_HEAT] = "latency, heat map",
		[CHART_HISTOGRAM] = "latency, histogram",
	};
	const struct detail_layout *layout = &tui->detail.layout;
	const struct chart chart = make_chart(tui, row);
	bool alone = !layout->wide && tui->detail.focus == FOCUS_CHART;
	char note[NOTE_MAX];

	if (layout->chart.height <= 0)
		return;
	title_note(tui, row, &chart, note);
	if (layout->chart_title.height > 0)
		canvas_rule(canvas, layout->chart_title, layout->chart_title.y,
			    alone ? STYLE_SELECTED : STYLE_TITLE, titles[chart.view], note);
	chart_draw(canvas, layout->chart, &chart, &tui->theme);
}
