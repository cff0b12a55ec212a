/*
 * The way to a host. Pure but for the lists, which are the caller's.
 */
#include "source/poll/route.h"

#include <curl/curl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/units.h"
#include "model/idn.h"
#include "model/sample.h"

/* Cuts the next colon-separated field off *rest; "[::1]" is one field, returned without brackets.
 */
static bool next_field(const char **rest, char *field, size_t capacity)
{
	const char *from = *rest, *end;
	size_t size;

	if (*from == '[') {
		from++;
		end = strchr(from, ']');
		if (!end)
			return false;
		*rest = end + 1;
	} else {
		end = from + strcspn(from, ":");
		*rest = end;
	}
	size = (size_t)(end - from);
	if (size >= capacity)
		return false;
	memcpy(field, from, size);
	field[size] = '\0';
	if (**rest == ':')
		(*rest)++;
	return true;
}

/* The next field as a host's name, in ASCII as the target's own is. */
static bool next_host(const char **rest, char host[IDN_MAX])
{
	char field[IDN_MAX];

	return next_field(rest, field, sizeof field) && idn_to_ascii(host, field);
}

static bool port_is(const char *text, uint16_t port)
{
	int64_t number;

	return parse_integer(text, 0, 65535, &number) && number == port;
}

/* "HOST1:PORT1:HOST2:PORT2"; what is empty on the left matches all, on the right changes
 * nothing. */
static bool map_connect(struct route *route, const char *entry)
{
	char from[IDN_MAX], from_port[8], to[IDN_MAX], to_port[8];
	int64_t number;

	if (!next_host(&entry, from) || !next_field(&entry, from_port, sizeof from_port) ||
	    !next_host(&entry, to) || !next_field(&entry, to_port, sizeof to_port))
		return false;
	if ((from[0] && strcasecmp(from, route->host) != 0) ||
	    (from_port[0] && !port_is(from_port, route->port)))
		return false;
	if (to[0])
		text_copy(route->host, sizeof route->host, to);
	if (parse_integer(to_port, 1, 65535, &number))
		route->port = (uint16_t)number;
	return true;
}

/* "[+]HOST:PORT:ADDRESS[,ADDRESS]" */
static bool fix_addresses(struct route *route, const char *entry)
{
	char host[IDN_MAX], port[8], address[64];

	if (*entry == '+')
		entry++;
	if (!next_host(&entry, host) || !next_field(&entry, port, sizeof port))
		return false;
	if ((strcmp(host, "*") != 0 && strcasecmp(host, route->host) != 0) ||
	    !port_is(port, route->port))
		return false;
	while (*entry && route->fixed.count < ANSWER_ADDRESSES) {
		size_t size = strcspn(entry, ",");
		size_t skip = *entry == '[';

		if (size < sizeof address && size > 2 * skip) {
			memcpy(address, entry + skip, size - 2 * skip);
			address[size - 2 * skip] = '\0';
			route->fixed.count +=
				address_parse(&route->fixed.addresses[route->fixed.count], address);
		}
		entry += size + (entry[size] == ',');
	}
	return route->fixed.count > 0;
}

/* curl's rule in short: "*", a name or the end of one. */
static bool proxy_is_skipped(const char *noproxy, const char *host)
{
	size_t length = strlen(host);

	while (noproxy && *noproxy) {
		size_t size = strcspn(noproxy, ", ");
		const char *name = noproxy;
		size_t dot = size > 0 && *name == '.';

		noproxy += size + strspn(noproxy + size, ", ");
		name += dot;
		size -= dot;
		if (size == 1 && *name == '*')
			return true;
		if (size > 0 && size <= length &&
		    strncasecmp(host + length - size, name, size) == 0 &&
		    (size == length || host[length - size - 1] == '.'))
			return true;
	}
	return false;
}

static bool use_proxy(struct route *route, const struct target *target)
{
	CURLU *url;
	char *host = NULL, *port = NULL;
	int64_t number;
	bool found = false;

	if (!target->proxy || !*target->proxy || proxy_is_skipped(target->noproxy, route->host))
		return false;
	url = curl_url();
	/* An IPv6 host comes out in brackets. */
	if (url &&
	    !curl_url_set(url, CURLUPART_URL, target->proxy,
			  CURLU_NON_SUPPORT_SCHEME | CURLU_DEFAULT_SCHEME | CURLU_GUESS_SCHEME) &&
	    !curl_url_get(url, CURLUPART_HOST, &host, 0) && strlen(host) < sizeof route->host) {
		text_copy(route->host, sizeof route->host, host + (host[0] == '['));
		route->host[strcspn(route->host, "]")] = '\0';
		/* libcurl's own default for proxies */
		route->port = 1080;
		if (!curl_url_get(url, CURLUPART_PORT, &port, 0) &&
		    parse_integer(port, 1, 65535, &number))
			route->port = (uint16_t)number;
		found = true;
	}
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(url);
	return found;
}

/* RFC 6761: never asked of a name server. Tutorials' servers listen on the first. */
static void fix_localhost(struct route *route)
{
	static const char *const texts[] = {"127.0.0.1", "::1"};
	static const char ending[] = ".localhost";
	size_t length = strlen(route->host), own = sizeof ending - 2;

	length -= length > 0 && route->host[length - 1] == '.';
	if (length < own || strncasecmp(route->host + length - own, ending + 1, own) != 0 ||
	    (length > own && route->host[length - own - 1] != '.'))
		return;
	for (size_t i = 0; i < 2; i++)
		route->fixed.count +=
			address_parse(&route->fixed.addresses[route->fixed.count], texts[i]);
}

bool route_find(struct route *route, const struct target *target, const char *host, uint16_t port)
{
	struct address address;

	*route = (struct route){.port = port, .fixed.took_us = ABSENT_US};
	if (strlen(host) >= sizeof route->host)
		return false;
	text_copy(route->host, sizeof route->host, host);
	route->local = target->unix_socket != NULL;
	route->proxied = use_proxy(route, target);
	if (!route->proxied)
		for (size_t i = 0; i < target->connect_to.count && !route->mapped; i++)
			route->mapped = map_connect(route, target->connect_to.items[i]);
	for (size_t i = 0; i < target->resolve.count && !route->fixed.count; i++)
		fix_addresses(route, target->resolve.items[i]);
	if (!route->fixed.count && !route->proxied)
		fix_localhost(route);
	route->numeric = address_parse(&address, route->host);
	return true;
}

bool route_tunnels(const struct route *route, const struct target *target, bool tls)
{
	bool plain = route->proxied &&
		     (!strstr(target->proxy, "://") || strncasecmp(target->proxy, "http:", 5) == 0);

	return route->proxied && (tls || target->scheme == SCHEME_TCP || !plain);
}

enum family route_family(const struct target *target, uint32_t turn)
{
	struct address address;

	if (target->ip == WISH_IP_AUTO || target->unix_socket ||
	    address_parse(&address, target->host))
		return FAMILY_ANY;
	if (target->ip == WISH_IP_BOTH)
		return turn % 2 ? FAMILY_6 : FAMILY_4;
	return target->ip == WISH_IP_6 ? FAMILY_6 : FAMILY_4;
}

bool route_takes_turns(const struct target *target)
{
	return target->ip == WISH_IP_BOTH && route_family(target, 0) != FAMILY_ANY;
}

void route_keep_family(struct route *route, enum family family)
{
	size_t kept = 0;

	if (family == FAMILY_ANY || !route->fixed.count)
		return;
	for (size_t i = 0; i < route->fixed.count; i++)
		if (route->fixed.addresses[i].six == (family == FAMILY_6))
			route->fixed.addresses[kept++] = route->fixed.addresses[i];
	route->fixed.count = kept;
	route->fixed.error = kept ? 0 : EAI_NONAME;
}

static void address_in_list(char *out, size_t capacity, const struct address *address)
{
	char text[ADDRESS_TEXT_MAX];

	address_format(text, address);
	text_format(out, capacity, address->six ? "[%s]" : "%s", text);
}

static const char *bracketed(const struct route *route)
{
	return strchr(route->host, ':') ? "[%s]" : "%s";
}

/* "::HOST:PORT": whatever the URL says, connect there. */
static bool connect_list(struct curl_slist **list, const char *host, uint16_t port)
{
	char entry[320];

	text_format(entry, sizeof entry, "::%s:%u", host, port);
	*list = curl_slist_append(NULL, entry);
	return *list != NULL;
}

static bool resolve_list(struct curl_slist **list, const struct route *route,
			 const struct answer *answer)
{
	char entry[320 + ANSWER_ADDRESSES * (ADDRESS_TEXT_MAX + 3)];
	size_t used = text_format(entry, sizeof entry, "%s:%u:", route->host, route->port);

	for (size_t i = 0; i < answer->count; i++) {
		char address[ADDRESS_TEXT_MAX + 2];

		address_in_list(address, sizeof address, &answer->addresses[i]);
		used += text_format(entry + used, sizeof entry - used, i ? ",%s" : "%s", address);
	}
	*list = curl_slist_append(NULL, entry);
	return *list != NULL;
}

bool route_lists(const struct route *route, const struct answer *answer,
		 struct curl_slist **connect_to, struct curl_slist **resolve)
{
	char host[ADDRESS_TEXT_MAX + 256];

	*connect_to = *resolve = NULL;
	if (route->local)
		return true;
	if (route->numeric || !answer->count) {
		text_format(host, sizeof host, bracketed(route), route->host);
		return !route->mapped || connect_list(connect_to, host, route->port);
	}
	if (answer->count == 1 && !route->proxied) {
		address_in_list(host, sizeof host, &answer->addresses[0]);
		return connect_list(connect_to, host, route->port);
	}
	if (!resolve_list(resolve, route, answer))
		return false;
	if (!route->mapped || connect_list(connect_to, route->host, route->port))
		return true;
	curl_slist_free_all(*resolve);
	*resolve = NULL;
	return false;
}
