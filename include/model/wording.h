#ifndef WEBMON_MODEL_WORDING_H
#define WEBMON_MODEL_WORDING_H
/*
 * How incidents are put in words: result and detail as the error pane shows them. One line each,
 * clean as far as what they are made of is clean. Written to the caller's buffer, cut on a
 * character's border. Pure; any thread.
 */
#include "model/target.h"
#include "model/verdict.h"

/* What a closed incident was: "after 15 s, 3 checks failed". */
struct wording_span {
	int64_t length_ms;
	uint32_t count;
	const char *what; /* "failed" "slow" */
};

/* "503" "TIMEOUT" "REFUSED". */
void wording_result(char *out, size_t capacity, enum probe_class cls, uint16_t status);

/* detail without the result where it begins with it: the pane has that in a column of its own.
 * Within detail. */
const char *wording_without_result(const char *detail, const char *result);

/* "3310 ms, limit 1500 ms · 92 % in wait for first byte". The limit is the first one the sample
 * passed. */
void wording_slow(char *out, size_t capacity, const struct target *target,
		  const struct sample *sample);

/* "15 s" "400 ms" "2m 14s". */
void wording_length(char *out, size_t capacity, int64_t length_ms);

/* "15 s, 3 checks failed". */
void wording_span(char *out, size_t capacity, const struct wording_span *span);

/* "expires in 12 days, 2026-12-04 · CN=gw.partner.example". */
void wording_cert(char *out, size_t capacity, const struct cert_facts *facts, int64_t now_ms);

#endif
