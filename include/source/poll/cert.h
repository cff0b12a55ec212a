#ifndef WEBMON_SOURCE_POLL_CERT_H
#define WEBMON_SOURCE_POLL_CERT_H
/*
 * Certificate facts for people: names, dates and what is wrong, cleaned. Pure; any thread.
 */
#include <stdbool.h>
#include <stdint.h>

#include "model/class.h"
#include "model/verdict.h"

struct x509_st;
struct stack_st_X509;

/* Fills subject, issuer, names, dates, chain and fingerprint. */
void cert_read(struct cert_facts *facts, struct x509_st *leaf, const uint8_t digest[32]);

/* The earliest end of a chain, ms since 1970; INT64_MAX of an empty one. */
int64_t cert_chain_not_after_ms(struct stack_st_X509 *chain);

/* The class of an error of X509_verify_cert. */
enum probe_class cert_class(int verify_error);

/* Why it was refused: "certificate expired 3 days ago, on 2026-11-19". One line, "" for no
 * error. */
void cert_problem(char out[160], int verify_error, const struct cert_facts *facts, int64_t now_ms);

/* "certificate is for example.test, *.example.test, not for 127.0.0.1" */
void cert_name_problem(char out[160], const struct cert_facts *facts, const char *host);

#endif
