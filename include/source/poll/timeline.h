#ifndef WEBMON_SOURCE_POLL_TIMELINE_H
#define WEBMON_SOURCE_POLL_TIMELINE_H
/*
 * How far one probe has come and when: a phase machine fed by callbacks, because libcurl's times
 * say 0 for the connect time of a stuck TLS handshake and speak of the former hop after a redirect.
 *
 * All times are monotonic microseconds, 0 where not reached. One timeline is one hop (one
 * connection and one request); timeline_fold() adds the hop's phases to the probe's, so that after
 * redirects each phase is the sum over the hops and the phases still add up to the total. Time that
 * webmon itself lost between two phases is in none of them.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/sample.h"

enum stage {
	STAGE_NAME,    /* looking the name up */
	STAGE_CONNECT, /* no TCP connection yet */
	STAGE_TLS,     /* connected, handshake under way */
	STAGE_SEND,    /* request being sent */
	STAGE_WAIT,    /* no byte of the answer yet */
	STAGE_HEADERS, /* some byte of it, but no empty line */
	STAGE_BODY,    /* header block closed */
};

struct timeline {
	enum stage stage;
	bool tls;    /* there is a handshake in this hop */
	bool reused; /* over a kept connection */
	bool kernel_connect, kernel_first;
	int32_t connect_us;	   /* the handshake by the kernel, ABSENT_US: by ready - opened */
	int64_t opened_us;	   /* first socket of the hop */
	int64_t winner_us;	   /* socket that connected, opened */
	int64_t ready_us;	   /* we saw it connected */
	int64_t secured_us;	   /* TLS handshake done */
	int64_t sent_us;	   /* request handed to the kernel */
	int64_t first_us, last_us; /* arrivals of answer bytes */
};

void timeline_begin(struct timeline *timeline, bool tls);

/* A socket was opened at now_us: a new connection attempt of the hop. */
void timeline_open(struct timeline *timeline, int64_t now_us);
/* The socket opened at opened_us is connected; connect_us from the kernel or ABSENT_US. */
void timeline_connected(struct timeline *timeline, int64_t now_us, int64_t opened_us,
			int32_t connect_us);
void timeline_secured(struct timeline *timeline, int64_t now_us);
/* libcurl is about to send the request; a short one is as good as sent. */
void timeline_request(struct timeline *timeline, int64_t now_us, bool short_request);
void timeline_sent(struct timeline *timeline, int64_t now_us);
/* Bytes of the answer came. */
void timeline_answer(struct timeline *timeline, int64_t at_us, bool kernel);
/* The empty line after the headers. */
void timeline_headers_closed(struct timeline *timeline);

/* Adds what was measured to phase_us[PHASE_COUNT] (ABSENT_US where nothing was). whole: the hop
 * ended as it should. */
void timeline_fold(const struct timeline *timeline, bool whole, int32_t *phase_us);

/* The sum of what is not absent. */
int32_t timeline_sum_us(const int32_t *phase_us);

/* Connect and first byte come from the kernel's stamps. */
static inline bool timeline_is_kernel(const struct timeline *timeline)
{
	return timeline->kernel_first && (timeline->kernel_connect || timeline->reused);
}

/* Earliest plausible arrival of what comes next. */
int64_t timeline_latest_us(const struct timeline *timeline);

#endif
