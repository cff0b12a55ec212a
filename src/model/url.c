/*
 * Addresses: split by RFC 3986's marks, checked more strictly than libcurl would, because here a
 * mistake can still be told to the person who made it. Pure; any thread.
 */
#include "model/url.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/units.h"
#include "model/idn.h"

#define HOST_MAX 253 /* bytes; the longest name that DNS can hold */

static const struct {
	const char *name;
	uint16_t port; /* 0: must be given */
} schemes[] = {
	[SCHEME_HTTP] = {"http", 80},
	[SCHEME_HTTPS] = {"https", 443},
	[SCHEME_TCP] = {"tcp", 0},
	[SCHEME_TLS] = {"tls", 0},
};

static struct slice slice_of(const char *from, const char *to)
{
	return (struct slice){.at = from, .length = (size_t)(to - from)};
}

static bool slice_is(struct slice slice, const char *word)
{
	return slice.length == strlen(word) && strncasecmp(slice.at, word, slice.length) == 0;
}

static const char *find_last(struct slice slice, char c)
{
	return memrchr(slice.at, c, slice.length);
}

/* "host", "host:port", "[::1]:port" */
static bool split_host(struct slice whole, struct url_parts *parts)
{
	const char *end = whole.at + whole.length, *colon;

	if (whole.length > 0 && whole.at[0] == '[') {
		const char *close = memchr(whole.at, ']', whole.length);

		if (close == NULL || (close + 1 < end && close[1] != ':'))
			return false;
		parts->host = slice_of(whole.at + 1, close);
		colon = close + 1 < end ? close + 1 : NULL;
	} else {
		colon = memchr(whole.at, ':', whole.length);
		parts->host = slice_of(whole.at, colon == NULL ? end : colon);
	}
	parts->has_port = colon != NULL;
	parts->port = colon == NULL ? slice_of(end, end) : slice_of(colon + 1, end);
	return true;
}

bool url_split(const char *text, struct url_parts *parts)
{
	const char *mark = strstr(text, "://"), *start = text;

	*parts = (struct url_parts){.scheme = slice_of(text, text)};
	/* "host/?next=http://x" has no scheme either. */
	if (mark != NULL && (size_t)(mark - text) <= strcspn(text, "/?#@[")) {
		parts->scheme = slice_of(text, mark);
		start = mark + 3;
	}
	struct slice authority = {.at = start, .length = strcspn(start, "/?#")};
	const char *end = start + authority.length, *at = find_last(authority, '@');
	parts->rest = slice_of(end, end + strlen(end));
	parts->user_info = slice_of(start, at == NULL ? start : at);
	return split_host(slice_of(at == NULL ? start : at + 1, end), parts);
}

/* Percent-decodes; what is no valid triplet stays as it is. */
static char *decoded(struct arena *arena, struct slice slice)
{
	char *out = arena_slice(arena, slice.at, slice.length);
	size_t used = 0;

	for (size_t i = 0; i < slice.length; i++) {
		bool triplet = slice.at[i] == '%' && i + 2 < slice.length;
		int high = triplet ? text_hex_digit(slice.at[i + 1]) : -1;
		int low = high >= 0 ? text_hex_digit(slice.at[i + 2]) : -1;

		out[used++] = low >= 0 ? (char)((unsigned)high << 4 | (unsigned)low) : slice.at[i];
		i += low >= 0 ? 2 : 0;
	}
	out[used] = '\0';
	return out;
}

static bool is_this_machine(struct slice host)
{
	return slice_is(host, "localhost") || slice_is(host, "::1") ||
	       (host.length > 4 && strncmp(host.at, "127.", 4) == 0);
}

static bool is_ipv6(struct slice host)
{
	char address[INET6_ADDRSTRLEN];
	struct in6_addr unused;
	const char *zone = memchr(host.at, '%', host.length);
	size_t length = zone == NULL ? host.length : (size_t)(zone - host.at);

	if (length >= sizeof(address))
		return false;
	text_format(address, sizeof(address), "%.*s", (int)length, host.at);
	return inet_pton(AF_INET6, address, &unused) == 1;
}

static bool host_is_valid(struct slice host)
{
	static const char marks[] = "-._~";

	if (memchr(host.at, ':', host.length) != NULL)
		return is_ipv6(host);
	for (size_t i = 0; i < host.length; i++) {
		unsigned char c = (unsigned char)host.at[i];
		bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';

		if (!letter && !(c >= '0' && c <= '9') && c < 0x80 && strchr(marks, c) == NULL)
			return false;
	}
	return host.length > 0 && host.length <= HOST_MAX;
}

static const char *read_scheme(const struct url_parts *parts, struct url *url)
{
	if (parts->scheme.length == 0) {
		url->scheme = is_this_machine(parts->host) ? SCHEME_HTTP : SCHEME_HTTPS;
		return NULL;
	}
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (slice_is(parts->scheme, schemes[i].name)) {
			url->scheme = (enum scheme)i;
			return NULL;
		}
	}
	return "the scheme must be http, https, tcp or tls";
}

static const char *read_port(const struct url_parts *parts, struct url *url)
{
	char digits[8];
	int64_t port = schemes[url->scheme].port;

	if (parts->has_port) {
		text_format(digits, sizeof(digits), "%.*s", (int)(parts->port.length & 0xffff),
			    parts->port.at);
		if (parts->port.length > 5 || !parse_integer(digits, 1, 65535, &port))
			return "the port must be a number between 1 and 65535";
	}
	if (port == 0)
		return "a port must be given, such as tcp://db.example.com:5432";
	url->port = (uint16_t)port;
	return NULL;
}

static const char *read_user(struct arena *arena, struct slice info, struct url *url)
{
	const char *colon = memchr(info.at, ':', info.length), *end = info.at + info.length;

	if (info.length == 0)
		return NULL;
	url->user = decoded(arena, slice_of(info.at, colon == NULL ? end : colon));
	url->password = colon == NULL ? "" : decoded(arena, slice_of(colon + 1, end));
	if (!text_is_clean(url->user, TEXT_LINE) || !text_is_clean(url->password, TEXT_LINE))
		return "user and password must not hold control characters";
	return NULL;
}

static const char *make_bare(struct arena *arena, const struct url_parts *parts, struct url *url)
{
	bool six = memchr(parts->host.at, ':', parts->host.length) != NULL;
	char *plain = arena_slice(arena, parts->host.at, parts->host.length);
	char host[IDN_MAX];

	if (!idn_to_ascii(host, plain))
		return "the host is no valid international name";
	if (!idn_is_plain(plain))
		plain = arena_text(arena, host);
	/* however it is written it is one host, with one limit and one network */
	for (char *c = plain; *c; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
	url->host = plain;
	char *text = x_asprintf("%s://%s%s%s%s%.*s%.*s", schemes[url->scheme].name, six ? "[" : "",
				url->host, six ? "]" : "", parts->has_port ? ":" : "",
				(int)parts->port.length, parts->port.at, (int)parts->rest.length,
				parts->rest.at);

	url->bare = arena_text(arena, text);
	free(text);
	return NULL;
}

const char *url_read(struct arena *arena, const char *text, struct url *url)
{
	struct url_parts parts;
	const char *wrong;

	*url = (struct url){.scheme = SCHEME_HTTPS};
	if (strpbrk(text, " \t\n\\\"<>") != NULL)
		return "it holds a blank or a sign that must be written %XX";
	if (!text_is_clean(text, TEXT_LINE))
		return "it holds an invisible character";
	if (!url_split(text, &parts))
		return "the brackets around the host do not match";
	if ((wrong = read_scheme(&parts, url)) != NULL)
		return wrong;
	if (memchr(parts.port.at, ':', parts.port.length) != NULL)
		return "an IPv6 address must stand in brackets, such as http://[::1]:8080/";
	if (parts.host.length == 0)
		return "there is no host in it";
	if (!host_is_valid(parts.host))
		return "the host holds a sign that no host's name has, or is too long";
	if ((wrong = read_port(&parts, url)) != NULL)
		return wrong;
	if (url->scheme >= SCHEME_TCP && parts.rest.length > 0 && strcmp(parts.rest.at, "/") != 0)
		return "tcp and tls have no path";
	if ((wrong = read_user(arena, parts.user_info, url)) != NULL)
		return wrong;
	return make_bare(arena, &parts, url);
}

uint16_t url_scheme_port(enum scheme scheme)
{
	return schemes[scheme].port;
}

bool url_is_deceptive(const char *text)
{
	struct url_parts parts;
	char host[IDN_MAX] = "";

	if (url_split(text, &parts) && parts.host.length < sizeof host)
		text_format(host, sizeof host, "%.*s", (int)parts.host.length, parts.host.at);
	return idn_is_deceptive(host);
}

static bool ends_with(const char *text, size_t length, const char *const *ends)
{
	for (; *ends; ends++) {
		size_t end = strlen(*ends);

		if (length >= end && strncasecmp(text + length - end, *ends, end) == 0)
			return true;
	}
	return false;
}

/* Of a query, or a header's name: "api_key". */
static bool key_is_secret(const char *key, size_t length)
{
	static const char *const ends[] = {"token",	  "key",    "secret",	     "password",
					   "passwd",	  "pwd",    "pass",	     "sig",
					   "signature",	  "auth",   "authorization", "session",
					   "sessionid",	  "sid",    "code",	     "credential",
					   "credentials", "cookie", "jwt",	     NULL};

	return ends_with(key, length, ends);
}

bool url_header_is_secret(const char *name, size_t length)
{
	static const char *const also[] = {"Set-Cookie2", "Authentication-Info", NULL};
	static const char *const open[] = {"error-code", "status-code", NULL};

	return ends_with(name, length, also) ||
	       (key_is_secret(name, length) && !ends_with(name, length, open));
}

/* The next "key=value" of a query or fragment from *next on, which moves behind it. False at the
 * end. */
static bool next_pair(const char **next, struct slice *key, struct slice *value)
{
	const char *start = *next;

	if (*start == '\0')
		return false;
	size_t length = strcspn(start, "&;#?");
	const char *equals = memchr(start, '=', length);
	*key = slice_of(start, equals == NULL ? start + length : equals);
	*value = slice_of(equals == NULL ? start + length : equals + 1, start + length);
	*next = start + length + (start[length] != '\0');
	return true;
}

void url_secrets(struct arena *arena, const char *text, struct text_list *secrets)
{
	struct url_parts parts;
	struct slice key, value;

	if (!url_split(text, &parts))
		return;
	if (parts.user_info.length > 0) {
		const char *info = decoded(arena, parts.user_info), *colon = strchr(info, ':');

		text_list_append(arena, secrets, info);
		if (colon != NULL)
			text_list_append(arena, secrets, colon + 1);
	}
	const char *next = parts.rest.at + strcspn(parts.rest.at, "?#");
	while (next_pair(&next, &key, &value))
		if (value.length > 0 && key_is_secret(key.at, key.length))
			text_list_append(arena, secrets, decoded(arena, value));
}

char *target_url_shown(const char *text)
{
	struct url_parts parts;
	struct slice key, value;
	char *out;
	size_t size;

	if (!url_split(text, &parts))
		return x_strdup("•••");
	FILE *stream = open_memstream(&out, &size);
	if (stream == NULL)
		fatal("out of memory: no room for an address");
	fprintf(stream, "%.*s", (int)(parts.user_info.at - text), text);
	const char *after = parts.user_info.at + parts.user_info.length;
	const char *colon = memchr(parts.user_info.at, ':', parts.user_info.length);
	if (parts.user_info.length > 0) /* a user alone is often a token */
		fprintf(stream, "%.*s•••",
			colon == NULL ? 0 : (int)(colon + 1 - parts.user_info.at),
			parts.user_info.at);
	const char *next = parts.rest.at + strcspn(parts.rest.at, "?#");
	fprintf(stream, "%.*s", (int)(next - after), after);
	while (next_pair(&next, &key, &value)) {
		bool secret = value.length > 0 && key_is_secret(key.at, key.length);
		const char *rest = secret ? "•••" : value.at;

		fprintf(stream, "%.*s%.*s", (int)(value.at - key.at), key.at,
			secret ? (int)sizeof("•••") - 1 : (int)value.length, rest);
		fprintf(stream, "%.*s", (int)(next - value.at - (ptrdiff_t)value.length),
			value.at + value.length);
	}
	fclose(stream);
	return out;
}
