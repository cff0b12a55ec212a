#ifndef WEBMON_SOURCE_POLL_LEASH_H
#define WEBMON_SOURCE_POLL_LEASH_H
/*
 * How long one peer may hold the poller. libcurl reads on, inside one call, as long as something
 * comes that is no part of an answer: empty frames of HTTP/2, TLS session tickets, a proxy's
 * headers. Whoever sends such things fast enough would keep all other targets waiting, beyond its
 * own time limit too.
 *
 * So the pieces that come are counted, and now and then the CPU time is looked at that they took
 * since the last piece of an answer. CPU time, because to be put off the processor is nobody's
 * fault. And a server may not choose numbers for the key exchange that take most of a second to
 * compute with. One leash a poller, used by its thread alone.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ssl_ctx_st;
struct ssl_st;

/* Of one probe's connection. */
struct leash_hold {
	const void *context; /* of the connection that this probe made; NULL: none yet */
	unsigned pieces;     /* since the last piece of an answer */
	const char *cut;     /* why it was let go, in words; NULL: it was not */
};

struct leash {
	const void *connection; /* over which the pieces came */
	unsigned pieces; /* since the last piece of an answer, in this call of libcurl's */
	int64_t since_us; /* CPU time when it was first looked at; 0: not yet */
	/* what OpenSSL asks otherwise whether something is safe */
	int (*security)(const struct ssl_st *ssl, const struct ssl_ctx_st *context, int what,
			int bits, int name, void *other, void *user);
};

/* libcurl is about to be called, or has brought a piece of an answer. */
static inline void leash_slacken(struct leash *leash)
{
	leash->pieces = 0;
}

/* One more piece over this connection; NULL: the same as before. False: that was too much. */
bool leash_pull(struct leash *leash, const void *connection);
/* The same, with the reason noted. */
bool leash_holds(struct leash *leash, struct leash_hold *hold);

/*
 * Counts what comes over the connections of this context: TLS records and messages. When it becomes
 * too much the connection looks closed by the peer, and the probe that made it learns why. Both
 * must live as long as it. False: out of memory.
 */
bool leash_install(struct leash *leash, struct leash_hold *hold, struct ssl_ctx_st *context);

#endif
