/*
 * webmon view: the dashboard over a history file, live while somebody writes it.
 */
#include <stdio.h>
#include <string.h>

#include "app/modes.h"

int mode_view(const struct cli *cli)
{
	const char *path = cli->request.word_count > 0 ? cli->request.words[0] : NULL;
	const char *slash = path ? strrchr(path, '/') : NULL;
	struct session session;
	int status = 3;

	if (session_open_view(&session, cli, path)) {
		if (watch_has_screen() || cli->plain)
			status = watch_session(&session, cli,
					       !path   ? session_source_name(&session)
					       : slash ? slash + 1
						       : path);
		else
			fprintf(stderr,
				"webmon: view needs a terminal; try 'webmon snapshot --from "
				"FILE'\n");
	}
	session_close(&session);
	return status;
}
