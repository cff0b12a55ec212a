#ifndef WEBMON_MODEL_URL_H
#define WEBMON_MODEL_URL_H
/*
 * Addresses as a person writes them: taken apart, checked, and shown without what is secret. Pure;
 * any thread.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/target.h"

struct slice {
	const char *at;
	size_t      length;
};

/* Pieces of the text that was split; what is not there is empty. */
struct url_parts {
	struct slice scheme;    /* without "://"; empty where none is given */
	struct slice user_info; /* "user:password", without "@" */
	struct slice host;      /* without brackets */
	struct slice port;
	struct slice rest;      /* path, query and fragment */
	bool         has_port;
};

/* False where brackets do not match, or text stands between host and path. */
bool url_split(const char *text, struct url_parts *parts);

/* A watched address. All texts are the arena's. */
struct url {
	enum scheme scheme;
	const char *user, *password; /* percent-decoded; NULL where not given */
	const char *host;
	uint16_t    port;
	const char *bare;            /* with scheme, without user:password: for libcurl */
};

/*
 * Reads an address. Without a scheme, http is taken for this machine (localhost, 127.*, ::1), https
 * for any other. Returns NULL, or what is wrong with it, in words that quote nothing but the
 * scheme.
 */
const char *url_read(struct arena *arena, const char *text, struct url *url);

/* The port of an address that gives none; 0: one must be given. */
uint16_t url_scheme_port(enum scheme scheme);

/* Whether its host's name could be taken for another one (see model/idn). */
bool url_is_deceptive(const char *text);

/* "user:password", the password and the values of query keys like token: percent-decoded, for
 * masking. */
void url_secrets(struct arena *arena, const char *text, struct text_list *secrets);

/* A header whose value is not for all eyes: "Cookie", "X-Auth-Token"; "X-Error-Code" is none. */
bool url_header_is_secret(const char *name, size_t length);

#endif
