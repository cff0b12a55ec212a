/*
 * The table of modes.
 */
#include "app/modes.h"

/* clang-format off */
const struct mode mode_table[] = {
	{"watch", "[URL|NAME...]", "the dashboard; the default", mode_watch},
	{"snapshot", "[URL|NAME...]", "probe once (or -n rounds), print, exit with the state", mode_snapshot},
	{"record", "", "probe and keep history, headless; for a service", mode_record},
	{"view", "[FILE [URL|NAME...]]", "the dashboard over a history file, live while it is written", mode_view},
	{"replay", "TRACE.csv", "recorded samples through the judge, its verdict after each", mode_replay},
	{"check", "[-c FILE]", "check the configuration, say what is in force and what it costs", mode_check},
	{"demo", "[--port N]", "the dashboard over a small built-in web application that misbehaves", mode_demo},
	{NULL, NULL, NULL, NULL},
};
/* clang-format on */
