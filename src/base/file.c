/*
 * Whole files, in and out. Any thread.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

#define CHUNK	   16384
#define PATIENT_US 10000000 /* for the whole of what is no file on a disk */

/*
 * A pipe or a terminal may have nobody at its other end, and who reads it may be unable to hear a
 * signal meanwhile. False where the time is up.
 */
static bool wait_for_bytes(int descriptor, int64_t until_us)
{
	struct pollfd pollfd = {.fd = descriptor, .events = POLLIN};
	int64_t left_us = until_us - clock_mono_us();

	if (left_us > 0 && poll(&pollfd, 1, (int)(left_us / 1000) + 1) != 0)
		return true;
	errno = ETIMEDOUT;
	return false;
}

static char *read_all(int descriptor, size_t limit, size_t *size)
{
	struct stat stat;
	bool waits =
		fstat(descriptor, &stat) == 0 && !S_ISREG(stat.st_mode) && !S_ISDIR(stat.st_mode);
	int64_t until_us = clock_mono_us() + PATIENT_US;
	char *bytes = NULL;
	size_t used = 0, room = 0;

	for (;;) {
		if (room - used < CHUNK) {
			room = room * 2 + CHUNK + 1;
			bytes = x_realloc(bytes, room);
		}
		if (waits && !wait_for_bytes(descriptor, until_us)) {
			free(bytes);
			return NULL;
		}
		ssize_t count = read(descriptor, bytes + used, room - used - 1);
		if (count < 0 && (errno == EINTR || (waits && errno == EAGAIN)))
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
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (descriptor < 0)
		return NULL;
	char *bytes = read_all(descriptor, limit, size);
	int saved = errno;
	close(descriptor);
	errno = saved;
	return bytes;
}

/* False with errno. */
static bool write_all(int descriptor, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t written = write(descriptor, bytes, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		bytes += written;
		size -= (size_t)written;
	}
	return true;
}

static bool write_new(const char *path, const char *bytes, size_t size, unsigned mode)
{
	/* one left by a crash is no obstacle, and a symbolic link planted in its place is not
	 * followed */
	unlink(path);
	int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (descriptor < 0)
		return false;
	bool well = write_all(descriptor, bytes, size) && fchmod(descriptor, (mode_t)mode) == 0;
	int error = errno;
	if (close(descriptor) != 0 && well)
		return false;
	errno = error;
	return well;
}

bool file_put(const char *path, const char *bytes, size_t size, unsigned mode)
{
	/* its name must not end as those do that a collector reads */
	char *beside = x_asprintf("%s.new", path);
	bool well = write_new(beside, bytes, size, mode) && rename(beside, path) == 0;
	int error = errno;

	if (!well)
		unlink(beside);
	free(beside);
	errno = error;
	return well;
}
