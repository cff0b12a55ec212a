#ifndef WEBMON_MODEL_OPTION_H
#define WEBMON_MODEL_OPTION_H
/*
 * The one table of configuration keys. Parser, validation, `webmon check`, --help and the README's list
 * are made from it; tests compare them with it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_scope { OPTION_PROGRAM, OPTION_TARGET };

enum option_type {
	OPTION_TEXT,     /* const char *; a list of lines is joined by blanks */
	OPTION_URL,
	OPTION_SECRET,   /* as text, masked wherever it is shown */
	OPTION_PATH,     /* ~ expanded, relative to the file's folder */
	OPTION_LIST,     /* struct text_list, split at commas */
	OPTION_REPEAT,   /* struct text_list, one item each time the key is given */
	OPTION_BOOL,
	OPTION_INTEGER,  /* int */
	OPTION_SIZE,     /* int64_t bytes */
	OPTION_DURATION_MS, /* int64_t */
	OPTION_DURATION_US, /* int64_t, for latency limits */
	OPTION_CHOICE,   /* an enum (int), by position in `choices` */
	OPTION_STATUS,   /* status ranges */
	OPTION_RULE,     /* "2" or "3/5" */
};

struct option {
	const char       *name;
	enum option_scope scope;
	enum option_type  type;
	size_t            offset;   /* in struct program or struct target */
	int64_t           min, max; /* of numbers */
	const char       *choices;  /* "auto 4 6 both" */
	const char       *fallback; /* the default, as it would be written; NULL: none */
	const char       *section;  /* heading in lists: "what and when" */
	const char       *help;     /* one sentence, no full stop */
	bool              later;    /* understood and checked, not yet acted on: a use is warned of */
};

extern const struct option option_table[];
extern const size_t        option_count;

const struct option *option_find(enum option_scope scope, const char *name); /* NULL: unknown */

#endif
