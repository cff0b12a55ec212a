/*
 * The error pane: one line an incident, updated in place. Draws only.
 */
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "face/tui/pen.h"
#include "face/tui/state.h"
#include "model/wording.h"

/* Over is well again, but for what a pause ended, and for what stayed down when it ceased to flap.
 */
static const char *over_sign(const struct glyphs *glyphs, const struct incident *incident,
			     enum style *style)
{
	if (incident->kind == INCIDENT_FLAPPING && strcmp(incident->result, "stays down") == 0) {
		*style = STYLE_DIM;
		return glyphs->down;
	}
	if (incident->kind != INCIDENT_PAUSED && strcmp(incident->result, "paused") == 0) {
		*style = STYLE_PAUSED;
		return glyphs->paused;
	}
	*style = STYLE_UP;
	return glyphs->up;
}

const char *incident_sign(const struct tui *tui, const struct incident *incident, enum style *style)
{
	const struct glyphs *glyphs = &tui->theme.glyphs;
	const struct {
		const char *sign;
		enum style style;
	} signs[] = {
		[INCIDENT_DOWN] = {glyphs->down, STYLE_DOWN},
		[INCIDENT_SLOW] = {glyphs->slow, STYLE_SLOW},
		[INCIDENT_LOAD] = {glyphs->loaded, STYLE_LOAD},
		[INCIDENT_CERT] = {glyphs->slow, STYLE_CERT},
		[INCIDENT_PAUSED] = {glyphs->paused, STYLE_PAUSED},
		[INCIDENT_SELF] = {glyphs->late, STYLE_STALE},
		[INCIDENT_FLAPPING] = {glyphs->slow, STYLE_SLOW},
		[INCIDENT_BURN] = {glyphs->slow, STYLE_SLOW},
	};

	if (incident->closed_ms)
		return over_sign(glyphs, incident, style);
	*style = incident->acknowledged ? STYLE_ACK : signs[incident->kind].style;
	return signs[incident->kind].sign;
}

int64_t incident_length_ms(const struct incident *incident, int64_t now_ms)
{
	return (incident->closed_ms ? incident->closed_ms : now_ms) - incident->opened_ms;
}

const char *incident_target_name(const struct tui *tui, const struct incident *incident)
{
	return incident->target < tui->rows->count ? tui->rows->items[incident->target].target->name
						   : "webmon";
}

bool incident_copy(const struct tui *tui, const struct incident *incident, char *out,
		   size_t capacity)
{
	char opened[FORMAT_MAX], closed[FORMAT_MAX] = "open", length[FORMAT_MAX];

	if (!incident)
		return false;
	format_stamp(opened, incident->opened_ms, STAMP_ISO, true, tui->now_ms);
	if (incident->closed_ms)
		format_stamp(closed, incident->closed_ms, STAMP_ISO, true, tui->now_ms);
	format_length(length, incident_length_ms(incident, tui->now_ms));
	text_format(out, capacity, "%s to %s (%s) %s %s x%u %s\n", opened, closed, length,
		    incident_target_name(tui, incident), incident->result, incident->count,
		    incident->detail);
	return true;
}

static void count_text(const struct incident *incident, char out[FORMAT_MAX])
{
	char count[FORMAT_MAX];

	out[0] = '\0';
	if (incident->count < 1 || incident->kind == INCIDENT_PAUSED ||
	    incident->kind == INCIDENT_CERT)
		return;
	format_count(count, incident->count);
	text_format(out, FORMAT_MAX, "×%s", count);
}

static void length_text(const struct tui *tui, const struct incident *incident,
			char out[FORMAT_MAX])
{
	out[0] = '\0';
	if (incident->kind == INCIDENT_CERT)
		return; /* how long it has been known says nothing */
	format_length(out, incident_length_ms(incident, tui->now_ms));
	column_fit_length(out);
}

const char *incident_kind(const struct incident *incident, char out[16])
{
	if (incident->kind == INCIDENT_DOWN)
		wording_result(out, 16, incident->cls, incident->status);
	else if (incident->kind == INCIDENT_SELF && !incident->closed_ms)
		text_copy(out, 16, incident->result); /* NETWORK, LOCAL */
	else
		text_copy(out, 16, incident_table[incident->kind].result);
	return out;
}

/* The judge words the end as "after 15 s, 3 checks failed: 500 ..."; where counter and length stand
 * beside it, the rest is enough. */
const char *incident_words(const struct incident *incident)
{
	const char *rest = incident->closed_ms && incident->kind == INCIDENT_DOWN
				   ? strstr(incident->detail, ": ")
				   : NULL;
	char kind[16];

	return rest ? wording_without_result(rest + 2, incident_kind(incident, kind))
		    : incident->detail;
}

static bool is_calm(const struct incident *incident)
{
	return incident->acknowledged && !incident->closed_ms;
}

/* Of acknowledged trouble the note comes first: it says who is on it. */
static void detail_text(const struct tui *tui, const struct pane_layout *columns,
			const struct incident *incident, char out[320])
{
	const char *text = columns->full ? incident_words(incident) : incident->detail;

	if (is_calm(incident))
		text_format(out, 320, "ack%s%s%s%s", incident->note[0] ? ": " : "", incident->note,
			    tui->dot, text);
	else
		text_copy(out, 320, text);
}

/* The detail with the counter right behind it: where it has to be cut, the counter stays. */
static void draw_detail(const struct tui *tui, struct canvas *canvas, struct rect line,
			const struct pane_layout *columns, const struct incident *incident)
{
	enum style style = is_calm(incident) ? STYLE_ACK : STYLE_TEXT;
	char whole[320], text[320], count[FORMAT_MAX];
	int x = line.x + columns->detail, width = columns->detail_width, used;

	if (incident->closed_ms && !columns->full)
		width = line.width - columns->detail - 1; /* it says the numbers itself */
	detail_text(tui, columns, incident, whole);
	count_text(incident, count);
	if (columns->count_width > 0 || !count[0] || incident->closed_ms ||
	    text_width(count) + 8 > width) {
		canvas_put_fit(canvas, line, x, line.y, width, false, style, whole);
		return;
	}
	used = text_fit(text, sizeof(text), whole, width - text_width(count) - 1, CUT_END,
			canvas->ascii);
	canvas_put(canvas, line, x, line.y, style, text);
	canvas_put(canvas, line, x + used + 1, line.y, STYLE_DIM, count);
}

void incident_draw_tail(const struct tui *tui, struct canvas *canvas, struct rect line,
			const struct pane_layout *columns, const struct incident *incident)
{
	bool over = incident->closed_ms != 0, full = columns->full;
	char text[FORMAT_MAX], result[16];
	enum style style;

	incident_sign(tui, incident, &style);
	canvas_put_name(canvas, line, line.x + columns->name, line.y, columns->name_width,
			is_calm(incident) ? STYLE_ACK : STYLE_TEXT,
			incident_target_name(tui, incident));
	text_copy(result, sizeof(result), incident->result);
	if (full)
		incident_kind(incident, result);
	canvas_put_fit(canvas, line, line.x + columns->result, line.y, columns->result_width, false,
		       full && over ? STYLE_TEXT : style, result);
	if (columns->detail_width > 0)
		draw_detail(tui, canvas, line, columns, incident);
	if (over && !full)
		return; /* the detail says how often and how long */
	if (columns->count_width > 0) {
		count_text(incident, text);
		canvas_put_fit(canvas, line, line.x + columns->count, line.y, columns->count_width,
			       true, STYLE_DIM, text);
	}
	if (columns->length_width > 0) {
		length_text(tui, incident, text);
		canvas_put_fit(canvas, line, line.x + columns->length, line.y,
			       columns->length_width, true,
			       over || is_calm(incident) ? STYLE_DIM : STYLE_TEXT, text);
	}
}

static void draw_line(const struct tui *tui, struct canvas *canvas, struct rect line,
		      const struct incident *incident)
{
	const struct pane_layout *columns = &tui->main.layout.line;
	char when[FORMAT_MAX];
	enum style style;
	const char *sign = incident_sign(tui, incident, &style);

	format_stamp(when, incident_place_ms(&tui->incidents, incident, tui->now_ms), STAMP_SHORT,
		     tui->utc, tui->now_ms);
	canvas_put_fit(canvas, line, line.x + columns->time, line.y, 8, false, STYLE_DIM, when);
	canvas_put(canvas, line, line.x + columns->sign, line.y, style, sign);
	incident_draw_tail(tui, canvas, line, columns, incident);
	if (tui->main.in_pane && incident->id == tui->main.incident)
		canvas_select(canvas, line, columns->time > 0);
}

static void draw_title(const struct tui *tui, struct canvas *canvas, struct rect line)
{
	const struct incidents *incidents = &tui->incidents;
	char note[96];

	if (line.width >= 100)
		text_format(note, sizeof(note), "%u open%s%u in 24 h%snewest first",
			    incidents->open, tui->dot, incidents->day, tui->dot);
	else
		text_format(note, sizeof(note), "%u open%s%u in 24 h", incidents->open, tui->dot,
			    incidents->day);
	canvas_rule(canvas, line, line.y, tui->main.in_pane ? STYLE_SELECTED : STYLE_TITLE,
		    "errors", incidents->count ? note : NULL);
}

/* Even nothing says something: since when there has been nothing. */
static void draw_empty(const struct tui *tui, struct canvas *canvas, struct rect area)
{
	struct overview_numbers numbers = overview_numbers(tui->overview, tui->now_ms);
	char since[FORMAT_MAX];

	if (!numbers.started_ms || tui->fresh == tui->tally.targets) {
		canvas_put(canvas, area, area.x + 1, area.y, STYLE_DIM, "nothing checked yet");
		return;
	}
	format_stamp(since, numbers.started_ms, STAMP_SHORT, tui->utc, tui->now_ms);
	canvas_printf(canvas, area, area.x + 1, area.y, STYLE_DIM, "no errors since %s", since);
}

void pane_draw(const struct tui *tui, struct canvas *canvas)
{
	const struct main_layout *layout = &tui->main.layout;

	if (layout->pane_title.height <= 0)
		return;
	draw_title(tui, canvas, layout->pane_title);
	if (!tui->incidents.count && layout->pane.height > 0)
		draw_empty(tui, canvas, layout->pane);
	for (int y = 0; y < layout->pane.height; y++) {
		const struct incident *incident =
			incidents_at(&tui->incidents, tui->main.pane_top + (size_t)y);
		struct rect line = {layout->pane.x, layout->pane.y + y, layout->pane.width, 1};

		if (!incident)
			return;
		draw_line(tui, canvas, line, incident);
	}
}
