/*
 * The last bad or the last good answer of a target, whole as it was kept: scrolled, searched,
 * wrapped or not, numbered or not. What is no text was made a hex dump when it was taken.
 */
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "face/tui/list.h"
#include "face/tui/pen.h"
#include "face/tui/state.h"
#include "face/tui/term.h"

#define SIDE_STEP    8 /* columns */
#define NUMBER_WIDTH 5
#define NAME_LEAST   8

static const struct hint hints[] = {
	{.action = ACTION_BACK, .rank = 1},
	{.action = ACTION_NEXT_AREA, .word = "other answer", .rank = 2},
	{.action = ACTION_SEARCH, .word = "search", .rank = 3},
	{.action = ACTION_WRAP, .word = "wrap", .rank = 4},
	{.action = ACTION_NUMBERS, .word = "numbers", .rank = 5},
	{.action = ACTION_COPY_EVIDENCE, .word = "copy", .rank = 6},
	{.action = ACTION_WRITE, .rank = 7},
	{.action = ACTION_HELP, .rank = 0},
	{.action = ACTION_NONE},
};

/* What came after the moment that is shown is not known in it. */
static void read_evidence(struct tui *tui)
{
	struct body_state *body = &tui->body;
	uint64_t head = store_head(tui->store, body->target);

	/* what was read for a moment that goes by stays: the store may have a newer one alone */
	if (body->known && (!tui_is_live(tui) || body->head == head))
		return;
	if (!store_evidence(tui->store, body->target, body->kind, &body->evidence))
		body->evidence.seen = false;
	body->later = !tui_is_live(tui) && body->evidence.seen &&
		      body->evidence.sample.at_ms > tui->now_ms;
	if (body->later)
		body->evidence.seen = false;
	body->evidence.text[sizeof(body->evidence.text) - 1] = '\0';
	body->head = head;
	body->known = true;
	body->width = -1;
	body_view_read(&body->view, &body->evidence);
}

static int margin(const struct tui *tui)
{
	return tui->width >= 60;
}

static int text_room(const struct tui *tui)
{
	int room = tui->width - 2 - 2 * margin(tui) - (tui->body.numbers ? NUMBER_WIDTH : 0);

	return room > 1 ? room : 1;
}

static size_t page(const struct tui *tui)
{
	return tui->height > 3 ? (size_t)tui->height - 2 : 1;
}

static void prepare(struct tui *tui)
{
	struct body_state *body = &tui->body;
	int width = body->unwrapped ? 0 : text_room(tui);

	read_evidence(tui);
	if (body->width != width) {
		body_view_wrap(&body->view, &body->evidence, width);
		body->width = width;
	}
	if (body->top + page(tui) > body->view.piece_count)
		body->top =
			body->view.piece_count > page(tui) ? body->view.piece_count - page(tui) : 0;
	if (!body->unwrapped || body->side > body->view.widest)
		body->side = 0;
}

/* "14:32:07 · body 114 bytes"; "" where there is no answer. */
static void about_text(const struct tui *tui, char out[160])
{
	const struct body_state *body = &tui->body;
	const struct evidence *evidence = &body->evidence;
	char when[FORMAT_MAX], size[64];

	out[0] = '\0';
	if (!evidence->seen)
		return;
	format_stamp(when, evidence->sample.at_ms, STAMP_SHORT, tui->utc, tui->now_ms);
	evidence_body_size(evidence, size);
	if (evidence->body_bytes)
		text_format(out, 160, "%s%sbody %s%s", when, tui->dot, size,
			    evidence->body_is_binary ? ", no text: in hex" : "");
	else if (evidence_part(evidence, evidence->headers)[0])
		text_format(out, 160, "%s%sno body", when, tui->dot);
	else
		text_copy(out, 160, when);
}

/* The name gives way to what stands beside it, down to some letters that tell it from others. */
static void draw_head(const struct tui *tui, struct canvas *canvas, struct rect line)
{
	const struct body_state *body = &tui->body;
	bool bad = body->kind == EVIDENCE_BAD, wide = line.width >= 60;
	const char *kind = bad ? "last failure" : "a good answer";
	const char *name = tui->rows->items[body->target].target->name;
	struct pen pen = pen_at(canvas, line, wide);
	char about[160];
	int room;

	canvas_bar(canvas, line);
	if (line.width >= 80)
		pen.clip.width = verdict_draw_clock(tui, canvas, line, false) - line.x - 2;
	about_text(tui, about);
	room = pen.clip.x + pen.clip.width - pen.x - text_width(kind) - 2;
	if (wide && about[0])
		room -= text_width(about) + 2;
	if (wide && room >= text_width("webmon › ") + text_width(name)) {
		pen_put(&pen, STYLE_BAR_DIM, "webmon › ");
		room -= text_width("webmon › ");
	}
	if (room < NAME_LEAST)
		room = line.width < 30 ? line.width : NAME_LEAST;
	pen.x = canvas_put_name(canvas, pen.clip, pen.x, pen.y,
				text_width(name) < room ? text_width(name) : room, STYLE_BAR_STRONG,
				name);
	pen_put(&pen, bad ? STYLE_DOWN : STYLE_UP, "  %s", kind);
	if (wide && about[0])
		pen_put(&pen, STYLE_BAR_DIM, "  %s", about);
}

static enum style style_of(const struct body_line *line)
{
	static const enum style styles[] = {
		[BODY_NOTE] = STYLE_STRONG,  [BODY_REQUEST] = STYLE_DIM, [BODY_HEAD] = STYLE_TEXT,
		[BODY_CHANGES] = STYLE_SLOW, [BODY_TEXT] = STYLE_TEXT,	 [BODY_COMMAND] = STYLE_DIM,
	};

	return styles[line->part];
}

/* The bytes of a piece from a column on, as text. */
static void piece_text(const struct body_state *body, const struct body_piece *piece, char *out,
		       size_t capacity)
{
	const struct body_line *line = &body->view.lines[piece->line];
	const char *text = body->evidence.text + line->offset + piece->start;
	size_t length = piece->length;
	int skipped = 0;

	while (length && skipped < body->side) {
		uint32_t character;
		size_t bytes = (size_t)text_decode(text, &character);

		skipped += text_char_width(character);
		text += bytes;
		length -= bytes < length ? bytes : length;
	}
	if (length >= capacity)
		length = capacity - 1;
	memcpy(out, text, length);
	out[length] = '\0';
}

/* What was searched for stands out. */
static void mark_matches(const struct tui *tui, struct canvas *canvas, struct rect line, int x,
			 const char *text)
{
	const char *wanted = tui->body.search;
	size_t length = strlen(text), at = 0;

	while ((at = body_find(text, length, at, wanted)) < length) {
		char before[2048], match[FILTER_TEXT_MAX];

		text_format(before, sizeof(before), "%.*s", (int)at, text);
		text_format(match, sizeof(match), "%.*s", (int)strlen(wanted), text + at);
		canvas_put(canvas, line, x + text_width(before), line.y, STYLE_MATCH, match);
		at += strlen(wanted);
	}
}

static void draw_piece(const struct tui *tui, struct canvas *canvas, struct rect line,
		       const struct body_piece *piece)
{
	static const char *const leads[] = {
		[BODY_NOTE] = " ",    [BODY_REQUEST] = ">", [BODY_HEAD] = "<",
		[BODY_CHANGES] = "~", [BODY_TEXT] = " ",    [BODY_COMMAND] = "$"};
	const struct body_state *body = &tui->body;
	const struct body_line *from = &body->view.lines[piece->line];
	char text[2048];
	int x = line.x + margin(tui);

	if (body->numbers) {
		if (from->number && !piece->start)
			canvas_printf(canvas, line, x, line.y, STYLE_DIM, "%*u", NUMBER_WIDTH - 1,
				      from->number);
		x += NUMBER_WIDTH;
	}
	canvas_put(canvas, line, x, line.y, STYLE_DIM, piece->start ? " " : leads[from->part]);
	piece_text(body, piece, text, sizeof(text));
	canvas_put_fit(canvas, line, x + 2, line.y, line.x + line.width - x - 2, false,
		       style_of(from), text);
	mark_matches(tui, canvas, line, x + 2, text);
}

static void draw_nothing(const struct tui *tui, struct canvas *canvas, struct rect area)
{
	bool failure = tui->body.kind == EVIDENCE_BAD;

	canvas_put(canvas, area, area.x + 1, area.y, STYLE_DIM,
		   tui->body.later ? failure ? "no failure is kept from then"
					     : "no good answer is kept from then"
		   : failure	   ? "it has not failed"
				   : "no good answer was kept");
}

static void draw(const struct tui *tui, struct canvas *canvas)
{
	const struct body_state *body = &tui->body;
	const struct body_view *view = &body->view;
	struct rect area = {0, 1, canvas->width, (int)page(tui)},
		    foot = {0, canvas->height - 1, canvas->width, canvas->height >= 4};
	size_t end = body->top + page(tui);
	char note[64] = "";

	draw_head(tui, canvas, (struct rect){0, 0, canvas->width, 1});
	if (!view->piece_count)
		draw_nothing(tui, canvas, area);
	for (int y = 0; y < area.height && body->top + (size_t)y < view->piece_count; y++)
		draw_piece(tui, canvas, (struct rect){area.x, area.y + y, area.width, 1},
			   &view->pieces[body->top + (size_t)y]);
	if (view->piece_count)
		text_format(note, sizeof(note), "%zu-%zu of %zu", body->top + 1,
			    end < view->piece_count ? end : view->piece_count, view->piece_count);
	hints_draw(tui, canvas, foot, hints, note);
}

static void next_match(struct tui *tui, bool forth)
{
	struct body_state *body = &tui->body;
	size_t line = body->top < body->view.piece_count ? body->view.pieces[body->top].line : 0;

	if (!body->search[0]) {
		tui_say(tui, "nothing is searched for");
		return;
	}
	line = body_view_find(&body->view, &body->evidence, body->search, line, forth);
	if (line == body->view.line_count)
		tui_say(tui, "not found: %s", body->search);
	else
		body->top = body_view_piece(&body->view, line);
}

static void body_search(struct tui *tui, const char *text)
{
	text_copy(tui->body.search, sizeof(tui->body.search), text);
	if (text[0])
		next_match(tui, true);
}

static bool scroll(struct tui *tui, enum action action)
{
	struct body_state *body = &tui->body;
	size_t count = body->view.piece_count, last = count > page(tui) ? count - page(tui) : 0;

	return list_move(action, &body->top, last + 1, page(tui));
}

static void scroll_aside(struct body_state *body, enum action action)
{
	int step = action == ACTION_SCROLL_RIGHT ? SIDE_STEP : -SIDE_STEP;

	if (body->unwrapped && body->side + step >= 0 && body->side + step < body->view.widest)
		body->side += step;
}

static bool act(struct tui *tui, enum action action, struct tui_request *request)
{
	struct body_state *body = &tui->body;

	(void)request;
	if (scroll(tui, action))
		return true;
	switch ((int)action) {
	case ACTION_NEXT_AREA:
	case ACTION_PREVIOUS_AREA:
		body->kind = body->kind == EVIDENCE_BAD ? EVIDENCE_GOOD : EVIDENCE_BAD;
		body->known = false;
		body->top = 0;
		return true;
	case ACTION_WRAP:
		body->unwrapped = !body->unwrapped;
		return true;
	case ACTION_NUMBERS:
		body->numbers = !body->numbers;
		return true;
	case ACTION_SCROLL_LEFT:
	case ACTION_SCROLL_RIGHT:
		scroll_aside(body, action);
		return true;
	case ACTION_SEARCH:
		prompt_open(tui, &(struct prompt){.ask = TUI_ASK_NOTHING,
						  .target = body->target,
						  .title = "search for",
						  .done = body_search});
		return true;
	case ACTION_NEXT_FOUND:
	case ACTION_PREVIOUS_FOUND:
		next_match(tui, action == ACTION_NEXT_FOUND);
		return true;
	default:
		return false;
	}
}

static bool mouse(struct tui *tui, int x, int y, int what, struct tui_request *request)
{
	(void)x;
	(void)y;
	(void)request;
	if (what == MOUSE_WHEEL_UP || what == MOUSE_WHEEL_DOWN)
		return scroll(tui, what == MOUSE_WHEEL_UP ? ACTION_UP : ACTION_DOWN);
	return false;
}

static size_t target(const struct tui *tui)
{
	return tui->body.target < tui->rows->count ? tui->body.target : SIZE_MAX;
}

static bool paper(struct tui *tui, char *out, size_t capacity)
{
	return tui->body.evidence.seen && evidence_copy(&tui->body.evidence, out, capacity) > 0;
}

static const struct screen screen_body = {
	.name = "answer",
	.where = IN_BODY,
	.prepare = prepare,
	.draw = draw,
	.act = act,
	.mouse = mouse,
	.target = target,
	.copy = paper,
	.paper = paper,
};

void tui_open_body(struct tui *tui, size_t target)
{
	struct body_state *body = &tui->body;
	bool failed;

	if (target >= tui->rows->count)
		return;
	failed = store_evidence(tui->store, target, EVIDENCE_BAD, &body->evidence) &&
		 body->evidence.seen;
	body->target = target;
	body->kind = failed ? EVIDENCE_BAD : EVIDENCE_GOOD;
	body->top = 0;
	body->side = 0;
	body->known = false;
	tui_push(tui, &screen_body);
}
