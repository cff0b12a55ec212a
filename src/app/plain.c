/*
 * --plain: a line an event on stdout, for screen readers, pipes and terminals that can do no more.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/modes.h"
#include "app/signals.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"

#define BATCH	64
#define SOON_MS 200	/* a SIGHUP waits for another */
#define LOOK_US 1000000 /* between two looks at what became of a viewed file */

static void print_event(const struct session *session, const struct event *event)
{
	const struct config *config = session->config;
	char stamp[FORMAT_MAX];

	format_stamp(stamp, event->at_ms, STAMP_ISO, true, event->at_ms);
	printf("%s %s %s %s\n", stamp, event_table[event->kind].plain,
	       event->target < config->target_count ? config->targets[event->target].name
						    : "webmon",
	       event->detail);
}

/* Prints what came since; false where stdout is gone. */
static bool print_news(const struct session *session, uint64_t *next)
{
	struct event events[BATCH];
	uint64_t lost, head = store_event_head(session->store);
	size_t count;

	while ((count = store_events(session->store, *next, events, BATCH, &lost)) > 0) {
		if (lost)
			printf("%llu events lost\n", (unsigned long long)lost);
		for (size_t i = 0; i < count; i++)
			print_event(session, &events[i]);
		*next = events[count - 1].number + 1;
	}
	/* what was not for this viewer is passed, too: else it would count as lost one day */
	if (*next < head)
		*next = head;
	return fflush(stdout) == 0;
}

/*
 * SIGHUP, or the source has other targets; where they cannot be taken in, all stays as it is. next:
 * of the events. False: nothing goes on.
 */
static bool reload(struct session *session, uint64_t *next)
{
	char words[200] = "the recorder reads its own configuration: send it SIGHUP";
	struct config *config = session->targets ? NULL : session_read_again(session, words);
	bool good = !config || session_exchange(session, config, words);

	printf("webmon: %s\n", words);
	/* what comes from a source is told anew by a new store */
	if (good && *next > store_event_head(session->store))
		*next = 0;
	return good;
}

/* logrotate sends the same signal as a terminal that went away. */
static bool nobody_reads(void)
{
	struct pollfd output = {.fd = STDOUT_FILENO};

	return poll(&output, 1, 0) == 1 && (output.revents & (POLLHUP | POLLERR | POLLNVAL));
}

/* The status to end with; -1: it goes on. */
static int obey_signals(struct session *session, struct hangups *hangups, int signal_fd,
			uint64_t *next)
{
	int number;

	while ((number = signals_next(signal_fd)) != 0) {
		if (number == SIGHUP && !nobody_reads()) {
			if (hangups_take(hangups, clock_mono_us()) && !reload(session, next))
				return 3;
			if (session->log)
				log_reopen(session->log);
		} else if (number == SIGTSTP) {
			signals_suspend();
		} else if (number == SIGTERM || number == SIGINT || number == SIGQUIT ||
			   number == SIGHUP) {
			return 0;
		}
	}
	return -1;
}

/* To the recorder's new file, tried again at each look; why that fails is told once. */
static void follow(struct session *session)
{
	char told[STORE_WHY_MAX], news[200];
	struct session next;

	text_copy(told, sizeof told, session->trouble);
	if (session_open_again(session, &next, news)) {
		session_close(session);
		*session = next;
		printf("webmon: %s\n", news);
	} else if (strcmp(told, session->trouble) != 0) {
		printf("webmon: %s\n", session->trouble);
	}
}

/* Of a viewer: follows the recorder to another file, and says when it has ended. Event numbers go
 * on from file to file. */
static void look_after_file(struct session *session, int64_t *looked_us)
{
	int64_t now_us = clock_mono_us();
	enum session_change change;

	if (!session->targets || now_us - *looked_us < LOOK_US)
		return;
	*looked_us = now_us;
	change = session_look(session);
	if (change == SESSION_ENDED) {
		printf("webmon: %s\n", session->trouble);
	} else if (change == SESSION_BACK) {
		puts("webmon: a recorder writes the history again");
	} else if (change == SESSION_OTHER_FILE) {
		follow(session);
	}
}

int plain_session(struct session *session, int signal_fd)
{
	struct pollfd fds[2] = {{.fd = session->store_fd, .events = POLLIN},
				{.fd = signal_fd, .events = POLLIN}};
	struct hangups hangups = {0};
	uint64_t next = session->first_event;
	int64_t looked_us = 0;
	size_t targets = session->config->target_count;

	/* A person who sees nothing for an hour is to know that nothing has happened. */
	if (isatty(STDOUT_FILENO))
		printf("webmon: %zu target%s watched, a line an event; ^C ends\n", targets,
		       targets == 1 ? "" : "s");
	for (;;) {
		int status;

		if (!print_news(session, &next))
			return errno == EPIPE ? 0 : 3;
		if (poll(fds, 2, hangups_due_us(&hangups) == INT64_MAX ? -1 : SOON_MS) < 0 &&
		    errno != EINTR)
			return 3;
		store_woken(session->store, session->store_fd);
		if ((session_has_news(session) || hangups_are_due(&hangups, clock_mono_us())) &&
		    !reload(session, &next))
			return 3;
		look_after_file(session, &looked_us);
		status = obey_signals(session, &hangups, signal_fd, &next);
		if (status >= 0)
			return status;
		fds[0].fd = session->store_fd;
	}
}
