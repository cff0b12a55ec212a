/*
 * Allocation that cannot fail, and the one way to give up. Any thread.
 */
#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GROW_FIRST 8 /* room of a list that holds anything at all */

static void (*fatal_hook)(void);

static void *checked(void *memory, size_t size)
{
	if (memory == NULL)
		fatal("out of memory: %zu bytes wanted", size);
	return memory;
}

void *x_malloc(size_t size)
{
	return checked(malloc(size ? size : 1), size);
}

void *x_calloc(size_t count, size_t size)
{
	return checked(calloc(count ? count : 1, size ? size : 1), count * size);
}

void *x_realloc(void *memory, size_t size)
{
	return checked(realloc(memory, size ? size : 1), size);
}

/* The room follows from the count alone: 8, then each power of two when it is full. */
void *x_grow(void *memory, size_t count, size_t size)
{
	size_t room;

	if (count == 0)
		room = GROW_FIRST;
	else if (count >= GROW_FIRST && (count & (count - 1)) == 0)
		room = count * 2;
	else
		return memory;
	if (size != 0 && room > SIZE_MAX / size)
		fatal("out of memory: a list of %zu items", room);
	return x_realloc(memory, room * size);
}

char *x_strdup(const char *text)
{
	return checked(strdup(text), strlen(text) + 1);
}

char *x_strndup(const char *text, size_t length)
{
	return checked(strndup(text, length), length + 1);
}

char *x_asprintf(const char *format, ...)
{
	char *text;
	va_list values;

	va_start(values, format);
	int length = vasprintf(&text, format, values);
	va_end(values);
	if (length < 0)
		fatal("out of memory: no room for a text");
	return text;
}

void fatal_set_hook(void (*hook)(void))
{
	fatal_hook = hook;
}

void fatal(const char *format, ...)
{
	char text[1024];
	va_list values;
	void (*hook)(void) = fatal_hook;

	fatal_hook = NULL; /* a hook that fails in its turn must not come back here */
	if (hook != NULL)
		hook();
	va_start(values, format);
	(void)vsnprintf(text, sizeof(text), format, values);
	va_end(values);
	dprintf(STDERR_FILENO, "webmon: %s\n", text);
	/* Not exit(): other threads still run in what the exit handlers would take down. */
	_exit(3);
}
