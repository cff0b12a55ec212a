/*
 * The log: a thread of its own that waits on the store and turns what is new into lines of the
 * file.
 *
 * It reads events and samples by number, so none is written twice, and each that was overwritten
 * before it could be read is told. Only `lock`'s fields are shared with other threads.
 */
#include "face/log.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/thread.h"
#include "face/log_file.h"
#include "face/log_line.h"

#define EVENT_BATCH 512
#define NOTES	    16
#define NOTE_MAX    1500
#define RETRY_MS    5000 /* while the file makes trouble: does it still? */

struct log {
	const struct config *config;
	struct store *store;
	pthread_t thread;
	int store_fd, control_fd;

	pthread_mutex_t lock;
	bool reopen, stop;
	char trouble[200];
	char notes[NOTES][NOTE_MAX]; /* yet to be written */
	size_t note_count;
	uint64_t notes_lost;
	char taken[NOTES][NOTE_MAX]; /* the thread's own copy of them */

	/* the thread's own */
	bool is_journal; /* stdout goes to systemd's journal */
	struct log_file *file;
	uint64_t next_event;
	uint64_t *next_sample;	/* by target */
	struct sample *samples; /* scratch for the largest ring; untouched pages cost nothing */
	size_t samples_max;
	struct event events[EVENT_BATCH];
};

/* The journal reads a line's level from its beginning (sd-daemon(3)). Returns the bytes it
 * takes. */
static size_t add_mark(const struct log *log, char *line, enum log_level level)
{
	static const char digits[] = {
		[LOG_LEVEL_ERROR] = '3', [LOG_LEVEL_WARNING] = '4', [LOG_LEVEL_INFO] = '6'};

	if (!log->is_journal)
		return 0;
	line[0] = '<';
	line[1] = digits[level];
	line[2] = '>';
	return 3;
}

static void add_overwritten(struct log *log, const struct target *target, uint64_t count,
			    const char *what)
{
	char *line = log_file_room(log->file);
	char words[120];

	text_format(words, sizeof words,
		    "log: %llu %s were overwritten before they could be written",
		    (unsigned long long)count, what);
	size_t mark = add_mark(log, line, LOG_LEVEL_WARNING);
	log_file_add(log->file, mark + log_own_line(line + mark, LOG_LINE_MAX - 1 - mark, target,
						    words, log->config->program.log_format));
}

static void add_samples(struct log *log, size_t index)
{
	const struct target *target = &log->config->targets[index];
	uint64_t lost;
	size_t count = store_follow(log->store, index, &log->next_sample[index], log->samples,
				    log->samples_max, &lost);

	if (lost > 0)
		add_overwritten(log, target, lost, "checks");
	for (size_t i = 0; i < count; i++) {
		char *line = log_file_room(log->file);
		size_t mark = add_mark(log, line, LOG_LEVEL_INFO);

		log_file_add(log->file, mark + log_sample_line(line + mark, LOG_LINE_MAX - 1 - mark,
							       target, &log->samples[i],
							       log->config->program.log_format));
	}
}

static void add_event(struct log *log, const struct event *event)
{
	const struct program *program = &log->config->program;
	size_t mark;
	char *line;

	if (log_event_level(event->kind) > program->log_level)
		return;
	line = log_file_room(log->file);
	mark = add_mark(log, line, log_event_level(event->kind));
	log_file_add(log->file, mark + log_line(line + mark, LOG_LINE_MAX - 1 - mark, log->config,
						event, program->log_format));
}

static void add_events(struct log *log)
{
	size_t count;

	while ((count = store_events(log->store, log->next_event, log->events, EVENT_BATCH, NULL)) >
	       0) {
		for (size_t i = 0; i < count; i++) {
			const struct event *event = &log->events[i];

			if (event->number > log->next_event)
				add_overwritten(log, NULL, event->number - log->next_event,
						"events");
			add_event(log, event);
			log->next_event = event->number + 1;
		}
	}
}

static void add_words(struct log *log, const char *words)
{
	char *line = log_file_room(log->file);

	size_t mark = add_mark(log, line, LOG_LEVEL_WARNING);
	log_file_add(log->file, mark + log_own_line(line + mark, LOG_LINE_MAX - 1 - mark, NULL,
						    words, log->config->program.log_format));
}

static void add_notes(struct log *log)
{
	char words[80];
	size_t count;
	uint64_t lost;

	/* copied first: writing may wait for a disk, and nobody is to wait for that */
	pthread_mutex_lock(&log->lock);
	count = log->note_count;
	lost = log->notes_lost;
	memcpy(log->taken, log->notes, count * sizeof log->notes[0]);
	log->note_count = 0;
	log->notes_lost = 0;
	pthread_mutex_unlock(&log->lock);
	for (size_t i = 0; i < count; i++)
		add_words(log, log->taken[i]);
	if (lost == 0)
		return;
	text_format(words, sizeof words, "log: %llu notes more were left out",
		    (unsigned long long)lost);
	add_words(log, words);
}

/* Returns false where the file makes trouble. */
static bool write_news(struct log *log, bool reopen)
{
	bool well;

	if (log->config->program.log_level == LOG_LEVEL_INFO) {
		for (size_t i = 0; i < log->config->target_count; i++)
			add_samples(log, i);
	}
	add_events(log);
	add_notes(log);
	/* reopening flushes first: what was before the rotation belongs to the old file */
	well = reopen ? log_file_reopen(log->file) : log_file_flush(log->file);
	pthread_mutex_lock(&log->lock);
	log_file_trouble(log->file, log->trouble);
	pthread_mutex_unlock(&log->lock);
	return well;
}

static void wait_for_news(struct log *log, int timeout_ms)
{
	struct pollfd fds[2] = {
		{.fd = log->store_fd, .events = POLLIN},
		{.fd = log->control_fd, .events = POLLIN},
	};
	eventfd_t count;

	poll(fds, 2, timeout_ms);
	store_woken(log->store, log->store_fd);
	eventfd_read(log->control_fd, &count);
}

static void *run(void *arg)
{
	struct log *log = arg;
	bool well = true, reopen, stop;

	do {
		wait_for_news(log, well ? -1 : RETRY_MS);
		pthread_mutex_lock(&log->lock);
		reopen = log->reopen;
		stop = log->stop;
		log->reopen = false;
		pthread_mutex_unlock(&log->lock);
		well = write_news(log, reopen);
	} while (!stop);
	return NULL;
}

/* systemd says which device and inode its journal's stream has. */
static bool is_journal(const struct config *config)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat status;

	return strcmp(config->program.log, LOG_STDOUT) == 0 && stream &&
	       sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	       fstat(STDOUT_FILENO, &status) == 0 && status.st_dev == device &&
	       status.st_ino == inode;
}

static struct log *log_new(const struct config *config, struct store *store)
{
	struct log *log = x_calloc(1, sizeof *log);

	log->config = config;
	log->is_journal = is_journal(config);
	log->store = store;
	log->store_fd = store_watch(store);
	log->control_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&log->lock, NULL);
	log->next_event = store_event_head(store);
	log->next_sample = x_calloc(config->target_count + 1, sizeof *log->next_sample);
	for (size_t i = 0; i < config->target_count; i++) {
		size_t capacity = store_ring_capacity(store, i);

		log->next_sample[i] = store_head(store, i);
		if (capacity > log->samples_max)
			log->samples_max = capacity;
	}
	log->samples = x_calloc(log->samples_max + 1, sizeof *log->samples);
	return log;
}

static void log_free(struct log *log)
{
	log_file_close(log->file);
	if (log->control_fd >= 0)
		close(log->control_fd);
	pthread_mutex_destroy(&log->lock);
	free(log->next_sample);
	free(log->samples);
	free(log);
}

struct log *log_go_on(const struct config *config, struct store *store, struct log_file *file,
		      char why[200])
{
	const struct program *program = &config->program;
	struct log *log = log_new(config, store);
	int failed;

	if (log_file_is(file, program->log, program->log_format)) {
		log->file = file;
	} else {
		log_file_close(file);
		log->file = log_file_open(program->log, program->log_format, why);
	}
	if (log->file == NULL) {
		log_free(log);
		return NULL;
	}
	failed = log->store_fd < 0 || log->control_fd < 0
			 ? EMFILE
			 : thread_start(&log->thread, "webmon-log", run, log);
	if (failed) {
		text_format(why, 200, "cannot start the log: %s", strerror(failed));
		log_free(log);
		return NULL;
	}
	return log;
}

struct log *log_start(const struct config *config, struct store *store, char why[200])
{
	return log_go_on(config, store, NULL, why);
}

bool log_is_able(const struct config *config, char why[200])
{
	const struct program *program = &config->program;
	struct log_file *file =
		program->log ? log_file_open(program->log, program->log_format, why) : NULL;

	if (file)
		log_file_close(file);
	return file || !program->log;
}

static void command(struct log *log, bool *flag)
{
	pthread_mutex_lock(&log->lock);
	*flag = true;
	pthread_mutex_unlock(&log->lock);
	eventfd_write(log->control_fd, 1);
}

void log_reopen(struct log *log)
{
	command(log, &log->reopen);
}

void log_note(struct log *log, const char *words)
{
	pthread_mutex_lock(&log->lock);
	if (log->note_count < NOTES)
		text_clean(log->notes[log->note_count++], NOTE_MAX, words, strlen(words),
			   TEXT_LINE);
	else
		log->notes_lost++;
	pthread_mutex_unlock(&log->lock);
	eventfd_write(log->control_fd, 1);
}

void log_trouble(const struct log *log, char out[200])
{
	pthread_mutex_t *lock = (pthread_mutex_t *)(uintptr_t)&log->lock;

	pthread_mutex_lock(lock);
	text_copy(out, sizeof log->trouble, log->trouble);
	pthread_mutex_unlock(lock);
}

struct log_file *log_leave(struct log *log)
{
	struct log_file *file = log->file;

	command(log, &log->stop);
	pthread_join(log->thread, NULL);
	log->file = NULL;
	log_free(log);
	return file;
}

void log_stop(struct log *log)
{
	log_file_close(log_leave(log));
}
