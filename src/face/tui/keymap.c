/*
 * Keys to actions. Owns the one table of actions; everything that names a key or an action (key
 * lines, help, [keys], the README's list) reads it here. Pure; main thread.
 */
#include "face/tui/keymap.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "face/tui/term.h"

#define KEY_INTERRUPT 3
#define KEY_ESCAPE    27
#define KEY_RETURN    13
#define KEY_BACK      127
#define KEY_TABULATOR 9

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
	[ACTION_PREVIOUS_TARGET] = {"previous_target", "Left h", IN_DETAIL, "move", "the target before", "other target", "target"},
	[ACTION_NEXT_TARGET] = {"next_target", "Right l", IN_DETAIL, "move", "the target after", "", NULL},
	[ACTION_NEXT_AREA] = {"next_area", "Tab", IN_MAIN | IN_DETAIL, "move", "next area of the screen", "next, previous area", "section"},
	[ACTION_PREVIOUS_AREA] = {"previous_area", "Shift-Tab", IN_MAIN | IN_DETAIL, "move", "previous area of the screen", "", NULL},

	[ACTION_OPEN] = {"open", "Enter Right", IN_LISTS | IN_MENU, "look", "open the target", NULL, "open"},
	[ACTION_BACK] = {"back", "Esc Backspace", IN_ALL, "look", "back, drop filter", NULL, "back"},
	[ACTION_CLOSE] = {"close", "q", IN_ALL, "look", "back; at top: quit", NULL, "quit"},
	[ACTION_ERRORS] = {"errors", "e", IN_MAIN | IN_DETAIL, "look", "errors, full screen", NULL, "errors"},
	[ACTION_FILTER] = {"filter", "/", IN_LISTS, "look", "filter as you type", NULL, "filter"},
	[ACTION_NEXT_MATCH] = {"next_match", "n", IN_LISTS, "look", "next match", "next, previous match", NULL},
	[ACTION_PREVIOUS_MATCH] = {"previous_match", "N", IN_LISTS, "look", "previous match", "", NULL},
	[ACTION_OPEN_ONLY] = {"open_only", "o", IN_ERRORS, "look", "open ones only", NULL, "open only"},
	[ACTION_SORT] = {"sort", "s F6", IN_MAIN, "look", "sort by a column", NULL, "sort"},
	[ACTION_REVERSE] = {"reverse", "S", IN_MAIN, "look", "reverse the sorting", NULL, NULL},
	[ACTION_SORT_LEFT] = {"sort_left", "<", IN_MAIN, "look", "sort by the column on the left", "sort column beside", NULL},
	[ACTION_SORT_RIGHT] = {"sort_right", ">", IN_MAIN, "look", "sort by the column on the right", "", NULL},
	[ACTION_SCALE] = {"scale", "z", IN_MAIN, "look", "scale of histories", NULL, "scale"},
	[ACTION_LINEAR] = {"linear", "z", IN_DETAIL, "look", "chart: log or linear", NULL, "scale"},
	[ACTION_CHART_VIEW] = {"chart_view", "v", IN_DETAIL, "look", "chart, heat, histogram", NULL, "view"},
	[ACTION_THEME] = {"theme", "T", IN_VIEWS, "look", "next theme", NULL, "theme"},
	[ACTION_HELP] = {"help", "? F1", IN_VIEWS | IN_MENU, "look", "this help", NULL, "help"},

	[ACTION_ZOOM_IN] = {"zoom_in", "+ =", IN_MAIN | IN_DETAIL, "time", "finer bins of time", "zoom the time axis", "zoom"},
	[ACTION_ZOOM_OUT] = {"zoom_out", "-", IN_MAIN | IN_DETAIL, "time", "wider bins of time", "", NULL},
	[ACTION_ZOOM_RESET] = {"zoom_reset", "0", IN_MAIN | IN_DETAIL, "time", "zoom back", NULL, NULL},
	[ACTION_FREEZE] = {"freeze", "Z", IN_VIEWS, "time", "freeze the picture", NULL, "freeze"},

	[ACTION_CHECK] = {"check_now", "Space", IN_VIEWS, "act", "check now", NULL, "check now"},
	[ACTION_PAUSE] = {"pause", "p", IN_VIEWS, "act", "pause or resume the target", "pause target, all", "pause"},
	[ACTION_PAUSE_ALL] = {"pause_all", "P", IN_VIEWS, "act", "pause or resume all", "", NULL},
	[ACTION_COPY] = {"copy", "y", IN_VIEWS, "act", "copy the line", "copy line, evidence", "copy"},
	[ACTION_COPY_EVIDENCE] = {"copy_evidence", "Y", IN_VIEWS, "act", "copy the evidence", "", "copy evidence"},
	[ACTION_COPY_COMMAND] = {"copy_command", "c", IN_DETAIL, "act", "copy the check as curl", NULL, "copy curl"},
	[ACTION_MOUSE] = {"mouse", "m", IN_VIEWS, "act", "mouse on, off", NULL, NULL},
	[ACTION_REDRAW] = {"redraw", "^L", IN_ALL, "act", "draw all anew", NULL, NULL},
	[ACTION_SUSPEND] = {"suspend", "^Z", IN_ALL, "act", "suspend", NULL, NULL},
	[ACTION_QUIT_PICTURE] = {"quit_picture", "Q", IN_VIEWS, "act", "quit, keep picture", NULL, NULL},
	[ACTION_QUIT] = {"quit", "^C", IN_ALL, "act", "quit at once", NULL, NULL},
};
/* clang-format on */

struct key_name {
	const char *name, *sign; /* sign: where UTF-8 can be drawn; NULL: the name */
	int key;
};

/* clang-format off */
static const struct key_name key_names[] = {
	{"Up", "↑", TERM_KEY_UP},
	{"Down", "↓", TERM_KEY_DOWN},
	{"Left", "←", TERM_KEY_LEFT},
	{"Right", "→", TERM_KEY_RIGHT},
	{"PgUp", NULL, TERM_KEY_PAGE_UP},
	{"PgDn", NULL, TERM_KEY_PAGE_DOWN},
	{"Home", NULL, TERM_KEY_HOME},
	{"End", NULL, TERM_KEY_END},
	{"Ins", NULL, TERM_KEY_INSERT},
	{"Del", NULL, TERM_KEY_DELETE},
	{"Tab", NULL, KEY_TABULATOR},
	{"Shift-Tab", NULL, TERM_KEY_BACKTAB},
	{"Enter", "↵", KEY_RETURN},
	{"Esc", NULL, KEY_ESCAPE},
	{"Space", NULL, ' '},
	{"Backspace", NULL, KEY_BACK},
};
/* clang-format on */

#define KEY_NAMES (sizeof(key_names) / sizeof(key_names[0]))

enum action action_by_name(const char *name)
{
	for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
		if (strcmp(action_table[i].name, name) == 0)
			return (enum action)i;
	return ACTION_NONE;
}

/* "^L" "Ctrl-L" "C-l"; 0 where it is none of them. */
static int parse_control(const char *name)
{
	static const char *const prefix[] = {"^", "Ctrl-", "C-"};

	for (size_t i = 0; i < sizeof(prefix) / sizeof(prefix[0]); i++) {
		size_t length = strlen(prefix[i]);

		if (strncasecmp(name, prefix[i], length) == 0 && name[length] &&
		    !name[length + 1]) {
			int letter = name[length] & ~0x20;

			return letter >= 'A' && letter <= 'Z' ? letter - 'A' + 1 : 0;
		}
	}
	return 0;
}

/* "F1" to "F12". */
static int parse_function_key(const char *name)
{
	int number = 0;

	if (name[0] != 'F' && name[0] != 'f')
		return 0;
	for (const char *digit = name + 1; *digit; digit++) {
		if (*digit < '0' || *digit > '9' || digit > name + 2)
			return 0;
		number = number * 10 + (*digit - '0');
	}
	return number >= 1 && number <= 12 ? TERM_KEY_F1 + number - 1 : 0;
}

int key_parse(const char *name)
{
	uint32_t character;
	int bytes = text_decode(name, &character), key;

	if (bytes && !name[bytes])
		return character > ' ' && character != 0xfffd ? (int)character : 0;
	for (size_t i = 0; i < KEY_NAMES; i++)
		if (strcasecmp(key_names[i].name, name) == 0)
			return key_names[i].key;
	key = parse_control(name);
	return key ? key : parse_function_key(name);
}

static void format_key(char out[KEY_NAME_MAX], int key, bool signs)
{
	for (size_t i = 0; i < KEY_NAMES; i++) {
		if (key_names[i].key == key) {
			text_copy(out, KEY_NAME_MAX,
				  signs && key_names[i].sign ? key_names[i].sign
							     : key_names[i].name);
			return;
		}
	}
	if (key >= TERM_KEY_F1 && key <= TERM_KEY_F12) {
		text_format(out, KEY_NAME_MAX, "F%d", key - TERM_KEY_F1 + 1);
	} else if (key > 0 && key < ' ') {
		text_format(out, KEY_NAME_MAX, "^%c", key + 'A' - 1);
	} else {
		int bytes = key > 0 && key < 0x110000 ? text_encode((uint32_t)key, out) : 0;

		out[bytes] = '\0';
	}
}

void key_format(char out[KEY_NAME_MAX], int key, bool ascii)
{
	format_key(out, key, !ascii);
}

void key_format_words(char out[KEY_NAME_MAX], int key)
{
	format_key(out, key, false);
}

/* The next word of a list of keys, blanks between (and commas after, as people write lists). False
 * at the end. */
static bool next_word(const char **list, char word[KEY_NAME_MAX])
{
	size_t length;

	*list += strspn(*list, " \t\n");
	length = strcspn(*list, " \t\n");
	if (!length)
		return false;
	text_format(word, KEY_NAME_MAX, "%.*s", (int)length, *list);
	*list += length;
	length = strlen(word);
	if (length > 1 && word[length - 1] == ',')
		word[length - 1] = '\0';
	return true;
}

void keymap_init(struct keymap *keymap)
{
	memset(keymap, 0, sizeof(*keymap));
	for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
		const char *list = action_table[action].keys;
		char word[KEY_NAME_MAX];

		for (int i = 0; i < KEYS_PER_ACTION && next_word(&list, word); i++)
			keymap->keys[action][i] = key_parse(word);
	}
}

static void remove_key(int keys[KEYS_PER_ACTION], int key)
{
	int kept = 0;

	for (int i = 0; i < KEYS_PER_ACTION && keys[i]; i++)
		if (keys[i] != key)
			keys[kept++] = keys[i];
	while (kept < KEYS_PER_ACTION)
		keys[kept++] = 0;
}

static bool has_key(const int keys[KEYS_PER_ACTION], int key)
{
	for (int i = 0; i < KEYS_PER_ACTION && keys[i]; i++)
		if (keys[i] == key)
			return true;
	return false;
}

/* Whoever else has the key where `action` wants it; ACTION_NONE: nobody. */
static enum action holder(const struct keymap *keymap, enum action action, int key)
{
	for (int other = ACTION_NONE + 1; other < ACTION_COUNT; other++)
		if (other != (int)action &&
		    (action_table[other].where & action_table[action].where) &&
		    has_key(keymap->keys[other], key))
			return (enum action)other;
	return ACTION_NONE;
}

/* Reads the keys of one binding; false after having said what is wrong. */
static bool parse_binding(const struct binding *binding, int keys[KEYS_PER_ACTION],
			  struct errors *errors)
{
	const char *list = binding->keys;
	char word[KEY_NAME_MAX];
	int count = 0;

	while (next_word(&list, word)) {
		int key = key_parse(word);

		if (!key) {
			error_warn(errors, binding->file, binding->line,
				   "'%s' is no key; expected a character or one of Enter, Space, "
				   "PgUp, F1, ^L and the like",
				   word);
			return false;
		}
		if (count == KEYS_PER_ACTION) {
			error_warn(errors, binding->file, binding->line,
				   "more than %d keys for '%s'", KEYS_PER_ACTION, binding->action);
			return false;
		}
		keys[count++] = key;
	}
	return true;
}

/* Takes the keys from their holders, unless a binding gave it to them just before. */
static void take_keys(struct keymap *keymap, enum action action, const bool bound[ACTION_COUNT],
		      const struct binding *binding, struct errors *errors)
{
	int *keys = keymap->keys[action];

	for (int i = 0; i < KEYS_PER_ACTION && keys[i];) {
		int key = keys[i];
		char name[KEY_NAME_MAX];
		enum action other;

		key_format_words(name, key);
		while ((other = holder(keymap, action, key)) != ACTION_NONE) {
			if (bound[other] || other == ACTION_QUIT) {
				error_warn(errors, binding->file, binding->line,
					   "key '%s' already means '%s'", name,
					   action_table[other].name);
				remove_key(keys, key);
				break;
			}
			remove_key(keymap->keys[other], key);
			if (!keymap->keys[other][0])
				error_warn(errors, binding->file, binding->line,
					   "this leaves '%s' without a key",
					   action_table[other].name);
		}
		if (other == ACTION_NONE)
			i++;
	}
}

/* Whatever a person binds, ^C gets them out. */
static void keep_way_out(int keys[KEYS_PER_ACTION])
{
	int count = 0;

	while (count < KEYS_PER_ACTION - 1 && keys[count])
		count++;
	if (!has_key(keys, KEY_INTERRUPT))
		keys[count] = KEY_INTERRUPT;
}

static void warn_unknown_action(const struct binding *binding, struct errors *errors)
{
	const char *names[ACTION_COUNT - 1];
	const char *nearest;

	for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
		names[i - 1] = action_table[i].name;
	nearest = text_nearest(binding->action, names, ACTION_COUNT - 1);
	if (nearest)
		error_warn(errors, binding->file, binding->line,
			   "unknown action '%s', did you mean '%s'?", binding->action, nearest);
	else
		error_warn(errors, binding->file, binding->line,
			   "unknown action '%s'; `webmon --keys` lists them", binding->action);
}

void keymap_bind(struct keymap *keymap, const struct config *config, struct errors *errors)
{
	bool bound[ACTION_COUNT] = {false};

	for (size_t i = 0; i < config->binding_count; i++) {
		const struct binding *binding = &config->bindings[i];
		enum action action = action_by_name(binding->action);
		int keys[KEYS_PER_ACTION] = {0};

		if (action == ACTION_NONE) {
			warn_unknown_action(binding, errors);
			continue;
		}
		if (!parse_binding(binding, keys, errors))
			continue;
		memcpy(keymap->keys[action], keys, sizeof(keys));
		if (action == ACTION_QUIT)
			keep_way_out(keymap->keys[action]);
		take_keys(keymap, action, bound, binding, errors);
		bound[action] = true;
	}
}

enum action keymap_find(const struct keymap *keymap, int key, unsigned where)
{
	for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++)
		if ((action_table[action].where & where) && has_key(keymap->keys[action], key))
			return (enum action)action;
	return ACTION_NONE;
}

void keymap_hint(const struct keymap *keymap, enum action action, bool ascii,
		 char out[KEY_NAME_MAX])
{
	out[0] = '\0';
	if (keymap->keys[action][0])
		key_format(out, keymap->keys[action][0], ascii);
}

/* "↑ ↓  k j": the first key of each action, then the second of each. Equal ones once. */
static void join_keys(const struct keymap *keymap, int from, int to, bool ascii, char out[96])
{
	size_t length = 0;

	out[0] = '\0';
	for (int place = 0; place < KEYS_PER_ACTION; place++) {
		const char *blank = length ? "  " : "";

		for (int action = from; action < to; action++) {
			char name[KEY_NAME_MAX];

			if (!keymap->keys[action][place])
				continue;
			key_format(name, keymap->keys[action][place], ascii);
			length += text_format(out + length, 96 - length, "%s%s", blank, name);
			blank = " ";
		}
	}
}

/* In the line of the action before it. */
static bool is_told_before(const struct action_info *info)
{
	return info->joint && !info->joint[0];
}

bool keymap_help(const struct keymap *keymap, unsigned where, bool ascii, int *cursor,
		 struct help_line *line)
{
	for (int action = *cursor > 0 ? *cursor : ACTION_NONE + 1; action < ACTION_COUNT;) {
		int end = action + 1;

		while (end < ACTION_COUNT && is_told_before(&action_table[end]))
			end++;
		if (action_table[action].where & where) {
			line->action = (enum action)action;
			line->group = action_table[action].group;
			line->help = action_table[action].joint ? action_table[action].joint
								: action_table[action].help;
			join_keys(keymap, action, end, ascii, line->keys);
			*cursor = end;
			return true;
		}
		action = end;
	}
	return false;
}

static void print_places(FILE *out, unsigned where)
{
	static const struct {
		unsigned where;
		const char *name;
	} places[] = {{IN_TABLE, "table"},
		      {IN_PANE, "pane"},
		      {IN_DETAIL, "target"},
		      {IN_ERRORS, "errors"}};
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
