/*
 * The line of a group in the status table: worst state, counts, the history of all its targets
 * together. Prepares that history, then draws only.
 */
#include <string.h>

#include "base/text.h"
#include "face/tui/pen.h"
#include "face/tui/state.h"

static void merge(struct groups *groups, size_t count, struct history *history, bool against_usual)
{
	for (int i = 0; i < history->count; i++) {
		for (size_t m = 0; m < count; m++)
			groups->bins[m] = &groups->histories[m]->bins[i];
		groups_merge_bin(&history->bins[i], groups->bins,
				 against_usual ? groups->usual_us : NULL, count, groups->values);
	}
}

static bool refresh_member(struct tui *tui, const struct row *row, const struct history_wish *like)
{
	struct history_wish wish = *like;

	wish.row = row;
	return history_refresh(&tui->histories[row->index], tui->store, tui->rows, &wish);
}

/* Before a target has its usual the median of the hour stands in. */
static int32_t usual_of(const struct row *row)
{
	return row->verdict.usual_us > 0 ? row->verdict.usual_us : row->stats.p50_us;
}

void group_prepare(struct tui *tui, struct group *group, const struct history_wish *like)
{
	struct history *history = &group->history;
	struct groups *groups = &tui->groups;
	uint32_t place = (uint32_t)(group - groups->items);
	size_t count = 0;
	bool fresh = !history->known || history->count != like->count ||
		     history->width_ms != like->width_ms || history->head != tui->scale;

	for (size_t i = 0; i < groups->targets; i++) {
		if (groups->of[i] != place)
			continue;
		fresh |= refresh_member(tui, &tui->rows->items[i], like);
		groups->usual_us[count] = usual_of(&tui->rows->items[i]);
		groups->histories[count++] = &tui->histories[i];
	}
	if (!fresh && history->end == like->end_ms / like->width_ms)
		return;
	history->count = like->count;
	history->width_ms = like->width_ms;
	history->end = like->end_ms / like->width_ms;
	history->head = tui->scale; /* what its heights mean */
	history->known = true;
	merge(groups, count, history, tui->scale == SCALE_USUAL);
	history_scale(history);
}

static void draw_history(const struct tui *tui, struct canvas *canvas, struct rect area,
			 const struct group *group)
{
	const struct spark spark = {
		.bins = group->history.bins,
		.count = group->history.count,
		.interval_ms = group->interval_ms,
		.width_ms = group->history.width_ms,
		.scale = tui->scale,
		.usual_us = GROUP_USUAL_US,
		.own_top_us = group->history.top_us,
		.shared_top_us = tui->longest_timeout_us,
		.paused = group->row.verdict.state == STATE_PAUSED,
	};

	if (group->history.known)
		spark_draw(canvas, area, &spark, &tui->theme);
}

/* "2 down" "1 load" "14 up": the worst there is, and how many. */
static void put_counts(const struct group *group, struct cell *cell)
{
	const struct tally *tally = &group->tally;
	const struct {
		unsigned count;
		const char *word;
		enum cell_role role;
	} counts[] = {{tally->down, "down", CELL_DOWN},
		      {tally->loaded, "load", CELL_SLOW},
		      {tally_slow_calm(tally), "slow", CELL_SLOW},
		      {tally->unknown, group->row.verdict.state == STATE_NEW ? "new" : "unknown",
		       CELL_STALE},
		      {tally->up, "up", CELL_DIM},
		      {tally->paused, "paused", CELL_DIM}};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		if (!counts[i].count)
			continue;
		text_format(cell->text, sizeof(cell->text), "%u %s", counts[i].count,
			    counts[i].word);
		cell->role = counts[i].role;
		return;
	}
}

static void put_name(const struct tui *tui, const struct group *group, struct cell *cell)
{
	const char *mark = group->folded ? tui->ascii ? "+" : "▸" : tui->ascii ? "-" : "▾";

	text_format(cell->text, sizeof(cell->text), "%s %s %u", mark, group->target.name,
		    group->tally.targets);
	cell->role = CELL_STRONG;
}

static void fill(const struct tui *tui, const struct group *group, enum column_id id,
		 struct cell *cell)
{
	struct column_view view = {
		.ascii = tui->ascii, .now_ms = tui->now_ms, .now_mono_us = tui_clock_us(tui)};

	*cell = (struct cell){.role = CELL_PLAIN};
	switch ((int)id) {
	case COLUMN_TARGET:
		put_name(tui, group, cell);
		break;
	case COLUMN_RESULT:
		put_counts(group, cell);
		break;
	case COLUMN_LAST:
	case COLUMN_P50:
	case COLUMN_GROUP:
		break; /* of one target alone */
	case COLUMN_FOR:
		view.now_ms = tui_quiet_now_ms(tui, &group->row);
		column_table[id].cell(&group->row, &view, cell);
		break;
	default:
		column_table[id].cell(&group->row, &view, cell);
	}
	if (id == COLUMN_SIGN)
		text_copy(cell->text, sizeof(cell->text), tui_row_glyph(tui, &group->row));
}

void group_draw(const struct tui *tui, struct canvas *canvas, struct rect line,
		const struct group *group)
{
	const struct table_layout *layout = &tui->main.layout.columns;

	for (int i = 0; i < layout->count; i++) {
		const struct slot *slot = &layout->slots[i];
		int x = line.x + slot->x;
		struct cell cell;

		if (slot->id == COLUMN_HISTORY) {
			draw_history(tui, canvas, (struct rect){x, line.y, slot->width, 1}, group);
			continue;
		}
		fill(tui, group, slot->id, &cell);
		if (slot->id == COLUMN_TARGET)
			canvas_put_name(canvas, line, x, line.y, slot->width, STYLE_TITLE,
					cell.text);
		else
			canvas_put_fit(canvas, line, x, line.y, slot->width,
				       column_table[slot->id].right, table_style(cell.role),
				       cell.text);
	}
}
