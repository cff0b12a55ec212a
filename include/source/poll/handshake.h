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

/* What a target showed last, so that an unchanged certificate is not read anew at each probe. */
struct cert_memory {
	uint8_t digest[32]; /* SHA-256 of the leaf */
	int verify_error;
	int64_t chain_not_after_ms;
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
