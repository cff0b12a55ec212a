#ifndef WEBMON_BASE_ARENA_H
#define WEBMON_BASE_ARENA_H
/*
 * Memory for many small things that live and die together, such as a configuration. Nothing is
 * freed alone; all of it is wiped before it goes back, since it may hold secrets. One thread
 * builds, then any thread may read.
 */
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena); /* NULL: nothing to do */

/* Zeroed, aligned for anything, owned by the arena. Ends the program where there is no memory. */
void *arena_alloc(struct arena *arena, size_t size);
char *arena_text(struct arena *arena, const char *text);
/* the first length bytes */
char *arena_slice(struct arena *arena, const char *text, size_t length);

#endif
