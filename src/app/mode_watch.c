/*
 * webmon watch: the loop between the terminal, the store and the dashboard.
 *
 * It waits on three descriptors (keys, signals, the store) and the dashboard's own deadline, drains
 * what is ready, and draws at most once a turn: at once after a key, else at most four times a
 * second. Between two looks at the store it does not listen to it: what the poller writes then
 * wakes nobody. It never waits for a probe, and where the terminal does not take more the frame is
 * left out and tried again later.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/keeper.h"
#include "app/modes.h"
#include "app/signals.h"
#include "base/clock.h"
#include "base/mem.h"
#include "face/snapshot.h"
#include "face/tui/extras.h"
#include "face/tui/place.h"
#include "face/tui/term.h"
#include "face/tui/tui.h"

#define FRAME_US 250000 /* between two frames, and two looks at the store, that no key asked for   \
			 */
#define EARLY_US 4000	/* the same while the first answers come in: a person waits for them */
#define START_US 1500000
#define CONDITION_US 1000000 /* between two looks at the history's condition */
#define BUSY_US	 100000 /* before a frame is tried again that the terminal did not take */

struct watch {
	struct session *session;
	struct term *term;
	struct tui *tui;
	struct canvas *canvas;
	struct keeper *keeper;
	int signal_fd;
	bool stale;  /* the picture is older than what is known */
	bool urgent; /* a person waits for it */
	bool ended, leave_picture, mouse;
	bool gone; /* the terminal hung up: nothing can be drawn or restored */
	int64_t started_us;
	int64_t frame_us; /* no frame before, unless urgent */
	int64_t look_us;  /* no look at the store before */
	int64_t condition_us; /* no look at the history's condition before */
	int asked;	  /* a recorder's answer comes here; -1: none is awaited */
	const char *source_name;
	char title[80];
	char trouble[200];
};

bool watch_has_screen(void)
{
	const char *term = getenv("TERM");

	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term && term[0] &&
	       strcmp(term, "dumb") != 0;
}

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

static void hear_answer(struct watch *watch)
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
static void make_dashboard(struct watch *watch)
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
static void reload(struct watch *watch)
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
			watch->ended = true;
		watch->source_name = session_source_name(watch->session);
		make_dashboard(watch);
		place_return(watch->tui, &place);
		term_use_theme(watch->term, tui_theme(watch->tui));
	}
	tui_toast(watch->tui, words);
	if (!config && watch->session->log)
		log_note(watch->session->log, words);
}

/* The recorder has put another file in the place of this one. */
static void open_again(struct watch *watch)
{
	struct session *session = watch->session, next;
	struct place_in_tui place = place_of(watch->tui);
	struct store_condition condition;

	store_condition(session->store, &condition);
	if (!session_open_view(&next, session->cli, condition.path)) {
		session_close(&next);
		return;
	}
	tui_free(watch->tui);
	session_close(session);
	*session = next;
	make_dashboard(watch);
	place_return(watch->tui, &place);
	term_use_theme(watch->term, tui_theme(watch->tui));
	tui_toast(watch->tui, "the recorder reads another configuration now");
}

static void suspend(struct watch *watch)
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

static void obey(struct watch *watch, const struct tui_request *request)
{
	switch (request->ask) {
	case TUI_ASK_RELOAD:
		reload(watch);
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
		suspend(watch);
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

/* All keys that wait; each is answered by the same frame. */
static void read_keys(struct watch *watch)
{
	int key;

	while (!watch->ended && (key = term_key(watch->term)) != KEY_NONE_YET) {
		struct tui_request request = {.ask = TUI_ASK_NOTHING};

		if (key == TERM_KEY_GONE) {
			watch->gone = watch->ended = true;
			return;
		}
		if (key == TERM_KEY_FOCUS_IN || key == TERM_KEY_FOCUS_OUT) {
			tui_focus(watch->tui, key == TERM_KEY_FOCUS_IN);
		} else if (key == TERM_KEY_MOUSE) {
			struct mouse mouse = term_mouse_event(watch->term);

			request = tui_mouse(watch->tui, mouse.x, mouse.y, (int)mouse.what);
		} else if (key != TERM_KEY_UNKNOWN) {
			request = tui_key(watch->tui, key);
		}
		obey(watch, &request);
		watch->stale = watch->urgent = true;
	}
}

static void resize(struct watch *watch)
{
	int width, height;

	if (!term_resized(watch->term))
		return;
	term_size(watch->term, &width, &height);
	canvas_resize(watch->canvas, width, height);
	watch->stale = watch->urgent = true;
}

static void hang_up(struct watch *watch)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};

	/* logrotate sends the same signal as a terminal that went away: ask the terminal */
	if (poll(&input, 1, 0) == 1 && (input.revents & (POLLHUP | POLLERR | POLLNVAL)))
		watch->gone = watch->ended = true;
	else
		reload(watch);
	if (!watch->gone && watch->session->log)
		log_reopen(watch->session->log);
}

static void read_signals(struct watch *watch)
{
	int number;

	while ((number = signals_next(watch->signal_fd)) != 0) {
		if (number == SIGWINCH)
			resize(watch);
		else if (number == SIGTSTP)
			suspend(watch);
		else if (number == SIGHUP)
			hang_up(watch);
		else if (number == SIGTERM || number == SIGINT || number == SIGQUIT)
			watch->ended = true;
	}
}

static void tell_trouble(struct watch *watch)
{
	char trouble[sizeof(watch->trouble)];
	int64_t now_us = clock_mono_us();

	if (now_us < watch->condition_us)
		return;
	watch->condition_us = now_us + CONDITION_US;
	if (session_has_news(watch->session))
		reload(watch);
	if (watch->session->targets && session_look(watch->session) == SESSION_OTHER_FILE)
		open_again(watch);
	session_trouble(watch->session, trouble);
	if (strcmp(trouble, watch->trouble) == 0)
		return;
	memcpy(watch->trouble, trouble, sizeof(trouble));
	tui_notice(watch->tui, trouble);
	watch->stale = true;
}

static void draw(struct watch *watch, int64_t now_us)
{
	char title[sizeof(watch->title)];

	tui_draw(watch->tui, watch->canvas);
	watch->stale = !term_draw(watch->term, watch->canvas);
	watch->urgent = false;
	if (watch->stale) {
		watch->frame_us = now_us + BUSY_US;
		return;
	}
	tui_meter(watch->tui, term_bytes(watch->term));
	tui_title(watch->tui, title);
	if (strcmp(title, watch->title) != 0) {
		memcpy(watch->title, title, sizeof(title));
		extras_title(term_extras(watch->term), title);
	}
}

static void notify(struct watch *watch)
{
	char text[200];

	if (tui_notification(watch->tui, text))
		extras_notify(term_extras(watch->term), watch->session->config->program.notify,
			      text);
}

static void look(struct watch *watch)
{
	int64_t now_us = clock_mono_us();

	watch->look_us = now_us + (now_us - watch->started_us < START_US ? EARLY_US : FRAME_US);
	notify(watch);
	if (!tui_refresh(watch->tui) && !watch->urgent && !watch->stale)
		return;
	watch->frame_us = watch->look_us;
	draw(watch, now_us);
}

/* When the next frame is due; INT64_MAX: when something happens. */
static int64_t next_frame_us(const struct watch *watch)
{
	int64_t deadline = tui_deadline_us(watch->tui);

	if (watch->urgent)
		return 0;
	return watch->stale || deadline < watch->frame_us ? watch->frame_us : deadline;
}

static int wait_ms(int64_t until_us)
{
	int64_t left_us = until_us - clock_mono_us();

	if (until_us == INT64_MAX)
		return -1;
	if (left_us <= 0)
		return 0;
	return left_us > 60000000 ? 60000 : (int)((left_us + 999) / 1000);
}

/* Waits for something to do; true where the store has something new. */
static bool wait_for(struct watch *watch, struct pollfd fds[5])
{
	int64_t until_us = next_frame_us(watch);
	bool listens = clock_mono_us() >= watch->look_us;

	if (!listens && watch->look_us < until_us)
		until_us = watch->look_us;
	fds[2].fd = listens ? watch->session->store_fd : -1;
	fds[3].fd = watch->asked;
	if (poll(fds, 5, wait_ms(until_us)) < 0) {
		watch->ended = errno != EINTR;
		fds[0].revents = fds[2].revents = fds[3].revents = fds[4].revents = 0;
	}
	return fds[2].revents != 0;
}

static void tell_written(struct watch *watch)
{
	char message[256];

	if (!keeper_result(watch->keeper, message))
		return;
	tui_toast(watch->tui, message);
	watch->stale = watch->urgent = true;
}

static void loop(struct watch *watch)
{
	struct pollfd fds[5] = {
		{.fd = STDIN_FILENO, .events = POLLIN},
		{.fd = watch->signal_fd, .events = POLLIN},
		{.events = POLLIN},
		{.events = POLLIN},
		{.fd = keeper_descriptor(watch->keeper), .events = POLLIN},
	};

	while (!watch->ended) {
		bool told = wait_for(watch, fds);

		read_signals(watch);
		if (!watch->ended && fds[0].revents)
			read_keys(watch);
		if (fds[3].revents && watch->asked >= 0)
			hear_answer(watch);
		if (fds[4].revents)
			tell_written(watch);
		if (told) {
			store_woken(watch->session->store, watch->session->store_fd);
			tell_trouble(watch);
		}
		if (!watch->ended && (told || next_frame_us(watch) <= clock_mono_us()))
			look(watch);
	}
}

/* Fits the terminal to the dashboard, and says what the dashboard needs. */
static void furnish(struct watch *watch)
{
	int width, height;

	make_dashboard(watch);
	term_size(watch->term, &width, &height);
	watch->canvas = canvas_new(width, height);
	watch->canvas->ascii = term_is_ascii(watch->term);
	watch->canvas->mono = strcmp(term_color_name(watch->term), "mono") == 0;
	watch->mouse = watch->session->config->program.mouse;
	if (watch->mouse)
		extras_mouse(term_extras(watch->term), true);
}

static void fold(struct watch *watch)
{
	char *picture = watch->leave_picture ? canvas_text(watch->canvas) : NULL;

	term_close(watch->term);
	signals_set_emergency(NULL);
	fatal_set_hook(NULL);
	if (picture)
		fputs(picture, stdout);
	free(picture);
	canvas_free(watch->canvas);
	tui_free(watch->tui);
}

static int watch_screen(struct watch *watch)
{
	struct poll_options options = {.spread = true};
	char why[200] = "";
	int status = 0;

	watch->term = term_open(&watch->session->config->program, why);
	if (!watch->term) {
		fprintf(stderr, "webmon: %s\n", why);
		return 3;
	}
	signals_set_emergency(term_emergency);
	fatal_set_hook(term_emergency);
	furnish(watch);
	watch->started_us = clock_mono_us();
	/* the first picture comes before the first probe */
	watch->urgent = true;
	look(watch);
	watch->keeper = keeper_new();
	if (watch->session->targets || session_poll(watch->session, &options))
		loop(watch);
	else
		status = 3;
	if (watch->asked >= 0)
		close(watch->asked);
	fold(watch);
	keeper_free(watch->keeper);
	return status;
}

int watch_session(struct session *session, const struct cli *cli, const char *source_name)
{
	struct watch watch = {.session = session,
			      .signal_fd = signals_open(),
			      .asked = -1,
			      .source_name = source_name};
	struct poll_options options = {.spread = true};
	int status;

	if (cli->plain || !watch_has_screen())
		status = session->targets || session_poll(session, &options)
				 ? plain_session(session, watch.signal_fd)
				 : 3;
	else
		status = watch_screen(&watch);
	close(watch.signal_fd);
	return status;
}

int mode_watch(const struct cli *cli)
{
	bool watches = isatty(STDOUT_FILENO) || cli->plain;
	struct session session;
	int status = 3;

	if (!watches && session_open(&session, cli))
		status = snapshot_session(&session, cli, false);
	else if (watches && session_open_kept(&session, cli, false))
		status = watch_session(&session, cli, session_source_name(&session));
	session_close(&session);
	return status;
}
