#ifndef WEBMON_APP_WATCH_H
#define WEBMON_APP_WATCH_H
/*
 * The dashboard while it runs, for the files of this mode alone: the loop (mode_watch.c) and what
 * keys ask of the outside (watch_deeds.c). Main thread.
 */
#include "app/keeper.h"
#include "app/session.h"
#include "app/signals.h"
#include "face/tui/term.h"
#include "face/tui/tui.h"

struct watch {
	struct session *session;
	struct term *term;
	struct tui *tui;
	struct canvas *canvas;
	struct keeper *keeper;
	int signal_fd;
	struct hangups hangups;
	bool stale;  /* the picture is older than what is known */
	bool urgent; /* a person waits for it */
	bool ended, leave_picture, mouse;
	bool failed; /* a reload stopped what went before, and could not start what was to follow */
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

/* A dashboard over the session's configuration and store as they now are. */
void watch_make_dashboard(struct watch *watch);
/* What a key asked for. */
void watch_obey(struct watch *watch, const struct tui_request *request);
/* Stops this process as ^Z would; returns when it goes on. */
void watch_suspend(struct watch *watch);
/* The recorder's answer has come. */
void watch_hear_answer(struct watch *watch);
/* The configuration anew; where that is no good, all stays as it is and says so. */
void watch_reload(struct watch *watch);
/* The viewed file was replaced by another one. */
void watch_open_again(struct watch *watch);

#endif
