/*
 * Finding the way back after a reload.
 */
#include "face/tui/place.h"

#include <string.h>

#include "base/text.h"
#include "face/tui/moment.h"
#include "face/tui/state.h"

static void note_folded(const struct tui *tui, struct place_in_tui *place)
{
	size_t count = 0;

	for (size_t i = 0; i < tui->groups.count && count < PLACE_FOLDED_MAX; i++)
		if (tui->groups.items[i].folded)
			place->folded[count++] = text_hash(tui->groups.items[i].target.name);
}

static void fold_again(struct tui *tui, const struct place_in_tui *place)
{
	for (size_t i = 0; i < tui->groups.count; i++) {
		struct group *group = &tui->groups.items[i];

		for (size_t k = 0; k < PLACE_FOLDED_MAX && place->folded[k]; k++)
			group->folded |= text_hash(group->target.name) == place->folded[k];
	}
}

static void select_again(struct tui *tui, const struct place_in_tui *place)
{
	for (size_t i = 0; i < tui->rows->count && place->target; i++) {
		if (text_hash(tui->rows->items[i].target->name) != place->target)
			continue;
		tui->main.selected = i;
		tui->main.touched = tui->main.reveal = true;
		if (place->opened)
			tui_open_target(tui, i);
		return;
	}
}

struct place_in_tui place_of(const struct tui *tui)
{
	const struct main_state *main = &tui->main;
	int zoom = tui->moment.coarse ? tui->moment.zoom_before : tui->zoom;
	struct place_in_tui place = {
		.opened = tui_screen(tui) == &screen_detail,
		.order = main->order.spec,
		.column_count = tui->wish.column_count,
		.zoom = zoom == tui->zoom_start ? -1 : zoom,
		.last_key_us = tui->last_key_us,
		.at_ms = tui->moment.on ? tui->moment.at_ms : 0,
		.grouped = main->order.groups != NULL,
		.quiet = tui->quiet,
		.focused = tui->focused,
		.focus_told = tui->focus_told,
		.view = tui->view,
		.scale = tui->scale,
		.themed = tui->themed,
		.theme = tui->theme,
	};
	size_t target = place.opened ? tui->detail.target : main->selected;

	if (target < tui->rows->count && (main->touched || place.opened))
		place.target = text_hash(tui->rows->items[target].target->name);
	text_copy(place.filter, sizeof place.filter, filter_text(main->filter));
	memcpy(place.columns, tui->wish.columns, sizeof place.columns);
	note_folded(tui, &place);
	return place;
}

void place_return(struct tui *tui, const struct place_in_tui *place)
{
	tui->main.order.spec = place->order;
	filter_set(tui->main.filter, place->filter);
	memcpy(tui->wish.columns, place->columns, sizeof place->columns);
	tui->wish.column_count = place->column_count;
	tui->main.order.groups = place->grouped && tui->groups.named ? &tui->groups : NULL;
	fold_again(tui, place);
	tui->view = place->view;
	tui->scale = place->scale;
	tui->quiet = place->quiet;
	tui->focused = place->focused;
	tui->focus_told = place->focus_told;
	tui->themed = place->themed;
	if (place->themed)
		tui->theme = place->theme;
	if (place->zoom >= 0)
		tui->zoom = place->zoom;
	tui->last_key_us = place->last_key_us;
	tui->stale = true;
	order_sort(&tui->main.order, tui->rows, tui->main.filter, tui->now_us);
	if (place->at_ms)
		moment_show(tui, place->at_ms);
	select_again(tui, place);
}
