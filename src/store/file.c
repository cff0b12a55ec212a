/*
 * The history file: what is done with its name, its lock and its space. Main thread.
 */
#include "store/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/units.h"

#define OPEN_SAFELY (O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

static enum file_result refuse(char why[WHY_MAX], const char *path, const char *what)
{
	text_format(why, WHY_MAX, "%s: %s", path, what);
	return FILE_REFUSED;
}

static bool is_no_room(int error)
{
	return error == ENOSPC || error == EDQUOT || error == EFBIG || error == EROFS;
}

/* ---- who may ---- */

static void remember(struct store_file *file, const struct stat *status)
{
	file->device = status->st_dev;
	file->inode = status->st_ino;
}

/* What keeps the old file when a new one takes its place. Returns new. */
static char *old_name(const char *path)
{
	return x_asprintf("%s.old", path);
}

/* Whether its second name is PATH.old, which it has between file_keep_old() and file_place(): a
 * move that was killed there left it so. */
static bool is_half_moved(const char *path, const struct stat *status)
{
	char *name = old_name(path);
	struct stat old;
	bool same = lstat(name, &old) == 0 && old.st_dev == status->st_dev &&
		    old.st_ino == status->st_ino;

	free(name);
	return same && status->st_nlink == 2;
}

static const char *fault_of(const char *path, const struct stat *status)
{
	if (!S_ISREG(status->st_mode))
		return "is no regular file; a history file was expected";
	if (status->st_uid != geteuid())
		return "belongs to another user; a history is written by its owner alone";
	if (status->st_nlink > 1 && !is_half_moved(path, status))
		return "has more than one name (hard links); a history has one";
	return NULL;
}

static bool lock(const struct store_file *file)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	return fcntl(file->descriptor, F_OFD_SETLK, &whole) == 0;
}

/* error: of the lock. Who holds it wrote its number into the file. */
static enum file_result refuse_unlocked(const struct store_file *file, int error, char why[WHY_MAX])
{
	struct block block;
	uint64_t pid = 0;

	if (error != EAGAIN && error != EACCES) {
		text_format(why, WHY_MAX, "%s: cannot be locked: %s", file->path, strerror(error));
		return FILE_REFUSED;
	}
	if (pread(file->descriptor, &block, sizeof block, 0) == (ssize_t)sizeof block &&
	    block.magic == BLOCK_MAGIC)
		(void)!pread(
			file->descriptor, &pid, sizeof pid,
			(off_t)(block.rows[ROW_LIFE].offset + offsetof(struct block_life, pid)));
	text_format(why, WHY_MAX,
		    "%s: is being written by process %llu; one writer was expected (to look on: "
		    "webmon view %s)",
		    file->path, (unsigned long long)pid, file->path);
	return FILE_REFUSED;
}

static enum file_result open_file(struct store_file *file, const char *path, int flags,
				  char why[WHY_MAX])
{
	*file = (struct store_file){.descriptor = open(path, flags | OPEN_SAFELY)};
	if (file->descriptor >= 0) {
		file->path = x_strdup(path);
		return FILE_DONE;
	}
	if (errno == ENOENT)
		text_format(why, WHY_MAX, "%s: there is no such file", path);
	else if (errno == ELOOP)
		text_format(why, WHY_MAX, "%s: is a symbolic link; the file itself was expected",
			    path);
	else
		text_format(why, WHY_MAX, "%s: cannot be opened: %s", path, strerror(errno));
	return errno == ENOENT ? FILE_ABSENT : FILE_REFUSED;
}

enum file_result file_take(struct store_file *file, const char *path, char why[WHY_MAX])
{
	/* Between opening and locking it may have been replaced by its writer. */
	for (int tries = 0; tries < 10; tries++) {
		enum file_result result = open_file(file, path, O_RDWR | O_NOFOLLOW, why);
		struct stat status = {0};
		const char *fault;

		if (result != FILE_DONE)
			return result;
		if (fstat(file->descriptor, &status) < 0)
			fault = strerror(errno);
		else
			fault = fault_of(path, &status);
		if (fault)
			result = refuse(why, path, fault);
		else if (!lock(file))
			result = refuse_unlocked(file, errno, why);
		remember(file, &status);
		if (result == FILE_DONE && !file_is_replaced(file))
			return FILE_DONE;
		file_close(file);
		if (result != FILE_DONE)
			return result;
	}
	return refuse(why, path, "is replaced again and again");
}

enum file_result file_look(struct store_file *file, const char *path, char why[WHY_MAX])
{
	enum file_result result = open_file(file, path, O_RDONLY, why);
	struct stat status;

	if (result != FILE_DONE)
		return result;
	if (fstat(file->descriptor, &status) < 0 || !S_ISREG(status.st_mode)) {
		file_close(file);
		return refuse(why, path, "is no regular file; a history file was expected");
	}
	remember(file, &status);
	return FILE_DONE;
}

/* ---- making one ---- */

/* The folders above it, private, as far as they are missing. */
static void make_folders(const char *path)
{
	char *copy = x_strdup(path);

	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(copy, 0700);
		*slash = '/';
	}
	free(copy);
}

static enum file_result fail_making(struct store_file *file, char *name, int error,
				    char why[WHY_MAX])
{
	char needed[FORMAT_MAX], there[FORMAT_MAX] = "?";
	struct statvfs disk;

	if (file->descriptor >= 0 && fstatvfs(file->descriptor, &disk) == 0)
		format_bytes(there, (uint64_t)disk.f_bavail * disk.f_frsize);
	format_bytes(needed, file->wanted);
	if (error == ENOSPC)
		text_format(why, WHY_MAX, "%s: no room on the disk: %s are needed, %s are free",
			    file->path, needed, there);
	else
		text_format(why, WHY_MAX, "%s: cannot be made (%s): %s", file->path, needed,
			    strerror(error));
	if (name)
		(void)unlink(name);
	free(name);
	file_close(file);
	return is_no_room(error) ? FILE_NO_ROOM : FILE_REFUSED;
}

enum file_result file_make(struct store_file *file, const char *path, uint64_t bytes, char **name,
			   char why[WHY_MAX])
{
	struct stat status;
	int error;

	make_folders(path);
	*file = (struct store_file){.path = x_strdup(path), .wanted = bytes};
	*name = x_asprintf("%s.new.%ld", path, (long)getpid());
	/* Ours by its number: what an earlier process of this number has left. */
	(void)unlink(*name);
	file->descriptor = open(*name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | OPEN_SAFELY, 0600);
	if (file->descriptor < 0)
		return fail_making(file, *name, errno, why);
	/* The lock comes first: whoever takes leavings away sees that this is none. */
	if (!lock(file))
		return fail_making(file, *name, errno, why);
	error = posix_fallocate(file->descriptor, 0, (off_t)bytes);
	if (error)
		return fail_making(file, *name, error, why);
	if (fstat(file->descriptor, &status) < 0)
		return fail_making(file, *name, errno, why);
	remember(file, &status);
	return FILE_DONE;
}

enum file_result file_sync(struct store_file *file, char *name, char why[WHY_MAX])
{
	return fdatasync(file->descriptor) == 0 ? FILE_DONE : fail_making(file, name, errno, why);
}

enum file_result file_place(struct store_file *file, char *name, bool replace, char why[WHY_MAX])
{
	int error = 0;

	if (renameat2(AT_FDCWD, name, AT_FDCWD, file->path, replace ? 0 : RENAME_NOREPLACE) < 0)
		error = errno;
	if (error == EINVAL && !replace) /* a file system that knows no such rename */
		error = link(name, file->path) < 0 ? errno : unlink(name) < 0 ? errno : 0;
	if (error) {
		enum file_result result = fail_making(file, name, error, why);
		return error == EEXIST ? FILE_EXISTS : result;
	}
	free(name);
	return FILE_DONE;
}

enum file_result file_keep_old(const char *path, char **name, char why[WHY_MAX])
{
	int error = 0;

	*name = old_name(path);
	/* An earlier one goes only where this one can come. */
	if (link(path, *name) < 0)
		error = errno;
	if (error == EEXIST)
		error = unlink(*name) < 0 || link(path, *name) < 0 ? errno : 0;
	if (error == 0)
		return FILE_DONE;
	text_format(why, WHY_MAX, "%s: cannot be kept as %s: %s", path, *name, strerror(error));
	free(*name);
	return is_no_room(error) ? FILE_NO_ROOM : FILE_REFUSED;
}

/* ---- the rest ---- */

uint64_t file_size(const struct store_file *file)
{
	struct stat status;

	return fstat(file->descriptor, &status) == 0 && status.st_size > 0
		       ? (uint64_t)status.st_size
		       : 0;
}

void *file_map(const struct store_file *file, uint64_t bytes, bool writable, char why[WHY_MAX])
{
	void *memory = mmap(NULL, (size_t)bytes, writable ? PROT_READ | PROT_WRITE : PROT_READ,
			    MAP_SHARED, file->descriptor, 0);

	if (memory != MAP_FAILED)
		return memory;
	text_format(why, WHY_MAX, "%s: cannot be mapped: %s", file->path, strerror(errno));
	return NULL;
}

bool file_is_written(const struct store_file *file)
{
	/* A reader's lock is what a read-only descriptor may ask for. */
	struct flock whole = {.l_type = F_RDLCK, .l_whence = SEEK_SET};

	return fcntl(file->descriptor, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
}

bool file_is_replaced(const struct store_file *file)
{
	struct stat status;

	return stat(file->path, &status) < 0 || status.st_dev != file->device ||
	       status.st_ino != file->inode;
}

void file_close(struct store_file *file)
{
	if (file->descriptor >= 0)
		close(file->descriptor);
	if (file->temporary)
		(void)unlink(file->temporary); /* NOLINT(clang-analyzer-unix.Malloc): it forgets the
						  NULL of the last close */
	free(file->temporary);
	free(file->path);
	*file = (struct store_file){.descriptor = -1};
}

void file_explain(char why[WHY_MAX], const char *path, enum block_fault fault, const void *memory,
		  uint64_t bytes)
{
	struct block block = {0};
	static const char *const words[] = {
		[BLOCK_SOUND] = "is well",
		[BLOCK_FOREIGN] = "is no history of webmon",
		[BLOCK_BYTE_ORDER] = "was written on a machine of another byte order; one of this "
				     "machine's was expected",
		[BLOCK_OTHER_VERSION] = "",
		[BLOCK_OTHER_LAYOUT] =
			"was written by another build of webmon: view it with that one, or let "
			"this one's record take its samples over",
		[BLOCK_CUT] = "",
		[BLOCK_DAMAGED] = "is damaged: its beginning does not fit its checksum",
	};

	memcpy(&block, memory, bytes < sizeof block ? (size_t)bytes : sizeof block);
	if (fault == BLOCK_OTHER_VERSION)
		text_format(why, WHY_MAX, "%s: has format %u; this webmon reads format %u", path,
			    block.version, BLOCK_VERSION);
	else if (fault == BLOCK_CUT)
		text_format(
			why, WHY_MAX, "%s: is cut: %llu bytes, %llu were expected", path,
			(unsigned long long)bytes,
			(unsigned long long)(block.total_bytes ? block.total_bytes : sizeof block));
	else
		text_format(why, WHY_MAX, "%s: %s", path, words[fault]);
}
