#ifndef WEBMON_FACE_METRICS_HTTP_H
#define WEBMON_FACE_METRICS_HTTP_H
/*
 * The web server of the metrics, driven by its owner's loop: no thread of its own. For face/metrics
 * alone.
 */
#include <stdbool.h>
#include <stdint.h>

#include "face/metrics_page.h"

struct metrics_http;

struct metrics_http_owner {
	/* fills a page whose format is set; false: there is none just now */
	bool (*write)(void *user, struct metrics_page *page);
	bool (*is_ready)(void *user);
	void *user;
};

/* address: see base/socket_address. Returns new, or NULL with why. */
struct metrics_http *metrics_http_open(const char *address, const struct metrics_http_owner *owner,
				       char why[200]);
void metrics_http_close(struct metrics_http *http);

/* Becomes readable when metrics_http_run() has something to do. */
int metrics_http_descriptor(const struct metrics_http *http);
/* It also wants to run after so many milliseconds; -1: not by itself. */
int metrics_http_timeout_ms(const struct metrics_http *http);
/* Does what can be done without waiting. */
void metrics_http_run(struct metrics_http *http);

#endif
