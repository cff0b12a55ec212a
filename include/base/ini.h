#ifndef WEBMON_BASE_INI_H
#define WEBMON_BASE_INI_H
/*
 * INI files with truthful line numbers, parsed by libinih. The only file that includes <ini.h> is
 * ini.c.
 *
 * libinih tells no line numbers, cuts lines near 200 bytes (the rest becomes another key) and
 * section and key names near 50: so this reader looks at each physical line first, counts it,
 * refuses what would be cut, NULs, control bytes and invalid UTF-8 with file:line, and hands
 * libinih only what it can hold.
 *
 * Long values go on in lines that are indented deeper than the entry's first, as in Python's
 * configparser: so a file with all its keys indented alike reads as it looks. A line whose first
 * sign is ; or # is a comment, and so is the rest of a line from a ; after a blank. A byte order
 * mark and CRLF are let pass.
 *
 * Where a reader says that an entry is a text, the lines that go on with it are all its own: what
 * looks like a comment in them, or like a section, and the empty ones between them. Of its first
 * line a comment is one still, with a warning.
 */
#include "base/error.h"

#define INI_LINE_LIMIT 198 /* bytes of one physical line */
#define INI_NAME_LIMIT 48  /* bytes of a section or key name */

struct ini_entry {
	const char *section; /* "" before the first section; "target checkout-api" */
	const char *name;
	const char *value; /* continuation lines joined by '\n'; comment and outer blanks removed */
	int         line;  /* where the name stands, from 1 */
};

/* Called for each entry in order. Values live only during the call. */
typedef void ini_entry_taker(void *user, const struct ini_entry *entry);
/* Called once for each section head, also an empty one; line is the head's. */
typedef void ini_section_taker(void *user, const char *section, int line);

/* Whether the entry of this name in the section under way is a text. */
typedef bool ini_text_teller(void *user, const char *name);

struct ini_reader {
	ini_entry_taker   *entry;
	ini_section_taker *section; /* may be NULL */
	ini_text_teller   *is_text; /* NULL: none is */
	void              *user;
};

/* Reads the file; every mistake is added to errors. Returns false where the file could not be read
 * at all. */
bool ini_read_file(const char *path, const struct ini_reader *reader, struct errors *errors);

/* As ini_read_file, from memory; name stands for the file in messages. */
bool ini_read_text(const char *name, const char *text, const struct ini_reader *reader,
		   struct errors *errors);

#endif
