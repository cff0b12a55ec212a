#ifndef WEBMON_TESTS_STAGE_H
#define WEBMON_TESTS_STAGE_H
/*
 * A dashboard over the scenario, and a canvas: for tests of screens.
 */
#include "face/tui/tui.h"
#include "unit/scenario.h"

struct stage {
	struct scenario scenario;
	struct tui *tui;
	struct canvas *canvas;
};

struct play {
	size_t targets;
	bool ascii, none, waiting, well, mono;
};

/* Settled at SCENARIO_NOW_MS: the rate of checks is known, nothing is drawn yet. */
void stage_init(struct stage *stage, const struct play *play);
void stage_fini(struct stage *stage);

/* Draws, then presses each byte as a key and draws again. */
void press(struct stage *stage, const char *keys);

/* The clock moves on, the dashboard takes in what is new and draws. Returns what tui_refresh()
 * said. */
bool pass_time(struct stage *stage, int64_t after_ms);

/* Whether the text is on the picture as drawn last. */
bool shows(const struct stage *stage, const char *text);
/* The line of the picture, from 0, that holds the text; -1: none. */
int line_of(const struct stage *stage, const char *text);

#endif
