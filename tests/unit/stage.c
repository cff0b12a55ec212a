/*
 * The stage.
 */
#include "unit/stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Readings 5 s apart, as the rate of checks needs them; the last one 30 s after the first, so that
 * statistics are fresh. */
static void settle(struct stage *stage)
{
	for (int64_t after_ms = -25000; after_ms <= 0; after_ms += 5000) {
		scenario_clock(after_ms);
		stage->scenario.fleet.probes += stage->scenario.config.target_count;
		store_put_fleet(stage->scenario.store, 0, &stage->scenario.fleet);
		tui_refresh(stage->tui);
	}
}

static void play_well(struct scenario *scenario)
{
	for (int64_t ago_ms = 600000; ago_ms >= 0; ago_ms -= 5000)
		for (size_t i = 0; i < scenario->config.target_count; i++) {
			struct sample sample = scenario_good(SCENARIO_NOW_MS - ago_ms, 40 + (int)i);

			scenario_push(scenario, i, &sample, "");
		}
}

void stage_init(struct stage *stage, const struct play *play)
{
	struct tui_options options = {.ascii = play->ascii, .source_name = "prod.ini"};
	struct errors errors = {0};

	scenario_init(&stage->scenario, play->none ? 0 : play->targets ? play->targets : 49);
	if (play->well)
		play_well(&stage->scenario);
	else if (!play->waiting)
		scenario_play(&stage->scenario);
	scenario_clock(-30000);
	stage->tui = tui_new(&stage->scenario.config, stage->scenario.store, &options, &errors);
	assert_int_equal(errors.count, 0);
	settle(stage);
	stage->canvas = canvas_new(80, 24);
	stage->canvas->mono = play->mono;
}

void stage_fini(struct stage *stage)
{
	canvas_free(stage->canvas);
	tui_free(stage->tui);
	scenario_fini(&stage->scenario);
}

void press(struct stage *stage, const char *keys)
{
	tui_draw(stage->tui, stage->canvas);
	for (; *keys; keys++) {
		tui_key(stage->tui, (unsigned char)*keys);
		tui_draw(stage->tui, stage->canvas);
	}
}

bool pass_time(struct stage *stage, int64_t after_ms)
{
	bool stale;

	scenario_clock(after_ms);
	stale = tui_refresh(stage->tui);
	tui_draw(stage->tui, stage->canvas);
	return stale;
}

int line_of(const struct stage *stage, const char *text)
{
	char *picture = canvas_text(stage->canvas), *found = strstr(picture, text);
	int line = found ? 0 : -1;

	for (const char *c = picture; found && c < found; c++)
		line += *c == '\n';
	free(picture);
	return line;
}

bool shows(const struct stage *stage, const char *text)
{
	return line_of(stage, text) >= 0;
}
