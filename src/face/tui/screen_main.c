/*
 * The main screen: verdict, fleet, status table, error pane, keys. The selection is a target, not a
 * row number.
 */
#include <stdlib.h>

#include "base/text.h"
#include "face/tui/list.h"
#include "face/tui/pen.h"
#include "face/tui/state.h"
#include "face/tui/term.h"

static const struct hint table_hints[] = {
	{.action = ACTION_OPEN, .rank = 1},
	{.action = ACTION_FILTER, .rank = 3},
	{.action = ACTION_SORT, .rank = 4},
	{.action = ACTION_ERRORS, .rank = 1},
	{.action = ACTION_CHECK, .rank = 6},
	{.action = ACTION_PAUSE, .rank = 5},
	{.action = ACTION_SCALE, .rank = 7},
	{.action = ACTION_GROUPS, .rank = 8},
	{.action = ACTION_GRID, .rank = 8},
	{.action = ACTION_ZOOM_IN, .second = ACTION_ZOOM_OUT, .word = "zoom", .rank = 8},
	{.action = ACTION_NEXT_AREA, .word = "errors pane", .rank = 9},
	{.action = ACTION_HELP, .rank = 0},
	{.action = ACTION_CLOSE, .rank = 2},
	{.action = ACTION_NONE},
};

static const struct hint pane_hints[] = {
	{.action = ACTION_OPEN, .word = "open", .rank = 1},
	{.action = ACTION_UP, .second = ACTION_DOWN, .word = "select", .rank = 4},
	{.action = ACTION_NEXT_AREA, .word = "table", .rank = 3},
	{.action = ACTION_ERRORS, .word = "full screen", .rank = 5},
	{.action = ACTION_COPY, .rank = 6},
	{.action = ACTION_COPY_EVIDENCE, .rank = 7},
	{.action = ACTION_HELP, .rank = 0},
	{.action = ACTION_BACK, .rank = 2},
	{.action = ACTION_NONE},
};

static const struct hint typing_hints[] = {{.action = ACTION_NONE}};

static unsigned where_now(const struct tui *tui)
{
	return tui->main.in_pane ? IN_PANE : IN_TABLE;
}

/* The selection follows its target; where the target is hidden, its old place is taken. */
static void find_selected(struct main_state *main)
{
	size_t at = main->touched ? order_find(&main->order, main->selected) : 0;

	if (at == main->order.count)
		at = main->at < at ? main->at : at ? at - 1 : 0;
	main->at = at;
	main->selected = at < main->order.count ? main->order.items[at] : SIZE_MAX;
}

static size_t incident_place(const struct tui *tui, uint64_t id)
{
	const struct incident *incident;

	for (size_t i = 0; (incident = incidents_at(&tui->incidents, i)); i++)
		if (incident->id == id)
			return i;
	return 0;
}

static void prepare_pane(struct tui *tui)
{
	struct main_state *main = &tui->main;
	size_t page = (size_t)main->layout.pane.height, at;
	const struct incident *incident;

	if (!page)
		main->in_pane = false;
	if (!main->in_pane) {
		main->pane_top = 0; /* unwatched it shows the newest */
		return;
	}
	at = incident_place(tui, main->incident);
	incident = incidents_at(&tui->incidents, at);
	main->incident = incident ? incident->id : 0;
	main->pane_top = list_scroll(main->pane_top, at, tui->incidents.count, page);
}

static void prepare(struct tui *tui)
{
	struct main_state *main = &tui->main;
	size_t page, count = main->order.count;

	main->layout = layout_main(tui->width, tui->height, &tui->wish);
	page = (size_t)main->layout.table.height;
	find_selected(main);
	if (main->reveal)
		main->top = list_scroll(main->top, main->at, count, page);
	else if (main->top + page > count)
		main->top = count > page ? count - page : 0;
	main->reveal = false;
	prepare_pane(tui);
	table_prepare(tui);
}

static void note_text(const struct tui *tui, char out[48])
{
	const struct main_state *main = &tui->main;
	size_t shown =
		main->order.count - (main->order.count > main->top ? main->top : main->order.count);
	size_t page = (size_t)main->layout.table.height;

	if (tui->width < 60)
		text_format(out, 48, "%zu/%zu", main->order.count ? main->at + 1 : 0,
			    main->order.count);
	else if (!main->order.count)
		text_format(out, 48, "0 of %zu", tui->rows->count);
	else
		text_format(out, 48, "%zu-%zu of %zu", main->top + 1,
			    main->top + (shown < page ? shown : page), main->order.count);
}

static void draw_foot(const struct tui *tui, struct canvas *canvas)
{
	const struct main_state *main = &tui->main;
	struct rect line = main->layout.keys;
	char note[48];

	/* where the table has no head the filter is told here, and while it is typed at any size */
	if (!line.height && main->input.active)
		line = (struct rect){0, tui->height - 1, tui->width, 1};
	if (filtering_is_on(tui) && main->layout.head.height == 0 && line.height > 0) {
		table_draw_filter_line(tui, canvas, line);
		return;
	}
	note_text(tui, note);
	hints_draw(tui, canvas, line,
		   main->input.active ? typing_hints
		   : main->in_pane    ? pane_hints
				      : table_hints,
		   note);
	if (main->input.active) {
		struct pen pen = pen_at(canvas, line, 1);

		filtering_put_help(tui, &pen);
	}
}

static void draw(const struct tui *tui, struct canvas *canvas)
{
	const struct main_layout *layout = &tui->main.layout;

	if (layout->counts_only) {
		verdict_draw_counts(tui, canvas, layout->verdict);
		return;
	}
	verdict_draw(tui, canvas, layout->verdict);
	verdict_draw_notice(tui, canvas, layout->notice);
	if (layout->fleet.height > 0)
		verdict_draw_fleet(tui, canvas, layout->fleet);
	table_draw_head(tui, canvas, layout->head);
	table_draw(tui, canvas, layout->table);
	pane_draw(tui, canvas);
	draw_foot(tui, canvas);
}

static void sort_now(struct tui *tui)
{
	order_sort(&tui->main.order, tui->rows, tui->main.filter, tui->now_us);
	tui->main.reveal = true;
}

static void select_place(struct main_state *main, size_t at)
{
	if (at >= main->order.count)
		return;
	main->at = at;
	main->selected = main->order.items[at];
	main->touched = main->reveal = true;
}

/* The next column that is shown and can be sorted by; after the last comes "trouble first"
 * again. */
static void sort_beside(struct tui *tui, int step)
{
	const struct table_layout *layout = &tui->main.layout.columns;
	struct order_spec *spec = &tui->main.order.spec;
	int at = 0;

	if (!layout->count)
		return;
	for (int i = 0; i < layout->count; i++)
		if (layout->slots[i].id == spec->column)
			at = i;
	do {
		at = (at + step + layout->count) % layout->count;
	} while (!column_table[layout->slots[at].id].compare);
	*spec = (struct order_spec){.column = layout->slots[at].id};
	sort_now(tui);
}

/* n and N: all rows shown match, so they walk them round and round. */
static void next_match(struct tui *tui, bool forth)
{
	struct main_state *main = &tui->main;
	size_t count = main->order.count;

	if (count)
		select_place(main, forth ? (main->at + 1) % count : (main->at + count - 1) % count);
}

static bool act_in_pane(struct tui *tui, enum action action)
{
	struct main_state *main = &tui->main;
	size_t at = incident_place(tui, main->incident);
	const struct incident *incident;

	if (list_move(action, &at, tui->incidents.count, (size_t)main->layout.pane.height)) {
		incident = incidents_at(&tui->incidents, at);
		main->incident = incident ? incident->id : 0;
		return true;
	}
	if (action == ACTION_BACK) {
		main->in_pane = false;
		return true;
	}
	if (action == ACTION_OPEN) {
		tui_open_incident(tui, main->incident);
		return true;
	}
	return false;
}

/* A group's line is selected: NULL where a target's is. */
static struct group *selected_group(struct tui *tui)
{
	size_t selected = tui->main.selected;

	return selected != SIZE_MAX && (selected & ORDER_HEAD)
		       ? &tui->groups.items[selected & ~(size_t)ORDER_HEAD]
		       : NULL;
}

/* Enter, + and - on a group's line. */
static bool act_on_group(struct tui *tui, enum action action)
{
	struct group *group = selected_group(tui);

	if (!group ||
	    (action != ACTION_OPEN && action != ACTION_ZOOM_IN && action != ACTION_ZOOM_OUT))
		return false;
	group->folded = action == ACTION_OPEN ? !group->folded : action == ACTION_ZOOM_OUT;
	sort_now(tui);
	return true;
}

/* On and off; a target that was selected stays so, a group's line gives way to its first target. */
static void toggle_groups(struct tui *tui)
{
	struct main_state *main = &tui->main;
	const struct group *group = selected_group(tui);

	if (!tui->groups.named) {
		tui_say(tui, "no target has a group: group = NAME in the configuration");
		return;
	}
	if (group)
		main->selected = group->lead;
	main->order.groups = main->order.groups ? NULL : &tui->groups;
	sort_now(tui);
}

static bool act_in_table(struct tui *tui, enum action action)
{
	struct main_state *main = &tui->main;
	size_t at = main->at;

	find_selected(main);
	if (act_on_group(tui, action))
		return true;
	if (list_move(action, &at, main->order.count, (size_t)main->layout.table.height)) {
		select_place(main, at);
		return true;
	}
	if (action == ACTION_OPEN) {
		tui_open_target(tui, main->selected);
		return true;
	}
	if (action == ACTION_BACK && !filter_is_empty(main->filter)) {
		filtering_drop(tui);
		return true;
	}
	return action == ACTION_BACK;
}

static bool act(struct tui *tui, enum action action, struct tui_request *request)
{
	struct main_state *main = &tui->main;

	(void)request;
	if (main->in_pane ? act_in_pane(tui, action) : act_in_table(tui, action))
		return true;
	switch ((int)action) {
	case ACTION_NEXT_AREA:
	case ACTION_PREVIOUS_AREA:
		main->in_pane = !main->in_pane && main->layout.pane.height > 0;
		main->incident = 0;
		return true;
	case ACTION_FILTER:
		main->in_pane = false;
		filtering_begin(tui);
		return true;
	case ACTION_NEXT_MATCH:
	case ACTION_PREVIOUS_MATCH:
		next_match(tui, action == ACTION_NEXT_MATCH);
		return true;
	case ACTION_GROUPS:
		toggle_groups(tui);
		return true;
	case ACTION_REVERSE:
		main->order.spec.reverse = !main->order.spec.reverse;
		sort_now(tui);
		return true;
	case ACTION_SORT_LEFT:
	case ACTION_SORT_RIGHT:
		sort_beside(tui, action == ACTION_SORT_LEFT ? -1 : 1);
		return true;
	default:
		return false;
	}
}

static bool type(struct tui *tui, int key, struct tui_request *request)
{
	(void)request;
	return filtering_type(tui, key);
}

static void sort_by(struct tui *tui, enum column_id id)
{
	struct order_spec *spec = &tui->main.order.spec;

	if (!column_table[id].compare)
		return;
	if (spec->column == id)
		spec->reverse = !spec->reverse;
	else
		*spec = (struct order_spec){.column = id};
	sort_now(tui);
}

static void click(struct tui *tui, int x, int y, bool twice)
{
	struct main_state *main = &tui->main;
	const struct main_layout *layout = &main->layout;

	if (rect_holds(layout->head, x, y)) {
		sort_by(tui, table_column_at(tui, x));
	} else if (rect_holds(layout->table, x, y)) {
		main->in_pane = false;
		select_place(main, main->top + (size_t)(y - layout->table.y));
		if (twice && !act_on_group(tui, ACTION_OPEN))
			tui_open_target(tui, main->selected);
	} else if (rect_holds(layout->pane, x, y)) {
		const struct incident *incident = incidents_at(
			&tui->incidents, main->pane_top + (size_t)(y - layout->pane.y));

		main->in_pane = incident != NULL;
		main->incident = incident ? incident->id : 0;
		if (incident && twice)
			tui_open_incident(tui, incident->id);
	}
}

static bool mouse(struct tui *tui, int x, int y, int what, struct tui_request *request)
{
	struct main_state *main = &tui->main;

	(void)request;
	if (what == MOUSE_CLICK || what == MOUSE_DOUBLE) {
		click(tui, x, y, what == MOUSE_DOUBLE);
		return true;
	}
	/* the wheel scrolls what is under it and leaves the selection alone */
	if (rect_holds(main->layout.pane, x, y))
		return act_in_pane(tui, what == MOUSE_WHEEL_UP ? ACTION_UP : ACTION_DOWN);
	if (what == MOUSE_WHEEL_UP)
		main->top -= main->top < 3 ? main->top : 3;
	else
		main->top += 3;
	return true;
}

static size_t target(const struct tui *tui)
{
	const struct incident *incident;

	if (!tui->main.in_pane)
		return tui->main.selected < tui->rows->count ? tui->main.selected : SIZE_MAX;
	incident = incidents_by_id(&tui->incidents, tui->main.incident);
	return incident && incident->target < tui->rows->count ? incident->target : SIZE_MAX;
}

static bool copy(struct tui *tui, char *out, size_t capacity)
{
	return tui->main.in_pane &&
	       incident_copy(tui, incidents_by_id(&tui->incidents, tui->main.incident), out,
			     capacity);
}

const struct screen screen_main = {
	.name = "main",
	.where_now = where_now,
	.prepare = prepare,
	.draw = draw,
	.act = act,
	.type = type,
	.mouse = mouse,
	.target = target,
	.copy = copy,
};
