#ifndef WEBMON_SOURCE_POLL_STAMP_H
#define WEBMON_SOURCE_POLL_STAMP_H
/*
 * The kernel's own times of a TCP connection. They do not contain the time that this process took
 * to wake up and get round to a socket, so one loop can serve thousands of probes and still tell
 * the truth.
 *
 * Arrival: the receive time stamp of the segment, SO_TIMESTAMPNS. It is wall-clock time; it is
 * turned into monotonic time with both clocks read at the same moment, and taken only where it lies
 * between the last event and now, so that a step of the clock cannot get into a duration. Connect:
 * tcpi_rtt right after the handshake is the time from SYN to SYN/ACK. After a lost SYN it is not
 * (it leaves the wait of a second out), so then there is none.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STAMP_DEPTH_MAX 2048

/* The same moment on both clocks. */
struct moment {
	int64_t mono_us, wall_us;
};

struct arrival {
	int64_t at_us; /* monotonic; the moment's own where the kernel said nothing plausible */
	int bytes; /* seen waiting, at most `depth`; 0: end of stream; -1: nothing or an error */
	bool kernel;
};

struct moment moment_now(void);

/* From now on the kernel stamps what arrives there. False: it cannot, and libcurl's times do. */
bool stamp_enable(int socket);

/*
 * When what waits in the socket arrived: of the segment that holds byte number `depth`, or of the
 * last. Takes nothing out. not_before_us: earlier is implausible. Errors of the socket are
 * consumed: skip it where one is signalled.
 */
struct arrival stamp_arrival(int socket, size_t depth, const struct moment *now,
			     int64_t not_before_us);

/* The TCP handshake's time, ABSENT_US where the kernel does not know it. *connected: whether there
 * is a connection. */
int32_t stamp_connect_us(int socket, bool *connected);

/*
 * Keeps the kernel's stamping switched on for as long as it is open: with short connections alone
 * the kernel would patch its receive path on and off all the time. Returns a new descriptor or -1.
 */
int stamp_keeper_open(void);

#endif
