#ifndef WEBMON_FACE_TUI_KEYMAP_H
#define WEBMON_FACE_TUI_KEYMAP_H
/*
 * The one table of actions: what a person can ask for, by which keys, where, and how the help words
 * it. Key lines, help screen, [keys] and the README's list are made from it.
 */
#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "model/config.h"

/* Where a key is pressed: bits, so that a table row can name several. */
enum place {
	IN_TABLE = 1,
	IN_PANE = 2, /* the errors below the table */
	IN_DETAIL = 4,
	IN_ERRORS = 8, /* the errors on a screen of their own */
	IN_MENU = 16,
	IN_HELP = 32,
	IN_PROMPT = 64, /* a line being typed over a screen */
	IN_GRID = 128,
	IN_INCIDENT = 256,
	IN_BODY = 512, /* an answer being read */
	IN_COLUMNS = 2048, /* the menu of columns */
	IN_PAST = 1024, /* any screen, while it shows the past */
	IN_MAIN = IN_TABLE | IN_PANE,
	IN_LISTS = IN_MAIN | IN_ERRORS,
	IN_VIEWS = IN_LISTS | IN_DETAIL | IN_GRID | IN_INCIDENT | IN_BODY,
	IN_TARGETS = IN_LISTS | IN_DETAIL | IN_GRID | IN_INCIDENT,
	IN_ALL = IN_VIEWS | IN_MENU | IN_COLUMNS | IN_HELP,
	IN_ANY = IN_ALL | IN_PROMPT,
};

enum action {
	ACTION_NONE,
	/* move */
	ACTION_UP,
	ACTION_DOWN,
	ACTION_PAGE_UP,
	ACTION_PAGE_DOWN,
	ACTION_HALF_UP,
	ACTION_HALF_DOWN,
	ACTION_FIRST,
	ACTION_LAST,
	ACTION_PREVIOUS_TARGET,
	ACTION_NEXT_TARGET,
	ACTION_SCROLL_LEFT,
	ACTION_SCROLL_RIGHT,
	ACTION_NEXT_AREA,
	ACTION_PREVIOUS_AREA,
	/* look */
	ACTION_OPEN,
	ACTION_OPEN_RIGHT, /* the same by another key, where that does not move */
	ACTION_BACK,
	ACTION_CLOSE,
	ACTION_ERRORS,
	ACTION_FILTER,
	ACTION_NEXT_MATCH,
	ACTION_PREVIOUS_MATCH,
	ACTION_KINDS,
	ACTION_OPEN_ONLY,
	ACTION_FOLD,
	ACTION_BODY,
	ACTION_SEARCH,
	ACTION_NEXT_FOUND,
	ACTION_PREVIOUS_FOUND,
	ACTION_WRAP,
	ACTION_NUMBERS,
	ACTION_NEXT_TROUBLE,
	ACTION_PREVIOUS_TROUBLE,
	ACTION_GROUPS,
	ACTION_GRID,
	ACTION_SORT,
	ACTION_REVERSE,
	ACTION_SORT_LEFT,
	ACTION_SORT_RIGHT,
	ACTION_COLUMNS,
	ACTION_COLUMN_TOGGLE,
	ACTION_COLUMN_LEFT,
	ACTION_COLUMN_RIGHT,
	ACTION_EXPLAIN,
	ACTION_VIEW_1,
	ACTION_VIEW_2,
	ACTION_VIEW_3,
	ACTION_VIEW_4,
	ACTION_VIEW_5,
	ACTION_VIEW_6,
	ACTION_VIEW_7,
	ACTION_VIEW_8,
	ACTION_VIEW_9,
	ACTION_SCALE,
	ACTION_LINEAR,
	ACTION_CHART_VIEW,
	ACTION_THEME,
	ACTION_HELP,
	/* time */
	ACTION_ZOOM_IN,
	ACTION_ZOOM_OUT,
	ACTION_ZOOM_RESET,
	ACTION_FREEZE,
	ACTION_TIME_BACK,
	ACTION_TIME_FORTH,
	ACTION_INCIDENT_BACK,
	ACTION_INCIDENT_FORTH,
	ACTION_LIVE,
	ACTION_LIVE_TOO, /* by keys that mean something else while now is shown */
	/* act */
	ACTION_CHECK,
	ACTION_PAUSE,
	ACTION_PAUSE_ALL,
	ACTION_ACKNOWLEDGE,
	ACTION_COPY,
	ACTION_COPY_EVIDENCE,
	ACTION_COPY_COMMAND,
	ACTION_WRITE,
	ACTION_RELOAD,
	ACTION_MOUSE,
	ACTION_SOUND,
	ACTION_REDRAW,
	ACTION_SUSPEND,
	ACTION_QUIT_PICTURE,
	ACTION_QUIT,
	ACTION_COUNT
};

struct action_info {
	const char *name;  /* in [keys]: "check_now" */
	const char *keys;  /* the default ones, blanks between */
	unsigned where;    /* enum place */
	const char *group; /* heading in the help */
	const char *help;  /* what it does */
	const char *joint; /* help for it and those after it that have ""; NULL: it stands alone */
	const char *hint;  /* word in the key line; NULL: the help's */
};

extern const struct action_info action_table[ACTION_COUNT];

/* By name; ACTION_NONE where unknown. */
enum action action_by_name(const char *name);

#define KEYS_PER_ACTION 6

struct keymap {
	int keys[ACTION_COUNT][KEYS_PER_ACTION]; /* 0: no more */
};

/* The defaults. */
void keymap_init(struct keymap *keymap);

/*
 * Lays [keys] of the configuration over it. A binding replaces all keys of its action; a key it
 * takes is taken from whoever had it in the same place. Mistakes are warnings; the binding is then
 * left out. ^C quits whatever is bound.
 */
void keymap_bind(struct keymap *keymap, const struct config *config, struct errors *errors);

/* What the key asks for there; ACTION_NONE where nothing. */
enum action keymap_find(const struct keymap *keymap, int key, unsigned where);

/* "Enter", "^L", "PgUp", "F6", "Shift-Tab", "+" or any one character, into enum key_code; 0 where
 * it is no key. */
int key_parse(const char *name);

#define KEY_NAME_MAX 16

/* As the screen shows it: "↵", "PgUp", "^L". In ASCII "Enter", never a sign: as key_parse() reads
 * it. */
void key_format(char out[KEY_NAME_MAX], int key, bool ascii);

/*
 * One line of help: the keys of an action and of those told together with it, as "↑ ↓  k j", and
 * the words. A cursor of 0 begins; returns false at the end. Only what can be done in `where`.
 */
struct help_line {
	enum action action; /* the first told in this line */
	const char *group, *help;
	char keys[96];
};

bool keymap_help(const struct keymap *keymap, unsigned where, bool ascii, int *cursor,
		 struct help_line *line);

/* The first key of an action as the key line shows it; "" where it has none. */
void keymap_hint(const struct keymap *keymap, enum action action, bool ascii,
		 char out[KEY_NAME_MAX]);

/* The whole table for --help and the README. */
void keymap_print(FILE *out);

#endif
