/*
 * Words about what came. Every text from outside is cleaned here.
 */
#include "source/poll/phrase_reply.h"

#include <string.h>

#include "base/text.h"
#include "source/poll/quote.h"
#include "source/poll/reply.h"
#include "source/poll/trace.h"

/* The server's own words for its status, cleaned: "Service Unavailable". */
static void reason(char out[80], const struct reply *reply)
{
	static const struct {
		uint16_t status;
		const char *text;
	} known[] = {{400, "Bad Request"},
		     {401, "Unauthorized"},
		     {403, "Forbidden"},
		     {404, "Not Found"},
		     {405, "Method Not Allowed"},
		     {408, "Request Timeout"},
		     {410, "Gone"},
		     {429, "Too Many Requests"},
		     {500, "Internal Server Error"},
		     {501, "Not Implemented"},
		     {502, "Bad Gateway"},
		     {503, "Service Unavailable"},
		     {504, "Gateway Timeout"},
		     {301, "Moved Permanently"},
		     {302, "Found"},
		     {303, "See Other"},
		     {304, "Not Modified"},
		     {307, "Temporary Redirect"},
		     {308, "Permanent Redirect"}};
	const char *line;
	char clean[256];
	size_t size = reply_status_line(reply, &line), at = 0;

	for (int blanks = 0; at < size && blanks < 2; at++)
		blanks += line[at] == ' ';
	text_clean(clean, sizeof clean, line + at, size - at < 200 ? size - at : 200, TEXT_LINE);
	text_fit(out, 80, clean, 60, CUT_END, false);
	for (size_t i = 0; !out[0] && i < sizeof known / sizeof *known; i++)
		if (known[i].status == reply->status)
			text_copy(out, 80, known[i].text);
}

/* What other protocols begin with, where no eye would know it. */
static const char *known_opening(const struct reply *reply)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *words;
	} openings[] = {
		{"\x15\x03", 2, "a TLS alert: that port wants https"},
		{"\x16\x03", 2, "a TLS handshake: that port wants https"},
		{"\x00\x00\x12\x04", 4, "a frame of HTTP/2"},
		{"\x00\x00\x00\x04", 4, "a frame of HTTP/2"},
		{"\x00\x00\x06\x04", 4, "a frame of HTTP/2"},
	};

	for (size_t i = 0; i < sizeof openings / sizeof *openings; i++)
		if (reply->body_size >= openings[i].size &&
		    memcmp(reply->body, openings[i].bytes, openings[i].size) == 0)
			return openings[i].words;
	return NULL;
}

/* ---- public ---- */

void phrase_status(char *out, size_t capacity, const struct reply *reply, const char *wanted)
{
	char words[160];

	if (reply->status >= 500 && reply->body &&
	    trace_find(words, sizeof words, reply->body, reply->body_size)) {
		text_format(out, capacity, "%u %s", reply->status, words);
		return;
	}
	reason(words, reply);
	text_format(out, capacity, "%u%s%s, wanted %s", reply->status, words[0] ? " " : "", words,
		    wanted);
}

void phrase_opening(char out[PHRASE_OPENING_MAX], const struct reply *reply)
{
	const char *known = known_opening(reply);
	char quoted[QUOTED_MAX];
	size_t size = 0;

	while (size < reply->body_size && !strchr("\r\n", reply->body[size]))
		size++;
	quote_text(quoted, reply->body, size ? size : reply->body_size);
	if (!known && !size && reply->body_size)
		known = "an empty line";
	text_format(out, PHRASE_OPENING_MAX, "it begins with %s", known ? known : quoted);
}
