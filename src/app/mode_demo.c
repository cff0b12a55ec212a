/*
 * webmon demo: the built-in application and the dashboard (or a snapshot) that watches it, in one
 * process.
 */
#include <stdio.h>
#include <stdlib.h>

#include "app/modes.h"
#include "demo/demo.h"

/* The demo's own configuration, under the options of the command line. */
static struct config *load(const struct cli *cli, const struct demo *demo)
{
	struct config_request request = cli->request;
	struct errors errors = {0};
	char *text = demo_config(demo);
	struct config *config;

	request.file = "demo";
	request.text = text;
	config = config_load(&request, &errors);
	errors_print(&errors, stderr);
	errors_free(&errors);
	free(text);
	return config;
}

/* By then the first troubles have come: a picture of the very beginning would show none. */
#define IN_TROUBLE_MS 14500

static int watch(const struct cli *cli, struct demo *demo)
{
	struct session session = {.store_fd = -1};
	struct config *config = load(cli, demo);
	int status = 3;

	if (config && session_open_config(&session, config)) {
		if (cli_has_screen() || cli->plain) {
			status = watch_session(&session, cli, "demo");
		} else {
			demo_skip(demo, IN_TROUBLE_MS);
			status = snapshot_session(&session, cli, true);
		}
	}
	session_close(&session);
	return status;
}

/* It would be watched in place of the demo's application, which then ran for nobody. */
static bool refuse_urls(const struct cli *cli)
{
	for (size_t i = 0; i < cli->request.word_count; i++) {
		const char *word = cli->request.words[i];

		if (!config_is_url(word))
			continue;
		fprintf(stderr,
			"webmon: demo watches its own application and no other: 'webmon %s' "
			"watches that URL\n",
			word);
		return true;
	}
	return false;
}

int mode_demo(const struct cli *cli)
{
	char why[200] = "";
	struct demo *demo;
	int status;

	if (refuse_urls(cli))
		return 3;
	demo = demo_start(cli->port, cli->seed, why);
	if (!demo) {
		fprintf(stderr, "webmon: %s\n", why);
		return 3;
	}
	status = watch(cli, demo);
	demo_stop(demo);
	return status;
}
