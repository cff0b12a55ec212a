/*
 * Header lines and body bytes of one answer, with limits.
 */
#include "source/poll/reply.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BODY_STEP	 (64u << 10)
#define NO_STATUS_LINE	 "it does not begin with a status line"
#define TWICE_PACKED_MAX (16 << 10) /* see is_unpackable() */
/* A nonce that is stale each time would have libcurl ask without end; so would a header "Expect"
 * that is refused. */
#define REFUSALS_MAX 4

static bool stop(struct reply *reply, enum stop why)
{
	reply->stop = why;
	return false;
}

static bool refuse(struct reply *reply, const char *problem)
{
	reply->problem = problem;
	return stop(reply, STOP_INVALID);
}

static bool is_blank_line(const char *line, size_t size)
{
	return size > 0 && (line[0] == '\n' || (size > 1 && line[0] == '\r' && line[1] == '\n'));
}

/* "HTTP/1.1 200 OK" */
static bool read_status_line(struct reply *reply, const char *line, size_t size)
{
	static const struct {
		const char *text;
		enum http_version version;
	} versions[] = {{"HTTP/1.1 ", HTTP_1_1},
			{"HTTP/1.0 ", HTTP_1_0},
			{"HTTP/2 ", HTTP_2},
			{"HTTP/2.0 ", HTTP_2},
			{"HTTP/3 ", HTTP_3}};
	size_t at = 0;
	int status = 0;

	if (size < 5 || memcmp(line, "HTTP/", 5) != 0)
		return false;
	reply->version = HTTP_NONE;
	for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
		size_t length = strlen(versions[i].text);

		if (size >= length && memcmp(line, versions[i].text, length) == 0)
			reply->version = versions[i].version;
	}
	while (at < size && line[at] != ' ')
		at++;
	while (at < size && line[at] == ' ')
		at++;
	for (; at < size && isdigit((unsigned char)line[at]) && status < 10000; at++)
		status = status * 10 + (line[at] - '0');
	reply->status = (uint16_t)status;
	return true;
}

static bool header_is(const char *line, size_t size, const char *name)
{
	size_t length = strlen(name);

	return size > length && line[length] == ':' && strncasecmp(line, name, length) == 0;
}

/* RFC 9112, 6.3: a length that is no number, or two that differ, are an error that nobody may guess
 * over. */
static void read_length(struct reply *reply, const char *line, size_t size)
{
	int64_t length = 0;
	size_t at = sizeof "Content-Length:" - 1, from;

	do {
		while (at < size && strchr(" \t,", line[at]))
			at++;
		length = 0;
		for (from = at; at < size && isdigit((unsigned char)line[at]); at++)
			length = length < INT64_MAX / 10 - 9 ? length * 10 + (line[at] - '0')
							     : INT64_MAX / 10;
		while (at > from && at < size && strchr(" \t\r\n", line[at]))
			at++;
		if (at == from || (at < size && line[at] != ','))
			reply->problem = "its Content-Length is no number";
		else if (reply->announced >= 0 && reply->announced != length)
			reply->problem = "two lengths that differ";
		reply->announced = length;
	} while (!reply->problem && at < size);
}

/* The codings that a header line lists, those that change nothing aside: how many there are. */
static unsigned read_codings(struct reply *reply, const char *line, size_t size)
{
	static const char *const kinds[] = {"gzip",    "x-gzip",   "deflate",
					    "chunked", "identity", "none"};
	const char *at = memchr(line, ':', size), *end = line + size;
	unsigned count = 0;

	while (at && at < end) {
		size_t length = 0, kind = 0;

		while (at < end && strchr(":, \t\r\n", *at))
			at++;
		while (at + length < end && !strchr(", \t\r\n", at[length]))
			length++;
		while (kind < 6 && !(strlen(kinds[kind]) == length &&
				     strncasecmp(at, kinds[kind], length) == 0))
			kind++;
		count += length > 0 && (kind < 3 || kind == 6);
		reply->foreign_coding |= length > 0 && kind == 6;
		at += length;
	}
	return count;
}

/*
 * What is packed twice may grow a thousandfold between the two without any of it coming out, all in
 * one call of libcurl's; by other methods than gzip's, more than that. So it must be small.
 */
static bool is_unpackable(const struct reply *reply)
{
	return reply->codings < 2 ||
	       (reply->codings == 2 && !reply->foreign_coding && !reply->chunked &&
		reply->announced >= 0 && reply->announced <= TWICE_PACKED_MAX);
}

static void begin_block(struct reply *reply)
{
	reply->started = true;
	reply->closed = reply->interim = false;
	reply->announced = -1;
	reply->chunked = reply->coded = reply->foreign_coding = false;
	reply->codings = 0;
	reply->problem = NULL;
	reply->headers_size = 0;
	reply->body_bytes = 0;
	reply->body_size = 0;
}

static bool end_block(struct reply *reply)
{
	const char *location;
	size_t size;

	reply->interim = reply->status >= 100 && reply->status < 200 && reply->status != 101;
	if (reply->interim)
		return true;
	reply->closed = true;
	/* After 101 another protocol is spoken, which ends when it likes. */
	if (reply->status == 101 || (reply->status == 401 && ++reply->refusals > REFUSALS_MAX) ||
	    (reply->status == 417 && ++reply->refusals > 1))
		return stop(reply, STOP_SETTLED);
	/* Beside chunks a length does not count. */
	if (reply->problem && !reply->chunked)
		return stop(reply, STOP_INVALID);
	if (reply->status >= 500 && reply->limits.body_kept < REPLY_ERROR_KEPT)
		reply->limits.body_kept = REPLY_ERROR_KEPT;
	if (reply->limits.follow && reply_is_redirect(reply->status)) {
		location = reply_find(reply, "Location", &size);
		return location && size > 0 ? stop(reply, STOP_REDIRECT) : true;
	}
	if (!reply->limits.bodiless && !is_unpackable(reply)) {
		reply->problem = "packed several times over each other";
		return stop(reply, STOP_CODED);
	}
	if (!reply->chunked && !reply->coded && !reply->limits.bodiless && reply->status != 304 &&
	    reply->announced > reply->limits.body_max)
		return stop(reply, STOP_ANNOUNCED);
	return true;
}

/* Whole lines only; what finds no room is counted but not kept. */
static void keep_line(struct reply *reply, const char *line, size_t size)
{
	if (size > sizeof reply->headers - reply->headers_size)
		return;
	memcpy(reply->headers + reply->headers_size, line, size);
	reply->headers_size += size;
}

void reply_begin(struct reply *reply, const struct reply_limits *limits)
{
	reply->limits = *limits;
	reply->status = 0;
	reply->version = HTTP_NONE;
	reply->started = reply->closed = reply->interim = reply->rubbish = false;
	reply->chunked = reply->coded = reply->foreign_coding = false;
	reply->codings = 0;
	reply->refusals = 0;
	reply->announced = -1;
	reply->header_bytes = reply->body_bytes = 0;
	reply->stop = STOP_NONE;
	reply->problem = NULL;
	reply->headers_size = reply->body_size = 0;
	if (!reply->body) {
		reply->body = reply->first;
		reply->body_room = sizeof reply->first;
	}
}

void reply_fini(struct reply *reply)
{
	if (reply->body != reply->first)
		free(reply->body);
	reply->body = NULL;
	reply->body_size = reply->body_room = 0;
}

void reply_rubbish(struct reply *reply, const char *data, size_t size)
{
	reply->rubbish = true;
	reply->body_size = reply->body_bytes =
		size < sizeof reply->first ? size : sizeof reply->first;
	memcpy(reply->body, data, reply->body_size); /* which is never smaller */
}

bool reply_header(struct reply *reply, const char *line, size_t size)
{
	reply->header_bytes += size;
	if (size > REPLY_LINE_MAX || reply->header_bytes > REPLY_HEADERS_MAX)
		return stop(reply, STOP_HEADERS);
	if (reply->closed && reply->body_bytes > 0)
		return true; /* a trailer */
	if (read_status_line(reply, line, size)) {
		begin_block(reply);
		if (reply->version >= HTTP_2 && !reply->limits.newer)
			return refuse(reply,
				      "HTTP/1.1 was spoken, and its status line says otherwise");
		if (reply->version == HTTP_NONE || reply->status < 100)
			return refuse(reply, "its status line is none");
	} else if (!reply->started) {
		reply_rubbish(reply, line, size);
		return refuse(reply, NO_STATUS_LINE);
	} else if (is_blank_line(line, size)) {
		return end_block(reply);
	} else if (header_is(line, size, "Content-Length")) {
		read_length(reply, line, size);
	} else if (header_is(line, size, "Transfer-Encoding")) {
		reply->chunked = true;
		if (read_codings(reply, line, size) > 0) {
			reply->problem = "a transfer coding that nobody asked for";
			return stop(reply, STOP_CODED);
		}
	} else if (header_is(line, size, "Content-Encoding")) {
		reply->coded = true;
		if (reply->limits.unpacks)
			reply->codings += read_codings(reply, line, size);
	}
	keep_line(reply, line, size);
	return true;
}

/* Room for what the checks want to see; without memory they see less. */
static void make_room(struct reply *reply, size_t wanted)
{
	size_t room = reply->body_room;
	char *memory;

	if (wanted > reply->limits.body_kept)
		wanted = reply->limits.body_kept;
	if (wanted <= room)
		return;
	while (room < wanted)
		room += room < BODY_STEP ? BODY_STEP : room;
	memory = realloc(reply->body == reply->first ? NULL : reply->body, room);
	if (!memory)
		return;
	if (reply->body == reply->first)
		memcpy(memory, reply->first, reply->body_size);
	reply->body = memory;
	reply->body_room = room;
}

bool reply_body(struct reply *reply, const char *data, size_t size)
{
	size_t kept = reply->limits.body_kept > sizeof reply->first ? reply->limits.body_kept
								    : sizeof reply->first;
	size_t room, taken;

	if (!reply->started) {
		reply_rubbish(reply, data, size);
		return refuse(reply, NO_STATUS_LINE);
	}
	reply->body_bytes += size;
	if (reply->limits.body_max > 0 && reply->body_bytes > (uint64_t)reply->limits.body_max)
		return stop(reply, STOP_BODY);
	if (reply->body_size + size > reply->body_room)
		make_room(reply, reply->body_size + size);
	room = (kept < reply->body_room ? kept : reply->body_room) - reply->body_size;
	taken = size < room ? size : room;
	memcpy(reply->body + reply->body_size, data, taken);
	reply->body_size += taken;
	return true;
}

const char *reply_find(const struct reply *reply, const char *name, size_t *size)
{
	const char *at = reply->headers, *end = reply->headers + reply->headers_size;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *next = newline ? newline + 1 : end;
		const char *last = next;

		if (header_is(at, (size_t)(next - at), name)) {
			at += strlen(name) + 1;
			while (at < last && isspace((unsigned char)*at))
				at++;
			while (last > at && isspace((unsigned char)last[-1]))
				last--;
			*size = (size_t)(last - at);
			return at;
		}
		at = next;
	}
	*size = 0;
	return NULL;
}

size_t reply_status_line(const struct reply *reply, const char **line)
{
	const char *end = memchr(reply->headers, '\n', reply->headers_size);
	size_t size = end ? (size_t)(end - reply->headers) : reply->headers_size;

	*line = reply->headers;
	if (size > 0 && reply->headers[size - 1] == '\r')
		size--;
	return reply->started ? size : 0;
}
