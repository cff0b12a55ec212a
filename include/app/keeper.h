#ifndef WEBMON_APP_KEEPER_H
#define WEBMON_APP_KEEPER_H
/*
 * Writes a text into a new file, in a thread of its own: a disk or a share that hangs must hold up
 * neither a key nor a frame. Nothing that exists is ever written over. Main thread.
 */
#include <stdbool.h>

struct keeper;

/* Returns new. */
struct keeper *keeper_new(void);
/* Gives a write under way a moment to end. NULL: nothing. */
void keeper_free(struct keeper *keeper);

/* Takes text (from malloc). False, and text is freed, where the one before is still being
 * written. */
bool keeper_write(struct keeper *keeper, const char *name, char *text);

/* Becomes readable when a write has ended; -1: none. */
int keeper_descriptor(const struct keeper *keeper);
/* What came of it, as a sentence; false where nothing has ended. */
bool keeper_result(struct keeper *keeper, char message[256]);

#endif
