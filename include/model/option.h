#ifndef WEBMON_MODEL_OPTION_H
#define WEBMON_MODEL_OPTION_H
/*
 * The one table of configuration keys. Parser, validation, `webmon check`, --help and the README's
 * list are made from it; tests compare them with it. Any thread.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_scope {
	OPTION_PROGRAM, /* [webmon] */
	OPTION_TARGET,  /* [defaults] and [target NAME] */
	OPTION_ALERT,   /* [alert NAME] */
	OPTION_VIEW,    /* [view.N] */
	OPTION_SOURCE,  /* [source prometheus] */
	OPTION_SCOPES
};

enum option_type {
	OPTION_TEXT,     /* const char *; a list of lines is joined by blanks */
	/* const char *; lines are joined without a blank. Of a target: url, host, port, scheme,
	 * user */
	OPTION_URL,
	OPTION_SECRET,   /* as text, masked wherever it is shown; @FILE allowed */
	OPTION_PATH,     /* ~ expanded, relative to the file's folder */
	OPTION_LIST,     /* struct text_list, split at commas */
	OPTION_REPEAT,   /* struct text_list, one item each time the key is given */
	OPTION_BOOL,
	OPTION_INTEGER,  /* int */
	OPTION_SIZE,     /* int64_t bytes */
	OPTION_DURATION_MS, /* int64_t */
	OPTION_DURATION_US, /* int64_t, for latency limits */
	OPTION_CHOICE,   /* an enum (int), by position in `choices` */
	OPTION_WORDS,    /* unsigned: a bit for each of the `choices` that is given, with commas */
	OPTION_STATUS,   /* status ranges */
	OPTION_RULE,     /* "2" or "3/5" */
	OPTION_FILE,     /* as path, and must be readable */
	/* as repeat: "Name: value"; goes over one of the same name from [defaults]; value: @FILE
	 * allowed */
	OPTION_HEADER,
	/* as repeat: "~ regex", "!~ regex", "= equal", "contains"; min 1: after "Name: " */
	OPTION_PATTERN,
	OPTION_JSON_RULE, /* as repeat: see model/json_rule */
	OPTION_ROUTE,    /* as repeat: curl's syntax with `min` colons */
	OPTION_LISTEN,   /* as text: an address of this machine and a port */
	OPTION_ADDRESSES, /* as list: IP addresses and networks */
	OPTION_METHOD,   /* as text: a word, made upper case */
	OPTION_USER,     /* as secret: name:password, into two fields */
	OPTION_PROXY,    /* as secret: an address */
	OPTION_BODY,     /* text and size; lines stay lines */
	OPTION_BODY_FILE, /* the same, read from a file */
	OPTION_TLS,      /* int: 0, 10 to 13 */
	OPTION_SLO,      /* text, and what it says */
	OPTION_URLS,     /* as list: addresses to connect to */
	OPTION_THEME,    /* as text: a name; as path where it has a slash or ends in .ini */
	OPTION_WINDOW,   /* as repeat: a maintenance window */
	OPTION_TYPES
};

struct option {
	const char       *name;
	enum option_scope scope;
	enum option_type  type;
	/* in struct program, target, alert_config, saved_view or source_config */
	size_t            offset;
	int64_t           min, max; /* of numbers, in the type's unit */
	const char       *choices;  /* "auto 4 6 both" */
	const char       *fallback; /* the default, as it would be written; NULL: none */
	const char       *section;  /* heading in lists: "what and when" */
	const char       *help;     /* one sentence, no full stop */
};

extern const struct option option_table[];
extern const size_t        option_count;

#define OPTION_COUNT_MAX 128 /* at least option_count: for sets of options */

const struct option *option_find(enum option_scope scope, const char *name); /* NULL: unknown */

/* The nearest valid name of this scope; NULL where none is near. */
const char *option_nearest(enum option_scope scope, const char *word);

/* "[webmon]", "[target NAME]": where options of the scope stand. */
const char *option_scope_name(enum option_scope scope);

/* 0 stands for none, though the range begins above it. */
bool option_takes_zero(const struct option *option);

/* Given several times, each adds one item. */
bool option_is_repeatable(const struct option *option);

#define OPTION_TEXT_MAX 200

/* What a value must be: "a duration between 100ms and 7d, such as 5s". */
void option_expects(char out[OPTION_TEXT_MAX], const struct option *option);

/* The same in short, for lists: "100ms-7d", "yes|no", "NAME: VALUE". */
void option_form(char out[OPTION_TEXT_MAX], const struct option *option);

/* A duration or a size as it would be written: "100ms", "7d", "64k". */
void option_write_duration(char out[OPTION_TEXT_MAX], int64_t us);
void option_write_size(char out[OPTION_TEXT_MAX], int64_t bytes);

#endif
