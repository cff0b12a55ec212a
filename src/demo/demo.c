/*
 * The demo's server: libmicrohttpd in one epoll thread, which never waits. A request whose scene
 * asks for time is suspended and stands in one list, by the time it is due; a timer thread
 * resumes it then, or a worker of the pool when its job is done. So a hung request costs a list
 * entry, no thread, and stopping is: resume all, close.
 *
 * Lock order: demo.lock, then the pool's and libmicrohttpd's own.
 */
#include "demo/demo.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/thread.h"
#include "demo/page.h"
#include "demo/play.h"
#include "demo/pool.h"

#define CONNECTIONS_MAX 512
#define IDLE_S		30
#define NEVER_US	INT64_MAX /* due when the pool says so */
#define DRIP_BYTES	4096
#define DRIP_US		75000 /* 48 kB in 0.9 s */
#define POOL_WORKERS	4
#define POOL_QUEUE	128 /* 1.3 s of work: seconds between the first signs and the first 503 */
#define POOL_SERVICE_US 40000

enum stage { STAGE_NEW, STAGE_WAITING, STAGE_REPLY };

/*
 * One request; lives from its first header to its end, on the server's thread but for `due_us`
 * and `next`.
 */
struct call {
	struct demo *demo;
	struct MHD_Connection *connection;
	enum stage stage;
	const struct endpoint *endpoint; /* NULL: nobody serves the path */
	struct scene scene;
	uint64_t dripped; /* bytes after which the drip paused last */
	int64_t due_us;
	struct call *next;
};

struct demo {
	uint64_t seed;
	int64_t started_us;
	struct MHD_Daemon *daemon;
	struct pool *pool;
	pthread_t timer;
	bool has_timer;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* the list's first, or the end */
	bool stopping;
	struct call *waiting; /* suspended, by due_us */
	pthread_mutex_t time_lock;
	int64_t skipped_us;
};

static int64_t elapsed_us(void *user)
{
	struct demo *demo = user;
	int64_t skipped;

	pthread_mutex_lock(&demo->time_lock);
	skipped = demo->skipped_us;
	pthread_mutex_unlock(&demo->time_lock);
	return clock_mono_us() - demo->started_us + skipped;
}

/* With the lock held. From now on the call belongs to whoever takes it out of the list. */
static void suspend(struct call *call, int64_t due_us)
{
	struct call **place = &call->demo->waiting;

	while (*place != NULL && (*place)->due_us <= due_us)
		place = &(*place)->next;
	call->due_us = due_us;
	call->next = *place;
	*place = call;
	MHD_suspend_connection(call->connection);
	if (call->demo->waiting == call)
		pthread_cond_signal(&call->demo->changed);
}

/* With the lock held. */
static void resume(struct call **place)
{
	struct call *call = *place;

	*place = call->next;
	call->next = NULL;
	MHD_resume_connection(call->connection);
}

static void job_done(void *user, void *job)
{
	struct demo *demo = user;
	struct call **place = &demo->waiting;

	pthread_mutex_lock(&demo->lock);
	while (*place != NULL && *place != job)
		place = &(*place)->next;
	if (*place != NULL)
		resume(place);
	pthread_mutex_unlock(&demo->lock);
}

static void *keep_time(void *arg)
{
	struct demo *demo = arg;

	pthread_mutex_lock(&demo->lock);
	while (!demo->stopping) {
		int64_t due_us = demo->waiting != NULL ? demo->waiting->due_us : NEVER_US;
		struct timespec due = {.tv_sec = due_us / 1000000,
				       .tv_nsec = due_us % 1000000 * 1000};

		if (due_us == NEVER_US)
			pthread_cond_wait(&demo->changed, &demo->lock);
		else if (due_us <= clock_mono_us())
			resume(&demo->waiting);
		else
			pthread_cond_timedwait(&demo->changed, &demo->lock, &due);
	}
	pthread_mutex_unlock(&demo->lock);
	return NULL;
}

/*
 * Suspends the call for as long as its scene wants. Returns false at the end, when nothing must
 * be suspended any more.
 */
static bool take_time(struct call *call)
{
	struct demo *demo = call->demo;
	bool stopping;

	call->stage = STAGE_REPLY;
	pthread_mutex_lock(&demo->lock);
	stopping = demo->stopping;
	if (!stopping && call->endpoint->pooled) {
		/*
		 * The worker that finishes first waits for this lock, so the call is in the list
		 * by then.
		 */
		if (pool_submit(demo->pool, call, call->scene.delay_us))
			suspend(call, NEVER_US);
		else
			call->scene.trouble = TROUBLE_BUSY;
	} else if (!stopping) {
		suspend(call, clock_mono_us() + call->scene.delay_us);
	}
	pthread_mutex_unlock(&demo->lock);
	return !stopping;
}

/*
 * libmicrohttpd wants the body's next bytes. Those of a cut one end early, those of a dripping
 * one come with pauses.
 */
static ssize_t read_body(void *user, uint64_t position, char *out, size_t capacity)
{
	struct call *call = user;
	struct demo *demo = call->demo;
	struct page_reply reply = page_reply(call->endpoint, &call->scene);
	size_t size = (size_t)(reply.size - position);
	bool stopping;

	if (call->scene.trouble == TROUBLE_CUT && position >= reply.size / 3)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (call->scene.trouble == TROUBLE_DRIP && position != call->dripped) {
		call->dripped = position;
		pthread_mutex_lock(&demo->lock);
		stopping = demo->stopping;
		if (!stopping)
			suspend(call, clock_mono_us() + DRIP_US);
		pthread_mutex_unlock(&demo->lock);
		return stopping ? MHD_CONTENT_READER_END_WITH_ERROR : 0;
	}
	if (size > DRIP_BYTES)
		size = DRIP_BYTES;
	if (size > capacity)
		size = capacity;
	memcpy(out, reply.body + position, size);
	return (ssize_t)size;
}

static struct MHD_Response *new_response(struct call *call, const struct page_reply *reply)
{
	struct MHD_Response *response;
	char id[20];

	if (call->scene.trouble == TROUBLE_CUT || call->scene.trouble == TROUBLE_DRIP)
		response = MHD_create_response_from_callback(reply->size, DRIP_BYTES, read_body,
							     call, NULL);
	else /* the cast is libmicrohttpd's: persistent memory is never written */
		response = MHD_create_response_from_buffer(
			reply->size, (void *)(uintptr_t)reply->body, MHD_RESPMEM_PERSISTENT);
	if (response == NULL)
		return NULL;
	text_format(id, sizeof id, "%016llx", (unsigned long long)call->scene.noise);
	MHD_add_response_header(response, "Server", "webmon-demo");
	MHD_add_response_header(response, "X-Request-Id", id);
	if (reply->type != NULL)
		MHD_add_response_header(response, "Content-Type", reply->type);
	if (reply->header != NULL)
		MHD_add_response_header(response, reply->header, reply->value);
	return response;
}

static enum MHD_Result send_reply(struct call *call)
{
	struct page_reply reply =
		call->endpoint ? page_reply(call->endpoint, &call->scene) : page_not_found();
	struct MHD_Response *response;
	enum MHD_Result result;

	if (call->scene.trouble == TROUBLE_EMPTY)
		return MHD_NO;
	response = new_response(call, &reply);
	if (response == NULL)
		return MHD_NO;
	result = MHD_queue_response(call->connection, reply.status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result answer(void *user, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *upload,
			      size_t *upload_size, void **request)
{
	struct demo *demo = user;
	struct call *call = *request;

	(void)method, (void)version, (void)upload;
	if (call == NULL) {
		call = x_calloc(1, sizeof *call);
		call->demo = demo;
		call->connection = connection;
		call->endpoint = endpoint_by_path(url);
		*request = call;
		return MHD_YES;
	}
	if (*upload_size > 0) {
		*upload_size = 0;
		return MHD_YES;
	}
	if (call->stage == STAGE_NEW && call->endpoint != NULL) {
		call->scene = play_scene(call->endpoint, demo->seed, elapsed_us(demo));
		if (!take_time(call))
			return MHD_NO;
		if (call->scene.trouble != TROUBLE_BUSY || !call->endpoint->pooled)
			return MHD_YES;
	}
	return send_reply(call);
}

static void forget(void *user, struct MHD_Connection *connection, void **request,
		   enum MHD_RequestTerminationCode code)
{
	(void)user, (void)connection, (void)code;
	free(*request);
	*request = NULL;
}

static void init_sync(struct demo *demo)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&demo->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&demo->lock, NULL);
	pthread_mutex_init(&demo->time_lock, NULL);
}

static struct MHD_Daemon *listen_at(struct demo *demo, uint16_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, port,
				NULL, NULL, answer, demo, MHD_OPTION_SOCK_ADDR, &address,
				MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
				MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
				MHD_OPTION_NOTIFY_COMPLETED, forget, NULL, MHD_OPTION_END);
}

struct demo *demo_start(uint16_t port, uint64_t seed, char why[200])
{
	struct demo *demo = x_calloc(1, sizeof *demo);
	struct pool_options pool = {
		.seed = seed,
		.workers = POOL_WORKERS,
		.queue_limit = POOL_QUEUE,
		.service_us = POOL_SERVICE_US,
		.now_us = elapsed_us,
		.done = job_done,
		.user = demo,
	};

	demo->seed = seed;
	demo->started_us = clock_mono_us();
	init_sync(demo);
	demo->pool = pool_start(&pool);
	if (demo->pool != NULL) {
		int failed = thread_start(&demo->timer, "webmon-timer", keep_time, demo);

		demo->has_timer = failed == 0;
		errno = failed;
	}
	if (demo->has_timer)
		demo->daemon = listen_at(demo, port);
	if (demo->daemon == NULL) {
		text_format(why, 200, "the demo cannot listen on 127.0.0.1:%d: %s", port,
			    strerror(errno));
		demo_stop(demo);
		return NULL;
	}
	return demo;
}

uint16_t demo_port(const struct demo *demo)
{
	return MHD_get_daemon_info(demo->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

void demo_skip(struct demo *demo, int64_t ms)
{
	pthread_mutex_lock(&demo->time_lock);
	demo->skipped_us += ms * 1000;
	pthread_mutex_unlock(&demo->time_lock);
}

void demo_stop(struct demo *demo)
{
	pthread_mutex_lock(&demo->lock);
	demo->stopping = true;
	pthread_cond_signal(&demo->changed);
	pthread_mutex_unlock(&demo->lock);
	if (demo->has_timer)
		pthread_join(demo->timer, NULL);
	if (demo->pool != NULL)
		pool_stop(demo->pool);
	/* libmicrohttpd aborts the program where a connection is still suspended. */
	pthread_mutex_lock(&demo->lock);
	while (demo->waiting != NULL)
		resume(&demo->waiting);
	pthread_mutex_unlock(&demo->lock);
	if (demo->daemon != NULL)
		MHD_stop_daemon(demo->daemon);
	pthread_cond_destroy(&demo->changed);
	pthread_mutex_destroy(&demo->lock);
	pthread_mutex_destroy(&demo->time_lock);
	free(demo);
}
