/*
 * The grid: a cell a target, for hundreds of them. What is well has its sign, or a bar where
 * answers take twice the usual and more; what is not has the sign of its state or the letter
 * of its failure; below stands what the selected one is. The selection is the table's.
 */
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "face/tui/grid.h"
#include "face/tui/list.h"
#include "face/tui/pen.h"
#include "face/tui/state.h"
#include "face/tui/term.h"

#define PANE_LEAST  4 /* lines of errors that are worth a pane */
#define PANE_MOST   14
#define LEVEL_TWICE 4 /* of the usual, on the scale of histories */

static const struct hint hints[] = {
	{.action = ACTION_BACK, .word = "table", .rank = 1},
	{.action = ACTION_OPEN, .word = "open", .rank = 2},
	{.action = ACTION_NEXT_TROUBLE, .word = "next trouble", .rank = 3},
	{.action = ACTION_FILTER, .rank = 4},
	{.action = ACTION_ERRORS, .rank = 5},
	{.action = ACTION_CHECK, .rank = 7},
	{.action = ACTION_PAUSE, .rank = 6},
	{.action = ACTION_ZOOM_IN, .second = ACTION_ZOOM_OUT, .word = "zoom", .rank = 8},
	{.action = ACTION_HELP, .rank = 0},
	{.action = ACTION_NONE},
};

static bool passes(const struct tui *tui, size_t target)
{
	return filter_matches(tui->main.filter, &tui->rows->items[target]);
}

/* Which targets pass the filter, group by group. */
static struct grid_wish choose(struct tui *tui)
{
	struct grid_state *grid = &tui->grid;
	const struct groups *groups = &tui->groups;
	struct grid_wish wish = {.longest_name = tui->wish.longest_name,
				 .group_sizes = grid->sizes,
				 .groups = groups->count};

	memset(grid->sizes, 0, (groups->count + 1) * sizeof(*grid->sizes));
	for (size_t i = 0; i < groups->targets; i++)
		grid->sizes[groups->of[i]] += passes(tui, i);
	grid->count = 0;
	for (size_t group = 0; group < groups->count; group++) {
		int width = groups->named ? text_width(groups->items[group].target.name) : 0;

		if (grid->sizes[group] && width > wish.longest_group)
			wish.longest_group = width;
		grid->next[group] = (uint32_t)grid->count;
		grid->count += grid->sizes[group];
	}
	for (size_t i = 0; i < groups->targets; i++)
		if (passes(tui, i))
			grid->targets[grid->next[groups->of[i]]++] = (uint32_t)i;
	return wish;
}

/* The selection follows its target; where that is hidden its old place is taken. */
static void find_selected(struct tui *tui)
{
	struct grid_state *grid = &tui->grid;

	for (size_t i = 0; i < grid->count; i++) {
		if (grid->targets[i] == tui->main.selected) {
			grid->at = i;
			return;
		}
	}
	if (grid->at >= grid->count)
		grid->at = grid->count ? grid->count - 1 : 0;
}

static size_t line_of(const struct grid_state *grid, size_t place)
{
	size_t line = 0;

	while (line + 1 < grid->line_count && grid->lines[line + 1].first <= place)
		line++;
	return line;
}

static const struct row *selected(const struct tui *tui)
{
	const struct grid_state *grid = &tui->grid;

	return grid->count ? &tui->rows->items[grid->targets[grid->at]] : NULL;
}

static void prepare_history(struct tui *tui, const struct row *row)
{
	int width = tui->grid.layout.history.width - 2;
	struct history_wish wish = {.row = row,
				    .count = width < HISTORY_BINS_MAX ? width : HISTORY_BINS_MAX,
				    .width_ms = zoom_ms[tui->zoom],
				    .end_ms = tui->now_ms};

	if (row && tui->grid.layout.history.height > 0)
		history_refresh(&tui->histories[row->index], tui->store, tui->rows, &wish);
}

/* Cells say which; of what the room below them is left for, the errors say what. */
static void place_pane(struct tui *tui)
{
	struct grid_state *grid = &tui->grid;
	struct main_layout *main = &tui->main.layout;
	struct rect *cells = &grid->layout.cells;
	int free = cells->height - (int)grid->line_count - 2; /* a blank line and the title */

	*main = layout_main(tui->width, tui->height, &tui->wish);
	main->pane.height = main->pane_title.height = 0;
	tui->main.in_pane = false;
	tui->main.pane_top = 0;
	if (grid->layout.counts_only || free < PANE_LEAST)
		return;
	main->pane = *cells;
	main->pane.height = free < PANE_MOST ? free : PANE_MOST;
	main->pane.y = cells->y + cells->height - main->pane.height;
	main->pane_title = main->pane;
	main->pane_title.height = 1;
	main->pane_title.y--;
	cells->height -= main->pane.height + 1;
}

static void prepare(struct tui *tui)
{
	struct grid_state *grid = &tui->grid;
	struct grid_wish wish = choose(tui);

	grid->layout = layout_grid(tui->width, tui->height, &wish);
	grid->line_count =
		grid->layout.counts_only ? 0 : grid_lines(&grid->layout, &wish, grid->lines);
	place_pane(tui);
	find_selected(tui);
	grid->top = list_scroll(grid->top, line_of(grid, grid->at), grid->line_count,
				(size_t)grid->layout.cells.height);
	prepare_history(tui, selected(tui));
}

struct look_of_cell {
	const char *sign;
	enum style style, name_style;
	char letter[2];
};

/* Health is quiet; answers of twice the usual and more show how far it went. */
static void look_well(const struct tui *tui, const struct row *row, struct look_of_cell *look)
{
	const struct spark scale = {.scale = SCALE_USUAL,
				    .usual_us = row->verdict.usual_us,
				    .own_top_us = row->stats.p95_us,
				    .shared_top_us = tui->longest_timeout_us};
	/* one answer says little: what the load detector takes for the present */
	float ratio = row->verdict.load.ratio;
	int level = ratio > 0 && row->verdict.usual_us > 0
			    ? spark_level(&scale, (int32_t)(ratio * (float)row->verdict.usual_us))
			    : 0;

	look->name_style = STYLE_DIM;
	if (row->has_last && sample_is_failure(&row->last)) {
		look->letter[0] = class_letter(row->last.cls, row->last.status);
		look->sign = look->letter;
		look->style = STYLE_FAILED_SOME;
	} else if (level >= LEVEL_TWICE || (row->last.warnings & WARN_SLOW)) {
		look->sign = tui->theme.glyphs.bars[level > 0 ? level - 1 : LEVEL_TWICE - 1];
		look->style = row->last.warnings & WARN_SLOW ? STYLE_HISTORY_SLOW : STYLE_HISTORY;
	}
}

static void look_at(const struct tui *tui, const struct row *row, struct look_of_cell *look)
{
	const struct verdict *verdict = &row->verdict;

	*look = (struct look_of_cell){.sign = state_glyph(tui, verdict->state),
				      .style = state_style(verdict->state),
				      .name_style = state_style(verdict->state)};
	if (row_is_loaded(row)) {
		look->sign = tui->theme.glyphs.loaded;
		look->style = look->name_style =
			verdict->load.level == LOAD_SATURATED ? STYLE_SATURATED : STYLE_LOAD;
	} else if (verdict->state == STATE_UP) {
		look_well(tui, row, look);
	} else if (verdict->acknowledged) {
		look->style = look->name_style = STYLE_ACK;
	} else if (verdict->state == STATE_DOWN && row->has_last && sample_is_failure(&row->last)) {
		look->letter[0] = class_letter(row->last.cls, row->last.status);
		look->sign = look->letter;
		look->style = STYLE_FAILED;
	}
	if (tui_is_hanging(tui, row) && verdict->state != STATE_DOWN) {
		look->sign = "…";
		look->style = STYLE_SLOW;
	}
}

/* And that somebody knows of its trouble, where there is room for the word. */
static void draw_name(struct canvas *canvas, struct rect area, const struct row *row,
		      enum style style)
{
	int x = area.x + (area.width >= 3) + 2, room = area.width - 4;
	int width = text_width(row->target->name);

	canvas_put_name(canvas, area, x, area.y, room, style, row->target->name);
	if (row->verdict.acknowledged && width + 4 <= room)
		canvas_put(canvas, area, x + width + 1, area.y, STYLE_ACK, "ack");
}

static void draw_cell(const struct tui *tui, struct canvas *canvas, struct rect area, size_t place)
{
	const struct grid_layout *layout = &tui->grid.layout;
	const struct row *row = &tui->rows->items[tui->grid.targets[place]];
	int x = area.x + (area.width >= 3);
	struct look_of_cell look;

	look_at(tui, row, &look);
	canvas_put(canvas, area, x, area.y, look.style, look.sign);
	if (layout->names)
		draw_name(canvas, area, row, look.name_style);
	if (place != tui->grid.at)
		return;
	if (area.width < 3) {
		area.width = 1; /* so that it is seen which of two */
		/* a failure's own ground would hide that it is selected; what it is stands below */
		canvas_put(canvas, area, x, area.y, STYLE_TEXT, look.sign);
	}
	canvas_under(canvas, area, STYLE_SELECTED);
	if (area.width >= 3)
		canvas_put(canvas, area, area.x, area.y, STYLE_TEXT, "▌");
	canvas->cursor_x = x;
	canvas->cursor_y = area.y;
	canvas->cursor_visible = canvas->mono;
}

static void draw_cells(const struct tui *tui, struct canvas *canvas)
{
	const struct grid_state *grid = &tui->grid;
	const struct grid_layout *layout = &grid->layout;
	struct rect area = layout->cells;

	if (!grid->count && area.height > 0)
		canvas_put(canvas, area, area.x + 1, area.y, STYLE_DIM,
			   tui->rows->count ? "no target matches the filter; Esc drops it"
					    : "no targets");
	for (int y = 0; y < area.height; y++) {
		size_t at = grid->top + (size_t)y;
		const struct grid_line *line = &grid->lines[at];
		struct rect cell = {area.x + layout->label_width, area.y + y, layout->cell_width,
				    1};

		if (at >= grid->line_count)
			return;
		if (layout->label_width && (y == 0 || grid->lines[at - 1].group != line->group))
			canvas_put_name(canvas, area, area.x + 1, area.y + y,
					layout->label_width - 1, STYLE_DIM,
					tui->groups.items[line->group].target.name);
		for (uint32_t i = 0; i < line->count; i++, cell.x += cell.width)
			draw_cell(tui, canvas, cell, line->first + i);
	}
}

/* "✗ checkout-api   503   2m 14s   Service Unavailable   cell 7 of 412" */
static void draw_about(const struct tui *tui, struct canvas *canvas, struct rect line)
{
	const struct row *row = selected(tui);
	struct pen pen = pen_at(canvas, line, line.width >= 60);
	char result[16], latency[FORMAT_MAX], length[FORMAT_MAX], note[48];
	enum style style;

	if (!row || line.height <= 0)
		return;
	style = tui_row_style(row);
	row_result(row, result);
	format_latency(latency, row->verdict.last_us);
	format_length(length, tui->now_ms - row_since_ms(row));
	text_format(note, sizeof(note), line.width < 60 ? "%zu/%zu" : "cell %zu of %zu",
		    tui->grid.at + 1, tui->grid.count);
	line.width -= text_width(note) + 2;
	pen.clip = line;
	pen_put(&pen, style, "%s ", tui_row_glyph(tui, row));
	pen_put(&pen, STYLE_STRONG, "%s", row->target->name);
	pen_put(&pen, style, "  %s", result);
	if (row->verdict.last_us >= 0)
		pen_put(&pen, STYLE_TEXT, "  %s", latency);
	if (row_since_ms(row) && pen.x + 6 + text_width(length) <= line.x + line.width)
		pen_put(&pen, STYLE_DIM, "  for %s", length);
	if (row->verdict.acknowledged)
		pen_put(&pen, STYLE_ACK, "  ack%s%s", row->verdict.note[0] ? ": " : "",
			row->verdict.note);
	canvas_put_fit(canvas, line, pen.x + 2, line.y, line.x + line.width - pen.x - 2, false,
		       STYLE_TEXT, row->verdict.detail);
	canvas_put(canvas, (struct rect){0, line.y, canvas->width, 1},
		   canvas->width - text_width(note) - (canvas->width >= 60), line.y, STYLE_DIM,
		   note);
}

static void draw_history(const struct tui *tui, struct canvas *canvas, struct rect line)
{
	const struct row *row = selected(tui);
	const struct history *history = row ? &tui->histories[row->index] : NULL;
	char span[FORMAT_MAX];

	if (!row || line.height <= 0 || !history->known)
		return;
	const struct spark spark = tui_spark(tui, row, history);

	line = rect_inset(line, 1, 0, 1, 0);
	format_length(span, history->width_ms * history->count);
	if (history->count + text_width(span) + 1 < line.width)
		canvas_put(canvas, line, line.x + history->count + 1, line.y, STYLE_DIM, span);
	line.width = history->count < line.width ? history->count : line.width;
	spark_draw(canvas, line, &spark, &tui->theme);
}

/* While a filter is typed it has the key line, at any size. */
static void draw_foot(const struct tui *tui, struct canvas *canvas)
{
	struct rect line = tui->grid.layout.keys;
	char note[FILTER_TEXT_MAX + 8] = "";
	struct pen pen;

	if (tui->main.input.active) {
		line = (struct rect){0, tui->height - 1, tui->width, 1};
		canvas_fill(canvas, line, STYLE_TEXT, " ");
		pen = pen_at(canvas, line, line.width >= 60);
		filtering_put(tui, &pen, STYLE_DIM);
		pen_put(&pen, STYLE_TEXT, "   ");
		if (!filter_problem(tui->main.filter)) /* else it has been said */
			filtering_put_help(tui, &pen);
		return;
	}
	if (filtering_is_on(tui))
		text_format(note, sizeof(note), "/%s", filter_text(tui->main.filter));
	hints_draw(tui, canvas, line, hints, note);
}

static void draw(const struct tui *tui, struct canvas *canvas)
{
	const struct grid_layout *layout = &tui->grid.layout;

	if (layout->counts_only) {
		verdict_draw_counts(tui, canvas, layout->verdict);
		return;
	}
	verdict_draw(tui, canvas, layout->verdict);
	draw_cells(tui, canvas);
	pane_draw(tui, canvas);
	draw_about(tui, canvas, layout->about);
	draw_history(tui, canvas, layout->history);
	draw_foot(tui, canvas);
}

static void select_place(struct tui *tui, size_t at)
{
	if (at >= tui->grid.count)
		return;
	tui->grid.at = at;
	tui->main.selected = tui->grid.targets[at];
	tui->main.touched = tui->main.reveal = true;
}

static bool move(struct tui *tui, enum action action)
{
	struct grid_state *grid = &tui->grid;
	int page = grid->layout.cells.height > 1 ? grid->layout.cells.height - 1 : 1;
	const struct {
		enum action action;
		int down, right;
	} steps[] = {
		{ACTION_UP, -1, 0},
		{ACTION_DOWN, 1, 0},
		{ACTION_PAGE_UP, -page, 0},
		{ACTION_PAGE_DOWN, page, 0},
		{ACTION_HALF_UP, -(page + 1) / 2, 0},
		{ACTION_HALF_DOWN, (page + 1) / 2, 0},
		{ACTION_PREVIOUS_TARGET, 0, -1},
		{ACTION_NEXT_TARGET, 0, 1},
	};

	if (action == ACTION_FIRST || action == ACTION_LAST) {
		select_place(tui, action == ACTION_LAST && grid->count ? grid->count - 1 : 0);
		return true;
	}
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (steps[i].action != action)
			continue;
		if (grid->line_count)
			select_place(tui, grid_step(grid->lines, grid->line_count, grid->at,
						    steps[i].down, steps[i].right));
		return true;
	}
	return false;
}

static bool is_trouble(const struct row *row)
{
	return row->verdict.state == STATE_DOWN || row->verdict.state == STATE_SLOW ||
	       row_is_loaded(row);
}

/* The next cell that is not well, round and round. */
static void next_trouble(struct tui *tui, bool forth)
{
	const struct grid_state *grid = &tui->grid;
	size_t at = grid->at;

	for (size_t i = 0; i < grid->count; i++) {
		at = (at + (forth ? 1 : grid->count - 1)) % grid->count;
		if (is_trouble(&tui->rows->items[grid->targets[at]])) {
			select_place(tui, at);
			return;
		}
	}
	tui_say(tui, "no trouble");
}

static bool act(struct tui *tui, enum action action, struct tui_request *request)
{
	(void)request;
	if (move(tui, action))
		return true;
	switch ((int)action) {
	case ACTION_OPEN:
		if (selected(tui)) {
			select_place(tui, tui->grid.at);
			tui_open_target(tui, tui->main.selected);
		}
		return true;
	case ACTION_GRID:
		tui_pop(tui);
		return true;
	case ACTION_FILTER:
		filtering_begin(tui);
		return true;
	case ACTION_BACK:
		if (filter_is_empty(tui->main.filter))
			return false;
		filtering_drop(tui);
		return true;
	case ACTION_NEXT_TROUBLE:
	case ACTION_PREVIOUS_TROUBLE:
		next_trouble(tui, action == ACTION_NEXT_TROUBLE);
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

/* The cell at a place of the screen; SIZE_MAX: none. */
static size_t cell_at(const struct tui *tui, int x, int y)
{
	const struct grid_state *grid = &tui->grid;
	const struct grid_layout *layout = &grid->layout;
	size_t line = grid->top + (size_t)(y - layout->cells.y), cell;

	x -= layout->cells.x + layout->label_width;
	if (y < layout->cells.y || y >= layout->cells.y + layout->cells.height || x < 0 ||
	    line >= grid->line_count)
		return SIZE_MAX;
	cell = (size_t)(x / layout->cell_width);
	return cell < grid->lines[line].count ? grid->lines[line].first + cell : SIZE_MAX;
}

static bool mouse(struct tui *tui, int x, int y, int what, struct tui_request *request)
{
	if (what == MOUSE_WHEEL_UP || what == MOUSE_WHEEL_DOWN)
		return move(tui, what == MOUSE_WHEEL_UP ? ACTION_UP : ACTION_DOWN);
	if (tui->grid.layout.counts_only || cell_at(tui, x, y) == SIZE_MAX)
		return false;
	select_place(tui, cell_at(tui, x, y));
	return what != MOUSE_DOUBLE || act(tui, ACTION_OPEN, request);
}

static size_t target(const struct tui *tui)
{
	const struct row *row = selected(tui);

	return row ? row->index : SIZE_MAX;
}

const struct screen screen_grid = {
	.name = "grid",
	.where = IN_GRID,
	.prepare = prepare,
	.draw = draw,
	.act = act,
	.type = type,
	.mouse = mouse,
	.target = target,
};
