#ifndef WEBMON_APP_SESSION_H
#define WEBMON_APP_SESSION_H
/*
 * Everything that one configuration sets going: the configuration, its store, the log and the
 * pollers; or, for a viewer, what another process has set going. Main thread.
 */
#include "app/cli.h"
#include "app/control.h"
#include "app/outlets.h"
#include "face/log.h"
#include "source/poll/poll.h"
#include "source/prometheus.h"
#include "store/store.h"

struct session {
	const struct cli *cli; /* what was asked for, to be read again; NULL: no reload */
	struct config *config;
	struct store *store;
	struct log *log;   /* NULL: none */
	struct log_file *log_file; /* between two of them: what it owes goes on over a reload */
	struct outlets outlets;
	struct poll *poll; /* NULL: not polling */
	struct control *control; /* NULL: nobody else can ask for anything */
	struct prometheus *source; /* in place of pollers; NULL: none */
	struct found *found;	 /* its targets; NULL: webmon probes its own */
	struct found *next_found; /* other ones, for the next reload; NULL: the same */
	struct target *targets;	 /* of a viewer: as the store describes them */
	int store_fd;
	uint64_t first_event; /* of this session: those before it were told by an earlier one */
	bool reloads; /* what cannot be had any more (an outlet, a chosen target) is told of, and the rest goes on */
	bool lacks;   /* of a viewer: a part of what was asked for is gone from the recorder's targets */
	bool struck;  /* the history's file is gone under us, and that was told */
	bool records; /* nobody looks: what is written goes to stdout where there is no log */
	char trouble[STORE_WHY_MAX]; /* of the history; "" where all is well */
};

/* Configuration, store in memory and log; no probe yet. False after having said why on stderr. */
bool session_open(struct session *session, const struct cli *cli);
/* The same, with the history file that the configuration names. */
bool session_open_kept(struct session *session, const struct cli *cli, bool records);
/* The same in memory for a configuration that is there already (takes it). */
bool session_open_config(struct session *session, struct config *config);
/* What another process writes, or has written: of this configuration the program's options alone. */
bool session_open_view(struct session *session, const struct cli *cli, const char *path);

/* What makes trouble beside the targets: history, log, metrics, alerts; "" where all is well. */
void session_trouble(struct session *session, char out[200]);
/* Sets the pollers going, and the outlets unless it is for a few rounds. False after having said why. */
bool session_poll(struct session *session, const struct poll_options *options);
/* To the pollers or the source; target: index or POLL_ALL. False where neither runs. */
bool session_command(struct session *session, enum poll_verb verb, size_t target);
/* All rounds are done. */
bool session_is_done(const struct session *session);
/* The source could not be read: says why on stderr. */
bool session_is_cut_off(const struct session *session);
/* The source has other targets than at the start: a reload shows them. */
bool session_has_news(struct session *session);
/* Ends the pollers alone: the store stands as they left it. */
void session_rest(struct session *session);
/* Ends the pollers, then outlets and log; frees all. Safe on a session half open. */
void session_close(struct session *session);

/*
 * Reload, in two steps, because faces hold on to configuration and store: reads the configuration
 * again; NULL with what is wrong in `why`, and everything goes on as before.
 */
struct config *session_read_again(const struct session *session, char why[200]);
/* Goes on with it (takes it), pollers and all; store_fd may be another one. What came of it in news. */
bool session_exchange(struct session *session, struct config *config, char news[200]);

/* Of a viewer: since when nobody writes the file. */
struct ending session_ending(const struct session *session);
/* Of a viewer: what became of the file's writer. */
enum session_change { SESSION_SAME, SESSION_OTHER_FILE, SESSION_ENDED, SESSION_BACK };
enum session_change session_look(struct session *session);
/* OTHER_FILE: opens what stands there now as the session to go on with, once this one is closed; news gets what to tell of
 * it. False: it cannot be read yet, and the session's trouble says why. */
bool session_open_again(struct session *session, struct session *next, char news[200]);

/* The file's own name without its folder, "prod.ini", or what else stands for it. */
const char *session_source_name(const struct session *session);

#endif
