#ifndef WEBMON_SOURCE_POLL_ROUTE_H
#define WEBMON_SOURCE_POLL_ROUTE_H
/*
 * Where a request to a host and port really goes: through the target's proxy, connect_to, resolve
 * or unix_socket, or straight; and how libcurl is told the addresses, so that it never resolves a
 * name itself.
 *
 * One address is handed over by CONNECT_TO, which keeps Host and server name as they are and is
 * cheapest. Several go by RESOLVE, so that libcurl can try them in turn, the other family after 200
 * ms.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/target.h"
#include "source/poll/resolve.h"

struct curl_slist;

struct route {
	char host[256]; /* whose address is needed */
	uint16_t port;
	bool numeric;	     /* host is an address: nothing to look up */
	bool local;	     /* a unix socket: no address at all */
	bool proxied;	     /* host and port are the proxy's */
	bool mapped;	     /* by connect_to: libcurl must be told */
	struct answer fixed; /* addresses by the option `resolve`, count 0: none */
};

/* The way to host and port for this target. False: the host is too long to be one. */
bool route_find(struct route *route, const struct target *target, const char *host, uint16_t port);

/* Whether a proxy on this way is asked for a connection before anything goes through it. */
bool route_tunnels(const struct route *route, const struct target *target, bool tls);

/* Which addresses the target wants; of both, IPv4 and IPv6 in turn. A host that is an address has
 * no choice. */
enum family route_family(const struct target *target, uint32_t turn);

/* Whether IPv4 and IPv6 are probed in turn. */
bool route_takes_turns(const struct target *target);

/* Leaves the fixed addresses of this family; where none of them is, route->fixed.error says so. */
void route_keep_family(struct route *route, enum family family);

/* libcurl's lists for these addresses; each may come out NULL. False: out of memory, both NULL. */
bool route_lists(const struct route *route, const struct answer *answer,
		 struct curl_slist **connect_to, struct curl_slist **resolve);

#endif
