/*
 * What a person has set by keys, carried over to another dashboard: after a reload the table is
 * still filtered, sorted, folded and zoomed as it was, on the same target.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "face/tui/state.h"
#include "face/tui/tui.h"

#define FOLDED_MAX 32
#define NAME_BYTES  128

struct tui_habits {
	char filter[FILTER_TEXT_MAX], selected[NAME_BYTES];
	struct order_spec spec;
	bool grouped, touched;
	char folded[FOLDED_MAX][NAME_BYTES];
	int folded_count;
	enum column_id columns[COLUMN_COUNT];
	int column_count, view;
	enum scale scale;
	int zoom; /* against where it began */
	bool focused, focus_told, quiet;
	struct theme theme;
	struct meter meter;
	bool themed;
};

struct tui_habits *tui_habits(const struct tui *tui)
{
	struct tui_habits *habits = x_calloc(1, sizeof(*habits));
	const struct main_state *main = &tui->main;

	text_copy(habits->filter, sizeof(habits->filter), filter_text(main->filter));
	if (main->touched && main->selected < tui->rows->count)
		text_copy(habits->selected, sizeof(habits->selected),
			  tui->rows->items[main->selected].target->name);
	habits->spec = main->order.spec;
	habits->grouped = main->order.groups != NULL;
	for (size_t i = 0; i < tui->groups.count && habits->folded_count < FOLDED_MAX; i++)
		if (tui->groups.items[i].folded)
			text_copy(habits->folded[habits->folded_count++], NAME_BYTES,
				  tui->groups.items[i].target.name);
	memcpy(habits->columns, tui->wish.columns, sizeof(habits->columns));
	habits->column_count = tui->wish.column_count;
	habits->view = tui->view;
	habits->scale = tui->scale;
	habits->zoom = tui->zoom - tui->zoom_start;
	habits->focused = tui->focused;
	habits->focus_told = tui->focus_told;
	habits->quiet = tui->quiet;
	habits->meter = tui->meter;
	habits->themed = tui->themed;
	habits->theme = tui->theme;
	return habits;
}

static void fold_again(struct tui *tui, const struct tui_habits *habits)
{
	for (size_t i = 0; i < tui->groups.count; i++)
		for (int k = 0; k < habits->folded_count; k++)
			if (strcmp(tui->groups.items[i].target.name, habits->folded[k]) == 0)
				tui->groups.items[i].folded = true;
}

static void select_again(struct tui *tui, const char *name)
{
	for (size_t i = 0; name[0] && i < tui->rows->count; i++) {
		if (strcmp(tui->rows->items[i].target->name, name) != 0)
			continue;
		tui->main.selected = i;
		tui->main.touched = tui->main.reveal = true;
		return;
	}
}

void tui_resume(struct tui *tui, const struct tui_habits *habits)
{
	int zoom = tui->zoom_start + habits->zoom;

	filter_set(tui->main.filter, habits->filter);
	tui->main.order.spec = habits->spec;
	tui->main.order.groups = habits->grouped && tui->groups.named ? &tui->groups : NULL;
	fold_again(tui, habits);
	select_again(tui, habits->selected);
	memcpy(tui->wish.columns, habits->columns, sizeof(habits->columns));
	tui->wish.column_count = habits->column_count;
	tui->view = habits->view;
	tui->scale = habits->scale;
	tui->zoom = zoom < 0 ? 0 : zoom >= ZOOM_COUNT ? ZOOM_COUNT - 1 : zoom;
	tui->focused = habits->focused;
	tui->focus_told = habits->focus_told;
	tui->quiet = habits->quiet;
	tui->meter = habits->meter;
	if (habits->themed) {
		tui->theme = habits->theme;
		tui->themed = true;
	}
	order_sort(&tui->main.order, tui->rows, tui->main.filter, tui->now_us);
	tui->stale = true;
}
