#ifndef WEBMON_BASE_PATTERN_H
#define WEBMON_BASE_PATTERN_H
/*
 * Regular expressions, POSIX extended ones, whose cost is bounded, whatever they are held against.
 * What the C library would take for ever over is refused (back-references, repetitions of
 * repetitions); what is only slow on some text (a long line that nearly matches at each of its
 * bytes) is given up. Any thread; one pattern may serve several.
 */
#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#define PATTERN_WHY_MAX	  160
#define PATTERN_BUDGET_US 100000 /* of CPU time a look */

enum pattern_found { PATTERN_ABSENT, PATTERN_FOUND, PATTERN_UNDECIDED };

struct pattern {
	regex_t regex;
	bool good;
};

/* flags: REG_ICASE, REG_NEWLINE, or 0. False: why says it, unless NULL. */
bool pattern_init(struct pattern *pattern, const char *text, int flags, char why[PATTERN_WHY_MAX]);
void pattern_fini(struct pattern *pattern);

/* UNDECIDED: it took too long. A pattern that is not good is found nowhere. The text may
 * hold NULs. */
enum pattern_found pattern_find(const struct pattern *pattern, const char *text, size_t size);

#endif
