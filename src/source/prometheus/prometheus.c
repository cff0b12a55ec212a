/*
 * The source as the program sees it, and its thread: history once, then a look each step.
 *
 * A look is one query for each part of the table of metrics, as a selector over the last moments (`{...}[30s]`): the engine
 * answers with the samples as they were scraped, each with its own time, so that none is taken twice, none is missed by a slow
 * look, and none is repeated by the engine's five minutes of looking back. The history comes by query_range in steps of the
 * scrapes, with last_over_time() of one step for the same reason.
 */
#include "source/prometheus.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/thread.h"
#include "model/names.h"
#include "source/poll/self.h"
#include "source/prometheus/ask.h"
#include "source/prometheus/found.h"
#include "source/prometheus/track.h"

enum {
	LOOK_TIMEOUT_MS = 10000,
	HISTORY_TIMEOUT_MS = 30000,
	FIND_WINDOW_S = 300,
	MARGIN_MS = 20000,	 /* of a look's window, beyond what passed since the last one */
	WINDOW_MAX_MS = 300000,
	CHUNK_CHECKS = 20000,	 /* of one question for history */
	HISTORY_CHECKS = 250000, /* of all of them: some 60 MB of answers, uncompressed */
	AGAIN_MS = 30000,	 /* between two looks for other targets */
};

#define MATCH_BYTES 1024

struct place {
	uint64_t key;
	struct track *track; /* NULL: free */
};

struct prometheus {
	const struct config *config;
	struct store *store;
	struct ask *ask;
	pthread_t thread;
	struct prometheus_options options;
	struct track *tracks; /* by target */
	size_t count;	      /* of them that have a key */
	size_t known;	      /* targets, also those that are not shown */
	struct track others;  /* stands for what is known and not shown */
	struct place *places; /* tracks by key */
	size_t room;	      /* of places, a power of two */
	char match[MATCH_BYTES];
	struct self self;
	struct fleet fleet;
	int64_t ahead_ms; /* the engine's clock before ours */
	int64_t looked_us;    /* the newest look that succeeded */
	int64_t interval_ms;  /* the shortest of the targets */
	size_t strangers;     /* series of targets that were not there at the start */
	int64_t found_us;     /* the newest look for targets */
	bool started;
	pthread_mutex_t mutex; /* guards the rest */
	bool done, failed;
	bool again;	    /* a look for targets is asked for */
	struct found *news; /* its outcome; NULL: none, or taken */
	char why[200];
	uint8_t *wishes; /* enum wish, by target */
};

enum wish { WISH_NOTHING, WISH_PAUSE, WISH_RESUME };

/* The matchers without the braces that a person may have written around them. */
static void read_match(char out[MATCH_BYTES], const char *match)
{
	size_t length;

	match += strspn(match, " {");
	length = strlen(match);
	while (length > 0 && strchr(" },", match[length - 1]))
		length--;
	text_format(out, MATCH_BYTES, "%.*s", (int)length, match);
}

/* ---- the look for targets ---- */

static void add_found(void *user, const struct series *series)
{
	const struct metric *metric = metric_find(series->name);

	if (metric && metric_names(metric))
		found_add(user, series);
}

/* Returns new, or NULL with why. */
static struct found *find(struct ask *ask, const struct source_config *config, char why[REPLY_WHY])
{
	struct found *found = found_new();
	struct question question = {.timeout_ms = LOOK_TIMEOUT_MS};
	char selector[SELECTOR_BYTES], match[MATCH_BYTES];

	read_match(match, config->match);
	bool good = metric_selector(selector, PART_NAMES, match);
	char *query = x_asprintf("%s[%ds]", selector, FIND_WINDOW_S);

	question.query = query;
	if (good)
		good = reply_series(ask, &question, add_found, found, why);
	else
		text_copy(why, REPLY_WHY, "match is too long");
	free(query);
	if (good) {
		found_finish(found, config->step_ms);
		return found;
	}
	found_free(found);
	return NULL;
}

struct found *prometheus_look(const struct source_config *source, int interrupt, char why[200])
{
	struct ask *ask = ask_new(source, interrupt);
	char reason[REPLY_WHY] = "";
	struct found *found = find(ask, source, reason);

	if (!found)
		text_format(why, 200, "source %s: %s", ask_shown(ask), reason);
	ask_free(ask);
	return found;
}

/* ---- tracks by key ---- */

static struct place *place_of(const struct prometheus *source, uint64_t key)
{
	size_t at = (size_t)key & (source->room - 1);

	while (source->places[at].track && source->places[at].key != key)
		at = (at + 1) & (source->room - 1);
	return &source->places[at];
}

/* NULL: it is not to be shown. */
static struct track *make_track(struct prometheus *source, const struct found_target *target,
				struct names *names)
{
	size_t index = names_find(names, target->name);

	if (index == NAMES_NONE)
		return NULL;
	if (source->count == 0 || target->interval_ms < source->interval_ms)
		source->interval_ms = target->interval_ms;
	return &source->tracks[index];
}

static void make_tracks(struct prometheus *source, const struct found *found)
{
	const struct config *config = source->config;
	struct names *names = names_new(config->target_count);
	size_t known;
	const struct found_target *targets = found_targets(found, &known);

	source->known = known;
	for (size_t i = 0; i < config->target_count; i++)
		names_add(names, config->targets[i].name, i);
	for (source->room = 64; source->room < known * 2;)
		source->room *= 2;
	source->places = x_calloc(source->room, sizeof(*source->places));
	source->tracks = x_calloc(config->target_count + 1, sizeof(*source->tracks));
	source->wishes = x_calloc(config->target_count + 1, 1);
	for (size_t i = 0; i < known; i++) {
		struct track *track = make_track(source, &targets[i], names);
		struct place *place = place_of(source, found_key(found, i));

		*place = (struct place){found_key(found, i), track ? track : &source->others};
		if (!track)
			continue;
		uint32_t index = (uint32_t)(track - source->tracks);
		track_init(track, &config->targets[index], index);
		source->count++;
	}
	names_free(names);
}

/* ---- questions ---- */

static void take_series(void *user, const struct series *series)
{
	struct prometheus *source = user;
	const struct metric *metric = metric_find(series->name);

	if (!metric)
		return;
	struct track *track = place_of(source, labels_key(series->labels, metric_label(metric)))->track;
	if (track && track != &source->others)
		points_take(&track->points, metric, series, track->heard_ms);
	else if (!track && metric_names(metric))
		source->strangers++;
}

/* All parts of one question; false with why, and no part of it is kept. */
static bool ask_parts(struct prometheus *source, struct question *question, const char *format,
		      int64_t span_ms, char why[REPLY_WHY])
{
	bool good = true;

	source->strangers = 0;
	for (enum metric_part part = PART_STATE; part < PART_COUNT && good; part++) {
		char selector[SELECTOR_BYTES];

		metric_selector(selector, part, source->match);
		char *query = x_asprintf(format, selector, (long long)span_ms);
		question->query = query;
		good = reply_series(source->ask, question, take_series, source, why);
		free(query);
	}
	for (size_t i = 0; i < source->config->target_count && !good; i++)
		points_clear(&source->tracks[i].points);
	return good;
}

/* How far the engine's clock is ahead of ours. */
static bool ask_time(struct prometheus *source, char why[REPLY_WHY])
{
	int64_t now_ms;

	if (!reply_time(source->ask, &now_ms, why))
		return false;
	source->ahead_ms = now_ms - clock_wall_ms();
	return true;
}

static int64_t engine_ms(const struct prometheus *source)
{
	return clock_wall_ms() + source->ahead_ms;
}

/* ---- what is told ---- */

static void publish(struct prometheus *source)
{
	uint64_t samples = 0, failures = 0;

	for (size_t i = 0; i < source->config->target_count; i++) {
		samples += source->tracks[i].samples;
		failures += source->tracks[i].failures;
	}
	source->fleet.probes = samples;
	source->fleet.failures = failures;
	store_put_fleet(source->store, 0, &source->fleet);
	store_wake(source->store);
}

static void note(struct prometheus *source, const char *why)
{
	char detail[200];

	text_format(detail, sizeof(detail), "source %s: %s", ask_shown(source->ask), why);
	self_note(&source->self, source->store, detail, clock_wall_ms());
}

static void set_failed(struct prometheus *source, const char *why)
{
	if (why)
		note(source, why);
	pthread_mutex_lock(&source->mutex);
	source->failed = why != NULL;
	text_format(source->why, sizeof(source->why), "source %s: %s", ask_shown(source->ask),
		    why ? why : "");
	pthread_mutex_unlock(&source->mutex);
}

/* ---- history ---- */

/* The largest multiple of the step that is not later. */
static int64_t grid(int64_t at_ms, int64_t step_ms)
{
	return at_ms - at_ms % step_ms;
}

/*
 * As far back as samples are kept, or as many checks as are fetched without anybody having to wait long; in pieces, the oldest
 * first, because the judge takes samples in order of time.
 */
static bool fetch_history(struct prometheus *source, char why[REPLY_WHY])
{
	int64_t targets = (int64_t)source->config->target_count, step_ms = source->interval_ms;
	int64_t now_ms = grid(engine_ms(source), step_ms);
	int64_t steps = source->config->program.keep_ms / step_ms;
	int64_t most = HISTORY_CHECKS / targets > 0 ? HISTORY_CHECKS / targets : 1;
	int64_t piece = CHUNK_CHECKS / targets > 0 ? CHUNK_CHECKS / targets : 1;
	int64_t at_ms = now_ms - (steps < most ? steps : most) * step_ms;

	while (at_ms <= now_ms) {
		struct question question = {.start_ms = at_ms,
					    .end_ms = at_ms + (piece - 1) * step_ms,
					    .step_ms = step_ms,
					    .timeout_ms = HISTORY_TIMEOUT_MS};

		if (question.end_ms > now_ms)
			question.end_ms = now_ms;
		if (!ask_parts(source, &question, "last_over_time(%s[%lldms])", step_ms, why))
			return false;
		for (size_t i = 0; i < source->config->target_count; i++)
			track_take(&source->tracks[i], source->store, false);
		publish(source);
		at_ms = question.end_ms + step_ms;
	}
	return true;
}

/* ---- the look ---- */

static int64_t window_ms(const struct prometheus *source)
{
	int64_t passed_ms = (clock_mono_us() - source->looked_us) / 1000;
	int64_t window = 2 * source->config->source.step_ms + passed_ms + MARGIN_MS;

	if (source->looked_us == 0 || window > WINDOW_MAX_MS)
		window = WINDOW_MAX_MS;
	return window < 3 * source->interval_ms ? 3 * source->interval_ms : window;
}

/* There are targets that nobody knows, or (gone: where that counts) some are no more. */
static bool is_news(const struct prometheus *source, const struct found *found, bool gone)
{
	size_t count, strangers = 0;

	found_targets(found, &count);
	for (size_t i = 0; i < count; i++)
		strangers += place_of(source, found_key(found, i))->track == NULL;
	return strangers > 0 || (gone && count < source->known);
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

	if (!asked && !(source->strangers > 0 && due))
		return;
	source->found_us = clock_mono_us();
	struct found *found = find(source->ask, &source->config->source, why);

	if (found && !is_news(source, found, asked)) {
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

/* What came since the last look. */
static bool look(struct prometheus *source, char why[REPLY_WHY])
{
	struct question question = {.timeout_ms = LOOK_TIMEOUT_MS};
	int64_t began_us = clock_mono_us();

	if (!ask_parts(source, &question, "%s[%lldms]", window_ms(source), why))
		return false;
	source->looked_us = began_us;
	for (size_t i = 0; i < source->config->target_count; i++)
		track_take(&source->tracks[i], source->store, true);
	look_around(source);
	return true;
}

/* Answers that take longer than the step are no failure, and yet a person should know why all is late. */
static void tell_slowness(struct prometheus *source, int64_t took_us)
{
	char why[120];

	if (took_us / 1000 <= source->config->source.step_ms)
		return;
	text_format(why, sizeof(why), "a look takes %.1f s, longer than its step",
		    (double)took_us / 1e6);
	note(source, why);
}

static void turn(struct prometheus *source, bool *has_history)
{
	char why[REPLY_WHY] = "";
	bool good = ask_time(source, why);

	if (good && !*has_history)
		good = *has_history = fetch_history(source, why);
	if (good) {
		int64_t look_us = clock_mono_us();

		good = look(source, why);
		if (good)
			tell_slowness(source, clock_mono_us() - look_us);
	}
	if (ask_is_stopped(source->ask))
		return;
	set_failed(source, good ? NULL : why);
	for (size_t i = 0; i < source->config->target_count; i++)
		track_miss(&source->tracks[i], source->store, engine_ms(source));
	if (good)
		self_tick(&source->self, source->store, clock_wall_ms());
	publish(source);
}

/* ---- the thread ---- */

static void obey(struct prometheus *source)
{
	for (size_t i = 0; i < source->config->target_count; i++) {
		pthread_mutex_lock(&source->mutex);
		enum wish wish = source->wishes[i];

		source->wishes[i] = WISH_NOTHING;
		pthread_mutex_unlock(&source->mutex);
		if (wish != WISH_NOTHING)
			track_pause(&source->tracks[i], source->store, wish == WISH_PAUSE);
	}
}

static void *run(void *argument)
{
	struct prometheus *source = argument;
	bool has_history = false;
	unsigned rounds = 0;

	source->fleet.started_ms = clock_wall_ms();
	while (!ask_is_stopped(source->ask)) {
		int64_t began_us = clock_mono_us();

		obey(source);
		turn(source, &has_history);
		if (source->options.rounds > 0 && ++rounds == source->options.rounds)
			break;
		ask_wait(source->ask, source->config->source.step_ms -
					      (clock_mono_us() - began_us) / 1000);
	}
	pthread_mutex_lock(&source->mutex);
	source->done = true;
	pthread_mutex_unlock(&source->mutex);
	store_wake(source->store);
	return NULL;
}

struct prometheus *prometheus_start(const struct config *config, struct store *store,
				    const struct found *found,
				    const struct prometheus_options *options, char why[200])
{
	struct prometheus *source = x_calloc(1, sizeof(*source));
	int failed;

	source->config = config;
	source->store = store;
	source->options = *options;
	pthread_mutex_init(&source->mutex, NULL);
	source->ask = ask_new(&config->source, -1);
	read_match(source->match, config->source.match);
	make_tracks(source, found);
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
	ask_wake(source->ask, false);
}

void prometheus_pause(struct prometheus *source, size_t target, bool paused)
{
	pthread_mutex_lock(&source->mutex);
	for (size_t i = 0; i < source->config->target_count; i++)
		if (target == SIZE_MAX || target == i)
			source->wishes[i] = paused ? WISH_PAUSE : WISH_RESUME;
	pthread_mutex_unlock(&source->mutex);
	ask_wake(source->ask, false);
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
	ask_wake(source->ask, false);
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
		ask_wake(source->ask, true);
		pthread_join(source->thread, NULL);
	}
	for (size_t i = 0; i < source->config->target_count; i++)
		track_fini(&source->tracks[i]);
	ask_free(source->ask);
	found_free(source->news);
	pthread_mutex_destroy(&source->mutex);
	free(source->tracks);
	free(source->places);
	free(source->wishes);
	free(source);
}
