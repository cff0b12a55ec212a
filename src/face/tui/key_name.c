/*
 * Keys by name: as [keys] writes them and as the screen shows them. Pure; main thread.
 */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "face/tui/keymap.h"
#include "face/tui/term.h"

#define KEY_ESCAPE    27
#define KEY_RETURN    13
#define KEY_BACK      127
#define KEY_TABULATOR 9

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

void key_format(char out[KEY_NAME_MAX], int key, bool ascii)
{
	for (size_t i = 0; i < KEY_NAMES; i++) {
		if (key_names[i].key == key) {
			text_copy(out, KEY_NAME_MAX,
				  ascii || !key_names[i].sign ? key_names[i].name
							      : key_names[i].sign);
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
