/*
 * Typing the filter of the targets, which table and grid share: whatever passes it is shown at each
 * key. Declared in state.h. Main thread.
 */
#include <string.h>

#include "face/tui/pen.h"
#include "face/tui/state.h"

/* The C library's word for what it has no better word for. */
#define SAYS_NOTHING "Invalid regular expression"

/* The selection stays with a target that still passes; else the first that does takes its place. */
static void set_filter(struct tui *tui, const char *text)
{
	struct main_state *main = &tui->main;

	filter_set(main->filter, text);
	order_sort(&main->order, tui->rows, main->filter, tui->now_us);
	main->reveal = true;
	if (order_find(&main->order, main->selected) == main->order.count)
		main->at = tui->grid.at = 0;
}

void filtering_begin(struct tui *tui)
{
	struct main_state *main = &tui->main;

	main->before = main->touched ? main->selected : SIZE_MAX;
	input_begin_anew(&main->input, filter_text(main->filter));
}

void filtering_drop(struct tui *tui)
{
	set_filter(tui, "");
}

/* As if nothing had been typed. */
static void go_back(struct tui *tui)
{
	struct main_state *main = &tui->main;
	size_t at;

	set_filter(tui, "");
	at = order_find(&main->order, main->before);
	if (at == main->order.count)
		return;
	main->at = at;
	main->selected = main->order.items[at];
}

bool filtering_type(struct tui *tui, int key)
{
	struct input *input = &tui->main.input;

	if (!input->active)
		return false;
	switch (input_key(input, key)) {
	case INPUT_NOT_MINE:
		return false;
	case INPUT_CHANGED:
		set_filter(tui, input->text);
		break;
	case INPUT_DROPPED:
		go_back(tui);
		break;
	case INPUT_KEPT:
		break;
	}
	return true;
}

bool filtering_is_on(const struct tui *tui)
{
	return tui->main.input.active || !filter_is_empty(tui->main.filter);
}

void filtering_put_problem(struct pen *pen, enum style style, const char *problem)
{
	bool says = strcmp(problem, SAYS_NOTHING) != 0;

	if (says && pen_put_whole(pen, style, "  not a regular expression: %s", problem))
		return;
	if (!pen_put_whole(pen, style, "  not a regular expression"))
		pen_put(pen, style, "  no regex");
}

void filtering_put(const struct tui *tui, struct pen *pen, enum style around)
{
	const struct main_state *main = &tui->main;
	bool typing = main->input.active;
	const char *problem = filter_problem(main->filter);
	enum style style = problem			     ? STYLE_COUNT_SLOW
			   : typing && !main->input.selected ? STYLE_INPUT
							     : STYLE_MATCH;

	pen_put(pen, STYLE_KEY, "/");
	pen_put(pen, style, "%s", typing ? main->input.text : filter_text(main->filter));
	if (typing)
		pen_put_cursor(pen);
	if (problem)
		filtering_put_problem(pen, around, problem);
	else
		pen_put(pen, around, "  %zu of %zu", main->order.matches, tui->rows->count);
}

void filtering_put_help(const struct tui *tui, struct pen *pen)
{
	const char *problem = filter_problem(tui->main.filter);

	if (problem) {
		bool says = strcmp(problem, SAYS_NOTHING) != 0;

		pen_put(pen, STYLE_SLOW, "not a regular expression%s%s", says ? ": " : "",
			says ? problem : "");
		return;
	}
	pen_put(pen, STYLE_DIM,
		"words  !not  ~regex  :down :slow :up  tag:x  group:x    Enter keeps  Esc drops");
}
