/*
 * Lines are gathered in a buffer and written many at a time, each whole: one write(2) in append
 * mode, so that neither copytruncate nor another writer can come between. Of a line that a full
 * disk cut in two the rest is kept and goes first the next time, so that no torn line stays in
 * the file.
 */
#include "face/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "face/log_line.h"

#define BUFFER_BYTES 65536
#define LOOK_US	     1000000 /* the path is looked at no more often */

struct log_file {
	char *path;
	enum log_format format;
	int fd;
	dev_t device;
	ino_t inode;
	int64_t looked_at_us;
	int open_error, write_error; /* errno of the last try; 0: it went well */
	uint64_t lost;		     /* lines, not yet told in the file */
	char rest[LOG_LINE_MAX];     /* of a line that was cut in two */
	size_t rest_size;
	char buffer[BUFFER_BYTES]; /* whole lines */
	size_t used;
};

/*
 * Of a pipe or a terminal a description of our own, so that not blocking is nobody else's business.
 * A file or a socket as it is: the one does not block and has its place in it, the other cannot be
 * opened again.
 */
static int open_stdout(void)
{
	struct stat status;
	int fd = -1;

	if (fstat(STDOUT_FILENO, &status) == 0 &&
	    (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode)))
		fd = open("/proc/self/fd/1", O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	return fd >= 0 ? fd : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
}

static bool is_stdout(const struct log_file *file)
{
	return strcmp(file->path, LOG_STDOUT) == 0;
}

static bool is_same(const struct log_file *file, const struct stat *status)
{
	return status->st_ino == file->inode && status->st_dev == file->device;
}

/* O_NONBLOCK: a log that is a pipe nobody reads must not stop webmon; a file does not know it. */
static bool open_path(struct log_file *file)
{
	int fd = is_stdout(file) ? open_stdout()
				 : open(file->path,
					O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC |
						O_NOCTTY | O_NONBLOCK,
					0600);
	struct stat status;

	file->open_error = fd < 0 ? errno : 0;
	if (fd < 0)
		return false;
	if (file->fd >= 0)
		close(file->fd);
	file->fd = fd;
	if (fstat(fd, &status) == 0) {
		/* what is left of a line of the old file has no place in another one */
		if (file->rest_size > 0 && !is_same(file, &status)) {
			file->rest_size = 0;
			file->lost++;
		}
		file->device = status.st_dev;
		file->inode = status.st_ino;
	}
	return true;
}

/*
 * Another file stands at the path: it was rotated without a word to us. A path that is missing is
 * left alone, for logrotate creates the new file itself and fails where somebody was quicker.
 */
static bool is_rotated(struct log_file *file)
{
	struct stat status;
	int64_t now_us = clock_mono_us();

	if (now_us - file->looked_at_us < LOOK_US)
		return false;
	file->looked_at_us = now_us;
	return !is_stdout(file) && lstat(file->path, &status) == 0 && !is_same(file, &status);
}

static size_t count_lines(const char *text, size_t size)
{
	size_t lines = 0;

	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	return lines;
}

/* As much as goes; returns how much did, and sets write_error where it is less than all. */
static size_t write_all(struct log_file *file, const char *data, size_t size)
{
	size_t done = 0;

	file->write_error = 0;
	while (done < size) {
		ssize_t written = write(file->fd, data + done, size - done);

		if (written > 0) {
			done += (size_t)written;
		} else if (written == 0 || errno != EINTR) {
			file->write_error = written == 0 ? ENOSPC : errno;
			break;
		}
	}
	return done;
}

/* Writes whole lines. Those that do not go are lost, but one that went in part keeps its rest. */
static bool write_lines(struct log_file *file, const char *lines, size_t size)
{
	size_t done = write_all(file, lines, size);

	if (done < size && done > 0 && lines[done - 1] != '\n') {
		const char *end = memchr(lines + done, '\n', size - done);

		file->rest_size = (size_t)(end + 1 - (lines + done));
		memcpy(file->rest, lines + done, file->rest_size);
		done += file->rest_size;
	}
	file->lost += count_lines(lines + done, size - done);
	return file->write_error == 0;
}

static bool write_rest(struct log_file *file)
{
	size_t done = write_all(file, file->rest, file->rest_size);

	file->rest_size -= done;
	memmove(file->rest, file->rest + done, file->rest_size);
	return file->rest_size == 0;
}

static bool write_notice(struct log_file *file)
{
	uint64_t lost = file->lost;
	char line[LOG_LINE_MAX], words[100];
	size_t length;

	text_format(words, sizeof words, "log: %llu lines lost, they could not be written",
		    (unsigned long long)lost);
	length = log_own_line(line, sizeof line - 1, NULL, words, file->format);
	line[length++] = '\n';
	if (!write_lines(file, line, length)) {
		/*
		 * the notice is no loss of its own; begun, it will be ended, and stands for what
		 * was lost until now
		 */
		file->lost = file->rest_size > 0 ? 0 : lost;
		return false;
	}
	file->lost -= lost;
	return true;
}

struct log_file *log_file_open(const char *path, enum log_format format, char why[200])
{
	struct log_file *file = x_calloc(1, sizeof *file);

	file->path = x_strdup(path);
	file->format = format;
	file->fd = -1;
	if (open_path(file))
		return file;
	text_format(why, 200, "cannot open the log %s: %s", path,
		    file->open_error == ELOOP ? "it is a symbolic link, which is not followed"
					      : strerror(file->open_error));
	free(file->path);
	free(file);
	return NULL;
}

bool log_file_is(const struct log_file *file, const char *path, enum log_format format)
{
	return file && strcmp(file->path, path) == 0 && file->format == format;
}

void log_file_close(struct log_file *file)
{
	if (!file)
		return;
	log_file_flush(file);
	close(file->fd);
	free(file->path);
	free(file);
}

char *log_file_room(struct log_file *file)
{
	if (sizeof file->buffer - file->used < LOG_LINE_MAX)
		log_file_flush(file);
	return file->buffer + file->used;
}

void log_file_add(struct log_file *file, size_t length)
{
	if (length == 0)
		return;
	file->used += length;
	file->buffer[file->used++] = '\n';
}

bool log_file_flush(struct log_file *file)
{
	if (file->open_error != 0 || (file->used > 0 && is_rotated(file)))
		open_path(file);
	if ((file->rest_size == 0 || write_rest(file)) && (file->lost == 0 || write_notice(file)))
		write_lines(file, file->buffer, file->used);
	else
		file->lost += count_lines(file->buffer, file->used);
	file->used = 0;
	return file->write_error == 0 && file->open_error == 0;
}

bool log_file_reopen(struct log_file *file)
{
	log_file_flush(file);
	return open_path(file);
}

void log_file_trouble(const struct log_file *file, char out[200])
{
	int error = file->write_error != 0 ? file->write_error : file->open_error;
	const char *words = error == ENOSPC || error == EDQUOT ? "disk full" : strerror(error);

	if (file->write_error != 0)
		text_format(out, 200, "log: %s, %llu lines lost", words,
			    (unsigned long long)file->lost);
	else if (file->open_error != 0)
		text_format(out, 200, "log: cannot reopen the file: %s", words);
	else
		text_copy(out, 200, "");
}
