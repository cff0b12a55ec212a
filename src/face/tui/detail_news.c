/*
 * Two lines of one target's screen that are there only when they have something to say: why it is
 * judged as it is (load, a parent that is down, maintenance), and how much of its error budget is
 * left.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "face/tui/detail.h"
#include "face/tui/pen.h"

#define BUDGET_BAR  8 /* columns */
#define SEEN_ENOUGH 0.5f

struct news {
	const struct tui *tui;
	const struct row *row;
	char *out;
	size_t capacity, length;
};

/* One more reason, behind those that are there. */
static void __attribute__((format(printf, 2, 3))) tell(struct news *news, const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	news->length += text_format(news->out + news->length, news->capacity - news->length, "%s%s",
				    news->length ? news->tui->dot : "", text);
}

static void tell_load(struct news *news)
{
	const struct load_verdict *load = &news->row->verdict.load;
	char since[FORMAT_MAX];

	if (!row_is_loaded(news->row))
		return;
	format_stamp(since, load->since_ms, STAMP_SHORT, news->tui->utc, news->tui->now_ms);
	tell(news, "load: %s%s%s", load_level_name[load->level], load->since_ms ? " since " : "",
	     load->since_ms ? since : "");
	if (load->evidence[0])
		tell(news, "%s", load->evidence);
}

static void tell_schedule(struct news *news)
{
	const struct verdict *verdict = &news->row->verdict;
	char until[FORMAT_MAX];

	if (verdict->unconfirmed)
		tell(news, "failed once, waiting for the check that confirms it");
	if (verdict->retry_after_ms > news->tui->now_ms) {
		format_stamp(until, verdict->retry_after_ms, STAMP_SHORT, news->tui->utc,
			     news->tui->now_ms);
		tell(news, "asked to be left alone until %s", until);
	}
}

/* Why nothing is known of it: its parent, or this host. */
static void tell_unknown(struct news *news)
{
	const struct tui *tui = news->tui;
	const struct verdict *verdict = &news->row->verdict;
	const struct incident *own = incidents_own(&tui->incidents);

	if (verdict->parent < tui->rows->count)
		tell(news, "not known while %s is down",
		     tui->rows->items[verdict->parent].target->name);
	else if (own && !verdict->maintenance)
		tell(news, "not known: %s", own->detail);
	else if (tui->moment.on && verdict->detail[0] && !verdict->maintenance)
		tell(news, "not known: %s", verdict->detail);
}

/* What fails meanwhile says itself until when, and why it failed. */
static void tell_maintenance(struct news *news)
{
	const struct verdict *verdict = &news->row->verdict;
	bool fails = verdict->state == STATE_DOWN || verdict->state == STATE_UNKNOWN;

	tell(news, "in maintenance, no alarms%s%s", fails && verdict->detail[0] ? ": " : "",
	     fails ? verdict->detail : "");
}

void detail_prepare_news(struct tui *tui, const struct row *row)
{
	struct detail_state *detail = &tui->detail;
	const struct verdict *verdict = &row->verdict;
	struct news news = {tui, row, detail->news, sizeof(detail->news), 0};

	detail->news[0] = '\0';
	tell_load(&news);
	detail->news_style = news.length ? STYLE_LOAD : STYLE_TEXT;
	if (verdict->state == STATE_UNKNOWN)
		tell_unknown(&news);
	if (verdict->state == STATE_SLOW && verdict->detail[0])
		tell(&news, "slow: %s", verdict->detail);
	tell_schedule(&news);
	if (verdict->maintenance)
		tell_maintenance(&news);
	if (verdict->flapping)
		tell(&news, "flapping: too many changes to tell each");
	if (verdict->acknowledged)
		tell(&news, verdict->note[0] ? "acknowledged: %s" : "acknowledged%s",
		     verdict->note);
}

void detail_draw_news(const struct tui *tui, struct canvas *canvas)
{
	const struct detail_state *detail = &tui->detail;
	struct rect line = detail->layout.news;
	int margin = line.width >= 40;

	int room = line.width - 2 * margin;
	size_t length = strlen(detail->news), first = length;
	char text[sizeof(detail->news)];

	if (line.height <= 0)
		return;
	if (line.height > 1) { /* into two lines at the last blank that fits */
		const struct text_line fits = text_line(detail->news, length, room);

		if (fits.bytes < length && detail->news[fits.bytes] == ' ')
			first = fits.bytes;
		else if (fits.bytes < length && fits.blank)
			first = fits.blank;
	}
	text_format(text, sizeof(text), "%.*s", (int)first, detail->news);
	canvas_put_fit(canvas, line, line.x + margin, line.y, room, false, detail->news_style,
		       text);
	if (detail->news[first])
		canvas_put_fit(canvas, line, line.x + margin, line.y + 1, room, false,
			       detail->news_style, detail->news + first + 1);
}

static void put_budget_bar(const struct tui *tui, struct pen *pen, const struct budget *budget)
{
	double left = budget->left < 0 ? 0 : budget->left > 1 ? 1 : budget->left;
	int full = (int)lround(left * BUDGET_BAR);
	enum style style = budget->burning || budget->left <= 0 ? STYLE_DOWN
			   : budget->left < 0.25f		? STYLE_SLOW
								: STYLE_STRIP_OK;

	pen_put(pen, STYLE_TEXT, "  ");
	for (int i = 0; i < BUDGET_BAR; i++)
		pen_put(pen, i < full ? style : STYLE_RULE, "%s",
			i < full ? (tui->ascii ? "#" : "━") : (tui->ascii ? "." : "┈"));
}

/* A burn of 1 spends the budget exactly within its window. */
static void put_burn(struct pen *pen, const struct budget *budget)
{
	enum style style = budget->burning ? STYLE_DOWN : STYLE_STRONG;
	char length[FORMAT_MAX];

	format_duration(length, budget->long_ms);
	pen_put(pen, STYLE_DIM, "  burn %s ", length);
	pen_put(pen, style, "%.1f×", (double)budget->burn_long);
	format_duration(length, budget->short_ms);
	pen_put(pen, STYLE_DIM, "  %s ", length);
	pen_put(pen, style, "%.1f×", (double)budget->burn_short);
}

/* In time, where most of the window was seen; a share of an hour is no statement about a month. */
static void put_left(struct pen *pen, const struct budget *budget)
{
	double spent = (1 - (double)budget->left) * (1 - (double)budget->objective);
	double whole_ms = (1 - (double)budget->objective) * (double)budget->window_ms;
	enum style style = budget->left <= 0 ? STYLE_DOWN : STYLE_STRONG;
	char left[FORMAT_MAX], whole[FORMAT_MAX];

	if (budget->coverage < SEEN_ENOUGH) {
		if (spent <= 0)
			pen_put(pen, style, "  100 %%");
		else
			pen_put(pen, style, "  %.2f %%", floor((1 - spent) * 10000) / 100);
		pen_put(pen, STYLE_DIM, " so far");
		return;
	}
	format_length(left, (int64_t)(fabs((double)budget->left) * whole_ms));
	format_length(whole, (int64_t)whole_ms);
	pen_put(pen, style, "  %s%s", budget->left < 0 ? "over by " : "", left);
	pen_put(pen, STYLE_DIM, budget->left < 0 ? " of %s" : " left of %s", whole);
}

static void put_budget(const struct tui *tui, struct pen *pen, const struct row *row, bool wide)
{
	const struct budget *budget = &row->verdict.budget;
	char window[FORMAT_MAX];

	pen_put(pen, STYLE_DIM, "slo ");
	if (!budget->known) {
		pen_put(pen, STYLE_STRONG, "%s", row->target->slo);
		pen_put(pen, STYLE_DIM, wide ? "  not enough checks to judge it by" : "");
		return;
	}
	format_duration(window, budget->window_ms);
	pen_put(pen, STYLE_STRONG, "%g %%", round((double)budget->objective * 1e6) / 1e4);
	pen_put(pen, STYLE_DIM, " %s", window);
	if (wide)
		put_budget_bar(tui, pen, budget);
	put_left(pen, budget);
	put_burn(pen, budget);
	if (wide && budget->coverage < 0.995f)
		pen_put(pen, STYLE_DIM, "  seen %s%d %%", budget->coverage < 0.01f ? "<" : "",
			budget->coverage < 0.01f ? 1 : (int)(budget->coverage * 100));
}

static void put_apdex(const struct tui *tui, struct pen *pen, const struct row *row)
{
	char limit[FORMAT_MAX], samples[FORMAT_MAX];

	if (row->stats.apdex < 0 || row->target->apdex_us <= 0)
		return;
	format_latency(limit, row->target->apdex_us);
	format_count(samples, row->stats.samples);
	pen_put(pen, STYLE_RULE, tui->ascii ? "  |  " : "  │  ");
	pen_put(pen, STYLE_DIM, "apdex ");
	pen_put(pen, STYLE_STRONG, "%.2f", floor(row->stats.apdex * 100) / 100);
	pen_put(pen, STYLE_DIM, " at %s", limit);
	if (pen->x + 16 < pen->clip.x + pen->clip.width)
		pen_put(pen, STYLE_DIM, ", %s checks", samples);
}

bool detail_has_budget(const struct row *row)
{
	return row->verdict.budget.known || (row->target->slo && row->target->slo[0]);
}

void detail_draw_budget(const struct tui *tui, struct canvas *canvas, const struct row *row)
{
	struct rect line = tui->detail.layout.budget;
	struct pen pen = pen_at(canvas, line, line.width >= 40);

	if (line.height <= 0)
		return;
	put_budget(tui, &pen, row, line.width >= 100);
	if (pen.x + 24 < line.x + line.width)
		put_apdex(tui, &pen, row);
}
