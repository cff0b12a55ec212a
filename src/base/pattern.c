/*
 * Regular expressions with a limit. Pure; any thread.
 *
 * regexec() cannot be stopped, but glibc's re_search() can be told where a match may begin: a few
 * places at a time, with a look at the clock between.
 */
#include "base/pattern.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define SIZE_MAX_OF_ALL 1000 /* characters, once what repeats is written out */
#define DEPTH_MAX	32
/* Between two looks at the clock: of a body of 1 MiB a place may take 1 ms */
#define PLACES_MAX 128

/* ---- what is refused ---- */

/* The end of "[...]", where neither a backslash nor a parenthesis means anything. */
static const char *skip_bracket(const char *at)
{
	at++;
	if (*at == '^')
		at++;
	if (*at == ']')
		at++;
	while (*at && *at != ']') {
		char kind = at[0] == '[' ? at[1] : '\0';

		if (kind == ':' || kind == '.' || kind == '=') {
			const char closing[] = {kind, ']', '\0'};
			const char *end = strstr(at + 2, closing);

			at = end ? end + 1 : at;
		}
		at++;
	}
	return at;
}

/* How often "{m,n}" repeats at most; 1: it is none. */
static size_t repeats(const char *at)
{
	char *end;
	unsigned long least = strtoul(at + 1, &end, 10), most = least;

	if (end == at + 1 && *end != ',')
		return 1;
	if (*end == ',')
		most = isdigit((unsigned char)end[1]) ? strtoul(end + 1, NULL, 10) : least + 1;
	if (most > SIZE_MAX_OF_ALL)
		most = SIZE_MAX_OF_ALL + 1;
	return most > 1 ? most : 1;
}

struct size {
	size_t all, last; /* of the group so far; of what a repetition would repeat */
};

/* NULL, or what of it is refused. */
static const char *refused(const char *text)
{
	struct size sizes[DEPTH_MAX] = {0}, *size = sizes;

	for (const char *at = text; *at; at++) {
		size_t last = 1;

		if (*at == '\\' && at[1] >= '1' && at[1] <= '9')
			return "back-references are not taken";
		if (*at == '\\' && at[1]) {
			at++;
		} else if (*at == '[') {
			at = skip_bracket(at);
			if (!*at)
				return NULL; /* the C library says that better */
		} else if (*at == '(') {
			if (++size == sizes + DEPTH_MAX)
				return "it is nested too deeply";
			*size = (struct size){0};
			continue;
		} else if (*at == ')' && size > sizes) {
			last = size->all;
			size--;
		} else if (*at == '{') {
			last = size->last * (repeats(at) - 1);
			size->last += last;
			size->all += last;
			last = 0;
		}
		size->last = last ? last : size->last;
		size->all += last;
		if (size->all > SIZE_MAX_OF_ALL)
			return "what it repeats is too large";
	}
	return NULL;
}

/*
 * What matches behind ".*" matches without it as well. With it each place of a long line would be a
 * beginning that is only given up at the line's end.
 */
static const char *without_start(const char *text)
{
	static const char *const starts[] = {".*", "(.*)"};

	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
		size_t length = strlen(starts[i]);

		if (strncmp(text, starts[i], length) == 0 && text[length] != '\0' &&
		    !strchr("*+?{|)", text[length]))
			return text + length;
	}
	return text;
}

/* ---- public ---- */

bool pattern_init(struct pattern *pattern, const char *text, int flags, char why[PATTERN_WHY_MAX])
{
	char unused[PATTERN_WHY_MAX];
	const char *problem = refused(text);
	int wrong;

	why = why ? why : unused;
	pattern->good = false;
	if (problem) {
		text_copy(why, PATTERN_WHY_MAX, problem);
		return false;
	}
	wrong = regcomp(&pattern->regex, without_start(text), REG_EXTENDED | REG_NOSUB | flags);
	pattern->good = wrong == 0;
	if (wrong)
		regerror(wrong, &pattern->regex, why, PATTERN_WHY_MAX);
	return pattern->good;
}

void pattern_fini(struct pattern *pattern)
{
	if (pattern->good)
		regfree(&pattern->regex);
	pattern->good = false;
}

enum pattern_found pattern_find(const struct pattern *pattern, const char *text, size_t size)
{
	regex_t *regex = (regex_t *)(uintptr_t)&pattern->regex; /* locked inside, and not changed */
	int64_t began_us =
		clock_run_us(); /* to be put off the processor is no fault of the pattern's */
	size_t places = 1;

	if (!pattern->good || size > INT32_MAX)
		return PATTERN_ABSENT;
	for (size_t at = 0; at <= size;) {
		size_t further = size - at < places - 1 ? size - at : places - 1;
		long found = re_search(regex, text, (regoff_t)size, (regoff_t)at, (regoff_t)further,
				       NULL);

		if (found >= 0)
			return PATTERN_FOUND;
		at += further + 1;
		/* -2: no memory */
		if (found == -2 || (at <= size && clock_run_us() - began_us > PATTERN_BUDGET_US))
			return PATTERN_UNDECIDED;
		places = places < PLACES_MAX ? places * 2 : PLACES_MAX;
	}
	return PATTERN_ABSENT;
}
