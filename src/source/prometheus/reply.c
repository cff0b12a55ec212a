/*
 * From a question to series: the address' parameters, the stream through the splitter, and what the
 * engine says where it refuses.
 */
#include "source/prometheus/reply.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "source/prometheus/ask.h"
#include "source/prometheus/split.h"

#define NUMBER_BYTES	40
#define TIME_TIMEOUT_MS 5000
#define TIME_MAX_S	4000000000.0 /* year 2096 */

struct reading {
	struct split split;
	series_take *take;
	void *user;
	bool malformed;
};

/* {"metric": {...}, "values": [[t, "v"], ...]}, or "value": [t, "v"] of an answer for one
 * moment. */
static bool take_series(void *user, const char *text, size_t size)
{
	struct reading *reading = user;
	json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);

	if (json_object_get(root, "value"))
		json_object_set_new(root, "values",
				    json_pack("[O]", json_object_get(root, "value")));
	struct series series = {.labels = json_object_get(root, "metric"),
				.values = json_object_get(root, "values"),
				.name = ""};

	reading->malformed = !json_is_object(series.labels) || !json_is_array(series.values);
	if (!reading->malformed) {
		series.name = label(series.labels, "__name__");
		reading->take(reading->user, &series);
	}
	json_decref(root);
	return !reading->malformed;
}

static bool take_body(void *user, const char *data, size_t size)
{
	return split_feed(user, data, size);
}

/* "bad_data: invalid parameter ...", as the engine says it; else the bare status. */
static void say_refusal(const struct ask *ask, const json_t *head, int status, char why[REPLY_WHY])
{
	const char *kind = json_string_value(json_object_get(head, "errorType"));
	const char *error = json_string_value(json_object_get(head, "error"));
	char raw[400];

	if (!error) {
		text_format(why, REPLY_WHY,
			    status == 200 ? "its answer is not that of the API" : "HTTP status %d",
			    status);
		return;
	}
	text_format(raw, sizeof(raw), "%s%s%s", kind ? kind : "", kind ? ": " : "", error);
	ask_words(ask, why, REPLY_WHY, raw);
}

static void say_time(char out[NUMBER_BYTES], int64_t ms)
{
	text_format(out, NUMBER_BYTES, "%lld.%03d", (long long)(ms / 1000), (int)(ms % 1000));
}

/* Asks, and reads the head of the answer; NULL with why. */
static json_t *converse(struct ask *ask, const struct question *question, struct reading *reading,
			char why[REPLY_WHY])
{
	char start[NUMBER_BYTES], end[NUMBER_BYTES], step[NUMBER_BYTES];
	const struct ask_parameter parameters[] = {
		{"query", question->query}, {"start", start}, {"end", end}, {"step", step}};
	struct ask_request request = {
		.path = question->step_ms ? "query_range" : "query",
		.parameters = parameters,
		.parameter_count = question->step_ms ? 4 : 1,
		.timeout_ms = question->timeout_ms,
		.take = take_body,
		.user = &reading->split,
	};

	say_time(start, question->start_ms);
	say_time(end, question->end_ms);
	say_time(step, question->step_ms);
	text_copy(why, REPLY_WHY, "its answer is too large, or not that of the API");
	int status = ask_get(ask, &request, why);
	if (status == 0)
		return NULL;
	json_t *head = json_loadb(reading->split.head.bytes ? reading->split.head.bytes : "",
				  reading->split.head.size, 0, NULL);
	const char *said = json_string_value(json_object_get(head, "status"));

	if (status == 200 && said && strcmp(said, "success") == 0)
		return head;
	say_refusal(ask, head, status, why);
	json_decref(head);
	return NULL;
}

bool reply_series(struct ask *ask, const struct question *question, series_take *take, void *user,
		  char why[REPLY_WHY])
{
	struct reading reading = {.take = take, .user = user};

	split_init(&reading.split, take_series, &reading);
	json_t *head = converse(ask, question, &reading, why);
	bool good = head != NULL;

	json_decref(head);
	split_fini(&reading.split);
	return good;
}

static void take_time(void *user, const struct series *series)
{
	double value;

	series_at(series, 0, user, &value);
}

/* A number of its own, or a series that has it: engines differ. */
bool reply_time(struct ask *ask, int64_t *now_ms, char why[REPLY_WHY])
{
	struct reading reading = {.take = take_time, .user = now_ms};
	struct question question = {.query = "time()", .timeout_ms = TIME_TIMEOUT_MS};

	*now_ms = 0;
	split_init(&reading.split, take_series, &reading);
	json_t *head = converse(ask, &question, &reading, why);
	json_t *values = json_array();

	json_array_append(values, json_object_get(json_object_get(head, "data"), "result"));
	if (*now_ms == 0)
		take_time(now_ms, &(struct series){.values = values});
	if (head && *now_ms == 0)
		text_copy(why, REPLY_WHY, "its answer is not that of the API");
	json_decref(values);
	json_decref(head);
	split_fini(&reading.split);
	return head && *now_ms > 0;
}

size_t series_count(const struct series *series)
{
	return json_array_size(series->values);
}

bool series_at(const struct series *series, size_t i, int64_t *at_ms, double *value)
{
	const json_t *pair = json_array_get(series->values, i);
	const json_t *time = json_array_get(pair, 0);
	const char *text = json_string_value(json_array_get(pair, 1));
	double at_s = json_number_value(time);
	char *end;

	if (!json_is_number(time) || !text || !(at_s >= 0 && at_s < TIME_MAX_S))
		return false;
	*value = strtod(text, &end);
	*at_ms = (int64_t)llround(at_s * 1000);
	return end != text && *end == '\0' && isfinite(*value);
}

const char *label(const struct json_t *labels, const char *name)
{
	const char *text = json_string_value(json_object_get(labels, name));

	return text ? text : "";
}

/* Labels come in any order, so their hashes are added up. */
uint64_t labels_key(const struct json_t *labels, const char *except)
{
	json_t *object = (json_t *)(uintptr_t)labels; /* jansson's iterator takes no const */
	const char *name;
	json_t *value;
	uint64_t key = 0;

	json_object_foreach(object, name, value)
	{
		const char *text = json_string_value(value);

		if (!text || strcmp(name, "__name__") == 0 || (except && strcmp(name, except) == 0))
			continue;
		uint64_t hash = text_hash(name) ^ text_hash(text) * UINT64_C(0x9e3779b97f4a7c15);
		key += (hash ^ hash >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
	}
	return key;
}
