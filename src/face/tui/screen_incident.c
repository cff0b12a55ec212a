/*
 * One incident: what it was, when, its evidence, its events one by one, and who else was in trouble
 * at that time, each with the history of just that time: a common cause shows as one stripe.
 */
#include <stdlib.h>
#include <string.h>

#include "face/tui/incident_parts.h"
#include "face/tui/list.h"
#include "face/tui/state.h"
#include "face/tui/term.h"

/* Begun so near to each other they are told together, though one was over */
#define NEAR_MS	    60000
#define EVENTS_STEP 64

static const struct hint hints[] = {
	{.action = ACTION_BACK, .rank = 1},
	{.action = ACTION_OPEN, .word = "open target", .rank = 2},
	{.action = ACTION_NEXT_AREA, .rank = 3},
	{.action = ACTION_BODY, .rank = 4},
	{.action = ACTION_ACKNOWLEDGE, .rank = 5},
	{.action = ACTION_COPY, .rank = 7},
	{.action = ACTION_WRITE, .rank = 6},
	{.action = ACTION_HELP, .rank = 0},
	{.action = ACTION_NONE},
};

static const struct incident *shown(const struct tui *tui)
{
	return incidents_by_id(&tui->incidents, tui->incident.id);
}

bool incident_owns(const struct tui *tui, const struct evidence_view *view,
		   const struct incident *incident)
{
	int64_t at_ms = view->evidence.sample.at_ms;

	return view->known && view->evidence.seen && view->target == incident->target &&
	       incident->kind == INCIDENT_DOWN && at_ms >= incident->opened_ms &&
	       at_ms <= tui->now_ms && incident_is_open_at(incident, at_ms);
}

/* Each event of the journal is looked at once. */
static void read_events(struct tui *tui)
{
	struct incident_state *state = &tui->incident;
	struct event events[EVENTS_STEP];
	size_t count;

	while ((count = store_events(tui->store, state->event_next, events, EVENTS_STEP, NULL))) {
		for (size_t i = 0; i < count; i++) {
			if (events[i].incident != state->id)
				continue;
			if (state->event_count == INCIDENT_EVENTS) {
				memmove(state->events, state->events + 1,
					(INCIDENT_EVENTS - 1) * sizeof(state->events[0]));
				state->event_count--;
			}
			state->events[state->event_count++] = events[i];
		}
		state->event_next = events[count - 1].number + 1;
	}
}

static int64_t end_of(const struct tui *tui, const struct incident *incident)
{
	return incident->closed_ms ? incident->closed_ms : tui->now_ms;
}

static bool is_neighbour(const struct tui *tui, const struct incident *of,
			 const struct incident *other)
{
	if (other->id == of->id || other->target == of->target || other->kind == INCIDENT_CERT ||
	    other->kind == INCIDENT_PAUSED)
		return false;
	if (llabs(other->opened_ms - of->opened_ms) <= NEAR_MS)
		return true;
	return other->opened_ms <= end_of(tui, of) && end_of(tui, other) >= of->opened_ms;
}

/* Kept in order of how near they began, by insertion: they are few. */
static void add_neighbour(struct tui *tui, const struct incident *of, const struct incident *other)
{
	struct incident_state *state = &tui->incident;
	int64_t distance = llabs(other->opened_ms - of->opened_ms);
	size_t at = state->neighbour_count;

	while (at > 0) {
		const struct incident *before =
			incidents_by_id(&tui->incidents, state->neighbours[at - 1]);

		if (llabs(before->opened_ms - of->opened_ms) <= distance)
			break;
		if (at < INCIDENT_NEIGHBOURS)
			state->neighbours[at] = state->neighbours[at - 1];
		at--;
	}
	if (at >= INCIDENT_NEIGHBOURS)
		return;
	state->neighbours[at] = other->id;
	if (state->neighbour_count < INCIDENT_NEIGHBOURS)
		state->neighbour_count++;
}

static void find_neighbours(struct tui *tui, const struct incident *of)
{
	struct incident_state *state = &tui->incident;
	const struct incident *other;

	state->neighbour_count = 0;
	for (size_t i = 0; (other = incidents_at(&tui->incidents, i)); i++)
		if (is_neighbour(tui, of, other))
			add_neighbour(tui, of, other);
	if (state->at >= state->neighbour_count)
		state->at = state->neighbour_count ? state->neighbour_count - 1 : 0;
}

/* The time that the histories show: some before it began, some after its end. */
static struct history_wish span_of(const struct tui *tui, const struct incident *incident, int bins)
{
	int64_t length_ms = end_of(tui, incident) - incident->opened_ms;
	int zoom = 0;
	struct history_wish wish = {.count = bins};

	while (zoom < ZOOM_COUNT - 1 && zoom_ms[zoom] * bins < length_ms * 3 / 2 + NEAR_MS)
		zoom++;
	wish.width_ms = zoom_ms[zoom];
	wish.end_ms = end_of(tui, incident) + (wish.width_ms * bins - length_ms) / 3;
	if (wish.end_ms > tui->now_ms)
		wish.end_ms = tui->now_ms;
	return wish;
}

static void prepare_history(struct tui *tui, struct history *history, uint32_t target,
			    const struct history_wish *like)
{
	struct history_wish wish = *like;

	if (target >= tui->rows->count || wish.count <= 0)
		return;
	if (!history->bins)
		history_init(history, HISTORY_COLUMNS_MAX);
	wish.row = &tui->rows->items[target];
	history_refresh(history, tui->store, tui->rows, &wish);
}

int incident_name_width(const struct tui *tui)
{
	int most = tui->incident.layout.around.width >= 48 ? 18 : 12;

	return tui->wish.longest_name < most ? tui->wish.longest_name : most;
}

/* What sign, name, kind and distance leave, and, where it is wide, what both have in common. */
int incident_bins(const struct tui *tui)
{
	int width = tui->incident.layout.around.width;
	int room = width - incident_name_width(tui) - (width >= COMMON_WIDTH ? 30 : 24);

	return room < 8 ? 0 : room < NEIGHBOUR_BINS ? room : NEIGHBOUR_BINS;
}

static void prepare_histories(struct tui *tui, const struct incident *incident)
{
	struct incident_state *state = &tui->incident;
	struct history_wish wish = span_of(tui, incident, tui->width - 2);
	int bins = incident_bins(tui);

	if (state->layout.history.height > 0)
		prepare_history(tui, &state->own, incident->target, &wish);
	wish = span_of(tui, incident, bins);
	for (int y = 0; bins && y < state->layout.around.height; y++) {
		size_t at = state->tops[INCIDENT_AROUND] + (size_t)y;

		if (at < state->neighbour_count)
			prepare_history(
				tui, &state->around[at],
				incidents_by_id(&tui->incidents, state->neighbours[at])->target,
				&wish);
	}
}

static size_t clamp_top(size_t top, size_t count, int height)
{
	size_t page = height > 0 ? (size_t)height : 0;

	return count <= page ? 0 : top > count - page ? count - page : top;
}

/* Of an outage it is said where none is kept; a target under load has not failed. */
static bool has_evidence(const struct tui *tui, const struct incident *incident)
{
	return incident->kind == INCIDENT_DOWN ||
	       incident_owns(tui, &tui->incident.evidence, incident);
}

static void prepare(struct tui *tui)
{
	struct incident_state *state = &tui->incident;
	const struct incident *incident = shown(tui);

	state->layout = layout_incident(tui->width, tui->height, true);
	if (!incident)
		return;
	read_events(tui);
	find_neighbours(tui, incident);
	if (incident->target < tui->rows->count &&
	    !evidence_is_current(&state->evidence, tui->store, incident->target, tui_is_live(tui)))
		evidence_read(&state->evidence, tui->store, incident->target, EVIDENCE_BAD);
	state->layout = layout_incident(tui->width, tui->height, has_evidence(tui, incident));
	if (state->layout.evidence.height == 0 && state->focus == INCIDENT_EVIDENCE)
		state->focus = INCIDENT_TIMELINE;
	if (incident->target < tui->rows->count) {
		evidence_layout(&state->evidence, state->layout.evidence.width - 2,
				state->layout.evidence.height < 6, tui->ascii);
	}
	state->tops[INCIDENT_EVIDENCE] =
		clamp_top(state->tops[INCIDENT_EVIDENCE], (size_t)state->evidence.count,
			  state->layout.evidence.height);
	state->tops[INCIDENT_TIMELINE] = clamp_top(
		state->tops[INCIDENT_TIMELINE], state->event_count, state->layout.timeline.height);
	state->tops[INCIDENT_AROUND] =
		list_scroll(state->tops[INCIDENT_AROUND], state->at, state->neighbour_count,
			    (size_t)state->layout.around.height);
	prepare_histories(tui, incident);
}

static void draw_divider(const struct incident_layout *layout, struct canvas *canvas)
{
	struct rect line = {layout->evidence.width, layout->evidence_title.y, 1,
			    layout->evidence.height + 1};

	canvas_fill(canvas, line, STYLE_RULE, "│");
	canvas_put(canvas, line, line.x, line.y, STYLE_RULE, "┬");
	canvas_put(canvas, line, line.x, layout->around_title.y, STYLE_RULE, "├");
}

static void draw(const struct tui *tui, struct canvas *canvas)
{
	const struct incident_state *state = &tui->incident;
	const struct incident_layout *layout = &state->layout;
	const struct incident *incident = shown(tui);

	if (!incident) {
		canvas_put(canvas, layout->verdict, 1, 0, STYLE_DIM,
			   "this incident is no longer kept");
		hints_draw(tui, canvas, layout->keys, hints, "");
		return;
	}
	incident_draw_head(tui, canvas, layout->verdict, incident);
	incident_draw_about(tui, canvas, layout->about, incident);
	incident_draw_history(tui, canvas, rect_inset(layout->history, 1, 0, 1, 0), &state->own,
			      incident->target);
	incident_draw_evidence(tui, canvas, incident);
	incident_draw_timeline(tui, canvas, incident);
	incident_draw_around(tui, canvas, incident);
	if (layout->wide)
		draw_divider(layout, canvas);
	hints_draw(tui, canvas, layout->keys, hints, "");
}

static bool move(struct tui *tui, enum action action)
{
	struct incident_state *state = &tui->incident;
	const struct incident_layout *layout = &state->layout;
	const struct {
		size_t *at, count;
		int height;
	} areas[INCIDENT_FOCUSES] = {
		[INCIDENT_EVIDENCE] = {&state->tops[INCIDENT_EVIDENCE],
				       (size_t)state->evidence.count, layout->evidence.height},
		[INCIDENT_TIMELINE] = {&state->tops[INCIDENT_TIMELINE], state->event_count,
				       layout->timeline.height},
		[INCIDENT_AROUND] = {&state->at, state->neighbour_count, layout->around.height},
	};
	size_t count = areas[state->focus].count, page = (size_t)areas[state->focus].height;

	if (state->focus != INCIDENT_AROUND)
		count = count > page ? count - page + 1 : 1;
	return list_move(action, areas[state->focus].at, count, page);
}

/* The next area that is on the screen. */
static void next_area(struct tui *tui, int step)
{
	struct incident_state *state = &tui->incident;
	const int heights[INCIDENT_FOCUSES] = {
		[INCIDENT_EVIDENCE] = state->layout.evidence_title.height,
		[INCIDENT_TIMELINE] = state->layout.timeline.height,
		[INCIDENT_AROUND] = state->layout.around.height,
	};
	int focus = (int)state->focus;

	for (int i = 0; i < INCIDENT_FOCUSES; i++) { /* a tiny screen may have none */
		focus = (focus + step + INCIDENT_FOCUSES) % INCIDENT_FOCUSES;
		if (heights[focus] > 0)
			break;
	}
	state->focus = (enum incident_focus)focus;
}

static bool act(struct tui *tui, enum action action, struct tui_request *request)
{
	struct incident_state *state = &tui->incident;
	const struct incident *incident = shown(tui);

	(void)request;
	if (move(tui, action))
		return true;
	switch ((int)action) {
	case ACTION_OPEN:
		if (state->focus == INCIDENT_AROUND && state->at < state->neighbour_count)
			tui_open_incident(tui, state->neighbours[state->at]);
		else if (incident)
			tui_open_target(tui, incident->target);
		return true;
	case ACTION_NEXT_AREA:
	case ACTION_PREVIOUS_AREA:
		next_area(tui, action == ACTION_NEXT_AREA ? 1 : -1);
		return true;
	default:
		return false;
	}
}

static bool mouse(struct tui *tui, int x, int y, int what, struct tui_request *request)
{
	struct incident_state *state = &tui->incident;
	const struct incident_layout *layout = &state->layout;
	size_t at = state->tops[INCIDENT_AROUND] + (size_t)(y - layout->around.y);

	if (what == MOUSE_WHEEL_UP || what == MOUSE_WHEEL_DOWN)
		return move(tui, what == MOUSE_WHEEL_UP ? ACTION_UP : ACTION_DOWN);
	if (rect_holds(layout->around, x, y) && at < state->neighbour_count) {
		state->focus = INCIDENT_AROUND;
		state->at = at;
		return what != MOUSE_DOUBLE || act(tui, ACTION_OPEN, request);
	}
	if (rect_holds(layout->timeline, x, y))
		state->focus = INCIDENT_TIMELINE;
	else if (rect_holds(layout->evidence, x, y))
		state->focus = INCIDENT_EVIDENCE;
	return true;
}

static size_t target(const struct tui *tui)
{
	const struct incident *incident = shown(tui);

	return incident && incident->target < tui->rows->count ? incident->target : SIZE_MAX;
}

static bool copy(struct tui *tui, char *out, size_t capacity)
{
	return incident_copy(tui, shown(tui), out, capacity);
}

static bool paper(struct tui *tui, char *out, size_t capacity)
{
	const struct incident *incident = shown(tui);

	return incident && incident_owns(tui, &tui->incident.evidence, incident) &&
	       evidence_copy(&tui->incident.evidence.evidence, out, capacity) > 0;
}

static const struct screen screen_incident = {
	.name = "incident",
	.where = IN_INCIDENT,
	.prepare = prepare,
	.draw = draw,
	.act = act,
	.mouse = mouse,
	.target = target,
	.copy = copy,
	.paper = paper,
};

void tui_open_incident(struct tui *tui, uint64_t id)
{
	struct incident_state *state = &tui->incident;

	if (!incidents_by_id(&tui->incidents, id))
		return;
	if (state->id != id) {
		state->id = id;
		state->event_count = 0;
		state->event_next = 0;
		state->at = 0;
		state->focus = INCIDENT_EVIDENCE;
		memset(state->tops, 0, sizeof(state->tops));
	}
	tui_push(tui, &screen_incident);
}
