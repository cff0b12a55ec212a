#ifndef WEBMON_FACE_LOG_LINE_H
#define WEBMON_FACE_LOG_LINE_H
/*
 * What the log says: events, samples and its own troubles as lines. log_line() itself stands in
 * face/log.h, since --plain speaks the same words. Any thread.
 */
#include "face/log.h"

#define LOG_LINE_MAX 2048 /* no line is longer, newline included */

enum log_level log_event_level(enum event_kind kind);

/* One sample as its line, without newline; returns its length. */
size_t log_sample_line(char *out, size_t capacity, const struct target *target,
		       const struct sample *sample, enum log_format format);

/* What the log has to say of itself; target NULL: of the program. */
size_t log_own_line(char *out, size_t capacity, const struct target *target, const char *words,
		    enum log_format format);

#endif
