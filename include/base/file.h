#ifndef WEBMON_BASE_FILE_H
#define WEBMON_BASE_FILE_H
/*
 * Whole small files at start-up: configuration, themes, secrets, bodies. Any thread.
 */
#include <stddef.h>

/*
 * Returns the file's content, new and with a NUL after it (size counts without), or NULL with errno.
 * EFBIG where it holds more than limit bytes, so that /dev/zero ends too. Pipes are read to their end.
 */
char *file_read(const char *path, size_t limit, size_t *size);

#endif
