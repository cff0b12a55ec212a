#ifndef WEBMON_SOURCE_POLL_PIECE_H
#define WEBMON_SOURCE_POLL_PIECE_H
/*
 * A part of a longer text, which it borrows: headers are gone through line by line. Pure.
 */
#include <stddef.h>

struct piece {
	const char *text;
	size_t size;
};

/* The next line, without its end ("\n" or "\r\n"); rest is what comes after it. */
struct piece piece_line(struct piece *rest);

#endif
