#ifndef WEBMON_SOURCE_POLL_REDIRECT_H
#define WEBMON_SOURCE_POLL_REDIRECT_H
/*
 * Redirects are followed by webmon, not by libcurl: so each hop's name goes through our own
 * resolver, the time limit covers all hops, and what is secret stays with the origin (scheme, host,
 * port) it was meant for. Its poller's thread.
 */
#include <stdbool.h>

struct probe;

/*
 * Turns probe->hop into where the redirect in probe->reply leads. False: it is not followed, and
 * probe->redirect_problem says why in a clean sentence.
 */
bool redirect_follow(struct probe *probe);

#endif
