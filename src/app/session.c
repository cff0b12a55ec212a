/*
 * Wiring: configuration, store, log and pollers in the order in which they need each other, and
 * back.
 */
#include "app/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ALERT_GRACE_MS 2000 /* for what waits to be told when the program ends */

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

bool session_open(struct session *session, const struct cli *cli)
{
	memset(session, 0, sizeof(*session));
	session->store_fd = -1;
	struct config *config = load(cli);

	return config && session_open_config(session, config);
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

/* Before the pollers start: they register with the store. */
static bool open_outlets(struct session *session, char why[200])
{
	if (metrics_are_wanted(session->config)) {
		session->metrics = metrics_start(session->config, session->store, why);
		if (!session->metrics)
			return false;
	}
	if (session->config->alert_count > 0) {
		session->alerts =
			alerts_start(session->config, session->store, session->log, NULL, why);
		if (!session->alerts)
			return false;
	}
	return true;
}

static void close_outlets(struct session *session)
{
	if (session->alerts)
		free(alerts_stop(session->alerts, ALERT_GRACE_MS));
	if (session->metrics)
		metrics_stop(session->metrics);
}

void session_trouble(const struct session *session, char out[200])
{
	out[0] = '\0';
	if (session->log)
		log_trouble(session->log, out);
	if (out[0] == '\0' && session->metrics)
		metrics_trouble(session->metrics, out);
	if (out[0] == '\0' && session->alerts)
		alerts_trouble(session->alerts, out);
}

bool session_poll(struct session *session, const struct poll_options *options)
{
	char why[200] = "";

	/* a snapshot beside a recorder neither pages nor takes its port */
	if (options->rounds == 0 && !open_outlets(session, why))
		return say_why(why);
	session->poll = poll_start(session->config, session->store, options, why);
	return session->poll || say_why(why);
}

void session_close(struct session *session)
{
	if (session->poll)
		poll_stop(session->poll);
	close_outlets(session);
	if (session->log)
		log_stop(session->log);
	if (session->store)
		store_close(session->store);
	config_free(session->config);
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
