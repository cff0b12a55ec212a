/*
 * What was left where a history was being made: a file as large as the history, for good, and one
 * more each time. Main thread.
 *
 * Two signs have to agree before one is taken away: the process of its name is gone, and nobody
 * holds its lock. The number alone says nothing of another container's process, the lock alone
 * nothing of the moment before it is taken.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/units.h"
#include "store/file.h"

#define LEFT_MAX 64 /* taken away at once; who has more waits for the next start */

/* Whether "history.new.4711" is of a process that is gone. base: "history". */
static bool is_of_the_dead(const char *name, const char *base)
{
	static const char middle[] = ".new.";
	size_t length = strlen(base);
	const char *number = name + length + sizeof middle - 1;
	int64_t pid;

	if (strncmp(name, base, length) != 0 ||
	    strncmp(name + length, middle, sizeof middle - 1) != 0 ||
	    strspn(number, "0123456789") != strlen(number) ||
	    !parse_integer(number, 1, INT32_MAX, &pid))
		return false;
	return kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

static bool is_at(int folder, const char *name, const struct stat *status)
{
	struct stat now;

	return fstatat(folder, name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	       now.st_dev == status->st_dev && now.st_ino == status->st_ino;
}

/* Whether it is a plain file of ours that nobody writes. It may be the history itself, by its
 * first name: where a file system has to be asked for the two names one after the other. */
static bool is_left(int folder, int descriptor, const char *name, const char *base)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	struct stat status;

	if (fstat(descriptor, &status) < 0 || !S_ISREG(status.st_mode) ||
	    status.st_uid != geteuid())
		return false;
	if (status.st_nlink != 1 && !(status.st_nlink == 2 && is_at(folder, base, &status)))
		return false;
	return fcntl(descriptor, F_OFD_SETLK, &whole) == 0 && is_at(folder, name, &status);
}

static void take_away(int folder, const char *name, const char *base)
{
	int descriptor =
		openat(folder, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (descriptor < 0)
		return;
	if (is_left(folder, descriptor, name, base))
		(void)unlinkat(folder, name, 0);
	close(descriptor);
}

static void sweep_folder(DIR *folder, const char *base)
{
	char *left[LEFT_MAX];
	size_t count = 0;

	/* first all names: what is taken away meanwhile may upset the list */
	for (const struct dirent *entry; count < LEFT_MAX && (entry = readdir(folder));)
		if (is_of_the_dead(entry->d_name, base))
			left[count++] = x_strdup(entry->d_name);
	for (size_t i = 0; i < count; i++) {
		take_away(dirfd(folder), left[i], base);
		free(left[i]);
	}
}

void file_sweep(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *where = slash ? x_asprintf("%.*s/", (int)(slash - path), path) : x_strdup(".");
	DIR *folder = opendir(where);

	if (folder) {
		sweep_folder(folder, slash ? slash + 1 : path);
		closedir(folder);
	}
	free(where);
}
