#ifndef WEBMON_MODEL_TARGET_H
#define WEBMON_MODEL_TARGET_H
/*
 * What is watched and how: one [target] section with the defaults filled in. Built by model/config,
 * immutable afterwards, read by every thread. All texts are owned by the configuration and never NULL
 * unless a comment says so. "shown" texts are clean and without secrets; the others are for libcurl alone.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"

enum http_wish { WISH_HTTP_AUTO, WISH_HTTP_1_0, WISH_HTTP_1_1, WISH_HTTP_2, WISH_HTTP_3 };
enum ip_wish { WISH_IP_AUTO, WISH_IP_4, WISH_IP_6, WISH_IP_BOTH };
enum auth_wish { WISH_AUTH_BASIC, WISH_AUTH_DIGEST, WISH_AUTH_ANY };
enum keepalive_wish { WISH_FRESH, WISH_KEPT, WISH_COLD_AND_WARM };

enum scheme { SCHEME_HTTP, SCHEME_HTTPS, SCHEME_TCP, SCHEME_TLS };

/* "200-299, 304": accepted status codes, both ends inclusive. */
struct status_range {
	uint16_t from, to;
};

/* "503" or "3/5": failures of the last `of` checks; of == 0: in a row. */
struct state_rule {
	uint16_t count, of;
};

struct target {
	/* what and when */
	const char *name; /* shown; unique; the identity of the series */
	const char *group; /* shown; "" for none */
	const char *url;   /* as libcurl gets it, without user:password */
	const char *url_shown;
	const char *host; /* as written, without brackets; for look-ups and the per-host limit */
	uint16_t    port;
	enum scheme scheme;
	struct text_list tags;
	int64_t     interval_ms, retry_interval_ms; /* retry 0: the interval; interval 0: back to back (command line only) */
	int64_t     timeout_ms, connect_timeout_ms;
	const char *method;
	struct text_list headers; /* "Name: value", secrets and all */
	const char *body;         /* NULL: none */
	size_t      body_size;
	const char *body_file;    /* where the body was read from; NULL: it was written */
	const char *user_agent;

	/* identity and TLS; NULL where not given */
	const char *user, *password, *bearer;
	enum auth_wish auth;
	const char *cert, *key, *ca;
	bool        verify;
	int         tls_min; /* 10, 11, 12, 13; 0: the library's own */

	/* the way there; NULL where not given */
	enum http_wish http;
	enum ip_wish   ip;
	struct text_list resolve, connect_to; /* curl's syntax */
	const char *interface, *proxy, *noproxy, *unix_socket;
	int         follow; /* redirects at most; 0: none */
	bool        compressed;
	enum keepalive_wish keepalive;
	int64_t     max_bytes; /* decoded body */

	/* checks */
	const struct status_range *expect_status;
	size_t                     expect_status_count;
	const char                *expect_status_text; /* "200-299", for messages */
	/*
	 * As written: "~ regex", "!~ regex" (both REG_EXTENDED, known to compile), "= equal", "contains". Of a header
	 * its name comes first: "Content-Type: ~ ^text/", "Content-Type: json"; "Server:" alone: the header is there.
	 */
	struct text_list expect_body, expect_header, expect_json;
	int         expect_cert_days; /* warn below; default 21, 0: never */
	enum http_wish expect_http;   /* WISH_HTTP_AUTO: any */
	struct text_list expect_ip;   /* addresses and networks: "203.0.113.7", "2001:db8::/32"; any of them will do */
	int64_t     slow_us; /* 0: no limit, as below */
	int64_t     slow_dns_us, slow_connect_us, slow_tls_us, slow_wait_us, slow_transfer_us;

	/* state */
	struct state_rule down_after;
	int         up_after;
	bool        confirm;
	struct text_list depends, maintenance;
	const char *slo;      /* NULL: none; as it was written, and what it says: */
	double      objective; /* 0.999 */
	int64_t     slo_window_ms; /* 0: none */
	int64_t     apdex_us; /* 0: as target_satisfied_us() says */
	const char *load;     /* "on" "off" "low" "high" */

	/* where it stands */
	const char *file; /* NULL: the command line */
	int         line;
	struct text_list secrets; /* every value that must not be shown: redact these where text enters */
};

/* An answer within this time satisfies, for Apdex. */
static inline int64_t target_satisfied_us(const struct target *target)
{
	if (target->apdex_us > 0)
		return target->apdex_us;
	return target->slow_us > 0 ? target->slow_us / 2 : 500000;
}

/* A check that is older than this speaks of the past. */
static inline int64_t target_present_ms(const struct target *target)
{
	return 2 * target->interval_ms + target->timeout_ms + 60000;
}

/* "https://user:•••@host/?token=•••" without what is secret: new text. Masks user info and the values of
 * query keys like token, key, secret, password, sig, auth, session, code, credential. */
char *target_url_shown(const char *url);

/* Else a connection alone: no request, no status, no answer. */
static inline bool target_is_http(const struct target *target)
{
	return target->scheme == SCHEME_HTTP || target->scheme == SCHEME_HTTPS;
}

static inline bool target_is_encrypted(const struct target *target)
{
	return target->scheme == SCHEME_HTTPS || target->scheme == SCHEME_TLS;
}

#endif
