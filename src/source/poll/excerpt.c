/*
 * Excerpts of bodies. One poller's thread.
 */
#include "source/poll/excerpt.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "model/verdict.h"
#include "source/poll/reply.h"

#define CHARSET_MAX 40
#define BODY_MAX    (8u << 20) /* larger ones are looked at as they stand */
#define LOOKED_AT   1024       /* bytes by which text is told from other things */
#define DUMP_LINE   16

/* ---- character sets ---- */

/* windows-1252 where it is not ISO-8859-1, which browsers read as the former too. 0: not used. */
static const uint16_t upper[32] = {0x20ac, 0,	   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
				   0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,	   0x017d, 0,
				   0,	   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
				   0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,	   0x017e, 0x0178};

static size_t from_western(char *out, size_t capacity, const char *in, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < size && used + 4 < capacity; i++) {
		uint32_t c = (unsigned char)in[i];

		if (c >= 0x80 && c < 0xa0)
			c = upper[c - 0x80] ? upper[c - 0x80] : 0xfffd;
		used += (size_t)text_encode(c, out + used);
	}
	return used;
}

/* Those that the C library's tables turn without a state that a text could play with. */
static bool is_trusted(const char *charset)
{
	static const char *const names[] = {"KOI8-R",	"KOI8-U",    "Shift_JIS", "SJIS",
					    "EUC-JP",	"EUC-KR",    "GB2312",	  "GBK",
					    "GB18030",	"Big5",	     "UTF-16",	  "UTF-16LE",
					    "UTF-16BE", "macintosh", "IBM437",	  "IBM850"};

	if (strncasecmp(charset, "ISO-8859-", 9) == 0 ||
	    strncasecmp(charset, "windows-12", 10) == 0)
		return strlen(charset) <= 12;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcasecmp(charset, names[i]) == 0)
			return true;
	return false;
}

struct bytes {
	const char *at;
	size_t size;
};

static bool convert_by_library(char *out, size_t capacity, size_t *length, const char *charset,
			       struct bytes in)
{
	iconv_t way = iconv_open("UTF-8", charset);
	char *from = (char *)(uintptr_t)in.at, *to = out;
	size_t left = in.size, room = capacity - 4;

	/* (iconv_t)-1 as the manual has it. */
	if (way == (iconv_t)-1)
		return false;
	while (left > 0 && iconv(way, &from, &left, &to, &room) == (size_t)-1 && errno == EILSEQ &&
	       room >= 3) {
		/* Something that is none of its characters. */
		int size = text_encode(0xfffd, to);

		to += size;
		room -= (size_t)size;
		from++;
		left--;
	}
	iconv_close(way);
	*length = (size_t)(to - out);
	return true;
}

/*
 * Bytes of a named character set as UTF-8; what cannot be turned becomes U+FFFD. False: the set is
 * not known, or is UTF-8 already; nothing was written. Only sets of a list are taken from the C
 * library: the name is the server's.
 */
static bool convert(char *out, size_t capacity, size_t *length, const char *charset, const char *in,
		    size_t size)
{
	static const char *const western[] = {"ISO-8859-1", "ISO8859-1", "latin1", "windows-1252",
					      "cp1252"};

	if (capacity < 8)
		return false;
	for (size_t i = 0; i < sizeof western / sizeof *western; i++) {
		if (strcasecmp(charset, western[i]) != 0)
			continue;
		*length = from_western(out, capacity, in, size);
		return true;
	}
	return is_trusted(charset) &&
	       convert_by_library(out, capacity, length, charset, (struct bytes){in, size});
}

/* "text/html; charset=ISO-8859-1"; else a page's own word for it: <meta charset="...">, or a byte
 * order mark. */
static void charset_of(char out[CHARSET_MAX], const struct reply *reply)
{
	static const char word[] = "charset=";
	char head[LOOKED_AT + 1];
	size_t size;
	const char *value = reply_find(reply, "Content-Type", &size), *at;

	out[0] = '\0';
	if (reply->body_size >= 2 && memcmp(reply->body, "\xff\xfe", 2) == 0)
		text_copy(out, CHARSET_MAX, "UTF-16LE");
	else if (reply->body_size >= 2 && memcmp(reply->body, "\xfe\xff", 2) == 0)
		text_copy(out, CHARSET_MAX, "UTF-16BE");
	if (out[0])
		return;
	text_format(head, sizeof head, "%.*s", (int)(size < LOOKED_AT ? size : LOOKED_AT),
		    value ? value : "");
	at = strcasestr(head, word);
	if (!at) {
		size = reply->body_size < LOOKED_AT ? reply->body_size : LOOKED_AT;
		memcpy(head, reply->body, size);
		head[size] = '\0';
		at = strcasestr(head, "<meta") ? strcasestr(head, word) : NULL;
	}
	if (!at)
		return;
	at += sizeof word - 1;
	at += strspn(at, "\"' ");
	text_format(out, CHARSET_MAX, "%.*s", (int)strcspn(at, "\"';,> /\r\n\t"), at);
}

/* ---- what is no text ---- */

/* A NUL, or more than a tenth of the beginning that no text has. */
static bool is_binary(const char *text, size_t size)
{
	char one[5] = {0};
	size_t strange = 0, looked = size < LOOKED_AT ? size : LOOKED_AT;

	for (size_t i = 0; i < looked;) {
		unsigned char c = (unsigned char)text[i];
		uint32_t character;
		int length = 1;

		if (c == 0)
			return true;
		if (c < 0x80) {
			strange += c < 0x20 && !strchr("\t\n\r\f\b\x1b", c);
		} else {
			memcpy(one, text + i, looked - i < 4 ? looked - i : 4);
			one[looked - i < 4 ? looked - i : 4] = '\0';
			length = text_decode(one, &character);
			/* Cut inside a character at the end is nobody's fault. */
			strange += character == 0xfffd && length == 1 && looked - i >= 4;
		}
		i += (size_t)(length > 0 ? length : 1);
	}
	return strange * 10 > looked;
}

static bool holds_secret(const char *text, size_t size, const struct excerpt_limits *limits)
{
	for (size_t i = 0; i < limits->secret_count; i++) {
		size_t length = strlen(limits->secrets[i]);

		if (length > 0 && memmem(text, size, limits->secrets[i], length))
			return true;
	}
	return false;
}

/* "0010  89 50 4e 47 ...  |.PNG....|", sixteen bytes a line. */
static size_t dump(char *out, size_t capacity, const char *data, size_t size)
{
	size_t used = 0;

	for (size_t line = 0; line < size; line += DUMP_LINE) {
		char letters[DUMP_LINE + 1] = "";

		used += text_format(out + used, capacity - used, "%s%04zx ", line ? "\n" : "",
				    line);
		for (size_t i = 0; i < DUMP_LINE; i++) {
			unsigned char c = line + i < size ? (unsigned char)data[line + i] : 0;

			if (line + i >= size) {
				used += text_copy(out + used, capacity - used, "   ");
				continue;
			}
			used += text_format(out + used, capacity - used, " %02x", c);
			letters[i] = (char)(c >= 0x20 && c < 0x7f ? c : '.');
		}
		used += text_format(out + used, capacity - used, "  |%s|", letters);
	}
	return used;
}

size_t excerpt_write(char *out, size_t capacity, const struct reply *reply,
		     const struct excerpt_limits *limits, bool *binary)
{
	const char *body = reply->body;
	size_t size = reply->body_size < limits->size ? reply->body_size : limits->size, length;
	char charset[CHARSET_MAX], text[2 * REPLY_BODY_KEPT];

	*binary = false;
	if (!body || size == 0)
		return text_copy(out, capacity, "");
	charset_of(charset, reply);
	if (charset[0] && convert(text, sizeof text, &length, charset, body, size)) {
		body = text;
		size = length;
	}
	/* A byte order mark is for programs. */
	if (size >= 3 && memcmp(body, "\xef\xbb\xbf", 3) == 0) {
		body += 3;
		size -= 3;
	}
	if (!is_binary(body, size))
		return text_clean(out, capacity, body, size, TEXT_BLOCK);
	*binary = true;
	if (holds_secret(reply->body, reply->body_size, limits))
		return text_copy(out, capacity,
				 "(no text; not shown, because a secret stands in it)");
	return dump(out, capacity, reply->body,
		    size < EVIDENCE_DUMP_BYTES ? size : EVIDENCE_DUMP_BYTES);
}

char *excerpt_body(const struct reply *reply, size_t *size)
{
	size_t room =
		3 * reply->body_size + 16; /* no character of those sets takes more of UTF-8 */
	char charset[CHARSET_MAX], *text;

	if (reply->body_size == 0 || reply->body_size > BODY_MAX)
		return NULL;
	charset_of(charset, reply);
	text = charset[0] && strcasecmp(charset, "utf-8") != 0 ? malloc(room) : NULL;
	if (text && !convert(text, room, size, charset, reply->body, reply->body_size)) {
		free(text);
		text = NULL;
	}
	return text;
}
