/*
 * Kernel time stamps of sockets. Called by pollers on sockets of their own.
 */
#include "source/poll/stamp.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "model/sample.h"

#define SAME_MOMENT_US 20

struct moment moment_now(void)
{
	struct moment moment;

	/* Put off the processor between the two readings, they would not be of the same moment. */
	for (int i = 0; i < 3; i++) {
		moment.mono_us = clock_mono_us();
		moment.wall_us = clock_wall_us();
		if (clock_mono_us() - moment.mono_us <= SAME_MOMENT_US)
			break;
	}
	return moment;
}

bool stamp_enable(int socket)
{
	static const int on = 1;

	return setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) == 0;
}

/* Wall-clock microseconds of the stamp among the control messages, 0: none. */
static int64_t stamp_of(struct msghdr *message)
{
	struct timespec stamp;

	for (struct cmsghdr *one = CMSG_FIRSTHDR(message); one; one = CMSG_NXTHDR(message, one)) {
		if (one->cmsg_level != SOL_SOCKET || one->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&stamp, CMSG_DATA(one), sizeof stamp);
		return (int64_t)stamp.tv_sec * 1000000 + stamp.tv_nsec / 1000;
	}
	return 0;
}

struct arrival stamp_arrival(int socket, size_t depth, const struct moment *now,
			     int64_t not_before_us)
{
	static _Thread_local char
		unread[STAMP_DEPTH_MAX]; /* MSG_TRUNC on TCP counts bytes without copying them */
	union {
		char bytes[CMSG_SPACE(sizeof(struct timespec)) * 4];
		struct cmsghdr align;
	} control;
	struct iovec data = {.iov_base = unread,
			     .iov_len = depth < sizeof unread ? depth : sizeof unread};
	struct msghdr message = {.msg_iov = &data,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = sizeof control.bytes};
	struct arrival arrival = {.at_us = now->mono_us};
	int64_t wall_us, mono_us;

	arrival.bytes = (int)recvmsg(socket, &message, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
	if (arrival.bytes <= 0)
		return arrival;
	wall_us = stamp_of(&message);
	mono_us = wall_us - (now->wall_us - now->mono_us);
	if (wall_us != 0 && mono_us >= not_before_us && mono_us <= now->mono_us) {
		arrival.at_us = mono_us;
		arrival.kernel = true;
	}
	return arrival;
}

int32_t stamp_connect_us(int socket, bool *connected)
{
	struct tcp_info info = {0};
	socklen_t size = sizeof info;

	*connected = false;
	if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) < 0)
		return ABSENT_US;
	*connected = info.tcpi_state != TCP_SYN_SENT && info.tcpi_state != TCP_CLOSE;
	if (!*connected || info.tcpi_rtt == 0 || info.tcpi_total_retrans > 0 ||
	    info.tcpi_rtt > INT32_MAX)
		return ABSENT_US;
	return (int32_t)info.tcpi_rtt;
}

int stamp_keeper_open(void)
{
	int keeper = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (keeper >= 0)
		stamp_enable(keeper);
	return keeper;
}
