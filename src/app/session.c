/*
 * Wiring: configuration, store, log and pollers in the order in which they need each other, and
 * back.
 */
#include "app/session.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/signals.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "face/log_file.h"

static bool say_why(const char *why)
{
	fprintf(stderr, "webmon: %s\n", why);
	return false;
}

/* As written, and possible. */
static struct config *read_config(const struct config_request *request, struct errors *errors)
{
	struct config *config = config_load(request, errors);

	if (!config || poll_is_able(config, errors))
		return config;
	config_free(config);
	return NULL;
}

/* The configuration that the command line asks for; NULL after having said what is wrong. */
static struct config *load(const struct cli *cli)
{
	struct errors errors = {0};
	struct config *config = read_config(&cli->request, &errors);

	errors_print(&errors, stderr);
	errors_free(&errors);
	return config;
}

/*
 * Asks the source for its targets; a signal ends the wait. A dashboard (waits) over an engine that
 * does not answer opens without any, and takes them in when it does. Returns new, or NULL after
 * having said why.
 */
static struct found *find(const struct source_config *source, bool waits)
{
	char why[200] = "";
	struct pollfd asked = {.fd = signals_open(), .events = POLLIN};
	struct found *found = prometheus_look(source, asked.fd, why);

	bool interrupted = !found && poll(&asked, 1, 0) != 0;

	if (interrupted)
		say_why("interrupted before the source had answered");
	else if (!found && waits)
		found = found_none();
	else if (!found)
		say_why(why);
	close(asked.fd);
	return found;
}

/* The same where a source has the targets: it is asked for them first. */
static bool load_all(struct session *session, const struct cli *cli, bool waits)
{
	struct cli with = *cli;
	size_t *count = &with.request.found_count;

	session->config = load(cli);
	if (!session->config || !session->config->source.url)
		return session->config;
	if (session->records)
		return say_why("record probes, and a source is only shown: leave the source out");
	session->found = find(&session->config->source, waits);
	if (!session->found)
		return false;
	if (found_is_none(session->found))
		return true;
	config_free(session->config);
	with.request.found = found_targets(session->found, count);
	session->config = load(&with);
	return session->config;
}

/* ---- the history's own trouble ---- */

/* As an incident that is over at once: it stands in the error pane and in the log. */
static void note_trouble(struct session *session)
{
	int64_t now_ms = clock_wall_ms();
	struct incident incident = {.target = UINT32_MAX,
				    .kind = INCIDENT_SELF,
				    .cls = CLASS_LOCAL,
				    .count = 1,
				    .opened_ms = now_ms,
				    .last_ms = now_ms,
				    .closed_ms = now_ms};

	text_copy(incident.result, sizeof incident.result, class_table[CLASS_LOCAL].result);
	text_clean(incident.detail, sizeof incident.detail, session->trouble,
		   strlen(session->trouble), TEXT_LINE);
	store_tell(session->store, &incident, EVENT_SELF, STATE_UNKNOWN, now_ms);
}

/* ---- opening ---- */

static bool start_log(struct session *session)
{
	struct log_file *file = session->log_file;
	char why[200] = "";

	session->log_file = NULL;
	if (!session->config->program.log && session->records)
		session->config->program.log = LOG_STDOUT;
	if (!session->config->program.log) {
		log_file_close(file);
		return true;
	}
	session->log = log_go_on(session->config, session->store, file, why);
	return session->log || say_why(why);
}

static bool watch_store(struct session *session)
{
	session->store_fd = store_watch(session->store);
	return session->store_fd >= 0 || say_why("no descriptor left to wait with (see ulimit -n)");
}

static bool is_in_file(const struct session *session)
{
	struct store_condition condition;

	store_condition(session->store, &condition);
	return condition.path != NULL;
}

static bool open_parts(struct session *session)
{
	session->first_event = store_event_head(session->store);
	if (!watch_store(session) || !start_log(session))
		return false;
	if (session->trouble[0])
		note_trouble(session);
	if (is_in_file(session)) /* told once is enough */
		session->trouble[0] = '\0';
	return true;
}

bool session_open(struct session *session, const struct cli *cli)
{
	*session = (struct session){.cli = cli, .store_fd = -1};
	if (!load_all(session, cli, false))
		return false;
	session->store = store_open(session->config);
	return open_parts(session);
}

bool session_open_config(struct session *session, struct config *config)
{
	*session = (struct session){.config = config, .store_fd = -1};
	session->store = store_open(config);
	return open_parts(session);
}

bool session_open_kept(struct session *session, const struct cli *cli, bool records)
{
	*session = (struct session){.cli = cli, .records = records, .store_fd = -1};
	if (!load_all(session, cli, !records))
		return false;
	const char *path = session->config->program.history;
	session->store = path ? store_keep(session->config, path, session->trouble)
			      : store_open(session->config);
	if (!session->store)
		return say_why(session->trouble);
	return open_parts(session);
}

/* Told once; what a viewer looks at is not for him to write to. */
static void take_strike(struct session *session, const char *path)
{
	text_format(session->trouble, sizeof session->trouble,
		    "%s: the file was cut or its disk failed; samples are kept in memory alone",
		    path);
	if (!session->struck && !session->targets)
		note_trouble(session);
	session->struck = true;
}

void session_trouble(struct session *session, char out[200])
{
	struct store_condition condition;

	store_condition(session->store, &condition);
	if (condition.is_struck)
		take_strike(session, condition.path);
	text_copy(out, 200, session->trouble);
	if (out[0] == '\0' && session->log)
		log_trouble(session->log, out);
	if (out[0] == '\0')
		outlets_trouble(&session->outlets, out);
}

/* From the pollers, or from who has measured them. */
static bool start_samples(struct session *session, const struct poll_options *options,
			  char why[200])
{
	struct prometheus_options looks = {.rounds = options->rounds};

	if (session->found)
		session->source = prometheus_start(session->config, session->store, session->found,
						   &looks, why);
	else
		session->poll = poll_start(session->config, session->store, options, why);
	return session->poll || session->source;
}

bool session_poll(struct session *session, const struct poll_options *options)
{
	struct store_condition condition;
	char why[200] = "";

	/* a snapshot beside a recorder neither pages nor takes its port */
	if (options->rounds == 0 &&
	    !outlets_open(&session->outlets, session->config, session->store, session->log, why)) {
		if (!session->reloads)
			return say_why(why);
		text_copy(session->trouble, sizeof session->trouble, why);
		if (session->log)
			log_note(session->log, why);
	}
	if (session->reloads)
		outlets_note(&session->outlets, session->log);
	if (!start_samples(session, options, why))
		return say_why(why);
	store_condition(session->store, &condition);
	if (!condition.path)
		return true;
	session->control = control_start(condition.path, session->poll, session->store, why);
	if (!session->control && session->log)
		log_note(session->log, why);
	return true;
}

bool session_command(struct session *session, enum poll_verb verb, size_t target)
{
	if (session->poll)
		poll_command(session->poll, verb, target);
	else if (session->source && verb == POLL_CHECK_NOW)
		prometheus_check_now(session->source);
	else if (session->source)
		prometheus_pause(session->source, target, verb == POLL_PAUSE);
	return session->poll || session->source;
}

bool session_is_done(const struct session *session)
{
	return session->source ? prometheus_done(session->source) : poll_done(session->poll);
}

bool session_is_cut_off(const struct session *session)
{
	char why[200];

	return session->source && prometheus_failed(session->source, why) && !say_why(why);
}

bool session_has_news(struct session *session)
{
	struct found *news = session->source ? prometheus_news(session->source) : NULL;

	if (!news)
		return false;
	found_free(session->next_found);
	session->next_found = news;
	return true;
}

/* ---- closing ---- */

void session_rest(struct session *session)
{
	control_stop(session->control);
	if (session->poll)
		poll_stop(session->poll);
	session->control = NULL;
	session->poll = NULL;
}

/* outlets: what is to become of them. */
static void stop_parts(struct session *session, void (*outlets)(struct outlets *outlets))
{
	session_rest(session);
	prometheus_stop(session->source);
	outlets(&session->outlets);
	if (session->log)
		session->log_file = log_leave(session->log);
	session->source = NULL;
	session->log = NULL;
}

void session_close(struct session *session)
{
	stop_parts(session, outlets_close);
	log_file_close(session->log_file);
	if (session->store)
		store_close(session->store);
	config_free(session->config);
	free(session->targets);
	found_free(session->found);
	found_free(session->next_found);
	*session = (struct session){.store_fd = -1};
}

/* ---- reload ---- */

static bool is_same_source(const struct config *a, const struct config *b)
{
	const char *one = a->source.url ? a->source.url : "",
		   *other = b->source.url ? b->source.url : "";

	return strcmp(one, other) == 0;
}

struct config *session_read_again(const struct session *session, char why[200])
{
	const char *path = session->config->program.history, *wanted;
	const struct found *found = session->next_found ? session->next_found : session->found;
	struct config_request request = {0};
	struct errors errors = {0};
	struct config *config = NULL;
	char unable[200];

	if (session->cli)
		request = session->cli->request;
	if (found)
		request.found = found_targets(found, &request.found_count);
	if (session->cli)
		config = read_config(&request, &errors);
	else
		text_copy(why, 200, "there is no configuration to be read again");
	if (!config && errors.fatal > 1)
		text_format(why, 200, "not reloaded: %s (and %zu more)", errors_first(&errors),
			    errors.fatal - 1);
	else if (!config && errors.fatal > 0)
		text_format(why, 200, "not reloaded: %s", errors_first(&errors));
	errors_free(&errors);
	if (!config)
		return NULL;
	if (!is_same_source(session->config, config)) {
		text_copy(why, 200, "not reloaded: another source takes a restart");
		config_free(config);
		return NULL;
	}
	wanted = config->program.history;
	if ((path == NULL) != (wanted == NULL) || (path && strcmp(path, wanted) != 0))
		text_copy(why, 200, "not reloaded: another 'history' takes a restart");
	else if (log_is_able(config, unable))
		return config;
	else
		text_format(why, 200, "not reloaded: %s", unable);
	config_free(config);
	return NULL;
}

static size_t count_missing(const struct store *in, const struct store *of)
{
	size_t missing = 0;

	for (size_t i = 0; i < store_target_count(of); i++)
		missing += store_find(in, store_key(of, i)) == SIZE_MAX;
	return missing;
}

bool session_exchange(struct session *session, struct config *config, char news[200])
{
	const struct store_wish wish = {config, config->program.history};
	struct poll_options options = {.spread = true};
	struct store *before = session->store, *prepared;
	char took[FORMAT_MAX];
	int64_t began_us;
	size_t added, gone;

	session->reloads = true;
	session->struck = false;
	session->trouble[0] = '\0';
	prepared = session->found ? NULL : store_prepare(before, config);
	began_us = clock_mono_us();
	store_remember(before);
	stop_parts(session, outlets_rest);
	store_unwatch(before);
	/* what a source has measured comes from there again: carried over it would stand there
	 * twice */
	session->store = session->found ? store_open(config)
					: store_renew(before, prepared, &wish, session->trouble);
	if (session->next_found) {
		found_free(session->found);
		session->found = session->next_found;
		session->next_found = NULL;
	}
	added = count_missing(before, session->store);
	gone = count_missing(session->store, before);
	outlets_switch(&session->outlets, config, session->store);
	if (session->store != before)
		store_close(before);
	config_free(session->config);
	session->config = config;
	if (!open_parts(session) || !session_poll(session, &options))
		return false;
	if (session->source)
		prometheus_look_again(session->source);
	format_latency(took, clock_mono_us() - began_us);
	text_format(news, 200,
		    "configuration reloaded: %zu target%s, %zu new, %zu gone; probing paused %s",
		    config->target_count, config->target_count == 1 ? "" : "s", added, gone, took);
	if (session->log)
		log_note(session->log, news);
	return true;
}

const char *session_source_name(const struct session *session)
{
	const char *file = session->config->file;
	const char *slash = file ? strrchr(file, '/') : NULL;

	if (!file)
		return "";
	return slash ? slash + 1 : file;
}
