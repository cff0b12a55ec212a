/*
 * The head of one target's screen: what state it is in, what is asked of it and what its hour looks
 * like. Draws only.
 */
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "face/tui/detail.h"
#include "face/tui/pen.h"

#define LONG_US 60000000 /* from then on in minutes, too */

static const char *const state_word[STATE_COUNT] = {
	[STATE_NEW] = "NEW",   [STATE_UP] = "UP",	    [STATE_SLOW] = "SLOW",
	[STATE_DOWN] = "DOWN", [STATE_UNKNOWN] = "UNKNOWN", [STATE_PAUSED] = "PAUSED",
};

static void put_loud(const struct tui *tui, struct pen *pen, enum style style, const char *text)
{
	pen_put(pen, style, tui->ascii ? "[%s]" : " %s ", text);
}

static void put_state(const struct tui *tui, struct pen *pen, const struct row *row)
{
	const struct verdict *verdict = &row->verdict;
	enum state state = verdict->state;
	bool loaded = row_is_loaded(row);
	int64_t since_ms = loaded ? verdict->load.since_ms : verdict->since_ms;
	char length[FORMAT_MAX] = "", text[80];

	if (since_ms)
		format_length(length,
			      (loaded ? tui->now_ms : tui_quiet_now_ms(tui, row)) - since_ms);
	text_format(text, sizeof(text), "%s %s%s%s", tui_row_glyph(tui, row),
		    loaded ? "LOADED" : state_word[state], length[0] ? " " : "", length);
	if (loaded)
		put_loud(tui, pen, STYLE_COUNT_LOAD, text);
	else if (state == STATE_DOWN || state == STATE_SLOW)
		put_loud(tui, pen, state == STATE_DOWN ? STYLE_COUNT_DOWN : STYLE_COUNT_SLOW, text);
	else
		pen_put(pen, state_style(state), "%s", text);
	pen_put(pen, STYLE_BAR, "  ");
}

/* "next check in 3 s": what the schedule says, in words. */
static void next_text(const struct tui *tui, const struct row *row, bool brief, char out[48])
{
	int64_t left_us = row->due_us - tui->now_us;
	char left[FORMAT_MAX];

	out[0] = '\0';
	if (row->verdict.state == STATE_PAUSED) {
		text_copy(out, 48, "paused");
	} else if (tui->moment.on) {
		return;
	} else if (tui_is_asked(tui, row) || row->in_flight_since_us) {
		text_copy(out, 48, brief ? "checking" : "checking now");
	} else if (row->due_us && left_us >= LONG_US && tui->focused) {
		format_length(left, (left_us + 999999) / 1000);
		text_format(out, 48, brief ? "next %s" : "next check in %s", left);
	} else if (row->due_us && left_us >= 0 && tui->focused) {
		text_format(out, 48, brief ? "next %lld s" : "next check in %lld s",
			    (long long)((left_us + 999999) / 1000000));
	}
}

static void put_in_row(struct pen *pen, const struct row *row, bool brief)
{
	uint32_t failed = row->verdict.failed_in_row;

	if (failed > 0)
		pen_put(pen, STYLE_BAR,
			failed == 1 ? "%u check failed"
			: brief	    ? "%u failed in a row"
				    : "%u checks failed in a row",
			failed);
	else if (row->verdict.state == STATE_NEW)
		pen_put(pen, STYLE_BAR_DIM, "not measured yet");
}

void detail_draw_head(const struct tui *tui, struct canvas *canvas, const struct row *row)
{
	struct rect line = tui->detail.layout.head;
	bool wide = line.width >= 100;
	struct pen pen = pen_at(canvas, line, line.width >= 40);
	int name = text_width(row->target->name), most = line.width / 3, end;
	char next[48];

	canvas_bar(canvas, line);
	if (line.width >= 40)
		pen_put(&pen, STYLE_BAR_DIM, wide ? "webmon › " : "‹ ");
	pen.x = canvas_put_name(canvas, line, pen.x, line.y, name < most ? name : most,
				STYLE_BAR_STRONG, row->target->name) +
		(line.width >= 60 ? 3 : 1);
	put_state(tui, &pen, row);
	if (line.width >= 70)
		put_in_row(&pen, row, !wide);
	if (line.width < 50)
		return;
	end = verdict_draw_clock(tui, canvas, line, false);
	next_text(tui, row, !wide, next);
	if (pen.x + text_width(next) + 4 < end) {
		pen.x = end - 3 - text_width(next);
		pen_put(&pen, STYLE_BAR, "%s", next);
	}
}

/* "wants 200, body ~ "ok"". */
static void wants_text(const struct target *target, char out[256])
{
	size_t length = 0;

	out[0] = '\0';
	if (!target_is_http(target))
		return;
	length = text_format(out, 256, "wants %s", target->expect_status_text);
	for (size_t i = 0; i < target->expect_body.count; i++)
		length += text_format(out + length, 256 - length, ", body %s",
				      target->expect_body.items[i]);
	for (size_t i = 0; i < target->expect_header.count; i++)
		length += text_format(out + length, 256 - length, ", %s",
				      target->expect_header.items[i]);
	for (size_t i = 0; i < target->expect_json.count; i++)
		length += text_format(out + length, 256 - length, ", %s",
				      target->expect_json.items[i]);
}

/* "every 5 s · limit 10 s · slow over 400 ms · wants 200" */
static void rules_text(const struct tui *tui, const struct target *target, char out[512])
{
	char every[FORMAT_MAX], limit[FORMAT_MAX], slow[FORMAT_MAX], wants[256];
	size_t length;

	format_duration(every, target->interval_ms);
	format_duration(limit, target->timeout_ms);
	format_latency(slow, target->slow_us);
	length = text_format(out, 512, "every %s", every);
	if (!tui_is_fed(tui))
		length += text_format(out + length, 512 - length, "%slimit %s", tui->dot, limit);
	if (target->slow_us)
		length += text_format(out + length, 512 - length, "%sslow over %s", tui->dot, slow);
	wants_text(target, wants);
	if (wants[0] && !tui_is_fed(tui))
		text_format(out + length, 512 - length, "%s%s", tui->dot, wants);
}

void detail_draw_about(const struct tui *tui, struct canvas *canvas, const struct row *row)
{
	const struct target *target = row->target;
	struct rect line = tui->detail.layout.about;
	struct pen pen = pen_at(canvas, line, line.width >= 40);
	char every[FORMAT_MAX], rules[512];
	int room, used;

	if (line.height <= 0)
		return;
	format_duration(every, target->interval_ms);
	rules_text(tui, target, rules);
	if (target_is_http(target) && !tui_is_fed(tui))
		pen_put(&pen, STYLE_STRONG, "%s ", target->method);
	room = line.x + line.width - pen.x;
	used = text_width(target->url_shown);
	pen.x = canvas_put_fit(canvas, line, pen.x, line.y, used < room ? used : room, false,
			       STYLE_TEXT, target->url_shown);
	room = line.x + line.width - 1 - pen.x - 3;
	if (room < 40 && room >= text_width(every) + 6) {
		pen_right(&pen, text_width(every) + 6, 1);
		pen_put(&pen, STYLE_DIM, "every %s", every);
	} else if (room >= 40) {
		canvas_put_fit(canvas, line, pen.x + 3, line.y, room, false, STYLE_DIM, rules);
	}
}

#define FINE_US 10000

void detail_format_ms(const struct tui *tui, const struct row *row, char out[FORMAT_MAX],
		      int32_t us)
{
	if (us >= 0 && us < FINE_US && row->stats.p50_us < FINE_US)
		text_format(out, FORMAT_MAX, us < 100 ? "<0.1" : "%.1f", (double)us / 1000);
	else
		format_ms_cell(out, us, tui->ascii);
}

static void put_pair(struct pen *pen, enum style style, const char *name, const char *value)
{
	pen_put(pen, style, "%s ", name);
	pen_put(pen, STYLE_STRONG, "%s", value);
	pen_put(pen, STYLE_TEXT, "  ");
}

static void put_percentiles(const struct tui *tui, struct pen *pen, const struct row *row, bool all)
{
	const struct {
		const char *name;
		int32_t us;
		enum style style;
		bool always;
	} values[] = {
		{"p50", row->stats.p50_us, STYLE_P50, true},
		{"p90", row->stats.p90_us, STYLE_DIM, false},
		{"p95", row->stats.p95_us, STYLE_P95, true},
		{"p99", row->stats.p99_us, STYLE_DIM, true},
		{"max", row->stats.max_us, STYLE_DIM, true},
	};

	int begun = pen->x;

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		char text[FORMAT_MAX];

		if (!all && !values[i].always)
			continue;
		detail_format_ms(tui, row, text, values[i].us);
		if (pen->x + text_width(text) + 8 > pen->clip.x + pen->clip.width)
			break; /* none is cut in two */
		put_pair(pen, values[i].style, values[i].name, text);
	}
	if (pen->x == begun)
		return;
	pen->x--;
	pen_put(pen, STYLE_DIM, "ms");
}

/* Two kinds of checks in one percentile would tell of neither. */
static void put_kinds(const struct tui *tui, struct pen *pen, const struct row *row, bool all)
{
	const struct survey *survey = &tui->detail.survey;
	const char *const names[2] = {survey->split.first, survey->split.second};
	static const enum style styles[2] = {STYLE_P50, STYLE_SECOND};

	for (int i = 0; i < 2; i++) {
		const struct stats *stats = &survey->kinds[i];
		char p50[FORMAT_MAX], p95[FORMAT_MAX];

		detail_format_ms(tui, row, p50, stats->p50_us);
		detail_format_ms(tui, row, p95, stats->p95_us);
		pen_put(pen, styles[i], "%s ", names[i]);
		pen_put(pen, STYLE_DIM, "p50 ");
		pen_put(pen, STYLE_STRONG, "%s", p50);
		pen_put(pen, STYLE_DIM, " p95 ");
		pen_put(pen, STYLE_STRONG, "%s", p95);
		pen_put(pen, STYLE_DIM, " ms");
		if (all)
			pen_put(pen, STYLE_DIM, " of %u", stats->samples);
		pen_put(pen, STYLE_TEXT, i ? "" : "  ");
	}
}

/* The counts that the numbers stand on. hangs: starts missed in hangs too, which count in the share
 * of good ones. */
static void counts_text(const struct row *row, bool span, bool hangs, char out[120])
{
	char checks[FORMAT_MAX];
	size_t length;

	format_count(checks, row->stats.samples);
	length = text_format(out, 120, "%s %s%s", checks,
			     row->stats.samples == 1 ? "check" : "checks", span ? " in 1 h" : "");
	if (row->stats.failed)
		length += text_format(out + length, 120 - length, ", %u failed", row->stats.failed);
	if (row->stats.swallowed && hangs)
		length += text_format(out + length, 120 - length, ", %u missed in hangs",
				      row->stats.swallowed);
	if (row->stats.tainted)
		text_format(out + length, 120 - length, ", %u tainted", row->stats.tainted);
}

static void put_uptime(const struct tui *tui, struct pen *pen, const struct row *row, bool wide)
{
	const struct detail_state *detail = &tui->detail;
	char day[FORMAT_MAX], week[FORMAT_MAX];

	format_percent(day, row->good_24h, row->good_24h + row->failed_24h, tui->ascii);
	pen_put(pen, STYLE_DIM, "up ");
	pen_put(pen, STYLE_STRONG, "%s %%", day);
	if (wide)
		pen_put(pen, STYLE_DIM, " 24 h");
	if (wide && detail->good_week + detail->failed_week > row->good_24h + row->failed_24h) {
		format_percent(week, detail->good_week, detail->good_week + detail->failed_week,
			       tui->ascii);
		pen_put(pen, STYLE_STRONG, "  %s %%", week);
		pen_put(pen, STYLE_DIM, " 7 d");
	}
	pen_put(pen, STYLE_RULE, wide ? "  │  " : "  ");
}

void detail_draw_numbers(const struct tui *tui, struct canvas *canvas, const struct row *row)
{
	struct rect line = tui->detail.layout.numbers;
	bool wide = line.width >= 100;
	struct pen pen = pen_at(canvas, line, line.width >= 40);
	char counts[120], usual[FORMAT_MAX];
	int room;

	if (line.height <= 0)
		return;
	if (!row->stats.samples) {
		pen_put(&pen, STYLE_DIM, "not measured yet");
		return;
	}
	put_uptime(tui, &pen, row, wide);
	if (tui->detail.survey.split.flag)
		put_kinds(tui, &pen, row, wide);
	else if (row->stats.good)
		put_percentiles(tui, &pen, row, wide);
	else
		pen_put(&pen, STYLE_DIM, "no good answer in 1 h");
	if (wide && row->verdict.usual_us >= 0) {
		format_latency(usual, row->verdict.usual_us);
		pen_put(&pen, STYLE_RULE, "  │  ");
		pen_put(&pen, STYLE_DIM, "usual ");
		pen_put(&pen, STYLE_STRONG, "%s", usual);
	}
	room = line.x + line.width - pen.x - 2;
	counts_text(row, wide, true, counts);
	if (text_width(counts) >= room)
		counts_text(row, wide, false, counts);
	if (text_width(counts) < room) {
		pen_right(&pen, text_width(counts), 1);
		pen_put(&pen, STYLE_DIM, "%s", counts);
	}
}
