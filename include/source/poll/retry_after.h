#ifndef WEBMON_SOURCE_POLL_RETRY_AFTER_H
#define WEBMON_SOURCE_POLL_RETRY_AFTER_H
/*
 * A server that asks to be left alone for a while (RFC 9110, 10.2.3): Retry-After with a 429 or a
 * 503, in seconds or as a date, which is taken against the answer's own Date, so that clocks may
 * differ.
 *
 * A 429 is obeyed for up to an hour. A 503 says when the server thinks that it will be back; being
 * blind for longer than five minutes because of a guess would be worse than a request too many.
 */
#include <stdint.h>

struct reply;

/* For how long, in ms; 0: it does not ask, or for a time that has passed. now_ms: wall clock. */
int64_t retry_after_ms(const struct reply *reply, int64_t now_ms);

#endif
