/*
 * The command line, by tables: an option is a row that says its letter, its name, what it takes and
 * where that goes.
 */
#include "app/cli.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/units.h"
#include "model/url.h"

enum take {
	TAKE_FLAG,     /* a bool of struct cli */
	TAKE_TEXT,     /* a const char * of struct cli */
	TAKE_URL,      /* the same, and it may hold a password */
	TAKE_OVERRIDE, /* a value for an option of the configuration */
	TAKE_SECRET,   /* the same, not for all eyes */
	TAKE_SET,      /* NAME=VALUE for any of them */
	TAKE_FORMAT,
	TAKE_ROUNDS,
	TAKE_PORT,
	TAKE_SEED,
};

struct cli_option {
	char letter;
	const char *name, *argument;
	enum take take;
	size_t offset;	      /* of TAKE_FLAG, TAKE_TEXT and TAKE_URL */
	const char *override; /* the option's name in the configuration */
	const char *help;
	const char *value; /* of a TAKE_OVERRIDE without an argument */
	unsigned only;	   /* modes that know it, bits of mode_bits; 0: all; help names them */
};

enum { WATCH = 1, SNAPSHOT = 2, VIEW = 4, RECORD = 8, REPLAY = 16, CHECK = 32, DEMO = 64 };

#define PICTURE (SNAPSHOT | 128)   /* and the demo where it has no screen */
#define QUIET	(~(unsigned)WATCH) /* a dashboard that shows nothing is a mistake */
#define SHARE	(WATCH | SNAPSHOT | RECORD | CHECK | DEMO) /* who has a configuration's targets */

static const struct {
	const char *name;
	unsigned is;
} mode_bits[] = {
	{"watch", WATCH},   {"snapshot", SNAPSHOT}, {"view", VIEW}, {"record", RECORD},
	{"replay", REPLAY}, {"check", CHECK},	    {"demo", DEMO},
};

#define AT(field) offsetof(struct cli, field)

/* clang-format off */
static const struct cli_option options[] = {
	{'c', "config", "FILE", TAKE_TEXT, AT(request.file), NULL, "read this configuration", NULL, 0},
	{'i', "interval", "TIME", TAKE_OVERRIDE, 0, "interval", "probe each target so often; 0: back to back", NULL, 0},
	{'t', "timeout", "TIME", TAKE_OVERRIDE, 0, "timeout", "give a probe up after this long", NULL, 0},
	{'H', "header", "LINE", TAKE_SECRET, 0, "header", "send this header too (repeatable)", NULL, 0},
	{'o', "option", "NAME=VALUE", TAKE_SET, 0, NULL, "set an option of [webmon] or [defaults] (repeatable)", NULL, 0},
	{0, "only", "GLOB", TAKE_TEXT, AT(request.only), NULL, "only targets whose name matches", NULL, 0},
	{0, "skip", "GLOB", TAKE_TEXT, AT(request.skip), NULL, "not the targets whose name matches", NULL, 0},
	{0, "group", "NAME", TAKE_TEXT, AT(request.group), NULL, "only targets of this group", NULL, 0},
	{0, "shard", "I/N", TAKE_TEXT, AT(request.shard), NULL, "only this recorder's part of the targets: it is number I of N", NULL, SHARE},
	{0, "source", "KIND=URL", TAKE_URL, AT(request.source), NULL, "show what an engine there has from recorders, probe nothing: prometheus=URL", NULL, 0},
	{0, "history", "FILE", TAKE_OVERRIDE, 0, "history", "keep samples in this file, over restarts and for viewers", NULL, 0},
	{0, "log", "FILE", TAKE_OVERRIDE, 0, "log", "log errors and exceptions here", NULL, 0},
	{0, "metrics", "ADDR:PORT", TAKE_OVERRIDE, 0, "metrics", "serve metrics for Prometheus there", NULL, 0},
	{0, "metrics-file", "FILE", TAKE_OVERRIDE, 0, "metrics_file", "write metrics there for a textfile collector", NULL, 0},
	{0, "theme", "NAME", TAKE_OVERRIDE, 0, "theme", "colours: a name or a file", NULL, 0},
	{0, "color", "WHEN", TAKE_OVERRIDE, 0, "color", "colours: auto, never, 16, 256 or true", NULL, 0},
	{0, "ascii", NULL, TAKE_OVERRIDE, 0, "ascii", "draw with ASCII characters alone", "yes", 0},
	{0, "precise", NULL, TAKE_OVERRIDE, 0, "precise", "start each probe at its very moment, not gathered into ticks", "yes", 0},
	{0, "plain", NULL, TAKE_FLAG, AT(plain), NULL, "watch: a line an event in place of the screen", NULL, 0},
	{'f', "format", "FORMAT", TAKE_FORMAT, 0, NULL, "snapshot: table, json, csv, markdown, nagios, openmetrics; replay: csv, json", NULL, PICTURE | REPLAY},
	{0, "diff", "FILE", TAKE_TEXT, AT(diff), NULL, "snapshot: what has changed since this earlier one, which is JSON", NULL, SNAPSHOT},
	{'n', "rounds", "N", TAKE_ROUNDS, 0, NULL, "snapshot: probe each target N times", NULL, PICTURE},
	{0, "from", "FILE", TAKE_TEXT, AT(from), NULL, "snapshot: out of this history file, without probing", NULL, SNAPSHOT},
	{0, "trace", "DIR", TAKE_TEXT, AT(trace), NULL, "record: every sample into DIR/NAME.csv too, for webmon replay", NULL, RECORD},
	{0, "evidence", NULL, TAKE_FLAG, AT(evidence), NULL, "snapshot: headers and body of failures too", NULL, PICTURE},
	{0, "send-test", "NAME", TAKE_TEXT, AT(send_test), NULL, "check: send a test by this alert", NULL, CHECK},
	{0, "port", "N", TAKE_PORT, 0, NULL, "demo: listen on this loopback port", NULL, DEMO},
	{0, "seed", "N", TAKE_SEED, 0, NULL, "demo: another course of events", NULL, DEMO},
	{'q', "quiet", NULL, TAKE_FLAG, AT(quiet), NULL, "snapshot, check: print nothing, the exit status tells", NULL, QUIET},
	{'v', "verbose", NULL, TAKE_OVERRIDE, 0, "log_level", "log each response time too", "info", 0},
	{0, "options", NULL, TAKE_FLAG, AT(options), NULL, "list the options of the configuration and end", NULL, 0},
	{0, "keys", NULL, TAKE_FLAG, AT(keys), NULL, "list the keys of the dashboard and end", NULL, 0},
	{0, "classes", NULL, TAKE_FLAG, AT(classes), NULL, "list what can become of a check and end", NULL, 0},
	{0, "list-themes", NULL, TAKE_FLAG, AT(list_themes), NULL, "list the themes and end", NULL, 0},
	{'V', "version", NULL, TAKE_FLAG, AT(version), NULL, "print the version and end", NULL, 0},
	{'h', "help", NULL, TAKE_FLAG, AT(help), NULL, "print this and end", NULL, 0},
};
/* clang-format on */

#define OPTIONS	  (sizeof(options) / sizeof(options[0]))
#define LONG_BASE 256 /* getopt's value of options without a letter */

static void add_override(struct cli *cli, const char *name, const char *value)
{
	cli->overrides =
		x_grow(cli->overrides, cli->request.override_count, sizeof(*cli->overrides));
	cli->overrides[cli->request.override_count++] =
		(struct override){.name = name, .value = value};
	cli->request.overrides = cli->overrides;
}

static void add_word(struct cli *cli, const char *word)
{
	cli->words = x_grow(cli->words, cli->request.word_count, sizeof(*cli->words));
	cli->words[cli->request.word_count++] = word;
	cli->request.words = cli->words;
}

/*
 * The text's copy. What stands in argv everybody on the machine can read, as long as webmon runs:
 * of a text that is not for all eyes stars are left there.
 */
static char *hide(struct cli *cli, char *text)
{
	cli->hidden = x_grow(cli->hidden, cli->hidden_count, sizeof(*cli->hidden));
	char *copy = cli->hidden[cli->hidden_count++] = x_strdup(text);

	memset(text, '*', strlen(text));
	return copy;
}

/* Hides a URL with a password or a token in it; all others may be seen. */
static const char *hide_url(struct cli *cli, char *url)
{
	char *shown = target_url_shown(url);
	bool open = strcmp(shown, url) == 0;

	free(shown);
	return open ? url : hide(cli, url);
}

/* NAME=VALUE, cut in place: argv is ours to write to. */
static void take_set(struct cli *cli, char *value, struct errors *errors)
{
	char *equals = strchr(value, '=');

	if (!equals || equals == value) {
		error_add(errors, NULL, 0,
			  "--option needs NAME=VALUE, such as concurrency=50; got '%s'", value);
		return;
	}
	*equals = '\0';
	add_override(cli, value, hide(cli, equals + 1));
}

static void take_format(struct cli *cli, const char *value, struct errors *errors)
{
	for (size_t i = 0; i < SNAPSHOT_FORMATS; i++) {
		if (strcmp(value, snapshot_format_name[i]) == 0) {
			cli->format = (enum snapshot_format)i;
			return;
		}
	}
	error_add(errors, NULL, 0,
		  "--format must be table, json, csv, markdown, nagios or openmetrics; got '%s'",
		  value);
}

static int64_t take_number(const struct cli_option *option, const char *value, int64_t max,
			   struct errors *errors)
{
	int64_t number = 0, min = option->take == TAKE_ROUNDS;

	if (!parse_integer(value, min, max, &number))
		error_add(errors, NULL, 0,
			  "--%s must be a whole number between %lld and %lld; got '%s'",
			  option->name, (long long)min, (long long)max, value);
	return number;
}

static void take(struct cli *cli, const struct cli_option *option, char *value,
		 struct errors *errors)
{
	void *field = (char *)cli + option->offset;

	switch (option->take) {
	case TAKE_FLAG:
		*(bool *)field = true;
		break;
	case TAKE_TEXT:
		*(const char **)field = value;
		break;
	case TAKE_URL:
		*(const char **)field = hide_url(cli, value);
		break;
	case TAKE_SECRET:
		add_override(cli, option->override, hide(cli, value));
		break;
	case TAKE_OVERRIDE:
		add_override(cli, option->override, option->argument ? value : option->value);
		break;
	case TAKE_SET:
		take_set(cli, value, errors);
		break;
	case TAKE_FORMAT:
		take_format(cli, value, errors);
		break;
	case TAKE_ROUNDS:
		cli->rounds = (unsigned)take_number(option, value, 1000000, errors);
		break;
	case TAKE_PORT:
		cli->port = (uint16_t)take_number(option, value, 65535, errors);
		break;
	case TAKE_SEED:
		cli->seed = (uint64_t)take_number(option, value, INT64_MAX, errors);
		break;
	}
}

/* getopt's tables out of ours. */
static void getopt_tables(struct option longs[OPTIONS + 1], char letters[2 * OPTIONS + 2])
{
	char *letter = letters;

	*letter++ = ':';
	for (size_t i = 0; i < OPTIONS; i++) {
		longs[i] = (struct option){
			.name = options[i].name,
			.has_arg = options[i].argument ? required_argument : no_argument,
			.val = (int)(LONG_BASE + i),
		};
		if (!options[i].letter)
			continue;
		*letter++ = options[i].letter;
		if (options[i].argument)
			*letter++ = ':';
	}
	*letter = '\0';
	longs[OPTIONS] = (struct option){0};
}

/* getopt knows only what stands in the table: the search always ends. */
static const struct cli_option *option_of(int got)
{
	size_t i = got >= LONG_BASE ? (size_t)(got - LONG_BASE) : 0;

	if (got < LONG_BASE)
		while (i < OPTIONS - 1 && options[i].letter != got)
			i++;
	return &options[i];
}

/* What a word that getopt could not read may have meant. Its value may be a secret. */
static void add_unknown(struct errors *errors, const char *word)
{
	const char *names[OPTIONS];
	const char *name = word + strspn(word, "-"), *near;
	int length = (int)strcspn(word, "=");
	char bare[32];

	text_format(bare, sizeof(bare), "%.*s", (int)strcspn(name, "="), name);
	for (size_t i = 0; i < OPTIONS; i++)
		names[i] = options[i].name;
	near = strlen(bare) > 1 ? text_nearest(bare, names, OPTIONS) : NULL;
	if (near)
		error_add(errors, NULL, 0,
			  "unknown option '%.*s', did you mean '--%s'? (webmon --help lists all)",
			  length, word, near);
	else
		error_add(errors, NULL, 0, "unknown option '%.*s' (webmon --help lists all)",
			  length, word);
}

/*
 * What getopt answered with '?' or ':'. Of a letter it says which one: that may stand among others
 * in a word, which is not passed yet.
 */
static void add_refused(struct errors *errors, int got, const char *word)
{
	const char letter[] = {'-', (char)optopt, '\0'};
	bool is_long = optopt == 0 || optopt >= LONG_BASE;

	if (got == ':' && is_long)
		error_add(errors, NULL, 0, "--%s needs a value", option_of(optopt)->name);
	else if (got == ':')
		error_add(errors, NULL, 0, "%s needs a value", letter);
	else if (optopt >= LONG_BASE)
		error_add(errors, NULL, 0, "--%s takes no value", option_of(optopt)->name);
	else if (is_long || (optopt & 0xc0) != 0x80) /* of UTF-8 the first byte is enough */
		add_unknown(errors, is_long ? word : letter);
}

static const struct mode *mode_by_name(const char *name)
{
	for (const struct mode *mode = mode_table; mode->name; mode++)
		if (strcmp(mode->name, name) == 0)
			return mode;
	return NULL;
}

static const char *nearest_mode(const char *word)
{
	const char *names[16];
	size_t count = 0;

	for (const struct mode *mode = mode_table; mode->name; mode++)
		names[count++] = mode->name;
	return text_nearest(word, names, count);
}

static void parse_options(struct cli *cli, int argc, char **argv, bool given[OPTIONS],
			  struct errors *errors)
{
	struct option longs[OPTIONS + 1];
	char letters[2 * OPTIONS + 2];
	int got;

	getopt_tables(longs, letters);
	opterr = 0;
	optind = 1;
	while ((got = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (got == ':' || got == '?') {
			add_refused(errors, got, argv[optind - 1]);
		} else {
			given[option_of(got) - options] = true;
			take(cli, option_of(got), optarg, errors);
		}
	}
}

bool cli_has_screen(void)
{
	const char *term = getenv("TERM");

	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term && term[0] &&
	       strcmp(term, "dumb") != 0;
}

static unsigned bit_of(const struct mode *mode)
{
	for (size_t i = 0; i < sizeof(mode_bits) / sizeof(mode_bits[0]); i++)
		if (strcmp(mode_bits[i].name, mode->name) == 0)
			return mode_bits[i].is;
	return 0;
}

/* An option that the mode would pass over is told of, so that nobody relies on it. */
static void check_mode(const struct cli *cli, const bool given[OPTIONS], struct errors *errors)
{
	unsigned is = bit_of(cli->mode);

	if (is == DEMO && !cli->plain && !cli_has_screen())
		is |= PICTURE & ~(unsigned)SNAPSHOT;
	for (size_t i = 0; i < OPTIONS; i++)
		if (given[i] && options[i].only && !(options[i].only & is))
			error_add(errors, NULL, 0, "'webmon %s' does not know --%s (%s)",
				  cli->mode->name, options[i].name, options[i].help);
	if (cli->from && cli->request.shard)
		error_add(errors, NULL, 0,
			  "--shard chooses among a configuration's targets, not among those of "
			  "--from: name them, or take --only, --skip or --group");
}

/* Where nobody could watch, a picture is taken. */
static void choose_mode(struct cli *cli)
{
	const struct mode *picture = mode_by_name("snapshot");

	if (picture && bit_of(cli->mode) == WATCH && !isatty(STDOUT_FILENO) && !cli->plain)
		cli->mode = picture;
}

void cli_parse(struct cli *cli, int argc, char **argv, struct errors *errors)
{
	bool given[OPTIONS] = {false};

	memset(cli, 0, sizeof(*cli));
	cli->mode = mode_table;
	cli->rounds = 1;
	cli->seed = 1;
	parse_options(cli, argc, argv, given, errors);
	for (int i = optind; i < argc; i++) {
		const struct mode *mode = i == optind ? mode_by_name(argv[i]) : NULL;

		if (mode)
			cli->mode = mode;
		else if (i == optind && strcmp(argv[i], "help") == 0)
			cli->help = true;
		else
			add_word(cli, hide_url(cli, argv[i]));
		if (i == optind && cli->request.word_count > 0)
			cli->request.command = nearest_mode(cli->request.words[0]);
	}
	choose_mode(cli);
	check_mode(cli, given, errors);
}

void cli_fini(struct cli *cli)
{
	for (size_t i = 0; i < cli->hidden_count; i++) {
		explicit_bzero(cli->hidden[i], strlen(cli->hidden[i]));
		free(cli->hidden[i]);
	}
	free(cli->hidden);
	free(cli->overrides);
	free(cli->words);
	free(cli->found);
}

void cli_help(FILE *out)
{
	fputs("webmon: a dashboard of web applications for the terminal\n\n", out);
	for (const struct mode *mode = mode_table; mode->name; mode++)
		fprintf(out, "  webmon %-8s %-22s %s\n", mode->name, mode->arguments, mode->help);
	fputs("\nWithout a command: watch. A word is a target's name; else localhost or what has a "
	      "dot, slash or colon is a URL.\n"
	      "stdout no terminal: watch becomes snapshot.\n\n",
	      out);
	for (size_t i = 0; i < OPTIONS; i++) {
		char left[48];

		text_format(left, sizeof(left), "%c%c%s --%s%s%s", options[i].letter ? '-' : ' ',
			    options[i].letter ? options[i].letter : ' ',
			    options[i].letter ? "," : " ", options[i].name,
			    options[i].argument ? " " : "",
			    options[i].argument ? options[i].argument : "");
		fprintf(out, "  %-26s %s\n", left, options[i].help);
	}
	fputs("\nConfiguration: -c FILE, else $WEBMON_CONFIG, ./webmon.ini, "
	      "$XDG_CONFIG_HOME/webmon/webmon.ini,\n"
	      "/etc/webmon/webmon.ini; `webmon --options` lists its options, `webmon --keys` the "
	      "dashboard's keys.\n"
	      "Exit status: 0 all up; 1 something slow, loaded, unknown or a certificate near its "
	      "end; 2 something down;\n"
	      "3 webmon could not do its work, or nobody writes the history of --from any "
	      "more.\n",
	      out);
}

int cli_flush(void)
{
	/* Whoever read a part and went is content with it. */
	if ((fflush(stdout) == 0 && !ferror(stdout)) || errno == EPIPE)
		return 0;
	fprintf(stderr, "webmon: cannot write to standard output: %s\n", strerror(errno));
	return 3;
}
