/*
 * Finding the way back after a reload.
 */
#include "face/tui/place.h"

#include <string.h>

#include "base/text.h"
#include "face/tui/state.h"

struct place_in_tui place_of(const struct tui *tui)
{
	const struct main_state *main = &tui->main;
	struct place_in_tui place = {
		.opened = tui_screen(tui) == &screen_detail,
		.order = main->order.spec,
		.column_count = tui->wish.column_count,
		.zoom = tui->zoom == tui->zoom_start ? -1 : tui->zoom,
		.last_key_us = tui->last_key_us,
	};
	size_t target = place.opened ? tui->detail.target : main->selected;

	if (target < tui->rows->count && (main->touched || place.opened))
		place.target = text_hash(tui->rows->items[target].target->name);
	text_copy(place.filter, sizeof place.filter, filter_text(main->filter));
	memcpy(place.columns, tui->wish.columns, sizeof place.columns);
	return place;
}

void place_return(struct tui *tui, const struct place_in_tui *place)
{
	tui->main.order.spec = place->order;
	filter_set(tui->main.filter, place->filter);
	memcpy(tui->wish.columns, place->columns, sizeof place->columns);
	tui->wish.column_count = place->column_count;
	if (place->zoom >= 0)
		tui->zoom = place->zoom;
	tui->last_key_us = place->last_key_us;
	tui->stale = true;
	order_sort(&tui->main.order, tui->rows, tui->main.filter, tui->now_us);
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
