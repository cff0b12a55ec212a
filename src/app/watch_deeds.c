/*
 * What keys ask of the outside: the pollers, the clipboard, files, another configuration. Main
 * thread; nothing here waits: a recorder's answer and a file's end come back as events of the loop.
 */
#include "app/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/modes.h"
#include "app/signals.h"
#include "base/mem.h"
#include "face/snapshot.h"
#include "face/tui/extras.h"
#include "face/tui/place.h"

/* To our own pollers, or to the recorder whose file this is. */
static void ask_pollers(struct watch *watch, const struct tui_request *request)
{
	struct session *session = watch->session;
	struct store_condition condition;
	char why[200];

	if (session->poll && request->ask == TUI_ASK_ACKNOWLEDGE) {
		poll_acknowledge(session->poll, request->target, request->text);
		return;
	}
	if (request->ask != TUI_ASK_ACKNOWLEDGE &&
	    session_command(session,
			    request->ask == TUI_ASK_CHECK_NOW ? POLL_CHECK_NOW
			    : request->ask == TUI_ASK_PAUSE   ? POLL_PAUSE
							      : POLL_RESUME,
			    request->target))
		return;
	store_condition(session->store, &condition);
	if (watch->asked >= 0)
		close(watch->asked);
	watch->asked = control_ask(condition.path, session->store, request, why);
	if (watch->asked < 0)
		tui_toast(watch->tui, why);
}

void watch_hear_answer(struct watch *watch)
{
	char answer[200];

	control_answer(watch->asked, answer);
	watch->asked = -1;
	tui_toast(watch->tui, answer);
	watch->stale = watch->urgent = true;
}

static void copy(struct watch *watch, const char *text)
{
	char toast[80];
	unsigned sent = extras_copy(term_extras(watch->term), text);

	if (sent)
		snprintf(toast, sizeof(toast), "%u bytes to the clipboard (OSC 52)", sent);
	else
		snprintf(toast, sizeof(toast), "too long for the clipboard");
	tui_toast(watch->tui, toast);
}

/* Over the session's configuration and store as they now are. */
void watch_make_dashboard(struct watch *watch)
{
	struct tui_options options = {.ascii = term_is_ascii(watch->term),
				      .source_name = watch->source_name};
	struct errors errors = {0};

	watch->tui = tui_new(watch->session->config, watch->session->store, &options, &errors);
	if (errors.count > 0)
		tui_toast(watch->tui, errors.items[0].text);
	errors_print(&errors, stderr);
	errors_free(&errors);
	term_use_theme(watch->term, tui_theme(watch->tui));
	watch->trouble[0] = '\0';
	watch->condition_us = 0;
	watch->stale = watch->urgent = true;
}

/* The configuration anew; where that is no good, all stays as it is and says so. */
void watch_reload(struct watch *watch)
{
	char words[200] = "the recorder reads its own configuration: send it SIGHUP";
	struct config *config = NULL;

	if (!watch->session->targets)
		config = session_read_again(watch->session, words);
	if (config) {
		struct place_in_tui place = place_of(watch->tui);

		tui_free(watch->tui);
		watch->source_name = "";
		if (!session_exchange(watch->session, config, words))
			watch->ended = watch->failed = true;
		watch->source_name = session_source_name(watch->session);
		watch_make_dashboard(watch);
		place_return(watch->tui, &place);
		term_use_theme(watch->term, tui_theme(watch->tui));
	}
	tui_toast(watch->tui, words);
	if (!config && watch->session->log)
		log_note(watch->session->log, words);
}

/* The recorder has put another file in the place of this one. */
void watch_open_again(struct watch *watch)
{
	struct session *session = watch->session, next;
	struct place_in_tui place = place_of(watch->tui);
	char news[200];

	if (!session_open_again(session, &next, news))
		return;
	tui_free(watch->tui);
	session_close(session);
	*session = next;
	watch_make_dashboard(watch);
	place_return(watch->tui, &place);
	term_use_theme(watch->term, tui_theme(watch->tui));
	tui_toast(watch->tui, news);
}

void watch_suspend(struct watch *watch)
{
	term_suspend(watch->term);
	signals_suspend();
	term_resume(watch->term);
	watch->stale = watch->urgent = true;
}

/* Everything that is known, for programs. Returns new; NULL where there is no memory for it. */
static char *everything(const struct session *session)
{
	struct rows *rows = rows_new(session->config, session->store);
	struct snapshot snapshot = {.config = session->config,
				    .store = session->store,
				    .rows = rows,
				    .format = SNAPSHOT_JSON,
				    .evidence = true};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	rows_refresh(rows, session->store);
	if (out) {
		snapshot_print(&snapshot, out);
		fclose(out);
	}
	rows_free(rows);
	return text;
}

static void write_file(struct watch *watch, const struct tui_request *request)
{
	size_t length = strlen(request->name);
	bool json = length > 5 && strcmp(request->name + length - 5, ".json") == 0;
	char *text;

	if (!length)
		return;
	if (request->text) {
		text = x_strdup(request->text);
	} else if (json) {
		text = everything(watch->session);
	} else {
		tui_draw(watch->tui, watch->canvas); /* without the line that asked */
		text = canvas_text(watch->canvas);
	}
	if (!text || !keeper_write(watch->keeper, request->name, text))
		tui_toast(watch->tui, "the file before is still being written");
}

void watch_obey(struct watch *watch, const struct tui_request *request)
{
	switch (request->ask) {
	case TUI_ASK_RELOAD:
		watch_reload(watch);
		break;
	case TUI_ASK_NOTHING:
		break;
	case TUI_ASK_WRITE:
		write_file(watch, request);
		break;
	case TUI_ASK_QUIT_LEAVING_PICTURE:
		watch->leave_picture = true;
		watch->ended = true;
		break;
	case TUI_ASK_QUIT:
		watch->ended = true;
		break;
	case TUI_ASK_SUSPEND:
		watch_suspend(watch);
		break;
	case TUI_ASK_REDRAW:
		term_redraw(watch->term);
		break;
	case TUI_ASK_THEME:
		term_use_theme(watch->term, tui_theme(watch->tui));
		break;
	case TUI_ASK_CHECK_NOW:
	case TUI_ASK_PAUSE:
	case TUI_ASK_RESUME:
	case TUI_ASK_ACKNOWLEDGE:
		ask_pollers(watch, request);
		break;
	case TUI_ASK_COPY:
		copy(watch, request->text);
		break;
	case TUI_ASK_MOUSE:
		watch->mouse = !watch->mouse;
		extras_mouse(term_extras(watch->term), watch->mouse);
		tui_toast(watch->tui, watch->mouse ? "mouse on" : "mouse off");
		break;
	}
}
