/*
 * The handle of a probe: its options, its addresses and what libcurl calls back. One poller's
 * thread; callbacks run inside libcurl's calls.
 *
 * A handle that served the same profile last is given an address and nothing else.
 */
#include "source/poll/dial.h"

#include <curl/curl.h>
#include <errno.h>
#include <openssl/ssl.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "model/target.h"
#include "source/poll/probe.h"
#include "source/poll/request.h"
#include "source/poll/trust.h"
#include "source/poll/watch.h"
#include "source/poll/wires.h"

/* ---- libcurl's callbacks ---- */

static void note_answer(struct probe *probe)
{
	int64_t at_us = probe->arrival_us ? probe->arrival_us : clock_mono_us();

	leash_slacken(&probe->wires->leash);
	probe->hold.pieces = 0;
	timeline_answer(&probe->timeline, at_us, probe->arrival_kernel);
}

static size_t on_header(char *line, size_t unit, size_t count, void *user)
{
	struct probe *probe = user;
	size_t size = unit * count;
	bool was_closed = probe->reply.closed;

	note_answer(probe);
	if (!reply_header(&probe->reply, line, size))
		return 0;
	if (probe->reply.closed && !was_closed)
		timeline_headers_closed(&probe->timeline);
	return size;
}

static size_t on_body(char *data, size_t unit, size_t count, void *user)
{
	struct probe *probe = user;
	size_t size = unit * count;

	note_answer(probe);
	return reply_body(&probe->reply, data, size) ? size : 0;
}

/* Asked for where what comes may reach no callback: a proxy's words, which libcurl reads byte by
 * byte, and the body of a 401 before the real answer. */
static int on_progress(void *user, curl_off_t total, curl_off_t now, curl_off_t up_total,
		       curl_off_t up)
{
	struct probe *probe = user;

	(void)total;
	(void)up_total;
	(void)up;
	if (probe->tunnels && probe->timeline.stage == STAGE_CONNECT &&
	    !leash_holds(&probe->wires->leash, &probe->hold))
		probe->reply.stop = STOP_HELD;
	else if (now > probe->reply.limits.body_max)
		probe->reply.stop = STOP_BODY;
	else
		return 0;
	return 1;
}

/* Connected, and about to send the request. */
static int on_ready(void *user, char *peer, char *own, int peer_port, int own_port)
{
	struct probe *probe = user;

	(void)own;
	(void)own_port;
	wires_note_connected(probe->wires, probe);
	timeline_request(&probe->timeline, clock_mono_us(),
			 (probe->profile->short_request || probe->hop.get) &&
				 !probe->profile->connect_only);
	if (probe->timeline.reused && peer) {
		probe->peer_known = address_parse(&probe->peer, peer);
		probe->peer_port = (uint16_t)peer_port;
	}
	if (!probe->profile->connect_only)
		return CURL_PREREQFUNC_OK;
	probe->reply.stop = STOP_CONNECTED;
	return CURL_PREREQFUNC_ABORT;
}

static void on_secured(void *user)
{
	struct probe *probe = user;

	timeline_secured(&probe->timeline, clock_mono_us());
}

static CURLcode on_tls(CURL *easy, void *context, void *user)
{
	struct probe *probe = user;
	SSL_CTX *tls = context;
	const struct target *target = probe->watch->target;
	struct x509_store_st *store = trust_store(probe->profile->trust, target->ca);
	int wanted = target->tls_min;

	(void)easy;
	wires_note_connected(probe->wires, probe);
	if (!leash_install(&probe->wires->leash, &probe->hold, tls)) {
		probe->outcome.own_error = ENOMEM;
		return CURLE_OUT_OF_MEMORY;
	}
	/* Old versions need signatures that OpenSSL's level 1 and up refuse. Only where they were
	 * asked for. */
	if (wanted == 10 || wanted == 11)
		SSL_CTX_set_security_level(tls, 0);
	/* The proxy's certificate is verified by libcurl, and is no fact of the target's. */
	if (probe->route.proxied && strncasecmp(target->proxy, "https:", 6) == 0 &&
	    !probe->proxy_secured) {
		probe->proxy_secured = true;
		SSL_CTX_set1_cert_store(tls, store);
		return CURLE_OK;
	}
	if (probe->tunnels)
		timeline_connected(&probe->timeline, clock_mono_us(), probe->timeline.opened_us,
				   ABSENT_US);
	if (handshake_install(&probe->handshake, tls, store))
		return CURLE_OK;
	probe->outcome.own_error = ENOMEM;
	return CURLE_OUT_OF_MEMORY;
}

/* ---- the handle ---- */

static void attach(struct probe *probe)
{
	CURL *easy = probe->easy;

	probe->handshake.done = on_secured;
	probe->handshake.user = probe;
	curl_easy_setopt(easy, CURLOPT_PRIVATE, probe);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, probe->error);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, probe);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, probe);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_ready);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, probe);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_tls);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, probe);
	wires_attach(probe->wires, probe);
}

static void watch_progress(struct probe *probe)
{
	curl_easy_setopt(probe->easy, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(probe->easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(probe->easy, CURLOPT_XFERINFODATA, probe);
}

static void configure(struct probe *probe)
{
	const struct profile *profile = probe->watch->profile;
	bool plain = probe->hop.number == 0;

	if (probe->profile == profile && plain)
		return;
	curl_easy_reset(probe->easy);
	attach(probe);
	request_configure(probe->easy, profile, probe->hop.foreign);
	if (profile->target->proxy ||
	    (profile->target->user && profile->target->auth != WISH_AUTH_BASIC))
		watch_progress(probe);
	if (probe->hop.get)
		request_make_get(probe->easy);
	probe->several = false;
	probe->profile = profile;
}

/*
 * Several addresses: libcurl tries the other family after 200 ms and moves on to the next address
 * after half of its connect time, so it must know one. With one address such a timer would only
 * make it look at the socket before we have seen the kernel's stamp.
 */
static void set_dial_time(struct probe *probe)
{
	bool several = probe->resolve != NULL;
	long connect_ms = (long)probe->watch->target->connect_timeout_ms;

	if (!several && !probe->several)
		return;
	curl_easy_setopt(probe->easy, CURLOPT_CONNECTTIMEOUT_MS, several ? connect_ms : 0L);
	curl_easy_setopt(probe->easy, CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS,
			 several ? 200L : REQUEST_NO_EYEBALLS_MS);
	probe->several = several;
}

/* The one address of the last probe once more needs no new list. */
static bool list_is_known(const struct watch *watch, const struct answer *answer)
{
	return watch->connect_to && answer->count == 1 &&
	       memcmp(&watch->connected_to, &answer->addresses[0], sizeof watch->connected_to) == 0;
}

static bool make_lists(struct probe *probe)
{
	const struct answer *answer =
		probe->route.fixed.count ? &probe->route.fixed : &probe->lookup.answer;
	struct watch *watch = probe->watch;

	if (probe->hop.number == 0 && list_is_known(watch, answer))
		return true;
	if (!route_lists(&probe->route, answer, &probe->connect_to, &probe->resolve))
		return false;
	if (probe->hop.number == 0 && probe->connect_to && !probe->resolve && answer->count == 1) {
		curl_slist_free_all(watch->connect_to);
		watch->connect_to = probe->connect_to;
		watch->connected_to = answer->addresses[0];
		probe->connect_to = NULL;
	}
	return true;
}

/* What changes from one probe to the next of a target that has things both ways. */
static void set_turn(struct probe *probe)
{
	static const long families[] = {[FAMILY_ANY] = CURL_IPRESOLVE_WHATEVER,
					[FAMILY_4] = CURL_IPRESOLVE_V4,
					[FAMILY_6] = CURL_IPRESOLVE_V6};
	const struct target *target = probe->watch->target;

	/* Addresses are given anyway; this keeps the other family's kept connection out of it. */
	if (target->ip == WISH_IP_BOTH)
		curl_easy_setopt(probe->easy, CURLOPT_IPRESOLVE, families[probe->family]);
	if (target->keepalive == WISH_FRESH)
		return;
	curl_easy_setopt(probe->easy, CURLOPT_FRESH_CONNECT,
			 probe->warm && !probe->confirming ? 0L : 1L);
	/* A cold probe leaves nothing behind: the next warm one takes what the last warm
	 * one kept. */
	if (target->keepalive == WISH_COLD_AND_WARM)
		curl_easy_setopt(probe->easy, CURLOPT_FORBID_REUSE, probe->warm ? 0L : 1L);
}

static void set_address(struct probe *probe)
{
	const struct watch *watch = probe->watch;
	bool known =
		probe->hop.number == 0 && !probe->connect_to && !probe->resolve && !watch->numeric;

	curl_easy_setopt(probe->easy, CURLOPT_URL, probe->hop.url ? probe->hop.url : watch->url);
	curl_easy_setopt(probe->easy, CURLOPT_CONNECT_TO,
			 known ? watch->connect_to : probe->connect_to);
	curl_easy_setopt(probe->easy, CURLOPT_RESOLVE, probe->resolve);
	set_dial_time(probe);
	set_turn(probe);
}

/* ---- public ---- */

bool dial_prepare(struct probe *probe)
{
	configure(probe);
	if (!make_lists(probe))
		return false;
	set_address(probe);
	return true;
}

void dial_drop_lists(struct probe *probe)
{
	curl_slist_free_all(probe->connect_to);
	curl_slist_free_all(probe->resolve);
	probe->connect_to = probe->resolve = NULL;
}
