/*
 * Options of a request. Called by pollers on handles of their own; profiles are made at start and
 * then only read.
 */
#include "source/poll/request.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "model/url.h"
#include "source/poll/probe.h"
#include "source/poll/trust.h"

/* A body up to here goes out with the headers, in one piece. */
#define SHORT_BODY (32u << 10)

struct profile_entry {
	struct profile_entry *next;
	char *key;
	struct profile profile;
};

struct profiles {
	struct profile_entry **entries; /* by hash of key */
	struct profile **of;		/* by target */
	size_t buckets;
};

/* ---- what makes two targets the same ---- */

static void key_text(FILE *key, const char *text)
{
	/* With its length, so that two texts never look like one. */
	fprintf(key, "%zd:%s,", text ? (ssize_t)strlen(text) : (ssize_t)-1, text ? text : "");
}

static char *key_of(const struct target *target)
{
	char *text = NULL;
	size_t size = 0;
	FILE *key = open_memstream(&text, &size);
	const char *texts[] = {target->method,	 target->user_agent, target->user,
			       target->password, target->bearer,     target->cert,
			       target->key,	 target->ca,	     target->interface,
			       target->proxy,	 target->noproxy,    target->unix_socket};

	if (!key)
		fatal("out of memory");
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		key_text(key, texts[i]);
	for (size_t i = 0; i < target->headers.count; i++)
		key_text(key, target->headers.items[i]);
	fprintf(key, "|%d %d %d %d %d %d %d", target->auth, target->verify, target->tls_min,
		target->http, target->compressed,
		(int)target->keepalive + 3 * (target->ip == WISH_IP_BOTH),
		target->scheme >= SCHEME_TCP ? (int)target->scheme : -1);
	/* A body with a NUL cannot be compared as text: it is a profile of its own. */
	if (target->body && memchr(target->body, '\0', target->body_size))
		fprintf(key, "|%p", (const void *)target);
	else if (target->body)
		fprintf(key, "|%zu:%.*s", target->body_size, (int)target->body_size, target->body);
	fclose(key);
	return text;
}

/* ---- profiles ---- */

static bool has_header(const struct text_list *headers, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < headers->count; i++)
		if (strncasecmp(headers->items[i], name, length) == 0 &&
		    headers->items[i][length] == ':')
			return true;
	return false;
}

static struct curl_slist *append(struct curl_slist *list, const char *text)
{
	struct curl_slist *longer = curl_slist_append(list, text);

	if (!longer)
		fatal("out of memory");
	return longer;
}

static void profile_init(struct profile *profile, const struct target *target, struct trust *trust)
{
	profile->target = target;
	profile->short_request = target->body_size <= SHORT_BODY;
	profile->connect_only = !target_is_http(target);
	profile->head = strcasecmp(target->method, "HEAD") == 0;
	profile->trust = trust;
	for (size_t i = 0; i < target->headers.count; i++)
		profile->headers = append(profile->headers, target->headers.items[i]);
	/* Without it libcurl waits for a "100 Continue" before longer bodies. */
	if (target->body && !has_header(&target->headers, "Expect"))
		profile->headers = append(profile->headers, "Expect:");
	/* An own file is read now, so that it can be told at once; the system's when it is first
	 * needed. */
	if (target->ca && !trust_store(trust, target->ca))
		text_format(profile->problem, sizeof profile->problem,
			    "cannot read the authorities in %s", target->ca);
}

static struct profile *profile_find(struct profiles *profiles, const struct target *target,
				    struct trust *trust)
{
	char *key = key_of(target);
	struct profile_entry **bucket = &profiles->entries[text_hash(key) % profiles->buckets];
	struct profile_entry *entry;

	for (entry = *bucket; entry; entry = entry->next) {
		if (strcmp(entry->key, key) == 0) {
			free(key);
			return &entry->profile;
		}
	}
	entry = x_calloc(1, sizeof *entry);
	entry->key = key;
	entry->next = *bucket;
	*bucket = entry;
	profile_init(&entry->profile, target, trust);
	return &entry->profile;
}

/* The keys hold passwords, and nobody needs them any more. */
static void forget_keys(struct profiles *profiles)
{
	for (size_t i = 0; i < profiles->buckets; i++) {
		for (struct profile_entry *entry = profiles->entries[i]; entry;
		     entry = entry->next) {
			explicit_bzero(entry->key, strlen(entry->key));
			free(entry->key);
			entry->key = NULL;
		}
	}
}

struct profiles *profiles_new(const struct target *targets, size_t count, struct trust *trust)
{
	struct profiles *profiles = x_calloc(1, sizeof *profiles);

	profiles->buckets = count / 4 + 1;
	profiles->entries = x_calloc(profiles->buckets, sizeof *profiles->entries);
	profiles->of = x_calloc(count + 1, sizeof *profiles->of);
	for (size_t i = 0; i < count; i++)
		profiles->of[i] = profile_find(profiles, &targets[i], trust);
	forget_keys(profiles);
	return profiles;
}

void profiles_free(struct profiles *profiles)
{
	if (!profiles)
		return;
	for (size_t i = 0; i < profiles->buckets; i++) {
		while (profiles->entries[i]) {
			struct profile_entry *entry = profiles->entries[i];

			profiles->entries[i] = entry->next;
			curl_slist_free_all(entry->profile.headers);
			free(entry);
		}
	}
	free(profiles->entries);
	free(profiles->of);
	free(profiles);
}

const struct profile *profiles_of(const struct profiles *profiles, size_t index)
{
	return profiles->of[index];
}

/* ---- libcurl's options ---- */

static void set_text(CURL *easy, CURLoption option, const char *text)
{
	if (text)
		curl_easy_setopt(easy, option, text);
}

/* What no target can change: no surprise from files, environment, former probes or other
 * protocols. */
static void set_policy(CURL *easy)
{
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS, REQUEST_NO_EYEBALLS_MS);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	/* What has no status line is shown to us as a body, and refused there: so it can
	 * be told. */
	curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 1L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	/* Its default of 60 s makes libcurl walk the whole cache at the end of every transfer. */
	curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
	/* A resumed session would hide a new, perhaps expired certificate. */
	curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	/* The store comes by SSL_CTX_FUNCTION; these two would parse the whole bundle for each
	 * connection. */
	curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, NULL);
	curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL);
	/* It would keep the store it first meets and put it in place of ours, also for targets with
	 * other authorities. */
	curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, 0L);
}

static void set_method(CURL *easy, const struct profile *profile)
{
	const struct target *target = profile->target;

	if (target->body) {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)target->body_size);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, target->body);
	}
	if (profile->head)
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	else if (strcmp(target->method, target->body ? "POST" : "GET") != 0)
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, target->method);
}

static void set_version(CURL *easy, const struct target *target)
{
	static const long versions[] = {[WISH_HTTP_AUTO] = CURL_HTTP_VERSION_1_1,
					[WISH_HTTP_1_0] = CURL_HTTP_VERSION_1_0,
					[WISH_HTTP_1_1] = CURL_HTTP_VERSION_1_1,
					[WISH_HTTP_2] = CURL_HTTP_VERSION_2TLS,
					[WISH_HTTP_3] = CURL_HTTP_VERSION_3ONLY};

	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, versions[target->http]);
	if (target->scheme == SCHEME_TLS)
		curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
}

static void set_auth(CURL *easy, const struct target *target)
{
	static const unsigned long kinds[] = {[WISH_AUTH_BASIC] = CURLAUTH_BASIC,
					      [WISH_AUTH_DIGEST] = CURLAUTH_DIGEST,
					      [WISH_AUTH_ANY] = CURLAUTH_ANY};

	if (target->user) {
		curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)kinds[target->auth]);
		curl_easy_setopt(easy, CURLOPT_USERNAME, target->user);
		set_text(easy, CURLOPT_PASSWORD, target->password);
	}
	if (target->bearer) {
		curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
		curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, target->bearer);
	}
}

static void set_tls(CURL *easy, const struct target *target, bool foreign)
{
	static const struct {
		int wish;
		long version;
	} versions[] = {{10, CURL_SSLVERSION_TLSv1_0},
			{11, CURL_SSLVERSION_TLSv1_1},
			{12, CURL_SSLVERSION_TLSv1_2},
			{13, CURL_SSLVERSION_TLSv1_3}};

	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, target->verify ? 1L : 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, target->verify ? 2L : 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYPEER, target->verify ? 1L : 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYHOST, target->verify ? 2L : 0L);
	for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
		if (versions[i].wish == target->tls_min)
			curl_easy_setopt(easy, CURLOPT_SSLVERSION, versions[i].version);
	if (foreign)
		return;
	set_text(easy, CURLOPT_SSLCERT, target->cert);
	set_text(easy, CURLOPT_SSLKEY, target->key ? target->key : target->cert);
}

static void set_way(CURL *easy, const struct target *target)
{
	bool fresh = target->keepalive == WISH_FRESH;

	/* One small segment needs no flag that it should go at once. */
	if (fresh && !target->body)
		curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 0L);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, fresh ? 1L : 0L);
	set_text(easy, CURLOPT_INTERFACE, target->interface);
	set_text(easy, CURLOPT_PROXY, target->proxy);
	set_text(easy, CURLOPT_NOPROXY, target->noproxy);
	/* A connection to the proxy alone says nothing of the target. */
	if (target->scheme == SCHEME_TCP)
		curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
	set_text(easy, CURLOPT_UNIX_SOCKET_PATH, target->unix_socket);
	if (!target->compressed)
		return;
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	/*
	 * libcurl reads up to a hundred of these in one go, and some bytes keep an unpacker busy
	 * for long. Not with HTTP/2, where libcurl 7.88 loses its way when a frame is larger than
	 * its buffer; there the leash is enough.
	 */
	if (target->http != WISH_HTTP_2)
		curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 1024L);
}

void request_configure(void *easy, const struct profile *profile, bool foreign)
{
	const struct target *target = profile->target;

	set_policy(easy);
	set_method(easy, profile);
	set_version(easy, target);
	set_tls(easy, target, foreign);
	set_way(easy, target);
	set_text(easy, CURLOPT_USERAGENT, target->user_agent);
	if (foreign)
		return;
	set_auth(easy, target);
	if (profile->headers)
		curl_easy_setopt(easy, CURLOPT_HTTPHEADER, profile->headers);
}

void request_make_get(void *easy)
{
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, NULL);
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, NULL);
	curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
}

/* The host as the request names it: with its port where that is not the scheme's own. */
static void put_authority(char *out, size_t capacity, const struct target *target,
			  const struct hop *hop)
{
	const char *host = hop->host ? hop->host : target->host;
	const char *form = strchr(host, ':') ? "[%s]" : "%s";
	size_t used = text_format(out, capacity, form, host);

	if (hop->port != url_scheme_port(hop->tls ? SCHEME_HTTPS : SCHEME_HTTP))
		text_format(out + used, capacity - used, ":%u", hop->port);
}

size_t request_text(char *out, size_t capacity, const struct target *target, const struct hop *hop)
{
	/* a redirect's address may hold somebody's secrets, which are not among the target's */
	char *url = hop->url ? target_url_shown(hop->url) : x_strdup(target->url);
	const struct text_list none = {0}, *headers = hop->foreign ? &none : &target->headers;
	const char *path = strstr(url, "://");
	char authority[300];
	size_t used;

	/* as it goes out: "/" where there is no path, and no fragment */
	path = path ? path + 3 + strcspn(path + 3, "/?#") : "/";
	used = text_format(out, capacity, "%s %s%.*s HTTP/%s\n", hop->get ? "GET" : target->method,
			   path[0] == '/' ? "" : "/", (int)strcspn(path, "#"), path,
			   target->http == WISH_HTTP_2	   ? "2"
			   : target->http == WISH_HTTP_1_0 ? "1.0"
							   : "1.1");
	put_authority(authority, sizeof authority, target, hop);
	if (!has_header(headers, "Host"))
		used += text_format(out + used, capacity - used, "Host: %s\n", authority);
	if ((target->user || target->bearer) && !hop->foreign)
		used += text_format(out + used, capacity - used, "Authorization: •••\n");
	if (!has_header(headers, "User-Agent"))
		used += text_format(out + used, capacity - used, "User-Agent: %s\n",
				    target->user_agent);
	if (!has_header(headers, "Accept"))
		used += text_format(out + used, capacity - used, "Accept: */*\n");
	for (size_t i = 0; i < headers->count; i++)
		used += text_format(out + used, capacity - used, "%s\n", headers->items[i]);
	if (hop->number > 0)
		used += text_format(out + used, capacity - used, "(after %d redirect%s from %s)\n",
				    hop->number, hop->number == 1 ? "" : "s", target->url_shown);
	free(url);
	return used;
}
