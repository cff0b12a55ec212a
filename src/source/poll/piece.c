/*
 * Lines of a text that somebody else keeps. Pure; any thread.
 */
#include "source/poll/piece.h"

#include <string.h>

struct piece piece_line(struct piece *rest)
{
	const char *newline = memchr(rest->text, '\n', rest->size);
	struct piece line = {rest->text, newline ? (size_t)(newline - rest->text) : rest->size};
	size_t taken = line.size + (newline != NULL);

	rest->text += taken;
	rest->size -= taken;
	while (line.size > 0 && line.text[line.size - 1] == '\r')
		line.size--;
	return line;
}
