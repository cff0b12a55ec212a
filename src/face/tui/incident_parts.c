/*
 * The parts of an incident's screen. Draw only.
 */
#include "face/tui/incident_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "face/tui/pen.h"

/* "webmon › incident   ✗ checkout-api  503 ×27  2m 14s, open" */
void incident_draw_head(const struct tui *tui, struct canvas *canvas, struct rect line,
			const struct incident *incident)
{
	struct pen pen = pen_at(canvas, line, line.width >= 60);
	char kind[16], length[FORMAT_MAX], count[FORMAT_MAX];
	enum style style;
	const char *sign = incident_sign(tui, incident, &style);

	canvas_bar(canvas, line);
	format_length(length, incident_length_ms(incident, tui->now_ms));
	format_count(count, incident->count);
	if (line.width >= 80)
		pen.clip.width = verdict_draw_clock(tui, canvas, line, line.width >= 120) - 2;
	if (line.width >= 60)
		pen_put(&pen, STYLE_BAR_DIM, "webmon › incident   ");
	pen_put(&pen, style, "%s ", sign);
	pen_put(&pen, STYLE_BAR_STRONG, "%s", incident_target_name(tui, incident));
	pen_put(&pen, style, "  %s", incident_kind(incident, kind));
	if (incident->count > 0)
		pen_put(&pen, STYLE_BAR, " ×%s", count);
	pen_put(&pen, STYLE_BAR_STRONG, "  %s", length);
	if (line.width >= 40)
		pen_put(&pen, STYLE_BAR, incident->closed_ms ? "%sover" : "%sopen", tui->dot);
}

/* The day is said once. */
static void closed_text(const struct tui *tui, const struct incident *incident, const char *opened,
			char out[FORMAT_MAX])
{
	size_t day = (size_t)(strrchr(opened, ' ') - opened);

	format_stamp(out, incident->closed_ms, STAMP_FULL, tui->utc, tui->now_ms);
	if (strncmp(out, opened, day) == 0)
		format_stamp(out, incident->closed_ms, STAMP_CLOCK, tui->utc, tui->now_ms);
}

void incident_draw_about(const struct tui *tui, struct canvas *canvas, struct rect area,
			 const struct incident *incident)
{
	char opened[FORMAT_MAX], closed[FORMAT_MAX] = "now";
	struct pen pen = pen_at(canvas, area, area.width >= 60);

	if (area.height <= 0)
		return;
	format_stamp(opened, incident->opened_ms, STAMP_FULL, tui->utc, tui->now_ms);
	if (incident->closed_ms)
		closed_text(tui, incident, opened, closed);
	pen_put(&pen, STYLE_DIM, "from ");
	pen_put(&pen, STYLE_TEXT, "%s", opened);
	pen_put(&pen, STYLE_DIM, " to ");
	pen_put(&pen, STYLE_TEXT, "%s", closed);
	if (incident->kind == INCIDENT_DOWN && !incident->confirmed)
		pen_put_whole(&pen, STYLE_DIM, "%s%s", tui->dot,
			      incident->closed_ms ? "too short to be called down"
						  : "not called down yet");
	if (incident->targets > 1)
		pen_put_whole(&pen, STYLE_DIM, "%s%u targets", tui->dot, incident->targets);
	if (incident->acknowledged)
		pen_put(&pen, STYLE_ACK, "%sacknowledged%s%s", tui->dot,
			incident->note[0] ? ": " : "", incident->note);
	if (area.height > 1)
		canvas_put_fit(canvas, area, area.x + (area.width >= 60), area.y + 1,
			       area.width - 1, false, STYLE_TEXT, incident_words(incident));
}

/* A history of the time of the incident, on the target's own usual. */
void incident_draw_history(const struct tui *tui, struct canvas *canvas, struct rect area,
			   const struct history *history, uint32_t target)
{
	const struct row *row = target < tui->rows->count ? &tui->rows->items[target] : NULL;

	if (!row || !history->known || area.height <= 0)
		return;
	struct spark spark = tui_spark(tui, row, history);

	/* it tells of what was; of now only where it reaches so far */
	spark.paused = false;
	spark.before = (struct bin_before){.bins = 0};
	if (history->end != tui->now_ms / history->width_ms)
		spark.under_way = 0;
	spark_draw(canvas, area, &spark, &tui->theme);
}

static const enum style event_style[EVENT_KINDS] = {
	[EVENT_FAILED] = STYLE_DOWN,
	[EVENT_DOWN] = STYLE_DOWN,
	[EVENT_UP] = STYLE_UP,
	[EVENT_SLOW] = STYLE_SLOW,
	[EVENT_FAST] = STYLE_UP,
	[EVENT_LOAD] = STYLE_LOAD,
	[EVENT_CALM] = STYLE_UP,
	[EVENT_CERT] = STYLE_CERT,
	[EVENT_CERT_RENEWED] = STYLE_UP,
	[EVENT_PAUSED] = STYLE_PAUSED,
	[EVENT_RESUMED] = STYLE_UP,
	[EVENT_SELF] = STYLE_STALE,
	[EVENT_SELF_OVER] = STYLE_UP,
	[EVENT_FLAPPING] = STYLE_SLOW,
	[EVENT_STEADY] = STYLE_UP,
	[EVENT_BURN] = STYLE_SLOW,
	[EVENT_BURN_OVER] = STYLE_UP,
	[EVENT_CHANGED] = STYLE_DIM,
	[EVENT_ACKNOWLEDGED] = STYLE_ACK,
};

/* "14:29:57     +5s  DOWN      503 Service Unavailable" */
static void draw_event(const struct tui *tui, struct canvas *canvas, struct rect line,
		       const struct event *event, int64_t opened_ms)
{
	char when[FORMAT_MAX], after[FORMAT_MAX];
	struct pen pen = pen_at(canvas, line, 1);

	format_stamp(when, event->at_ms, STAMP_SHORT, tui->utc, tui->now_ms);
	format_length(after, event->at_ms - opened_ms);
	pen_put(&pen, STYLE_DIM, "%-8s ", when);
	if (line.width >= 44)
		pen_put(&pen, STYLE_DIM, "%7s ", event->at_ms >= opened_ms + 1000 ? after : "");
	if (event->kind == EVENT_STEADY && event->state == STATE_DOWN)
		pen_put(&pen, STYLE_DOWN, "%-8s ", "stays");
	else
		pen_put(&pen, event_style[event->kind], "%-8s ", event_table[event->kind].word);
	canvas_put_fit(canvas, line, pen.x, line.y, line.x + line.width - pen.x - 1, false,
		       STYLE_TEXT, event->detail);
}

static void draw_title(const struct tui *tui, struct canvas *canvas, struct rect line,
		       enum incident_focus focus, const char *title, const char *note)
{
	if (line.height > 0)
		canvas_rule(canvas, line, line.y,
			    tui->incident.focus == focus ? STYLE_SELECTED : STYLE_TITLE, title,
			    note);
}

void incident_draw_timeline(const struct tui *tui, struct canvas *canvas,
			    const struct incident *incident)
{
	const struct incident_state *state = &tui->incident;
	struct rect area = state->layout.timeline;
	size_t visible = 0;
	char note[32];

	while (visible < state->event_count && state->events[visible].at_ms <= tui->now_ms)
		visible++;
	text_format(note, sizeof(note), "%zu", visible);
	draw_title(tui, canvas, state->layout.timeline_title, INCIDENT_TIMELINE, "what happened",
		   note);
	if (!visible && area.height > 0)
		canvas_put(canvas, area, area.x + 1, area.y, STYLE_DIM,
			   "its events are no longer kept");
	for (int y = 0; y < area.height; y++) {
		size_t at = state->tops[INCIDENT_TIMELINE] + (size_t)y;

		if (at >= visible)
			return;
		draw_event(tui, canvas, (struct rect){area.x, area.y + y, area.width, 1},
			   &state->events[at], incident->opened_ms);
	}
}

/* What two targets have in common, as far as the configuration tells. */
static const char *in_common(const struct tui *tui, uint32_t a, uint32_t b)
{
	const struct target *first, *second;

	if (a >= tui->rows->count || b >= tui->rows->count)
		return "";
	first = tui->rows->items[a].target;
	second = tui->rows->items[b].target;
	if (first->host && second->host && strcmp(first->host, second->host) == 0)
		return "host";
	return first->group[0] && strcmp(first->group, second->group) == 0 ? "group" : "";
}

static void draw_neighbour(const struct tui *tui, struct canvas *canvas, struct rect line,
			   size_t at, const struct incident *of)
{
	const struct incident_state *state = &tui->incident;
	const struct incident *other = incidents_by_id(&tui->incidents, state->neighbours[at]);
	int64_t later_ms = other->opened_ms - of->opened_ms;
	struct pen pen = pen_at(canvas, line, 1);
	char kind[16], offset[FORMAT_MAX];
	int bins = incident_bins(tui), name = incident_name_width(tui);
	enum style style;

	pen_put(&pen, STYLE_TEXT, "%s", "");
	incident_sign(tui, other, &style);
	canvas_put(canvas, line, pen.x, line.y, style, incident_sign(tui, other, &style));
	pen.x = canvas_put_name(canvas, line, pen.x + 2, line.y, name, STYLE_TEXT,
				incident_target_name(tui, other));
	format_length(offset, llabs(later_ms));
	/* what is over is not well for having been a 500 */
	pen_put(&pen, other->closed_ms ? STYLE_TEXT : style, " %-8s", incident_kind(other, kind));
	if (llabs(later_ms) < 1000)
		pen_put(&pen, STYLE_DIM, " at once ");
	else
		pen_put(&pen, STYLE_DIM, " %s%-7s", later_ms < 0 ? tui->ascii ? "-" : "−" : "+",
			offset);
	if (line.width >= COMMON_WIDTH)
		pen_put(&pen, STYLE_DIM, " %-5s", in_common(tui, of->target, other->target));
	if (bins)
		incident_draw_history(
			tui, canvas, (struct rect){line.x + line.width - bins - 1, line.y, bins, 1},
			&state->around[at], other->target);
	if (state->focus == INCIDENT_AROUND && at == state->at)
		canvas_select(canvas, line, true);
}

void incident_draw_around(const struct tui *tui, struct canvas *canvas,
			  const struct incident *incident)
{
	const struct incident_state *state = &tui->incident;
	struct rect area = state->layout.around;
	char note[48];

	text_format(note, sizeof(note), "%zu", state->neighbour_count);
	draw_title(tui, canvas, state->layout.around_title, INCIDENT_AROUND,
		   "in trouble at the same time", note);
	if (!state->neighbour_count && area.height > 0)
		canvas_put(canvas, area, area.x + 1, area.y, STYLE_DIM, "nobody else");
	for (int y = 0; y < area.height; y++) {
		size_t at = state->tops[INCIDENT_AROUND] + (size_t)y;

		if (at >= state->neighbour_count)
			return;
		draw_neighbour(tui, canvas, (struct rect){area.x, area.y + y, area.width, 1}, at,
			       incident);
	}
}

void incident_draw_evidence(const struct tui *tui, struct canvas *canvas,
			    const struct incident *incident)
{
	const struct incident_state *state = &tui->incident;
	struct rect area = state->layout.evidence;
	char when[FORMAT_MAX] = "";

	if (incident_owns(tui, &state->evidence, incident))
		format_stamp(when, state->evidence.evidence.sample.at_ms, STAMP_SHORT, tui->utc,
			     tui->now_ms);
	draw_title(tui, canvas, state->layout.evidence_title, INCIDENT_EVIDENCE, "evidence",
		   when[0] ? when : NULL);
	if (area.height <= 0)
		return;
	if (when[0])
		evidence_draw(&state->evidence, canvas, rect_inset(area, 1, 0, 1, 0),
			      state->tops[INCIDENT_EVIDENCE]);
	else
		canvas_put(canvas, area, area.x + 1, area.y, STYLE_DIM,
			   incident->kind == INCIDENT_DOWN ? "kept of the last failure alone"
							   : "no failed check to show");
}
