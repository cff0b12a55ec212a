/*
 * Sentences about failures. Every text from outside is cleaned here.
 */
#include "source/poll/phrase.h"

#include <curl/curl.h>
#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "source/poll/cert.h"
#include "source/poll/phrase_reply.h"
#include "source/poll/probe.h"
#include "source/poll/request.h"
#include "source/poll/watch.h"

#define WORDS PHRASE_OPENING_MAX /* of libcurl's own */

struct speech {
	const struct probe *probe;
	char peer[160]; /* as it is called: with what it is where it is not the server */
	char *out;
	size_t capacity;
};

/* ---- pieces ---- */

/* OpenSSL names an alert after the version that first had it. */
static const char *without_version(const char *words)
{
	static const char *const versions[] = {"sslv3 ", "tlsv1 ", "tlsv13 "};

	for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
		if (strncmp(words, versions[i], strlen(versions[i])) == 0)
			return words + strlen(versions[i]);
	return words;
}

/*
 * libcurl's own, without its ornaments: of "OpenSSL/3.0.19: error:0A000410:SSL routines::sslv3
 * alert handshake failure, errno 0" the last part says it, and of "h2_...: nghttp2_...() returned
 * -905:Too many ..." too.
 */
static void libcurl_words(char out[WORDS], const struct probe *probe)
{
	static const struct {
		const char *sign, *words;
	} known[] = {
		{"SSL_ERROR_SYSCALL", "the connection was closed"},
		{"SSL_ERROR_ZERO_RETURN", "the connection was closed"},
		{"SSL certificate problem: unable to get local issuer certificate",
		 "its issuer is not trusted"},
		{"wrong version number", "what came is no TLS (wrong version number)"},
		{"Empty reply from server", "what came is no HTTP/2"},
		{"Unsupported HTTP version in response", "its status line is none"},
		{"SSL certificate verification failed", "alert certificate expired, which is ours"},
	};
	static const char *const tails[] = {". libcurl understands", ", errno "};
	char clean[PROBE_ERROR_MAX];
	const char *words = clean;

	if (probe->reply.stop == STOP_HELD && probe->reply.problem) {
		text_copy(out, WORDS, probe->reply.problem);
		return;
	}
	text_clean(clean, sizeof clean, probe->error, strlen(probe->error), TEXT_LINE);
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
		if (strstr(clean, tails[i]))
			*strstr(clean, tails[i]) = '\0';
	if (strstr(clean, "error:") && strstr(clean, "::"))
		words = without_version(strstr(clean, "::") + 2);
	else if (strstr(clean, "nghttp2_") && strrchr(clean, ':'))
		words = strrchr(clean, ':') + 1;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strstr(clean, known[i].sign))
			words = known[i].words;
	text_copy(out, WORDS, words);
}

static void connected_words(char out[80], const struct speech *speech)
{
	const struct probe *probe = speech->probe;
	int32_t phases[PHASE_COUNT];
	char time[FORMAT_MAX];

	for (int i = 0; i < PHASE_COUNT; i++)
		phases[i] = ABSENT_US;
	timeline_fold(&probe->timeline, false, phases);
	out[0] = '\0';
	if (probe->timeline.reused)
		text_format(out, 80, ", over the kept connection to %s", speech->peer);
	if (phases[PHASE_CONNECT] < 0)
		return;
	format_latency(time, phases[PHASE_CONNECT]);
	text_format(out, 80, ", connected to %s in %s", speech->peer, time);
}

/* The limit that ran out, as the person wrote it. */
static void limit_words(char out[FORMAT_MAX], const struct probe *probe)
{
	const struct target *target = probe->watch->target;
	bool dialing = probe->timeline.stage < STAGE_SEND &&
		       probe->connect_deadline_us < probe->deadline_us;

	format_duration(out, dialing ? target->connect_timeout_ms : target->timeout_ms);
}

/* ---- sentences, one a class ---- */

/* The name may be there: only not with such an address. */
static bool is_missing(int error)
{
	return error == EAI_NONAME || error == EAI_NODATA || error == EAI_ADDRFAMILY;
}

static void say_dns(const struct speech *speech)
{
	const struct probe *probe = speech->probe;
	const char *name = probe->route.host;
	char clean[400], fitted[80], host[96], limit[FORMAT_MAX];

	if (!name[0]) /* too long to be looked up */
		name = probe->hop.host ? probe->hop.host : probe->watch->target->host;
	text_clean(clean, sizeof clean, name, strlen(name), TEXT_LINE);
	text_fit(fitted, sizeof fitted, clean, 64, CUT_MIDDLE, false);
	text_format(host, sizeof host, "%s%s", probe->route.proxied ? "the proxy " : "", fitted);
	limit_words(limit, probe);
	if (probe->family != FAMILY_ANY && is_missing(probe->lookup.answer.error))
		text_format(speech->out, speech->capacity, "%s has no %s address", host,
			    probe->family == FAMILY_6 ? "IPv6" : "IPv4");
	else if (probe->reply.stop == STOP_TIME && !probe->lookup.answer.cut_off)
		text_format(speech->out, speech->capacity, "no address for %s in %s", host, limit);
	else
		text_format(speech->out, speech->capacity, "%s: %s",
			    answer_words(&probe->lookup.answer), host);
}

static void say_refused(const struct speech *speech)
{
	text_format(speech->out, speech->capacity, "connection refused by %s", speech->peer);
}

static void say_unreachable(const struct speech *speech)
{
	int error = speech->probe->outcome.os_error;
	char words[WORDS];

	libcurl_words(words, speech->probe);
	if (speech->probe->route.proxied && words[0]) {
		text_format(speech->out, speech->capacity, "no way through %s: %s", speech->peer,
			    words);
		return;
	}
	text_format(speech->out, speech->capacity, "no way to %s%s%s", speech->peer,
		    error ? ": " : "", error ? strerror(error) : "");
}

static void say_timeout_connect(const struct speech *speech)
{
	char limit[FORMAT_MAX];

	limit_words(limit, speech->probe);
	if (speech->probe->tunnels && speech->probe->proxy_reached)
		text_format(speech->out, speech->capacity, "no way through %s in %s", speech->peer,
			    limit);
	else
		text_format(speech->out, speech->capacity, "connect to %s timed out in %s",
			    speech->peer, limit);
}

static void say_timeout_tls(const struct speech *speech)
{
	char connected[80], limit[FORMAT_MAX];

	connected_words(connected, speech);
	limit_words(limit, speech->probe);
	text_format(speech->out, speech->capacity, "no end of the TLS handshake in %s%s", limit,
		    connected);
}

static void say_timeout_first_byte(const struct speech *speech)
{
	char connected[80], limit[FORMAT_MAX];

	connected_words(connected, speech);
	limit_words(limit, speech->probe);
	text_format(speech->out, speech->capacity, "%s in %s%s",
		    speech->probe->timeline.stage == STAGE_SEND ? "the request was not taken whole"
								: "no answer",
		    limit, connected);
}

static void say_timeout_headers(const struct speech *speech)
{
	const struct timeline *timeline = &speech->probe->timeline;
	char limit[FORMAT_MAX], first[FORMAT_MAX];

	limit_words(limit, speech->probe);
	format_latency(first, timeline->first_us - timeline->sent_us);
	if (speech->probe->reply.interim)
		text_format(speech->out, speech->capacity,
			    "no answer in %s, only an interim %u after %s", limit,
			    speech->probe->reply.status, first);
	else
		text_format(speech->out, speech->capacity,
			    "headers not whole in %s, first byte after %s", limit, first);
}

static void size_words(char out[80], const struct reply *reply)
{
	char got[FORMAT_MAX], all[FORMAT_MAX];

	format_bytes(got, reply->body_bytes);
	format_bytes(all, reply->announced > 0 ? (uint64_t)reply->announced : 0);
	if (reply->announced > 0 && !reply->coded && !reply->chunked && strcmp(got, all) == 0)
		text_format(out, 80, "%" PRIu64 " of %" PRId64 " bytes", reply->body_bytes,
			    reply->announced);
	else if (reply->announced > 0 && !reply->coded && !reply->chunked)
		text_format(out, 80, "%s of %s", got, all);
	else
		text_copy(out, 80, got);
}

static void say_timeout_body(const struct speech *speech)
{
	const struct probe *probe = speech->probe;
	int64_t still_us = probe->deadline_us - probe->timeline.last_us;
	char size[80], still[FORMAT_MAX], limit[FORMAT_MAX];

	size_words(size, &probe->reply);
	limit_words(limit, probe);
	format_latency(still, still_us);
	if (still_us > probe->watch->target->timeout_ms * 1000 / 2)
		text_format(speech->out, speech->capacity, "transfer stalled at %s for %s", size,
			    still);
	else
		text_format(speech->out, speech->capacity, "transfer not done in %s, %s so far",
			    limit, size);
}

static void say_reset(const struct speech *speech)
{
	static const char *const when[] = {[STAGE_NAME] = "",
					   [STAGE_CONNECT] = " while connecting",
					   [STAGE_TLS] = " in the TLS handshake",
					   [STAGE_SEND] = " before the request was sent",
					   [STAGE_WAIT] = " instead of an answer",
					   [STAGE_HEADERS] = " inside the headers",
					   [STAGE_BODY] = " inside the body"};
	const struct probe *probe = speech->probe;
	char size[80] = "";

	if (probe->timeline.stage == STAGE_BODY)
		size_words(size, &probe->reply);
	text_format(speech->out, speech->capacity, "connection reset by %s%s%s%s", speech->peer,
		    when[probe->timeline.stage], size[0] ? ", at " : "", size);
}

static void say_empty(const struct speech *speech)
{
	text_format(speech->out, speech->capacity, "%s closed the connection without an answer",
		    speech->peer);
}

static void say_truncated(const struct speech *speech)
{
	char size[80];

	size_words(size, &speech->probe->reply);
	if (speech->probe->reply.closed)
		text_format(speech->out, speech->capacity,
			    "connection closed inside the body, at %s", size);
	else if (speech->probe->reply.interim)
		text_format(speech->out, speech->capacity, "connection closed behind an interim %u",
			    speech->probe->reply.status);
	else
		text_format(speech->out, speech->capacity, "connection closed inside the %s",
			    speech->probe->reply.started ? "headers" : "status line");
}

static void say_protocol(const struct speech *speech)
{
	const struct reply *reply = &speech->probe->reply;
	char words[WORDS];

	libcurl_words(words, speech->probe);
	if (reply->rubbish)
		phrase_opening(words, reply);
	else if (reply->stop == STOP_INVALID)
		text_copy(words, sizeof words, reply->problem);
	text_format(speech->out, speech->capacity, "no valid HTTP answer%s%s", words[0] ? ": " : "",
		    words);
}

static void say_decode(const struct speech *speech)
{
	const struct probe *probe = speech->probe;
	char words[WORDS];

	libcurl_words(words, probe);
	if (probe->reply.stop == STOP_CODED)
		text_copy(words, sizeof words, probe->reply.problem);
	/* libcurl has no words for it. */
	else if (!words[0] && probe->outcome.curl == CURLE_WRITE_ERROR &&
		 probe->reply.body_bytes > 0)
		text_copy(words, sizeof words,
			  "something follows behind the end of the encoded data");
	text_format(speech->out, speech->capacity, "body cannot be decoded%s%s",
		    words[0] ? ": " : "", words);
}

static void say_too_large(const struct speech *speech)
{
	const struct reply *reply = &speech->probe->reply;
	char limit[FORMAT_MAX], size[FORMAT_MAX];

	format_bytes(limit, (uint64_t)reply->limits.body_max);
	format_bytes(size, (uint64_t)(reply->announced > 0 ? reply->announced : 0));
	if (reply->stop == STOP_ANNOUNCED && strcmp(size, limit) == 0)
		text_format(speech->out, speech->capacity,
			    "body of %lld bytes announced, limit %lld", (long long)reply->announced,
			    (long long)reply->limits.body_max);
	else if (reply->stop == STOP_ANNOUNCED)
		text_format(speech->out, speech->capacity, "body of %s announced, limit %s", size,
			    limit);
	else if (reply->stop == STOP_BODY)
		text_format(speech->out, speech->capacity, "body over the limit of %s", limit);
	else if (reply->closed && reply->stop != STOP_HEADERS)
		text_format(speech->out, speech->capacity, "body of unbelievable length announced");
	else if (!reply->started || (reply->stop != STOP_HEADERS &&
				     speech->probe->outcome.curl != CURLE_OUT_OF_MEMORY))
		text_copy(speech->out, speech->capacity, "headers over the limit of libcurl");
	else if (reply->header_bytes > REPLY_HEADERS_MAX)
		text_format(speech->out, speech->capacity, "%s over the limit of %u kB",
			    reply->closed ? "trailers" : "headers", REPLY_HEADERS_MAX >> 10);
	else
		text_format(speech->out, speech->capacity, "a header line over the limit of %u kB",
			    REPLY_LINE_MAX >> 10);
}

static void say_redirect(const struct speech *speech)
{
	text_copy(speech->out, speech->capacity, speech->probe->redirect_problem);
}

static void say_certificate(const struct speech *speech)
{
	const struct probe *probe = speech->probe;
	const struct handshake *handshake = &probe->handshake;
	char words[WORDS];

	libcurl_words(words, probe);
	if (probe->route.proxied && !handshake->seen)
		text_format(speech->out, speech->capacity, "the proxy's certificate is refused: %s",
			    words);
	else if (handshake->facts.problem[0])
		text_copy(speech->out, speech->capacity, handshake->facts.problem);
	else
		text_format(speech->out, speech->capacity, "certificate refused%s%s",
			    words[0] ? ": " : "", words);
}

static void say_handshake(const struct speech *speech)
{
	char words[WORDS];

	libcurl_words(words, speech->probe);
	text_format(speech->out, speech->capacity, "TLS handshake%s%s failed%s%s",
		    speech->probe->timeline.stage == STAGE_CONNECT ? " with " : "",
		    speech->probe->timeline.stage == STAGE_CONNECT ? speech->peer : "",
		    words[0] ? ": " : "", words);
}

static void say_local(const struct speech *speech)
{
	const struct probe *probe = speech->probe;
	const char *problem = probe->watch->profile->problem;
	int error = probe->outcome.own_error ? probe->outcome.own_error : probe->outcome.os_error;
	char words[WORDS];

	libcurl_words(words, probe);
	if (problem[0])
		text_copy(speech->out, speech->capacity, problem);
	else if (error == EMFILE || error == ENFILE)
		text_format(speech->out, speech->capacity, "webmon has no file descriptors left");
	else if (probe->lookup.answer.error)
		text_format(speech->out, speech->capacity, "webmon cannot look names up: %s",
			    answer_words(&probe->lookup.answer));
	else
		text_format(speech->out, speech->capacity, "webmon itself could not: %s",
			    error ? strerror(error) : words);
}

static void (*const speakers[CLASS_COUNT])(const struct speech *speech) = {
	[CLASS_DNS] = say_dns,
	[CLASS_REDIRECT] = say_redirect,
	[CLASS_REFUSED] = say_refused,
	[CLASS_UNREACHABLE] = say_unreachable,
	[CLASS_TIMEOUT_CONNECT] = say_timeout_connect,
	[CLASS_TIMEOUT_TLS] = say_timeout_tls,
	[CLASS_TIMEOUT_FIRST_BYTE] = say_timeout_first_byte,
	[CLASS_TIMEOUT_HEADERS] = say_timeout_headers,
	[CLASS_TIMEOUT_BODY] = say_timeout_body,
	[CLASS_RESET] = say_reset,
	[CLASS_EMPTY_REPLY] = say_empty,
	[CLASS_TRUNCATED] = say_truncated,
	[CLASS_PROTOCOL] = say_protocol,
	[CLASS_DECODE] = say_decode,
	[CLASS_TOO_LARGE] = say_too_large,
	[CLASS_TLS_EXPIRED] = say_certificate,
	[CLASS_TLS_NOT_YET_VALID] = say_certificate,
	[CLASS_TLS_HOSTNAME] = say_certificate,
	[CLASS_TLS_UNTRUSTED] = say_certificate,
	[CLASS_TLS_WEAK] = say_certificate,
	[CLASS_TLS_HANDSHAKE] = say_handshake,
	[CLASS_LOCAL] = say_local,
};

/* ---- public ---- */

void phrase_peer(char *out, size_t capacity, const struct probe *probe)
{
	char address[ADDRESS_TEXT_MAX];

	out[0] = '\0';
	if (!probe->peer_known)
		return;
	address_format(address, &probe->peer);
	text_format(out, capacity, probe->peer.six ? "[%s]:%u" : "%s:%u", address,
		    probe->peer_port);
}

static void name_peer(char out[160], const struct probe *probe)
{
	char address[ADDRESS_TEXT_MAX + 8], path[128];

	phrase_peer(address, sizeof address, probe);
	if (probe->route.local) {
		text_clean(path, sizeof path, probe->watch->target->unix_socket,
			   strlen(probe->watch->target->unix_socket), TEXT_LINE);
		text_format(out, 160, "the socket %s", path);
	} else if (!address[0]) {
		text_copy(out, 160, probe->route.proxied ? "the proxy" : "the server");
	} else {
		text_format(out, 160, "%s%s", probe->route.proxied ? "the proxy " : "", address);
	}
}

/* What goes wrong on the way of an error page is the smaller half of the news. */
static bool is_of_an_error_page(const struct probe *probe)
{
	return probe->reply.status >= 400 && probe->outcome.cls >= CLASS_TIMEOUT_HEADERS &&
	       probe->outcome.cls <= CLASS_TOO_LARGE;
}

void phrase_failure(char *out, size_t capacity, const struct probe *probe)
{
	struct speech speech = {.probe = probe, .out = out, .capacity = capacity};
	size_t used;

	out[0] = '\0';
	name_peer(speech.peer, probe);
	if (is_of_an_error_page(probe)) {
		used = text_format(out, capacity, "%u, ", probe->reply.status);
		speech.out += used;
		speech.capacity -= used;
	}
	if (speakers[probe->outcome.cls])
		speakers[probe->outcome.cls](&speech);
}
