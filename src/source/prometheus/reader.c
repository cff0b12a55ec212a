/*
 * A look is one query for each part of the table of metrics, as a selector over the last moments
 * (`{...}[30s]`): the engine answers with the samples as they were scraped, each with its own time,
 * so that none is taken twice, none is missed by a slow look, and none is repeated by the engine's
 * five minutes of looking back. The history comes by query_range in steps of the scrapes, with
 * last_over_time() of one step for the same reason.
 */
#include "source/prometheus/reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/names.h"
#include "source/prometheus/ask.h"

enum {
	LOOK_TIMEOUT_MS = 10000,
	HISTORY_TIMEOUT_MS = 30000,
	FIND_WINDOW_S = 300,
	MARGIN_MS = 20000, /* of a look's window, beyond what passed since the last one */
	WINDOW_MAX_MS = 300000,
	CHUNK_CHECKS = 20000,	 /* of one question for history */
	HISTORY_CHECKS = 250000, /* of all of them: some 60 MB of answers, uncompressed */
};

struct place {
	uint64_t key;
	struct track *track; /* NULL: free */
};

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

/* ---- which targets there are ---- */

static void add_found(void *user, const struct series *series)
{
	const struct metric *metric = metric_find(series->name);

	if (metric && metric_names(metric))
		found_add(user, series);
}

struct found *reader_find(struct ask *ask, const struct source_config *config, char why[REPLY_WHY])
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

/* ---- tracks by key ---- */

static struct place *place_of(const struct reader *reader, uint64_t key)
{
	size_t at = (size_t)key & (reader->room - 1);

	while (reader->places[at].track && reader->places[at].key != key)
		at = (at + 1) & (reader->room - 1);
	return &reader->places[at];
}

/* NULL: it is not to be shown. */
static struct track *make_track(struct reader *reader, const struct found_target *target,
				struct names *names)
{
	size_t index = names_find(names, target->name);

	if (index == NAMES_NONE)
		return NULL;
	if (reader->count == 0 || target->interval_ms < reader->interval_ms)
		reader->interval_ms = target->interval_ms;
	return &reader->tracks[index];
}

void reader_init(struct reader *reader, const struct config *config, struct store *store,
		 const struct found *found)
{
	struct names *names = names_new(config->target_count);
	size_t known;
	const struct found_target *targets = found_targets(found, &known);

	*reader = (struct reader){
		.config = config, .store = store, .known = known, .full = found_is_full(found)};
	reader->ask = ask_new(&config->source, -1);
	read_match(reader->match, config->source.match);
	for (size_t i = 0; i < config->target_count; i++)
		names_add(names, config->targets[i].name, i);
	for (reader->room = 64; reader->room < known * 2;)
		reader->room *= 2;
	reader->interval_ms = config->source.step_ms;
	reader->places = x_calloc(reader->room, sizeof(*reader->places));
	reader->tracks = x_calloc(config->target_count + 1, sizeof(*reader->tracks));
	for (size_t i = 0; i < known; i++) {
		struct track *track = make_track(reader, &targets[i], names);
		struct place *place = place_of(reader, found_key(found, i));

		*place = (struct place){found_key(found, i), track ? track : &reader->others};
		if (!track)
			continue;
		uint32_t index = (uint32_t)(track - reader->tracks);
		track_init(track, &config->targets[index], index);
		reader->count++;
	}
	names_free(names);
}

void reader_fini(struct reader *reader)
{
	for (size_t i = 0; i < reader->config->target_count; i++)
		track_fini(&reader->tracks[i]);
	ask_free(reader->ask);
	free(reader->tracks);
	free(reader->places);
}

/* ---- questions ---- */

static void take_series(void *user, const struct series *series)
{
	struct reader *reader = user;
	const struct metric *metric = metric_find(series->name);

	if (!metric)
		return;
	struct track *track =
		place_of(reader, labels_key(series->labels, metric_label(metric)))->track;
	if (track && track != &reader->others)
		points_take(&track->points, metric, series, track->heard_ms);
	else if (!track && metric_names(metric))
		reader->strangers++;
}

/* All parts of one question; false with why, and no part of it is kept. */
static bool ask_parts(struct reader *reader, struct question *question, const char *format,
		      int64_t span_ms, char why[REPLY_WHY])
{
	bool good = true;

	reader->strangers = 0;
	for (enum metric_part part = PART_STATE; part < PART_COUNT && good; part++) {
		char selector[SELECTOR_BYTES];

		metric_selector(selector, part, reader->match);
		char *query = x_asprintf(format, selector, (long long)span_ms);
		question->query = query;
		good = reply_series(reader->ask, question, take_series, reader, why);
		free(query);
	}
	for (size_t i = 0; i < reader->config->target_count && !good; i++)
		points_clear(&reader->tracks[i].points);
	return good;
}

/* How far the engine's clock is ahead of ours. */
bool reader_ask_time(struct reader *reader, char why[REPLY_WHY])
{
	int64_t now_ms;

	if (!reply_time(reader->ask, &now_ms, why))
		return false;
	reader->ahead_ms = now_ms - clock_wall_ms();
	return true;
}

int64_t reader_now_ms(const struct reader *reader)
{
	return clock_wall_ms() + reader->ahead_ms;
}

bool reader_is_news(const struct reader *reader, const struct found *found, bool gone)
{
	size_t count, strangers = 0;

	found_targets(found, &count);
	for (size_t i = 0; i < count; i++)
		strangers += place_of(reader, found_key(found, i))->track == NULL;
	return strangers > 0 || (gone && count < reader->known);
}

/* ---- what is told ---- */

void reader_publish(struct reader *reader)
{
	uint64_t samples = 0, failures = 0;

	for (size_t i = 0; i < reader->config->target_count; i++) {
		samples += reader->tracks[i].samples;
		failures += reader->tracks[i].failures;
	}
	reader->fleet.probes = samples;
	reader->fleet.failures = failures;
	store_put_fleet(reader->store, 0, &reader->fleet);
	store_wake(reader->store);
}

/* ---- history ---- */

/* The largest multiple of the step that is not later. */
static int64_t grid(int64_t at_ms, int64_t step_ms)
{
	return at_ms - at_ms % step_ms;
}

/*
 * As far back as samples are kept, or as many checks as are fetched without anybody having to wait
 * long; in pieces, the oldest first, because the judge takes samples in order of time.
 */
bool reader_fetch_history(struct reader *reader, char why[REPLY_WHY])
{
	int64_t targets = (int64_t)reader->config->target_count, step_ms = reader->interval_ms;

	if (targets == 0)
		return true;
	int64_t now_ms = grid(reader_now_ms(reader), step_ms);
	int64_t steps = reader->config->program.keep_ms / step_ms;
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
		if (!ask_parts(reader, &question, "last_over_time(%s[%lldms])", step_ms, why))
			return false;
		for (size_t i = 0; i < reader->config->target_count; i++)
			track_take(&reader->tracks[i], reader->store, false);
		reader_publish(reader);
		at_ms = question.end_ms + step_ms;
	}
	return true;
}

/* ---- the look ---- */

static int64_t window_ms(const struct reader *reader)
{
	int64_t passed_ms = (clock_mono_us() - reader->looked_us) / 1000;
	int64_t window = 2 * reader->config->source.step_ms + passed_ms + MARGIN_MS;

	if (reader->looked_us == 0 || window > WINDOW_MAX_MS)
		window = WINDOW_MAX_MS;
	return window < 3 * reader->interval_ms ? 3 * reader->interval_ms : window;
}

/* What came since the last look. */
bool reader_look(struct reader *reader, char why[REPLY_WHY])
{
	struct question question = {.timeout_ms = LOOK_TIMEOUT_MS};
	int64_t began_us = clock_mono_us();

	if (!ask_parts(reader, &question, "%s[%lldms]", window_ms(reader), why))
		return false;
	/* The first look still brings what was before: no news, as the history was none. */
	for (size_t i = 0; i < reader->config->target_count; i++)
		track_take(&reader->tracks[i], reader->store, reader->looked_us != 0);
	reader->looked_us = began_us;
	return true;
}
