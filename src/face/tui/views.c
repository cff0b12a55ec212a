/*
 * Saved views of the table, [view.1] to [view.9]: filter, sorting and columns by one key; the same
 * key again takes them back.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "face/tui/state.h"
#include "face/tui/views.h"

/* "p95", "-p95" or "p95 reverse". False where there is no such column to sort by. */
static bool parse_sort(const char *text, struct order_spec *spec)
{
	char name[32];
	size_t length;

	text += strspn(text, " ");
	*spec = (struct order_spec){.column = COLUMN_SIGN};
	if (*text == '-') {
		spec->reverse = true;
		text++;
	}
	length = strcspn(text, " ");
	text_format(name, sizeof(name), "%.*s", (int)length, text);
	if (strcmp(text + length, " reverse") == 0)
		spec->reverse = true;
	else if (text[length])
		return false;
	if (!name[0] && !spec->reverse)
		return true;
	spec->column = column_by_name(name);
	return spec->column != COLUMN_COUNT && column_table[spec->column].compare;
}

static bool is_among(const enum column_id *ids, int count, enum column_id id)
{
	for (int i = 0; i < count; i++)
		if (ids[i] == id)
			return true;
	return false;
}

/* Names with commas or blanks between; the first one that is no column goes to unknown. Each column
 * comes once: whoever has an array of columns has room for so many. */
static int parse_columns(const char *text, enum column_id ids[COLUMN_COUNT], char unknown[32])
{
	int count = 0;

	unknown[0] = '\0';
	while (*(text += strspn(text, ", "))) {
		size_t length = strcspn(text, ", ");
		char name[32];
		enum column_id id;

		text_format(name, sizeof(name), "%.*s", (int)length, text);
		id = column_by_name(name);
		if (id == COLUMN_COUNT || id == COLUMN_DETAIL) {
			if (!unknown[0])
				text_copy(unknown, 32, name);
		} else if (id != COLUMN_SIGN && !is_among(ids, count, id)) {
			ids[count++] = id;
		}
		text += length;
	}
	return count;
}

static bool can_sort(enum column_id id)
{
	return column_table[id].compare != NULL;
}

static bool can_be_shown(enum column_id id)
{
	return id != COLUMN_SIGN && id != COLUMN_DETAIL;
}

/* Names those that there are: the menu that lists them is on no screen when a file is written. */
static void warn(struct errors *errors, const struct config *config, int number, const char *name,
		 bool (*fits)(enum column_id id))
{
	const char *names[COLUMN_COUNT], *nearest;
	char listed[200] = "";
	size_t count = 0, length = 0;

	for (int i = 0; i < COLUMN_COUNT; i++)
		if (fits((enum column_id)i))
			names[count++] = column_table[i].name;
	for (size_t i = 0; i < count && length < sizeof(listed); i++)
		length += text_format(listed + length, sizeof(listed) - length, "%s%s",
				      i ? ", " : "", names[i]);
	nearest = text_nearest(name + (*name == '-'), names, count);
	error_warn(errors, config->file, config->views[number].line,
		   "[view.%d]: '%s' is no column to %s%s%s%s", number, name,
		   fits == can_sort ? "sort by" : "show",
		   nearest ? ", did you mean '" : "; there are ", nearest ? nearest : listed,
		   nearest ? "'?" : "");
}

void views_check(const struct config *config, struct errors *errors)
{
	for (int i = 1; i <= VIEWS; i++) {
		const struct saved_view *view = &config->views[i];
		enum column_id ids[COLUMN_COUNT];
		struct order_spec spec;
		char unknown[32] = "";

		if (view->sort && !parse_sort(view->sort, &spec))
			warn(errors, config, i, view->sort, can_sort);
		if (view->columns)
			parse_columns(view->columns, ids, unknown);
		if (unknown[0])
			warn(errors, config, i, unknown, can_be_shown);
	}
}

static bool is_given(const struct saved_view *view)
{
	return (view->filter && view->filter[0]) || (view->sort && view->sort[0]) ||
	       (view->columns && view->columns[0]);
}

static void show(struct tui *tui, const struct saved_view *view)
{
	char unknown[32];
	struct order_spec spec;

	filter_set(tui->main.filter, view->filter ? view->filter : "");
	if (!view->sort || !parse_sort(view->sort, &spec))
		spec = (struct order_spec){.column = COLUMN_SIGN};
	tui->main.order.spec = spec;
	tui->wish.column_count =
		view->columns ? parse_columns(view->columns, tui->wish.columns, unknown) : 0;
	order_sort(&tui->main.order, tui->rows, tui->main.filter, tui->now_us);
	tui->main.reveal = true;
}

bool views_act(struct tui *tui, enum action action)
{
	static const struct saved_view plain = {"", "", "", 0};
	int number = (int)action - ACTION_VIEW_1 + 1;
	const struct saved_view *view;

	if (number < 1 || number > VIEWS)
		return false;
	view = &tui->config->views[number];
	if (!is_given(view)) {
		tui_say(tui, "there is no [view.%d] in the configuration", number);
		return true;
	}
	if (tui->view == number) {
		tui->view = 0;
		show(tui, &plain);
		tui_say(tui, "view %d taken back", number);
	} else {
		tui->view = number;
		show(tui, view);
		tui_say(tui, "view %d%s%s", number, view->filter && view->filter[0] ? ": /" : "",
			view->filter ? view->filter : "");
	}
	return true;
}
