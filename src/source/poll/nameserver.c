/*
 * A look at the name servers: one datagram to each, and a short wait for any of them. A plain query
 * of RFC 1035, 4.1, written here because the C library's own would retry for many seconds. The
 * guard that looks while look-ups hang is a detached thread with a reference, as those of the
 * resolver.
 */
#include "source/poll/nameserver.h"

#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/thread.h"
#include "source/poll/address.h"

#define SERVERS_MAX 3 /* as many as the C library asks */
#define WAIT_MS	    500
#define PORT	    53
#define CONF	    "/etc/resolv.conf"
#define CONF_MAX    (64u << 10)
#define SERVFAIL    2
#define LATE_US	    300000  /* a look-up that takes longer makes us look at the name servers */
#define HOLDS_US    1000000 /* what was seen of them holds for so long */
#define STACK_SIZE  (128u << 10)

struct nameservers {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	size_t references;
	bool closed, guarded;
	int64_t busy_us;   /* start of the oldest look-up under way; 0: none */
	int64_t looked_us; /* when they were looked at last; 0: never */
	int64_t gone_us;   /* when they were looked at last and were not there; 0: never */
};

static size_t read_servers(struct address servers[SERVERS_MAX])
{
	size_t size, count = 0;
	char *text = file_read(CONF, CONF_MAX, &size);

	for (char *line = text; line && *line && count < SERVERS_MAX;) {
		char *end = line + strcspn(line, "\n");
		char *word = line + strspn(line, " \t"), *value;

		line = *end ? end + 1 : end;
		*end = '\0';
		if (strncmp(word, "nameserver", 10) != 0)
			continue;
		value = word + 10 + strspn(word + 10, " \t");
		value[strcspn(value, " \t\r%")] = '\0'; /* a scope is no part of an address */
		count += address_parse(&servers[count], value);
	}
	free(text);
	if (count == 0)
		count += address_parse(&servers[0], "127.0.0.1");
	return count;
}

static int connect_to(const struct address *address)
{
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(PORT)};
	int fd = socket(address->six ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int result;

	if (fd < 0)
		return -1;
	memcpy(&four.sin_addr, address->bytes, sizeof four.sin_addr);
	memcpy(&six.sin6_addr, address->bytes, sizeof six.sin6_addr);
	result = address->six ? connect(fd, (const struct sockaddr *)&six, sizeof six)
			      : connect(fd, (const struct sockaddr *)&four, sizeof four);
	if (result == 0)
		return fd;
	close(fd);
	return -1;
}

/* ". NS IN", recursion desired. */
static void ask(int fd, const unsigned char id[2])
{
	unsigned char query[] = {id[0], id[1], 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1};

	/* What does not go out is not answered. */
	(void)!send(fd, query, sizeof query, MSG_NOSIGNAL);
}

static bool is_answer(int fd, const unsigned char id[2])
{
	unsigned char reply[512];
	ssize_t size = recv(fd, reply, sizeof reply, MSG_DONTWAIT);

	return size >= 12 && memcmp(reply, id, 2) == 0 && (reply[2] & 0x80) &&
	       (reply[3] & 0x0f) != SERVFAIL;
}

static bool is_answered(struct pollfd *fds, size_t count, const unsigned char id[2],
			int64_t until_us)
{
	size_t open = count;
	int64_t left_us;

	while (open > 0 && (left_us = until_us - clock_mono_us()) > 0 &&
	       poll(fds, count, (int)(left_us / 1000 + 1)) > 0) {
		for (size_t i = 0; i < count; i++) {
			if (!fds[i].revents)
				continue;
			if (is_answer(fds[i].fd, id))
				return true;
			/* Refused, or no answer that helps: it has had its say. */
			close(fds[i].fd);
			fds[i].fd = -1;
			open--;
		}
	}
	return false;
}

static bool is_anybody_there(void)
{
	struct address servers[SERVERS_MAX];
	struct pollfd fds[SERVERS_MAX];
	size_t count = read_servers(servers);
	int64_t begun_us = clock_mono_us();
	unsigned char id[2] = {(unsigned char)(begun_us >> 8), (unsigned char)begun_us};
	bool answered = false;

	for (size_t i = 0; i < count; i++)
		fds[i] = (struct pollfd){.fd = connect_to(&servers[i]), .events = POLLIN};
	/* Once more after half of the time: a lost datagram is no lost server. */
	for (int round = 1; round <= 2 && !answered; round++) {
		for (size_t i = 0; i < count; i++)
			if (fds[i].fd >= 0)
				ask(fds[i].fd, id);
		answered = is_answered(fds, count, id, begun_us + round * WAIT_MS * 500);
	}
	for (size_t i = 0; i < count; i++)
		if (fds[i].fd >= 0)
			close(fds[i].fd);
	return answered;
}

/* ---- the guard; with the mutex held ---- */

static void look(struct nameservers *servers)
{
	int64_t begun_us = clock_mono_us();
	bool there;

	if (servers->looked_us && begun_us - servers->looked_us < HOLDS_US)
		return;
	pthread_mutex_unlock(&servers->mutex);
	there = is_anybody_there();
	pthread_mutex_lock(&servers->mutex);
	servers->looked_us = begun_us;
	if (!there)
		servers->gone_us = begun_us;
}

/* When the guard has something to do; INT64_MAX: when it is told. */
static int64_t due_us(const struct nameservers *servers)
{
	/* Once gone, until they are back: a question that is lost on the way there was
	 * theirs too. */
	bool gone = servers->gone_us && servers->gone_us == servers->looked_us;
	int64_t late_us = servers->busy_us + LATE_US, again_us = servers->looked_us + HOLDS_US;

	if (!gone && !servers->busy_us)
		return INT64_MAX;
	if (gone || !servers->looked_us)
		return gone ? again_us : late_us;
	return late_us > again_us ? late_us : again_us;
}

static void release(struct nameservers *servers)
{
	bool last = --servers->references == 0;

	pthread_mutex_unlock(&servers->mutex);
	if (!last)
		return;
	pthread_cond_destroy(&servers->changed);
	pthread_mutex_destroy(&servers->mutex);
	free(servers);
}

static void *guard_thread(void *argument)
{
	struct nameservers *servers = argument;

	pthread_setname_np(pthread_self(), "webmon-dns-look");
	pthread_mutex_lock(&servers->mutex);
	while (!servers->closed) {
		int64_t at_us = due_us(servers);
		struct timespec until = {.tv_sec = at_us / 1000000,
					 .tv_nsec = at_us % 1000000 * 1000};

		if (at_us <= clock_mono_us())
			look(servers);
		else if (at_us == INT64_MAX)
			pthread_cond_wait(&servers->changed, &servers->mutex);
		else
			pthread_cond_timedwait(&servers->changed, &servers->mutex, &until);
	}
	release(servers);
	return NULL;
}

/* Without it, a look-up that never ends is the name's fault: no more can be said. */
static void hire_guard(struct nameservers *servers)
{
	servers->guarded = thread_start_detached(STACK_SIZE, guard_thread, servers) == 0;
	servers->references += servers->guarded;
}

/* ---- public ---- */

struct nameservers *nameservers_new(void)
{
	struct nameservers *servers = x_calloc(1, sizeof *servers);
	pthread_condattr_t attributes;

	pthread_mutex_init(&servers->mutex, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&servers->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	servers->references = 1;
	return servers;
}

void nameservers_free(struct nameservers *servers)
{
	pthread_mutex_lock(&servers->mutex);
	servers->closed = true;
	pthread_cond_broadcast(&servers->changed);
	release(servers);
}

void nameservers_busy(struct nameservers *servers, int64_t since_us)
{
	pthread_mutex_lock(&servers->mutex);
	if (!servers->guarded && !servers->closed)
		hire_guard(servers);
	/* Nothing is due any earlier for a younger look-up. */
	if (!servers->busy_us && since_us)
		pthread_cond_signal(&servers->changed);
	servers->busy_us = since_us;
	pthread_mutex_unlock(&servers->mutex);
}

void nameservers_look(struct nameservers *servers)
{
	pthread_mutex_lock(&servers->mutex);
	look(servers);
	pthread_cond_signal(&servers->changed);
	pthread_mutex_unlock(&servers->mutex);
}

bool nameservers_were_gone(struct nameservers *servers, int64_t since_us)
{
	bool gone;

	pthread_mutex_lock(&servers->mutex);
	gone = servers->gone_us && servers->gone_us >= since_us - 2 * HOLDS_US;
	pthread_mutex_unlock(&servers->mutex);
	return gone;
}
