#ifndef WEBMON_APP_MODES_H
#define WEBMON_APP_MODES_H
/*
 * What webmon can be asked to do: a function a mode, each in a file of its own. Each returns the
 * exit status. Main thread.
 */
#include "app/cli.h"
#include "app/session.h"

mode_run mode_watch, mode_snapshot, mode_record, mode_view, mode_replay, mode_check, mode_demo;

/* The dashboard (or, where there is no screen, plain lines) over an open session; closes
 * nothing. */
int watch_session(struct session *session, const struct cli *cli, const char *source_name);
int plain_session(struct session *session, int signal_fd);
/*
 * Probes `rounds` times, prints, returns the status of the picture; for_show: 0 whatever the
 * picture (3 all the same where there is none).
 */
int snapshot_session(struct session *session, const struct cli *cli, bool for_show);

/* Prints what a viewer's session sees; returns the status of the picture. */
int snapshot_seen(struct session *session, const struct cli *cli);

#endif
