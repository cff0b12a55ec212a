/*
 * The thread of the metrics: it waits for who asks, for the time to write the file, and for the
 * time to count, whichever comes first. All it owns is touched by this thread alone; `lock` guards
 * what others hand over.
 */
#include "face/metrics.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/thread.h"
#include "face/metrics_count.h"
#include "face/metrics_http.h"
#include "face/metrics_text.h"

#define FILE_US	 15000000 /* between two writings of the file */
#define FIRST_US 1000000  /* until the first one: there is something to say then */

struct metrics {
	pthread_t thread;
	int control_fd;
	struct metrics_http *http; /* NULL: nobody may ask */
	char *address;		   /* of it; NULL: none */
	char *path;		   /* NULL: no file */

	pthread_mutex_t lock;
	pthread_cond_t switched;
	bool stop;
	bool rest;			  /* asked for */
	const struct config *next_config; /* handed over by a reload; NULL: none */
	const struct store *next_store;
	char trouble[200]; /* of the file */
	char deaf[200];	   /* why it does not listen where it should; main thread */

	/* the thread's own */
	const struct store *store; /* NULL: at rest */
	struct metrics_count *count;
	struct metrics_text *text;
	int64_t count_us, file_us; /* when due */
};

bool metrics_are_wanted(const struct config *config)
{
	return config->program.metrics != NULL || config->program.metrics_file != NULL;
}

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool write_page(void *user, struct metrics_page *page)
{
	struct metrics *metrics = user;

	if (!metrics->store)
		return false;
	metrics_count_follow(metrics->count);
	metrics_text_write(metrics->text, page);
	return true;
}

static bool is_ready(void *user)
{
	struct metrics *metrics = user;
	struct fleet fleet;

	if (!metrics->store)
		return false;
	store_fleet(metrics->store, &fleet);
	return fleet.probes > 0;
}

static void write_file(struct metrics *metrics)
{
	struct metrics_page page = {.format = METRICS_PROMETHEUS};
	char why[200] = "";

	write_page(metrics, &page);
	/* anybody may read it: a collector runs as another user, and no secret is in it */
	if (!file_put(metrics->path, page.text, page.length, 0644))
		text_format(why, sizeof why, "metrics_file: %s", strerror(errno));
	free(page.text);
	pthread_mutex_lock(&metrics->lock);
	text_copy(metrics->trouble, sizeof metrics->trouble, why);
	pthread_mutex_unlock(&metrics->lock);
}

/* What is due by the clock. Returns when the next is. */
static int64_t do_due(struct metrics *metrics)
{
	int64_t now_us = clock_mono_us();

	if (!metrics->store)
		return now_us + FILE_US;
	if (now_us >= metrics->count_us) {
		metrics_count_follow(metrics->count);
		metrics->count_us = now_us + metrics_count_patience_ms(metrics->count) * 1000;
	}
	if (metrics->path && now_us >= metrics->file_us) {
		write_file(metrics);
		metrics->file_us = now_us + FILE_US;
	}
	return metrics->path && metrics->file_us < metrics->count_us ? metrics->file_us
								     : metrics->count_us;
}

static void wait_for_work(struct metrics *metrics, int64_t due_us)
{
	/* At rest: whoever asks waits for the end of the reload, and is not turned away. */
	struct metrics_http *http = metrics->store ? metrics->http : NULL;
	struct pollfd fds[2] = {
		{.fd = metrics->control_fd, .events = POLLIN},
		{.fd = http ? metrics_http_descriptor(http) : -1, .events = POLLIN},
	};
	int64_t wait_ms = (due_us - clock_mono_us() + 999) / 1000;
	int own_ms = http ? metrics_http_timeout_ms(http) : -1;
	eventfd_t count;

	if (own_ms >= 0 && own_ms < wait_ms)
		wait_ms = own_ms;
	poll(fds, 2, wait_ms > 0 ? (int)wait_ms : 0);
	eventfd_read(metrics->control_fd, &count);
	if (http)
		metrics_http_run(http);
}

/* What was counted so far of targets that stay goes on. */
static void look_at(struct metrics *metrics, const struct config *config, const struct store *store)
{
	struct metrics_count *before = metrics->count;

	metrics_text_free(metrics->text);
	metrics->store = store;
	metrics->count = metrics_count_new(config, store, false);
	if (before) {
		metrics_count_carry(metrics->count, before);
		metrics_count_free(before);
	}
	metrics->text = metrics_text_new(config, store, metrics->count);
	metrics->count_us = 0;
}

static bool take_orders(struct metrics *metrics)
{
	bool stop;

	pthread_mutex_lock(&metrics->lock);
	stop = metrics->stop;
	if (metrics->rest) {
		metrics_count_follow(metrics->count);
		metrics->store = NULL;
		metrics->rest = false;
		pthread_cond_signal(&metrics->switched);
	}
	if (metrics->next_config) {
		look_at(metrics, metrics->next_config, metrics->next_store);
		metrics->next_config = NULL;
		pthread_cond_signal(&metrics->switched);
	}
	pthread_mutex_unlock(&metrics->lock);
	return !stop;
}

static void *run(void *arg)
{
	struct metrics *metrics = arg;

	while (take_orders(metrics))
		wait_for_work(metrics, do_due(metrics));
	return NULL;
}

static void metrics_free(struct metrics *metrics)
{
	metrics_http_close(metrics->http);
	metrics_text_free(metrics->text);
	metrics_count_free(metrics->count);
	if (metrics->control_fd >= 0)
		close(metrics->control_fd);
	pthread_cond_destroy(&metrics->switched);
	pthread_mutex_destroy(&metrics->lock);
	free(metrics->address);
	free(metrics->path);
	free(metrics);
}

static struct metrics *metrics_new(const struct config *config, const struct store *store)
{
	struct metrics *metrics = x_calloc(1, sizeof *metrics);

	pthread_mutex_init(&metrics->lock, NULL);
	pthread_cond_init(&metrics->switched, NULL);
	metrics->control_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (config->program.metrics_file)
		metrics->path = x_strdup(config->program.metrics_file);
	metrics->file_us = clock_mono_us() + FIRST_US;
	look_at(metrics, config, store);
	return metrics;
}

static bool listen_on(struct metrics *metrics, const char *address, char why[200])
{
	const struct metrics_http_owner owner = {write_page, is_ready, metrics};
	struct metrics_http *http = metrics_http_open(address, &owner, why);

	if (!http)
		return false;
	metrics_http_close(metrics->http);
	free(metrics->address);
	metrics->http = http;
	metrics->address = x_strdup(address);
	return true;
}

static void fall_silent(struct metrics *metrics)
{
	metrics_http_close(metrics->http);
	free(metrics->address);
	metrics->http = NULL;
	metrics->address = NULL;
}

struct metrics *metrics_start(const struct config *config, const struct store *store, char why[200])
{
	struct metrics *metrics = metrics_new(config, store);
	int failed;

	if (config->program.metrics && !listen_on(metrics, config->program.metrics, why)) {
		metrics_free(metrics);
		return NULL;
	}
	failed = metrics->control_fd < 0
			 ? EMFILE
			 : thread_start(&metrics->thread, "webmon-metrics", run, metrics);
	if (failed) {
		text_format(why, 200, "cannot start the metrics: %s", strerror(failed));
		metrics_free(metrics);
		return NULL;
	}
	return metrics;
}

void metrics_trouble(const struct metrics *metrics, char out[200])
{
	pthread_mutex_t *lock = (pthread_mutex_t *)(uintptr_t)&metrics->lock;

	pthread_mutex_lock(lock);
	text_copy(out, sizeof metrics->trouble,
		  metrics->deaf[0] ? metrics->deaf : metrics->trouble);
	pthread_mutex_unlock(lock);
}

void metrics_rest(struct metrics *metrics)
{
	pthread_mutex_lock(&metrics->lock);
	metrics->rest = true;
	eventfd_write(metrics->control_fd, 1);
	while (metrics->rest)
		pthread_cond_wait(&metrics->switched, &metrics->lock);
	pthread_mutex_unlock(&metrics->lock);
}

static bool is_same_port(const char *a, const char *b)
{
	const char *one = strrchr(a, ':'), *other = strrchr(b, ':');

	return one && other && strcmp(one, other) == 0;
}

/*
 * The new one is opened before the old one is given up: whoever scrapes is better served at the
 * old place than nowhere. Of the same port (on another address) only one can be open; there the
 * old one comes back where the new one fails.
 */
static bool move_to(struct metrics *metrics, const char *address, char why[200])
{
	char *old, unused[200];
	bool moved = listen_on(metrics, address, why);

	if (moved || !metrics->address || !is_same_port(metrics->address, address))
		return moved;
	old = x_strdup(metrics->address);
	fall_silent(metrics);
	moved = listen_on(metrics, address, why);
	if (!moved)
		listen_on(metrics, old, unused);
	free(old);
	return moved;
}

static void listen_anew(struct metrics *metrics, const char *address)
{
	char why[200] = "";

	if (!address)
		fall_silent(metrics);
	else if (is_same(address, metrics->address) || move_to(metrics, address, why))
		why[0] = '\0';
	if (why[0] && metrics->address)
		text_format(metrics->deaf, sizeof metrics->deaf, "%s; still served on %s", why,
			    metrics->address);
	else
		text_copy(metrics->deaf, sizeof metrics->deaf, why);
}

/* At rest the thread touches neither. */
static void switch_outlets(struct metrics *metrics, const struct config *config)
{
	const char *path = config->program.metrics_file;

	listen_anew(metrics, config->program.metrics);
	if (is_same(path, metrics->path))
		return;
	if (metrics->path)
		unlink(metrics->path);
	free(metrics->path);
	metrics->path = path ? x_strdup(path) : NULL;
	metrics->file_us = clock_mono_us() + FIRST_US;
	metrics->trouble[0] = '\0';
}

void metrics_switch(struct metrics *metrics, const struct config *config, const struct store *store)
{
	switch_outlets(metrics, config);
	pthread_mutex_lock(&metrics->lock);
	metrics->next_config = config;
	metrics->next_store = store;
	eventfd_write(metrics->control_fd, 1);
	while (metrics->next_config)
		pthread_cond_wait(&metrics->switched, &metrics->lock);
	pthread_mutex_unlock(&metrics->lock);
}

void metrics_stop(struct metrics *metrics)
{
	pthread_mutex_lock(&metrics->lock);
	metrics->stop = true;
	pthread_mutex_unlock(&metrics->lock);
	eventfd_write(metrics->control_fd, 1);
	pthread_join(metrics->thread, NULL);
	if (metrics->path)
		unlink(metrics->path);
	metrics_free(metrics);
}
