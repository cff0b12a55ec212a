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
#include "base/clock.h"
#include "base/units.h"
#include "face/snapshot_diff.h"

#define WIDTH_UNKNOWN 80
#define PROGRESS_MS   250
#define PATIENCE_US   1000000 /* of a person, before progress is told */
#define FAILED	      (-1)    /* no exit status yet: webmon could not do its work */
#define SIGNAL_BASE   128     /* and a signal's number: the status of what it has ended */

/* ---- progress, for a person who waits ---- */

struct progress {
	const struct session *session;
	unsigned rounds;
	bool shown, wanted;
	int64_t from_us; /* not before: most snapshots are over by then */
};

/* Targets of which all rounds are done; *probes: rounds of all of them. */
static size_t count_done(const struct progress *progress, uint64_t *probes)
{
	const struct session *session = progress->session;
	size_t done = 0;

	*probes = 0;
	for (size_t i = 0; i < session->config->target_count; i++) {
		uint64_t head = store_head(session->store, i);

		*probes += head < progress->rounds ? head : progress->rounds;
		done += head >= progress->rounds;
	}
	return done;
}

static void show_progress(struct progress *progress)
{
	size_t targets = progress->session->config->target_count, done;
	uint64_t probes;

	if (!progress->wanted || clock_mono_us() < progress->from_us)
		return;
	done = count_done(progress, &probes);
	fprintf(stderr, "\r\033[K%zu of %zu targets done, %llu of %llu checks", done, targets,
		(unsigned long long)probes, (unsigned long long)targets * progress->rounds);
	progress->shown = true;
}

static void hide_progress(const struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
}

/* A pipeline, cron or a plugin's time limit ended it: whoever reads stderr is to know how far it
 * came. */
static void tell_interrupted(const struct progress *progress, int number)
{
	size_t targets = progress->session->config->target_count, done;
	const char *name = number == SIGINT    ? "INT"
			   : number == SIGTERM ? "TERM"
			   : number == SIGHUP  ? "HUP"
					       : "QUIT";
	uint64_t probes;

	done = count_done(progress, &probes);
	fprintf(stderr, "webmon: interrupted by SIG%s: %zu of %zu target%s had been checked", name,
		done, targets, targets == 1 ? "" : "s");
	if (progress->rounds > 1)
		fprintf(stderr, " in all rounds, %llu of %llu checks were done",
			(unsigned long long)probes, (unsigned long long)targets * progress->rounds);
	fputc('\n', stderr);
}

/* The next signal that ends a snapshot; 0: none came. */
static int next_ending(int signal_fd)
{
	int number;

	while ((number = signals_next(signal_fd)) != 0)
		if (number == SIGTERM || number == SIGINT || number == SIGHUP || number == SIGQUIT)
			return number;
	return 0;
}

/* Waits for the end of the rounds. Returns 0, the signal that came first, or FAILED. */
static int wait_done(const struct session *session, int signal_fd, struct progress *progress)
{
	struct pollfd fds[2] = {{.fd = session->store_fd, .events = POLLIN},
				{.fd = signal_fd, .events = POLLIN}};

	while (!session_is_done(session)) {
		int number;

		if (poll(fds, 2, PROGRESS_MS) < 0 && errno != EINTR)
			return FAILED;
		show_progress(progress);
		store_woken(session->store, session->store_fd);
		number = next_ending(signal_fd);
		if (number)
			return number;
	}
	return 0;
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

/* before: the earlier one to compare with; NULL: none. */
static bool write_out(const struct snapshot *snapshot, const struct snapshot_diff *before)
{
	bool written = before ? snapshot_diff_print(before, snapshot, stdout)
			      : snapshot_print(snapshot, stdout);

	return written && fflush(stdout) == 0;
}

static int print(const struct session *session, const struct cli *cli, bool for_show,
		 const struct snapshot_diff *before)
{
	struct rows *rows = rows_new(session->config, session->store);
	struct snapshot snapshot = {
		.ending = session_ending(session),
		.config = session->config,
		.store = session->store,
		.rows = rows,
		.from = cli->from,
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
	ending_apply(&snapshot.ending, rows);
	tally = rows_tally(rows);
	written = cli->quiet || write_out(&snapshot, before);
	rows_free(rows);
	if (!written) {
		if (errno != EPIPE) /* `| head` has what it wanted */
			fprintf(stderr, "webmon: cannot write the snapshot: %s\n", strerror(errno));
		return FAILED;
	}
	return for_show ? 0 : tally_exit_status(&tally);
}

static int probe(struct session *session, const struct cli *cli, bool for_show,
		 const struct snapshot_diff *before)
{
	struct poll_options options = {.rounds = cli->rounds, .spread = false};
	struct progress progress = {
		.session = session,
		.rounds = cli->rounds,
		.wanted = !cli->quiet && isatty(STDERR_FILENO),
		.from_us = clock_mono_us() + PATIENCE_US,
	};
	int signal_fd = signals_open();
	int ended =
		session_poll(session, &options) ? wait_done(session, signal_fd, &progress) : FAILED;

	hide_progress(&progress);
	close(signal_fd);
	if (ended > 0) {
		tell_interrupted(&progress, ended);
		return SIGNAL_BASE + ended;
	}
	return ended == 0 && !session_is_cut_off(session) ? print(session, cli, for_show, before)
							  : FAILED;
}

static int exit_status(int status)
{
	return status == FAILED ? 3 : status;
}

int snapshot_session(struct session *session, const struct cli *cli, bool for_show)
{
	return exit_status(probe(session, cli, for_show, NULL));
}

static int print_seen(const struct session *session, const struct cli *cli,
		      const struct snapshot_diff *before)
{
	if (session->trouble[0])
		fprintf(stderr, "webmon: %s\n", session->trouble);
	return print(session, cli, false, before);
}

int snapshot_seen(struct session *session, const struct cli *cli)
{
	return exit_status(print_seen(session, cli, NULL));
}

/* False where there is one, and it cannot be read. */
static bool read_before(const struct cli *cli, struct snapshot_diff **before)
{
	struct errors errors = {0};

	*before = cli->diff ? snapshot_diff_read(cli->diff, &errors) : NULL;
	errors_print(&errors, stderr);
	errors_free(&errors);
	return !cli->diff || *before;
}

/* It may have been a signal that ended the wait for a source: then it is there still. */
static int status_of_refusal(void)
{
	int signal_fd = signals_open(), number = next_ending(signal_fd);

	close(signal_fd);
	return number ? SIGNAL_BASE + number : FAILED;
}

static int take_picture(struct session *session, const struct cli *cli,
			const struct snapshot_diff *before)
{
	int status = FAILED;

	if (cli->from) {
		if (session_open_view(session, cli, cli->from))
			status = print_seen(session, cli, before);
	} else if (session_open(session, cli)) {
		status = probe(session, cli, false, before);
	} else {
		status = status_of_refusal();
	}
	session_close(session);
	return status;
}

int mode_snapshot(const struct cli *cli)
{
	struct session session;
	struct snapshot_diff *before;
	int status = FAILED;

	if (read_before(cli, &before))
		status = take_picture(&session, cli, before);
	snapshot_diff_free(before);
	/* who runs plugins reads stdout alone */
	if ((status == FAILED || status > SIGNAL_BASE) && cli->format == SNAPSHOT_NAGIOS &&
	    !cli->quiet)
		puts("WEBMON UNKNOWN - webmon could not do its work: stderr says why");
	return exit_status(status);
}
