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

#include "app/modes.h"
#include "app/signals.h"
#include "app/watch.h"
#include "base/clock.h"
#include "base/mem.h"
#include "face/tui/extras.h"

/* Between two frames, and two looks at the store, that no key asked for */
#define FRAME_US     250000
#define EARLY_US     4000 /* the same while the first answers come in: a person waits for them */
#define START_US     1500000
#define CONDITION_US 1000000 /* between two looks at the history's condition */
#define BUSY_US	     100000  /* before a frame is tried again that the terminal did not take */

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
		watch_obey(watch, &request);
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
	else if (hangups_take(&watch->hangups, clock_mono_us()))
		watch_reload(watch);
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
			watch_suspend(watch);
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
		watch_reload(watch);
	if (watch->session->targets && session_look(watch->session) == SESSION_OTHER_FILE)
		watch_open_again(watch);
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

/* Each frame puts the look at the store off; how many there may be, its condition is due. */
static int64_t next_look_us(const struct watch *watch)
{
	return watch->look_us < watch->condition_us ? watch->look_us : watch->condition_us;
}

/* Waits for something to do; true where the store has something new. */
static bool wait_for(struct watch *watch, struct pollfd fds[5])
{
	int64_t until_us = next_frame_us(watch);
	bool listens = clock_mono_us() >= next_look_us(watch);

	if (!listens && next_look_us(watch) < until_us)
		until_us = next_look_us(watch);
	if (hangups_due_us(&watch->hangups) < until_us)
		until_us = hangups_due_us(&watch->hangups);
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
		if (!watch->ended && hangups_are_due(&watch->hangups, clock_mono_us()))
			watch_reload(watch);
		/* before the keys: they may ask anew, and then it is another descriptor */
		if (fds[3].revents && watch->asked >= 0)
			watch_hear_answer(watch);
		if (!watch->ended && fds[0].revents)
			read_keys(watch);
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

	watch_make_dashboard(watch);
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

	watch->term = term_open(&watch->session->config->program, why);
	if (why[0])
		fprintf(stderr, "webmon: %s\n", why);
	if (!watch->term)
		return 3;
	signals_set_emergency(term_emergency);
	fatal_set_hook(term_emergency);
	furnish(watch);
	if (why[0])
		tui_toast(watch->tui, why);
	watch->started_us = clock_mono_us();
	/* the first picture comes before the first probe */
	watch->urgent = true;
	look(watch);
	watch->keeper = keeper_new();
	if (watch->session->targets || session_poll(watch->session, &options))
		loop(watch);
	else
		watch->failed = true;
	if (watch->asked >= 0)
		close(watch->asked);
	fold(watch);
	keeper_free(watch->keeper);
	return watch->failed ? 3 : 0;
}

int watch_session(struct session *session, const struct cli *cli, const char *source_name)
{
	struct watch watch = {.session = session,
			      .signal_fd = signals_open(),
			      .asked = -1,
			      .source_name = source_name};
	struct poll_options options = {.spread = true};
	int status;

	if (cli->plain || !cli_has_screen())
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
	struct session session;
	int status = 3;

	if (session_open_kept(&session, cli, false))
		status = watch_session(&session, cli, session_source_name(&session));
	session_close(&session);
	return status;
}
