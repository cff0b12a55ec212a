#ifndef WEBMON_APP_CONTROL_H
#define WEBMON_APP_CONTROL_H
/*
 * The line between a viewer and whoever probes: a Unix-domain socket beside the history file, mode
 * 0600, one line each way. Only the recorder's own user (and root) may ask for anything.
 *
 *   VERB KEY [NOTE]      check, pause, resume, ack; KEY: 16 hex digits (see store_key()), * for all
 *   ok WORDS  no WORDS   the answer
 *
 * The server has a thread of its own, a few clients at most and short lines: nobody can hold up the
 * recorder with it.
 */
#include <stdbool.h>
#include <stddef.h>

#include "face/tui/request.h"
#include "source/poll/poll.h"
#include "store/store.h"

struct control;

/* poll and store are borrowed until control_stop(). Returns new, or NULL with why. */
struct control *control_start(const char *history, struct poll *poll, const struct store *store,
			      char why[200]);
/* NULL: nothing to do. */
void control_stop(struct control *control);

/* What a viewer wants; store: the viewer's; history NULL: it looks at no file. Returns a descriptor
 * that becomes readable with the answer; -1 with why. */
int control_ask(const char *history, const struct store *store, const struct tui_request *request,
		char why[200]);
/* The answer as a sentence; closes the descriptor. */
void control_answer(int descriptor, char answer[200]);

#endif
