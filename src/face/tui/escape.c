/*
 * Sequences for terminal emulators. They end in BEL, which also old ones understand. Main thread.
 */
#include "face/tui/escape.h"

#include <string.h>

void escape_put(struct outlet *outlet, const char *text)
{
	outlet_put(outlet, text, strlen(text));
}

void escape_title(struct outlet *outlet, const char *text)
{
	escape_put(outlet, "\033]2;");
	escape_put(outlet, text);
	escape_put(outlet, "\a");
}

/* Three bytes, fewer at the end, as four digits. */
static void put_base64(struct outlet *outlet, const char *text, size_t size)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char in[3] = {0};
	char out[4];

	memcpy(in, text, size);
	out[0] = digits[in[0] >> 2];
	out[1] = digits[(in[0] & 3) << 4 | in[1] >> 4];
	out[2] = size > 1 ? digits[(in[1] & 15) << 2 | in[2] >> 6] : '=';
	out[3] = size > 2 ? digits[in[2] & 63] : '=';
	outlet_put(outlet, out, sizeof out);
}

void escape_copy(struct outlet *outlet, const char *text)
{
	size_t size = strlen(text);

	escape_put(outlet, "\033]52;c;");
	for (size_t i = 0; i < size; i += 3) {
		put_base64(outlet, text + i, size - i < 3 ? size - i : 3);
	}
	escape_put(outlet, "\a");
}

/* Semicolons divide the fields of OSC 777. */
static void put_field(struct outlet *outlet, const char *text, bool ascii)
{
	for (; *text; text++) {
		char byte = *text == ';' ? ',' : *text;

		if (ascii && (byte & 0x80)) {
			byte = '?';
		}
		outlet_put(outlet, &byte, 1);
	}
}

void escape_notify(struct outlet *outlet, enum notify_wish how, const char *text, bool ascii)
{
	static const struct {
		const char *before, *after;
	} frames[] = {
		[NOTIFY_NONE] = {NULL, NULL},
		[NOTIFY_BELL] = {NULL, NULL},
		[NOTIFY_OSC9] = {"\033]9;webmon: ", "\a"},
		[NOTIFY_OSC99] = {"\033]99;;webmon: ", "\033\\"},
		[NOTIFY_OSC777] = {"\033]777;notify;webmon;", "\a"},
	};

	if (!frames[how].before) {
		return;
	}
	escape_put(outlet, frames[how].before);
	put_field(outlet, text, ascii);
	escape_put(outlet, frames[how].after);
}

size_t escape_unpadded(char *out, size_t used, size_t capacity, const char *text)
{
	while (text && *text && used + 1 < capacity) {
		if (strncmp(text, "$<", 2) == 0 && strchr(text, '>')) {
			text = strchr(text, '>') + 1;
		} else {
			out[used++] = *text++;
		}
	}
	return used;
}
