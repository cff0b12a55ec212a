/*
 * Characters as JSON and HTML write them, in ASCII's range. Pure; any thread.
 */
#include <string.h>
#include <strings.h>

#include "base/text.h"

/* Hexadecimal digits, exactly count of them; -1: there are fewer. */
static int read_hex(const char *text, size_t size, size_t count)
{
	int value = 0;

	for (size_t i = 0; i < count; i++) {
		int digit = i < size ? text_hex_digit(text[i]) : -1;

		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

size_t text_escape(const char *text, size_t size, char *c)
{
	static const char letters[] = "ntrbf\"'\\/", meant[] = "\n\t\r\b\f\"'\\/";
	const char *found;
	int code;

	if (size < 2 || text[0] != '\\' || text[1] == '\0')
		return 0;
	found = strchr(letters, text[1]);
	if (found) {
		*c = meant[found - letters];
		return 2;
	}
	size_t digits = text[1] == 'u' ? 4 : text[1] == 'x' ? 2 : 0;
	code = digits ? read_hex(text + 2, size - 2, digits) : -1;
	if (code < 0 || code > 0x7f)
		return 0;
	*c = (char)code;
	return 2 + digits;
}

/* "&#39;" and "&#x27;". */
static size_t read_number(const char *text, size_t size, char *c)
{
	int base = size > 2 && (text[2] == 'x' || text[2] == 'X') ? 16 : 10, value = 0;
	size_t begin = base == 16 ? 3 : 2, at = begin;

	for (; at < size && at < begin + 6; at++) {
		int digit = text_hex_digit(text[at]);

		if (digit < 0 || digit >= base)
			break;
		value = value * base + digit;
	}
	if (at == begin || at >= size || text[at] != ';' || value > 0x7f)
		return 0;
	*c = (char)value;
	return at + 1;
}

size_t text_entity(const char *text, size_t size, char *c)
{
	static const struct {
		const char *name;
		char c;
	} names[] = {{"&lt;", '<'},   {"&gt;", '>'},	{"&amp;", '&'},
		     {"&quot;", '"'}, {"&apos;", '\''}, {"&nbsp;", ' '}};

	if (size < 3 || text[0] != '&')
		return 0;
	if (text[1] == '#')
		return read_number(text, size, c);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t length = strlen(names[i].name);

		if (size >= length && strncasecmp(text, names[i].name, length) == 0) {
			*c = names[i].c;
			return length;
		}
	}
	return 0;
}
