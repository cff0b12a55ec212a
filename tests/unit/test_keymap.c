/*
 * Keys: every action can be reached and is in the help, no key means two things in one place, and
 * [keys] of the configuration is obeyed or warned of.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/text.h"
#include "face/tui/keymap.h"
#include "face/tui/term.h"

static const unsigned places[] = {IN_TABLE,  IN_PANE, IN_DETAIL, IN_ERRORS,
				  IN_MENU,   IN_HELP, IN_PROMPT, IN_GRID,
				  IN_INCIDENT, IN_BODY, IN_PAST,
				  IN_COLUMNS};

#define PLACES (sizeof(places) / sizeof(places[0]))

static void every_action_has_a_key_and_a_place(void **state)
{
	struct keymap keymap;

	(void)state;
	keymap_init(&keymap);
	for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
		const struct action_info *info = &action_table[action];

		assert_non_null(info->name);
		assert_true(info->where != 0);
		assert_true(keymap.keys[action][0] != 0);
		for (size_t i = 0; i < PLACES; i++)
			if (info->where & places[i])
				assert_int_equal(
					keymap_find(&keymap, keymap.keys[action][0], places[i]),
					action);
	}
}

static void no_key_means_two_things_in_one_place(void **state)
{
	struct keymap keymap;

	(void)state;
	keymap_init(&keymap);
	for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++)
		for (int i = 0; i < KEYS_PER_ACTION && keymap.keys[action][i]; i++)
			for (size_t p = 0; p < PLACES; p++)
				if (action_table[action].where & places[p])
					assert_int_equal(keymap_find(&keymap,
								     keymap.keys[action][i],
								     places[p]),
							 action);
}

static void names_are_unique(void **state)
{
	(void)state;
	for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++)
		assert_int_equal(action_by_name(action_table[action].name), action);
	assert_int_equal(action_by_name("no_such"), ACTION_NONE);
}

/* Collects the keys of all help lines of a place, blanks around each. */
static void help_of(const struct keymap *keymap, unsigned where, bool ascii, char out[4096])
{
	struct help_line line;
	int cursor = 0;

	size_t length = text_copy(out, 4096, " ");

	while (keymap_help(keymap, where, ascii, &cursor, &line)) {
		assert_non_null(line.help);
		length += text_format(out + length, 4096 - length, "%s ", line.keys);
	}
}

static void every_action_is_in_the_help_of_its_place(void **state)
{
	struct keymap keymap;

	(void)state;
	keymap_init(&keymap);
	for (size_t p = 0; p < PLACES; p++) {
		char help[4096];

		help_of(&keymap, places[p], false, help);
		for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
			char name[KEY_NAME_MAX], word[KEY_NAME_MAX + 2];

			if (!(action_table[action].where & places[p]))
				continue;
			key_format(name, keymap.keys[action][0], false);
			text_format(word, sizeof(word), " %s ", name);
			if (!strstr(help, word))
				fail_msg("'%s' (%s) is not in the help: %s",
					 action_table[action].name, name, help);
		}
	}
}

static void help_in_ascii_is_ascii(void **state)
{
	struct keymap keymap;
	char help[4096];

	(void)state;
	keymap_init(&keymap);
	help_of(&keymap, IN_ALL, true, help);
	for (const char *c = help; *c; c++)
		assert_in_range(*c, ' ', '~');
}

static void k_and_h_only_move(void **state)
{
	struct keymap keymap;

	(void)state;
	keymap_init(&keymap);
	for (size_t p = 0; p < PLACES; p++) {
		enum action k = keymap_find(&keymap, 'k', places[p]),
			    h = keymap_find(&keymap, 'h', places[p]);

		assert_true(k == ACTION_UP || places[p] == IN_PROMPT || places[p] == IN_PAST);
		assert_true(h == ACTION_NONE || h == ACTION_PREVIOUS_TARGET ||
			    h == ACTION_SCROLL_LEFT);
	}
}

static void reads_key_names(void **state)
{
	static const struct {
		const char *name;
		int key;
	} cases[] = {
		{"a", 'a'},
		{"A", 'A'},
		{"?", '?'},
		{"Space", ' '},
		{"Enter", 13},
		{"esc", 27},
		{"Tab", 9},
		{"^L", 12},
		{"Ctrl-l", 12},
		{"C-L", 12},
		{"^C", 3},
		{"F1", TERM_KEY_F1},
		{"f12", TERM_KEY_F12},
		{"F13", 0},
		{"F0", 0},
		{"PgUp", TERM_KEY_PAGE_UP},
		{"Shift-Tab", TERM_KEY_BACKTAB},
		{"ä", 0xe4},
		{"", 0},
		{" ", 0},
		{"Enterr", 0},
		{"^", '^'},
		{"^1", 0},
		{"ab", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(key_parse(cases[i].name), cases[i].key);
}

static void writes_names_that_it_reads(void **state)
{
	struct keymap keymap;

	(void)state;
	keymap_init(&keymap);
	for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
		for (int i = 0; i < KEYS_PER_ACTION && keymap.keys[action][i]; i++) {
			char name[KEY_NAME_MAX];

			key_format(name, keymap.keys[action][i], true);
			assert_int_equal(key_parse(name), keymap.keys[action][i]);
		}
	}
}

/* Binds and counts the warnings; their text goes to *first. */
static size_t bind(struct keymap *keymap, struct binding *bindings, size_t count, char first[256])
{
	struct config config = {.bindings = bindings, .binding_count = count};
	struct errors errors = {0};
	size_t warnings;

	for (size_t i = 0; i < count; i++) {
		bindings[i].file = "webmon.ini";
		bindings[i].line = (int)i + 7;
	}
	keymap_init(keymap);
	keymap_bind(keymap, &config, &errors);
	assert_int_equal(errors.fatal, 0);
	warnings = errors.count;
	first[0] = '\0';
	if (warnings)
		text_copy(first, 256, errors.items[0].text);
	errors_free(&errors);
	return warnings;
}

static void a_binding_replaces_the_keys(void **state)
{
	struct binding bindings[] = {{.action = "check_now", .keys = "x, F5"},
				     {.action = "errors", .keys = "E"}};
	struct keymap keymap;
	char first[256];

	(void)state;
	assert_int_equal(bind(&keymap, bindings, 2, first), 0);
	assert_int_equal(keymap_find(&keymap, 'x', IN_TABLE), ACTION_CHECK);
	assert_int_equal(keymap_find(&keymap, TERM_KEY_F1 + 4, IN_TABLE), ACTION_CHECK);
	assert_int_equal(keymap_find(&keymap, ' ', IN_TABLE), ACTION_NONE);
	assert_int_equal(keymap_find(&keymap, 'E', IN_DETAIL), ACTION_ERRORS);
}

static void every_action_can_be_bound_anew(void **state)
{
	(void)state;
	for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
		struct binding binding = {.action = action_table[action].name, .keys = "ж"};
		struct keymap keymap;
		char first[256], name[KEY_NAME_MAX];

		assert_int_equal(bind(&keymap, &binding, 1, first), 0);
		for (size_t p = 0; p < PLACES; p++)
			if (action_table[action].where & places[p])
				assert_int_equal(keymap_find(&keymap, 0x436, places[p]), action);
		keymap_hint(&keymap, (enum action)action, false, name);
		assert_string_equal(name, "ж");
	}
}

static void a_key_is_taken_from_its_holder(void **state)
{
	struct binding bindings[] = {{.action = "freeze", .keys = "F6"},
				     {.action = "pause", .keys = "z"}};
	struct keymap keymap;
	char first[256];

	(void)state;
	assert_true(bind(&keymap, bindings, 2, first) >= 1);
	assert_non_null(strstr(first, "without a key")); /* "scale" had only z */
	assert_int_equal(keymap_find(&keymap, TERM_KEY_F1 + 5, IN_TABLE), ACTION_FREEZE);
	assert_int_equal(keymap_find(&keymap, 's', IN_TABLE), ACTION_SORT);
	assert_int_equal(keymap_find(&keymap, 'z', IN_TABLE), ACTION_PAUSE);
}

static void mistakes_are_warnings_with_file_and_line(void **state)
{
	static const struct {
		const char *action, *keys, *warning;
	} cases[] = {
		{"chek_now", "c",
		 "webmon.ini:7: warning: unknown action 'chek_now', did you mean 'check_now'?"},
		{"xyzzyxyzzy", "c", "webmon.ini:7: warning: unknown action 'xyzzyxyzzy'"},
		{"pause", "Hyper-x", "webmon.ini:7: warning: 'Hyper-x' is no key"},
		{"pause", "1 2 3 4 5 6 7", "webmon.ini:7: warning: more than 6 keys for 'pause'"},
		{"pause", "^C", "webmon.ini:7: warning: key '^C' already means 'quit'"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct binding binding = {.action = cases[i].action, .keys = cases[i].keys};
		struct keymap keymap;
		char first[256];

		assert_int_equal(bind(&keymap, &binding, 1, first), 1);
		assert_int_equal(strncmp(first, cases[i].warning, strlen(cases[i].warning)), 0);
	}
}

static void two_bindings_of_one_key_are_told(void **state)
{
	struct binding bindings[] = {{.action = "pause", .keys = "x"},
				     {.action = "check_now", .keys = "x"}};
	struct keymap keymap;
	char first[256];

	(void)state;
	assert_int_equal(bind(&keymap, bindings, 2, first), 1);
	assert_string_equal(first, "webmon.ini:8: warning: key 'x' already means 'pause'");
	assert_int_equal(keymap_find(&keymap, 'x', IN_TABLE), ACTION_PAUSE);
}

static void control_c_always_quits(void **state)
{
	struct binding binding = {.action = "quit", .keys = "F10"};
	struct keymap keymap;
	char first[256];

	(void)state;
	assert_int_equal(bind(&keymap, &binding, 1, first), 0);
	assert_int_equal(keymap_find(&keymap, 3, IN_DETAIL), ACTION_QUIT);
	assert_int_equal(keymap_find(&keymap, TERM_KEY_F1 + 9, IN_DETAIL), ACTION_QUIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_action_has_a_key_and_a_place),
		cmocka_unit_test(no_key_means_two_things_in_one_place),
		cmocka_unit_test(names_are_unique),
		cmocka_unit_test(every_action_is_in_the_help_of_its_place),
		cmocka_unit_test(help_in_ascii_is_ascii),
		cmocka_unit_test(k_and_h_only_move),
		cmocka_unit_test(reads_key_names),
		cmocka_unit_test(writes_names_that_it_reads),
		cmocka_unit_test(a_binding_replaces_the_keys),
		cmocka_unit_test(every_action_can_be_bound_anew),
		cmocka_unit_test(a_key_is_taken_from_its_holder),
		cmocka_unit_test(mistakes_are_warnings_with_file_and_line),
		cmocka_unit_test(two_bindings_of_one_key_are_told),
		cmocka_unit_test(control_c_always_quits),
	};

	return cmocka_run_group_tests_name("keymap", tests, NULL, NULL);
}
