#ifndef WEBMON_MODEL_SAMPLE_H
#define WEBMON_MODEL_SAMPLE_H
/*
 * One probe's result, a plain value, and its packed form of four 64-bit words, which is what a ring
 * holds.
 *
 * Packing keeps every field; durations are exact to the microsecond up to 65.5 ms and to one part
 * in 65 536 above (19-bit floats, up to 1073 s, where they are clamped); times to the millisecond.
 * The last 16 bits are a check over the rest and the sample's number, so that a torn or foreign
 * record is recognised. The layout, from the lowest bit of each word:
 *
 *   0: at_ms 42, bytes 20 (float), flags' high 2
 *   1: dns 19, connect 19, tls 19, class 5, warnings 2
 *   2: send 19, wait 19, transfer 19, http 3, flags 4
 *   3: total 19, lag 19, status 10, check 16
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/class.h"

enum phase {
	PHASE_DNS,
	PHASE_CONNECT,  /* TCP handshake */
	PHASE_TLS,      /* 0 length does not occur: absent for plain http */
	PHASE_SEND,     /* from the connection being ready to the request having been sent */
	PHASE_WAIT,     /* from the request sent to the first byte of the answer */
	PHASE_TRANSFER, /* from the first byte to the last */
	PHASE_COUNT
};

/* "dns" "connect" "tls" "send" "wait" "transfer" */
extern const char *const phase_name[PHASE_COUNT];

#define ABSENT_US (-1) /* a duration that was not measured */

enum http_version { HTTP_NONE, HTTP_1_0, HTTP_1_1, HTTP_2, HTTP_3 };

extern const char *const http_version_name[]; /* "" "1.0" "1.1" "2" "3" */

enum sample_flag {
	SAMPLE_TAINTED = 1, /* our own trouble: counts nowhere */
	/* connect, wait and total come from the kernel's time stamps, else from libcurl's clock */
	SAMPLE_KERNEL  = 2,
	SAMPLE_REUSED  = 4, /* went over a kept connection: dns, connect and tls are absent */
	SAMPLE_MANUAL  = 8, /* beside the schedule: asked for by key, or to settle a doubt */
	SAMPLE_IPV6    = 16, /* went to an IPv6 address */
	/* the kept connection was found closed and libcurl dialled once more by itself */
	SAMPLE_RETRIED = 32,
};

struct sample {
	int64_t          at_ms;                 /* wall-clock start, ms since 1970 UTC */
	int32_t          phase_us[PHASE_COUNT]; /* ABSENT_US where not reached */
	/* start to last byte, or until it failed; also of failures, where it is no latency */
	int32_t          total_us;
	int32_t          lag_us;                /* how late it started, >= 0 */
	/* decoded body bytes; packed with 16 significant bits */
	uint32_t         bytes;
	uint16_t         status;                /* 0: no status line */
	enum probe_class cls;
	uint8_t          warnings; /* enum probe_warning */
	uint8_t          flags;    /* enum sample_flag */
	enum http_version http;
};

#define SAMPLE_WORDS 4

/* number: the sample's place in its series, from 0. Values out of range are clamped. */
void sample_pack(uint64_t words[SAMPLE_WORDS], const struct sample *sample, uint64_t number);

/* False where the words are not sample number `number` (torn, overwritten or never written). */
bool sample_unpack(struct sample *sample, const uint64_t words[SAMPLE_WORDS], uint64_t number);

/* The check of a packed record: 16 bits over the words and what the record stands for; never 0. */
uint16_t words_check(const uint64_t *words, size_t count, uint64_t salt);

/* A sample with nothing measured: all phases absent, class ok. */
struct sample sample_blank(int64_t at_ms);

/* The phase in which a failed check ended, where its class says so; it is absent in the sample, for
 * it has no end. PHASE_COUNT: none. */
enum phase sample_ended_in(const struct sample *sample);

/* Counts as an answer whose times stand in statistics. */
static inline bool sample_is_good(const struct sample *s)
{
	return s->cls == CLASS_OK && !(s->flags & SAMPLE_TAINTED);
}

/* Counts as a failure of the target. */
static inline bool sample_is_failure(const struct sample *s)
{
	return class_is_failure(s->cls) && !(s->flags & SAMPLE_TAINTED);
}

/* When what became of it was known. */
static inline int64_t sample_ended_ms(const struct sample *s)
{
	return s->at_ms + (s->total_us > 0 ? s->total_us / 1000 : 0);
}

/* Counts as neither: our own trouble. */
static inline bool sample_is_tainted(const struct sample *s)
{
	return (s->flags & SAMPLE_TAINTED) || s->cls == CLASS_LOCAL;
}

#endif
