#ifndef WEBMON_SOURCE_POLL_HANDSHAKE_H
#define WEBMON_SOURCE_POLL_HANDSHAKE_H
/*
 * Watching one TLS handshake from inside OpenSSL: verification against a shared store, the
 * certificate's facts also where it is refused, and the moment the handshake was done. One struct a
 * probe, used by its poller alone.
 */
#include <stdbool.h>
#include <stdint.h>

#include "model/verdict.h"

struct ssl_ctx_st;
struct x509_store_st;

/*
 * What a target showed last, so that an unchanged certificate is neither read nor its signatures
 * computed anew at each probe: the same bytes before the same authorities give the same answer,
 * until one of them expires. All is verified in full once in VERIFIED_FOR_MS, because the
 * authorities of the machine may change.
 */
#define VERIFIED_FOR_MS (10 * 60 * 1000)

struct cert_memory {
	uint8_t digest[32]; /* SHA-256 of the leaf */
	uint8_t sent[32];   /* of the digests of all certificates as they were sent */
	int verify_error;
	int64_t chain_not_after_ms;
	int64_t verified_ms; /* wall clock of the last full verification that ended well; 0: none */
	bool known;
};

struct handshake {
	/* given */
	const struct cert_memory *memory; /* NULL: nothing known yet */
	const char *host;		  /* whom the certificate should name */
	void (*done)(void *user);	  /* called when the handshake is done */
	void *user;
	/* found */
	bool seen;	  /* a certificate was shown */
	bool changed;	  /* facts are filled in; else all is as in memory */
	int verify_error; /* OpenSSL's, 0: none */
	struct cert_memory shown;
	struct cert_facts facts;
	/* inside */
	const struct ssl_ctx_st *context; /* the connection under way, to tell it from kept ones */
};

void handshake_begin(struct handshake *handshake);

/* Puts store and callbacks into the context of one new connection. False: out of memory. */
bool handshake_install(struct handshake *handshake, struct ssl_ctx_st *context,
		       struct x509_store_st *store);

#endif
