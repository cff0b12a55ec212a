/*
 * The status table: head and rows. Prepares the histories of the rows in sight, then draws only.
 */
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "face/tui/pen.h"
#include "face/tui/state.h"

static const enum style role_style[] = {
	[CELL_PLAIN] = STYLE_TEXT,    [CELL_DIM] = STYLE_DIM,	[CELL_STRONG] = STYLE_STRONG,
	[CELL_UP] = STYLE_UP,	      [CELL_SLOW] = STYLE_SLOW, [CELL_DOWN] = STYLE_DOWN,
	[CELL_PAUSED] = STYLE_PAUSED, [CELL_CERT] = STYLE_CERT, [CELL_STALE] = STYLE_STALE,
};

static const struct slot *find_slot(const struct table_layout *layout, enum column_id id)
{
	for (int i = 0; i < layout->count; i++)
		if (layout->slots[i].id == id)
			return &layout->slots[i];
	return NULL;
}

enum style table_style(enum cell_role role)
{
	return role_style[role];
}

/* NULL where no target stands. */
static const struct row *row_at(const struct tui *tui, size_t place)
{
	const struct order *order = &tui->main.order;

	return place < order->count && !(order->items[place] & ORDER_HEAD)
		       ? &tui->rows->items[order->items[place]]
		       : NULL;
}

/* The group whose line it is; NULL where there is none. */
static struct group *head_at(const struct tui *tui, size_t place)
{
	const struct order *order = &tui->main.order;

	return place < order->count && (order->items[place] & ORDER_HEAD)
		       ? &tui->groups.items[order->items[place] & ~ORDER_HEAD]
		       : NULL;
}

/* Older bins than are drawn: what a target checked less often holds at the left edge. */
static int bins_wanted(const struct tui *tui, int64_t interval_ms, int width)
{
	int64_t held = interval_ms / zoom_ms[tui->zoom] + 1;

	return width + (held < HISTORY_HELD_MAX ? (int)held : HISTORY_HELD_MAX);
}

void table_prepare(struct tui *tui)
{
	const struct main_state *main = &tui->main;
	const struct slot *slot = find_slot(&main->layout.columns, COLUMN_HISTORY);

	for (int y = 0; slot && y < main->layout.table.height; y++) {
		size_t place = main->top + (size_t)y;
		const struct row *row = row_at(tui, place);
		struct group *group = head_at(tui, place);
		struct history_wish wish = {
			.row = row, .width_ms = zoom_ms[tui->zoom], .end_ms = tui->now_ms};

		if (row) {
			wish.count = bins_wanted(tui, row->target->interval_ms, slot->width);
			history_refresh(&tui->histories[row->index], tui->store, tui->rows, &wish);
		} else if (group) {
			wish.count = bins_wanted(tui, group->interval_ms, slot->width);
			group_prepare(tui, group, &wish);
		}
	}
}

enum column_id table_column_at(const struct tui *tui, int x)
{
	const struct table_layout *layout = &tui->main.layout.columns;

	for (int i = layout->count - 1; i >= 0; i--)
		if (x >= layout->slots[i].x)
			return layout->slots[i].id;
	return COLUMN_SIGN;
}

/* What the heights mean, as far as there is room. */
static void legend_text(const struct tui *tui, int room, char out[96])
{
	const char(*bars)[8] = tui->theme.glyphs.bars;
	char texts[3][96], longest[FORMAT_MAX];

	format_duration(longest, tui->longest_timeout_us / 1000);
	if (tui->scale == SCALE_USUAL) {
		text_format(texts[0], 96, "%s usual %s 2× %s 4× %s 8×", bars[1], bars[3], bars[5],
			    bars[7]);
		text_format(texts[1], 96, "%s usual %s 2× %s 8×", bars[1], bars[3], bars[7]);
		text_format(texts[2], 96, "%s usual", bars[1]);
	} else if (tui->scale == SCALE_OWN) {
		text_format(texts[0], 96, "own scale, %s 1.25× p95", bars[7]);
		text_format(texts[1], 96, "own %s 1.25× p95", bars[7]);
		text_copy(texts[2], 96, "own");
	} else {
		text_format(texts[0], 96, "shared, %s 1 ms %s %s, log", bars[0], bars[7], longest);
		text_format(texts[1], 96, "%s 1 ms %s %s", bars[0], bars[7], longest);
		text_copy(texts[2], 96, "shared");
	}
	out[0] = '\0';
	for (int i = 0; i < 3; i++) {
		if (text_width(texts[i]) <= room) {
			text_copy(out, 96, texts[i]);
			return;
		}
	}
}

static void draw_history_head(const struct tui *tui, struct canvas *canvas, struct rect line,
			      const struct slot *slot)
{
	char legend[96], span[FORMAT_MAX];
	int x = line.x + slot->x, width;

	format_length(span, zoom_ms[tui->zoom] * slot->width);
	width = text_width(span);
	legend_text(tui, slot->width - width - 1, legend);
	canvas_put(canvas, line, x, line.y, STYLE_HEAD, legend);
	if (width <= slot->width)
		canvas_put(canvas, line, x + slot->width - width, line.y, STYLE_HEAD, span);
}

/* The title in its column; the sort mark in the blank beside it. */
static void draw_title(const struct tui *tui, struct canvas *canvas, struct rect line,
		       const struct slot *slot)
{
	const struct column *column = &column_table[slot->id];
	const struct order_spec *spec = &tui->main.order.spec;
	const char *title = slot->width < text_width(column->title) ? column->name : column->title;
	const char *mark = spec->reverse ? "▴" : "▾";
	int x = line.x + slot->x, free = slot->width - text_width(title);

	canvas_put_fit(canvas, line, x, line.y, slot->width, column->right, STYLE_HEAD, title);
	if (spec->column != slot->id || slot->id == COLUMN_SIGN)
		return;
	canvas_put(canvas, line,
		   column->right ? x + (free > 0 ? free : 0) - 1 : x + text_width(title), line.y,
		   STYLE_KEY, mark);
}

/* The filter takes the place of the titles left of the history. */
static void draw_filter(const struct tui *tui, struct canvas *canvas, struct rect line)
{
	const struct slot *history = find_slot(&tui->main.layout.columns, COLUMN_HISTORY);
	struct rect area = line;
	struct pen pen;

	if (history)
		area.width = history->x - 1;
	canvas_fill(canvas, area, STYLE_HEAD, " ");
	pen = pen_at(canvas, area, area.width >= 40 ? 3 : 0);
	filtering_put(tui, &pen, STYLE_HEAD);
}

void table_draw_head(const struct tui *tui, struct canvas *canvas, struct rect line)
{
	const struct table_layout *layout = &tui->main.layout.columns;

	if (line.height <= 0)
		return;
	canvas_fill(canvas, line, STYLE_HEAD, " ");
	for (int i = 0; i < layout->count; i++) {
		if (layout->slots[i].id == COLUMN_HISTORY)
			draw_history_head(tui, canvas, line, &layout->slots[i]);
		else
			draw_title(tui, canvas, line, &layout->slots[i]);
	}
	if (filtering_is_on(tui))
		draw_filter(tui, canvas, line);
}

void table_draw_filter_line(const struct tui *tui, struct canvas *canvas, struct rect line)
{
	draw_filter(tui, canvas, line);
}

/* Without a column of its own the time stands where the status code would. */
static void result_or_time(const struct row *row, struct cell *cell)
{
	char latency[FORMAT_MAX];

	if (row->verdict.state == STATE_PAUSED || !row->has_last || row->verdict.last_us < 0)
		return;
	format_latency(latency, row->verdict.last_us);
	text_copy(cell->text, sizeof(cell->text), latency);
}

/*
 * Load on a target that still answers: how many times its usual, and why, tell more than the 200
 * they take the place of, where there is no column for them.
 */
static bool shows_load(const struct tui *tui, const struct row *row, enum column_id id)
{
	if (!row_is_loaded(row))
		return false;
	if (id != COLUMN_RESULT)
		return id == COLUMN_LOAD;
	return row->has_last && sample_is_good(&row->last) &&
	       !find_slot(&tui->main.layout.columns, COLUMN_LOAD);
}

static void load_in_result(const struct tui *tui, const struct row *row, struct cell *cell)
{
	char text[sizeof(cell->text)], *blank;

	column_load_text(&row->verdict.load, tui->ascii, text, sizeof(text));
	text_format(cell->text, sizeof(cell->text), "%s%s",
		    row->verdict.load.ratio > 0 ? "" : "load ", text);
	blank = strchr(cell->text, ' ');
	/* "2.1×srv", "loaderr": seven columns */
	if (blank && tui->main.layout.columns.narrow &&
	    (row->verdict.load.ratio > 0 || text_width(cell->text) > RESULT_NARROW))
		memmove(blank, blank + 1, strlen(blank));
}

static enum style cell_style(const struct tui *tui, const struct row *row, enum column_id id,
			     const struct cell *cell)
{
	if (shows_load(tui, row, id) && !tui_is_asked(tui, row))
		return row->verdict.load.level == LOAD_SATURATED ? STYLE_SATURATED : STYLE_LOAD;
	/* somebody knows of it: the sign stays, the shouting ends */
	if (row->verdict.acknowledged && (cell->role == CELL_DOWN || cell->role == CELL_SLOW ||
					  cell->role == CELL_CERT || cell->role == CELL_STRONG))
		return STYLE_ACK;
	return role_style[cell->role];
}

/* Seconds of "12m 00s" say nothing where they never change. */
static void drop_zero_seconds(struct cell *cell)
{
	size_t length = strlen(cell->text);

	if (length > 4 && strcmp(cell->text + length - 4, " 00s") == 0)
		cell->text[length - 4] = '\0';
}

/* Colour alone does not say that somebody knows of it: "ack 2m", "ack12m" in six columns. */
static void word_acknowledged(struct cell *cell)
{
	char length[sizeof(cell->text)];

	text_copy(length, sizeof(length), cell->text);
	length[strcspn(length, " ")] = '\0';
	if (strlen(length) > 3)
		length[0] = '\0';
	text_format(cell->text, sizeof(cell->text), "ack%s%s", strlen(length) == 2 ? " " : "",
		    length);
	cell->role = CELL_STRONG;
}

static void fill_cell(const struct tui *tui, const struct row *row, enum column_id id,
		      struct cell *cell)
{
	struct column_view view = {
		.ascii = tui->ascii, .now_ms = tui->now_ms, .now_mono_us = tui_clock_us(tui)};
	bool narrow = tui->main.layout.columns.narrow;

	*cell = (struct cell){.role = CELL_PLAIN};
	if (id == COLUMN_FOR)
		view.now_ms = tui_quiet_now_ms(tui, row);
	column_table[id].cell(row, &view, cell);
	if (id == COLUMN_FOR && row->verdict.state == STATE_UP && !row_is_loaded(row))
		drop_zero_seconds(cell);
	if (id == COLUMN_FOR && row->verdict.acknowledged)
		word_acknowledged(cell);
	if (id == COLUMN_SIGN)
		text_copy(cell->text, sizeof(cell->text), tui_row_glyph(tui, row));
	if (id != COLUMN_RESULT)
		return;
	if (narrow)
		result_or_time(row, cell);
	if (shows_load(tui, row, id))
		load_in_result(tui, row, cell);
	if (narrow && tui_is_hanging(tui, row))
		column_table[COLUMN_LAST].cell(row, &view, cell);
	if (tui_is_asked(tui, row))
		*cell = (struct cell){.text = "…", .role = CELL_STRONG};
}

static void draw_history(const struct tui *tui, struct canvas *canvas, struct rect area,
			 const struct row *row)
{
	const struct history *history = &tui->histories[row->index];
	const struct spark spark = tui_spark(tui, row, history);

	if (history->known)
		spark_draw(canvas, area, &spark, &tui->theme);
}

/* A certificate that ends soon has its sign too, where there is a column for it. */
static void draw_soon(const struct tui *tui, struct canvas *canvas, struct rect line,
		      const struct slot *slot, const struct cell *cell)
{
	int free = slot->width - text_width(cell->text);

	if (cell->role == CELL_CERT && free > 0)
		canvas_put(canvas, line, line.x + slot->x + free - 1, line.y, STYLE_CERT,
			   tui->theme.glyphs.slow);
}

static void draw_row(const struct tui *tui, struct canvas *canvas, struct rect line,
		     const struct row *row)
{
	const struct table_layout *layout = &tui->main.layout.columns;

	for (int i = 0; i < layout->count; i++) {
		const struct slot *slot = &layout->slots[i];
		int x = line.x + slot->x;
		enum style style;
		struct cell cell;

		if (slot->id == COLUMN_HISTORY) {
			draw_history(tui, canvas, (struct rect){x, line.y, slot->width, 1}, row);
			continue;
		}
		fill_cell(tui, row, slot->id, &cell);
		style = cell_style(tui, row, slot->id, &cell);
		if (slot->id == COLUMN_TARGET)
			canvas_put_name(canvas, line, x, line.y, slot->width, style,
					row->target->name);
		else
			canvas_put_fit(canvas, line, x, line.y, slot->width,
				       column_table[slot->id].right, style, cell.text);
		if (slot->id == COLUMN_CERT)
			draw_soon(tui, canvas, line, slot, &cell);
	}
}

static void mark_selected(const struct tui *tui, struct canvas *canvas, struct rect line)
{
	bool marker = tui->main.layout.columns.slots[0].x > 0;

	canvas_under(canvas, line, tui->main.in_pane ? STYLE_SELECTED_UNFOCUSED : STYLE_SELECTED);
	if (marker && !tui->main.in_pane)
		canvas_put(canvas, line, line.x, line.y, STYLE_TEXT, "▌");
	if (!tui->main.in_pane && !canvas->cursor_visible) {
		/* parked here for braille displays; seen only where no ground shows the
		 * selection */
		canvas->cursor_x = line.x;
		canvas->cursor_y = line.y;
		canvas->cursor_visible = canvas->mono && !marker;
	}
}

void table_draw(const struct tui *tui, struct canvas *canvas, struct rect area)
{
	const struct main_state *main = &tui->main;

	if (!main->order.count && area.height > 0)
		canvas_put(canvas, area, area.x + 3, area.y, STYLE_DIM,
			   tui->rows->count ? "no target matches the filter; Esc drops it"
					    : "no targets");
	for (int y = 0; y < area.height; y++) {
		size_t place = main->top + (size_t)y;
		const struct row *row = row_at(tui, place);
		const struct group *group = head_at(tui, place);
		struct rect line = {area.x, area.y + y, area.width, 1};

		if (row)
			draw_row(tui, canvas, line, row);
		else if (group)
			group_draw(tui, canvas, line, group);
		else
			return;
		if (main->order.items[place] == main->selected)
			mark_selected(tui, canvas, line);
	}
}
