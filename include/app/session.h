#ifndef WEBMON_APP_SESSION_H
#define WEBMON_APP_SESSION_H
/*
 * Everything that one configuration sets going: the configuration, its store, the log and the
 * pollers. Main thread.
 */
#include "app/cli.h"
#include "face/log.h"
#include "source/poll/poll.h"
#include "source/prometheus.h"
#include "store/store.h"

struct session {
	struct config *config;
	struct store *store;
	struct log *log;   /* NULL: none */
	struct poll *poll; /* NULL: not polling */
	struct found *found; /* targets of the source; NULL: webmon probes its own */
	struct prometheus *source; /* NULL: not reading one */
	int store_fd;
};

/* Configuration, store and log; no probe yet. False after having said why on stderr. */
bool session_open(struct session *session, const struct cli *cli);
/* The same for a configuration that is there already (takes it). */
bool session_open_config(struct session *session, struct config *config);
/* Sets the pollers going. False after having said why. */
bool session_poll(struct session *session, const struct poll_options *options);
/* To the pollers or the source; target: index or POLL_ALL. Nothing where neither runs. */
void session_command(struct session *session, enum poll_verb verb, size_t target);
/* The source could not be read: says why on stderr. */
bool session_is_cut_off(const struct session *session);
/* All rounds are done. */
bool session_is_done(const struct session *session);
/* Ends the pollers, then the log; frees all. Safe on a session half open. */
void session_close(struct session *session);

/* The file's own name without its folder, "prod.ini", or what else stands for it. */
const char *session_source_name(const struct session *session);

#endif
