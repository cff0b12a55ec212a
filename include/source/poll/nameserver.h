#ifndef WEBMON_SOURCE_POLL_NAMESERVER_H
#define WEBMON_SOURCE_POLL_NAMESERVER_H
/*
 * Whether this host's name servers are there at all: a name that does not resolve is the target's
 * trouble, a name server that is gone is our own. Any thread; waits up to half a second.
 *
 * Asks each server of /etc/resolv.conf for the root's name servers, a question that every resolver has an
 * answer to. Any answer will do but SERVFAIL, which is what a forwarder says whose own way out is lost.
 */
#include <stdbool.h>

bool nameserver_answers(void);

#endif
