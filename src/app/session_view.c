/*
 * The session of a viewer: what another process writes, or has written. Nothing is probed, and
 * nothing is written.
 */
#include <stdio.h>
#include <stdlib.h>

#include "app/session.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/units.h"

/* Leaves of the store what the command line asks for; false: errors say why there is none of it.
 * Who looks already goes on with what is left where the recorder has dropped a part of it. */
static bool choose_targets(struct session *session, const struct config_request *request,
			   struct errors *errors)
{
	struct store *store = session->store;
	size_t all = store_target_count(store), known = errors->count, count;
	struct target *targets = store_targets(store);
	size_t *chosen = x_calloc(all + 1, sizeof *chosen);

	errors->lenient = session->reloads;
	count = config_choose(request, targets, all, chosen, errors);
	errors->lenient = false;
	session->lacks = errors->count > known;
	if (count == 0 && session->reloads) /* says why, as an error now */
		count = config_choose(request, targets, all, chosen, errors);
	if (count > 0)
		store_choose(store, chosen, count);
	free(chosen);
	free(targets);
	return count > 0;
}

/* The targets are the store's, whatever the configuration has. False: errors say why. */
static bool take_targets(struct session *session, const struct config_request *request,
			 struct errors *errors)
{
	if (config_has_choice(request) && !choose_targets(session, request, errors))
		return false;
	session->targets = store_targets(session->store);
	session->config->targets = session->targets;
	session->config->target_count = store_target_count(session->store);
	return true;
}

static int64_t last_sign_ms(const struct store_condition *condition)
{
	return condition->ended_ms ? condition->ended_ms : condition->last_ms;
}

/* A viewer shows the time up to which it knows anything. */
static void hold_clock(const struct store_condition *condition)
{
	clock_hold_wall(condition->is_alive ? 0 : last_sign_ms(condition));
}

static void words_of_end(const struct session *session, const struct store_condition *condition,
			 char out[200])
{
	int64_t last_ms = last_sign_ms(condition);
	bool utc = session->config->program.utc;
	char date[FORMAT_MAX], clock[FORMAT_MAX];

	format_stamp(date, last_ms, STAMP_DATE, utc, last_ms);
	format_stamp(clock, last_ms, STAMP_CLOCK, utc, last_ms);
	if (condition->is_alive)
		out[0] = '\0';
	else if (condition->ended_ms)
		text_format(out, 200, "recorder ended at %s %s", date, clock);
	else
		text_format(out, 200, "recorder (process %lld) is gone; it wrote last at %s %s",
			    (long long)condition->pid, date, clock);
}

static void tell_end(struct session *session, const struct store_condition *condition)
{
	words_of_end(session, condition, session->trouble);
}

struct ending session_ending(const struct session *session)
{
	struct ending ending = {.now_ms = clock_present_ms()};
	struct store_condition condition;

	store_condition(session->store, &condition);
	if (!session->targets || condition.is_alive)
		return ending;
	words_of_end(session, &condition, ending.why);
	ending.at_ms = last_sign_ms(&condition) > 0 ? last_sign_ms(&condition) : 1;
	return ending;
}

static bool refuse(struct errors *errors, const char *why)
{
	error_add(errors, NULL, 0, "%s", why);
	return false;
}

/* False: errors say why. */
static bool open_view(struct session *session, const char *path, struct errors *errors)
{
	struct config_request request = session->cli->request;
	struct store_condition condition;
	char why[STORE_WHY_MAX];

	request.program_only = true;
	session->config = config_load(&request, errors);
	if (!session->config)
		return false;
	if (!path)
		path = session->config->program.history;
	if (!path)
		return refuse(errors,
			      "there is no history to view: name its file, as in 'webmon view "
			      "FILE', or give a configuration with 'history ='");
	session->store = store_view(path, why);
	if (!session->store)
		return refuse(errors, why);
	if (!take_targets(session, &request, errors))
		return false;
	store_condition(session->store, &condition);
	hold_clock(&condition);
	tell_end(session, &condition);
	if (why[0])
		text_copy(session->trouble, sizeof session->trouble, why);
	session->store_fd = store_watch(session->store);
	return session->store_fd >= 0 ||
	       refuse(errors, "no descriptor left to wait with (see ulimit -n)");
}

bool session_open_view(struct session *session, const struct cli *cli, const char *path)
{
	struct errors errors = {0};
	bool opened;

	*session = (struct session){.cli = cli, .store_fd = -1};
	opened = open_view(session, path, &errors);

	errors_print(&errors, stderr);
	errors_free(&errors);
	return opened;
}

bool session_open_again(struct session *session, struct session *next, char news[200])
{
	struct store_condition condition;
	struct errors errors = {0};

	*next = (struct session){.cli = session->cli, .reloads = true, .store_fd = -1};
	store_condition(session->store, &condition);
	bool opened = open_view(next, condition.path, &errors);
	if (!opened) {
		text_format(session->trouble, sizeof session->trouble,
			    "cannot follow the recorder to its new file: %s",
			    errors_first(&errors));
		session_close(next);
	}
	text_format(news, 200, "the recorder reads another configuration now%s",
		    next->lacks ? "; not all that was asked for is in it" : "");
	errors_free(&errors);
	return opened;
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
