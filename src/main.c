/*
 * webmon: picks the mode and runs it. The only caller of exit() is the return of main.
 */
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "app/cli.h"
#include "app/lists.h"
#include "app/signals.h"

/* A closed 0, 1 or 2 would be the next file or socket that is opened. */
static void fill_standard_descriptors(void)
{
	int descriptor;

	do {
		descriptor = open("/dev/null", O_RDWR);
	} while (descriptor >= 0 && descriptor <= STDERR_FILENO);
	if (descriptor > STDERR_FILENO)
		close(descriptor);
}

/* Where no file is named and no URL given, the file that stands where one is looked for. */
static void find_config(struct cli *cli)
{
	if (!cli->request.file)
		cli->request.file = cli->found = config_find();
}

static int run(struct cli *cli, struct errors *errors)
{
	if (errors->fatal) {
		errors_print(errors, stderr);
		return 3;
	}
	if (cli->help)
		cli_help(stdout);
	else if (cli->version)
		printf("webmon %s\n", WEBMON_VERSION);
	else if (cli->options)
		config_print_options(stdout);
	else if (cli->keys)
		list_keys(stdout);
	else if (cli->classes)
		list_classes(stdout);
	else if (cli->list_themes)
		list_themes(stdout);
	else {
		find_config(cli);
		return cli->mode->run(cli);
	}
	return cli_flush();
}

int main(int argc, char **argv)
{
	struct errors errors = {0};
	struct cli cli;
	int status;

	fill_standard_descriptors();
	setlocale(LC_ALL, "");
	/* numbers are written with a point, whatever the language */
	setlocale(LC_NUMERIC, "C");
#ifndef __SANITIZE_ADDRESS__
	/* secrets of the configuration stay out of core files; the leak checker alone must trace
	 * its own process */
	prctl(PR_SET_DUMPABLE, 0);
#endif
	signals_block();
	cli_parse(&cli, argc, argv, &errors);
	status = run(&cli, &errors);
	errors_free(&errors);
	cli_fini(&cli);
	return status;
}
