#ifndef WEBMON_SOURCE_POLL_NAMESERVER_H
#define WEBMON_SOURCE_POLL_NAMESERVER_H
/*
 * Whether this host's name servers are there at all: a name that does not resolve is the target's
 * trouble, a name server that is gone is our own. Any thread.
 *
 * Asks each server of /etc/resolv.conf for the root's name servers, a question that every resolver
 * has an answer to. Any answer will do but SERVFAIL, which is what a forwarder says whose own way
 * out is lost. A thread of its own does so as soon as a look-up hangs, and while they are gone
 * until they are back.
 */
#include <stdbool.h>
#include <stdint.h>

struct nameservers;

struct nameservers *nameservers_new(void);
/* Ends it without waiting. */
void nameservers_free(struct nameservers *servers);

/* Since when the oldest look-up is under way; 0: there is none. */
void nameservers_busy(struct nameservers *servers, int64_t since_us);

/* A look-up failed as it does without them: looks, unless that was done just now. Waits up to half
 * a second. */
void nameservers_look(struct nameservers *servers);

/* Whether they were seen to be gone since then, or just before: that they are back when a look-up
 * ends does not help it. */
bool nameservers_were_gone(struct nameservers *servers, int64_t since_us);

#endif
