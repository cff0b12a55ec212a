#ifndef WEBMON_MODEL_NAMES_H
#define WEBMON_MODEL_NAMES_H
/*
 * Which target bears a name: a hash table, so that ten thousand targets load without waiting. One
 * thread.
 */
#include <stddef.h>

struct names;

#define NAMES_NONE ((size_t)-1)

/* Room for capacity names, which are borrowed. Returns new. */
struct names *names_new(size_t capacity);
void names_free(struct names *names);

/* Adds the name under this index; returns the index that it stands under already, else this one. */
size_t names_add(struct names *names, const char *name, size_t index);

/* NAMES_NONE: unknown. */
size_t names_find(const struct names *names, const char *name);

#endif
