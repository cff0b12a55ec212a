/*
 * UTF-8: decoding, cleaning, measuring, cutting. The one idea: step() says for the next piece of
 * input what stands for it in the output; text_clean() writes that, text_is_clean() compares it
 * with the input, so both always agree. Plain ASCII, which is nearly everything, is passed over
 * eight bytes at a time. Pure functions; any thread.
 */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text_width.h"

#define REPLACEMENT 0xfffd
#define PIECE_MAX   16 /* bytes that one step can put out; a tab is 8 blanks */
#define MARKS_MAX   2  /* combining marks on one character; more only pile up over other lines */
#define TAB_STOP    8

struct step_state {
	enum text_mode mode;
	int column; /* since the last newline, for tabs */
	int marks;  /* on the last character; MARKS_MAX where there is none to stand on */
};

static bool is_continuation(unsigned char byte)
{
	return (byte & 0xc0) == 0x80;
}

/* One character of at most left bytes. Overlong forms, surrogates and what lies above U+10FFFF are
 * invalid. */
static int decode(const unsigned char *in, size_t left, uint32_t *character)
{
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	size_t length = in[0] < 0xc2   ? 0
			: in[0] < 0xe0 ? 2
			: in[0] < 0xf0 ? 3
			: in[0] < 0xf5 ? 4
				       : 0;
	uint32_t value;

	*character = REPLACEMENT;
	if (in[0] < 0x80) {
		*character = in[0];
		return 1;
	}
	if (length == 0 || length > left)
		return 1;
	value = in[0] & (0x7fU >> length);
	for (size_t i = 1; i < length; i++) {
		if (!is_continuation(in[i]))
			return 1;
		value = value << 6 | (in[i] & 0x3fU);
	}
	if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 1;
	*character = value;
	return (int)length;
}

/* How many bytes from in on are printable ASCII. */
static size_t plain_run(const unsigned char *in, size_t left)
{
	const uint64_t ones = 0x0101010101010101U, high = ones * 0x80;
	size_t i = 0;

	for (; i + 8 <= left; i += 8) {
		uint64_t word;

		memcpy(&word, in + i, sizeof(word));
		/* Not ASCII, or below the blank, or DEL: any of them sets some high bit. */
		if ((word | (word - ones * 0x20) | (word + ones)) & high)
			break;
	}
	while (i < left && in[i] >= 0x20 && in[i] < 0x7f)
		i++;
	return i;
}

static size_t put_escape(char piece[PIECE_MAX], uint32_t character)
{
	static const char digits[] = "0123456789abcdef";

	piece[0] = '\\';
	piece[1] = 'x';
	piece[2] = digits[character >> 4 & 15];
	piece[3] = digits[character & 15];
	return 4;
}

/* Newlines and tabs, the only control characters that mean something to a reader. */
static size_t put_blank(struct step_state *state, uint32_t character, char piece[PIECE_MAX])
{
	size_t length = 1;

	if (state->mode == TEXT_BLOCK && character != '\t') {
		piece[0] = '\n';
		state->column = 0;
		state->marks = MARKS_MAX;
		return 1;
	}
	if (state->mode == TEXT_BLOCK)
		length = (size_t)(TAB_STOP - state->column % TAB_STOP);
	memset(piece, ' ', length);
	state->column += (int)length;
	state->marks = 0;
	return length;
}

static size_t put_character(struct step_state *state, uint32_t character, char piece[PIECE_MAX])
{
	enum text_class cls = text_class(character);
	size_t length;

	if (cls == TEXT_COMBINING && state->marks < MARKS_MAX) {
		state->marks++;
		return (size_t)text_encode(character, piece);
	}
	if (cls == TEXT_CONTROL)
		length = put_escape(piece, character);
	else if (cls == TEXT_HIDDEN || cls == TEXT_COMBINING)
		length = (size_t)text_encode(0xb7, piece); /* · */
	else
		length = (size_t)text_encode(character, piece);
	state->column += cls == TEXT_CONTROL ? 4 : cls == TEXT_WIDE ? 2 : 1;
	state->marks = 0;
	return length;
}

/* Takes the next character (or line end) from in; returns its bytes, and what stands for it in
 * piece. */
static size_t step(struct step_state *state, const unsigned char *in, size_t left,
		   char piece[PIECE_MAX], size_t *length)
{
	uint32_t character;

	if (in[0] == '\n' || in[0] == '\r' || in[0] == '\t') {
		*length = put_blank(state, in[0], piece);
		return in[0] == '\r' && left > 1 && in[1] == '\n' ? 2 : 1;
	}
	int taken = decode(in, left, &character);
	*length = put_character(state, character, piece);
	return (size_t)taken;
}

size_t text_clean(char *out, size_t capacity, const void *in, size_t size, enum text_mode mode)
{
	const unsigned char *bytes = in;
	struct step_state state = {.mode = mode, .marks = MARKS_MAX};
	size_t used = 0;

	if (capacity == 0)
		return 0;
	while (size > 0 && used + 1 < capacity) {
		char piece[PIECE_MAX];
		size_t room = capacity - 1 - used;
		size_t length = plain_run(bytes, size < room ? size : room), taken = length;

		if (length > 0) {
			memcpy(out + used, bytes, length);
			state.column += (int)length;
			state.marks = 0;
		} else {
			taken = step(&state, bytes, size, piece, &length);
			if (length > room)
				break;
			memcpy(out + used, piece, length);
		}
		used += length;
		bytes += taken;
		size -= taken;
	}
	out[used] = '\0';
	return used;
}

bool text_is_clean(const char *text, enum text_mode mode)
{
	const unsigned char *bytes = (const unsigned char *)text;
	struct step_state state = {.mode = mode, .marks = MARKS_MAX};
	size_t left = strlen(text);

	while (left > 0) {
		char piece[PIECE_MAX];
		size_t length = plain_run(bytes, left), taken = length;

		if (length > 0) {
			state.marks = 0;
		} else {
			taken = step(&state, bytes, left, piece, &length);
			if (length != taken || memcmp(piece, bytes, length) != 0)
				return false;
		}
		bytes += taken;
		left -= taken;
	}
	return true;
}

int text_decode(const char *text, uint32_t *character)
{
	if (text[0] == '\0') {
		*character = 0;
		return 0;
	}
	if ((unsigned char)text[0] < 0x80) {
		*character = (unsigned char)text[0];
		return 1;
	}
	return decode((const unsigned char *)text, strnlen(text, 4), character);
}

int text_encode(uint32_t character, char out[4])
{
	if (character < 0x80) {
		out[0] = (char)character;
		return 1;
	}
	if (character < 0x800) {
		out[0] = (char)(0xc0 | character >> 6);
		out[1] = (char)(0x80 | (character & 0x3f));
		return 2;
	}
	if (character > 0x10ffff || (character >= 0xd800 && character <= 0xdfff))
		character = REPLACEMENT;
	if (character < 0x10000) {
		out[0] = (char)(0xe0 | character >> 12);
		out[1] = (char)(0x80 | (character >> 6 & 0x3f));
		out[2] = (char)(0x80 | (character & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | character >> 18);
	out[1] = (char)(0x80 | (character >> 12 & 0x3f));
	out[2] = (char)(0x80 | (character >> 6 & 0x3f));
	out[3] = (char)(0x80 | (character & 0x3f));
	return 4;
}

int text_char_width(uint32_t character)
{
	enum text_class cls = text_class(character);

	if (cls == TEXT_COMBINING || character == 0)
		return 0;
	return cls == TEXT_WIDE ? 2 : 1;
}

int text_width(const char *text)
{
	uint32_t character;
	int width = 0, length;

	for (; (length = text_decode(text, &character)) > 0; text += length)
		width += text_char_width(character);
	return width;
}

/* The length of text without a character that was cut at its end. */
static size_t whole_characters(const char *text, size_t length)
{
	size_t start = length;
	uint32_t character;

	while (start > 0 && length - start < 3 && is_continuation((unsigned char)text[start - 1]))
		start--;
	if (start == 0 || (unsigned char)text[start - 1] < 0xc2)
		return length;
	start--;
	if (decode((const unsigned char *)text + start, length - start, &character) == 1)
		return start;
	return length;
}

/* The bytes of text that fill at most width columns, combining marks of the last character
 * included. */
static size_t head_of(const char *text, int width, int *columns)
{
	size_t used = 0;
	uint32_t character;
	int length;

	*columns = 0;
	while ((length = text_decode(text + used, &character)) > 0) {
		int more = text_char_width(character);

		if (*columns + more > width)
			break;
		*columns += more;
		used += (size_t)length;
	}
	return used;
}

/* Where the longest end of text begins that fills at most width columns. */
static const char *tail_of(const char *text, int width, int *columns)
{
	uint32_t character;
	int length, left = text_width(text);

	while (left > width && (length = text_decode(text, &character)) > 0) {
		left -= text_char_width(character);
		text += length;
	}
	while ((length = text_decode(text, &character)) > 0 && text_char_width(character) == 0)
		text += length;
	*columns = left;
	return text;
}

int text_fit(char *out, size_t capacity, const char *text, int width, enum text_cut cut, bool ascii)
{
	const char *mark = ascii ? "~" : "…", *tail = "";
	int total = text_width(text), head_columns, tail_columns = 0;

	if (capacity == 0)
		return 0;
	if (width <= 0 || total <= width) {
		text_copy(out, capacity, width <= 0 ? "" : text);
		return text_width(out);
	}
	int room = width - 1;
	size_t head = head_of(text, cut == CUT_MIDDLE ? room - room / 2 : room, &head_columns);
	if (cut == CUT_MIDDLE)
		tail = tail_of(text, room - head_columns, &tail_columns);
	text_format(out, capacity, "%.*s%s%s", (int)head, text, mark, tail);
	return text_width(out);
}

struct text_line text_line(const char *text, size_t length, int width)
{
	struct text_line line = {0};

	while (line.bytes < length) {
		uint32_t character;
		int bytes = text_decode(text + line.bytes, &character);
		int columns = line.columns + text_char_width(character);

		if (!bytes || (line.bytes && columns > width))
			break;
		if (character == ' ') {
			line.blank = line.bytes;
			line.blank_columns = line.columns;
		}
		line.bytes += (size_t)bytes;
		line.columns = columns;
	}
	if (line.bytes > length)
		line.bytes = length;
	return line;
}

size_t text_format(char *out, size_t capacity, const char *format, ...)
{
	va_list values;

	if (capacity == 0)
		return 0;
	va_start(values, format);
	int wanted = vsnprintf(out, capacity, format, values);
	va_end(values);
	if (wanted < 0) {
		out[0] = '\0';
		return 0;
	}
	if ((size_t)wanted < capacity)
		return (size_t)wanted;
	size_t length = whole_characters(out, capacity - 1);
	out[length] = '\0';
	return length;
}

size_t text_copy(char *out, size_t capacity, const char *text)
{
	if (capacity == 0)
		return 0;
	size_t length = strnlen(text, capacity);
	if (length == capacity)
		length = whole_characters(text, capacity - 1);
	memcpy(out, text, length);
	out[length] = '\0';
	return length;
}
