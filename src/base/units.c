/*
 * Numbers from a person: one scanner for digits, fraction and unit. It does not use strtod(), which
 * reads "0.5" by the locale's rules, and refuses what would not fit instead of wrapping round. Any
 * thread.
 */
#include "base/units.h"

#include <string.h>
#include <strings.h>

struct unit {
	const char *name;
	int64_t factor;
};

static const struct unit duration_units[] = {
	{"w", 604800000000}, {"d", 86400000000}, {"h", 3600000000}, {"min", 60000000},
	{"m", 60000000},     {"s", 1000000},	 {"ms", 1000},	    {"us", 1},
	{"µs", 1},	     {NULL, 0},
};

static const struct unit size_units[] = {
	{"", 1},
	{"b", 1},
	{"k", 1024},
	{"kb", 1024},
	{"kib", 1024},
	{"m", 1024 * 1024},
	{"mb", 1024 * 1024},
	{"mib", 1024 * 1024},
	{"g", 1024 * 1024 * 1024},
	{"gb", 1024 * 1024 * 1024},
	{"gib", 1024 * 1024 * 1024},
	{NULL, 0},
};

#define NUMBER_MAX 1e15 /* of whole and part: exact in a double, far beyond any sense */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits with an optional fraction. Returns what follows, NULL where there is no number. */
static const char *scan_number(const char *text, double *value)
{
	double place = 1;

	if (!is_digit(*text))
		return NULL;
	for (*value = 0; is_digit(*text); text++)
		*value = *value * 10 + (*text - '0');
	if (*text == '.' && is_digit(text[1])) {
		for (text++; is_digit(*text); text++)
			*value += (*text - '0') * (place /= 10);
	}
	return *value <= NUMBER_MAX ? text : NULL;
}

static const struct unit *find_unit(const struct unit *units, const char *name, size_t length)
{
	for (; units->name != NULL; units++)
		if (strlen(units->name) == length && strncasecmp(units->name, name, length) == 0)
			return units;
	return NULL;
}

static const char *skip_blanks(const char *text)
{
	while (*text == ' ')
		text++;
	return text;
}

static size_t unit_length(const char *text)
{
	size_t length = 0;

	while (text[length] != '\0' && text[length] != ' ' && !is_digit(text[length]))
		length++;
	return length;
}

bool parse_integer(const char *text, int64_t min, int64_t max, int64_t *value)
{
	bool negative = *text == '-';
	int64_t result = 0;

	text += negative;
	if (!is_digit(*text))
		return false;
	for (; is_digit(*text); text++) {
		int digit = negative ? '0' - *text : *text - '0';

		if (__builtin_mul_overflow(result, 10, &result) ||
		    __builtin_add_overflow(result, digit, &result))
			return false;
	}
	if (*text != '\0' || result < min || result > max)
		return false;
	*value = result;
	return true;
}

bool parse_fraction(const char *text, double min, double max, double *value)
{
	double result;

	text = scan_number(text, &result);
	if (text == NULL)
		return false;
	text = skip_blanks(text);
	if (*text == '%') {
		result /= 100;
		text++;
	}
	if (*text != '\0' || result < min || result > max)
		return false;
	*value = result;
	return true;
}

/* Parts with falling units: "1m30s". A number without a unit stands alone and is seconds. */
bool parse_duration_us(const char *text, int64_t min_us, int64_t max_us, int64_t *value_us)
{
	double sum = 0;
	int64_t last = INT64_MAX;

	do {
		double number;
		const char *name = scan_number(text, &number);

		if (name == NULL)
			return false;
		name = skip_blanks(name);
		size_t length = unit_length(name);
		const struct unit *unit =
			find_unit(duration_units, length > 0 ? name : "s", length > 0 ? length : 1);
		if (unit == NULL || unit->factor >= last || (length == 0 && last != INT64_MAX))
			return false;
		sum += number * (double)unit->factor;
		last = length > 0 ? unit->factor : 0;
		text = skip_blanks(name + length);
	} while (*text != '\0');
	if (sum + 0.5 < (double)min_us || sum - 0.5 > (double)max_us || sum > 9e18)
		return false;
	*value_us = (int64_t)(sum + 0.5);
	return *value_us >= min_us && *value_us <= max_us;
}

bool parse_duration_ms(const char *text, int64_t min_ms, int64_t max_ms, int64_t *value_ms)
{
	int64_t us;

	if (!parse_duration_us(text, 0, INT64_MAX, &us))
		return false;
	int64_t ms = us / 1000 + (us % 1000 >= 500);
	if (ms < min_ms || ms > max_ms || (ms == 0 && us != 0))
		return false;
	*value_ms = ms;
	return true;
}

bool parse_size(const char *text, int64_t min, int64_t max, int64_t *bytes)
{
	double number;

	text = scan_number(text, &number);
	if (text == NULL)
		return false;
	text = skip_blanks(text);
	const struct unit *unit = find_unit(size_units, text, strlen(text));
	if (unit == NULL)
		return false;
	double size = number * (double)unit->factor;
	if (size > 9e18 || (int64_t)size < min || (int64_t)size > max)
		return false;
	*bytes = (int64_t)size;
	return true;
}

bool parse_bool(const char *text, bool *value)
{
	static const char *const words[] = {"no", "yes", "false", "true", "off", "on", "0", "1"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasecmp(text, words[i]) == 0) {
			*value = i % 2 != 0;
			return true;
		}
	}
	return false;
}
