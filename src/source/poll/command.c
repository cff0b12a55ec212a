/*
 * Command lines. One poller's thread.
 *
 * Each word is cleaned and redacted before it is quoted: a secret with a quote in it would not be
 * found behind it.
 */
#include "source/poll/command.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/text.h"
#include "model/target.h"
#include "model/url.h"
#include "source/poll/watch.h"

#define WORD_MAX COMMAND_MAX
#define BODY_MAX 200 /* a longer one is named, not shown */
#define MASK	 "•••"

struct line {
	char *out;
	size_t capacity, used;
	bool cut;
	const struct watch *watch;
};

static void put(struct line *line, const char *text)
{
	line->cut = line->cut || line->used + strlen(text) >= line->capacity;
	line->used += text_copy(line->out + line->used, line->capacity - line->used, text);
}

/* Words of these characters alone mean themselves to every shell. */
static bool is_plain(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "_-./:=@%+,";

	return word[0] && !word[strspn(word, plain)];
}

static void put_quoted(struct line *line, const char *word)
{
	char one[2] = {0};

	put(line, "'");
	for (; *word; word++) {
		one[0] = *word;
		put(line, *word == '\'' ? "'\\''" : one);
	}
	put(line, "'");
}

/* A blank and one word, as the shell must read it. */
static void put_word(struct line *line, const char *word)
{
	char clean[WORD_MAX];

	text_clean(clean, sizeof clean, word, strlen(word), TEXT_BLOCK);
	text_redact(clean, sizeof clean, line->watch->secrets, line->watch->secret_count);
	put(line, " ");
	if (is_plain(clean))
		put(line, clean);
	else
		put_quoted(line, clean);
}

static void put_option(struct line *line, const char *option, const char *value)
{
	if (!value)
		return;
	put(line, " ");
	put(line, option);
	put_word(line, value);
}

static void put_options(struct line *line, const char *option, const struct text_list *values)
{
	for (size_t i = 0; i < values->count; i++)
		put_option(line, option, values->items[i]);
}

/* An option of curl that takes seconds: "10", "0.500". */
static void put_seconds(struct line *line, const char *option, int64_t ms)
{
	char text[40];

	if (ms % 1000)
		text_format(text, sizeof text, "%lld.%03lld", (long long)(ms / 1000),
			    (long long)(ms % 1000));
	else
		text_format(text, sizeof text, "%lld", (long long)(ms / 1000));
	put_option(line, option, text);
}

/* ---- parts of a curl command ---- */

static void put_method(struct line *line, const struct target *target)
{
	char name[WORD_MAX];

	if (strcasecmp(target->method, "HEAD") == 0)
		put(line, " -I");
	else if (strcmp(target->method, target->body ? "POST" : "GET") != 0)
		put_option(line, "-X", target->method);
	if (!target->body)
		return;
	/* by its name: what is kept in a file is often a login */
	if (target->body_file) {
		text_format(name, sizeof name, "@%s", target->body_file);
		put_option(line, "--data-binary", name);
		return;
	}
	if (target->body_size <= BODY_MAX && strlen(target->body) == target->body_size &&
	    text_is_clean(target->body, TEXT_BLOCK)) {
		put_option(line, "--data-raw", target->body);
		return;
	}
	text_format(name, sizeof name, "@BODY-OF-%zu-BYTES", target->body_size);
	put_option(line, "--data-binary", name);
}

/* A header whose name says that its value is not for all eyes goes without it, however short that
 * is. */
static void put_header(struct line *line, const char *header)
{
	size_t name = strcspn(header, ":");
	char masked[200];

	if (!url_header_is_secret(header, name)) {
		put_option(line, "-H", header);
		return;
	}
	text_format(masked, sizeof masked, "%.*s: " MASK, (int)name, header);
	put_option(line, "-H", masked);
}

static void put_headers(struct line *line, const struct target *target)
{
	put_option(line, "-A", target->user_agent);
	for (size_t i = 0; i < target->headers.count; i++)
		put_header(line, target->headers.items[i]);
	if (target->compressed)
		put(line, " --compressed");
}

static void put_login(struct line *line, const struct target *target)
{
	static const char *const kinds[] = {[WISH_AUTH_BASIC] = "",
					    [WISH_AUTH_DIGEST] = " --digest",
					    [WISH_AUTH_ANY] = " --anyauth"};
	char login[300];

	if (target->user) {
		text_format(login, sizeof login, "%s:" MASK, target->user);
		put(line, kinds[target->auth]);
		put_option(line, "-u", login);
	}
	if (target->bearer)
		put_header(line, "Authorization: Bearer");
}

static void put_tls(struct line *line, const struct target *target)
{
	static const char *const least[] = {" --tlsv1.0", " --tlsv1.1", " --tlsv1.2", " --tlsv1.3"};
	struct stat status;

	if (target->scheme != SCHEME_HTTPS)
		return;
	if (!target->verify)
		put(line, " -k");
	if (target->tls_min >= 10 && target->tls_min <= 13)
		put(line, least[target->tls_min - 10]);
	if (target->ca)
		put_option(line,
			   stat(target->ca, &status) == 0 && S_ISDIR(status.st_mode) ? "--capath"
										     : "--cacert",
			   target->ca);
	put_option(line, "--cert", target->cert);
	put_option(line, "--key", target->key);
}

static void put_proxy(struct line *line, const struct target *target)
{
	char *shown;

	if (target->proxy && target->proxy[0]) {
		shown = target_url_shown(target->proxy);
		put_option(line, "-x", shown);
		free(shown);
		put_option(line, "--noproxy", target->noproxy);
	} else if (getenv("http_proxy") || getenv("https_proxy") || getenv("HTTPS_PROXY") ||
		   getenv("all_proxy") || getenv("ALL_PROXY")) {
		/* webmon does not take these for granted, curl does. */
		put_option(line, "--noproxy", "*");
	}
}

static void put_family(struct line *line, const struct target *target, bool six)
{
	if (target->ip != WISH_IP_AUTO)
		put(line,
		    target->ip == WISH_IP_6 || (target->ip == WISH_IP_BOTH && six) ? " -6" : " -4");
}

static void put_way(struct line *line, const struct target *target, bool six)
{
	static const char *const versions[] = {[WISH_HTTP_AUTO] = " --http1.1",
					       [WISH_HTTP_1_0] = " --http1.0",
					       [WISH_HTTP_1_1] = " --http1.1",
					       [WISH_HTTP_2] = " --http2",
					       [WISH_HTTP_3] = " --http3"};
	char count[20];

	put(line, versions[target->http]);
	put_family(line, target, six);
	put_options(line, "--resolve", &target->resolve);
	put_options(line, "--connect-to", &target->connect_to);
	put_option(line, "--interface", target->interface);
	put_option(line, "--unix-socket", target->unix_socket);
	put_proxy(line, target);
	if (target->follow > 0) {
		text_format(count, sizeof count, "%d", target->follow);
		put(line, " -L");
		put_option(line, "--max-redirs", count);
		put_option(line, "-b", ""); /* cookies go along, as here */
	}
}

static void put_curl(struct line *line, const struct target *target, bool six)
{
	const char *path;

	put(line, strcasecmp(target->method, "HEAD") == 0 ? "curl -sS" : "curl -isS");
	put_seconds(line, "-m", target->timeout_ms);
	put_seconds(line, "--connect-timeout", target->connect_timeout_ms);
	put_way(line, target, six);
	put_tls(line, target);
	put_method(line, target);
	put_headers(line, target);
	put_login(line, target);
	/* Brackets and braces are a pattern to curl, those of an IPv6 address aside. */
	path = strstr(target->url, "://");
	if (path && strpbrk(path + 3 + strcspn(path + 3, "/?"), "[]{}"))
		put(line, " -g");
	put_word(line, target->url_shown);
}

/* ---- connections alone ---- */

static void put_nc(struct line *line, const struct target *target, bool six)
{
	char port[8];

	put(line, "nc -zv");
	put_family(line, target, six);
	put_seconds(line, "-w", (target->connect_timeout_ms + 999) / 1000 * 1000);
	put_word(line, target->host);
	text_format(port, sizeof port, "%u", target->port);
	put_word(line, port);
}

static void put_s_client(struct line *line, const struct target *target)
{
	char address[300];

	text_format(address, sizeof address, strchr(target->host, ':') ? "[%s]:%u" : "%s:%u",
		    target->host, target->port);
	put(line, "openssl s_client");
	put_option(line, "-connect", address);
	put_option(line, "-servername", target->host);
	put_option(line, "-CAfile", target->ca);
	put_option(line, "-cert", target->cert);
	put_option(line, "-key", target->key);
	put(line, " </dev/null");
}

size_t command_write(char *out, size_t capacity, const struct watch *watch, bool six)
{
	struct line line = {.out = out, .capacity = capacity, .watch = watch};

	out[0] = '\0';
	if (watch->target->scheme == SCHEME_TCP)
		put_nc(&line, watch->target, six);
	else if (watch->target->scheme == SCHEME_TLS)
		put_s_client(&line, watch->target);
	else
		put_curl(&line, watch->target, six);
	/* Half a command could do anything. */
	if (line.cut)
		line.used = text_copy(out, capacity, "");
	return line.used;
}
