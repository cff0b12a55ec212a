/*
 * The main screen's and the error list's layout. Pure.
 *
 * Columns are given up one by one as the screen gets narrower, areas as it gets lower. The name
 * column is as wide as the longest name within limits, the history takes what is left up to its 120
 * bins, then the name gets the rest.
 */
#include "face/tui/layout.h"

#include <stddef.h>
#include <string.h>

#define HISTORY_LEAST 7
#define NAME_LEAST    6 /* its head, "target" */

static int clamp(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

/* Which columns there are, from which width on, the widest first. */
struct column_choice {
	int width, name_limit;
	int left, right;		  /* columns kept free for the marker, and at the edge */
	enum column_id ids[COLUMN_COUNT]; /* ended by COLUMN_COUNT */
};

/* clang-format off */
static const struct column_choice column_choices[] = {
	{140, 22, 3, 1, {COLUMN_SIGN, COLUMN_TARGET, COLUMN_RESULT, COLUMN_LAST, COLUMN_P50, COLUMN_P95, COLUMN_LOAD,
			 COLUMN_HISTORY, COLUMN_UP, COLUMN_FOR, COLUMN_CERT, COLUMN_COUNT}},
	{120, 22, 3, 1, {COLUMN_SIGN, COLUMN_TARGET, COLUMN_RESULT, COLUMN_LAST, COLUMN_P50, COLUMN_P95, COLUMN_HISTORY,
			 COLUMN_UP, COLUMN_FOR, COLUMN_CERT, COLUMN_COUNT}},
	{110, 21, 3, 1, {COLUMN_SIGN, COLUMN_TARGET, COLUMN_RESULT, COLUMN_LAST, COLUMN_P50, COLUMN_P95, COLUMN_HISTORY,
			 COLUMN_UP, COLUMN_FOR, COLUMN_COUNT}},
	{100, 20, 3, 1, {COLUMN_SIGN, COLUMN_TARGET, COLUMN_RESULT, COLUMN_LAST, COLUMN_P95, COLUMN_HISTORY, COLUMN_UP,
			 COLUMN_FOR, COLUMN_COUNT}},
	{80, 17, 3, 1, {COLUMN_SIGN, COLUMN_TARGET, COLUMN_RESULT, COLUMN_LAST, COLUMN_P95, COLUMN_HISTORY, COLUMN_UP,
			COLUMN_FOR, COLUMN_COUNT}},
	{60, 16, 3, 1, {COLUMN_SIGN, COLUMN_TARGET, COLUMN_RESULT, COLUMN_LAST, COLUMN_P95, COLUMN_HISTORY, COLUMN_FOR,
			COLUMN_COUNT}},
	{40, 15, 2, 0, {COLUMN_SIGN, COLUMN_TARGET, COLUMN_RESULT, COLUMN_HISTORY, COLUMN_FOR, COLUMN_COUNT}},
	{0, 80, 2, 0, {COLUMN_SIGN, COLUMN_TARGET, COLUMN_RESULT, COLUMN_COUNT}},
};
/* clang-format on */

static int column_width(enum column_id id, int width)
{
	if (id == COLUMN_LAST && width < 100)
		return 5;
	if (id == COLUMN_RESULT && width < 60)
		return RESULT_NARROW;
	return column_table[id].width;
}

/* Blanks before a column: the numbers behind the history stand off a little where there is room. */
static int column_gap(const struct column_choice *choice, int place, int width)
{
	if (place <= 1)
		return 0;
	return width >= 60 && choice->ids[place - 1] == COLUMN_HISTORY ? 2 : 1;
}

/* With the narrowest name and history. */
static int least_width(const struct column_choice *choice, int width)
{
	int sum = choice->left + choice->right;

	for (int i = 1; choice->ids[i] != COLUMN_COUNT; i++) {
		enum column_id id = choice->ids[i];

		sum += column_gap(choice, i, width);
		sum += id == COLUMN_TARGET    ? NAME_LEAST
		       : id == COLUMN_HISTORY ? HISTORY_LEAST
					      : column_width(id, width);
	}
	return sum;
}

int layout_chosen_columns(const struct layout_wish *wish, enum column_id ids[COLUMN_COUNT])
{
	const struct column_choice *widest = &column_choices[0];
	int count = 0;

	if (wish->column_count) {
		memcpy(ids, wish->columns, (size_t)wish->column_count * sizeof(*ids));
		return wish->column_count;
	}
	for (int i = 1; widest->ids[i] != COLUMN_COUNT; i++)
		if (widest->ids[i] != COLUMN_CERT || !wish->plain)
			ids[count++] = widest->ids[i];
	return count;
}

static int place_of(const struct column_choice *choice, enum column_id id)
{
	for (int i = 0; choice->ids[i] != COLUMN_COUNT; i++)
		if (choice->ids[i] == id)
			return i;
	return -1;
}

static void leave_out(struct column_choice *choice, int place)
{
	do {
		choice->ids[place] = choice->ids[place + 1];
	} while (choice->ids[place++] != COLUMN_COUNT);
}

/* What a person chose, in that order, as far as the width holds it; the name is never left out. */
static void obey_choice(struct column_choice *choice, int width, const struct layout_wish *wish)
{
	static const enum column_id spare[] = {
		COLUMN_GROUP, COLUMN_CERT, COLUMN_P50, COLUMN_LOAD,    COLUMN_UP,
		COLUMN_LAST,  COLUMN_P95,  COLUMN_FOR, COLUMN_HISTORY, COLUMN_RESULT};
	int count = 1;

	for (int i = 0; i < wish->column_count && count < COLUMN_COUNT - 1; i++)
		if (wish->columns[i] != COLUMN_SIGN)
			choice->ids[count++] = wish->columns[i];
	choice->ids[count] = COLUMN_COUNT;
	if (place_of(choice, COLUMN_TARGET) < 0) {
		memmove(&choice->ids[2], &choice->ids[1], (size_t)count * sizeof(*choice->ids));
		choice->ids[1] = COLUMN_TARGET;
	}
	for (size_t i = 0; least_width(choice, width) > width; i++) {
		int place = i < sizeof(spare) / sizeof(spare[0]) ? place_of(choice, spare[i]) : 0;

		if (i >= sizeof(spare) / sizeof(spare[0]))
			return;
		if (place > 0)
			leave_out(choice, place);
	}
}

static struct column_choice choose_columns(int width, const struct layout_wish *wish)
{
	const struct column_choice *choice = column_choices;
	struct column_choice chosen;
	int kept = 0;

	while (width < choice->width)
		choice++;
	chosen = *choice;
	for (int i = 0; choice->ids[i] != COLUMN_COUNT; i++)
		if (choice->ids[i] != COLUMN_CERT || !wish->plain)
			chosen.ids[kept++] = choice->ids[i];
	chosen.ids[kept] = COLUMN_COUNT;
	if (wish->column_count && choice->width)
		obey_choice(&chosen, width, wish);
	return chosen;
}

/* Shares what the fixed columns leave between name and history. */
static void share_rest(const struct column_choice *choice, int rest, int longest, int *name,
		       int *history)
{
	bool has_history = place_of(choice, COLUMN_HISTORY) > 0;
	int wanted = clamp(longest, NAME_LEAST, choice->name_limit);

	if (!has_history) {
		*name = choice->width && rest > longest ? clamp(longest, NAME_LEAST, rest) : rest;
		*name = *name > 0 ? *name : 0;
		*history = 0;
		return;
	}
	*history = clamp(rest - wanted, HISTORY_LEAST, HISTORY_BINS_MAX);
	*name = rest - *history;
	/* beyond 120 bins the name gets more, but no more than it can use */
	if (*name > wanted && *name > longest)
		*name = longest > wanted ? longest : wanted;
}

static struct table_layout layout_columns(int width, const struct layout_wish *wish)
{
	const struct column_choice chosen = choose_columns(width, wish), *choice = &chosen;
	struct table_layout layout = {.narrow = width < 60 && place_of(choice, COLUMN_LAST) < 0};
	int rest = width - choice->left - choice->right, name, history, x = choice->left;

	for (int i = 1; choice->ids[i] != COLUMN_COUNT; i++) {
		rest -= column_gap(choice, i, width);
		if (choice->ids[i] != COLUMN_TARGET && choice->ids[i] != COLUMN_HISTORY)
			rest -= column_width(choice->ids[i], width);
	}
	share_rest(choice, rest, wish->longest_name, &name, &history);
	layout.slots[layout.count++] = (struct slot){COLUMN_SIGN, choice->left - 2, 1};
	for (int i = 1; choice->ids[i] != COLUMN_COUNT; i++) {
		enum column_id id = choice->ids[i];
		int columns = id == COLUMN_TARGET    ? name
			      : id == COLUMN_HISTORY ? history
						     : column_width(id, width);

		x += column_gap(choice, i, width);
		layout.slots[layout.count++] = (struct slot){id, x, columns};
		x += columns;
	}
	return layout;
}

/* What follows time and sign, from column `name` on: the same in the error pane and on the errors'
 * own screen. */
static void layout_line(struct pane_layout *line, int name, int width, int longest_name)
{
	int limit = width >= 100 ? 18 : width >= 80 ? 15 : 12;

	line->name = name;
	line->name_width = clamp(longest_name, NAME_LEAST, limit);
	line->result = line->name + line->name_width + 1;
	line->result_width = width >= 100 ? 9 : 8;
	line->detail = line->result + line->result_width + 1;
	line->detail_width = width - line->detail - (width >= 60);
	if (width >= 100) {
		line->length_width = 6;
		line->length = width - 1 - line->length_width;
		line->count_width = 6;
		line->count = line->length - 1 - line->count_width;
		line->detail_width = line->count - 1 - line->detail;
	}
	if (line->name + line->name_width > width)
		line->name_width = line->name < width ? width - line->name : 0;
	if (line->result + line->result_width > width)
		line->result_width = line->result < width ? width - line->result : 0;
	if (line->detail_width < 0)
		line->detail_width = 0;
}

/* As rect_cut_top(), off the bottom. */
static struct rect cut_bottom(struct rect *rest, int height)
{
	struct rect taken = *rest;

	taken.height = clamp(height, 0, rest->height);
	rest->height -= taken.height;
	taken.y = rest->y + rest->height;
	return taken;
}

/* Lines of the error pane below a table: a fifth, and all that the table has no rows for. */
static int pane_height(int height, int room, int targets)
{
	int least;

	if (height < 16)
		return 0;
	least = height < 30 ? 3 : clamp(height / 5, 6, 12);
	return clamp(room - 1 - (targets > 0 ? targets : 1), least, room);
}

struct main_layout layout_main(int width, int height, const struct layout_wish *wish)
{
	struct main_layout layout = {.counts_only = width < 20 || height < 3};
	struct rect rest = {0, 0, width, height};

	layout.verdict = rect_cut_top(&rest, layout.counts_only ? height : 1);
	if (layout.counts_only)
		return layout;
	if (height >= 8) {
		layout.keys = cut_bottom(&rest, 1);
		layout.notice = rect_cut_top(&rest, wish->notice);
	}
	if (height >= 30) {
		layout.fleet = rect_cut_top(&rest, 1);
		rect_cut_top(&rest, 1);
	}
	if (height >= 8 && width >= 60)
		layout.head = rect_cut_top(&rest, 1);
	if (height >= 16) {
		layout.pane = cut_bottom(&rest, pane_height(height, rest.height, wish->targets));
		layout.pane_title = cut_bottom(&rest, 1);
	}
	layout.table = rest;
	layout.columns = layout_columns(width, wish);
	layout.line.time = width >= 60;
	layout.line.sign = layout.line.time + 9;
	layout_line(&layout.line, layout.line.sign + 2, width, wish->longest_name);
	return layout;
}

struct errors_layout layout_errors(int width, int height, const struct layout_wish *wish)
{
	struct errors_layout layout = {.first_width = width >= 100 ? 8 : 0};
	struct rect rest = {0, 0, width, height};

	layout.verdict = rect_cut_top(&rest, 1);
	if (height >= 8) {
		layout.keys = cut_bottom(&rest, 1);
		layout.about = rect_cut_top(&rest, 1);
	}
	if (height >= 12 && width >= 60)
		layout.head = rect_cut_top(&rest, 1);
	if (height >= 16) {
		layout.evidence = cut_bottom(&rest, height * 2 / 5);
		layout.evidence_title = cut_bottom(&rest, 1);
	}
	layout.list = rest;
	layout.line.full = true;
	layout.line.sign = width >= 60;
	layout.line.time = layout.line.sign + 2;
	layout.first = layout.line.time + 9;
	layout_line(&layout.line, layout.first + (layout.first_width ? layout.first_width + 2 : 0),
		    width, wish->longest_name);
	return layout;
}
