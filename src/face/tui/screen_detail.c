/*
 * One target: state, latency chart, phases of the last check, certificate, evidence of the last
 * failure, incidents.
 */
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "face/tui/chart.h"
#include "face/tui/detail.h"
#include "face/tui/list.h"
#include "face/tui/pen.h"

#define WEEK_OLD_MS 60000 /* the week's availability is asked for once a minute */

#define OLD_MS 60000 /* a check so long ago says when it was */

static const struct hint hints[] = {
	{.action = ACTION_BACK, .rank = 1},
	{.action = ACTION_PREVIOUS_TARGET, .second = ACTION_NEXT_TARGET, .rank = 3},
	{.action = ACTION_ZOOM_IN, .second = ACTION_ZOOM_OUT, .word = "zoom", .rank = 4},
	{.action = ACTION_LINEAR, .rank = 9},
	{.action = ACTION_CHART_VIEW, .rank = 5},
	{.action = ACTION_CHECK, .rank = 7},
	{.action = ACTION_PAUSE, .rank = 9},
	{.action = ACTION_NEXT_AREA, .rank = 2},
	{.action = ACTION_OPEN, .word = "incident", .rank = 6},
	{.action = ACTION_COPY_EVIDENCE, .rank = 8},
	{.action = ACTION_HELP, .rank = 0},
	{.action = ACTION_NONE},
};

static const struct row *row_of(const struct tui *tui)
{
	return &tui->rows->items[tui->detail.target];
}

static void collect_incidents(struct tui *tui)
{
	struct detail_state *detail = &tui->detail;

	detail->incident_count = 0;
	detail->failures = 0;
	detail->failures_ms = 0;
	for (size_t i = tui->incidents.count; i > 0; i--) {
		const struct incident *incident = &tui->incidents.items[i - 1];

		if (incident->target != detail->target)
			continue;
		if (detail->incident_count < TARGET_INCIDENTS)
			detail->incidents[detail->incident_count++] = incident->id;
		if (incident->kind == INCIDENT_DOWN &&
		    tui->now_ms - incident->opened_ms < 30 * DAY_MS) {
			detail->failures++;
			detail->failures_ms += incident_length_ms(incident, tui->now_ms);
		}
	}
}

/* The last failure; of a target that never failed, a good answer: one is kept now and then. */
static void prepare_evidence(struct tui *tui)
{
	struct detail_state *detail = &tui->detail;
	struct evidence_view *view = &detail->evidence;
	int height = detail->layout.evidence.height;

	if (!evidence_is_current(view, tui->store, detail->target, tui_is_live(tui))) {
		evidence_read(view, tui->store, detail->target, EVIDENCE_BAD);
		if (!view->evidence.seen)
			evidence_read(view, tui->store, detail->target, EVIDENCE_GOOD);
		if (!tui_is_live(tui) && view->evidence.sample.at_ms > tui->now_ms)
			view->evidence.seen = false; /* of later than the moment that is shown */
	}
	evidence_layout(view, detail->layout.evidence.width - 2, height < 6, tui->ascii);
	if (detail->evidence_top + (size_t)height > (size_t)view->count)
		detail->evidence_top = view->count > height ? (size_t)(view->count - height) : 0;
}

/* The selection stays with its incident when newer ones come. */
static void find_incident(struct detail_state *detail)
{
	detail->incident_at = 0;
	for (size_t i = 0; i < detail->incident_count; i++)
		if (detail->incidents[i] == detail->incident)
			detail->incident_at = i;
	detail->incidents_top = list_scroll(detail->incidents_top, detail->incident_at,
					    detail->incident_count, detail_incident_page(detail));
}

static void prepare(struct tui *tui)
{
	struct detail_state *detail = &tui->detail;
	const struct row *row;

	if (detail->target >= tui->rows->count)
		detail->target = 0;
	row = row_of(tui);
	detail_prepare_news(tui, row);
	detail->layout = layout_detail(tui->width, tui->height,
				       &(struct detail_wish){.news_width = text_width(detail->news),
							     .budget = detail_has_budget(row),
							     .focus = detail->focus});
	detail_prepare_chart(tui, row);
	prepare_evidence(tui);
	collect_incidents(tui);
	find_incident(detail);
	if (tui->now_ms - detail->week_at_ms >= WEEK_OLD_MS || tui->now_ms < detail->week_at_ms) {
		detail->week_at_ms = tui->now_ms;
		store_tally(tui->store, detail->target, tui->now_ms - 7 * DAY_MS,
			    &detail->good_week, &detail->failed_week);
		if (tui->moment
			    .on) /* it counts up to now: of a week of the past nothing is known */
			detail->good_week = detail->failed_week = 0;
	}
}

static void phases_note(const struct tui *tui, const struct row *row, char out[160])
{
	char total[FORMAT_MAX], usual[FORMAT_MAX], left[48];
	size_t length;
	bool old;

	out[0] = '\0';
	if (!row->has_last)
		return;
	format_latency(total, row->last.total_us);
	length = text_format(out, 160, "%s%s", row->last.cls == CLASS_OK ? "" : "failed after ",
			     total);
	old = tui->now_ms - row->last.at_ms >= OLD_MS;
	if (old) {
		format_length(usual, tui->now_ms - row->last.at_ms);
		length += text_format(out + length, 160 - length, "%s%s ago", tui->dot, usual);
	}
	if (row->verdict.usual_us >= 0) {
		format_latency(usual, row->verdict.usual_us);
		length += text_format(out + length, 160 - length, "%susual %s", tui->dot, usual);
	}
	if (tui->detail.layout.wide) {
		if (!tui_is_fed(tui) && !old) /* there is not room for all */
			text_format(out + length, 160 - length, "%s%s clock", tui->dot,
				    row->last.flags & SAMPLE_KERNEL ? "kernel" : "libcurl");
		return;
	}
	detail_cert_left(tui, row, left);
	if (left[0])
		text_format(out + length, 160 - length, "%scert %s", tui->dot, left);
}

static void draw_phases(const struct tui *tui, struct canvas *canvas, const struct row *row)
{
	const struct detail_layout *layout = &tui->detail.layout;
	struct waterfall waterfall = {.sample = &row->last, .usual_us = row->verdict.usual_us};
	char note[160];

	if (layout->phases.height <= 0)
		return;
	phases_note(tui, row, note);
	canvas_rule(canvas, layout->phases_title, layout->phases_title.y, STYLE_TITLE,
		    layout->wide ? "phases of the last check" : "phases", note);
	if (!row->has_last) {
		canvas_put(canvas, layout->phases, layout->phases.x + 1, layout->phases.y,
			   STYLE_DIM, tui->moment.on ? "not kept" : "not measured yet");
		return;
	}
	memcpy(waterfall.usual_phase_us, row->verdict.usual_phase_us,
	       sizeof(waterfall.usual_phase_us));
	waterfall_draw(canvas, layout->phases, &waterfall);
}

static void evidence_note(const struct tui *tui, char out[120])
{
	const struct evidence *evidence = &tui->detail.evidence.evidence;
	char when[FORMAT_MAX], number[FORMAT_MAX], key[KEY_NAME_MAX], curl[KEY_NAME_MAX];

	format_stamp(when, evidence->sample.at_ms, STAMP_SHORT, tui->utc, tui->now_ms);
	format_count(number, evidence->number + 1); /* the first is check 1 */
	keymap_hint(&tui->keymap, ACTION_COPY_EVIDENCE, tui->ascii, key);
	keymap_hint(&tui->keymap, ACTION_COPY_COMMAND, tui->ascii, curl);
	if (tui->detail.layout.wide)
		text_format(out, 120, "%s%scheck %s%s%s copy%s%s%s", when, tui->dot, number,
			    tui->dot, key, evidence->command ? ", " : "",
			    evidence->command ? curl : "", evidence->command ? " as curl" : "");
	else
		text_format(out, 120, "%s%s%s copy", when, tui->dot, key);
}

static const char *nothing_text(const struct row *row)
{
	if (!row->has_last && row->stats.samples == 0)
		return "no check yet";
	return row->stats.failed ? "what came with it is not kept" : "no failed check";
}

static void draw_evidence(const struct tui *tui, struct canvas *canvas)
{
	const struct detail_state *detail = &tui->detail;
	const struct detail_layout *layout = &detail->layout;
	const struct evidence_view *view = &detail->evidence;
	enum style title = detail->focus == FOCUS_EVIDENCE ? STYLE_SELECTED : STYLE_TITLE;
	char note[120];

	if (layout->evidence.height <= 0)
		return;
	evidence_note(tui, note);
	canvas_rule(canvas, layout->evidence_title, layout->evidence_title.y, title,
		    view->kind == EVIDENCE_BAD || !view->evidence.seen ? "last failure"
								       : "a good answer",
		    view->evidence.seen ? note : NULL);
	if (view->evidence.seen)
		evidence_draw(view, canvas, rect_inset(layout->evidence, 1, 0, 1, 0),
			      detail->evidence_top);
	else
		canvas_put(canvas, layout->evidence, layout->evidence.x + 1, layout->evidence.y,
			   STYLE_DIM, nothing_text(row_of(tui)));
}

static void draw_divider(const struct tui *tui, struct canvas *canvas)
{
	const struct detail_layout *layout = &tui->detail.layout;
	struct rect divider = layout->divider, all = canvas_area(canvas);

	if (!layout->wide)
		return;
	canvas_fill(canvas, divider, STYLE_RULE, "│");
	canvas_rule(canvas, layout->foot_rule, layout->foot_rule.y, STYLE_TITLE, NULL, NULL);
	canvas_put(canvas, all, divider.x, layout->phases_title.y, STYLE_RULE, "┬");
	canvas_put(canvas, all, divider.x, layout->evidence_title.y, STYLE_RULE, "┼");
	canvas_put(canvas, all, divider.x, layout->foot_rule.y, STYLE_RULE, "┴");
}

static void draw(const struct tui *tui, struct canvas *canvas)
{
	const struct row *row = row_of(tui);

	detail_draw_head(tui, canvas, row);
	detail_draw_about(tui, canvas, row);
	detail_draw_news(tui, canvas);
	detail_draw_numbers(tui, canvas, row);
	detail_draw_budget(tui, canvas, row);
	detail_draw_chart(tui, canvas, row);
	draw_phases(tui, canvas, row);
	detail_draw_cert(tui, canvas, row);
	draw_evidence(tui, canvas);
	detail_draw_incidents(tui, canvas);
	draw_divider(tui, canvas);
	hints_draw(tui, canvas, tui->detail.layout.keys, hints, "");
}

/* In the table's order, round and round; the table's selection goes along. */
static void other_target(struct tui *tui, bool forth)
{
	size_t target = order_beside(&tui->main.order, tui->detail.target, forth);

	if (target == SIZE_MAX)
		return;
	tui->main.selected = target;
	tui->main.at = order_find(&tui->main.order, target);
	tui->main.touched = true;
	tui->detail.target = target;
	tui->detail.evidence_top = tui->detail.incidents_top = 0;
	tui->detail.incident = 0;
	tui->detail.week_at_ms = 0;
}

/* Where all is in sight side by side only what scrolls is gone through, else every part. */
static enum detail_focus next_focus(const struct detail_state *detail, bool forth)
{
	int step = forth ? 1 : FOCUS_COUNT - 1;

	if (detail->layout.wide)
		return detail->focus == FOCUS_INCIDENTS ? FOCUS_EVIDENCE : FOCUS_INCIDENTS;
	return (enum detail_focus)(((int)detail->focus + step) % FOCUS_COUNT);
}

static bool scroll(struct tui *tui, enum action action)
{
	struct detail_state *detail = &tui->detail;
	size_t count = (size_t)detail->evidence.count,
	       page = (size_t)detail->layout.evidence.height, at = detail->incident_at;

	if (detail->focus != FOCUS_INCIDENTS)
		return list_move(action, &detail->evidence_top,
				 (count > page ? count - page : 0) + 1, page);
	if (!list_move(action, &at, detail->incident_count, detail_incident_page(detail)))
		return false;
	if (at < detail->incident_count)
		detail->incident = detail->incidents[at];
	return true;
}

/* The selected one; while another part has the keys that of its present trouble, or the newest. */
static void open_incident(struct tui *tui)
{
	struct detail_state *detail = &tui->detail;
	uint64_t present = row_of(tui)->verdict.incident;

	if (detail->focus != FOCUS_INCIDENTS && incidents_by_id(&tui->incidents, present))
		tui_open_incident(tui, present);
	else if (detail->incident_at < detail->incident_count)
		tui_open_incident(tui, detail->incidents[detail->incident_at]);
	else
		tui_say(tui, "%s has had no incident", row_of(tui)->target->name);
}

static bool act(struct tui *tui, enum action action, struct tui_request *request)
{
	struct detail_state *detail = &tui->detail;

	(void)request;
	if (scroll(tui, action))
		return true;
	switch ((int)action) {
	case ACTION_PREVIOUS_TARGET:
	case ACTION_NEXT_TARGET:
		other_target(tui, action == ACTION_NEXT_TARGET);
		return true;
	case ACTION_OPEN:
		open_incident(tui);
		return true;
	case ACTION_LINEAR:
		detail->linear = !detail->linear;
		return true;
	case ACTION_NEXT_AREA:
	case ACTION_PREVIOUS_AREA:
		detail->focus = next_focus(detail, action == ACTION_NEXT_AREA);
		return true;
	case ACTION_CHART_VIEW:
		detail->view = (enum chart_view)((detail->view + 1) % CHART_VIEWS);
		return true;
	default:
		return false;
	}
}

static size_t target(const struct tui *tui)
{
	return tui->detail.target;
}

const struct screen screen_detail = {
	.name = "target",
	.where = IN_DETAIL,
	.prepare = prepare,
	.draw = draw,
	.act = act,
	.target = target,
};
