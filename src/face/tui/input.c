/*
 * The input line of the filter. Pure.
 */
#include "face/tui/input.h"

#include <string.h>

#include "base/text.h"

#define KEY_BACKSPACE	127
#define KEY_BACKSPACE_8 8
#define KEY_DELETE_WORD ('W' - 'A' + 1)
#define KEY_DELETE_LINE ('U' - 'A' + 1)
#define KEY_RETURN	13
#define KEY_LINEFEED	10
#define KEY_ESCAPE	27

void input_begin(struct input *input, const char *text)
{
	text_copy(input->text, sizeof(input->text), text);
	input->active = true;
	input->selected = false;
}

void input_begin_anew(struct input *input, const char *text)
{
	input_begin(input, text);
	input->selected = text[0] != '\0';
}

static void delete_character(char *text)
{
	size_t length = strlen(text);

	while (length && ((unsigned char)text[--length] & 0xc0) == 0x80)
		;
	text[length] = '\0';
}

static void delete_word(char *text)
{
	size_t length = strlen(text);

	while (length && text[length - 1] == ' ')
		length--;
	while (length && text[length - 1] != ' ')
		length--;
	text[length] = '\0';
}

/* What a terminal pastes is outside text as any other: only what text_clean() would let pass is
 * taken. */
static void insert(char *text, int key)
{
	size_t length = strlen(text);
	char character[5] = "";
	int bytes = text_encode((uint32_t)key, character);

	character[bytes] = '\0';
	if (length + (size_t)bytes < FILTER_TEXT_MAX && text_is_clean(character, TEXT_LINE))
		memcpy(text + length, character, (size_t)bytes + 1);
}

enum input_result input_key(struct input *input, int key)
{
	bool selected = input->selected;

	input->selected = false;
	switch (key) {
	case KEY_RETURN:
	case KEY_LINEFEED:
		input->active = false;
		return INPUT_KEPT;
	case KEY_ESCAPE:
		input->active = false;
		input->text[0] = '\0';
		return INPUT_DROPPED;
	case KEY_BACKSPACE:
	case KEY_BACKSPACE_8:
		delete_character(input->text);
		return INPUT_CHANGED;
	case KEY_DELETE_WORD:
		delete_word(input->text);
		return INPUT_CHANGED;
	case KEY_DELETE_LINE:
		input->text[0] = '\0';
		return INPUT_CHANGED;
	default:
		if (key < ' ' || key >= 0x110000)
			return INPUT_NOT_MINE;
		if (selected)
			input->text[0] = '\0';
		insert(input->text, key);
		return INPUT_CHANGED;
	}
}
