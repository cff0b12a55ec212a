/*
 * From a finished probe to the store: check, judge, write. One poller's thread for each watch.
 */
#include "source/poll/report.h"

#include <curl/curl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/units.h"
#include "source/poll/check.h"
#include "source/poll/evidence.h"
#include "source/poll/network.h"
#include "source/poll/phrase.h"
#include "source/poll/plan.h"
#include "source/poll/probe.h"
#include "source/poll/request.h"
#include "source/poll/retry_after.h"
#include "source/poll/route.h"
#include "source/poll/run.h"
#include "source/poll/spending.h"
#include "source/poll/watch.h"
#include "store/store.h"

#define GOOD_EVIDENCE_US 30000000
#define DETAIL_MAX	 200

static void note_secrets(struct watch *watch)
{
	const struct target *target = watch->target;

	watch->secrets = x_calloc(target->secrets.count + 1, sizeof *watch->secrets);
	for (size_t i = 0; i < target->secrets.count; i++)
		watch->secrets[watch->secret_count++] = target->secrets.items[i];
	if (target->user && target->password) {
		/* As Basic sends it: encoded together. */
		watch->login = x_asprintf("%s:%s", target->user, target->password);
		watch->secrets[watch->secret_count++] = watch->login;
	}
}

static bool goes_straight(const struct target *target)
{
	struct address address;

	return address_parse(&address, target->host) && !target->connect_to.count &&
	       !target->resolve.count && !target->proxy && !target->unix_socket;
}

void report_init(struct watch *watch, const struct target *target, uint32_t index,
		 const struct profile *profile)
{
	*watch = (struct watch){
		.target = target, .profile = profile, .index = index, .url = target->url};
	watch->checks = checks_new(target);
	watch->numeric = goes_straight(target);
	watch->rounds = UINT32_MAX;
	if (!target_is_http(target)) {
		/* libcurl makes the connection; the request is never sent. */
		watch->own_url =
			x_asprintf(strchr(target->host, ':') ? "%s://[%s]:%u/" : "%s://%s:%u/",
				   target->scheme == SCHEME_TLS ? "https" : "http", target->host,
				   target->port);
		watch->url = watch->own_url;
	}
	note_secrets(watch);
	judge_init(&watch->judge, &watch->verdict);
}

void report_resume(struct watch *watch, const struct store *store)
{
	watch->number = store_head(store, watch->index);
	if (!store_judge(store, watch->index, &watch->judge))
		return;
	store_verdict(store, watch->index, &watch->verdict);
	watch->paused = watch->judge.paused;
}

void report_fini(struct watch *watch)
{
	around_fini(&watch->around);
	checks_free(watch->checks);
	curl_slist_free_all(watch->connect_to);
	free(watch->own_url);
	free(watch->secrets);
	free(watch->login);
	likeness_fini(&watch->likeness);
}

/* ---- warnings ---- */

static bool over(int32_t us, int64_t limit_us)
{
	return limit_us > 0 && us > limit_us;
}

static bool is_slow(const struct sample *sample, const struct target *target)
{
	const int32_t *phase = sample->phase_us;

	return over(sample->total_us, target->slow_us) ||
	       over(phase[PHASE_DNS], target->slow_dns_us) ||
	       over(phase[PHASE_CONNECT], target->slow_connect_us) ||
	       over(phase[PHASE_TLS], target->slow_tls_us) ||
	       over(phase[PHASE_WAIT], target->slow_wait_us) ||
	       over(phase[PHASE_TRANSFER], target->slow_transfer_us);
}

static bool is_expiring(const struct watch *watch, int64_t now_ms)
{
	return watch->cert.known && watch->target->expect_cert_days > 0 &&
	       watch->cert.chain_not_after_ms - now_ms <
		       (int64_t)watch->target->expect_cert_days * DAY_MS;
}

static uint8_t warnings_of(const struct watch *watch, const struct sample *sample)
{
	if (!sample_is_good(sample))
		return 0;
	return (uint8_t)((is_slow(sample, watch->target) ? WARN_SLOW : 0) |
			 (is_expiring(watch, clock_wall_ms()) ? WARN_TLS_EXPIRING : 0));
}

/* ---- parts of what is stored ---- */

static void put_judgement(struct watch *watch, struct store *store, struct judgement *judgement)
{
	store_put_judgement(store, watch->index, &watch->judge, &watch->verdict, judgement);
}

static void take_cert(struct watch *watch, struct store *store, const struct handshake *handshake)
{
	int64_t now_ms = clock_wall_ms();
	struct cert_facts facts;
	struct judgement judgement = {0};

	if (!handshake->seen)
		return;
	watch->cert = handshake->shown;
	watch->cert_untold |= handshake->changed;
	if (handshake->changed)
		facts = handshake->facts;
	else if (watch->cert_day == now_ms / DAY_MS || !store_cert(store, watch->index, &facts))
		return;
	/* The same one on another day: its days left have changed. */
	facts.seen_at_ms = now_ms;
	watch->cert_day = now_ms / DAY_MS;
	store_put_cert(store, watch->index, &facts);
	judge_cert(&watch->judge, watch->target, &facts, now_ms, &watch->verdict, &judgement);
	put_judgement(watch, store, &judgement);
}

static void take_address(struct watch *watch, const struct probe *probe)
{
	if (!probe->peer_known)
		return;
	watch->verdict.port = probe->peer_port;
	if (watch->verdict.ip[0] &&
	    memcmp(&watch->ip_shown, &probe->peer, sizeof watch->ip_shown) == 0)
		return;
	watch->ip_shown = probe->peer;
	address_format(watch->verdict.ip, &probe->peer);
}

static void compare_with_good(struct watch *watch, struct store *store, struct evidence *evidence)
{
	char certificate[LIKENESS_WORDS] = "";
	struct cert_facts facts;
	struct evidence good;

	if (!store_evidence(store, watch->index, EVIDENCE_GOOD, &good))
		return;
	if (watch->cert_untold && store_cert(store, watch->index, &facts))
		likeness_compare_cert(&watch->likeness, &facts, certificate);
	evidence_compare(evidence, &good, certificate);
}

static void put_evidence(struct watch *watch, struct store *store, const struct probe *probe,
			 const struct sample *sample, const char *detail)
{
	enum evidence_kind kind = sample->cls == CLASS_OK ? EVIDENCE_GOOD : EVIDENCE_BAD;
	struct evidence evidence;

	evidence_make(&evidence, probe, sample, detail);
	evidence.number = watch->number;
	if (kind == EVIDENCE_BAD)
		compare_with_good(watch, store, &evidence);
	store_put_evidence(store, watch->index, kind, &evidence);
}

/* Of good answers not each is worth the work: the first, the first after a failure, one now and
 * then. */
static bool is_worth_keeping(struct watch *watch, const struct sample *sample, int64_t now_us)
{
	if (sample->cls != CLASS_OK)
		return true;
	if (watch->evidence_us && !watch->failed && now_us - watch->evidence_us < GOOD_EVIDENCE_US)
		return false;
	watch->evidence_us = now_us;
	return true;
}

/* ---- what is otherwise than in the good answers before ---- */

static void tell_change(struct watch *watch, struct store *store, const struct sample *sample,
			const char *words)
{
	static const struct trouble none = {0};
	struct judgement judgement;
	struct event *event;

	judgement_begin(&judgement);
	event = judgement_event(&judgement, EVENT_CHANGED, sample->at_ms, &none);
	event->state = event->previous = watch->verdict.state;
	event->status = sample->status;
	event->total_us = sample->total_us;
	text_copy(event->detail, sizeof event->detail, words);
	put_judgement(watch, store, &judgement);
}

/* The server's name for itself, as a person may see it. */
static void server_name(char out[80], const struct watch *watch, const struct reply *reply)
{
	size_t size;
	const char *value = reply_find(reply, "Server", &size);

	text_clean(out, 80, value ? value : "", size, TEXT_LINE);
	evidence_redact(watch, out, 80);
}

static void look_for_changes(struct watch *watch, struct store *store, const struct probe *probe,
			     const struct sample *sample)
{
	struct likeness *likeness = &watch->likeness;
	char words[LIKENESS_WORDS], server[80];
	struct cert_facts facts;

	if (!sample_is_good(sample))
		return;
	if (probe->peer_known &&
	    likeness_address(likeness, &probe->peer, &probe->lookup.answer, words))
		tell_change(watch, store, sample, words);
	if (watch->cert_untold && store_cert(store, watch->index, &facts) &&
	    likeness_cert(likeness, &facts, words))
		tell_change(watch, store, sample, words);
	watch->cert_untold = false;
	if (watch->profile->connect_only)
		return;
	server_name(server, watch, &probe->reply);
	if (likeness_server(likeness, server, words))
		tell_change(watch, store, sample, words);
}

/* Where both families are probed, a failure may be that of one alone. */
static void name_family(const struct probe *probe, char detail[DETAIL_MAX])
{
	char words[DETAIL_MAX];

	text_copy(words, sizeof words, detail);
	text_format(detail, DETAIL_MAX, "%s: %s", probe->family == FAMILY_6 ? "IPv6" : "IPv4",
		    words);
}

/* The class that the checks give to an answer that came through. */
static void check(const struct watch *watch, const struct probe *probe, struct sample *sample,
		  char *detail)
{
	detail[0] = '\0';
	if (sample->cls != CLASS_OK) {
		phrase_failure(detail, DETAIL_MAX, probe);
	} else if (probe->checked.done) {
		sample->cls = probe->checked.cls;
		text_copy(detail, DETAIL_MAX, probe->checked.detail);
	} else if (!watch->profile->connect_only) {
		sample->cls = checks_run(watch->checks, &probe->reply,
					 probe->peer_known ? &probe->peer : NULL, detail);
	}
	if (sample->cls == CLASS_LOCAL)
		sample->flags |= SAMPLE_TAINTED;
	if (detail[0])
		evidence_redact(watch, detail, DETAIL_MAX);
	if (detail[0] && route_takes_turns(watch->target))
		name_family(probe, detail);
}

/* A server that asks to be left alone is, and the words say so. */
static void take_wish(struct watch *watch, const struct probe *probe, const struct sample *sample,
		      int64_t now_us, char *detail)
{
	int64_t now_ms = clock_wall_ms(), ms = retry_after_ms(&probe->reply, now_ms);
	size_t used = strlen(detail);
	char length[FORMAT_MAX];

	if (sample_is_tainted(sample) || !probe->reply.closed)
		ms = 0;
	watch->held_until_us = ms ? now_us + ms * 1000 : 0;
	watch->verdict.retry_after_ms = ms ? now_ms + ms : 0;
	if (!ms)
		return;
	format_duration(length, ms);
	text_format(detail + used, DETAIL_MAX - used, "%sRetry-After: not asked for %s",
		    used ? "; " : "", length);
}

/* That there is no such name is no want of an answer, nor a sign of life: it may come from a memory
 * on this host. As little says a connection that was cut off. */
static enum probe_class network_class(const struct probe *probe)
{
	int error = probe->lookup.answer.error;

	if (probe->outcome.cls == CLASS_DNS && (error == EAI_NONAME || error == EAI_NODATA))
		return CLASS_RESET;
	return probe->outcome.cls;
}

/* What others make of it: whether our network stands, since when this one fails. */
static void take_news(struct watch *watch, const struct probe *probe, const struct sample *sample)
{
	struct network_news news = {.began_us = probe->begun_us,
				    .cls = network_class(probe),
				    .peer = probe->peer_known ? &probe->peer : NULL};

	/* Names that cannot be looked up for want of a server are as good a sign as any. */
	if (!sample_is_tainted(sample) || probe->lookup.answer.cut_off)
		network_note(watch->around.plan->network, watch->index, &news);
	if (sample_is_good(sample)) {
		watch->failing = (struct failing){.since_us = 0};
	} else if (sample_is_failure(sample)) {
		if (!watch->failing.since_us)
			watch->failing = (struct failing){.since_us = probe->begun_us,
							  .since_ms = sample->at_ms,
							  .number = watch->number};
		watch->failing.newest_us = probe->begun_us;
		watch->failing.cls = news.cls == CLASS_OK ? sample->cls : news.cls;
	}
}

static bool look_around(struct watch *watch, struct store *store)
{
	struct circumstances now = around_look(watch, &watch->failing);
	struct judgement judgement = {0};

	if (circumstances_equal(&now, &watch->judge.around))
		return false;
	bool open = watch->judge.troubles[INCIDENT_DOWN].open;
	judge_circumstances(&watch->judge, watch->target, &now, clock_wall_ms(), &watch->verdict,
			    &judgement);
	/* Folded: what had been counted of it before anybody knew is taken back. */
	if (open && !watch->judge.troubles[INCIDENT_DOWN].open)
		store_taint(store, watch->index, watch->failing.number);
	put_judgement(watch, store, &judgement);
	return true;
}

/* The newest sample as it is kept: what does not count for now says so. */
static void push(struct watch *watch, struct store *store, const struct sample *sample)
{
	struct sample kept = *sample;

	if (judge_excuses(&watch->judge, watch->target, sample))
		kept.flags |= SAMPLE_TAINTED;
	store_push(store, watch->index, &kept);
	watch->number++;
}

void report_take(struct watch *watch, struct store *store, const struct probe *probe,
		 int64_t now_us)
{
	struct sample sample = run_sample(probe, now_us);
	struct judgement judgement = {0};
	char detail[DETAIL_MAX];

	check(watch, probe, &sample, detail);
	take_address(watch, probe);
	take_cert(watch, store, &probe->handshake);
	sample.warnings = warnings_of(watch, &sample);
	if (is_worth_keeping(watch, &sample, now_us))
		put_evidence(watch, store, probe, &sample, detail);
	take_wish(watch, probe, &sample, now_us, detail);
	watch->failed = sample.cls != CLASS_OK;
	take_news(watch, probe, &sample);
	look_around(watch, store);
	push(watch, store, &sample);
	judge_sample(&watch->judge, watch->target, &sample, detail, &watch->verdict, &judgement);
	put_judgement(watch, store, &judgement);
	look_for_changes(watch, store, probe, &sample);
	watch->to_confirm = watch->verdict.unconfirmed && !sample_is_tainted(&sample);
}

bool report_look(struct watch *watch, struct store *store)
{
	return look_around(watch, store);
}

void report_clock_set(struct watch *watch, struct store *store, int64_t by_ms)
{
	struct judgement judgement = {0};

	clock_move(&watch->failing.since_ms, by_ms);
	judge_clock_set(&watch->judge, by_ms, &watch->verdict, &judgement);
	put_judgement(watch, store, &judgement);
}

void report_acknowledge(struct watch *watch, struct store *store, const char *note)
{
	struct judgement judgement = {0};

	judge_acknowledge(&watch->judge, note, clock_wall_ms(), &watch->verdict, &judgement);
	put_judgement(watch, store, &judgement);
}

void report_pause(struct watch *watch, struct store *store, bool paused)
{
	struct judgement judgement = {0};

	watch->paused = paused;
	judge_pause(&watch->judge, paused, clock_wall_ms(), &watch->verdict, &judgement);
	put_judgement(watch, store, &judgement);
}

void report_finish(struct watch *watch, struct store *store)
{
	struct judgement judgement = {0};

	if (watch->target->slo_window_ms > 0)
		spending_assess(watch, store, clock_wall_ms());
	judge_finish(&watch->judge, clock_wall_ms(), &watch->verdict, &judgement);
	put_judgement(watch, store, &judgement);
}
