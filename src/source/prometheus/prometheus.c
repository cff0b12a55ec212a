/*
 * The source as the program sees it: its thread, which fetches the history once and then looks each
 * step, and what other threads may ask of it.
 */
#include "source/prometheus.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/thread.h"
#include "source/poll/self.h"
#include "source/prometheus/ask.h"
#include "source/prometheus/reader.h"

enum {
	AGAIN_MS = 30000, /* between two looks for other targets */
	HISTORY_TRIES = 2,
};

enum wish { WISH_NOTHING, WISH_PAUSE, WISH_RESUME };

struct prometheus {
	struct reader reader;
	pthread_t thread;
	struct prometheus_options options;
	struct self self;
	int64_t found_us;  /* the newest look for targets */
	int history_tries; /* that are left; 0: it is there, or an engine that looks well will not
			      give it */
	bool started;
	pthread_mutex_t mutex; /* guards the rest */
	bool done, failed;
	bool again;	    /* a look for targets is asked for */
	struct found *news; /* its outcome; NULL: none, or taken */
	char why[200];
	uint8_t *wishes; /* enum wish, by target */
};

struct found *prometheus_look(const struct source_config *source, int interrupt, char why[200])
{
	struct ask *ask = ask_new(source, interrupt);
	char reason[REPLY_WHY] = "";
	struct found *found = reader_find(ask, source, reason);

	if (!found)
		text_format(why, 200, "source %s: %s", ask_shown(ask), reason);
	ask_free(ask);
	return found;
}

/* ---- what is told ---- */

static void note(struct prometheus *source, const char *why)
{
	char detail[200];

	text_format(detail, sizeof(detail), "source %s: %s", ask_shown(source->reader.ask), why);
	self_note(&source->self, source->reader.store, detail, clock_wall_ms());
}

static void set_failed(struct prometheus *source, const char *why)
{
	if (why)
		note(source, why);
	pthread_mutex_lock(&source->mutex);
	source->failed = why != NULL;
	text_format(source->why, sizeof(source->why), "source %s: %s",
		    ask_shown(source->reader.ask), why ? why : "");
	pthread_mutex_unlock(&source->mutex);
}

static bool take_again(struct prometheus *source)
{
	pthread_mutex_lock(&source->mutex);
	bool again = source->again;

	source->again = false;
	pthread_mutex_unlock(&source->mutex);
	return again;
}

/* Looks for targets where one was seen that nobody knows, now and then, or where a person asks. */
static void look_around(struct prometheus *source)
{
	bool asked = take_again(source);
	bool due = clock_mono_us() - source->found_us >= AGAIN_MS * INT64_C(1000);
	char why[REPLY_WHY];

	if (!asked && !(source->reader.strangers > 0 && due))
		return;
	source->found_us = clock_mono_us();
	struct found *found = reader_find(source->reader.ask, &source->reader.config->source, why);

	if (found && !reader_is_news(&source->reader, found, asked)) {
		found_free(found);
		found = NULL;
	}
	pthread_mutex_lock(&source->mutex);
	struct found *before = source->news;

	if (found)
		source->news = found;
	pthread_mutex_unlock(&source->mutex);
	found_free(found ? before : NULL);
}

/* Answers that take longer than the step are no failure, and yet a person should know why all is
 * late. */
static void tell_slowness(struct prometheus *source, int64_t took_us)
{
	char why[120];

	if (took_us / 1000 <= source->reader.config->source.step_ms)
		return;
	text_format(why, sizeof(why), "a look takes %.1f s, longer than its step",
		    (double)took_us / 1e6);
	note(source, why);
}

/* While it is so, it stands among the troubles. */
static void tell_fullness(struct prometheus *source)
{
	char why[120];

	if (!source->reader.full)
		return;
	text_format(why, sizeof(why), "it has more than %d targets: choose some by match",
		    FOUND_MAX);
	note(source, why);
}

/* An engine that is well and has nothing of some targets: whoever measures them is gone, or they
 * are. */
static void tell_silence(struct prometheus *source, size_t silent)
{
	char why[120];

	if (silent == 0)
		return;
	text_format(why, sizeof(why), "no fresh sample of %zu of %zu targets", silent,
		    source->reader.config->target_count);
	note(source, why);
}

/* An engine that answers all else goes on without history: it may have a limit that it does not
 * come under. */
static bool get_history(struct prometheus *source, char why[REPLY_WHY])
{
	if (source->history_tries == 0)
		return true;
	if (reader_fetch_history(&source->reader, why)) {
		source->history_tries = 0;
		return true;
	}
	return --source->history_tries == 0;
}

static void turn(struct prometheus *source)
{
	struct reader *reader = &source->reader;
	char why[REPLY_WHY] = "";
	int64_t took_us = 0;
	size_t silent = 0;
	bool good = reader_ask_time(reader, why) && get_history(source, why);

	if (good) {
		int64_t began_us = clock_mono_us();

		good = reader_look(reader, why);
		took_us = clock_mono_us() - began_us;
	}
	if (ask_is_stopped(reader->ask))
		return;
	if (good) {
		look_around(source);
		tell_fullness(source);
		tell_slowness(source, took_us);
	}
	set_failed(source, good ? NULL : why);
	for (size_t i = 0; i < reader->config->target_count; i++)
		silent += track_miss(&reader->tracks[i], reader->store, reader_now_ms(reader));
	if (good)
		tell_silence(source, silent);
	if (good)
		self_tick(&source->self, reader->store, clock_wall_ms());
	reader_publish(reader);
}

/* ---- the thread ---- */

static void obey(struct prometheus *source)
{
	for (size_t i = 0; i < source->reader.config->target_count; i++) {
		pthread_mutex_lock(&source->mutex);
		enum wish wish = source->wishes[i];

		source->wishes[i] = WISH_NOTHING;
		pthread_mutex_unlock(&source->mutex);
		if (wish != WISH_NOTHING)
			track_pause(&source->reader.tracks[i], source->reader.store,
				    wish == WISH_PAUSE);
	}
}

static void *run(void *argument)
{
	struct prometheus *source = argument;
	unsigned rounds = 0;

	source->reader.fleet.started_ms = clock_wall_ms();
	while (!ask_is_stopped(source->reader.ask)) {
		int64_t began_us = clock_mono_us();

		obey(source);
		turn(source);
		if (source->options.rounds > 0 && ++rounds == source->options.rounds)
			break;
		ask_wait(source->reader.ask, source->reader.config->source.step_ms -
						     (clock_mono_us() - began_us) / 1000);
	}
	pthread_mutex_lock(&source->mutex);
	source->done = true;
	pthread_mutex_unlock(&source->mutex);
	store_wake(source->reader.store);
	return NULL;
}

struct prometheus *prometheus_start(const struct config *config, struct store *store,
				    const struct found *found,
				    const struct prometheus_options *options, char why[200])
{
	struct prometheus *source = x_calloc(1, sizeof(*source));
	int failed;

	source->options = *options;
	source->history_tries = HISTORY_TRIES;
	source->wishes = x_calloc(config->target_count + 1, 1);
	pthread_mutex_init(&source->mutex, NULL);
	reader_init(&source->reader, config, store, found);
	failed = thread_start(&source->thread, "webmon-source", run, source);
	source->started = failed == 0;
	if (!failed)
		return source;
	text_format(why, 200, "cannot start a thread: %s", strerror(failed));
	prometheus_stop(source);
	return NULL;
}

void prometheus_check_now(struct prometheus *source)
{
	ask_wake(source->reader.ask, false);
}

void prometheus_pause(struct prometheus *source, size_t target, bool paused)
{
	pthread_mutex_lock(&source->mutex);
	for (size_t i = 0; i < source->reader.config->target_count; i++)
		if (target == SIZE_MAX || target == i)
			source->wishes[i] = paused ? WISH_PAUSE : WISH_RESUME;
	pthread_mutex_unlock(&source->mutex);
	ask_wake(source->reader.ask, false);
}

bool prometheus_done(struct prometheus *source)
{
	pthread_mutex_lock(&source->mutex);
	bool done = source->done;

	pthread_mutex_unlock(&source->mutex);
	return done;
}

void prometheus_look_again(struct prometheus *source)
{
	pthread_mutex_lock(&source->mutex);
	source->again = true;
	pthread_mutex_unlock(&source->mutex);
	ask_wake(source->reader.ask, false);
}

struct found *prometheus_news(struct prometheus *source)
{
	pthread_mutex_lock(&source->mutex);
	struct found *news = source->news;

	source->news = NULL;
	pthread_mutex_unlock(&source->mutex);
	return news;
}

bool prometheus_failed(struct prometheus *source, char why[200])
{
	pthread_mutex_lock(&source->mutex);
	bool failed = source->failed;

	text_copy(why, 200, source->why);
	pthread_mutex_unlock(&source->mutex);
	return failed;
}

void prometheus_stop(struct prometheus *source)
{
	if (!source)
		return;
	if (source->started) {
		ask_wake(source->reader.ask, true);
		pthread_join(source->thread, NULL);
	}
	self_end(&source->self, source->reader.store, clock_wall_ms());
	reader_fini(&source->reader);
	found_free(source->news);
	pthread_mutex_destroy(&source->mutex);
	free(source->wishes);
	free(source);
}
