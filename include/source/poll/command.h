#ifndef WEBMON_SOURCE_POLL_COMMAND_H
#define WEBMON_SOURCE_POLL_COMMAND_H
/*
 * A command line that repeats a target's probe in a shell: curl with the same method, headers,
 * body, way and TLS options; nc and openssl for tcp:// and tls://. Secrets are •••, every word is
 * quoted as a POSIX shell wants it. Pure.
 */
#include <stdbool.h>
#include <stddef.h>

#define COMMAND_MAX 1600

struct watch;

/* six: the probe went, or would have gone, by IPv6 where the target wants both. Returns the length;
 * 0 where it finds no room. */
size_t command_write(char *out, size_t capacity, const struct watch *watch, bool six);

#endif
