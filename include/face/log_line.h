#ifndef WEBMON_FACE_LOG_LINE_H
#define WEBMON_FACE_LOG_LINE_H
/*
 * What the log says: events, samples and its own troubles as lines, whole, clean and without a
 * newline. Any thread.
 */
#include <stddef.h>

#include "model/config.h"
#include "model/sample.h"
#include "model/verdict.h"

#define LOG_LINE_MAX 2048 /* no line is longer, newline included */

/* One event as its line; returns its length. */
size_t log_line(char *out, size_t capacity, const struct config *config, const struct event *event,
		enum log_format format);

enum log_level log_event_level(enum event_kind kind);

/* One sample as its line; returns its length. */
size_t log_sample_line(char *out, size_t capacity, const struct target *target,
		       const struct sample *sample, enum log_format format);

/* What the log has to say of itself; target NULL: of the program. */
size_t log_own_line(char *out, size_t capacity, const struct target *target, const char *words,
		    enum log_format format);

#endif
