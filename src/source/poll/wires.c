/*
 * The sockets of one poller. One thread.
 *
 * epoll is level-triggered: libcurl reads one buffer a call and relies on being told again. What
 * libcurl no longer wants is taken out lazily where the socket is about to be closed anyway
 * (closing does it for nothing).
 */
#include "source/poll/wires.h"

#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "model/target.h"
#include "source/poll/probe.h"
#include "source/poll/stamp.h"
#include "source/poll/watch.h"

#define SHARD_TARGETS 150
#define EVENTS	      64  /* a turn: each may be a TLS handshake of a millisecond */
#define OPENING	      512 /* bytes of what is no answer */
#define OWN_EVENT     UINT64_MAX
/* Through TLS the first record after the request may be a session ticket: look beyond two
 * of them. */
#define TLS_DEPTH 1200

/* ---- what came instead of an answer ---- */

/*
 * Where the peer spoke first and reset the connection, sending fails, and libcurl does not look at
 * what came. Nothing is taken out here. Through TLS there is nothing to see.
 */
static void note_opening(struct probe *probe, int fd)
{
	char opening[OPENING];
	ssize_t size;

	if (probe->timeline.tls)
		return;
	size = recv(fd, opening, sizeof opening, MSG_PEEK | MSG_DONTWAIT);
	if (size > 0 && opening[0] != 'H')
		reply_rubbish(&probe->reply, opening, (size_t)size);
}

/* ---- what libcurl wants of a socket ---- */

static void list(struct wires *wires, int fd, uint8_t events)
{
	struct wire *wire = &wires->wires[fd];
	struct epoll_event event = {.events = events, .data.u64 = (uint64_t)fd};
	int how = wire->listed ? (events ? EPOLL_CTL_MOD : EPOLL_CTL_DEL) : EPOLL_CTL_ADD;

	if (wire->listed == events)
		return;
	if (epoll_ctl(wires->epoll, how, fd, &event) == 0)
		wire->listed = events;
	else if (wire->probe)
		wire->probe->outcome.own_error = errno;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *unused)
{
	struct wires *wires = user;
	struct wire *wire;
	struct probe *probe;

	(void)unused;
	if (fd < 0 || (size_t)fd >= wires->wire_room)
		return 0;
	wire = &wires->wires[fd];
	probe = wire->probe;
	/* A kept connection in the hands of another probe. */
	if (!probe)
		curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&probe);
	wire->wants = what == CURL_POLL_REMOVE ? 0
					       : (uint8_t)((what & CURL_POLL_IN ? EPOLLIN : 0) |
							   (what & CURL_POLL_OUT ? EPOLLOUT : 0));
	if (wire->wants) {
		wire->probe = probe;
		wire->shard = probe ? probe->shard : wire->shard;
		list(wires, fd, wire->wants);
		/* A kept connection has no event of its own before the request is out. */
		if (probe && !(wire->wants & EPOLLOUT))
			timeline_sent(&probe->timeline, clock_mono_us());
		return 0;
	}
	if (wire->probe && probe->timeline.stage >= STAGE_SEND && !probe->timeline.first_us)
		note_opening(probe, fd);
	wire->probe = NULL;
	if (wire->listed && probe && probe->watch && probe->watch->target->keepalive != WISH_FRESH)
		list(wires, fd, 0);
	return 0;
}

static int on_timer(CURLM *multi, long timeout_ms, void *user)
{
	struct shard *shard = user;

	(void)multi;
	shard->timeout_us =
		timeout_ms < 0 ? INT64_MAX : clock_mono_us() + (int64_t)timeout_ms * 1000;
	return 0;
}

/* ---- sockets are opened and closed here ---- */

static void note_opened(struct probe *probe, int64_t now_us)
{
	/*
	 * The kept connection turned out to be dead, or a server refused an HTTP/2 stream, and
	 * libcurl dials again without a word: what that took is part of getting connected.
	 */
	if (probe->timeline.stage > STAGE_TLS && !probe->timeline.first_us) {
		int32_t *connect_us = &probe->phase_us[PHASE_CONNECT];
		int64_t lost_us =
			now_us - probe->timeline.ready_us + (*connect_us > 0 ? *connect_us : 0);

		probe->retried = true;
		*connect_us = (int32_t)(lost_us < INT32_MAX ? lost_us : INT32_MAX);
	}
	/* libcurl asked once more by itself (the second round of a digest): what the first took
	 * counts too. */
	if (probe->timeline.first_us) {
		timeline_fold(&probe->timeline, true, probe->phase_us);
		probe->kernel &= timeline_is_kernel(&probe->timeline);
	}
	timeline_open(&probe->timeline, now_us);
}

/*
 * The bare ACK that ends a TCP handshake costs either side a packet and the server a wake-up, and
 * the request follows at once: it carries the ACK as well. Linux goes back to quick ACKs by itself
 * once the connection stands, so that the answer is received as ever.
 */
static void acknowledge_by_request(int fd)
{
	int quick = 0;

	setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &quick, sizeof quick);
}

static curl_socket_t on_open(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct probe *probe = user;
	struct wires *wires = probe->wires;
	struct wire *wire;
	int fd = socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
			address->protocol);

	(void)purpose;
	if (fd >= 0 && (size_t)fd >= wires->wire_room) {
		close(fd);
		fd = -1;
		errno = EMFILE;
	}
	if (fd < 0) {
		/* A family that this machine does not have is no trouble of ours: there may be
		 * another address. */
		if (errno != EAFNOSUPPORT)
			probe->outcome.own_error = errno;
		return CURL_SOCKET_BAD;
	}
	wire = &wires->wires[fd];
	*wire = (struct wire){.probe = probe, .open = true, .shard = probe->shard};
	wire->tcp = address->socktype == SOCK_STREAM &&
		    (address->family == AF_INET || address->family == AF_INET6);
	if (wire->tcp) {
		wire->stamped = stamp_enable(fd);
		acknowledge_by_request(fd);
	}
	if (address->family == AF_INET || address->family == AF_INET6) {
		address_of_socket(&wire->peer, &wire->peer_port, &address->addr);
		probe->peer = wire->peer;
		probe->peer_port = wire->peer_port;
		probe->peer_known = true;
	}
	wire->opened_us = clock_mono_us();
	probe->socket = fd;
	note_opened(probe, wire->opened_us);
	return fd;
}

static int on_close(void *user, curl_socket_t fd)
{
	struct wires *wires = user;

	if (fd >= 0 && (size_t)fd < wires->wire_room)
		wires->wires[fd] = (struct wire){0};
	return close(fd);
}

/* ---- events ---- */

static void note_connected(struct wire *wire, int fd)
{
	struct probe *probe = wire->probe;
	int32_t connect_us = ABSENT_US;

	wire->connected = true;
	if (wire->tcp)
		connect_us = stamp_connect_us(fd, &wire->connected);
	if (!wire->connected)
		return;
	probe->proxy_reached = true;
	if (probe->tunnels)
		return; /* what the proxy does until the target can be spoken to is part of getting
			   connected */
	timeline_connected(&probe->timeline, clock_mono_us(), wire->opened_us, connect_us);
	probe->peer = wire->peer;
	probe->peer_port = wire->peer_port;
}

static void note_arrival(struct wire *wire, int fd)
{
	struct probe *probe = wire->probe;
	struct timeline *timeline = &probe->timeline;
	struct moment now = moment_now();
	struct arrival arrival;

	if (!wire->stamped) {
		probe->arrival_us = now.mono_us;
		probe->arrival_kernel = false;
		return;
	}
	arrival = stamp_arrival(fd, timeline->tls ? TLS_DEPTH : 1, &now,
				timeline_latest_us(timeline));
	probe->arrival_us = arrival.at_us;
	probe->arrival_kernel = arrival.kernel;
	if (arrival.bytes == 0)
		probe->eof_us = now.mono_us;
	else if (arrival.bytes < 0 && errno == ECONNRESET)
		probe->reset_seen = true;
	else if (arrival.bytes > 0 && !timeline->tls)
		timeline_answer(timeline, arrival.at_us, arrival.kernel);
}

static int curl_mask(uint32_t events)
{
	return (events & EPOLLIN ? CURL_CSELECT_IN : 0) |
	       (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
	       (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
}

static void note_sent(struct wires *wires, int fd, struct probe *probe)
{
	struct wire *wire = &wires->wires[fd];

	if (wire->open && wire->probe == probe && !(wire->wants & EPOLLOUT))
		timeline_sent(&probe->timeline, clock_mono_us());
}

static void handle(struct wires *wires, int fd, uint32_t events)
{
	struct wire *wire = &wires->wires[fd];
	struct probe *probe = wire->probe;
	struct shard *shard = &wires->shards[wire->shard];
	int running;

	if (!wire->open)
		return;
	if (!wire->wants || !probe) {
		list(wires, fd, 0);
		return;
	}
	if (!wire->connected && !(events & EPOLLERR))
		note_connected(wire, fd);
	if ((events & EPOLLIN) && !(events & EPOLLERR) && probe->timeline.stage >= STAGE_SEND)
		note_arrival(wire, fd);
	leash_slacken(&wires->leash);
	curl_multi_socket_action(shard->multi, fd, curl_mask(events), &running);
	shard->dirty = true;
	if (probe->timeline.stage == STAGE_SEND)
		note_sent(wires, fd, probe);
}

/* ---- public ---- */

static bool shard_init(struct shard *shard, struct wires *wires, long connections)
{
	CURLM *multi = curl_multi_init();

	*shard = (struct shard){.wires = wires, .multi = multi, .timeout_us = INT64_MAX};
	if (!multi)
		return false;
	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, wires);
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(multi, CURLMOPT_TIMERDATA, shard);
	curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
	curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, connections);
	return true;
}

bool wires_init(struct wires *wires, size_t targets, size_t room)
{
	size_t count = targets / SHARD_TARGETS + 1;

	*wires = (struct wires){.shard_count = count, .wire_room = room};
	wires->wires = x_calloc(room, sizeof *wires->wires);
	wires->shards = x_calloc(count, sizeof *wires->shards);
	wires->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (wires->epoll < 0)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!shard_init(&wires->shards[i], wires, (long)(targets / count + 1))) {
			errno = ENOMEM;
			return false;
		}
	}
	return true;
}

void wires_fini(struct wires *wires)
{
	for (size_t i = 0; i < wires->shard_count; i++)
		if (wires->shards[i].multi)
			curl_multi_cleanup(wires->shards[i].multi);
	if (wires->epoll >= 0)
		close(wires->epoll);
	free(wires->shards);
	free(wires->wires);
	*wires = (struct wires){.epoll = -1};
}

bool wires_listen(struct wires *wires, int descriptor)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = OWN_EVENT};

	return epoll_ctl(wires->epoll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void wires_attach(struct wires *wires, struct probe *probe)
{
	curl_easy_setopt(probe->easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
	curl_easy_setopt(probe->easy, CURLOPT_OPENSOCKETDATA, probe);
	/* The connection may outlive the probe. */
	curl_easy_setopt(probe->easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
	curl_easy_setopt(probe->easy, CURLOPT_CLOSESOCKETDATA, wires);
}

void wires_note_connected(struct wires *wires, struct probe *probe)
{
	struct wire *wire;

	if (probe->timeline.stage != STAGE_CONNECT || probe->socket < 0)
		return;
	wire = &wires->wires[probe->socket];
	if (wire->open && wire->probe == probe && !wire->connected)
		note_connected(wire, probe->socket);
}

bool wires_start(struct wires *wires, struct probe *probe)
{
	struct shard *shard;

	probe->shard = (uint32_t)(probe->watch->index % wires->shard_count);
	shard = &wires->shards[probe->shard];
	if (curl_multi_add_handle(shard->multi, probe->easy) != CURLM_OK)
		return false;
	probe->on_wire = true;
	return true;
}

void wires_stop(struct wires *wires, struct probe *probe)
{
	if (!probe->on_wire)
		return;
	curl_multi_remove_handle(wires->shards[probe->shard].multi, probe->easy);
	probe->on_wire = false;
}

void wires_kick(struct wires *wires, int64_t now_us)
{
	int running;

	for (size_t i = 0; i < wires->shard_count; i++) {
		struct shard *shard = &wires->shards[i];

		if (shard->timeout_us > now_us)
			continue;
		shard->timeout_us = INT64_MAX;
		leash_slacken(&wires->leash);
		curl_multi_socket_action(shard->multi, CURL_SOCKET_TIMEOUT, 0, &running);
		shard->dirty = true;
	}
}

int64_t wires_timeout_us(const struct wires *wires)
{
	int64_t earliest = INT64_MAX;

	for (size_t i = 0; i < wires->shard_count; i++)
		if (wires->shards[i].timeout_us < earliest)
			earliest = wires->shards[i].timeout_us;
	return earliest;
}

/* Nanosecond time limits where the kernel has them (5.11), else whole milliseconds, rounded up. */
static int wait_for(struct wires *wires, struct epoll_event *events, int64_t wait_us)
{
	struct timespec limit = {.tv_sec = wait_us / 1000000, .tv_nsec = wait_us % 1000000 * 1000};
	int count = -1;

	if (!wires->coarse) {
		count = epoll_pwait2(wires->epoll, events, EVENTS, &limit, NULL);
		wires->coarse = count < 0 && errno == ENOSYS;
	}
	if (wires->coarse)
		count = epoll_wait(wires->epoll, events, EVENTS, (int)((wait_us + 999) / 1000));
	return count;
}

bool wires_wait(struct wires *wires, int64_t deadline_us)
{
	struct epoll_event events[EVENTS];
	int64_t wait_us = deadline_us - clock_mono_us();
	bool own = false;
	int count = wait_for(wires, events, wait_us > 0 ? wait_us : 0);

	for (int i = 0; i < count; i++) {
		if (events[i].data.u64 == OWN_EVENT)
			own = true;
		else
			handle(wires, (int)events[i].data.u64, events[i].events);
	}
	return own;
}

struct probe *wires_reap(struct wires *wires, int *curl)
{
	for (size_t i = 0; i < wires->shard_count; i++) {
		struct shard *shard = &wires->shards[i];
		CURLMsg *message;
		int left;

		if (!shard->dirty)
			continue;
		while ((message = curl_multi_info_read(shard->multi, &left))) {
			struct probe *probe = NULL;

			if (message->msg != CURLMSG_DONE)
				continue;
			*curl = (int)message->data.result;
			curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&probe);
			wires_stop(wires, probe);
			return probe;
		}
		shard->dirty = false;
	}
	return NULL;
}
