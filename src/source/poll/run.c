/*
 * The run of a probe. One poller's thread.
 *
 * libcurl's results are not believed alone: an answer counts only when the empty line after its
 * headers was seen, and limits are our own (see reply.h).
 */
#include "source/poll/run.h"

#include <curl/curl.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/target.h"
#include "source/poll/check.h"
#include "source/poll/classify.h"
#include "source/poll/dial.h"
#include "source/poll/probe.h"
#include "source/poll/redirect.h"
#include "source/poll/request.h"
#include "source/poll/route.h"
#include "source/poll/watch.h"
#include "source/poll/wires.h"

/* ---- steps ---- */

static int handle_errno(const struct probe *probe)
{
	long error = 0;

	curl_easy_getinfo(probe->easy, CURLINFO_OS_ERRNO, &error);
	return (int)error;
}

/*
 * libcurl never takes an errno back: a handle has still that of some probe before. What is the same
 * as then may be neither; a connection that failed has always one of its own, and of others the
 * words tell.
 */
static int own_errno(const struct probe *probe, int curl)
{
	int error = curl != CURLE_OK ? handle_errno(probe) : 0;

	return curl == CURLE_COULDNT_CONNECT || error != probe->errno_before ? error : 0;
}

/* What an answer that says where it ends was followed by is no matter. */
static bool is_whole(const struct reply *reply, int curl)
{
	return curl == CURLE_OK && reply->closed &&
	       (reply->version >= HTTP_2 || reply->chunked || reply->announced >= 0);
}

static enum run_turn end(struct probe *probe, int curl)
{
	struct outcome *outcome = &probe->outcome;
	struct symptom symptom;

	if (probe->hold.cut && !is_whole(&probe->reply, curl)) {
		probe->reply.stop = STOP_HELD;
		probe->reply.problem = probe->hold.cut;
	}
	wires_stop(probe->wires, probe);
	resolver_cancel(&probe->lookup);
	outcome->curl = curl;
	outcome->os_error = own_errno(probe, curl);
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
		.tunnelling = probe->tunnels && probe->proxy_reached &&
			      probe->timeline.stage == STAGE_CONNECT,
		.rubbish = probe->reply.rubbish,
		.unclosed = probe->watch->target->http == WISH_HTTP_2 && !probe->eof_us,
		.words = probe->error,
	};
	outcome->cls = classify(&symptom);
	probe->tainted |= probe->lookup.answer.cut_off && outcome->cls == CLASS_DNS;
	return RUN_ENDS;
}

static enum run_turn fail_here(struct probe *probe, int own_error)
{
	probe->outcome.own_error = own_error;
	return end(probe, CURLE_FAILED_INIT);
}

/* Addresses of one family before those of the other; libcurl begins with the first one's. */
static void put_family_first(struct answer *answer, uint8_t six)
{
	struct answer turned = *answer;
	size_t count = 0;

	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < answer->count; i++)
			if ((answer->addresses[i].six == six) == (round == 0))
				turned.addresses[count++] = answer->addresses[i];
	*answer = turned;
}

static enum run_turn go(struct probe *probe)
{
	if (probe->confirming) {
		put_family_first(&probe->lookup.answer, !probe->watch->ip_shown.six);
		put_family_first(&probe->route.fixed, !probe->watch->ip_shown.six);
	}
	if (probe->watch->profile->problem[0])
		return fail_here(probe, EINVAL);
	if (!dial_prepare(probe))
		return fail_here(probe, ENOMEM);
	timeline_begin(&probe->timeline, probe->hop.tls);
	probe->timeline.stage = STAGE_CONNECT;
	probe->socket = -1;
	probe->arrival_us = probe->eof_us = 0;
	probe->proxy_reached = probe->proxy_secured = false;
	probe->tunnels = route_tunnels(&probe->route, probe->watch->target, probe->hop.tls);
	probe->arrival_kernel = false;
	probe->error[0] = '\0';
	if (!wires_start(probe->wires, probe))
		return fail_here(probe, ENOMEM);
	return RUN_GOES;
}

static void begin_reply(struct probe *probe)
{
	const struct target *target = probe->watch->target;
	struct reply_limits limits = {
		.body_max = target->max_bytes,
		.body_kept = checks_want_body(probe->watch->checks) ? (size_t)target->max_bytes
								    : REPLY_BODY_KEPT,
		.bodiless = probe->watch->profile->head,
		.follow = target->follow > 0,
		.unpacks = target->compressed,
		.newer = target->http >= WISH_HTTP_2,
	};

	reply_begin(&probe->reply, &limits);
}

/* One hop: from its name on. */
static enum run_turn begin_hop(struct probe *probe, struct resolver_client *resolver)
{
	const struct target *target = probe->watch->target;
	const char *host = probe->hop.host ? probe->hop.host : target->host;

	probe->hop_us = probe->hop.number ? clock_mono_us() : probe->begun_us;
	probe->connect_deadline_us = probe->hop_us + target->connect_timeout_ms * 1000;
	timeline_begin(&probe->timeline, probe->hop.tls);
	probe->errno_before = handle_errno(probe);
	handshake_begin(&probe->handshake);
	probe->hold = (struct leash_hold){0};
	probe->handshake.host = host;
	begin_reply(probe);
	probe->lookup.answer = (struct answer){.took_us = ABSENT_US};
	probe->lookup.fresh = probe->confirming;
	if (probe->hop.number == 0 && probe->watch->numeric) {
		probe->route.numeric = true;
		probe->route.mapped = probe->route.local = probe->route.proxied = false;
		probe->route.fixed.count = 0;
		return go(probe);
	}
	if (!route_find(&probe->route, target, host, probe->hop.port))
		probe->route.fixed.error = EAI_NONAME;
	else
		route_keep_family(&probe->route, probe->family);
	if (probe->route.fixed.error) {
		probe->lookup.answer.error = probe->route.fixed.error;
		return end(probe, CURLE_COULDNT_RESOLVE_HOST);
	}
	if (probe->route.numeric || probe->route.local || probe->route.fixed.count)
		return go(probe);
	if (!resolver_ask(resolver, &probe->lookup, probe->route.host, probe->family))
		return RUN_WAITS;
	return run_resolved(probe);
}

static int32_t as_us(int64_t us)
{
	return us < 0 ? 0 : us < INT32_MAX ? (int32_t)us : INT32_MAX;
}

static void add_dns(struct probe *probe, int64_t us)
{
	int64_t before = probe->phase_us[PHASE_DNS] > 0 ? probe->phase_us[PHASE_DNS] : 0;

	if (us >= 0)
		probe->phase_us[PHASE_DNS] =
			before + us < INT32_MAX ? (int32_t)(before + us) : INT32_MAX;
}

/*
 * With `ip = both` the families take turns, with `keepalive = both` cold probes and warm ones; with
 * both of them all four pairs do.
 */
static void take_turn(struct probe *probe, struct watch *watch)
{
	const struct target *target = watch->target;
	/* What is to be confirmed is the same way's failure. */
	uint32_t turn = probe->confirming && watch->turns ? watch->turns - 1 : watch->turns++;

	probe->family = route_family(target, turn);
	if (route_takes_turns(target))
		turn /= 2;
	probe->warm = target->keepalive == WISH_KEPT ||
		      (target->keepalive == WISH_COLD_AND_WARM && turn % 2);
}

/* ---- public ---- */

struct probe *run_new(struct wires *wires, uint32_t id)
{
	struct probe *probe = calloc(1, sizeof *probe);

	if (!probe)
		return NULL;
	probe->easy = curl_easy_init();
	if (!probe->easy) {
		free(probe);
		return NULL;
	}
	/*
	 * Cookies go from one hop to the next as in a browser, and are forgotten with the probe. A
	 * cookie that is none starts this and outlives a reset of the handle; an empty COOKIEFILE
	 * would leak a little with each.
	 */
	curl_easy_setopt(probe->easy, CURLOPT_COOKIELIST, "Set-Cookie:");
	probe->wires = wires;
	probe->id = id;
	probe->lookup.user = probe;
	return probe;
}

void run_free(struct probe *probe)
{
	curl_easy_cleanup(probe->easy);
	reply_fini(&probe->reply);
	free(probe->hop.url);
	free(probe->hop.host);
	dial_drop_lists(probe);
	free(probe);
}

enum run_turn run_begin(struct probe *probe, struct watch *watch, struct resolver_client *resolver)
{
	const struct target *target = watch->target;

	probe->watch = watch;
	probe->tainted = probe->reset_seen = probe->peer_known = probe->retried = false;
	take_turn(probe, watch);
	probe->kernel = true;
	probe->deadline_us = probe->begun_us + target->timeout_ms * 1000;
	for (int i = 0; i < PHASE_COUNT; i++)
		probe->phase_us[i] = ABSENT_US;
	probe->hop = (struct hop){.port = target->port, .tls = target_is_encrypted(target)};
	probe->outcome = (struct outcome){0};
	probe->checked.done = false;
	probe->error[0] = probe->redirect_problem[0] = '\0';
	probe->handshake.memory = &watch->cert;
	return begin_hop(probe, resolver);
}

enum run_turn run_resolved(struct probe *probe)
{
	const struct answer *answer = &probe->lookup.answer;

	add_dns(probe, answer->took_us);
	if (answer->error)
		return end(probe, CURLE_COULDNT_RESOLVE_HOST);
	return go(probe);
}

enum run_turn run_done(struct probe *probe, int curl, struct resolver_client *resolver)
{
	if (probe->reply.stop != STOP_REDIRECT)
		return end(probe, curl);
	if (!redirect_follow(probe))
		return end(probe, CURLE_TOO_MANY_REDIRECTS);
	timeline_fold(&probe->timeline, true, probe->phase_us);
	probe->kernel &= timeline_is_kernel(&probe->timeline);
	dial_drop_lists(probe);
	probe->reset_seen = false;
	return begin_hop(probe, resolver);
}

enum run_turn run_expire(struct probe *probe, struct resolver_client *resolver)
{
	probe->reply.stop = STOP_TIME;
	probe->lookup.answer.cut_off =
		probe->timeline.stage == STAGE_NAME && resolver_is_cut_off(resolver, probe->hop_us);
	return end(probe, CURLE_OPERATION_TIMEDOUT);
}

void run_abandon(struct probe *probe)
{
	wires_stop(probe->wires, probe);
	resolver_cancel(&probe->lookup);
}

static void forget_cookies(struct probe *probe)
{
	size_t size;

	if (probe->hop.number > 0 || reply_find(&probe->reply, "Set-Cookie", &size))
		curl_easy_setopt(probe->easy, CURLOPT_COOKIELIST, "ALL");
}

void run_release(struct probe *probe)
{
	probe->watch = NULL;
	forget_cookies(probe);
	/* What holds pointers or settings of this one's must not meet the next. */
	if (probe->hop.number > 0)
		probe->profile = NULL;
	free(probe->hop.url);
	free(probe->hop.host);
	probe->hop = (struct hop){0};
	dial_drop_lists(probe);
	reply_fini(&probe->reply);
}

static bool went_by_six(const struct probe *probe)
{
	return probe->peer_known ? probe->peer.six : probe->family == FAMILY_6;
}

struct sample run_sample(const struct probe *probe, int64_t now_us)
{
	struct sample sample = sample_blank(probe->at_ms);
	struct timeline timeline = probe->timeline;
	int64_t spent_us = now_us - probe->begun_us;
	bool good = probe->outcome.cls == CLASS_OK;

	/* A body that the close ended: its end has no time stamp of the kernel's. */
	if (good && probe->eof_us && timeline.first_us && probe->reply.announced < 0 &&
	    !probe->reply.chunked && probe->reply.version < HTTP_2)
		timeline.last_us = probe->eof_us;
	memcpy(sample.phase_us, probe->phase_us, sizeof sample.phase_us);
	timeline_fold(&timeline, probe->outcome.curl == CURLE_OK || good, sample.phase_us);
	sample.total_us = spent_us < INT32_MAX ? (int32_t)spent_us : INT32_MAX;
	if (timeline.reused)
		sample.phase_us[PHASE_DNS] = ABSENT_US;
	if (probe->outcome.curl == CURLE_OK || good)
		sample.total_us = timeline_sum_us(sample.phase_us);
	sample.lag_us = probe->lag_us;
	sample.bytes = probe->reply.body_bytes < UINT32_MAX ? (uint32_t)probe->reply.body_bytes
							    : UINT32_MAX;
	sample.status = probe->reply.status;
	sample.cls = probe->outcome.cls;
	sample.http = probe->reply.version;
	sample.flags =
		(uint8_t)((probe->tainted || sample.cls == CLASS_LOCAL ? SAMPLE_TAINTED : 0) |
			  (probe->kernel && timeline_is_kernel(&timeline) ? SAMPLE_KERNEL : 0) |
			  (timeline.reused ? SAMPLE_REUSED : 0) |
			  (went_by_six(probe) ? SAMPLE_IPV6 : 0) |
			  (probe->retried ? SAMPLE_RETRIED : 0) |
			  (probe->manual ? SAMPLE_MANUAL : 0));
	return sample;
}

struct sample run_so_far(const struct probe *probe, int64_t now_us)
{
	const struct timeline *timeline = &probe->timeline;
	const struct {
		enum phase phase;
		int64_t since_us;
	} stages[] = {
		[STAGE_NAME] = {PHASE_DNS, probe->hop_us},
		[STAGE_CONNECT] = {PHASE_CONNECT, timeline->opened_us},
		[STAGE_TLS] = {PHASE_TLS, timeline->ready_us},
		[STAGE_SEND] = {PHASE_SEND, timeline->ready_us},
		[STAGE_WAIT] = {PHASE_WAIT, timeline->sent_us},
		[STAGE_HEADERS] = {PHASE_TRANSFER, timeline->first_us},
		[STAGE_BODY] = {PHASE_TRANSFER, timeline->first_us},
	};
	struct sample sample = sample_blank(probe->at_ms);
	enum phase phase = stages[timeline->stage].phase;
	int64_t since_us = stages[timeline->stage].since_us;

	memcpy(sample.phase_us, probe->phase_us, sizeof sample.phase_us);
	timeline_fold(timeline, false, sample.phase_us);
	if (since_us > 0)
		sample.phase_us[phase] =
			as_us((sample.phase_us[phase] > 0 ? sample.phase_us[phase] : 0) + now_us -
			      since_us);
	sample.total_us = as_us(now_us - probe->begun_us);
	sample.lag_us = probe->lag_us;
	return sample;
}

int64_t run_deadline_us(const struct probe *probe)
{
	if (probe->timeline.stage < STAGE_SEND && probe->connect_deadline_us < probe->deadline_us)
		return probe->connect_deadline_us;
	return probe->deadline_us;
}
