/*
 * The web server of the metrics: libmicrohttpd without threads, its descriptors in one epoll that
 * the owner waits on.
 *
 * A page is made once for all who ask within a moment, and each connection sends its own pace of
 * it: who asks or reads slowly, or not at all, holds one of few places until it has been idle for
 * too long, and nothing else. They never run out: who has been at one request for longest gives
 * way.
 */
#include "face/metrics_http.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/socket_address.h"
#include "base/text.h"

/* From FULL places on who has been there for longest gives way: at the library's own limit it would
 * stop to listen for a second. */
enum { PLACES = 64, FULL = 32, IDLE_S = 15, BACKLOG = 64, MEMORY = 16 * 1024 };

#define SAME_US 200000 /* so long a page is good for others */

/* A connection, and since when it asks, or is being answered. */
struct guest {
	int descriptor; /* -1: none */
	int64_t since_us;
};

struct metrics_http {
	struct metrics_http_owner owner;
	struct MHD_Daemon *daemon;
	int descriptor;
	struct shared_page {
		struct MHD_Response *response; /* NULL: none yet */
		int64_t made_us;
	} pages[METRICS_OPENMETRICS + 1];
	struct guest guests[PLACES];
};

/* Its place is free once the library has seen that. */
static void show_out_longest(struct guest guests[PLACES], struct guest *newest)
{
	struct guest *longest = newest;

	for (size_t i = 0; i < PLACES; i++)
		if (guests[i].descriptor >= 0 && guests[i].since_us < longest->since_us)
			longest = &guests[i];
	longest->since_us = INT64_MAX;
	shutdown(longest->descriptor, SHUT_RDWR);
}

static void welcome(struct metrics_http *http, struct MHD_Connection *connection, void **context)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct guest *guest = NULL;
	size_t count = 0;

	for (size_t i = 0; i < PLACES; i++) {
		if (http->guests[i].descriptor >= 0)
			count++;
		else
			guest = &http->guests[i];
	}
	if (!guest || !info)
		return;
	*guest = (struct guest){info->connect_fd, clock_mono_us()};
	*context = guest;
	if (count + 1 >= FULL)
		show_out_longest(http->guests, guest);
}

static void came_or_went(void *user, struct MHD_Connection *connection, void **context,
			 enum MHD_ConnectionNotificationCode code)
{
	struct guest *guest = *context;

	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		welcome(user, connection, context);
	else if (guest)
		guest->descriptor = -1;
}

/* The next request on the same connection begins. */
static void was_answered(void *user, struct MHD_Connection *connection, void **request,
			 enum MHD_RequestTerminationCode code)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct guest *guest = info ? info->socket_context : NULL;

	(void)user, (void)request, (void)code;
	if (guest && guest->since_us < INT64_MAX)
		guest->since_us = clock_mono_us();
}

static enum MHD_Result reply_text(struct MHD_Connection *connection, unsigned status,
				  const char *text)
{
	/* the cast is libmicrohttpd's: persistent memory is never written */
	struct MHD_Response *response = MHD_create_response_from_buffer(
		strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, "Content-Type", "text/plain; charset=utf-8");
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, "Allow", "GET, HEAD");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static struct MHD_Response *page_response(struct metrics_http *http, enum metrics_format format)
{
	struct shared_page *shared = &http->pages[format];
	struct metrics_page page = {.format = format};
	int64_t now_us = clock_mono_us();

	if (shared->response && now_us - shared->made_us < SAME_US)
		return shared->response;
	if (shared->response)
		MHD_destroy_response(shared->response);
	shared->response = NULL;
	if (!http->owner.write(http->owner.user, &page))
		return NULL;
	shared->made_us = now_us;
	shared->response =
		MHD_create_response_from_buffer(page.length, page.text, MHD_RESPMEM_MUST_FREE);
	if (shared->response)
		MHD_add_response_header(shared->response, "Content-Type",
					metrics_content_type(format));
	else
		free(page.text);
	return shared->response;
}

static enum MHD_Result reply_page(struct metrics_http *http, struct MHD_Connection *connection)
{
	const char *accept =
		MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT);
	struct MHD_Response *response = page_response(http, metrics_choose_format(accept));

	return response ? MHD_queue_response(connection, MHD_HTTP_OK, response)
			: reply_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
				     "the configuration is being read again\n");
}

static enum MHD_Result answer(void *user, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *upload,
			      size_t *upload_size, void **request)
{
	struct metrics_http *http = user;

	(void)version, (void)upload;
	if (!*request) { /* the headers alone: the answer comes when all of the request is there */
		*request = http;
		return MHD_YES;
	}
	if (*upload_size > 0) { /* a body is of no interest, but it must have come */
		*upload_size = 0;
		return MHD_YES;
	}
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return reply_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "GET and HEAD alone\n");
	if (strcmp(url, "/metrics") == 0)
		return reply_page(http, connection);
	if (strcmp(url, "/-/healthy") == 0)
		return reply_text(connection, MHD_HTTP_OK, "webmon is healthy\n");
	if (strcmp(url, "/-/ready") == 0)
		return http->owner.is_ready(http->owner.user)
			       ? reply_text(connection, MHD_HTTP_OK, "webmon is ready\n")
			       : reply_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
					    "no probe has ended yet\n");
	if (strcmp(url, "/") == 0)
		return reply_text(connection, MHD_HTTP_OK,
				  "webmon " WEBMON_VERSION
				  ": see /metrics, /-/healthy and /-/ready\n");
	return reply_text(connection, MHD_HTTP_NOT_FOUND, "see /metrics\n");
}

/* A socket that listens; -1 with errno. */
static int listen_at(const struct socket_address *address)
{
	int yes = 1;
	int descriptor =
		socket(address->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (descriptor < 0)
		return -1;
	setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(descriptor, (const struct sockaddr *)&address->storage, address->size) != 0 ||
	    listen(descriptor, BACKLOG) != 0) {
		int error = errno;
		close(descriptor);
		errno = error;
		return -1;
	}
	return descriptor;
}

/* Takes the descriptor. */
static bool start(struct metrics_http *http, int descriptor)
{
	http->daemon = MHD_start_daemon(
		MHD_USE_EPOLL, 0, NULL, NULL, answer, http, MHD_OPTION_LISTEN_SOCKET, descriptor,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)PLACES, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned)IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY,
		MHD_OPTION_NOTIFY_CONNECTION, came_or_went, http, MHD_OPTION_NOTIFY_COMPLETED,
		was_answered, http, MHD_OPTION_END);
	if (!http->daemon) {
		close(descriptor);
		return false;
	}
	http->descriptor = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	return true;
}

struct metrics_http *metrics_http_open(const char *address, const struct metrics_http_owner *owner,
				       char why[200])
{
	struct metrics_http *http = x_calloc(1, sizeof *http);
	struct socket_address place;
	int descriptor;

	http->owner = *owner;
	for (size_t i = 0; i < PLACES; i++)
		http->guests[i].descriptor = -1;
	errno = EINVAL;
	descriptor = socket_address_read(address, &place) ? listen_at(&place) : -1;
	if (descriptor < 0 || !start(http, descriptor)) {
		text_format(why, 200, "metrics: cannot listen on %s: %s", address, strerror(errno));
		free(http);
		return NULL;
	}
	return http;
}

void metrics_http_close(struct metrics_http *http)
{
	if (!http)
		return;
	MHD_stop_daemon(http->daemon);
	for (size_t i = 0; i < sizeof http->pages / sizeof *http->pages; i++)
		if (http->pages[i].response)
			MHD_destroy_response(http->pages[i].response);
	free(http);
}

int metrics_http_descriptor(const struct metrics_http *http)
{
	return http->descriptor;
}

int metrics_http_timeout_ms(const struct metrics_http *http)
{
	MHD_UNSIGNED_LONG_LONG ms;

	if (MHD_get_timeout(http->daemon, &ms) != MHD_YES)
		return -1;
	return ms < 60000 ? (int)ms : 60000;
}

void metrics_http_run(struct metrics_http *http)
{
	MHD_run(http->daemon);
}
