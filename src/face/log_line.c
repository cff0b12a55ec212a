/*
 * The log's words. Every line is made whole in a caller's buffer, is clean and holds no newline:
 * the file only adds one.
 */
#include "face/log_line.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "face/json_value.h"

static const char *const level_name[] = {
	[LOG_LEVEL_ERROR] = "ERROR",
	[LOG_LEVEL_WARNING] = "WARNING",
	[LOG_LEVEL_INFO] = "INFO",
};

/* The words of a line: grows to the right, cut at the end of the buffer. */
struct words {
	char *out;
	size_t capacity, length;
};

static void say(struct words *words, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct words *words, const char *format, ...)
{
	char part[LOG_LINE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(part, sizeof part, format, args);
	va_end(args);
	words->length +=
		text_copy(words->out + words->length, words->capacity - words->length, part);
}

static void say_head(struct words *words, int64_t at_ms, enum log_level level, const char *name)
{
	char stamp[FORMAT_MAX];

	format_stamp(stamp, at_ms, STAMP_ISO, true, at_ms);
	say(words, "%s %s %s", stamp, level_name[level], name);
}

/* What went wrong is worse than what else is told. */
static bool is_failure(enum event_kind kind)
{
	return kind == EVENT_FAILED || kind == EVENT_DOWN;
}

enum log_level log_event_level(enum event_kind kind)
{
	return is_failure(kind) ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING;
}

static const char *event_target_name(const struct config *config, const struct event *event)
{
	return event->target < config->target_count ? config->targets[event->target].name
						    : "webmon";
}

/* How long the check took until it failed; of a time-out the words say so already. */
static void say_failure(struct words *words, const struct event *event, const char *detail)
{
	char length[FORMAT_MAX];

	say(words, " %s", class_table[event->cls].name);
	if (detail[0] != '\0')
		say(words, " %s", detail);
	if (event->total_us >= 0 && !class_is_timeout(event->cls) &&
	    strstr(detail, " after ") == NULL) {
		format_latency(length, event->total_us);
		say(words, " after %s", length);
	}
	if (event->kind == EVENT_DOWN)
		say(words, "; down, %u check%s failed", event->count, event->count == 1 ? "" : "s");
}

static void say_event(struct words *words, const struct config *config, const struct event *event,
		      const char *detail)
{
	say_head(words, event->at_ms, log_event_level(event->kind),
		 event_target_name(config, event));
	if (is_failure(event->kind))
		say_failure(words, event, detail);
	else
		say(words, detail[0] != '\0' ? " %s %s" : " %s", event_table[event->kind].lead,
		    detail);
}

/*
 * Dumps and releases the object as one line. Objects are small and flat: what is cut would not be
 * JSON, so nothing is.
 */
static size_t put_object(char *out, size_t capacity, json_t *object)
{
	size_t length = json_dumpb(object, out, capacity - 1,
				   JSON_COMPACT | JSON_REAL_PRECISION(VALUE_DIGITS));

	json_decref(object);
	if (length >= capacity)
		length = 0;
	out[length] = '\0';
	return length;
}

static json_t *object_head(int64_t at_ms, enum log_level level, const char *event)
{
	json_t *object = json_object();

	json_object_set_new(object, "time", json_from_time(at_ms));
	json_object_set_new(object, "level", json_string(level_name[level]));
	json_object_set_new(object, "event", json_string(event));
	return object;
}

static json_t *event_object(const struct config *config, const struct event *event,
			    const char *detail)
{
	bool has_target = event->target < config->target_count;
	json_t *object = object_head(event->at_ms, log_event_level(event->kind),
				     event_table[event->kind].name);

	json_object_set_new(object, "target",
			    has_target ? json_from_text(config->targets[event->target].name)
				       : json_null());
	json_object_set_new(object, "state", json_string(state_name[event->state]));
	json_object_set_new(object, "previous", json_string(state_name[event->previous]));
	json_object_set_new(object, "class", json_string(class_table[event->cls].name));
	json_object_set_new(object, "status", json_from_count_or_null(event->status));
	json_object_set_new(object, "detail", json_from_text(detail));
	json_object_set_new(object, "failed", json_integer(event->count));
	json_object_set_new(object, "length_s",
			    event->length_ms > 0 ? json_real((double)event->length_ms / 1000)
						 : json_null());
	json_object_set_new(object, "total_ms", json_from_ms(event->total_us));
	return object;
}

static json_t *sample_object(const struct target *target, const struct sample *sample)
{
	json_t *object = object_head(sample->at_ms, LOG_LEVEL_INFO, "check");
	json_t *ms = json_object();

	for (int i = 0; i < PHASE_COUNT; i++)
		json_object_set_new(ms, phase_name[i], json_from_ms(sample->phase_us[i]));
	json_object_set_new(ms, "total", json_from_ms(sample->total_us));
	json_object_set_new(object, "target", json_from_text(target->name));
	json_object_set_new(object, "class", json_string(class_table[sample->cls].name));
	json_object_set_new(object, "status", json_from_count_or_null(sample->status));
	json_object_set_new(object, "ms", ms);
	json_object_set_new(object, "bytes", json_integer(sample->bytes));
	json_object_set_new(object, "tainted", json_boolean(sample->flags & SAMPLE_TAINTED));
	json_object_set_new(object, "kept", json_boolean(sample->flags & SAMPLE_REUSED));
	json_object_set_new(object, "retried", json_boolean(sample->flags & SAMPLE_RETRIED));
	json_object_set_new(object, "ipv6", json_boolean(sample->flags & SAMPLE_IPV6));
	return object;
}

static void say_sample(struct words *words, const struct target *target,
		       const struct sample *sample)
{
	say_head(words, sample->at_ms, LOG_LEVEL_INFO, target->name);
	say(words, " %s ", class_table[sample->cls].name);
	if (sample->status != 0)
		say(words, "%u", sample->status);
	else
		say(words, "-");
	if (sample->total_us >= 0)
		say(words, " %.3f ms", (double)sample->total_us / 1000);
	for (int i = 0; i < PHASE_COUNT; i++) {
		if (sample->phase_us[i] >= 0)
			say(words, " %s %.3f", phase_name[i], (double)sample->phase_us[i] / 1000);
	}
	say(words, " bytes %u%s%s", sample->bytes, sample->warnings & WARN_SLOW ? " slow" : "",
	    sample->flags & SAMPLE_TAINTED ? " tainted" : "");
	say(words, "%s%s%s", sample->flags & SAMPLE_IPV6 ? " ipv6" : "",
	    sample->flags & SAMPLE_REUSED ? " kept" : "",
	    sample->flags & SAMPLE_RETRIED ? " retried" : "");
}

size_t log_line(char *out, size_t capacity, const struct config *config, const struct event *event,
		enum log_format format)
{
	struct words words = {out, capacity, 0};
	char detail[sizeof event->detail * 2];

	/*
	 * The store holds clean text alone. But here a newline would forge a line of its own, so
	 * it is made sure of.
	 */
	text_clean(detail, sizeof detail, event->detail,
		   strnlen(event->detail, sizeof event->detail), TEXT_LINE);
	if (format == LOG_JSON)
		return put_object(out, capacity, event_object(config, event, detail));
	say_event(&words, config, event, detail);
	return words.length;
}

size_t log_sample_line(char *out, size_t capacity, const struct target *target,
		       const struct sample *sample, enum log_format format)
{
	struct words words = {out, capacity, 0};

	if (format == LOG_JSON)
		return put_object(out, capacity, sample_object(target, sample));
	say_sample(&words, target, sample);
	return words.length;
}

size_t log_own_line(char *out, size_t capacity, const struct target *target, const char *text,
		    enum log_format format)
{
	struct words words = {out, capacity, 0};
	json_t *object;

	if (format == LOG_JSON) {
		object = object_head(clock_wall_ms(), LOG_LEVEL_WARNING, "log");
		json_object_set_new(object, "target",
				    target != NULL ? json_from_text(target->name) : json_null());
		json_object_set_new(object, "detail", json_from_text(text));
		return put_object(out, capacity, object);
	}
	say_head(&words, clock_wall_ms(), LOG_LEVEL_WARNING,
		 target != NULL ? target->name : "webmon");
	say(&words, " %s", text);
	return words.length;
}
