/*
 * Wiring: configuration, store, log and pollers in the order in which they need each other, and
 * back.
 */
#include "app/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/signals.h"

static bool say_why(const char *why)
{
	fprintf(stderr, "webmon: %s\n", why);
	return false;
}

/* The configuration that the command line asks for; NULL after having said what is wrong. */
static struct config *load(const struct cli *cli)
{
	struct errors errors = {0};
	struct config *config = config_load(&cli->request, &errors);

	errors_print(&errors, stderr);
	errors_free(&errors);
	return config;
}

/* Asks the source for its targets; a signal ends the wait. Returns new, or NULL after having said why. */
static struct found *find(const struct source_config *source)
{
	char why[200] = "";
	int signal_fd = signals_open();
	struct found *found = prometheus_look(source, signal_fd, why);

	close(signal_fd);
	if (!found)
		say_why(why);
	return found;
}

/* Takes the configuration that says where to look; returns the one with what was found there. */
static struct config *load_found(const struct cli *cli, struct config *config, struct found **found)
{
	struct cli with = *cli;

	*found = find(&config->source);
	config_free(config);
	if (!*found)
		return NULL;
	with.request.found = found_targets(*found, &with.request.found_count);
	return load(&with);
}

bool session_open(struct session *session, const struct cli *cli)
{
	struct found *found = NULL;
	struct config *config = load(cli);

	*session = (struct session){.store_fd = -1};
	if (config && config->source.url)
		config = load_found(cli, config, &found);
	bool open = config && session_open_config(session, config);

	session->found = found;
	return open;
}

bool session_open_config(struct session *session, struct config *config)
{
	char why[200] = "";

	*session = (struct session){.config = config, .store_fd = -1};
	session->store = store_open(config);
	session->store_fd = store_watch(session->store);
	if (session->store_fd < 0)
		return say_why("no descriptor left to wait with (see ulimit -n)");
	if (config->program.log) {
		session->log = log_start(config, session->store, why);
		if (!session->log)
			return say_why(why);
	}
	return true;
}

bool session_poll(struct session *session, const struct poll_options *options)
{
	struct prometheus_options looks = {.rounds = options->rounds};
	char why[200] = "";

	if (session->found)
		session->source = prometheus_start(session->config, session->store, session->found,
						   &looks, why);
	else
		session->poll = poll_start(session->config, session->store, options, why);
	return session->poll || session->source || say_why(why);
}

void session_command(struct session *session, enum poll_verb verb, size_t target)
{
	if (session->poll)
		poll_command(session->poll, verb, target);
	else if (session->source && verb == POLL_CHECK_NOW)
		prometheus_check_now(session->source);
	else if (session->source)
		prometheus_pause(session->source, target, verb == POLL_PAUSE);
}

bool session_is_cut_off(const struct session *session)
{
	char why[200];

	return session->source && prometheus_failed(session->source, why) && !say_why(why);
}

bool session_is_done(const struct session *session)
{
	return session->source ? prometheus_done(session->source) : poll_done(session->poll);
}

void session_close(struct session *session)
{
	if (session->poll)
		poll_stop(session->poll);
	prometheus_stop(session->source);
	if (session->log)
		log_stop(session->log);
	if (session->store)
		store_close(session->store);
	config_free(session->config);
	found_free(session->found);
	*session = (struct session){.store_fd = -1};
}

const char *session_source_name(const struct session *session)
{
	const char *file = session->config->file;
	const char *slash = file ? strrchr(file, '/') : NULL;

	if (!file)
		return "";
	return slash ? slash + 1 : file;
}
