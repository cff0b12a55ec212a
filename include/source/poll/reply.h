#ifndef WEBMON_SOURCE_POLL_REPLY_H
#define WEBMON_SOURCE_POLL_REPLY_H
/*
 * What came back from the server so far: status, header block, the first of the body, counted
 * against limits of our own, because libcurl has none for trailers, interim replies and bodies
 * without a length.
 *
 * Everything in here is raw, as the server sent it. One struct a probe, reused.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/sample.h"

#define REPLY_HEADERS_KEPT 8192
#define REPLY_BODY_KEPT	   4096
#define REPLY_ERROR_KEPT   (64u << 10) /* of a 5xx: debuggers put the traceback last */
#define REPLY_LINE_MAX	   (64u << 10)	/* one header line */
#define REPLY_HEADERS_MAX  (256u << 10) /* all of them, interim replies and trailers too */

/* Why we ended a transfer ourselves. */
enum stop {
	STOP_NONE,
	STOP_HEADERS,	/* header limits */
	STOP_BODY,	/* body limit */
	STOP_INVALID,	/* no valid HTTP, whatever libcurl takes it for; reply->problem says what */
	STOP_CODED,	/* packed in a way that is not undone; reply->problem says which */
	STOP_ANNOUNCED, /* a length over the body limit was announced */
	STOP_REDIRECT,	/* enough is known to follow */
	STOP_SETTLED,	/* as good as whole: nothing of HTTP follows, or the same once more */
	STOP_CONNECTED, /* tcp:// and tls://: no request is sent */
	STOP_TIME,	/* out of time */
	/* it would have kept the poller for too long (see leash.h); reply->problem says how */
	STOP_HELD,
};

struct reply_limits {
	int64_t body_max; /* decoded bytes taken */
	size_t body_kept; /* bytes of them that checks want to see */
	bool bodiless;	  /* HEAD: a length announces nothing */
	bool follow;	  /* a redirect ends at its headers */
	bool unpacks;	  /* content codings are undone */
	bool newer;	  /* HTTP/2 or 3 was asked for; else nobody may answer so */
};

struct reply {
	struct reply_limits limits;
	uint16_t status; /* of the newest block; 0: none */
	enum http_version version;
	bool started, closed; /* status line seen; empty line of a final reply seen */
	bool interim;	      /* the newest block was a whole 1xx, and nothing has come since */
	bool chunked, coded;  /* the announced length is not the body's */
	bool rubbish;	      /* what came is no HTTP; the body is its beginning */
	unsigned codings;     /* over each other that libcurl would undo */
	bool foreign_coding;  /* one of them is not gzip's */
	uint8_t refusals;     /* 401 and 417 so far: libcurl asks again as long as it is told to */
	int64_t announced;    /* Content-Length, -1: none */
	uint64_t header_bytes;
	uint64_t body_bytes; /* decoded */
	enum stop stop;
	const char *problem; /* in words, static; NULL: none */
	size_t headers_size, body_size, body_room;
	char *body;			  /* room bytes; `first` or memory of its own */
	char headers[REPLY_HEADERS_KEPT]; /* newest block, whole lines, status line first */
	char first[REPLY_BODY_KEPT];
};

void reply_begin(struct reply *reply, const struct reply_limits *limits);
void reply_fini(struct reply *reply); /* releases what checks needed */

/* What came instead of an answer, from its first byte. */
void reply_rubbish(struct reply *reply, const char *data, size_t size);
/* One header line (or trailer) as libcurl gives it. False: stop the transfer, reply->stop
 * says why. */
bool reply_header(struct reply *reply, const char *line, size_t size);
/* Body bytes. False: stop. */
bool reply_body(struct reply *reply, const char *data, size_t size);

static inline bool reply_is_redirect(uint16_t status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* The value of the first kept header of this name, without outer blanks; NULL: none. */
const char *reply_find(const struct reply *reply, const char *name, size_t *size);

/* The status line without its end of line. */
size_t reply_status_line(const struct reply *reply, const char **line);

#endif
