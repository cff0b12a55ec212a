/*
 * A look at the name servers: one datagram to each, and a short wait for any of them. A plain query
 * of RFC 1035, 4.1, written here because the C library's own would retry for many seconds.
 */
#include "source/poll/nameserver.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "source/poll/address.h"

#define SERVERS_MAX 3 /* as many as the C library asks */
#define WAIT_MS	    500
#define PORT	    53
#define CONF	    "/etc/resolv.conf"
#define CONF_MAX    (64u << 10)
#define SERVFAIL    2

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

static bool is_answered(struct pollfd *fds, size_t count, const unsigned char id[2], int64_t until_us)
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

bool nameserver_answers(void)
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
