#ifndef WEBMON_SOURCE_POLL_PHRASE_H
#define WEBMON_SOURCE_POLL_PHRASE_H
/*
 * What a probe came to in one sentence: "no answer in 5 s, connected to 198.51.100.7:443 in 24 ms".
 * Clean text, not yet redacted. Pure.
 */
#include <stddef.h>

struct probe;

/* Of a probe whose answer did not come through (all classes but http_status and body_mismatch). */
void phrase_failure(char *out, size_t capacity, const struct probe *probe);

/* "198.51.100.7:443", "[2001:db8::1]:443"; "" where no address was tried. */
void phrase_peer(char *out, size_t capacity, const struct probe *probe);

#endif
