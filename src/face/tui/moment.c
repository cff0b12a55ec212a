/*
 * Which moment the picture shows: now, or one of the past. Stepping through time gives the screens
 * the rows, incidents and numbers of that moment in place of the live ones; checks go on.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "face/tui/moment.h"
#include "face/tui/past.h"

#define IS_NOW		 "this is now"
#define AFTER_OPENING_MS 1000 /* a jump to an incident shows the moment after its first check */

/* The screens' view of the fleet changes hands. */
static void swap_views(struct tui *tui)
{
	struct moment *moment = &tui->moment;
	struct rows *rows = tui->rows;
	struct overview *overview = tui->overview;
	struct incidents incidents = tui->incidents, *past = past_incidents(moment->past);

	tui->rows = moment->rows;
	tui->overview = moment->overview;
	tui->incidents = *past;
	moment->rows = rows;
	moment->overview = overview;
	*past = incidents;
	moment->on = !moment->on;
}

static void sum_up(struct tui *tui)
{
	groups_refresh(&tui->groups, tui->rows);
	tui_count_states(tui);
	order_sort(&tui->main.order, tui->rows, tui->main.filter, tui->now_us);
	tui->main.reveal = true;
	tui->stale = true;
}

void moment_forget_read(struct tui *tui)
{
	tui->detail.evidence.known = tui->errors.evidence.known = false;
	tui->incident.evidence.known = tui->body.known = false;
	tui->detail.week_at_ms = 0;
}

/* The live rows and incidents are refreshed first: they say what is known today. */
static void look_back(struct tui *tui, int64_t at_ms)
{
	struct moment *moment = &tui->moment;

	if (moment->on)
		swap_views(tui);
	if (!moment->past) {
		moment->past = past_new(tui->config, tui->store);
		moment->overview = overview_new(tui->store);
	}
	rows_refresh(tui->rows, tui->store);
	incidents_refresh(&tui->incidents, tui->store, clock_wall_ms(), false);
	moment->live_tally = rows_tally(tui->rows);
	past_look(moment->past, tui->rows, &tui->incidents, at_ms);
	moment->rows = past_rows(moment->past);
	overview_look_back(moment->overview, tui->store, moment->rows, at_ms);
	swap_views(tui);
	tui->frozen = false;
	moment_forget_read(tui);
	tui->now_ms = moment->at_ms = at_ms;
	sum_up(tui);
}

static void give_zoom_back(struct tui *tui)
{
	if (tui->moment.coarse)
		tui->zoom = tui->moment.zoom_before;
	tui->moment.coarse = false;
}

/* Of what is older than the samples there are coarser columns alone. */
static void take_zoom(struct tui *tui, int64_t at_ms, bool is_old)
{
	struct moment *moment = &tui->moment;
	int64_t width_ms = past_rolled_width_ms(at_ms);

	if (!is_old)
		give_zoom_back(tui);
	if (!is_old || zoom_ms[tui->zoom] % width_ms == 0)
		return;
	if (!moment->coarse)
		moment->zoom_before = tui->zoom;
	moment->coarse = true;
	while (zoom_ms[tui->zoom] % width_ms != 0)
		tui->zoom++;
	tui_say(tui, width_ms > MINUTE_MS ? "older than a day: by quarters of an hour"
					  : "older than what is kept of each check: by minutes");
}

void moment_live(struct tui *tui)
{
	if (!tui->moment.on)
		return;
	give_zoom_back(tui);
	swap_views(tui);
	moment_forget_read(tui);
	tui->now_us = clock_mono_us();
	tui->now_ms = clock_wall_ms();
	tui->taken_us = 0;
	rows_refresh(tui->rows, tui->store);
	incidents_refresh(&tui->incidents, tui->store, tui->now_ms, false);
	sum_up(tui);
}

void moment_free(struct tui *tui)
{
	if (tui->moment.on)
		swap_views(tui);
	past_free(tui->moment.past);
	overview_free(tui->moment.overview);
	tui->moment = (struct moment){0};
}

void moment_show(struct tui *tui, int64_t at_ms)
{
	int64_t earliest;
	bool is_old;

	if (at_ms >= clock_wall_ms()) {
		moment_live(tui);
		return;
	}
	if (!tui->moment.past)
		look_back(tui, at_ms);
	earliest = past_samples_from_ms(tui->moment.past);
	is_old = at_ms < earliest;
	if (is_old)
		earliest = past_earliest_ms(tui->moment.past);
	if (at_ms < earliest) {
		tui_say(tui, "nothing older is kept");
		if (earliest == INT64_MAX) {
			moment_live(tui);
			return;
		}
		at_ms = earliest;
	}
	take_zoom(tui, at_ms, is_old);
	look_back(tui, at_ms);
}

/* One bin, to where a bin has just ended: its column is whole then. */
static void step(struct tui *tui, bool back)
{
	int64_t bin_ms = zoom_ms[tui->zoom], from_ms = tui->now_ms + 1;
	int64_t number = from_ms / bin_ms, at_ms;

	if (back)
		at_ms = (from_ms % bin_ms ? number : number - 1) * bin_ms - 1;
	else
		at_ms = (number + 1) * bin_ms - 1;
	moment_show(tui, at_ms);
}

static void jump(struct tui *tui, bool back)
{
	const struct incidents *today =
		tui->moment.on ? past_incidents(tui->moment.past) : &tui->incidents;
	int64_t from_ms = tui->now_ms - (back ? AFTER_OPENING_MS : 0);
	const struct incident *incident;
	uint64_t id = 0;
	int64_t at_ms = past_incident_beside(today, from_ms, back, &id);

	if (!at_ms) {
		tui_say(tui, back ? "no incident before" : "no incident after");
		return;
	}
	moment_show(tui, at_ms + AFTER_OPENING_MS);
	incident = incidents_by_id(&tui->incidents, id);
	if (incident && incident->target < tui->rows->count) {
		tui->main.selected = incident->target;
		tui->main.touched = tui->main.reveal = true;
	}
}

bool moment_act(struct tui *tui, enum action action)
{
	switch ((int)action) {
	case ACTION_TIME_BACK:
	case ACTION_TIME_FORTH:
		if (action == ACTION_TIME_BACK || tui->moment.on)
			step(tui, action == ACTION_TIME_BACK);
		else
			tui_say(tui, IS_NOW);
		return true;
	case ACTION_INCIDENT_BACK:
	case ACTION_INCIDENT_FORTH:
		jump(tui, action == ACTION_INCIDENT_BACK);
		return true;
	case ACTION_LIVE:
	case ACTION_LIVE_TOO:
		if (!tui->moment.on)
			tui_say(tui, IS_NOW);
		moment_live(tui);
		return true;
	default:
		return false;
	}
}

/* "PAST 14:02:10 (−00:12:30)": hours go on counting beyond a day. */
void moment_text(const struct tui *tui, bool brief, char out[64])
{
	int64_t ago_s = (clock_wall_ms() - tui->moment.at_ms + 500) / 1000;
	int64_t shown_ms =
		tui->moment.at_ms + 500; /* the end of a bin lies 1 ms before its second */
	char clock[FORMAT_MAX], date[FORMAT_MAX], ago[32];

	format_stamp(clock, shown_ms, STAMP_CLOCK, tui->utc, shown_ms);
	format_stamp(date, shown_ms, STAMP_SHORT, tui->utc, clock_wall_ms());
	text_format(ago, sizeof(ago), "%s%02lld:%02lld:%02lld", tui->ascii ? "-" : "−",
		    (long long)(ago_s / 3600), (long long)(ago_s / 60 % 60),
		    (long long)(ago_s % 60));
	if (brief)
		text_format(out, 64, " PAST %s ", ago);
	else if (date[2] == ':')
		text_format(out, 64, " PAST %s (%s) ", clock, ago);
	else
		text_format(out, 64, " PAST %s %s (%s) ", date, clock, ago);
}
