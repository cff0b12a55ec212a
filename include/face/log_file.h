#ifndef WEBMON_FACE_LOG_FILE_H
#define WEBMON_FACE_LOG_FILE_H
/*
 * A file that whole lines are appended to, which may fill its disk, be rotated or be taken away.
 * Lines that cannot be written are lost and counted, and the file says so as soon as it can be
 * written again. The log's thread only.
 */
#include <stdbool.h>
#include <stddef.h>

#include "model/config.h"

struct log_file;

/* Returns new, or NULL with why. */
struct log_file *log_file_open(const char *path, enum log_format format, char why[200]);
void log_file_close(struct log_file *file); /* flushes, frees; NULL: nothing */

/* Whether it is what log_file_open() would give for these. NULL: no. */
bool log_file_is(const struct log_file *file, const char *path, enum log_format format);

/*
 * Room for one line of LOG_LINE_MAX bytes; then log_file_add() with its length (without newline;
 * 0: no line after all).
 */
char *log_file_room(struct log_file *file);
void log_file_add(struct log_file *file, size_t length);

/* Writes what was added. False where something is left to be tried again later. */
bool log_file_flush(struct log_file *file);

/* Flushes and opens the path anew; where that fails the old file is kept. */
bool log_file_reopen(struct log_file *file);

/* "log: disk full, 12 lines lost", "" where all is well. */
void log_file_trouble(const struct log_file *file, char out[200]);

#endif
