/*
 * A web server whose truth is known: it answers each request a fixed time after the kernel received it, and writes down
 * how long that took by the kernel's own clock. What a client reports beyond that is the client's error.
 *
 *     delayd PORT DELAY_MS
 *
 * Listens on 127.0.0.1:PORT. SIGTERM ends it and prints a line a request: PATH ARRIVAL_S PROCESSING_MS. One thread, one
 * epoll; real-time priority where permitted, so that it is never the one who is late.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NS_S   1000000000LL
#define RECORD_MAX 2000000
#define WAITING_MAX 65536
#define SPIN_NS 80000 /* woken so much early, then spun: a timer is late by about this */

struct record {
	char    path[24];
	int64_t arrival_ns, processing_ns;
};

/* Requests in order of arrival; the delay is the same for all, so this is also the order of answering. */
struct waiting {
	int     descriptor;
	int64_t arrival_ns;
	char    path[24];
};

static struct record *records;
static size_t record_count;
static struct waiting waiting[WAITING_MAX];
static size_t waiting_head, waiting_tail;
static int64_t delay_ns;

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * NS_S + now.tv_nsec;
}

static int listen_on(uint16_t port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	int one = 1;
	int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (descriptor < 0 || bind(descriptor, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(descriptor, 16384) < 0) {
		perror("delayd");
		exit(1);
	}
	return descriptor;
}

static void watch(int epoll, int descriptor)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};

	epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

static void accept_all(int epoll, int listener)
{
	int descriptor, one = 1;

	while ((descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one));
		setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		watch(epoll, descriptor);
	}
}

/* When the kernel took the last segment of what was read; now where it does not tell. */
static int64_t arrival_of(struct msghdr *message)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPNS) {
			struct timespec at;

			memcpy(&at, CMSG_DATA(c), sizeof(at));
			return at.tv_sec * NS_S + at.tv_nsec;
		}
	}
	return now_ns();
}

static void take_request(int descriptor)
{
	char text[4096];
	char control[256];
	struct iovec part = {.iov_base = text, .iov_len = sizeof(text) - 1};
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
	ssize_t got = recvmsg(descriptor, &message, 0);
	struct waiting *next = &waiting[waiting_tail % WAITING_MAX];

	if (got <= 0 || waiting_tail - waiting_head == WAITING_MAX) {
		close(descriptor);
		return;
	}
	text[got] = '\0';
	*next = (struct waiting){.descriptor = descriptor, .arrival_ns = arrival_of(&message)};
	if (sscanf(text, "%*s %23s", next->path) == 1)
		waiting_tail++;
	else
		close(descriptor);
}

static void answer(const struct waiting *request)
{
	static const char reply[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n";
	struct record *record = &records[record_count < RECORD_MAX ? record_count++ : 0];

	memcpy(record->path, request->path, sizeof(record->path));
	record->arrival_ns = request->arrival_ns;
	record->processing_ns = now_ns() - request->arrival_ns;
	if (write(request->descriptor, reply, sizeof(reply) - 1) < 0)
		close(request->descriptor);
}

/* Answers what is due, and the timeout until the next. */
static struct timespec *answer_due(struct timespec *timeout)
{
	while (waiting_head != waiting_tail) {
		struct waiting *request = &waiting[waiting_head % WAITING_MAX];
		int64_t left_ns = request->arrival_ns + delay_ns - now_ns();

		if (left_ns > SPIN_NS) {
			left_ns -= SPIN_NS;
			*timeout = (struct timespec){.tv_sec = left_ns / NS_S, .tv_nsec = left_ns % NS_S};
			return timeout;
		}
		while (now_ns() < request->arrival_ns + delay_ns)
			;
		answer(request);
		waiting_head++;
	}
	return NULL;
}

static void serve(int listener, int signals)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event events[256];
	struct timespec timeout;

	watch(epoll, listener);
	watch(epoll, signals);
	for (;;) {
		int count = epoll_pwait2(epoll, events, 256, answer_due(&timeout), NULL);

		for (int i = 0; i < count; i++) {
			if (events[i].data.fd == signals)
				return;
			if (events[i].data.fd == listener)
				accept_all(epoll, listener);
			else
				take_request(events[i].data.fd);
		}
	}
}

static int stop_signal(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

int main(int argc, char **argv)
{
	struct sched_param realtime = {.sched_priority = 10};
	struct rlimit files;

	if (argc != 3) {
		fprintf(stderr, "usage: delayd PORT DELAY_MS\n");
		return 2;
	}
	delay_ns = strtoll(argv[2], NULL, 10) * 1000000;
	records = calloc(RECORD_MAX, sizeof(*records));
	if (!records)
		return 1;
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	prctl(PR_SET_TIMERSLACK, 1);
	if (sched_setscheduler(0, SCHED_FIFO, &realtime) < 0)
		fprintf(stderr, "delayd: no real-time priority: %s\n", strerror(errno));
	serve(listen_on((uint16_t)strtol(argv[1], NULL, 10)), stop_signal());
	for (size_t i = 0; i < record_count; i++)
		printf("%s %.6f %.6f\n", records[i].path, (double)records[i].arrival_ns / NS_S,
		       (double)records[i].processing_ns / 1e6);
	return 0;
}
