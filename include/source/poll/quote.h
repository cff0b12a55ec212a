#ifndef WEBMON_SOURCE_POLL_QUOTE_H
#define WEBMON_SOURCE_POLL_QUOTE_H
/*
 * A text from outside inside a sentence: cleaned, short, in quotes. Pure.
 */
#include <stddef.h>

#define QUOTED_MAX 84

/* In single quotes where double ones stand inside, as JSON has them. */
void quote_text(char out[QUOTED_MAX], const char *text, size_t size);

#endif
