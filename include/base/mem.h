#ifndef WEBMON_BASE_MEM_H
#define WEBMON_BASE_MEM_H
/*
 * Allocation that cannot fail (start-up only: steady state allocates nothing that grows), and the
 * one way to give up. Any thread.
 */
#include <stddef.h>

/* Each returns new memory (free with free()) or ends the program through fatal(). */
void *x_malloc(size_t size);
void *x_calloc(size_t count, size_t size); /* zeroed */
void *x_realloc(void *memory, size_t size);
/* room for one more item after count, doubling */
void *x_grow(void *memory, size_t count, size_t size);
char *x_strdup(const char *text);
char *x_strndup(const char *text, size_t length);
char *x_asprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Called by fatal() before it writes: the terminal puts itself right here. NULL: nothing to do. */
void fatal_set_hook(void (*hook)(void));

/* Restores the terminal, says why on stderr, ends the program with status 3. */
_Noreturn void fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
