/*
 * webmon view: the dashboard over a history file, live while somebody writes it; on a terminal that
 * can draw none, its events line by line, and where stdout is no terminal, a snapshot of it.
 */
#include <string.h>
#include <unistd.h>

#include "app/modes.h"

static int show(struct session *session, const struct cli *cli, const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	if (!isatty(STDOUT_FILENO) && !cli->plain)
		return snapshot_seen(session, cli);
	return watch_session(session, cli,
			     !path   ? session_source_name(session)
			     : slash ? slash + 1
				     : path);
}

int mode_view(const struct cli *cli)
{
	struct cli rest = *cli; /* the words behind the file: targets of it */
	struct session session;
	const char *path = NULL;
	int status = 3;

	if (rest.request.word_count > 0) {
		path = rest.request.words[0];
		rest.request.words++;
		rest.request.word_count--;
	}
	if (session_open_view(&session, &rest, path))
		status = show(&session, &rest, path);
	session_close(&session);
	return status;
}
