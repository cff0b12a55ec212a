/*
 * Reads a trace into samples. The whole file is read before anything is made of it, so that a
 * mistake in its last line is told before a verdict on its first. Any thread.
 */
#include "source/replay.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"

#define LINE_BYTES	4096 /* some 200 are usual; /dev/zero has no end of line */
#define FIELD_MAX	32   /* columns of a line, known or not */
#define MISTAKES_MAX	20   /* a file of another kind is not told line by line */
#define PHASE_MAX_MS	2.1e6
#define TIME_MAX_S	4e9
#define DURATION_MAX_MS (7 * INT64_C(86400000)) /* as an interval may be */

enum column {
	COLUMN_T,
	COLUMN_DNS,
	COLUMN_CONNECT,
	COLUMN_TLS,
	COLUMN_FIRST,
	COLUMN_RECV,
	COLUMN_TOTAL,
	COLUMN_STATUS,
	COLUMN_ERROR,
	COLUMN_BYTES,
	COLUMN_LAG,
	COLUMNS_WANTED,
	COLUMN_TARGET = COLUMNS_WANTED, /* in the traces of several targets */
	COLUMNS
};

static const char *const column_name[COLUMNS] = {
	"t",	    "dns_ms", "connect_ms", "tls_ms", "first_ms", "recv_ms",
	"total_ms", "status", "error",	    "bytes",  "lag_ms",	  "target",
};

struct reader {
	struct trace *trace;
	const char *path;
	struct errors *errors;
	int line;
	int place[COLUMNS]; /* of each column in a line; -1: not there */
	bool headed;	    /* the line of column names has come */
	char *target;	    /* the name in the first sample; NULL: none yet */
	enum phase first;   /* of the newest answer: an address needs no look-up, a kept
			       connection none of both */
};

static void complain(const struct reader *reader, const char *what, const char *value,
		     const char *wanted)
{
	error_add(reader->errors, reader->path, reader->line, "%s is '%.40s', expected %s", what,
		  value, wanted);
}

/* Cuts a line at its commas, in place; those of a field in quotes stay (a name may hold them). */
static size_t split(char *line, char *fields[FIELD_MAX])
{
	size_t count = 0;

	line[strcspn(line, "\r\n")] = '\0';
	for (char *next = line; next && count < FIELD_MAX; count++) {
		char *end = next;

		fields[count] = next;
		while (*end == '"' && strchr(end + 1, '"'))
			end = strchr(end + 1, '"') + 1;
		next = strchr(end, ',');
		if (next)
			*next++ = '\0';
	}
	return count;
}

/* "interval_s=0.5" and the like; unknown words are left to later versions. */
static void read_setting(const struct reader *reader, const char *word)
{
	struct trace *trace = reader->trace;
	const char *value = strchr(word, '=');

	if (!value)
		return;
	value++;
	if (strncmp(word, "interval_s=", 11) == 0) {
		if (!parse_duration_ms(value, 0, DURATION_MAX_MS, &trace->interval_ms))
			complain(reader, "interval_s", value, "seconds");
	} else if (strncmp(word, "timeout_s=", 10) == 0) {
		if (!parse_duration_ms(value, 1, DURATION_MAX_MS, &trace->timeout_ms))
			complain(reader, "timeout_s", value, "seconds");
	} else if (strncmp(word, "scheme=", 7) == 0) {
		trace->tls = strcmp(value, "https") == 0;
	}
}

static void read_first_line(const struct reader *reader, char *line)
{
	static const char mark[] = "#webmon-trace 1";
	char *rest = NULL;

	line[strcspn(line, "\r\n")] = '\0';
	if (strncmp(line, mark, sizeof(mark) - 1) != 0) {
		complain(reader, "the first line", line,
			 "'#webmon-trace 1 interval_s=... timeout_s=... scheme=...'");
		return;
	}
	for (char *word = strtok_r(line + sizeof(mark) - 1, " ", &rest); word;
	     word = strtok_r(NULL, " ", &rest))
		read_setting(reader, word);
	if (reader->trace->interval_ms < 0)
		error_add(reader->errors, reader->path, reader->line,
			  "the first line does not say interval_s");
	if (reader->trace->timeout_ms < 0)
		error_add(reader->errors, reader->path, reader->line,
			  "the first line does not say timeout_s");
}

static void read_head(struct reader *reader, char *const fields[FIELD_MAX], size_t count)
{
	reader->headed = true;
	for (size_t c = 0; c < COLUMNS; c++) {
		reader->place[c] = -1;
		for (size_t i = 0; i < count; i++)
			if (strcmp(fields[i], column_name[c]) == 0)
				reader->place[c] = (int)i;
		if (c < COLUMNS_WANTED && reader->place[c] < 0)
			error_add(reader->errors, reader->path, reader->line, "no column '%s'",
				  column_name[c]);
	}
}

/* A decimal number within 0 and max; absent (-1) where empty. False after having complained. */
static bool read_number(const struct reader *reader, enum column column, const char *text,
			double *value)
{
	static const double max[COLUMNS] = {
		[COLUMN_T] = TIME_MAX_S,
		[COLUMN_STATUS] = 999,
		[COLUMN_BYTES] = UINT32_MAX,
	};
	char *end;

	*value = -1;
	if (*text == '\0')
		return true;
	errno = 0;
	*value = strtod(text, &end);
	/* Written so that NaN fails too. */
	if (end == text || *end || errno ||
	    !(*value >= 0 && *value <= (max[column] > 0 ? max[column] : PHASE_MAX_MS))) {
		complain(reader, column_name[column], text,
			 "a number, or nothing where it was not reached");
		return false;
	}
	return true;
}

static int32_t us_of(double ms)
{
	return ms < 0 ? ABSENT_US : (int32_t)lround(ms * 1000);
}

static enum phase first_phase(const struct sample *s)
{
	if (s->phase_us[PHASE_DNS] >= 0)
		return PHASE_DNS;
	return s->phase_us[PHASE_CONNECT] >= 0 ? PHASE_CONNECT : PHASE_WAIT;
}

/* Where the time ran out: in the first phase that was not finished, of those that there are. */
static enum probe_class class_of_timeout(const struct sample *s, bool has_tls, enum phase first)
{
	enum phase reached = first_phase(s) < PHASE_WAIT ? first_phase(s) : first;

	if (first == PHASE_DNS && s->phase_us[PHASE_DNS] < 0)
		return CLASS_DNS;
	if (reached < PHASE_WAIT && s->phase_us[PHASE_CONNECT] < 0)
		return CLASS_TIMEOUT_CONNECT;
	if (reached < PHASE_WAIT && !has_tls)
		return CLASS_TIMEOUT_TLS;
	return s->phase_us[PHASE_WAIT] < 0 ? CLASS_TIMEOUT_FIRST_BYTE : CLASS_TIMEOUT_BODY;
}

static bool class_of(const struct sample *s, const char *error, enum probe_class timeout,
		     enum probe_class *cls)
{
	static const struct {
		const char *error;
		enum probe_class cls;
	} table[] = {
		{"refused", CLASS_REFUSED},   {"dns", CLASS_DNS},
		{"reset", CLASS_RESET},	      {"empty", CLASS_EMPTY_REPLY},
		{"tls", CLASS_TLS_HANDSHAKE}, {"other", CLASS_PROTOCOL},
	};

	if (strcmp(error, "none") == 0) {
		*cls = s->status >= 200 && s->status < 300 ? CLASS_OK : CLASS_HTTP_STATUS;
		return true;
	}
	if (strcmp(error, "timeout") == 0) {
		*cls = timeout;
		return true;
	}
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (strcmp(table[i].error, error) == 0) {
			*cls = table[i].cls;
			return true;
		}
	}
	return false;
}

static void add_sample(struct reader *reader, const struct sample *sample)
{
	struct trace *trace = reader->trace;

	if (trace->count > 0 && sample->at_ms < trace->samples[trace->count - 1].at_ms) {
		error_add(reader->errors, reader->path, reader->line, "t goes back in time");
		return;
	}
	trace->samples = x_grow(trace->samples, trace->count, sizeof(*trace->samples));
	trace->samples[trace->count++] = *sample;
	if (sample->cls == CLASS_OK || sample->cls == CLASS_HTTP_STATUS)
		reader->first = first_phase(sample);
}

/* One judge, one target. */
static bool is_same_target(struct reader *reader, char *const fields[FIELD_MAX], size_t count)
{
	int place = reader->place[COLUMN_TARGET];
	const char *name = place >= 0 && (size_t)place < count ? fields[place] : "";

	if (!reader->target)
		reader->target = x_strdup(name);
	if (strcmp(reader->target, name) == 0)
		return true;
	error_add(reader->errors, reader->path, reader->line,
		  "a second target, %.40s: a replay takes the samples of one", name);
	return false;
}

static void read_sample(struct reader *reader, char *const fields[FIELD_MAX], size_t count)
{
	double value[COLUMNS] = {0};
	struct sample s = sample_blank(0);
	const char *error;

	for (size_t c = 0; c < COLUMNS_WANTED; c++) {
		if (reader->place[c] < 0 || (size_t)reader->place[c] >= count) {
			error_add(reader->errors, reader->path, reader->line,
				  "%zu columns, '%s' is missing", count, column_name[c]);
			return;
		}
		if (c != COLUMN_ERROR &&
		    !read_number(reader, (enum column)c, fields[reader->place[c]], &value[c]))
			return;
	}
	if (!is_same_target(reader, fields, count))
		return;
	if (value[COLUMN_T] < 0 || value[COLUMN_TOTAL] < 0) {
		error_add(reader->errors, reader->path, reader->line,
			  "t and total_ms must not be empty");
		return;
	}
	s.at_ms = llround(value[COLUMN_T] * 1000);
	s.phase_us[PHASE_DNS] = us_of(value[COLUMN_DNS]);
	s.phase_us[PHASE_CONNECT] = us_of(value[COLUMN_CONNECT]);
	/* 0 says plain http here, and plain http has no TLS phase. */
	s.phase_us[PHASE_TLS] = value[COLUMN_TLS] > 0 ? us_of(value[COLUMN_TLS]) : ABSENT_US;
	s.phase_us[PHASE_WAIT] = us_of(value[COLUMN_FIRST]);
	s.phase_us[PHASE_TRANSFER] = us_of(value[COLUMN_RECV]);
	s.total_us = us_of(value[COLUMN_TOTAL]);
	s.status = value[COLUMN_STATUS] > 0 ? (uint16_t)value[COLUMN_STATUS] : 0;
	s.bytes = value[COLUMN_BYTES] > 0 ? (uint32_t)value[COLUMN_BYTES] : 0;
	s.lag_us = value[COLUMN_LAG] > 0 ? us_of(value[COLUMN_LAG]) : 0;
	error = fields[reader->place[COLUMN_ERROR]];
	if (class_of(&s, error, class_of_timeout(&s, value[COLUMN_TLS] >= 0, reader->first),
		     &s.cls))
		add_sample(reader, &s);
	else
		complain(reader, "error", error,
			 "none, timeout, refused, dns, reset, empty, tls or other");
}

static void read_line(struct reader *reader, char *line)
{
	char *fields[FIELD_MAX];
	size_t count;

	if (reader->line == 1) {
		read_first_line(reader, line);
		return;
	}
	if (line[0] == '#' || line[strspn(line, "\r\n")] == '\0')
		return;
	count = split(line, fields);
	if (reader->headed)
		read_sample(reader, fields, count);
	else
		read_head(reader, fields, count);
}

bool trace_read(struct trace *trace, const char *path, struct errors *errors)
{
	struct reader reader = {.trace = trace, .path = path, .errors = errors};
	size_t before = errors->fatal;
	char line[LINE_BYTES];
	FILE *file = fopen(path, "re");

	*trace = (struct trace){.interval_ms = -1, .timeout_ms = -1};
	if (!file) {
		error_add(errors, path, 0, "%s", strerror(errno));
		return false;
	}
	while (errors->fatal < before + MISTAKES_MAX && fgets(line, sizeof line, file)) {
		reader.line++;
		/* also a line with a NUL in it, of which there is no telling how it goes on */
		if (!strchr(line, '\n') && !feof(file)) {
			error_add(errors, path, reader.line,
				  "longer than %d bytes, or no line of text", LINE_BYTES - 2);
			break;
		}
		read_line(&reader, line);
		if (reader.line == 1 && errors->fatal > before)
			break;
	}
	if (ferror(file))
		error_add(errors, path, reader.line, "%s", strerror(errno));
	else if (errors->fatal == before && !reader.headed)
		error_add(errors, path, reader.line, "no line of column names");
	free(reader.target);
	fclose(file);
	if (errors->fatal > before)
		trace_fini(trace);
	return errors->fatal == before;
}

void trace_fini(struct trace *trace)
{
	free(trace->samples);
	memset(trace, 0, sizeof(*trace));
}
