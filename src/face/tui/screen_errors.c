/*
 * The errors on a screen of their own: every incident there is room for, filtered as you type, and
 * the evidence of the selected one below. The selection is an incident, not a line number.
 */
#include <stdlib.h>

#include "base/text.h"
#include "base/units.h"
#include "face/tui/list.h"
#include "face/tui/pen.h"
#include "face/tui/state.h"
#include "face/tui/term.h"

static const struct hint hints[] = {
	{.action = ACTION_BACK, .rank = 1},
	{.action = ACTION_UP, .second = ACTION_DOWN, .word = "select", .rank = 3},
	{.action = ACTION_FILTER, .rank = 2},
	{.action = ACTION_OPEN, .word = "open", .rank = 4},
	{.action = ACTION_KINDS, .rank = 5},
	{.action = ACTION_OPEN_ONLY, .rank = 6},
	{.action = ACTION_FOLD, .rank = 6},
	{.action = ACTION_BODY, .rank = 7},
	{.action = ACTION_COPY, .rank = 8},
	{.action = ACTION_WRITE, .rank = 8},
	{.action = ACTION_HELP, .rank = 0},
	{.action = ACTION_NONE},
};

static const struct incident *shown_at(const struct tui *tui, size_t place)
{
	const struct fold *fold = &tui->errors.fold;

	return place < fold->count ? incidents_at(&tui->incidents, fold->lines[place].place) : NULL;
}

static bool passes(const struct tui *tui, const struct incident *incident)
{
	const struct row *row =
		incident->target < tui->rows->count ? &tui->rows->items[incident->target] : NULL;

	if (tui->errors.open_only && incident->closed_ms)
		return false;
	if (tui->errors.kind != INCIDENT_KINDS && tui->errors.kind != (int)incident->kind)
		return false;
	return filter_matches_incident(tui->errors.filter, incident, row);
}

/* Which pass, and where the selected one is among them: its place is kept where it went away. */
static void choose(struct tui *tui)
{
	struct errors_state *errors = &tui->errors;
	const struct incident *incident;
	bool found = false;

	fold_begin(&errors->fold, errors->folded);
	for (size_t i = 0; (incident = incidents_at(&tui->incidents, i)); i++) {
		size_t line;

		if (!passes(tui, incident))
			continue;
		line = fold_add(
			&errors->fold,
			&(struct fold_item){incident, incident_words(incident), (uint32_t)i},
			tui->now_ms);
		if (errors->incident && incident->id == errors->incident) {
			errors->at = line;
			found = true;
		}
	}
	if (!found && !errors->incident)
		errors->at = 0;
	if (errors->at >= errors->fold.count)
		errors->at = errors->fold.count ? errors->fold.count - 1 : 0;
}

static bool has_evidence(const struct tui *tui, const struct incident *incident)
{
	return incident_owns(tui, &tui->errors.evidence, incident);
}

static void prepare(struct tui *tui)
{
	struct errors_state *errors = &tui->errors;
	const struct incident *incident;

	errors->layout = layout_errors(tui->width, tui->height, &tui->wish);
	choose(tui);
	errors->top = list_scroll(errors->top, errors->at, errors->fold.count,
				  (size_t)errors->layout.list.height);
	incident = shown_at(tui, errors->at);
	if (incident && incident->target < tui->rows->count && errors->layout.evidence.height > 0) {
		if (!evidence_is_current(&errors->evidence, tui->store, incident->target,
					 tui_is_live(tui)))
			evidence_read(&errors->evidence, tui->store, incident->target,
				      EVIDENCE_BAD);
		evidence_layout(&errors->evidence, tui->width - 2,
				errors->layout.evidence.height < 6, tui->ascii);
	}
}

static void put_loud(const struct tui *tui, struct pen *pen, enum style style, unsigned count,
		     const char *sign, const char *word)
{
	if (!count)
		return;
	pen_put(pen, style, tui->ascii ? "[%s %u %s]" : " %s %u %s ", sign, count, word);
	pen_put(pen, STYLE_BAR, " ");
}

/* What else is open and stands in the list: no target is in trouble by it alone. */
static void put_others(const struct tui *tui, struct pen *pen)
{
	static const struct {
		enum incident_kind kind;
		const char *word;
	} others[] = {{INCIDENT_FLAPPING, "flapping"},
		      {INCIDENT_BURN, "budget"},
		      {INCIDENT_CERT, "cert"},
		      {INCIDENT_SELF, "webmon"},
		      {INCIDENT_PAUSED, "paused"}};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		const struct incident like = {.kind = others[i].kind};
		unsigned count = tui->incidents.open_of[like.kind];
		enum style style;
		const char *sign = incident_sign(tui, &like, &style);

		if (count)
			pen_put_whole(pen, style, " %s %u %s ", sign, count, others[i].word);
	}
}

static void draw_top(const struct tui *tui, struct canvas *canvas, struct rect line)
{
	const struct incidents *incidents = &tui->incidents;
	const struct glyphs *glyphs = &tui->theme.glyphs;
	struct pen pen = pen_at(canvas, line, line.width >= 60);

	canvas_bar(canvas, line);
	if (line.width >= 50)
		pen.clip.width = verdict_draw_clock(tui, canvas, line, line.width >= 100) - 2;
	if (line.width >= 60)
		pen_put(&pen, STYLE_BAR_DIM, "webmon › ");
	pen_put(&pen, STYLE_BAR_STRONG, "errors");
	pen_put(&pen, STYLE_BAR, line.width >= 60 ? "   " : " ");
	put_loud(tui, &pen, STYLE_COUNT_DOWN, incidents->open_of[INCIDENT_DOWN], glyphs->down,
		 "failing");
	put_loud(tui, &pen, STYLE_COUNT_LOAD, incidents->open_of[INCIDENT_LOAD], glyphs->loaded,
		 "loaded");
	put_loud(tui, &pen, STYLE_COUNT_SLOW, incidents->open_of[INCIDENT_SLOW], glyphs->slow,
		 "slow");
	put_others(tui, &pen);
	if (!incidents->open)
		pen_put(&pen, STYLE_UP, "none open ");
	if (line.width >= 60 && pen_put_whole(&pen, STYLE_BAR_DIM, " %u in 24 h", incidents->day))
		pen_put_whole(&pen, STYLE_BAR_DIM, "%s%u in 7 d", tui->dot, incidents->week);
}

static void draw_about(const struct tui *tui, struct canvas *canvas, struct rect line)
{
	const struct errors_state *errors = &tui->errors;
	bool filtered = errors->input.active || !filter_is_empty(errors->filter);
	const char *problem = filter_problem(errors->filter);
	struct pen pen = pen_at(canvas, line, line.width >= 60);

	if (line.height <= 0)
		return;
	pen_put(&pen, STYLE_DIM, filtered ? "filter " : "no filter");
	if (filtered)
		pen_put(&pen,
			problem						  ? STYLE_COUNT_SLOW
			: errors->input.active && !errors->input.selected ? STYLE_INPUT
									  : STYLE_MATCH,
			"%s",
			errors->input.active ? errors->input.text : filter_text(errors->filter));
	if (errors->input.active)
		pen_put_cursor(&pen);
	if (problem) {
		filtering_put_problem(&pen, STYLE_DIM, problem);
		return;
	}
	pen_put(&pen, STYLE_DIM, "  %zu of %zu", errors->fold.count, tui->incidents.count);
	if (line.width >= (errors->folded ? 60 : 40) || errors->open_only)
		pen_put_whole(&pen, STYLE_DIM, "%s%s", tui->dot,
			      errors->open_only ? "open ones only" : "open and over");
	if (line.width >= 60 || errors->kind != INCIDENT_KINDS)
		pen_put_whole(&pen, STYLE_DIM, "%s%s", tui->dot,
			      errors->kind == INCIDENT_KINDS ? "all kinds"
							     : incident_table[errors->kind].plural);
	if (errors->folded)
		pen_put_whole(&pen, STYLE_DIM, "%sfolded", tui->dot);
}

static void put_head(struct canvas *canvas, struct rect line, int x, int width, bool right,
		     const char *text)
{
	if (width > 0)
		canvas_put_fit(canvas, line, line.x + x, line.y, width, right, STYLE_HEAD, text);
}

static void draw_head(const struct tui *tui, struct canvas *canvas, struct rect line)
{
	const struct errors_layout *layout = &tui->errors.layout;
	const struct pane_layout *columns = &layout->line;

	if (line.height <= 0)
		return;
	canvas_fill(canvas, line, STYLE_HEAD, " ");
	put_head(canvas, line, columns->time, 8, false, "last");
	put_head(canvas, line, layout->first, layout->first_width, false, "first");
	put_head(canvas, line, columns->name, columns->name_width, false, "target");
	put_head(canvas, line, columns->result, columns->result_width, false, "kind");
	put_head(canvas, line, columns->detail, columns->detail_width, false, "evidence");
	put_head(canvas, line, columns->count, columns->count_width, true, "times");
	put_head(canvas, line, columns->length, columns->length_width, true, "length");
}

/* Several in one line: what they have in common, their checks and lengths added up. */
static struct incident summed(const struct tui *tui, const struct incident *incident,
			      const struct fold_line *line)
{
	struct incident sum = *incident;

	if (line->incidents < 2)
		return sum;
	sum.count = line->count;
	sum.opened_ms = (sum.closed_ms ? sum.closed_ms : tui->now_ms) - line->length_ms;
	text_format(sum.detail, sizeof(sum.detail), "%u times%s%s", line->incidents, tui->dot,
		    incident_words(incident));
	return sum;
}

static void draw_line(const struct tui *tui, struct canvas *canvas, struct rect line,
		      const struct fold_line *folded, bool selected)
{
	const struct incident *incident = incidents_at(&tui->incidents, folded->place);
	struct incident sum = summed(tui, incident, folded);
	const struct errors_layout *layout = &tui->errors.layout;
	char when[FORMAT_MAX];
	enum style style;
	const char *sign = incident_sign(tui, incident, &style);

	canvas_put(canvas, line, line.x + layout->line.sign, line.y, style, sign);
	format_stamp(when, folded->last_ms, STAMP_SHORT, tui->utc, tui->now_ms);
	canvas_put_fit(canvas, line, line.x + layout->line.time, line.y, 8, false, STYLE_TEXT,
		       when);
	format_stamp(when, folded->first_ms, STAMP_SHORT, tui->utc, tui->now_ms);
	if (layout->first_width > 0)
		canvas_put_fit(canvas, line, line.x + layout->first, line.y, layout->first_width,
			       false, STYLE_DIM, when);
	incident_draw_tail(tui, canvas, line, &layout->line, &sum);
	if (selected)
		canvas_select(canvas, line, layout->line.sign > 0);
}

static void draw_list(const struct tui *tui, struct canvas *canvas, struct rect area)
{
	const struct errors_state *errors = &tui->errors;

	if (!errors->fold.count && area.height > 0)
		canvas_put(canvas, area, area.x + 3, area.y, STYLE_DIM,
			   tui->incidents.count ? "nothing matches" : "no errors");
	for (int y = 0; y < area.height; y++) {
		size_t place = errors->top + (size_t)y;

		if (place >= errors->fold.count)
			return;
		draw_line(tui, canvas, (struct rect){area.x, area.y + y, area.width, 1},
			  &errors->fold.lines[place], place == errors->at);
	}
}

static void draw_without_evidence(const struct tui *tui, struct canvas *canvas, struct rect area,
				  const struct incident *incident)
{
	struct rect line = {area.x, area.y, area.width, 1};
	struct pen pen = pen_at(canvas, line, 1);
	enum style style;

	incident_sign(tui, incident, &style);
	pen_put(&pen, style, "%s", incident->result);
	pen_put(&pen, STYLE_TEXT, "  %s", incident->detail);
	if (incident->kind == INCIDENT_DOWN && area.height > 1)
		canvas_put_fit(canvas, area, area.x + 1, area.y + 1, area.width - 2, false,
			       STYLE_DIM,
			       "headers and body are kept of the last failure only, which was "
			       "another one");
}

static void draw_evidence(const struct tui *tui, struct canvas *canvas)
{
	const struct errors_state *errors = &tui->errors;
	const struct errors_layout *layout = &errors->layout;
	const struct incident *incident = shown_at(tui, errors->at);
	char note[160], when[FORMAT_MAX], number[FORMAT_MAX], copy[KEY_NAME_MAX];

	if (layout->evidence.height <= 0)
		return;
	if (!incident) {
		canvas_rule(canvas, layout->evidence_title, layout->evidence_title.y, STYLE_TITLE,
			    "evidence", NULL);
		return;
	}
	keymap_hint(&tui->keymap, ACTION_COPY_EVIDENCE, tui->ascii, copy);
	if (!has_evidence(tui, incident)) {
		text_copy(note, sizeof(note), incident_target_name(tui, incident));
	} else {
		format_stamp(when, errors->evidence.evidence.sample.at_ms, STAMP_SHORT, tui->utc,
			     tui->now_ms);
		format_count(number,
			     errors->evidence.evidence.number + 1); /* the first is check 1 */
		text_format(note, sizeof(note), "%s%s%s%scheck %s%s%s copy",
			    incident_target_name(tui, incident), tui->dot, when, tui->dot, number,
			    tui->dot, copy);
	}
	canvas_rule(canvas, layout->evidence_title, layout->evidence_title.y, STYLE_TITLE,
		    "evidence", note);
	if (has_evidence(tui, incident))
		evidence_draw(&errors->evidence, canvas, rect_inset(layout->evidence, 1, 0, 1, 0),
			      0);
	else
		draw_without_evidence(tui, canvas, layout->evidence, incident);
}

static void draw(const struct tui *tui, struct canvas *canvas)
{
	const struct errors_state *errors = &tui->errors;
	size_t page = (size_t)errors->layout.list.height, end = errors->top + page;
	char note[48] = "";

	draw_top(tui, canvas, errors->layout.verdict);
	draw_head(tui, canvas, errors->layout.head);
	draw_list(tui, canvas, errors->layout.list);
	/* after the list: while something is typed the cursor is there */
	draw_about(tui, canvas, errors->layout.about);
	draw_evidence(tui, canvas);
	if (errors->fold.count)
		text_format(note, sizeof(note), "%zu-%zu of %zu", errors->top + 1,
			    end < errors->fold.count ? end : errors->fold.count,
			    errors->fold.count);
	hints_draw(tui, canvas, errors->layout.keys, hints, note);
}

static void select_place(struct tui *tui, size_t at)
{
	const struct incident *incident = shown_at(tui, at);

	tui->errors.at = at;
	tui->errors.incident = incident ? incident->id : 0;
}

/* All, then each kind that there is. */
static void next_kind(struct tui *tui)
{
	const struct incident *incident;
	bool has[INCIDENT_KINDS + 1] = {[INCIDENT_KINDS] = true};

	for (size_t i = 0; (incident = incidents_at(&tui->incidents, i)); i++)
		has[incident->kind] = true;
	do {
		tui->errors.kind = (tui->errors.kind + 1) % (INCIDENT_KINDS + 1);
	} while (!has[tui->errors.kind]);
}

static bool act(struct tui *tui, enum action action, struct tui_request *request)
{
	struct errors_state *errors = &tui->errors;
	const struct incident *incident;
	size_t at;

	(void)request;
	choose(tui); /* the list may have moved on since it was drawn */
	incident = shown_at(tui, errors->at);
	at = errors->at;
	if (list_move(action, &at, errors->fold.count, (size_t)errors->layout.list.height)) {
		select_place(tui, at);
		return true;
	}
	switch ((int)action) {
	case ACTION_OPEN:
		if (incident)
			tui_open_incident(tui, incident->id);
		return true;
	case ACTION_KINDS:
		next_kind(tui);
		return true;
	case ACTION_FOLD:
		errors->folded = !errors->folded;
		return true;
	case ACTION_NEXT_MATCH:
	case ACTION_PREVIOUS_MATCH:
		if (errors->fold.count)
			select_place(
				tui,
				(at + (action == ACTION_NEXT_MATCH ? 1 : errors->fold.count - 1)) %
					errors->fold.count);
		return true;
	case ACTION_OPEN_ONLY:
		errors->open_only = !errors->open_only;
		return true;
	case ACTION_FILTER:
		input_begin_anew(&errors->input, filter_text(errors->filter));
		return true;
	case ACTION_BACK:
		if (filter_is_empty(errors->filter))
			return false;
		filter_set(errors->filter, "");
		return true;
	default:
		return false;
	}
}

static bool type(struct tui *tui, int key, struct tui_request *request)
{
	struct errors_state *errors = &tui->errors;

	(void)request;
	if (!errors->input.active)
		return false;
	switch (input_key(&errors->input, key)) {
	case INPUT_NOT_MINE:
		return false;
	case INPUT_CHANGED:
	case INPUT_DROPPED:
		filter_set(errors->filter, errors->input.text);
		break;
	case INPUT_KEPT:
		break;
	}
	return true;
}

static bool mouse(struct tui *tui, int x, int y, int what, struct tui_request *request)
{
	const struct rect *list = &tui->errors.layout.list;

	(void)x;
	if (what == MOUSE_WHEEL_UP || what == MOUSE_WHEEL_DOWN)
		return act(tui, what == MOUSE_WHEEL_UP ? ACTION_UP : ACTION_DOWN, request);
	if (y < list->y || y >= list->y + list->height ||
	    !shown_at(tui, tui->errors.top + (size_t)(y - list->y)))
		return false;
	select_place(tui, tui->errors.top + (size_t)(y - list->y));
	return what != MOUSE_DOUBLE || act(tui, ACTION_OPEN, request);
}

static size_t target(const struct tui *tui)
{
	const struct incident *incident = shown_at(tui, tui->errors.at);

	return incident && incident->target < tui->rows->count ? incident->target : SIZE_MAX;
}

static bool copy(struct tui *tui, char *out, size_t capacity)
{
	return incident_copy(tui, shown_at(tui, tui->errors.at), out, capacity);
}

static bool paper(struct tui *tui, char *out, size_t capacity)
{
	const struct incident *incident = shown_at(tui, tui->errors.at);

	return incident && has_evidence(tui, incident) &&
	       evidence_copy(&tui->errors.evidence.evidence, out, capacity) > 0;
}

const struct screen screen_errors = {
	.name = "errors",
	.where = IN_ERRORS,
	.prepare = prepare,
	.draw = draw,
	.act = act,
	.type = type,
	.mouse = mouse,
	.target = target,
	.copy = copy,
	.paper = paper,
};
