/*
 * One thread a file. Between the two threads stands the order: what is in the struct is the
 * thread's from its start until it has told the descriptor, and the main thread's otherwise.
 */
#include "app/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/thread.h"
#include "base/units.h"

#define LAST_CHANCE_S 2

struct keeper {
	int done;
	bool busy;
	pthread_t thread;
	char name[256];
	char *text;
	int error; /* errno; 0: written */
};

struct keeper *keeper_new(void)
{
	struct keeper *keeper = x_calloc(1, sizeof(*keeper));

	keeper->done = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	return keeper;
}

void keeper_free(struct keeper *keeper)
{
	struct timespec until;

	if (!keeper)
		return;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += LAST_CHANCE_S;
	if (keeper->busy && pthread_timedjoin_np(keeper->thread, NULL, &until) != 0)
		return; /* its disk hangs: it goes on until the process ends */
	if (keeper->done >= 0)
		close(keeper->done);
	free(keeper->text);
	free(keeper);
}

static int write_all(int file, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		ssize_t written = write(file, text, left);

		if (written < 0 && errno != EINTR)
			return errno;
		if (written > 0) {
			text += written;
			left -= (size_t)written;
		}
	}
	return 0;
}

/* O_EXCL: what a person has saved before is theirs. */
static int write_file(const struct keeper *keeper)
{
	int file = open(keeper->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666), failed;

	if (file < 0)
		return errno;
	failed = write_all(file, keeper->text);
	if (close(file) != 0 && !failed)
		failed = errno;
	if (failed)
		unlink(keeper->name); /* half a picture is none */
	return failed;
}

static void *run(void *arg)
{
	struct keeper *keeper = arg;
	const uint64_t one = 1;

	keeper->error = write_file(keeper);
	if (write(keeper->done, &one, sizeof(one)) < 0)
		keeper->error = errno;
	return NULL;
}

bool keeper_write(struct keeper *keeper, const char *name, char *text)
{
	if (keeper->busy || keeper->done < 0) {
		free(text);
		return false;
	}
	text_copy(keeper->name, sizeof(keeper->name), name);
	free(keeper->text);
	keeper->text = text;
	keeper->error = 0;
	keeper->busy = thread_start(&keeper->thread, "webmon-keeper", run, keeper) == 0;
	return keeper->busy;
}

int keeper_descriptor(const struct keeper *keeper)
{
	return keeper->done;
}

bool keeper_result(struct keeper *keeper, char message[256])
{
	char size[FORMAT_MAX];
	uint64_t told;

	if (!keeper->busy || read(keeper->done, &told, sizeof(told)) != sizeof(told))
		return false;
	pthread_join(keeper->thread, NULL);
	keeper->busy = false;
	format_bytes(size, strlen(keeper->text));
	if (!keeper->error)
		text_format(message, 256, "%s written into %s", size, keeper->name);
	else if (keeper->error == EEXIST)
		text_format(message, 256, "%s exists already: nothing was written", keeper->name);
	else
		text_format(message, 256, "cannot write %s: %s", keeper->name,
			    strerror(keeper->error));
	return true;
}
