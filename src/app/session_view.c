/*
 * The session of a viewer: what another process writes, or has written. Nothing is probed, and
 * nothing is written.
 */
#include <stdio.h>
#include <stdlib.h>

#include "app/session.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"

static bool say_why(const char *why)
{
	fprintf(stderr, "webmon: %s\n", why);
	return false;
}

/* The targets are the store's, whatever the configuration has. */
static void take_targets(struct session *session)
{
	session->targets = store_targets(session->store);
	session->config->targets = session->targets;
	session->config->target_count = store_target_count(session->store);
}

/* A viewer shows the time up to which it knows anything. */
static void hold_clock(const struct store_condition *condition)
{
	int64_t last_ms = condition->ended_ms ? condition->ended_ms : condition->last_ms;

	clock_hold_wall(condition->is_alive ? 0 : last_ms);
}

static void tell_end(struct session *session, const struct store_condition *condition)
{
	int64_t last_ms = condition->ended_ms ? condition->ended_ms : condition->last_ms;
	char stamp[FORMAT_MAX];

	format_stamp(stamp, last_ms, STAMP_FULL, session->config->program.utc, last_ms);
	if (condition->is_alive)
		session->trouble[0] = '\0';
	else if (condition->ended_ms)
		text_format(session->trouble, sizeof session->trouble, "recorder ended at %s",
			    stamp);
	else
		text_format(session->trouble, sizeof session->trouble,
			    "recorder (process %lld) is gone; it wrote last at %s",
			    (long long)condition->pid, stamp);
}

bool session_open_view(struct session *session, const struct cli *cli, const char *path)
{
	struct config_request request = cli->request;
	struct store_condition condition;
	struct errors errors = {0};
	char why[STORE_WHY_MAX];

	*session = (struct session){.cli = cli, .store_fd = -1};
	request.program_only = true;
	session->config = config_load(&request, &errors);
	errors_print(&errors, stderr);
	errors_free(&errors);
	if (!session->config)
		return false;
	if (!path)
		path = session->config->program.history;
	if (!path)
		return say_why("there is no history to view: name its file, as in 'webmon view "
			       "FILE', or give a configuration with 'history ='");
	session->store = store_view(path, why);
	if (!session->store)
		return say_why(why);
	take_targets(session);
	store_condition(session->store, &condition);
	hold_clock(&condition);
	tell_end(session, &condition);
	if (why[0])
		text_copy(session->trouble, sizeof session->trouble, why);
	session->store_fd = store_watch(session->store);
	return session->store_fd >= 0 || say_why("no descriptor left to wait with (see ulimit -n)");
}

bool session_open_again(const struct session *session, struct session *next)
{
	struct store_condition condition;

	store_condition(session->store, &condition);
	if (session_open_view(next, session->cli, condition.path))
		return true;
	session_close(next);
	return false;
}

enum session_change session_look(struct session *session)
{
	struct store_condition condition;
	bool ended = session->trouble[0] != '\0';

	store_condition(session->store, &condition);
	if (condition.is_superseded)
		return SESSION_OTHER_FILE;
	hold_clock(&condition);
	if (condition.is_alive == !ended)
		return SESSION_SAME;
	tell_end(session, &condition);
	return condition.is_alive ? SESSION_BACK : SESSION_ENDED;
}
