#ifndef WEBMON_SOURCE_POLL_TRUST_H
#define WEBMON_SOURCE_POLL_TRUST_H
/*
 * Which certificate authorities are trusted: one store for the whole process, over the system's
 * hashed directory, from which OpenSSL reads a certificate when it first needs it. (libcurl on
 * Debian parses the whole bundle for every connection: 28 ms instead of 1.) A target's own `ca`
 * file has a store of its own, shared by all targets that name it. $SSL_CERT_DIR and $SSL_CERT_FILE
 * are honoured.
 *
 * A store is made when it is first asked for, so that plain http costs nothing. Any thread.
 */
#include <stdbool.h>

struct trust;
struct x509_store_st;

struct trust *trust_new(void);
void trust_free(struct trust *trust);

/* ca: a file or hashed directory; NULL: the system's. Borrowed. NULL where it cannot be read (never
 * the system's). */
struct x509_store_st *trust_store(struct trust *trust, const char *ca);

#endif
