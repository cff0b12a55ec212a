#ifndef WEBMON_SOURCE_POLL_LIKENESS_H
#define WEBMON_SOURCE_POLL_LIKENESS_H
/*
 * What a target looks like from outside, as its good answers showed: addresses, certificates, the
 * server's name. What is new is told once; members of a set that rotates are told once each, and
 * after the set is full no more. One a target; not for several threads.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/verdict.h"
#include "source/poll/address.h"

#define LIKENESS_MAX	   4 /* certificates, servers */
#define LIKENESS_ADDRESSES 8
#define LIKENESS_WORDS	   200

struct answer;
struct likeness_cert;

/* Hashes of what is known; a full one takes no more. */
struct likeness_set {
	uint32_t known[LIKENESS_MAX];
	uint8_t count;
};

struct likeness {
	struct address addresses[LIKENESS_ADDRESSES];
	struct address address; /* the last one's */
	uint8_t address_count;
	struct likeness_set certs, servers;
	struct likeness_cert *cert; /* owned; of the last good answer, NULL: none */
	char *server;		    /* owned; the same */
};

void likeness_fini(struct likeness *likeness);

/* Each: true where it is to be told, words then say what became what. The first ever is
 * not told. */

/* answer: all addresses of the name, of which this is one; those of a set that is known are known.
 * May be NULL. */
bool likeness_address(struct likeness *likeness, const struct address *address,
		      const struct answer *answer, char words[LIKENESS_WORDS]);
bool likeness_cert(struct likeness *likeness, const struct cert_facts *facts,
		   char words[LIKENESS_WORDS]);
/* server: clean; "" where it does not name itself. */
bool likeness_server(struct likeness *likeness, const char *server, char words[LIKENESS_WORDS]);

/* "certificate: issuer X, until 2027-01-02 → issuer Y, until 2027-04-01": facts beside those of the
 * last good answer; "" where they are the same, or none is known. */
void likeness_compare_cert(const struct likeness *likeness, const struct cert_facts *facts,
			   char words[LIKENESS_WORDS]);

#endif
