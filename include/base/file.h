#ifndef WEBMON_BASE_FILE_H
#define WEBMON_BASE_FILE_H
/*
 * Whole small files: configuration, themes, secrets, bodies; metrics and what alerts remember. Any
 * thread.
 */
#include <stdbool.h>
#include <stddef.h>

/*
 * Returns the file's content, new and with a NUL after it (size counts without), or NULL with
 * errno. EFBIG where it holds more than limit bytes, so that /dev/zero ends too. Pipes are read to
 * their end; ETIMEDOUT where that does not come within 10 s.
 */
char *file_read(const char *path, size_t limit, size_t *size);

/*
 * Puts bytes in the path's place as a whole: whoever reads sees the old ones or the new ones. Not
 * synced to the disk. False with errno.
 */
bool file_put(const char *path, const char *bytes, size_t size, unsigned mode);

#endif
