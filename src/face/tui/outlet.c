/*
 * The line to the terminal. ncurses paints into memory and what it painted is queued here, because
 * only so can a frame be counted, bracketed and sent to a terminal that has stopped reading (a hung
 * SSH session) without the program hanging with it. The terminal is opened a second time for that:
 * O_NONBLOCK belongs to the open file, and the shell has the same one.
 *
 * stderr goes into a sealed piece of memory while the picture is up and is printed after it. It
 * cannot grow: what is more than STDERR_BYTES is lost, rather than the picture or the memory.
 *
 * Main thread; outlet_emergency() in a signal handler of any.
 */
#include "face/tui/outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "face/tui/bucket.h"

#define STDERR_BYTES   65536
#define FAREWELL_BYTES 512
#define LAST_CHANCE_MS 300
#define QUEUE_START    32768

struct outlet {
	int input, output; /* as given */
	int line;	   /* where bytes go; `output` itself where it cannot be opened again */
	char *queue;
	size_t start, end, capacity;
	unsigned long long written;
	struct bucket bucket;
};

/* What a dying program has to undo: plain values, because a signal handler reads them. */
static struct {
	volatile sig_atomic_t armed;
	int input, output, held, real_stderr; /* descriptors; -1: none */
	struct termios modes;
	char farewell[FAREWELL_BYTES];
	size_t farewell_size;
} rescue = {.held = -1, .real_stderr = -1};

static void set_raw(int input)
{
	struct termios raw = rescue.modes;

	raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON);
	raw.c_oflag &= ~(tcflag_t)OPOST;
	raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(input, TCSANOW, &raw);
}

/* Async-signal-safe. Gives up on a terminal that hangs: a dying program must die. */
static void write_all(int descriptor, const char *bytes, size_t size)
{
	struct pollfd out = {.fd = descriptor, .events = POLLOUT};

	while (size > 0) {
		ssize_t done;

		if (poll(&out, 1, LAST_CHANCE_MS) == 0) {
			return;
		}
		done = write(descriptor, bytes, size);
		if (done < 0 && errno != EINTR) {
			return;
		}
		bytes += done > 0 ? done : 0;
		size -= done > 0 ? (size_t)done : 0;
	}
}

static void hold_stderr(void)
{
	if (!isatty(STDERR_FILENO)) {
		return; /* it goes elsewhere already */
	}
	rescue.held = memfd_create("webmon-stderr", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	rescue.real_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (rescue.held >= 0 && rescue.real_stderr >= 0 &&
	    ftruncate(rescue.held, STDERR_BYTES) == 0 &&
	    fcntl(rescue.held, F_ADD_SEALS, F_SEAL_GROW) == 0) {
		dup2(rescue.held, STDERR_FILENO);
	}
}

/* Async-signal-safe: gives stderr back and says what it has heard. */
static void release_stderr(void)
{
	char text[1024];
	off_t size, at = 0;

	if (rescue.real_stderr < 0) {
		return;
	}
	dup2(rescue.real_stderr, STDERR_FILENO);
	size = lseek(rescue.held, 0, SEEK_CUR); /* how far it was written */
	while (at < size) {
		size_t want = (size_t)(size - at) < sizeof text ? (size_t)(size - at) : sizeof text;
		ssize_t got = pread(rescue.held, text, want, at);

		if (got <= 0) {
			break;
		}
		write_all(STDERR_FILENO, text, (size_t)got);
		at += got;
	}
	close(rescue.held);
	close(rescue.real_stderr);
	rescue.held = rescue.real_stderr = -1;
}

static int open_line(int output)
{
	char path[40];
	int line;

	snprintf(path, sizeof path, "/proc/self/fd/%d", output);
	line = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return line >= 0 && isatty(line) ? line : output;
}

struct outlet *outlet_open(int input, int output)
{
	struct outlet *outlet;

	if (!isatty(input) || !isatty(output) || tcgetattr(input, &rescue.modes) != 0) {
		return NULL;
	}
	outlet = x_calloc(1, sizeof *outlet);
	*outlet = (struct outlet){.input = input, .output = output, .line = open_line(output)};
	outlet->queue = x_malloc(QUEUE_START);
	outlet->capacity = QUEUE_START;
	rescue.input = input;
	rescue.output = output;
	rescue.farewell_size = 0;
	rescue.armed = 1;
	hold_stderr();
	set_raw(input);
	return outlet;
}

/* Waits a moment for a terminal that is slow; one that hangs is left as it is. */
static void drain(struct outlet *outlet)
{
	struct pollfd line = {.fd = outlet->line, .events = POLLOUT};

	while (!outlet_flush(outlet)) {
		if (poll(&line, 1, LAST_CHANCE_MS) <= 0 ||
		    (line.revents & (POLLERR | POLLHUP | POLLNVAL))) {
			return;
		}
	}
}

void outlet_close(struct outlet *outlet)
{
	drain(outlet);
	rescue.armed = 0;
	tcsetattr(outlet->input, TCSANOW, &rescue.modes);
	release_stderr();
	if (outlet->line != outlet->output) {
		close(outlet->line);
	}
	free(outlet->queue);
	free(outlet);
}

void outlet_put(struct outlet *outlet, const void *bytes, size_t size)
{
	if (outlet->start > 0) {
		outlet->end -= outlet->start;
		memmove(outlet->queue, outlet->queue + outlet->start, outlet->end);
		outlet->start = 0;
	}
	while (outlet->end + size >
	       outlet->capacity) { /* a larger terminal; frames wait while something is queued */
		outlet->capacity *= 2;
		outlet->queue = x_realloc(outlet->queue, outlet->capacity);
	}
	memcpy(outlet->queue + outlet->end, bytes, size);
	outlet->end += size;
}

void outlet_limit(struct outlet *outlet, int64_t bytes_per_s)
{
	outlet->bucket = bucket_of(bytes_per_s, clock_mono_us());
}

bool outlet_is_ready(struct outlet *outlet)
{
	return outlet_flush(outlet) && bucket_is_open(&outlet->bucket, clock_mono_us());
}

bool outlet_flush(struct outlet *outlet)
{
	struct pollfd line = {.fd = outlet->line, .events = POLLOUT};

	while (outlet->start < outlet->end) {
		ssize_t done;

		if (poll(&line, 1, 0) != 1 || !(line.revents & POLLOUT)) {
			return false;
		}
		done = write(outlet->line, outlet->queue + outlet->start,
			     outlet->end - outlet->start);
		if (done < 0 && errno != EINTR) {
			return false;
		}
		outlet->start += done > 0 ? (size_t)done : 0;
		outlet->written += done > 0 ? (unsigned long long)done : 0;
		bucket_spend(&outlet->bucket, done > 0 ? done : 0);
	}
	outlet->start = outlet->end = 0;
	return true;
}

unsigned long long outlet_bytes(const struct outlet *outlet)
{
	return outlet->written;
}

void outlet_size(const struct outlet *outlet, int *width, int *height)
{
	struct winsize size = {0};
	bool known =
		ioctl(outlet->output, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;

	*width = known ? size.ws_col : 80;
	*height = known ? size.ws_row : 24;
}

bool outlet_is_gone(const struct outlet *outlet)
{
	struct pollfd in = {.fd = outlet->input, .events = POLLIN};
	int size = 0;

	if (poll(&in, 1, 0) != 1) {
		return false;
	}
	return in.revents & (POLLHUP | POLLERR | POLLNVAL) ||
	       (ioctl(outlet->input, FIONREAD, &size) == 0 && size == 0);
}

void outlet_lend(struct outlet *outlet)
{
	drain(outlet);
	rescue.armed = 0;
	tcsetattr(outlet->input, TCSANOW, &rescue.modes);
	release_stderr();
}

void outlet_take_back(struct outlet *outlet)
{
	tcgetattr(outlet->input, &rescue.modes); /* the shell may have changed them */
	hold_stderr();
	set_raw(outlet->input);
	rescue.armed = 1;
}

void outlet_set_farewell(const char *bytes, size_t size)
{
	rescue.farewell_size = 0;
	if (size <= sizeof rescue.farewell) {
		memcpy(rescue.farewell, bytes, size);
		rescue.farewell_size = size;
	}
}

void outlet_emergency(void)
{
	if (!rescue.armed) {
		return; /* rmcup sent twice moves the cursor over the shell's text */
	}
	rescue.armed = 0;
	write_all(rescue.output, rescue.farewell, rescue.farewell_size);
	tcsetattr(rescue.input, TCSANOW, &rescue.modes);
	release_stderr();
}
