#ifndef WEBMON_MODEL_CONFIG_H
#define WEBMON_MODEL_CONFIG_H
/*
 * The whole configuration: what webmon.ini and the command line say, checked, with defaults filled in.
 * Built once by the main thread, immutable afterwards; a reload builds another one.
 */
#include <stdio.h>

#include "base/error.h"
#include "model/shard.h"
#include "model/target.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO };
enum log_format { LOG_TEXT, LOG_JSON };
enum color_wish { COLOR_AUTO, COLOR_NEVER, COLOR_16, COLOR_256, COLOR_TRUE };
enum notify_wish { NOTIFY_NONE, NOTIFY_BELL, NOTIFY_OSC9, NOTIFY_OSC99, NOTIFY_OSC777 };
enum ascii_wish { ASCII_AUTO, ASCII_YES, ASCII_NO };

#define LOG_STDOUT "-" /* as program.log: to stdout, for a service manager that keeps it */

struct program {
	const char *history; /* NULL: in memory */
	int64_t     keep_ms; /* raw samples kept */
	const char *log;     /* NULL: none */
	enum log_level  log_level;
	enum log_format log_format;
	const char *theme; /* name or file */
	enum color_wish  color;
	enum ascii_wish  ascii;
	bool        mouse;
	enum notify_wish notify;
	bool        utc;
	const char *metrics, *metrics_file; /* NULL: none */
	struct text_list witness;
	int         concurrency; /* probes in flight at most, all together */
	int         per_host;    /* and to one host; 0: no own limit */
	int         pollers;     /* polling threads */
	int64_t     max_rate;    /* bytes a second to the terminal; 0: no limit */
	bool        precise;     /* no coalescing of starts */
};

/* [keys]: ACTION = KEY, KEY ...; checked by the face, which knows the actions. */
struct binding {
	const char *action, *keys;
	const char *file;
	int         line;
};

/* [view.N]: a saved look at the table. */
struct saved_view {
	const char *filter, *sort, *columns; /* "" where not given */
	int         line;
};

/* What an alert may be told of: bits of alert_config.on, in the order of the option's choices. */
enum alert_word {
	ALERT_DOWN,
	ALERT_UP, /* the end of down, and of slow */
	ALERT_SLOW,
	ALERT_LOAD,
	ALERT_CALM, /* the end of load */
	ALERT_CERT, /* its end too, as those that follow */
	ALERT_BURN,
	ALERT_FLAPPING,
	ALERT_SELF,
	ALERT_TEST, /* of the alert itself; not to be asked for */
	ALERT_WORDS
};

enum alert_format { ALERT_AUTO, ALERT_JSON, ALERT_SLACK, ALERT_DISCORD };

struct alert_config {
	const char *name;
	unsigned    on; /* bits 1 << enum alert_word */
	const char *webhook, *command; /* NULL: none; the webhook's address is a secret */
	enum alert_format format;
	int64_t     repeat_ms; /* 0: told once */
	int64_t     gather_ms, gap_ms, limit_ms;
	const char *file;
	int         line;
};

/* [source prometheus] or --source: samples that other programs took. url NULL: there is none, webmon probes. */
struct source_config {
	const char *url, *bearer;
	const char *match;   /* label matchers, without braces; "" for all */
	int64_t     step_ms; /* between two looks */
	struct text_list headers;
	const char *shown;        /* the url without a last slash, without what is secret */
	struct text_list secrets; /* every value that must not be shown: redact these where text enters */
	const char *file;
	int         line; /* 0: the command line */
};

/* A target that a source knows of: shown, never probed. Clean texts, borrowed for the call of config_load(). */
struct found_target {
	const char *name, *group, *url;
	int64_t     interval_ms;
};

struct config_memory;

struct config {
	const char    *file; /* NULL: command line alone */
	struct program program;
	struct target *targets;
	size_t         target_count;
	struct binding *bindings;
	size_t         binding_count;
	struct saved_view views[10]; /* [1] to [9] */
	struct alert_config *alerts;
	size_t         alert_count;
	struct source_config source;
	struct shard_place   shard;    /* of a fleet; count 0: no fleet */
	size_t         shard_of; /* targets of all shards together */
	struct config_memory *owned; /* the texts' memory, and where each value came from */
};

/* An option given on the command line: goes over the file's [webmon] or [defaults] and target sections. */
struct override {
	const char *name;  /* a key of the option table, "interval" */
	const char *value; /* as typed */
};

struct config_request {
	const char *file; /* NULL: none is read */
	const char *text; /* not NULL: read in place of the file, which only gives the name */
	const struct override *overrides;
	size_t      override_count;
	const char *const *words; /* URLs and target names of the command line */
	size_t      word_count;
	const char *command; /* that the first word is like, told where it is no target; NULL: none */
	const char *only, *skip, *group; /* GLOB on name, GLOB, NAME; NULL: no choice */
	const char *shard; /* "I/N"; NULL: all targets */
	const char *source; /* "prometheus=URL", in place of the file's; NULL: not given */
	/*
	 * What the source has: the targets in place of the file's. Without it (NULL) the configuration of a source has no
	 * targets yet: it says where to look for them.
	 */
	const struct found_target *found;
	size_t      found_count;
	bool        program_only; /* no targets: a viewer's are those of the history */
};

/*
 * Reads, checks and builds. Returns new, or NULL where errors->fatal > 0; all mistakes are in errors,
 * warnings too. Without words all targets of the file are watched. A word that is a target's name chooses that
 * target; any other one with a dot, slash or colon, or "localhost", is a URL, watched beside those chosen. Where it has no
 * scheme, http is taken for localhost, 127.* and ::1, https for any other host. Its name is host, port and path.
 */
struct config *config_load(const struct config_request *request, struct errors *errors);

/*
 * The same, but what could be made of it also where there are mistakes, so that the rest of it can be looked at for
 * more. Never NULL; nothing is to be started with it while errors->fatal > 0.
 */
struct config *config_load_part(const struct config_request *request, struct errors *errors);
void config_free(struct config *config);

/*
 * The same choice, by words, --only, --skip and --group, among targets that are there already: those of a history. A word is a
 * target's name or its address; one that is neither is told in errors. chosen: room for `count` indexes, in the order in
 * which they are asked for, each once. Returns how many; 0 after a message.
 */
size_t config_choose(const struct config_request *request, const struct target *targets, size_t count, size_t *chosen,
		     struct errors *errors);
/* Whether anything is asked for, and not simply everything. */
bool config_has_choice(const struct config_request *request);

/* Whether a word of the command line that is no target's name is a URL. */
bool config_is_url(const char *word);

/* The file that would be read without -c: $WEBMON_CONFIG, ./webmon.ini, XDG, /etc. Returns new or NULL. */
char *config_find(void);

/* The line of the file that gives an option of [webmon]; 0: the command line, or nothing does. */
int config_program_line(const struct config *config, const char *name);

/* What must not be shown of all but targets and the source, which have theirs; NULL: built without a file's memory. */
const struct text_list *config_secrets(const struct config *config);

/* webmon check: the table in force, each value with where it came from; secrets as •••. */
void config_print(const struct config *config, FILE *out);

/* For --help, README and webmon.ini: each option with type, default and help, by section. */
void config_print_options(FILE *out);

#endif
