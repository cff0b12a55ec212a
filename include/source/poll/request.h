#ifndef WEBMON_SOURCE_POLL_REQUEST_H
#define WEBMON_SOURCE_POLL_REQUEST_H
/*
 * From a target's options to libcurl's. Targets with the same settings share one profile; a pooled
 * handle that served the same profile last needs nothing but an address, which is what makes a
 * probe cheap.
 *
 * Handles are libcurl's easy handles, void * here because libcurl's own type is no more than that.
 */
#include <stdbool.h>
#include <stddef.h>

#include "model/target.h"

#define REQUEST_NO_EYEBALLS_MS 3600000L /* no second address to wait for */

struct curl_slist;
struct hop;
struct profile;
struct trust;

struct profile {
	const struct target *target; /* the first with these settings */
	struct curl_slist *headers;  /* as given, and "Expect:" with a body */
	struct trust *trust;
	bool short_request; /* little or no body: sent as soon as begun */
	bool connect_only;  /* tcp:// tls:// */
	bool head;
	char problem[160]; /* why no probe can be made at all; "" */
};

struct profiles;

/* Profiles of all targets; start-up only. Returns new; trust and targets are borrowed. */
struct profiles *profiles_new(const struct target *targets, size_t count, struct trust *trust);
void profiles_free(struct profiles *profiles);
/* Of the target at this index. */
const struct profile *profiles_of(const struct profiles *profiles, size_t index);

/*
 * Everything that all probes with this profile have in common, on a handle fresh from
 * curl_easy_init() or _reset(). foreign: a redirect led to another origin, which gets neither
 * password nor headers nor client certificate.
 */
void request_configure(void *easy, const struct profile *profile, bool foreign);

/* After a redirect that makes it a GET (303, and 301 or 302 after a POST). */
void request_make_get(void *easy);

/* What was sent last, as a person would write it: request line and headers, and how many redirects
 * led there. Not redacted yet. Returns its length. */
size_t request_text(char *out, size_t capacity, const struct target *target,
		    const struct hop *hop);

#endif
