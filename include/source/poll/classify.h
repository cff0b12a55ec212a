#ifndef WEBMON_SOURCE_POLL_CLASSIFY_H
#define WEBMON_SOURCE_POLL_CLASSIFY_H
/*
 * What became of a transfer, from all that is known of it: libcurl's code, errno, the
 * verification's result and how far the phase machine came. Pure: checks of a whole answer come
 * later.
 */
#include <stdbool.h>

#include "model/class.h"
#include "source/poll/reply.h"
#include "source/poll/timeline.h"

struct symptom {
	int curl;	  /* libcurl's code */
	int os_error;	  /* errno of the connection, 0: none */
	int own_error;	  /* errno of what failed on our side, 0: nothing */
	int dns_error;	  /* getaddrinfo's code */
	int verify_error; /* OpenSSL's */
	enum stage stage;
	enum stop stop;
	bool closed; /* the empty line after the headers was seen */
	bool reset_seen;
	bool tunnelling; /* connected to the proxy, and not yet through it */
	bool rubbish;  /* what came first is no HTTP, whatever followed */
	bool unclosed; /* HTTP/2, and the peer has not closed: libcurl gave up on what it sent */
	const char *words; /* libcurl's, "" where none */
};

enum probe_class classify(const struct symptom *symptom);

#endif
