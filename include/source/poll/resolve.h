#ifndef WEBMON_SOURCE_POLL_RESOLVE_H
#define WEBMON_SOURCE_POLL_RESOLVE_H
/*
 * Names to addresses, outside libcurl, whose resolver ignores time limits and can freeze a whole
 * loop.
 *
 * getaddrinfo() runs in a bounded pool of threads of its own. Nobody ever waits for one of them:
 * who asked has a deadline of its own and cancels; a look-up that nobody waits for any more is not
 * begun; a thread that hangs in the system's resolver is left behind, also at the end. Names that
 * were slow the last time may hold half of the threads at most, so that dead names do not starve
 * the living.
 *
 * getaddrinfo() tells no time to live. Good answers are kept for 30 s, which is short enough that
 * DNS times are measured regularly and a change is seen soon, and for less than a second while it
 * is being learnt how long a name takes, or since it took unusually long: a slow resolver would
 * else be seen every 30 s only. Bad ones are kept for half a second, only so that targets of one
 * name ask once. A kept answer is never used beyond its time: a name that no longer resolves is a
 * failure a visitor meets too.
 *
 * Thread-safe. A client is one poller: its own answers come back to it, announced by its eventfd.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/poll/answer.h"

struct resolver;
struct resolver_client;

/* One question; embedded by who asks, zeroed before its first use. Only `answer`, `user` and
 * `fresh` are for the outside. */
struct lookup {
	struct answer answer;
	void *user;
	bool fresh; /* to be asked: a kept answer will not do */
	struct resolver_client *client; /* NULL: it does not wait */
	struct lookup *next, **link;	/* in a list; link NULL: in none */
	int64_t asked_us;
};

/* threads_max: those that hang in the system count too. Returns new. */
struct resolver *resolver_new(size_t threads_max);
/* Ends it without waiting. No client may be left. */
void resolver_free(struct resolver *resolver);

/* wake: an eventfd written to when an answer has come. Returns new. */
struct resolver_client *resolver_attach(struct resolver *resolver, int wake);
/* All its look-ups were cancelled or collected. */
void resolver_detach(struct resolver_client *client);

/* Asks. True: lookup->answer holds the answer already. */
bool resolver_ask(struct resolver_client *client, struct lookup *lookup, const char *name,
		  enum family family);
/* No longer waits; nothing where it does not wait. */
void resolver_cancel(struct lookup *lookup);
/* The next look-up whose answer has come, NULL: none. */
struct lookup *resolver_collect(struct resolver_client *client);

/*
 * Whether a look-up that was asked for then, and is not answered yet, cannot be: no name server is
 * there (see nameserver.h). They are looked at as soon as some look-up takes longer than 300 ms.
 */
bool resolver_is_cut_off(struct resolver_client *client, int64_t asked_us);

#endif
