#ifndef WEBMON_STORE_GUARD_H
#define WEBMON_STORE_GUARD_H
/*
 * Against SIGBUS: a mapped file that somebody cuts, or whose disk fails, must not take the program
 * with it. The pages that are gone become memory of our own. Private to the store.
 *
 * Main thread, but for the fault itself, which any thread may meet.
 */
#include <stdbool.h>
#include <stddef.h>

/* Nothing happens beyond the 16th mapping. */
void guard_add(void *memory, size_t bytes);
void guard_remove(void *memory);

/* A page of it was gone: what was written since is in no file. */
bool guard_has_struck(const void *memory);

#endif
