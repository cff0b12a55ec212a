/*
 * Reading a whole file. Any thread.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"

#define CHUNK 16384

static char *read_all(int descriptor, size_t limit, size_t *size)
{
	char *bytes = NULL;
	size_t used = 0, room = 0;

	for (;;) {
		if (room - used < CHUNK) {
			room = room * 2 + CHUNK + 1;
			bytes = x_realloc(bytes, room);
		}
		ssize_t count = read(descriptor, bytes + used, room - used - 1);
		if (count < 0 && errno == EINTR)
			continue;
		if (count == 0)
			break;
		used += count > 0 ? (size_t)count : 0;
		if (count < 0 || used > limit) {
			if (count > 0)
				errno = EFBIG;
			free(bytes);
			return NULL;
		}
	}
	bytes[used] = '\0';
	*size = used;
	return bytes;
}

char *file_read(const char *path, size_t limit, size_t *size)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (descriptor < 0)
		return NULL;
	char *bytes = read_all(descriptor, limit, size);
	int saved = errno;
	close(descriptor);
	errno = saved;
	return bytes;
}
