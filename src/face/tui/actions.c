/*
 * The one table of actions, and printing it. Everything that names an action or a key (key lines,
 * help, [keys], the README's list) reads it here. Pure; main thread.
 */
#include <string.h>

#include "face/tui/keymap.h"

/* k and h are never commands: who comes from vim presses them for moving, and must not stop a check
 * by it. */
/* clang-format off */
const struct action_info action_table[ACTION_COUNT] = {
	[ACTION_NONE] = {"none", "", 0, "", "", NULL, NULL},

	[ACTION_UP] = {"up", "Up k", IN_ALL, "move", "up", "up, down", "select"},
	[ACTION_DOWN] = {"down", "Down j", IN_ALL, "move", "down", "", NULL},
	[ACTION_PAGE_UP] = {"page_up", "PgUp ^B", IN_ALL, "move", "a page up", "a page", NULL},
	[ACTION_PAGE_DOWN] = {"page_down", "PgDn ^F", IN_ALL, "move", "a page down", "", NULL},
	[ACTION_HALF_UP] = {"half_up", "^U", IN_ALL, "move", "half a page up", "half a page", NULL},
	[ACTION_HALF_DOWN] = {"half_down", "^D", IN_ALL, "move", "half a page down", "", NULL},
	[ACTION_FIRST] = {"first", "Home g", IN_ALL, "move", "to the first", "first, last", NULL},
	[ACTION_LAST] = {"last", "End G", IN_ALL, "move", "to the last", "", NULL},
	[ACTION_PREVIOUS_TARGET] = {"previous_target", "Left h", IN_DETAIL | IN_GRID, "move", "the target before", "other target", "target"},
	[ACTION_NEXT_TARGET] = {"next_target", "Right l", IN_DETAIL | IN_GRID, "move", "the target after", "", NULL},
	[ACTION_SCROLL_LEFT] = {"scroll_left", "Left h", IN_BODY, "move", "to the left, where not wrapped", "aside, where not wrapped", NULL},
	[ACTION_SCROLL_RIGHT] = {"scroll_right", "Right l", IN_BODY, "move", "to the right, where not wrapped", "", NULL},
	[ACTION_NEXT_AREA] = {"next_area", "Tab", IN_MAIN | IN_DETAIL | IN_INCIDENT | IN_BODY, "move", "next area of the screen", "next, previous area", "section"},
	[ACTION_PREVIOUS_AREA] = {"previous_area", "Shift-Tab", IN_MAIN | IN_DETAIL | IN_INCIDENT | IN_BODY, "move", "previous area of the screen", "", NULL},

	[ACTION_OPEN] = {"open", "Enter", IN_LISTS | IN_MENU | IN_COLUMNS | IN_GRID | IN_INCIDENT | IN_DETAIL, "look", "open what is selected", "open the selected", "open"},
	[ACTION_OPEN_RIGHT] = {"open_right", "Right", IN_LISTS | IN_MENU | IN_INCIDENT, "look", "open, where it does not move", "", NULL},
	[ACTION_BACK] = {"back", "Esc Backspace", IN_ALL, "look", "back, drop filter", NULL, "back"},
	[ACTION_CLOSE] = {"close", "q", IN_ALL, "look", "back; at top: quit", NULL, "quit"},
	[ACTION_ERRORS] = {"errors", "e", IN_TARGETS & ~IN_ERRORS, "look", "errors, full screen", NULL, "errors"},
	[ACTION_FILTER] = {"filter", "/", IN_LISTS | IN_GRID, "look", "filter as you type", NULL, "filter"},
	[ACTION_NEXT_MATCH] = {"next_match", "n", IN_LISTS, "look", "next match", "next, previous match", NULL},
	[ACTION_PREVIOUS_MATCH] = {"previous_match", "N", IN_LISTS, "look", "previous match", "", NULL},
	[ACTION_KINDS] = {"kinds", "c", IN_ERRORS, "look", "one kind of errors, the next", NULL, "kinds"},
	[ACTION_OPEN_ONLY] = {"open_only", "o", IN_ERRORS, "look", "open ones only", NULL, "open only"},
	[ACTION_FOLD] = {"fold", "t", IN_ERRORS, "look", "fold what is alike", NULL, "fold"},
	[ACTION_BODY] = {"body", "b", IN_TARGETS, "look", "the last bad answer, whole", NULL, "body"},
	[ACTION_SEARCH] = {"search", "/", IN_BODY, "look", "search", NULL, NULL},
	[ACTION_NEXT_FOUND] = {"next_found", "n", IN_BODY, "look", "next place found", "next, previous found", NULL},
	[ACTION_PREVIOUS_FOUND] = {"previous_found", "N", IN_BODY, "look", "previous place found", "", NULL},
	[ACTION_WRAP] = {"wrap", "W", IN_BODY, "look", "wrap long lines or not", NULL, NULL},
	[ACTION_NUMBERS] = {"numbers", "#", IN_BODY, "look", "line numbers", NULL, NULL},
	[ACTION_NEXT_TROUBLE] = {"next_trouble", "n Tab", IN_GRID, "look", "next trouble", "next, previous trouble", NULL},
	[ACTION_PREVIOUS_TROUBLE] = {"previous_trouble", "N Shift-Tab", IN_GRID, "look", "previous trouble", "", NULL},
	[ACTION_GROUPS] = {"groups", "t", IN_MAIN, "look", "groups on, off", NULL, "groups"},
	[ACTION_GRID] = {"grid", "v", IN_MAIN | IN_GRID, "look", "grid, a cell a target", NULL, "grid"},
	[ACTION_SORT] = {"sort", "s F6", IN_MAIN, "look", "sort by a column", NULL, "sort"},
	[ACTION_REVERSE] = {"reverse", "S", IN_MAIN, "look", "reverse the sorting", NULL, NULL},
	[ACTION_SORT_LEFT] = {"sort_left", "<", IN_MAIN, "look", "sort by the column on the left", "sort column beside", NULL},
	[ACTION_SORT_RIGHT] = {"sort_right", ">", IN_MAIN, "look", "sort by the column on the right", "", NULL},
	[ACTION_COLUMNS] = {"columns", "C", IN_MAIN | IN_COLUMNS, "look", "choose columns", NULL, "columns"},
	[ACTION_COLUMN_TOGGLE] = {"column_toggle", "Space", IN_COLUMNS, "look", "show the column or not", NULL, NULL},
	[ACTION_COLUMN_LEFT] = {"column_left", "<", IN_COLUMNS, "look", "move the column to the left", "move the column", NULL},
	[ACTION_COLUMN_RIGHT] = {"column_right", ">", IN_COLUMNS, "look", "move the column to the right", "", NULL},
	[ACTION_EXPLAIN] = {"explain", "?", IN_MENU | IN_COLUMNS, "look", "what a column's number is", NULL, NULL},
	[ACTION_VIEW_1] = {"view_1", "1", IN_MAIN | IN_GRID, "look", "saved view 1", "saved views", NULL},
	[ACTION_VIEW_2] = {"view_2", "2", IN_MAIN | IN_GRID, "look", "saved view 2", "", NULL},
	[ACTION_VIEW_3] = {"view_3", "3", IN_MAIN | IN_GRID, "look", "saved view 3", "", NULL},
	[ACTION_VIEW_4] = {"view_4", "4", IN_MAIN | IN_GRID, "look", "saved view 4", "", NULL},
	[ACTION_VIEW_5] = {"view_5", "5", IN_MAIN | IN_GRID, "look", "saved view 5", "", NULL},
	[ACTION_VIEW_6] = {"view_6", "6", IN_MAIN | IN_GRID, "look", "saved view 6", "", NULL},
	[ACTION_VIEW_7] = {"view_7", "7", IN_MAIN | IN_GRID, "look", "saved view 7", "", NULL},
	[ACTION_VIEW_8] = {"view_8", "8", IN_MAIN | IN_GRID, "look", "saved view 8", "", NULL},
	[ACTION_VIEW_9] = {"view_9", "9", IN_MAIN | IN_GRID, "look", "saved view 9", "", NULL},
	[ACTION_SCALE] = {"scale", "z", IN_MAIN, "look", "scale of histories", NULL, "scale"},
	[ACTION_LINEAR] = {"linear", "z", IN_DETAIL, "look", "chart: log or linear", NULL, "scale"},
	[ACTION_CHART_VIEW] = {"chart_view", "v", IN_DETAIL, "look", "chart, heat, histogram", NULL, "view"},
	[ACTION_THEME] = {"theme", "T", IN_VIEWS, "look", "next theme", NULL, "theme"},
	[ACTION_HELP] = {"help", "? F1", IN_VIEWS, "look", "this help", NULL, "help"},

	[ACTION_ZOOM_IN] = {"zoom_in", "+ =", IN_MAIN | IN_DETAIL | IN_GRID, "time", "finer bins of time", "zoom the time axis", "zoom"},
	[ACTION_ZOOM_OUT] = {"zoom_out", "-", IN_MAIN | IN_DETAIL | IN_GRID, "time", "wider bins of time", "", NULL},
	[ACTION_ZOOM_RESET] = {"zoom_reset", "0", IN_MAIN | IN_DETAIL | IN_GRID, "time", "zoom back", NULL, NULL},
	[ACTION_FREEZE] = {"freeze", "Z", IN_VIEWS, "time", "freeze the picture", NULL, "freeze"},
	[ACTION_TIME_BACK] = {"time_back", "[", IN_VIEWS, "time", "a bin back in time", "a bin back, forth", NULL},
	[ACTION_TIME_FORTH] = {"time_forth", "]", IN_VIEWS, "time", "a bin forth in time", "", NULL},
	[ACTION_INCIDENT_BACK] = {"incident_back", "{", IN_VIEWS, "time", "to the incident before", "incident before, after", NULL},
	[ACTION_INCIDENT_FORTH] = {"incident_forth", "}", IN_VIEWS, "time", "to the incident after", "", NULL},
	[ACTION_LIVE] = {"live", ".", IN_VIEWS, "time", "back to now", NULL, NULL},
	[ACTION_LIVE_TOO] = {"live_too", "Esc End", IN_PAST, "time", "back to now, from the past", NULL, NULL},

	[ACTION_CHECK] = {"check_now", "Space", IN_VIEWS, "act", "check now", NULL, "check now"},
	[ACTION_PAUSE] = {"pause", "p", IN_VIEWS, "act", "pause or resume the target", "pause target, all", "pause"},
	[ACTION_PAUSE_ALL] = {"pause_all", "P", IN_VIEWS, "act", "pause or resume all", "", NULL},
	[ACTION_ACKNOWLEDGE] = {"acknowledge", "a", IN_VIEWS, "act", "acknowledge, again: not", NULL, "acknowledge"},
	[ACTION_COPY] = {"copy", "y", IN_VIEWS, "act", "copy the line", "copy line, evidence", "copy"},
	[ACTION_COPY_EVIDENCE] = {"copy_evidence", "Y", IN_VIEWS, "act", "copy the evidence", "", "copy evidence"},
	[ACTION_COPY_COMMAND] = {"copy_command", "c", IN_DETAIL, "act", "copy the check as curl", NULL, "copy curl"},
	[ACTION_WRITE] = {"write", "w", IN_VIEWS, "act", "write into a file", NULL, "write"},
	[ACTION_RELOAD] = {"reload", "r", IN_VIEWS, "act", "read configuration", NULL, NULL},
	[ACTION_MOUSE] = {"mouse", "m", IN_VIEWS, "act", "mouse on, off", NULL, NULL},
	[ACTION_SOUND] = {"sound", "M", IN_VIEWS, "act", "notifications on, off", NULL, NULL},
	[ACTION_REDRAW] = {"redraw", "^L", IN_ANY, "act", "draw all anew", NULL, NULL},
	[ACTION_SUSPEND] = {"suspend", "^Z", IN_ANY, "act", "suspend", NULL, NULL},
	[ACTION_QUIT_PICTURE] = {"quit_picture", "Q", IN_VIEWS, "act", "quit, keep picture", NULL, NULL},
	[ACTION_QUIT] = {"quit", "^C", IN_ANY, "act", "quit at once", NULL, NULL},
};
/* clang-format on */

enum action action_by_name(const char *name)
{
	for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
		if (strcmp(action_table[i].name, name) == 0)
			return (enum action)i;
	return ACTION_NONE;
}

static void print_places(FILE *out, unsigned where)
{
	static const struct {
		unsigned where;
		const char *name;
	} places[] = {{IN_TABLE, "table"},     {IN_PANE, "pane"}, {IN_DETAIL, "target"},
		      {IN_ERRORS, "errors"},   {IN_GRID, "grid"}, {IN_INCIDENT, "incident"},
		      {IN_BODY, "answer"},     {IN_PAST, "past"}, {IN_MENU, "menu"},
		      {IN_COLUMNS, "columns"}, {IN_HELP, "help"}};
	const char *comma = "";

	if ((where & IN_VIEWS) == IN_VIEWS) {
		fputs("everywhere", out);
		return;
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (where & places[i].where) {
			fprintf(out, "%s%s", comma, places[i].name);
			comma = ", ";
		}
	}
}

void keymap_print(FILE *out)
{
	const char *group = "";

	for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
		const struct action_info *info = &action_table[action];

		if (strcmp(group, info->group) != 0)
			fprintf(out, "%s%s:\n", action == ACTION_NONE + 1 ? "" : "\n", info->group);
		group = info->group;
		fprintf(out, "  %-16s %-14s %-32s ", info->name, info->keys, info->help);
		print_places(out, info->where);
		fputc('\n', out);
	}
}
