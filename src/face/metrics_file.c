/*
 * A file written beside its place and then put there. Not synced to the disk: after a power cut the
 * next one comes within seconds.
 */
#include "face/metrics_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

/* False with errno. */
static bool write_all(int descriptor, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t written = write(descriptor, text, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		text += written;
		length -= (size_t)written;
	}
	return true;
}

static bool write_new(const char *path, const char *text, size_t length)
{
	/* one left by a crash is no obstacle, and a symbolic link planted in its place is not followed */
	unlink(path);
	int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (descriptor < 0)
		return false;
	bool well = write_all(descriptor, text, length) && fchmod(descriptor, 0644) == 0;
	int error = errno;
	if (close(descriptor) != 0 && well)
		return false;
	errno = error;
	return well;
}

bool metrics_file_write(const char *path, const char *text, size_t length, char why[200])
{
	/* its name must not end as those do that the collector reads */
	char *beside = x_asprintf("%s.new", path);
	bool well = write_new(beside, text, length) && rename(beside, path) == 0;

	if (!well) {
		text_format(why, 200, "metrics_file: %s", strerror(errno));
		unlink(beside);
	}
	free(beside);
	return well;
}
