/*
 * What several screens say of a row: its sign, whether its check hangs, its history as it is drawn
 * now. Pure but for the state they are asked of; declared in state.h. Main thread.
 */
#include "base/units.h"
#include "face/tui/state.h"

#define HANGING_US 1000000 /* no check is said to hang before */

bool tui_is_asked(const struct tui *tui, const struct row *row)
{
	const struct asked *asked = &tui->asked[row->index];

	return asked->until_us && row->head == asked->head && tui->now_us < asked->until_us;
}

bool tui_is_fed(const struct tui *tui)
{
	return tui->config->source.url != NULL;
}

int64_t tui_clock_us(const struct tui *tui)
{
	return tui->moment.on ? tui->moment.at_ms * 1000 : tui->now_us;
}

bool tui_is_hanging(const struct tui *tui, const struct row *row)
{
	int64_t age_us = tui_clock_us(tui) - row->in_flight_since_us,
		limit_us = 4 * (int64_t)row->verdict.usual_us;

	return row->in_flight_since_us && age_us >= HANGING_US && age_us >= limit_us;
}

int tui_bins_under_way(const struct tui *tui, const struct row *row, int64_t width_ms)
{
	int64_t age_ms = (tui_clock_us(tui) - row->in_flight_since_us) / 1000;

	if (!row->in_flight_since_us || age_ms < 0 || width_ms <= 0)
		return 0;
	return (int)(tui->now_ms / width_ms - (tui->now_ms - age_ms) / width_ms + 1);
}

struct spark tui_spark(const struct tui *tui, const struct row *row, const struct history *history)
{
	return (struct spark){
		.bins = history->bins,
		.count = history->count,
		.before = history->before,
		.interval_ms = row->target->interval_ms,
		.width_ms = history->width_ms,
		.scale = tui->scale,
		.usual_us = row->verdict.usual_us,
		.own_top_us = history->top_us,
		.shared_top_us = tui->longest_timeout_us,
		.slow_us = row->target->slow_us,
		.paused = row->verdict.state == STATE_PAUSED,
		.under_way = tui_bins_under_way(tui, row, history->width_ms),
		.hanging = tui_is_hanging(tui, row),
	};
}

int64_t tui_quiet_now_ms(const struct tui *tui, const struct row *row)
{
	int64_t since_ms = row_since_ms(row), now_ms = tui->now_ms, age_ms;

	if (!tui->focused && now_ms - now_ms % MINUTE_MS > since_ms)
		now_ms -= now_ms % MINUTE_MS;
	age_ms = now_ms - since_ms;
	if (row->verdict.state != STATE_UP || row_is_loaded(row) || age_ms < 0)
		return now_ms;
	return since_ms + age_ms - age_ms % (age_ms < MINUTE_MS ? MINUTE_MS / 6 : MINUTE_MS);
}

const char *state_glyph(const struct tui *tui, enum state state)
{
	const struct glyphs *glyphs = &tui->theme.glyphs;
	const char *const sign[STATE_COUNT] = {
		[STATE_NEW] = glyphs->fresh,	[STATE_UP] = glyphs->up,
		[STATE_SLOW] = glyphs->slow,	[STATE_DOWN] = glyphs->down,
		[STATE_UNKNOWN] = glyphs->late, [STATE_PAUSED] = glyphs->paused,
	};

	return sign[state];
}

const char *tui_row_glyph(const struct tui *tui, const struct row *row)
{
	return row_is_loaded(row) ? tui->theme.glyphs.loaded : state_glyph(tui, row->verdict.state);
}

enum style tui_row_style(const struct row *row)
{
	return row_is_loaded(row) ? STYLE_LOAD : state_style(row->verdict.state);
}

enum style state_style(enum state state)
{
	static const enum style style[STATE_COUNT] = {
		[STATE_NEW] = STYLE_PAUSED,    [STATE_UP] = STYLE_UP,
		[STATE_SLOW] = STYLE_SLOW,     [STATE_DOWN] = STYLE_DOWN,
		[STATE_UNKNOWN] = STYLE_STALE, [STATE_PAUSED] = STYLE_PAUSED,
	};

	return style[state];
}
