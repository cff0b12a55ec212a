/*
 * Keys to actions: the defaults of the table with [keys] of the configuration laid over them. Pure;
 * main thread.
 */
#include "face/tui/keymap.h"

#include <string.h>

#include "base/text.h"
#include "face/tui/term.h"

#define KEY_INTERRUPT 3

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

		key_format(name, key, true);
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

/* Actions told together, as far as they mean something in `where`. */
struct span {
	int from, to;
	unsigned where;
};

/* "↑ ↓  k j": the first key of each action, then the second of each. Equal ones once. */
static void join_keys(const struct keymap *keymap, struct span span, bool ascii, char out[96])
{
	size_t length = 0;

	out[0] = '\0';
	for (int place = 0; place < KEYS_PER_ACTION; place++) {
		const char *blank = length ? "  " : "";

		for (int action = span.from; action < span.to; action++) {
			char name[KEY_NAME_MAX];

			if (!keymap->keys[action][place] ||
			    !(action_table[action].where & span.where))
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
			join_keys(keymap, (struct span){action, end, where}, ascii, line->keys);
			*cursor = end;
			return true;
		}
		action = end;
	}
	return false;
}
