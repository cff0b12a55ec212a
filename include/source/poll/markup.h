#ifndef WEBMON_SOURCE_POLL_MARKUP_H
#define WEBMON_SOURCE_POLL_MARKUP_H
/*
 * A page as a person reads it, line by line: of HTML without tags, styles and scripts, entities
 * resolved; of JSON each text on a line of its own, escapes resolved; plain text as it is. Not
 * cleaned. Pure.
 */
#include <stdbool.h>
#include <stddef.h>

#define MARKUP_LINE_MAX 400 /* longer ones are cut */

struct markup {
	const char *page;
	size_t at, size;
	bool json;
	bool endless; /* from here on no tag ends */
	char line[MARKUP_LINE_MAX]; /* the newest */
	size_t length;
};

void markup_begin(struct markup *markup, const char *page, size_t size);

/* The next line, perhaps an empty one. False: there is none. */
bool markup_next(struct markup *markup);

#endif
