/*
 * Fingerprints: the words are cut into runs of letters, digits and what joins them, and each run is
 * looked at by itself.
 */
#include "model/fingerprint.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static bool is_hex(char c)
{
	return isxdigit((unsigned char)c);
}

static size_t span(const char *text, const char *of)
{
	return strspn(text, of);
}

#define DIGITS "0123456789"

/* "203.0.113.7" or "203.0.113.7:443" */
static size_t ipv4_length(const char *text)
{
	size_t at = 0;

	for (int part = 0; part < 4; part++) {
		size_t digits = span(text + at, DIGITS);

		if (digits == 0 || digits > 3 || (part < 3 && text[at + digits] != '.'))
			return 0;
		at += digits + (part < 3);
	}
	if (isalnum((unsigned char)text[at]) ||
	    (text[at] == '.' && isdigit((unsigned char)text[at + 1])))
		return 0;
	if (text[at] == ':' && isdigit((unsigned char)text[at + 1]))
		at += 1 + span(text + at + 1, DIGITS);
	return at;
}

/* "[2001:db8::1]:443" or "2001:db8::1" */
static size_t ipv6_length(const char *text)
{
	size_t open = *text == '[', size = span(text + open, "0123456789abcdefABCDEF:."),
	       colons = 0, at;

	for (size_t i = 0; i < size; i++)
		colons += text[open + i] == ':';
	at = open + size;
	if (colons < 2 || (open && text[at] != ']') || (!open && isalnum((unsigned char)text[at])))
		return 0;
	/* "12:30:15" is a time of day. */
	if (!open && !strstr(text, "::") && colons < 4)
		return 0;
	at += open;
	if (open && text[at] == ':' && isdigit((unsigned char)text[at + 1]))
		at += 1 + span(text + at + 1, DIGITS);
	return at;
}

/* "2026-11-22", "2026-11-22T14:29:53.120Z", "14:29:53" */
static size_t time_length(const char *text)
{
	size_t digits = span(text, DIGITS);
	bool date = digits == 4 && text[4] == '-' && span(text + 5, DIGITS) == 2 && text[7] == '-';
	bool clock = digits == 2 && text[2] == ':' && span(text + 3, DIGITS) == 2 && text[5] == ':';
	size_t at;

	if (!date && !clock)
		return 0;
	at = span(text, DIGITS "-:.TZ+");
	while (at > 0 && strchr(".:-+", text[at - 1]))
		at--;
	if (date && text[at] == ' ' && span(text + at + 1, DIGITS) == 2 && text[at + 3] == ':')
		at += 1 + span(text + at + 1, DIGITS ":.Z+-");
	return at;
}

/* A run of hexadecimal digits and hyphens that is no word and no number: an identity. */
static size_t id_length(const char *text)
{
	size_t size = 0, digits = 0, letters = 0, hex = 0;

	while (isalnum((unsigned char)text[size]) ||
	       (text[size] == '-' && isalnum((unsigned char)text[size + 1]) && hex >= 4)) {
		digits += (size_t)(isdigit((unsigned char)text[size]) != 0);
		letters += (size_t)(isalpha((unsigned char)text[size]) != 0);
		hex += is_hex(text[size]);
		size++;
	}
	if (digits < 2 || letters == 0 || size < 6)
		return 0;
	return size;
}

/* Behind "12 ", "12": the unit, which changes with the number. */
static size_t unit_length(const char *text)
{
	static const char *const units[] = {"ms",  "us",    "s",    "min", "h",	 "d",  "days",
					    "day", "bytes", "byte", "kB",  "MB", "GB", "TB",
					    "KiB", "MiB",   "GiB",  "%",   "m"};
	size_t blank = *text == ' ';

	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		size_t length = strlen(units[i]);

		if (strncmp(text + blank, units[i], length) == 0 &&
		    !isalnum((unsigned char)text[blank + length]))
			return blank + length;
	}
	return 0;
}

static size_t number_length(const char *text)
{
	size_t size = span(text, DIGITS), unit;

	while ((text[size] == '.' || text[size] == ',') && isdigit((unsigned char)text[size + 1]))
		size += 1 + span(text + size + 1, DIGITS);
	unit = unit_length(text + size);
	/* "2m 14s" is one length. */
	if (unit && text[size + unit] == ' ' && isdigit((unsigned char)text[size + unit + 1]) &&
	    unit_length(text + size + unit + 1 + span(text + size + unit + 1, DIGITS)))
		return size + unit + 1 + number_length(text + size + unit + 1);
	return size + unit;
}

/* "app.py:12": the number behind the colon is a place, not a measure. */
static bool is_place(const char *begin, const char *at)
{
	const char *dot = at;

	if (at - begin < 4 || at[-1] != ':')
		return false;
	while (dot > begin && (isalpha((unsigned char)dot[-1]) || dot[-1] == ':'))
		dot--;
	return dot - begin > 1 && dot[-1] == '.' && isalnum((unsigned char)dot[-2]) && at - dot > 2;
}

struct kind {
	size_t (*length)(const char *text);
	const char *sign;
};

/* What begins at text and varies: its length, and the sign for it. */
static size_t varying(const char *text, const char **sign)
{
	static const struct kind kinds[] = {{ipv4_length, "<address>"},
					    {ipv6_length, "<address>"},
					    {time_length, "<time>"},
					    {id_length, "<id>"},
					    {number_length, "#"}};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		size_t length = kinds[i].length(text);

		*sign = kinds[i].sign;
		if (length)
			return length;
	}
	return 0;
}

static const char *skip_status(const char *detail, uint16_t status)
{
	char text[8];
	size_t length = text_format(text, sizeof text, "%u ", status);

	return status && strncmp(detail, text, length) == 0 ? detail + length : detail;
}

size_t fingerprint_write(char *out, size_t capacity, enum probe_class cls, uint16_t status,
			 const char *detail)
{
	size_t used = text_format(out, capacity, "%s ", class_table[cls].name);
	const char *begin = skip_status(detail, status), *at = begin;
	char one[2] = {0};

	if (status)
		used += text_format(out + used, capacity - used, "%u ", status);
	while (*at && used + 1 < capacity) {
		bool inside = at > begin && (isalnum((unsigned char)at[-1]) || at[-1] == '_');
		const char *sign;
		size_t length = inside || is_place(begin, at) ? 0 : varying(at, &sign);

		one[0] = *at;
		used += text_copy(out + used, capacity - used, length ? sign : one);
		at += length ? length : 1;
		/* Numbers after letters or inside a place go through as they are. */
		while (!length && isdigit((unsigned char)at[-1]) && isdigit((unsigned char)*at)) {
			one[0] = *at++;
			used += text_copy(out + used, capacity - used, one);
		}
	}
	return used;
}

uint64_t fingerprint_of(enum probe_class cls, uint16_t status, const char *detail)
{
	char text[FINGERPRINT_MAX];

	fingerprint_write(text, sizeof text, cls, status, detail);
	return text_hash(text);
}
