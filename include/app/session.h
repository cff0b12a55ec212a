#ifndef WEBMON_APP_SESSION_H
#define WEBMON_APP_SESSION_H
/*
 * Everything that one configuration sets going: the configuration, its store, the log and the
 * pollers. Main thread.
 */
#include "app/cli.h"
#include "face/alert.h"
#include "face/log.h"
#include "face/metrics.h"
#include "source/poll/poll.h"
#include "store/store.h"

struct session {
	struct config *config;
	struct store *store;
	struct log *log;   /* NULL: none */
	struct metrics *metrics; /* NULL: none */
	struct alerts *alerts;	 /* NULL: none */
	struct poll *poll; /* NULL: not polling */
	int store_fd;
};

/* Configuration, store and log; no probe yet. False after having said why on stderr. */
bool session_open(struct session *session, const struct cli *cli);
/* The same for a configuration that is there already (takes it). */
bool session_open_config(struct session *session, struct config *config);
/* What makes trouble beside the targets: the log, the metrics, the alerts; "" where all is well. */
void session_trouble(const struct session *session, char out[200]);
/* Sets the pollers going, and the outlets unless it is for a few rounds. False after having said why. */
bool session_poll(struct session *session, const struct poll_options *options);
/* Ends the pollers, then outlets and log; frees all. Safe on a session half open. */
void session_close(struct session *session);

/* The file's own name without its folder, "prod.ini", or what else stands for it. */
const char *session_source_name(const struct session *session);

#endif
