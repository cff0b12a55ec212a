#ifndef WEBMON_SOURCE_POLL_WATCH_H
#define WEBMON_SOURCE_POLL_WATCH_H
/*
 * One target as its poller knows it: what to send, what to expect, what the judge thinks. A plain
 * record, made and kept up to date by report, started by course.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/judge.h"
#include "model/target.h"
#include "model/verdict.h"
#include "source/poll/around.h"
#include "source/poll/handshake.h"
#include "source/poll/likeness.h"
#include "source/poll/resolve.h"

struct checks;
struct curl_slist;
struct probe;
struct profile;
struct store;

struct watch {
	const struct target *target;
	const struct profile *profile;
	struct checks *checks; /* owned */
	const char *url;       /* for libcurl */
	char *own_url;	       /* owned; NULL: the target's */
	struct probe *probe;   /* under way, NULL: none */
	uint32_t index;	       /* in configuration and store */
	uint32_t turns;	       /* probes begun: families and kept connections take turns */
	uint32_t rounds;       /* still to start; UINT32_MAX: without end */
	int64_t due_us;	       /* of the start that waits or runs */
	int64_t held_until_us; /* the server asked to be left alone (Retry-After) */
	int64_t doubt_us;      /* when it was last asked again in doubt */
	bool numeric;	       /* the host is an address and goes there straight */
	bool paused, waiting, manual;
	const char **secrets; /* owned; every text that must not be shown */
	size_t secret_count;
	char *login; /* owned; "user:password", NULL: none */
	/* the last address, ready for libcurl */
	struct curl_slist *connect_to; /* owned */
	struct address connected_to;
	struct around around;
	struct failing failing;
	/* what came of it */
	struct judge judge;
	struct verdict verdict;
	struct cert_memory cert;
	int64_t cert_day;
	struct address ip_shown;
	struct likeness likeness;
	bool cert_untold; /* it changed, and no good answer has shown it yet */
	uint64_t number;     /* samples so far */
	bool failed;	     /* the last one */
	bool ending;	     /* no round is left, but a doubt is being settled */
	bool over;	     /* that was told */
	bool to_confirm;     /* the last one failed first, and another path is to be tried */
	int64_t evidence_us; /* of the last good answer kept */
};

#endif
