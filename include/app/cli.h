#ifndef WEBMON_APP_CLI_H
#define WEBMON_APP_CLI_H
/*
 * The command line: one table of options and one of modes; parser and --help are made from them.
 * Main thread.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "face/snapshot.h"
#include "model/config.h"

struct cli;

/* Runs to the end and returns the exit status. */
typedef int mode_run(const struct cli *cli);

struct mode {
	const char *name, *arguments, *help;
	mode_run *run;
};

struct cli {
	const struct mode *mode;
	struct config_request request; /* file NULL: found by config_find() where no URL is given */
	enum snapshot_format format;
	unsigned rounds;
	const char *diff; /* an earlier snapshot; NULL: none */
	const char *send_test; /* an alert's name; NULL: none */
	bool evidence, plain, quiet;
	const char *from;  /* snapshot: of this history file; NULL: by probing */
	const char *trace; /* record: a folder for traces; NULL: none */
	uint16_t port;
	uint64_t seed;
	/* what to do instead of running */
	bool help, version, list_themes, keys, options, classes;
	/* memory of the lists in request */
	struct override *overrides;
	const char **words;
	char *found;
	char **hidden; /* what was taken out of argv */
	size_t hidden_count;
};

/* The first mode is the default. Ended by a NULL name. */
extern const struct mode mode_table[];

/* Mistakes go to errors. The texts are borrowed from argv, where stars replace those that may be
 * secret. */
void cli_parse(struct cli *cli, int argc, char **argv, struct errors *errors);
void cli_fini(struct cli *cli);

/* Whether there is a terminal that a dashboard can be drawn on. */
bool cli_has_screen(void);

/* What --help prints. */
void cli_help(FILE *out);

/* The last of what was printed; tells on stderr where it found no room. Returns the exit status. */
int cli_flush(void);

#endif
