/*
 * The table of metrics: what each is called, which query asks for it and where its value goes.
 *
 * A blackbox exporter writes 0 for what did not happen: a phase of no length was not reached.
 */
#include "source/prometheus/point.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define DURATION_MAX_S 1000.0

/* A value on its way into a point. */
struct arrival {
	double value;
	const char *label;
};

typedef void put(struct point *point, const struct arrival *arrival);

struct metric {
	const char *name;
	enum metric_part part;
	put *put;
	const char *label;
	bool names; /* also found by */
};

static int32_t us_of(double seconds)
{
	return seconds > 0 && seconds < DURATION_MAX_S ? (int32_t)lround(seconds * 1e6) : ABSENT_US;
}

/* Milliseconds since 1970; 0 for what is no time. */
static int64_t ms_of(double seconds)
{
	return seconds > 0 && seconds < 1e11 ? (int64_t)llround(seconds * 1000) : 0;
}

static void put_success(struct point *point, const struct arrival *arrival)
{
	point->judged = true;
	point->ok = arrival->value > 0;
}

static void put_duration(struct point *point, const struct arrival *arrival)
{
	point->sample.total_us = us_of(arrival->value);
}

static void put_status(struct point *point, const struct arrival *arrival)
{
	if (arrival->value >= 0 && arrival->value <= 999)
		point->sample.status = (uint16_t)arrival->value;
}

static void put_http(struct point *point, const struct arrival *arrival)
{
	static const double numbers[] = {
		[HTTP_1_0] = 1.0, [HTTP_1_1] = 1.1, [HTTP_2] = 2, [HTTP_3] = 3};

	for (enum http_version http = HTTP_1_0; http <= HTTP_3; http++)
		if (fabs(arrival->value - numbers[http]) < 0.01)
			point->sample.http = http;
}

static void put_bytes(struct point *point, const struct arrival *arrival)
{
	if (arrival->value > 0)
		point->sample.bytes =
			arrival->value < UINT32_MAX ? (uint32_t)arrival->value : UINT32_MAX;
}

static void put_cert(struct point *point, const struct arrival *arrival)
{
	point->cert_end_ms = ms_of(arrival->value);
}

static void put_mismatch(struct point *point, const struct arrival *arrival)
{
	point->mismatch = arrival->value > 0;
}

static void put_ip(struct point *point, const struct arrival *arrival)
{
	point->unresolved = arrival->value < 4;
	if (arrival->value > 5)
		point->sample.flags |= SAMPLE_IPV6;
}

static void put_phase(struct point *point, const struct arrival *arrival)
{
	static const char *const names[PHASE_COUNT] = {
		[PHASE_DNS] = "resolve", [PHASE_CONNECT] = "connect", [PHASE_TLS] = "tls",
		[PHASE_SEND] = "send",	 [PHASE_WAIT] = "processing", [PHASE_TRANSFER] = "transfer",
	};

	for (int i = 0; i < PHASE_COUNT; i++)
		if (strcmp(arrival->label, names[i]) == 0)
			point->sample.phase_us[i] = us_of(arrival->value);
}

static void put_state(struct point *point, const struct arrival *arrival)
{
	for (enum state state = STATE_NEW; state < STATE_COUNT; state++)
		if (fabs(arrival->value - state) < 0.01)
			point->state = state;
}

static void put_since(struct point *point, const struct arrival *arrival)
{
	point->since_ms = ms_of(arrival->value);
}

static void put_probed(struct point *point, const struct arrival *arrival)
{
	point->probed_ms = ms_of(arrival->value);
}

static void put_level(struct point *point, const struct arrival *arrival)
{
	point->level = arrival->value >= 2   ? LOAD_SATURATED
		       : arrival->value >= 1 ? LOAD_ELEVATED
					     : LOAD_CALM;
}

static void put_cause(struct point *point, const struct arrival *arrival)
{
	for (enum load_cause cause = LOAD_NONE; arrival->value > 0 && cause <= LOAD_CLIENT; cause++)
		if (strcmp(arrival->label, load_cause_name[cause]) == 0)
			point->cause = cause;
}

static void put_ratio(struct point *point, const struct arrival *arrival)
{
	if (arrival->value > 0 && arrival->value < 1e9)
		point->ratio = (float)arrival->value;
}

static void put_class(struct point *point, const struct arrival *arrival)
{
	enum probe_class cls = class_by_name(arrival->label);

	if (arrival->value > 0 && cls != CLASS_COUNT && class_is_failure(cls))
		point->told = cls;
}

/* clang-format off */
static const struct metric metrics[] = {
	{"probe_success",                        PART_STATE,  put_success,  NULL,    true },
	{"probe_duration_seconds",               PART_STATE,  put_duration, NULL,    false},
	{"probe_http_status_code",               PART_STATE,  put_status,   NULL,    false},
	{"probe_http_version",                   PART_STATE,  put_http,     NULL,    false},
	{"probe_http_uncompressed_body_length",  PART_STATE,  put_bytes,    NULL,    false},
	{"probe_ssl_earliest_cert_expiry",       PART_STATE,  put_cert,     NULL,    false},
	{"probe_failed_due_to_regex",            PART_STATE,  put_mismatch, NULL,    false},
	{"probe_ip_protocol",                    PART_STATE,  put_ip,       NULL,    false},
	{"webmon_state",                         PART_STATE,  put_state,    NULL,    true },
	{"webmon_state_since_timestamp_seconds", PART_STATE,  put_since,    NULL,    false},
	{"webmon_last_probe_timestamp_seconds",  PART_STATE,  put_probed,   NULL,    false},
	{"webmon_probe_class",                   PART_STATE,  put_class,    "class", false},
	{"webmon_load_level",                    PART_STATE,  put_level,    NULL,    false},
	{"webmon_load_cause",                    PART_STATE,  put_cause,    "cause", false},
	{"webmon_load_ratio",                    PART_STATE,  put_ratio,    NULL,    false},
	{"probe_http_duration_seconds",          PART_PHASES, put_phase,    "phase", false},
};
/* clang-format on */

#define METRICS (sizeof metrics / sizeof metrics[0])

const struct metric *metric_find(const char *name)
{
	for (size_t i = 0; i < METRICS; i++)
		if (strcmp(metrics[i].name, name) == 0)
			return &metrics[i];
	return NULL;
}

const char *metric_label(const struct metric *metric)
{
	return metric->label;
}

bool metric_names(const struct metric *metric)
{
	return metric->names;
}

bool metric_selector(char out[SELECTOR_BYTES], enum metric_part part, const char *match)
{
	size_t length = text_copy(out, SELECTOR_BYTES, "{__name__=~\"");
	const char *before = "";

	for (size_t i = 0; i < METRICS; i++) {
		if (part == PART_NAMES ? !metrics[i].names : metrics[i].part != part)
			continue;
		length += text_format(out + length, SELECTOR_BYTES - length, "%s%s", before,
				      metrics[i].name);
		before = "|";
	}
	length += text_format(out + length, SELECTOR_BYTES - length, "\"%s%s}", match[0] ? "," : "",
			      match);
	return length < SELECTOR_BYTES - 1;
}

void points_clear(struct points *points)
{
	points->count = 0;
}

void points_free(struct points *points)
{
	free(points->items);
	*points = (struct points){.items = NULL};
}

/* The point of this time, found or made. from: where to begin; values come in order. */
static size_t point_at(struct points *points, size_t from, int64_t at_ms)
{
	size_t i = from;

	while (i < points->count && points->items[i].at_ms < at_ms)
		i++;
	if (i < points->count && points->items[i].at_ms == at_ms)
		return i;
	if (points->count == points->room) {
		points->room = points->room ? points->room * 2 : 8;
		points->items = x_realloc(points->items, points->room * sizeof(*points->items));
	}
	memmove(&points->items[i + 1], &points->items[i],
		(points->count - i) * sizeof(*points->items));
	points->items[i] = (struct point){.at_ms = at_ms,
					  .sample = sample_blank(at_ms),
					  .told = CLASS_COUNT,
					  .state = STATE_COUNT,
					  .level = LOAD_LEARNING};
	points->items[i].sample.total_us = ABSENT_US;
	points->count++;
	return i;
}

void points_take(struct points *points, const struct metric *metric, const struct series *series,
		 int64_t after_ms)
{
	struct arrival arrival = {.label = metric->label ? label(series->labels, metric->label)
							 : ""};
	int64_t at_ms;
	size_t at = 0;

	for (size_t i = 0; i < series_count(series); i++) {
		if (!series_at(series, i, &at_ms, &arrival.value) || at_ms <= after_ms)
			continue;
		at = point_at(points, at, at_ms);
		metric->put(&points->items[at], &arrival);
	}
}

static bool reached(const struct point *point, enum phase phase)
{
	return point->sample.phase_us[phase] >= 0;
}

/* As far as a probe got is all that plain metrics tell of why it failed. */
static enum probe_class infer_class(const struct point *point, bool is_tls)
{
	uint16_t status = point->sample.status;

	if (status >= 200 && status < 300)
		return CLASS_BODY_MISMATCH;
	if (status > 0)
		return point->mismatch ? CLASS_BODY_MISMATCH : CLASS_HTTP_STATUS;
	if (point->unresolved)
		return CLASS_DNS;
	if (!reached(point, PHASE_CONNECT))
		return CLASS_UNREACHABLE;
	return is_tls && !reached(point, PHASE_TLS) ? CLASS_TLS_HANDSHAKE : CLASS_EMPTY_REPLY;
}

void point_finish(struct point *point, bool is_tls)
{
	struct sample *sample = &point->sample;

	sample->at_ms = point->probed_ms ? point->probed_ms : point->at_ms;
	if (point->ok)
		sample->cls = CLASS_OK;
	else
		sample->cls = point->told != CLASS_COUNT ? point->told : infer_class(point, is_tls);
	point->inferred = !point->ok && point->told == CLASS_COUNT &&
			  sample->cls != CLASS_HTTP_STATUS && !point->mismatch;
	/* A good answer whose time is not told is no latency, and nothing else is left to say of
	 * it. */
	if (sample->total_us < 0 && point->ok)
		point->judged = false;
	else if (sample->total_us < 0)
		sample->total_us = 0;
}
