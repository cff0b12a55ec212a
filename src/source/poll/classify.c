/*
 * From symptoms to a class. Time-outs are told apart by stage, never by libcurl's times.
 */
#include "source/poll/classify.h"

#include <curl/curl.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "source/poll/cert.h"

#define SPARE_BYTES (512u << 10)

static const enum probe_class time_classes[] = {
	[STAGE_NAME] = CLASS_DNS,
	[STAGE_CONNECT] = CLASS_TIMEOUT_CONNECT,
	[STAGE_TLS] = CLASS_TIMEOUT_TLS,
	[STAGE_SEND] = CLASS_TIMEOUT_FIRST_BYTE,
	[STAGE_WAIT] = CLASS_TIMEOUT_FIRST_BYTE,
	[STAGE_HEADERS] = CLASS_TIMEOUT_HEADERS,
	[STAGE_BODY] = CLASS_TIMEOUT_BODY,
};

static bool says(const struct symptom *symptom, const char *words)
{
	return strcasestr(symptom->words, words) != NULL;
}

static bool is_reset(const struct symptom *symptom)
{
	return symptom->reset_seen || symptom->os_error == ECONNRESET ||
	       symptom->os_error == EPIPE || symptom->os_error == ECONNABORTED ||
	       says(symptom, "reset by peer") || says(symptom, "broken pipe");
}

static enum probe_class name_class(const struct symptom *symptom)
{
	return symptom->dns_error == EAI_MEMORY || symptom->dns_error == EAI_SYSTEM ? CLASS_LOCAL
										    : CLASS_DNS;
}

/* Our own host's trouble by errno: no descriptors, no memory, no port. */
static bool is_own(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS ||
	       error == EADDRNOTAVAIL || error == EADDRINUSE || error == EAGAIN ||
	       error == EINVAL || error == ENOSPC;
}

static enum probe_class connect_class(const struct symptom *symptom)
{
	switch (symptom->os_error) {
	case ECONNREFUSED:
		return CLASS_REFUSED;
	case ECONNRESET:
	case ECONNABORTED:
		return CLASS_RESET;
	case ETIMEDOUT:
		return CLASS_TIMEOUT_CONNECT;
	case EINVAL: /* an address of a link that is not here */
		return CLASS_UNREACHABLE;
	default:
		/* No route, a firewall's answer, a family that is not there. */
		return is_own(symptom->os_error) ? CLASS_LOCAL : CLASS_UNREACHABLE;
	}
}

static enum probe_class handshake_class(const struct symptom *symptom)
{
	if (symptom->verify_error)
		return cert_class(symptom->verify_error);
	/* Verified by libcurl and not by us: the proxy's. */
	if (says(symptom, "SSL certificate problem"))
		return CLASS_TLS_UNTRUSTED;
	/* The peer's alert that a certificate has expired has the same code. */
	if (symptom->curl == CURLE_PEER_FAILED_VERIFICATION && says(symptom, "target host name"))
		return CLASS_TLS_HOSTNAME; /* libcurl's own check of the name is a little stricter
					      than ours */
	if (is_reset(symptom))
		return CLASS_RESET;
	if (says(symptom, "key too small") || says(symptom, "modulus too small") ||
	    says(symptom, "too weak"))
		return CLASS_TLS_WEAK;
	return CLASS_TLS_HANDSHAKE;
}

/* Libcurl collects a header line in memory up to 100 KB and then says it has none. Is it so? */
static enum probe_class memory_class(const struct symptom *symptom)
{
	if (symptom->tunnelling)
		return CLASS_UNREACHABLE;
	void *spare = symptom->stage >= STAGE_WAIT ? malloc(SPARE_BYTES) : NULL;
	/* The compiler may not do away with an allocation it sees looked at. */
	void *volatile seen = spare;
	bool enough = seen != NULL;

	free(spare);
	return enough ? CLASS_TOO_LARGE : CLASS_LOCAL;
}

/* The connection broke while something was read or written. */
static enum probe_class broken_class(const struct symptom *symptom)
{
	/* What was read and is malformed counts before what became of the connection then. */
	if (says(symptom, "chunked-encod"))
		return CLASS_PROTOCOL;
	if (is_reset(symptom))
		return CLASS_RESET;
	if (symptom->tunnelling)
		return CLASS_UNREACHABLE; /* the proxy's answer is not the target's */
	/* The last is what nghttp2 is told when the headers of an HTTP/2 answer grow too many. */
	if (says(symptom, "too large response headers") || says(symptom, "too large") ||
	    says(symptom, "user callback function failed"))
		return CLASS_TOO_LARGE;
	if (symptom->stage == STAGE_TLS || says(symptom, "alert"))
		return CLASS_TLS_HANDSHAKE;
	/* TLS that ends without its farewell. */
	if (says(symptom, "unexpected eof") || says(symptom, "close_notify"))
		return symptom->stage >= STAGE_HEADERS ? CLASS_TRUNCATED : CLASS_EMPTY_REPLY;
	return CLASS_PROTOCOL;
}

static enum probe_class stop_class(const struct symptom *symptom)
{
	switch (symptom->stop) {
	case STOP_HEADERS:
	case STOP_BODY:
	case STOP_ANNOUNCED:
		return CLASS_TOO_LARGE;
	case STOP_INVALID:
		return CLASS_PROTOCOL;
	case STOP_CODED:
		return CLASS_DECODE;
	case STOP_REDIRECT:
		return CLASS_REDIRECT;
	case STOP_TIME:
		return time_classes[symptom->stage];
	case STOP_HELD:
		return symptom->tunnelling	     ? CLASS_UNREACHABLE
		       : symptom->stage == STAGE_TLS ? CLASS_TLS_HANDSHAKE
						     : CLASS_PROTOCOL;
	case STOP_SETTLED:
	case STOP_CONNECTED:
	case STOP_NONE:
		break;
	}
	return CLASS_OK;
}

static enum probe_class whole_class(const struct symptom *symptom)
{
	/* libcurl takes a connection closed inside the headers for a success. */
	return symptom->closed ? CLASS_OK : CLASS_TRUNCATED;
}

static enum probe_class empty_class(const struct symptom *symptom)
{
	if (symptom->unclosed && !is_reset(symptom))
		return CLASS_PROTOCOL;
	if (is_reset(symptom))
		return CLASS_RESET;
	/* libcurl says so too where the status line was cut. */
	return symptom->stage >= STAGE_HEADERS ? CLASS_TRUNCATED : CLASS_EMPTY_REPLY;
}

static enum probe_class partial_class(const struct symptom *symptom)
{
	return is_reset(symptom) ? CLASS_RESET : CLASS_TRUNCATED;
}

static enum probe_class other_class(const struct symptom *symptom)
{
	return is_reset(symptom) ? CLASS_RESET : CLASS_PROTOCOL;
}

static const struct {
	CURLcode code;
	enum probe_class cls; /* where nothing is left to decide */
	enum probe_class (*decide)(const struct symptom *symptom);
} codes[] = {
	{CURLE_OK, CLASS_OK, whole_class},
	{CURLE_COULDNT_RESOLVE_HOST, CLASS_DNS, name_class},
	{CURLE_COULDNT_RESOLVE_PROXY, CLASS_DNS, name_class},
	{CURLE_COULDNT_CONNECT, CLASS_REFUSED, connect_class},
	{CURLE_SSL_CONNECT_ERROR, CLASS_TLS_HANDSHAKE, handshake_class},
	{CURLE_PEER_FAILED_VERIFICATION, CLASS_TLS_UNTRUSTED, handshake_class},
	{CURLE_SSL_CIPHER, CLASS_TLS_HANDSHAKE, handshake_class},
	{CURLE_SSL_ISSUER_ERROR, CLASS_TLS_HANDSHAKE, handshake_class},
	{CURLE_SSL_CLIENTCERT, CLASS_TLS_HANDSHAKE, handshake_class},
	{CURLE_SEND_ERROR, CLASS_PROTOCOL, broken_class},
	{CURLE_RECV_ERROR, CLASS_PROTOCOL, broken_class},
	{CURLE_PROXY, CLASS_UNREACHABLE, NULL},
	{CURLE_OUT_OF_MEMORY, CLASS_LOCAL, memory_class},
	{CURLE_GOT_NOTHING, CLASS_EMPTY_REPLY, empty_class},
	{CURLE_PARTIAL_FILE, CLASS_TRUNCATED, partial_class},
	{CURLE_UNSUPPORTED_PROTOCOL, CLASS_PROTOCOL, NULL},
	{CURLE_WEIRD_SERVER_REPLY, CLASS_PROTOCOL, NULL},
	{CURLE_FILESIZE_EXCEEDED, CLASS_TOO_LARGE, NULL},
	{CURLE_TOO_MANY_REDIRECTS, CLASS_REDIRECT, NULL},
	{CURLE_BAD_CONTENT_ENCODING, CLASS_DECODE, NULL},
	{CURLE_WRITE_ERROR, CLASS_DECODE, NULL},
	{CURLE_FAILED_INIT, CLASS_LOCAL, NULL},
	{CURLE_URL_MALFORMAT, CLASS_LOCAL, NULL},
	{CURLE_INTERFACE_FAILED, CLASS_LOCAL, NULL},
	{CURLE_SSL_CERTPROBLEM, CLASS_LOCAL, NULL},
	{CURLE_SSL_CACERT_BADFILE, CLASS_LOCAL, NULL},
	{CURLE_NOT_BUILT_IN, CLASS_LOCAL, NULL},
	{CURLE_READ_ERROR, CLASS_LOCAL, NULL},
};

static enum probe_class code_class(const struct symptom *symptom)
{
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if ((int)codes[i].code == symptom->curl)
			return codes[i].decide ? codes[i].decide(symptom) : codes[i].cls;
	return other_class(symptom);
}

enum probe_class classify(const struct symptom *symptom)
{
	enum probe_class cls = stop_class(symptom);

	if (symptom->stop == STOP_CONNECTED || symptom->stop == STOP_SETTLED)
		return CLASS_OK;
	if (cls != CLASS_OK)
		return cls;
	if (symptom->curl != CURLE_OK && symptom->own_error)
		return CLASS_LOCAL;
	if (symptom->rubbish && symptom->curl != CURLE_OK)
		return CLASS_PROTOCOL;
	return code_class(symptom);
}
