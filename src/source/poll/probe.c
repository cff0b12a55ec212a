/*
 * The life of a probe. One poller's thread; libcurl's callbacks run inside its calls.
 *
 * libcurl's results are not believed alone: an answer counts only when the empty line after its headers was seen, and limits
 * are our own (see reply.h). A handle that served the same profile last is given an address and nothing else.
 */
#include "source/poll/probe.h"

#include <curl/curl.h>
#include <errno.h>
#include <netdb.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/mem.h"
#include "model/target.h"
#include "source/poll/check.h"
#include "source/poll/classify.h"
#include "source/poll/redirect.h"
#include "source/poll/request.h"
#include "source/poll/trust.h"
#include "source/poll/watch.h"
#include "source/poll/wires.h"

/* ---- libcurl's callbacks ---- */

static void note_answer(struct probe *probe)
{
	int64_t at_us = probe->arrival_us ? probe->arrival_us : clock_mono_us();

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

/* Asked for where an answer's body may reach no callback: that of a 401 before the real one. */
static int on_progress(void *user, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up)
{
	struct probe *probe = user;

	(void)total;
	(void)up_total;
	(void)up;
	if (now <= probe->reply.limits.body_max)
		return 0;
	probe->reply.stop = STOP_BODY;
	return 1;
}

/* Connected, and about to send the request. */
static int on_ready(void *user, char *peer, char *own, int peer_port, int own_port)
{
	struct probe *probe = user;

	(void)own;
	(void)own_port;
	wires_note_connected(probe->wires, probe);
	timeline_request(&probe->timeline, clock_mono_us(), (probe->profile->short_request || probe->hop.get) && !probe->profile->connect_only);
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
	int wanted = probe->watch->target->tls_min;

	(void)easy;
	wires_note_connected(probe->wires, probe);
	/* Old versions need signatures that OpenSSL's level 1 and up refuse. Only where they were asked for. */
	if (wanted == 10 || wanted == 11)
		SSL_CTX_set_security_level(tls, 0);
	if (handshake_install(&probe->handshake, tls, trust_store(probe->profile->trust, probe->watch->target->ca)))
		return CURLE_OK;
	probe->outcome.own_error = ENOMEM;
	return CURLE_OUT_OF_MEMORY;
}

/* ---- the handle ---- */

static void attach(struct probe *probe)
{
	CURL *easy = probe->easy;

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
	if (profile->target->user && profile->target->auth != WISH_AUTH_BASIC)
		watch_progress(probe);
	if (probe->hop.get)
		request_make_get(probe->easy);
	probe->slow_dial = false;
	probe->profile = profile;
}

/* Several addresses: libcurl moves on to the next one after half of its connect time, so it must know one. */
static void set_dial_time(struct probe *probe)
{
	bool needed = probe->resolve != NULL;

	if (needed == probe->slow_dial)
		return;
	curl_easy_setopt(probe->easy, CURLOPT_CONNECTTIMEOUT_MS,
			 needed ? (long)probe->watch->target->connect_timeout_ms : 0L);
	probe->slow_dial = needed;
}

/* The one address of the last probe once more needs no new list. */
static bool list_is_known(const struct watch *watch, const struct answer *answer)
{
	return watch->connect_to && answer->count == 1 &&
	       memcmp(&watch->connected_to, &answer->addresses[0], sizeof watch->connected_to) == 0;
}

static bool make_lists(struct probe *probe)
{
	const struct answer *answer = probe->route.fixed.count ? &probe->route.fixed : &probe->lookup.answer;
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

static void drop_lists(struct probe *probe)
{
	curl_slist_free_all(probe->connect_to);
	curl_slist_free_all(probe->resolve);
	probe->connect_to = probe->resolve = NULL;
}

static void set_address(struct probe *probe)
{
	const struct watch *watch = probe->watch;
	bool known = probe->hop.number == 0 && !probe->connect_to && !probe->resolve && !watch->numeric;

	curl_easy_setopt(probe->easy, CURLOPT_URL, probe->hop.url ? probe->hop.url : watch->url);
	curl_easy_setopt(probe->easy, CURLOPT_CONNECT_TO, known ? watch->connect_to : probe->connect_to);
	curl_easy_setopt(probe->easy, CURLOPT_RESOLVE, probe->resolve);
	set_dial_time(probe);
}

/* ---- steps ---- */

static enum probe_turn end(struct probe *probe, int curl)
{
	struct outcome *outcome = &probe->outcome;
	struct symptom symptom;
	long os_error = 0;

	wires_stop(probe->wires, probe);
	resolver_cancel(&probe->lookup);
	if (curl != CURLE_OK)
		curl_easy_getinfo(probe->easy, CURLINFO_OS_ERRNO, &os_error);
	outcome->curl = curl;
	outcome->os_error = (int)os_error;
	symptom = (struct symptom){
		.curl = curl,
		.os_error = outcome->os_error,
		.own_error = outcome->own_error,
		.dns_error = probe->lookup.answer.error,
		.verify_error = probe->watch->target->verify ? probe->handshake.verify_error : 0,
		.stage = probe->timeline.stage,
		.stop = probe->reply.stop,
		.closed = probe->reply.closed,
		.reset_seen = probe->reset_seen,
		.words = probe->error,
	};
	outcome->cls = classify(&symptom);
	return PROBE_ENDS;
}

static enum probe_turn fail_here(struct probe *probe, int own_error)
{
	probe->outcome.own_error = own_error;
	return end(probe, CURLE_FAILED_INIT);
}

static enum probe_turn go(struct probe *probe)
{
	if (probe->watch->profile->problem[0])
		return fail_here(probe, EINVAL);
	configure(probe);
	if (!make_lists(probe))
		return fail_here(probe, ENOMEM);
	set_address(probe);
	timeline_begin(&probe->timeline, probe->hop.tls);
	probe->timeline.stage = STAGE_CONNECT;
	probe->socket = -1;
	probe->arrival_us = probe->eof_us = 0;
	probe->error[0] = '\0';
	if (!wires_start(probe->wires, probe))
		return fail_here(probe, ENOMEM);
	return PROBE_RUNS;
}

static void begin_reply(struct probe *probe)
{
	const struct target *target = probe->watch->target;
	struct reply_limits limits = {
		.body_max = target->max_bytes,
		.body_kept = checks_want_body(probe->watch->checks) ? (size_t)target->max_bytes : REPLY_BODY_KEPT,
		.bodiless = probe->watch->profile->head,
		.follow = target->follow > 0,
	};

	reply_begin(&probe->reply, &limits);
}

/* One hop: from its name on. */
static enum probe_turn begin_hop(struct probe *probe, struct resolver_client *resolver)
{
	const struct target *target = probe->watch->target;
	const char *host = probe->hop.host ? probe->hop.host : target->host;

	probe->hop_us = probe->hop.number ? clock_mono_us() : probe->begun_us;
	probe->connect_deadline_us = probe->hop_us + target->connect_timeout_ms * 1000;
	timeline_begin(&probe->timeline, probe->hop.tls);
	handshake_begin(&probe->handshake);
	probe->handshake.host = host;
	begin_reply(probe);
	probe->lookup.answer = (struct answer){.took_us = ABSENT_US};
	if (probe->hop.number == 0 && probe->watch->numeric) {
		probe->route.numeric = true;
		probe->route.mapped = probe->route.local = false;
		probe->route.fixed.count = 0;
		return go(probe);
	}
	if (!route_find(&probe->route, target, host, probe->hop.port)) {
		probe->lookup.answer.error = EAI_NONAME;
		return end(probe, CURLE_COULDNT_RESOLVE_HOST);
	}
	if (probe->route.numeric || probe->route.local || probe->route.fixed.count)
		return go(probe);
	if (!resolver_ask(resolver, &probe->lookup, probe->route.host, route_family(target)))
		return PROBE_WAITS;
	return probe_resolved(probe);
}

static void add_dns(struct probe *probe, int64_t us)
{
	int64_t before = probe->phase_us[PHASE_DNS] > 0 ? probe->phase_us[PHASE_DNS] : 0;

	if (us >= 0)
		probe->phase_us[PHASE_DNS] = before + us < INT32_MAX ? (int32_t)(before + us) : INT32_MAX;
}

static bool times_are_kernel(const struct timeline *timeline)
{
	return timeline->kernel_first && (timeline->kernel_connect || timeline->reused);
}

/* ---- public ---- */

struct probe *probe_new(struct wires *wires, uint32_t id)
{
	struct probe *probe = calloc(1, sizeof *probe);

	if (!probe)
		return NULL;
	probe->easy = curl_easy_init();
	if (!probe->easy) {
		free(probe);
		return NULL;
	}
	probe->wires = wires;
	probe->id = id;
	probe->lookup.user = probe;
	probe->handshake.done = on_secured;
	probe->handshake.user = probe;
	return probe;
}

void probe_free(struct probe *probe)
{
	curl_easy_cleanup(probe->easy);
	reply_fini(&probe->reply);
	free(probe->hop.url);
	free(probe->hop.host);
	drop_lists(probe);
	free(probe);
}

enum probe_turn probe_begin(struct probe *probe, struct watch *watch, struct resolver_client *resolver)
{
	const struct target *target = watch->target;

	probe->watch = watch;
	probe->tainted = probe->reset_seen = probe->peer_known = false;
	probe->kernel = true;
	probe->deadline_us = probe->begun_us + target->timeout_ms * 1000;
	for (int i = 0; i < PHASE_COUNT; i++)
		probe->phase_us[i] = ABSENT_US;
	probe->hop = (struct hop){.port = target->port,
				  .tls = target->scheme == SCHEME_HTTPS || target->scheme == SCHEME_TLS};
	probe->outcome = (struct outcome){0};
	probe->error[0] = probe->redirect_problem[0] = '\0';
	probe->handshake.memory = &watch->cert;
	return begin_hop(probe, resolver);
}

enum probe_turn probe_resolved(struct probe *probe)
{
	const struct answer *answer = &probe->lookup.answer;

	add_dns(probe, answer->took_us);
	if (answer->error)
		return end(probe, CURLE_COULDNT_RESOLVE_HOST);
	return go(probe);
}

enum probe_turn probe_done(struct probe *probe, int curl, struct resolver_client *resolver)
{
	if (probe->reply.stop != STOP_REDIRECT)
		return end(probe, curl);
	if (!redirect_follow(probe))
		return end(probe, CURLE_TOO_MANY_REDIRECTS);
	timeline_fold(&probe->timeline, true, probe->phase_us);
	probe->kernel &= times_are_kernel(&probe->timeline);
	drop_lists(probe);
	probe->reset_seen = false;
	return begin_hop(probe, resolver);
}

enum probe_turn probe_expire(struct probe *probe)
{
	probe->reply.stop = STOP_TIME;
	return end(probe, CURLE_OPERATION_TIMEDOUT);
}

void probe_abandon(struct probe *probe)
{
	wires_stop(probe->wires, probe);
	resolver_cancel(&probe->lookup);
}

void probe_release(struct probe *probe)
{
	probe->watch = NULL;
	/* What holds pointers or settings of this one's must not meet the next. */
	if (probe->hop.number > 0)
		probe->profile = NULL;
	free(probe->hop.url);
	free(probe->hop.host);
	probe->hop = (struct hop){0};
	drop_lists(probe);
	reply_fini(&probe->reply);
}

struct sample probe_sample(const struct probe *probe, int64_t now_us)
{
	struct sample sample = sample_blank(probe->at_ms);
	struct timeline timeline = probe->timeline;
	int64_t spent_us = now_us - probe->begun_us;
	bool good = probe->outcome.cls == CLASS_OK;

	/* A body that the close ended: its end has no time stamp of the kernel's. */
	if (good && probe->eof_us && timeline.first_us && probe->reply.announced < 0 && !probe->reply.chunked &&
	    probe->reply.version < HTTP_2)
		timeline.last_us = probe->eof_us;
	memcpy(sample.phase_us, probe->phase_us, sizeof sample.phase_us);
	timeline_fold(&timeline, probe->outcome.curl == CURLE_OK, sample.phase_us);
	sample.total_us = spent_us < INT32_MAX ? (int32_t)spent_us : INT32_MAX;
	if (timeline.reused)
		sample.phase_us[PHASE_DNS] = ABSENT_US;
	if (probe->outcome.curl == CURLE_OK || good)
		sample.total_us = timeline_sum_us(sample.phase_us);
	sample.lag_us = probe->lag_us;
	sample.bytes = probe->reply.body_bytes < UINT32_MAX ? (uint32_t)probe->reply.body_bytes : UINT32_MAX;
	sample.status = probe->reply.status;
	sample.cls = probe->outcome.cls;
	sample.http = probe->reply.version;
	sample.flags = (uint8_t)((probe->tainted || sample.cls == CLASS_LOCAL ? SAMPLE_TAINTED : 0) |
				 (probe->kernel && times_are_kernel(&timeline) ? SAMPLE_KERNEL : 0) |
				 (timeline.reused ? SAMPLE_REUSED : 0) | (probe->manual ? SAMPLE_MANUAL : 0));
	return sample;
}

int64_t probe_deadline_us(const struct probe *probe)
{
	if (probe->timeline.stage < STAGE_SEND && probe->connect_deadline_us < probe->deadline_us)
		return probe->connect_deadline_us;
	return probe->deadline_us;
}

void probe_opened(struct probe *probe, int64_t now_us)
{
	/* libcurl asked once more by itself (the second round of a digest): what the first took counts too. */
	if (probe->timeline.first_us) {
		timeline_fold(&probe->timeline, true, probe->phase_us);
		probe->kernel &= times_are_kernel(&probe->timeline);
	}
	timeline_open(&probe->timeline, now_us);
}
