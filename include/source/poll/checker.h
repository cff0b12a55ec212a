#ifndef WEBMON_SOURCE_POLL_CHECKER_H
#define WEBMON_SOURCE_POLL_CHECKER_H
/*
 * Checks that take their time (a pattern over a long page, JSON of megabytes) are run by a thread
 * of their own, one a poller, so that other targets need not wait for them. It is started when
 * first needed.
 */
#include <stdbool.h>

struct checker;
struct probe;

/* wake: a descriptor that is written to when something is done. Returns new. */
struct checker *checker_new(int wake);
/* Waits for the check under way; what is queued is dropped. NULL is fine. */
void checker_free(struct checker *checker);

/* Whether this probe's answer is to be given to it. */
bool checker_is_for(const struct probe *probe);

/* The probe is the checker's until it is collected, and has been checked then (probe->checked).
 * False: there is no thread to be had. */
bool checker_give(struct checker *checker, struct probe *probe);

/* One that is done; NULL: none. */
struct probe *checker_collect(struct checker *checker);

#endif
