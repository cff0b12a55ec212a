/*
 * webmon view: the dashboard over a history file, live while somebody writes it; on a terminal that
 * can draw none, its events line by line, and where stdout is no terminal, a snapshot of it.
 */
#include <string.h>
#include <unistd.h>

#include "app/modes.h"

int mode_view(const struct cli *cli)
{
	const char *path = cli->request.word_count > 0 ? cli->request.words[0] : NULL;
	const char *slash = path ? strrchr(path, '/') : NULL;
	struct session session;
	int status = 3;

	if (session_open_view(&session, cli, path)) {
		if (isatty(STDOUT_FILENO) || cli->plain)
			status = watch_session(&session, cli,
					       !path   ? session_source_name(&session)
					       : slash ? slash + 1
						       : path);
		else
			status = snapshot_seen(&session, cli);
	}
	session_close(&session);
	return status;
}
