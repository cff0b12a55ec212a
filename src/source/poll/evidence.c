/*
 * Building evidence. One poller's thread; all buffers are the caller's or on the stack.
 */
#include "source/poll/evidence.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/units.h"
#include "model/target.h"
#include "model/url.h"
#include "source/poll/changes.h"
#include "source/poll/command.h"
#include "source/poll/excerpt.h"
#include "source/poll/phrase.h"
#include "source/poll/piece.h"
#include "source/poll/probe.h"
#include "source/poll/request.h"
#include "source/poll/watch.h"

#define HEADERS_MAX	 32
#define HEADER_LINE_MAX	 512
#define REQUEST_TEXT_MAX 1400
#define HEADERS_TEXT_MAX 2200
#define MASK		 "•••"

/* Appends a text and returns its offset; what finds no room is cut. */
static uint16_t append(struct evidence *evidence, const char *text)
{
	size_t at = evidence->used, room = sizeof evidence->text - at;

	if (room < 2)
		return 0;
	evidence->used = (uint16_t)(at + text_copy(evidence->text + at, room, text) + 1);
	return (uint16_t)at;
}

/* ---- headers ---- */

static bool name_is(struct piece line, const char *name)
{
	size_t length = strlen(name);

	return line.size > length && line.text[length] == ':' &&
	       strncasecmp(line.text, name, length) == 0;
}

/* The value behind the colon, as a person may see it. */
static void show_header(char out[HEADER_LINE_MAX], struct piece line)
{
	char *value, *masked;
	size_t name;

	text_clean(out, HEADER_LINE_MAX, line.text, line.size, TEXT_LINE);
	value = strchr(out, ':');
	if (!value)
		return;
	name = (size_t)(value++ - out);
	while (name > 0 && out[name - 1] == ' ')
		name--;
	if (url_header_is_secret(out, name)) {
		text_copy(value, HEADER_LINE_MAX - (size_t)(value - out), " " MASK);
	} else if (name_is(line, "Location") || name_is(line, "Content-Location") ||
		   name_is(line, "Refresh")) {
		masked = target_url_shown(value + (*value == ' '));
		text_format(value, HEADER_LINE_MAX - (size_t)(value - out), " %s", masked);
		free(masked);
	}
}

/* The headers below the status line, a line each. */
static void show_headers(struct evidence *evidence, const struct probe *probe)
{
	struct piece rest = {probe->reply.headers, probe->reply.headers_size};
	char text[HEADERS_TEXT_MAX];
	size_t used = 0;

	text[0] = '\0';
	if (rest.size)
		piece_line(&rest);
	while (rest.size) {
		struct piece line = piece_line(&rest);
		char shown[HEADER_LINE_MAX];

		if (!line.size)
			continue;
		evidence->header_count++;
		if (evidence->header_count > HEADERS_MAX || used + 2 >= sizeof text)
			continue;
		show_header(shown, line);
		/* Each by itself: one that is long was cut, perhaps within a secret. */
		evidence_redact(probe->watch, shown, sizeof shown);
		used += text_format(text + used, sizeof text - used, "%s%s", used ? "\n" : "",
				    shown);
	}
	evidence->headers = append(evidence, text);
}

/* ---- the rest ---- */

static void show_request(struct evidence *evidence, const struct probe *probe)
{
	char raw[REQUEST_TEXT_MAX], text[REQUEST_TEXT_MAX];
	struct piece rest = {raw, request_text(raw, sizeof raw, probe->watch->target, &probe->hop)};
	size_t used = 0;

	text[0] = '\0';
	while (rest.size) {
		struct piece line = piece_line(&rest);
		char shown[HEADER_LINE_MAX];

		/* The first one is the request line. */
		if (used)
			show_header(shown, line);
		else
			text_clean(shown, sizeof shown, line.text, line.size, TEXT_LINE);
		evidence_redact(probe->watch, shown, sizeof shown);
		used += text_format(text + used, sizeof text - used, "%s%s", used ? "\n" : "",
				    shown);
	}
	evidence->request = append(evidence, text);
}

static void show_status_line(struct evidence *evidence, const struct probe *probe)
{
	const char *line;
	size_t size = reply_status_line(&probe->reply, &line);
	char text[200];

	text_clean(text, sizeof text, line, size, TEXT_LINE);
	evidence_redact(probe->watch, text, sizeof text);
	evidence->status_line = append(evidence, text);
}

/* One line that repeats it all. */
static void show_command(struct evidence *evidence, const struct probe *probe,
			 const struct sample *sample)
{
	char text[COMMAND_MAX];

	command_write(text, sizeof text, probe->watch, sample->flags & SAMPLE_IPV6);
	evidence->command = append(evidence, text);
}

/* The last of what is told of the answer itself: leaves room for what is otherwise in it. */
static void show_body(struct evidence *evidence, const struct probe *probe)
{
	const struct reply *reply = &probe->reply;
	const struct excerpt_limits limits = {.size = REPLY_BODY_KEPT,
					      .secrets = probe->watch->secrets,
					      .secret_count = probe->watch->secret_count};
	char text[EVIDENCE_BODY_MAX];
	size_t room = sizeof evidence->text - evidence->used - CHANGES_MAX - 2;

	if (room > sizeof text)
		room = sizeof text;
	excerpt_write(text, room, reply, &limits, &evidence->body_is_binary);
	evidence_redact(probe->watch, text, sizeof text);
	evidence->body_bytes = reply->body_bytes;
	evidence->body = append(evidence, text);
}

static void show_words(struct evidence *evidence, const struct probe *probe)
{
	char text[PROBE_ERROR_MAX], peer[ADDRESS_TEXT_MAX + 8];

	text_clean(text, sizeof text, probe->error, strlen(probe->error), TEXT_LINE);
	if (strncmp(text, "Failed writing", 14) == 0) /* we had seen enough: no fault of anybody */
		text[0] = '\0';
	evidence_redact(probe->watch, text, sizeof text);
	evidence->curl = append(evidence, text);
	phrase_peer(peer, sizeof peer, probe);
	evidence->address = append(evidence, peer);
}

static void show_detail(struct evidence *evidence, const struct sample *sample, const char *detail)
{
	char text[256], time[FORMAT_MAX];
	size_t used;

	format_latency(time, sample->total_us);
	if (sample->cls == CLASS_HTTP_STATUS || sample->cls == CLASS_BODY_MISMATCH)
		used = text_format(text, sizeof text, "%s after %s", detail, time);
	else
		used = text_copy(text, sizeof text, detail);
	if (sample->flags & SAMPLE_RETRIED)
		text_format(text + used, sizeof text - used,
			    "%sthe kept connection was found closed", used ? "; " : "");
	evidence->detail = append(evidence, text);
}

void evidence_redact(const struct watch *watch, char *text, size_t capacity)
{
	if (watch->secret_count)
		text_redact(text, capacity, watch->secrets, watch->secret_count);
}

void evidence_make(struct evidence *evidence, const struct probe *probe,
		   const struct sample *sample, const char *detail)
{
	/* The gaps between its members too: all of it is stored. */
	memset(evidence, 0, offsetof(struct evidence, text));
	evidence->seen = true;
	evidence->sample = *sample;
	/* Offset 0 is the empty text. */
	evidence->text[0] = '\0';
	evidence->used = 1;
	show_detail(evidence, sample, detail);
	show_words(evidence, probe);
	show_request(evidence, probe);
	show_status_line(evidence, probe);
	show_headers(evidence, probe);
	show_command(evidence, probe, sample);
	show_body(evidence, probe);
}

void evidence_compare(struct evidence *evidence, const struct evidence *good,
		      const char *certificate)
{
	char text[CHANGES_MAX];

	changes_write(text, sizeof text, good, evidence, certificate);
	evidence->changes = append(evidence, text);
}
