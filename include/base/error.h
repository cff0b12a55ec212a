#ifndef WEBMON_BASE_ERROR_H
#define WEBMON_BASE_ERROR_H
/*
 * Mistakes that a person made in a file or on the command line, collected so that all of them
 * can be told at once: "webmon.ini:12: unknown option 'intervall', did you mean 'interval'?".
 *
 * A list is a plain value, empty when zeroed. Not for several threads.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/list.h"

struct error {
	/* "FILE:LINE: what is wrong and what was expected"; one line, cleaned, no newline */
	char *text;
	bool  warning; /* told, but stops nothing; text says "FILE:LINE: warning: ..." */
	bool  placed;  /* text begins with a file's name */
	int   line;    /* 0: of no line */
	size_t order;  /* errors_sort()'s own */
};

struct errors {
	struct error *items;
	size_t        count;
	size_t        fatal; /* how many of them are no mere warnings */
	const struct text_list *secrets; /* errors_hide()'s own */
	bool          lenient; /* to be set: what is added from now on is a mere warning */
};

/* Appends a mistake. file may be NULL (the command line), line 0 leaves the line number out. */
void error_add(struct errors *errors, const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* As error_add, but a warning: nothing is refused for it. */
void error_warn(struct errors *errors, const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * What is added from now on shows ••• in place of these, which are borrowed; NULL: nothing is
 * hidden. Returns those before, to be put back.
 */
const struct text_list *errors_hide(struct errors *errors, const struct text_list *secrets);

/* By line, and those of no line first, for the mistakes of one file that were found in several
 * passes. */
void errors_sort(struct errors *errors);

/* The first that is no mere warning, "" where there is none. Borrowed. */
const char *errors_first(const struct errors *errors);

/* Writes each on a line of its own, "webmon: " before those without a file. */
void errors_print(const struct errors *errors, FILE *out);

void errors_free(struct errors *errors);

#endif
