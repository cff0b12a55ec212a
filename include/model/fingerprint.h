#ifndef WEBMON_MODEL_FINGERPRINT_H
#define WEBMON_MODEL_FINGERPRINT_H
/*
 * What two errors have in common that are the same error: class, status and words, without the
 * parts that are other each time. Numbers and durations become "#", addresses "<address>", times
 * "<time>", hexadecimal and mixed names "<id>"; the place in a source file ("app.py:12") stays.
 * Pure; any thread.
 *
 *   "503 Service Unavailable after 84 ms"       http_status 503 Service Unavailable after #
 *   "connection refused by 203.0.113.7:443"     refused connection refused by <address>
 *   "500 KeyError: 'order 8812' (cart.py:40)"   http_status 500 KeyError: 'order #' (cart.py:40)
 */
#include <stddef.h>
#include <stdint.h>

#include "model/class.h"

#define FINGERPRINT_MAX 240

/* detail: with or without the status in front. Returns the length. */
size_t fingerprint_write(char *out, size_t capacity, enum probe_class cls, uint16_t status,
			 const char *detail);

/* The same as a number, for folding; two errors with the same one are the same. */
uint64_t fingerprint_of(enum probe_class cls, uint16_t status, const char *detail);

#endif
