#ifndef WEBMON_MODEL_EXPAND_H
#define WEBMON_MODEL_EXPAND_H
/*
 * What a written value stands for: ${VARIABLE}, @FILE and ~ replaced, and what came from the first
 * two remembered as secret. Every failure is told with its place. Main thread.
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/list.h"

/* The line that gave an item of an option that is given once for each; 0: the command line. */
struct item_line {
	const char *item; /* known by where it lies */
	int         line;
};

struct item_lines {
	struct item_line *items; /* malloc'd */
	size_t            count;
};

/* Where a value stands, and where what is made of it goes. */
struct place {
	struct arena     *arena;
	struct errors    *errors;
	const char       *file; /* NULL: the command line */
	int               line;
	struct text_list *secrets; /* gets every value that must not be shown */
	struct item_lines *lines;  /* gets those of its items; NULL: nobody asks */
	bool             *plain;   /* set where a secret stands in the file itself */
};

struct expanded {
	const char *text;
	bool        outside; /* a part of it came from a variable or a file */
};

/*
 * ${NAME} becomes the variable's value, $${ a plain ${. name is the option's, for messages. hide:
 * values are secrets. False after a message.
 */
bool expand_variables(struct place *place, const char *name, bool hide, struct expanded *value);

/* "@FILE" becomes the file's content without its last newline, a secret; "@@" a plain "@". False
 * after a message. */
bool expand_file(struct place *place, const char *name, struct expanded *value);

/* "~/x" and what is relative to the file's folder become whole paths. */
const char *expand_path(struct place *place, const char *text);

/* Remembers a secret, once, also as it looks when cleaned. Those under 4 bytes cannot be masked. */
void expand_keep_secret(struct place *place, const char *secret);

#endif
