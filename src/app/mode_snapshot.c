/*
 * webmon snapshot: every target at once, as many rounds as asked, then the picture on stdout.
 */
#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/modes.h"
#include "app/signals.h"
#include "base/units.h"

#define WIDTH_UNKNOWN 80

/* Waits for the end of the rounds; false where a signal came first. */
static bool wait_done(const struct session *session, int signal_fd)
{
	struct pollfd fds[2] = {{.fd = session->store_fd, .events = POLLIN},
				{.fd = signal_fd, .events = POLLIN}};

	while (!poll_done(session->poll)) {
		int number;

		if (poll(fds, 2, 1000) < 0 && errno != EINTR)
			return false;
		store_woken(session->store, session->store_fd);
		while ((number = signals_next(signal_fd)) != 0)
			if (number == SIGTERM || number == SIGINT || number == SIGHUP ||
			    number == SIGQUIT)
				return false;
	}
	return true;
}

/* COLUMNS or the terminal's own width; 80 where neither is known. */
static int picture_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	int64_t width;

	if (columns && parse_integer(columns, 20, 10000, &width))
		return (int)width;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
		return size.ws_col;
	return WIDTH_UNKNOWN;
}

static bool may_color(const struct config *config)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (config->program.color == COLOR_NEVER || (no_color && no_color[0]))
		return false;
	if (config->program.color != COLOR_AUTO)
		return true;
	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0;
}

static bool is_ascii(const struct config *config)
{
	if (config->program.ascii != ASCII_AUTO)
		return config->program.ascii == ASCII_YES;
	return strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

static int print(const struct session *session, const struct cli *cli, bool for_show)
{
	struct rows *rows = rows_new(session->config, session->store);
	struct snapshot snapshot = {
		.config = session->config,
		.store = session->store,
		.rows = rows,
		.format = cli->format,
		.evidence = cli->evidence,
		.for_show = for_show,
		.ascii = is_ascii(session->config),
		.width = picture_width(),
		.color = may_color(session->config),
	};
	struct tally tally;
	bool written;

	rows_refresh(rows, session->store);
	tally = rows_tally(rows);
	written = cli->quiet || (snapshot_print(&snapshot, stdout) && fflush(stdout) == 0);
	rows_free(rows);
	if (!written) {
		fprintf(stderr, "webmon: cannot write the snapshot: %s\n", strerror(errno));
		return 3;
	}
	return for_show ? 0 : tally_exit_status(&tally);
}

int snapshot_session(struct session *session, const struct cli *cli, bool for_show)
{
	struct poll_options options = {.rounds = cli->rounds, .spread = false};
	int signal_fd = signals_open();
	int status = 3;

	if (session_poll(session, &options) && wait_done(session, signal_fd))
		status = print(session, cli, for_show);
	close(signal_fd);
	return status;
}

int mode_snapshot(const struct cli *cli)
{
	struct session session;
	int status = 3;

	if (cli->from) {
		if (session_open_view(&session, cli, cli->from)) {
			if (session.trouble[0])
				fprintf(stderr, "webmon: %s\n", session.trouble);
			status = print(&session, cli, false);
		}
	} else if (session_open(&session, cli)) {
		status = snapshot_session(&session, cli, false);
	}

	session_close(&session);
	return status;
}
