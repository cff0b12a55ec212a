/*
 * webmon record: probes, keeps history and tells others, without a screen; for a service manager,
 * or in the background.
 *
 * The main thread only waits: for signals, and for the pollers' signs of life, which it passes on
 * to the watchdog. Where they stop, so does the watchdog's food.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/modes.h"
#include "app/service.h"
#include "app/signals.h"
#include "base/clock.h"
#include "base/text.h"
#include "face/trace.h"

#define ALIVE_US 5000000 /* the pollers publish each second */
#define LOOK_US	 1000000
#define TRACE_US 1000000

struct record {
	struct session session;
	struct trace_files *trace; /* NULL: none */
	const char *trace_folder;
	char trace_trouble[200]; /* as told last */
	int signal_fd;
	struct hangups hangups;
	bool ended, failed;
	int64_t watchdog_us;				/* between two signs; 0: none are wanted */
	int64_t fed_us, woken_us, traced_us, looked_us; /* when last */
	char trouble[200];
	char refused[200]; /* why the last reload changed nothing */
};

static void tell_state(const struct record *record)
{
	size_t count = record->session.config->target_count;

	service_tell("READY=1\nSTATUS=%s%s%s%s%zu target%s", record->refused,
		     record->refused[0] ? "; " : "", record->trouble,
		     record->trouble[0] ? "; " : "", count, count == 1 ? "" : "s");
}

static bool open_trace(struct record *record)
{
	char why[200];

	if (!record->trace_folder)
		return true;
	record->trace = trace_files_new(record->session.config, record->session.store,
					record->trace_folder, why);
	if (!record->trace)
		fprintf(stderr, "webmon: %s\n", why);
	return record->trace != NULL;
}

/* What goes wrong does so with each sample: once is enough. */
static void write_trace(struct record *record)
{
	char why[sizeof record->trace_trouble] = "";

	if (!record->trace || trace_files_write(record->trace, why) ||
	    strcmp(why, record->trace_trouble) == 0)
		return;
	memcpy(record->trace_trouble, why, sizeof why);
	if (record->session.log)
		log_note(record->session.log, why);
}

/* Who asked for it looks at the service's state and its journal, not at first into our log. */
static void refuse(struct record *record, const char *words)
{
	const char *log = record->session.config->program.log;

	text_copy(record->refused, sizeof record->refused, words);
	if (record->session.log)
		log_note(record->session.log, words);
	if (!log || strcmp(log, LOG_STDOUT) != 0)
		fprintf(stderr, "webmon: %s\n", words);
}

static void reload(struct record *record)
{
	struct session *session = &record->session;
	char words[200] = "";
	struct config *config = session_read_again(session, words);

	service_tell("RELOADING=1\nMONOTONIC_USEC=%lld", (long long)clock_mono_us());
	if (config) {
		struct trace_files *before = record->trace;

		record->refused[0] = '\0';
		write_trace(record);
		record->trace = NULL;
		record->ended = record->failed = !session_exchange(session, config, words);
		/* the traces are the least of it: without them the rest goes on */
		if (!record->failed && !open_trace(record) && session->log)
			log_note(session->log, "the traces end here: stderr says why");
		if (before && record->trace)
			trace_files_go_on(record->trace, before);
		trace_files_free(before);
	} else {
		refuse(record, words);
	}
	if (session->log)
		log_reopen(session->log);
	tell_state(record);
}

/* A log that was put away is opened anew each time: that costs nothing. */
static void hang_up(struct record *record)
{
	if (hangups_take(&record->hangups, clock_mono_us()))
		reload(record);
	else if (record->session.log)
		log_reopen(record->session.log);
}

static void read_signals(struct record *record)
{
	int number;

	while ((number = signals_next(record->signal_fd)) != 0) {
		if (number == SIGHUP)
			hang_up(record);
		else if (number == SIGTERM || number == SIGINT || number == SIGQUIT)
			record->ended = true;
		else if (number == SIGTSTP)
			signals_suspend();
	}
}

static void look(struct record *record, int64_t now_us)
{
	char trouble[sizeof record->trouble];

	record->looked_us = now_us;
	outlets_note(&record->session.outlets, record->session.log);
	session_trouble(&record->session, trouble);
	if (strcmp(trouble, record->trouble) == 0)
		return;
	memcpy(record->trouble, trouble, sizeof trouble);
	tell_state(record);
}

static void do_what_is_due(struct record *record)
{
	int64_t now_us = clock_mono_us();

	if (record->watchdog_us && now_us - record->fed_us >= record->watchdog_us &&
	    now_us - record->woken_us < ALIVE_US) {
		record->fed_us = now_us;
		service_tell("WATCHDOG=1");
	}
	if (now_us - record->traced_us >= TRACE_US) {
		record->traced_us = now_us;
		write_trace(record);
	}
	if (now_us - record->looked_us >= LOOK_US)
		look(record, now_us);
	if (hangups_are_due(&record->hangups, now_us))
		reload(record);
}

static void loop(struct record *record)
{
	int64_t turn_us = record->watchdog_us && record->watchdog_us < LOOK_US ? record->watchdog_us
									       : LOOK_US;

	while (!record->ended) {
		struct pollfd fds[2] = {{.fd = record->signal_fd, .events = POLLIN},
					{.fd = record->session.store_fd, .events = POLLIN}};

		/* The store is asked once a turn: what the pollers write meanwhile wakes nobody. */
		if (poll(fds, 1, (int)(turn_us / 1000)) < 0 && errno != EINTR)
			return;
		read_signals(record);
		if (record->ended)
			return;
		fds[1].fd = record->session.store_fd;
		if (poll(fds + 1, 1, 0) > 0) {
			record->woken_us = clock_mono_us();
			store_woken(record->session.store, record->session.store_fd);
		}
		do_what_is_due(record);
	}
}

static int run(struct record *record)
{
	struct poll_options options = {.spread = true};

	record->signal_fd = signals_open();
	record->watchdog_us = service_watchdog_us();
	record->woken_us = clock_mono_us();
	if (!open_trace(record) || !session_poll(&record->session, &options))
		return 3;
	look(record, record->woken_us);
	tell_state(record);
	loop(record);
	service_tell("STOPPING=1");
	session_rest(&record->session);
	write_trace(record);
	return record->failed ? 3 : 0;
}

int mode_record(const struct cli *cli)
{
	struct record record = {.trace_folder = cli->trace, .signal_fd = -1};
	int status = 3;

	if (session_open_kept(&record.session, cli, true))
		status = run(&record);
	trace_files_free(record.trace);
	session_close(&record.session);
	if (record.signal_fd >= 0)
		close(record.signal_fd);
	return status;
}
