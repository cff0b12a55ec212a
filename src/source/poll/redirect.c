/*
 * The next hop of a probe. Called by pollers between two transfers.
 */
#include "source/poll/redirect.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/units.h"
#include "model/idn.h"
#include "model/target.h"
#include "model/url.h"
#include "source/poll/evidence.h"
#include "source/poll/probe.h"
#include "source/poll/watch.h"

/* The same address with its host in ASCII: a server's name for itself deceives nobody.
 * Returns new. */
static char *plain_host(const char *url)
{
	char host[IDN_MAX], ascii[IDN_MAX];
	struct url_parts parts;

	if (!url_split(url, &parts) || parts.host.length >= sizeof host)
		return x_strdup(url);
	text_format(host, sizeof host, "%.*s", (int)parts.host.length, parts.host.at);
	if (!idn_to_ascii(ascii, host))
		return x_strdup(url);
	return x_asprintf("%.*s%s%s", (int)(parts.host.at - url), url, ascii,
			  parts.host.at + parts.host.length);
}

/* An address as a person may see it, short. */
static void shown(char out[80], const struct watch *watch, const char *url)
{
	char clean[512], *masked = target_url_shown(url), *plain = plain_host(masked);

	text_clean(clean, sizeof clean, plain, strlen(plain), TEXT_LINE);
	evidence_redact(watch, clean, sizeof clean);
	text_fit(out, 80, clean, 60, CUT_MIDDLE, false);
	free(masked);
	free(plain);
}

static bool refuse(struct probe *probe, const char *why, const char *url)
{
	char address[80];

	shown(address, probe->watch, url);
	text_format(probe->redirect_problem, sizeof probe->redirect_problem, "%s: %s", why,
		    address);
	return false;
}

/* A host beyond ASCII as DNS wants it: libcurl would do that too, but only in a locale that has the
 * letters. */
static bool make_plain(CURLU *url)
{
	char *host = NULL, ascii[IDN_MAX];
	bool good = !curl_url_get(url, CURLUPART_HOST, &host, CURLU_URLDECODE);

	if (good && !idn_is_plain(host))
		good = idn_to_ascii(ascii, host) && !curl_url_set(url, CURLUPART_HOST, ascii, 0);
	curl_free(host);
	return good;
}

/* The parts of the URL into hop; false where it has none. */
static bool take_parts(struct hop *hop, CURLU *url)
{
	char *scheme = NULL, *host = NULL, *port = NULL, *text = NULL;
	int64_t number = 0;
	bool good;

	/* A password in a Location is somebody else's: it is not sent, and shown nowhere. */
	curl_url_set(url, CURLUPART_USER, NULL, 0);
	curl_url_set(url, CURLUPART_PASSWORD, NULL, 0);
	curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0);
	good = make_plain(url) && !curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) &&
	       !curl_url_get(url, CURLUPART_HOST, &host, 0) &&
	       !curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) &&
	       !curl_url_get(url, CURLUPART_URL, &text, 0) &&
	       parse_integer(port, 1, 65535, &number);
	if (good) {
		hop->tls = strcasecmp(scheme, "https") == 0;
		hop->port = (uint16_t)number;
		hop->url = x_strdup(text);
		/* An IPv6 host comes out in brackets. */
		hop->host = x_strdup(host + (host[0] == '['));
		hop->host[strcspn(hop->host, "]")] = '\0';
	}
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_free(text);
	return good;
}

static bool scheme_is_allowed(CURLU *url)
{
	char *scheme = NULL;
	bool allowed;

	if (curl_url_get(url, CURLUPART_SCHEME, &scheme, 0))
		return false;
	allowed = strcasecmp(scheme, "http") == 0 || strcasecmp(scheme, "https") == 0;
	curl_free(scheme);
	return allowed;
}

/* "mailto:" and the like, which libcurl takes for no address at all. */
static bool names_other_scheme(const char *location)
{
	size_t size = strspn(location,
			     "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");

	return size > 0 && location[size] == ':' && isalpha((unsigned char)location[0]) &&
	       !(size == 4 && strncasecmp(location, "http", 4) == 0) &&
	       !(size == 5 && strncasecmp(location, "https", 5) == 0);
}

static bool is_foreign(const struct hop *hop, const struct target *target)
{
	return hop->port != target->port || hop->tls != (target->scheme == SCHEME_HTTPS) ||
	       strcasecmp(hop->host, target->host) != 0;
}

/* RFC 9110: 303 makes it a GET; so do 301 and 302 after a POST, by the custom of all browsers. */
static bool becomes_get(const struct probe *probe)
{
	const char *method = probe->watch->target->method;
	uint16_t status = probe->reply.status;

	if (probe->hop.get)
		return true;
	if (status == 303)
		return strcasecmp(method, "HEAD") != 0;
	return (status == 301 || status == 302) && strcasecmp(method, "POST") == 0;
}

/* The same request once more: not where it takes a new cookie along, or a GET follows a POST. */
static bool is_the_same(const struct probe *probe, const struct hop *next, const char *from)
{
	size_t size;

	return strcmp(next->url, from) == 0 && next->get == probe->hop.get &&
	       !reply_find(&probe->reply, "Set-Cookie", &size);
}

static bool go_to(struct probe *probe, CURLU *url, const char *from, const char *location)
{
	const struct target *target = probe->watch->target;
	struct hop next = {.number = probe->hop.number + 1, .get = becomes_get(probe)};

	if (names_other_scheme(location))
		return refuse(probe, "redirect to a scheme that is not followed", location);
	if (curl_url_set(url, CURLUPART_URL, from, 0) ||
	    curl_url_set(url, CURLUPART_URL, location, CURLU_NON_SUPPORT_SCHEME))
		return refuse(probe, "redirect to an address that is none", location);
	if (!scheme_is_allowed(url))
		return refuse(probe, "redirect to a scheme that is not followed", location);
	if (!take_parts(&next, url))
		return refuse(probe, "redirect to an address that is none", location);
	next.foreign = probe->hop.foreign || is_foreign(&next, target);
	/* A fragment alone leads nowhere else; this libcurl would drop the end of the path. */
	if (location[0] == '#' || is_the_same(probe, &next, from)) {
		refuse(probe, "redirect loop, back to", next.url);
		free(next.url);
		free(next.host);
		return false;
	}
	free(probe->hop.url);
	free(probe->hop.host);
	probe->hop = next;
	return true;
}

bool redirect_follow(struct probe *probe)
{
	const struct target *target = probe->watch->target;
	const char *from = probe->hop.url ? probe->hop.url : probe->watch->url;
	size_t size;
	const char *value = reply_find(&probe->reply, "Location", &size);
	char *location = x_strndup(value ? value : "", size);
	CURLU *url = curl_url();
	bool followed = false;

	if (probe->hop.number >= target->follow) {
		char address[80];

		shown(address, probe->watch, location);
		text_format(probe->redirect_problem, sizeof probe->redirect_problem,
			    "more than %d redirect%s, the last to %s", target->follow,
			    target->follow == 1 ? "" : "s", address);
	} else if (url) {
		followed = go_to(probe, url, from, location);
	}
	curl_url_cleanup(url);
	free(location);
	return followed;
}
