#ifndef WEBMON_MODEL_CLASS_H
#define WEBMON_MODEL_CLASS_H
/*
 * The one table of what can become of a probe: screen, log, JSON, metrics and documents take name,
 * letter and words from here. Any thread.
 */
#include <stdbool.h>
#include <stdint.h>

enum probe_class {
	CLASS_OK,
	CLASS_HTTP_STATUS,
	CLASS_BODY_MISMATCH,
	CLASS_REDIRECT,
	CLASS_DNS,
	CLASS_REFUSED,
	CLASS_UNREACHABLE,
	CLASS_TIMEOUT_CONNECT,
	CLASS_TIMEOUT_TLS,
	CLASS_TIMEOUT_FIRST_BYTE,
	CLASS_TIMEOUT_HEADERS,
	CLASS_TIMEOUT_BODY,
	CLASS_RESET,
	CLASS_EMPTY_REPLY,
	CLASS_TRUNCATED,
	CLASS_PROTOCOL,
	CLASS_DECODE,
	CLASS_TOO_LARGE,
	CLASS_TLS_EXPIRED,
	CLASS_TLS_NOT_YET_VALID,
	CLASS_TLS_HOSTNAME,
	CLASS_TLS_UNTRUSTED,
	CLASS_TLS_WEAK,
	CLASS_TLS_HANDSHAKE,
	/* webmon's own host could not: the sample is tainted, never a failure of the target */
	CLASS_LOCAL,
	CLASS_COUNT
};

/* Warnings beside an ok probe: bits. */
enum probe_warning {
	WARN_SLOW         = 1, /* over one of the target's slow limits */
	/* fewer days than expect_cert_days on some certificate of the chain */
	WARN_TLS_EXPIRING = 2,
};

struct class_info {
	const char *name;   /* "timeout_first_byte": log, JSON, metrics */
	/* at most 8 columns, for the result column: "TIMEOUT", "REFUSED", "DNS", "TLS"; "" for the
	 * status itself */
	const char *result;
	const char *text;   /* "no first byte of the answer in time": help and documents */
	/* in histories; 0 for ok; http_status: '4', '5' or 'X', see class_letter */
	char        letter;
};

extern const struct class_info class_table[CLASS_COUNT];

/* The history letter of a failed sample; status counts for CLASS_HTTP_STATUS only. ' ' for ok, '.'
 * for local. */
char class_letter(enum probe_class cls, int status);

/* Which of two letters to show where there is room for one: the higher. 0 for no failure. */
int class_letter_rank(char letter);

/* By name; CLASS_COUNT where unknown. */
enum probe_class class_by_name(const char *name);

static inline bool class_is_timeout(enum probe_class cls)
{
	return cls >= CLASS_TIMEOUT_CONNECT && cls <= CLASS_TIMEOUT_BODY;
}

static inline bool class_is_tls(enum probe_class cls)
{
	return cls >= CLASS_TLS_EXPIRED && cls <= CLASS_TLS_HANDSHAKE;
}

/* A failure of the target: neither ok nor our own trouble. */
static inline bool class_is_failure(enum probe_class cls)
{
	return cls != CLASS_OK && cls != CLASS_LOCAL;
}

#endif
