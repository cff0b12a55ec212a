/*
 * Every screen at the four sizes, compared with tests/golden in text and styles.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/text.h"
#include "unit/golden.h"
#include "unit/stage.h"

static const struct {
	int width, height;
} sizes[] = {{120, 40}, {80, 24}, {40, 10}, {20, 3}};

static void check_sizes(struct stage *stage, const char *name)
{
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char file[96];

		canvas_resize(stage->canvas, sizes[i].width, sizes[i].height);
		tui_draw(stage->tui, stage->canvas);
		text_format(file, sizeof(file), "%s-%dx%d", name, sizes[i].width, sizes[i].height);
		golden_check(file, stage->canvas);
	}
}

struct shot {
	const char *name, *keys;
	struct play play;
};

static void check_shot(const struct shot *shot)
{
	struct stage stage;

	stage_init(&stage, &shot->play);
	press(&stage, shot->keys);
	check_sizes(&stage, shot->name);
	stage_fini(&stage);
}

static void main_screen(void **state)
{
	(void)state;
	check_shot(&(struct shot){"main", "", {0}});
}

static void main_screen_in_ascii(void **state)
{
	(void)state;
	check_shot(&(struct shot){"main-ascii", "", {.ascii = true}});
}

static void main_screen_before_the_first_answers(void **state)
{
	(void)state;
	check_shot(&(struct shot){"main-waiting", "", {.waiting = true}});
}

static void main_screen_when_all_is_well(void **state)
{
	(void)state;
	check_shot(&(struct shot){"main-well", "", {.targets = 7, .well = true}});
}

static void main_screen_filtered_and_sorted(void **state)
{
	(void)state;
	check_shot(&(struct shot){"main-filter", "/gate\r>>>>", {0}});
}

static void main_screen_while_typing(void **state)
{
	(void)state;
	check_shot(&(struct shot){"main-typing", "/!:up ~(", {0}});
}

static void main_screen_with_the_pane_in_focus(void **state)
{
	(void)state;
	check_shot(&(struct shot){"main-pane", "\tjjj", {0}});
}

static void main_screen_frozen_on_another_scale(void **state)
{
	(void)state;
	check_shot(&(struct shot){"main-frozen", "Zz-", {0}});
}

static void load(struct stage *stage, const char *name, enum load_level level, float ratio)
{
	size_t target = scenario_find(&stage->scenario, name);
	struct verdict *verdict = &stage->scenario.verdicts[target];

	verdict->load = (struct load_verdict){.level = level,
					      .cause = LOAD_SERVER,
					      .ratio = ratio,
					      .since_ms = SCENARIO_NOW_MS - 95000};
	text_copy(verdict->load.evidence, sizeof(verdict->load.evidence),
		  "first byte 480 ms, 6.2× usual in 14 of the last 16 checks · connect flat");
	store_put_verdict(stage->scenario.store, target, verdict);
}

static void targets_under_load(void **state)
{
	struct stage stage;

	(void)state;
	stage_init(&stage, &(struct play){0});
	load(&stage, "graphql", LOAD_SATURATED, 6.4F);
	load(&stage, "cart", LOAD_ELEVATED, 12.3F);
	load(&stage, "media-cdn", LOAD_ELEVATED, 2.1F);     /* which is slow as well */
	load(&stage, "checkout-api", LOAD_SATURATED, 1.4F); /* which is down: no news */
	pass_time(&stage, 1000);
	check_sizes(&stage, "main-loaded");
	canvas_resize(stage.canvas, 160, 20);
	tui_draw(stage.tui, stage.canvas);
	golden_check("main-loaded-160x20", stage.canvas);
	press(&stage, "jj\r");
	check_sizes(&stage, "detail-loaded");
	stage_fini(&stage);
}

static void put_change(struct stage *stage, size_t target, int64_t ago_ms, const char *what)
{
	struct event event = {.at_ms = SCENARIO_NOW_MS - ago_ms,
			      .target = (uint32_t)target,
			      .kind = EVENT_CHANGED};

	text_copy(event.detail, sizeof(event.detail), what);
	store_put_event(stage->scenario.store, &event);
}

static void put_load_incident(struct stage *stage, size_t target, int64_t from_ago_ms,
			      int64_t to_ago_ms)
{
	struct incident incident = {
		.target = (uint32_t)target,
		.kind = INCIDENT_LOAD,
		.opened_ms = SCENARIO_NOW_MS - from_ago_ms,
		.last_ms = SCENARIO_NOW_MS - to_ago_ms,
		.closed_ms = to_ago_ms ? SCENARIO_NOW_MS - to_ago_ms : 0,
		.result = "LOAD",
		.detail = "first byte 480 ms, 6.2× usual",
	};

	store_put_incident(stage->scenario.store, &incident);
}

/* All that one target's screen can have to say at once. */
static void enrich(struct stage *stage, size_t target)
{
	struct verdict *verdict = &stage->scenario.verdicts[target];

	stage->scenario.targets[target].slo = "99.9% / 30d";
	verdict->budget = (struct budget){.known = true,
					  .burning = true,
					  .objective = 0.999F,
					  .window_ms = 30 * 24 * 3600000LL,
					  .left = 0.62F,
					  .burn_long = 14.8F,
					  .burn_short = 22.1F,
					  .long_ms = 3600000,
					  .short_ms = 300000,
					  .coverage = 0.97F};
	verdict->acknowledged = true;
	text_copy(verdict->note, sizeof(verdict->note), "Kim looks into it");
	load(stage, stage->scenario.names[target], LOAD_SATURATED, 6.4F);
	put_change(stage, target, 290000, "address 203.0.113.9, was 203.0.113.7");
	put_change(stage, target, 150000, "server nginx/1.24, was nginx/1.22");
	put_load_incident(stage, target, 420000, 330000);
	put_load_incident(stage, target, 95000, 0);
}

static void check_rich(const struct shot *shot)
{
	struct stage stage;

	stage_init(&stage, &shot->play);
	enrich(&stage, scenario_find(&stage.scenario, "graphql"));
	pass_time(&stage, 1000);
	press(&stage, "/graphql\r\r");
	press(&stage, shot->keys);
	check_sizes(&stage, shot->name);
	stage_fini(&stage);
}

static void target_with_all_there_is_to_say(void **state)
{
	(void)state;
	check_rich(&(struct shot){"detail-rich", "", {0}});
	check_rich(&(struct shot){"detail-rich-ascii", "", {.ascii = true}});
	check_rich(&(struct shot){"detail-rich-mono", "", {.mono = true}});
}

static void latencies_as_a_heat_map(void **state)
{
	(void)state;
	check_rich(&(struct shot){"detail-heat", "v--", {0}});
	check_rich(&(struct shot){"detail-heat-ascii", "v--", {.ascii = true}});
	check_rich(&(struct shot){"detail-heat-mono", "v--", {.mono = true}});
}

static void latencies_as_a_histogram(void **state)
{
	(void)state;
	check_rich(&(struct shot){"detail-histogram", "vv--", {0}});
	check_rich(&(struct shot){"detail-histogram-ascii", "vv--", {.ascii = true}});
	check_rich(&(struct shot){"detail-histogram-mono", "vv--", {.mono = true}});
}

/* On a small screen Tab gives one part after the other all the room. */
static void parts_that_have_the_screen_for_themselves(void **state)
{
	static const char *const names[] = {"chart", "evidence", "incidents", "cert"};
	static const char *const keys[] = {"j\r\t", "j\r\t\t", "j\r\t\t\t", "j\r\t\t\t\t"};

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct stage stage;
		char file[64];

		stage_init(&stage, &(struct play){0});
		canvas_resize(stage.canvas, 40, 10);
		press(&stage, keys[i]);
		text_format(file, sizeof(file), "detail-tab-%s-40x10", names[i]);
		golden_check(file, stage.canvas);
		canvas_resize(stage.canvas, 80, 24);
		tui_draw(stage.tui, stage.canvas);
		text_format(file, sizeof(file), "detail-tab-%s-80x24", names[i]);
		golden_check(file, stage.canvas);
		stage_fini(&stage);
	}
}

/* A target with checks over fresh and over kept connections by turns. */
static void two_kinds_of_checks_apart(void **state)
{
	struct stage stage;
	size_t target;

	(void)state;
	stage_init(&stage, &(struct play){0});
	target = scenario_find(&stage.scenario, "blog");
	stage.scenario.targets[target].keepalive = WISH_COLD_AND_WARM;
	for (int i = 0; i < 40; i++) {
		struct sample sample =
			scenario_good(SCENARIO_NOW_MS + 1000 + i * 5000, 60 + i * 7 % 5);

		sample.flags |= SAMPLE_REUSED;
		sample.phase_us[PHASE_DNS] = sample.phase_us[PHASE_CONNECT] =
			sample.phase_us[PHASE_TLS] = ABSENT_US;
		scenario_push(&stage.scenario, target, &sample, "");
		sample = scenario_good(SCENARIO_NOW_MS + 3000 + i * 5000, 200 + i * 11 % 17);
		scenario_push(&stage.scenario, target, &sample, "");
	}
	pass_time(&stage, 200000);
	press(&stage, "/blog\r\r");
	check_sizes(&stage, "detail-kinds");
	stage_fini(&stage);
}

/* Neither request nor status nor answer. */
static void target_that_is_a_mere_connection(void **state)
{
	struct stage stage;
	size_t target;

	(void)state;
	stage_init(&stage, &(struct play){0});
	target = scenario_find(&stage.scenario, "plain-status");
	stage.scenario.targets[target].scheme = SCHEME_TCP;
	stage.scenario.targets[target].url_shown = "tcp://plain-status.example.com:80";
	for (int i = 0; i < 3; i++) {
		struct sample sample = sample_blank(SCENARIO_NOW_MS + 500 + i);

		sample.phase_us[PHASE_DNS] = 400;
		sample.phase_us[PHASE_CONNECT] = 3100;
		sample.total_us = 3500;
		scenario_push(&stage.scenario, target, &sample, "");
	}
	pass_time(&stage, 1000);
	press(&stage, "/plain\r\r");
	check_sizes(&stage, "detail-tcp");
	stage_fini(&stage);
}

static void sort_menu(void **state)
{
	(void)state;
	check_shot(&(struct shot){"menu-sort", "sjj", {0}});
}

static void groups_open_and_folded(void **state)
{
	(void)state;
	check_shot(&(struct shot){"groups", "tG-g", {0}});
	check_shot(&(struct shot){"groups-folded", "t-jj", {0}});
	check_shot(&(struct shot){"groups-ascii", "t-jj-j", {.ascii = true}});
}

static void grid_of_targets(void **state)
{
	(void)state;
	check_shot(&(struct shot){"grid", "vlll", {0}});
	check_shot(&(struct shot){"grid-many", "vnj", {.targets = 1000}});
	check_shot(&(struct shot){"grid-ascii", "vnn", {.ascii = true, .targets = 400}});
}

static void errors_folded(void **state)
{
	(void)state;
	check_shot(&(struct shot){"errors-folded", "et", {0}});
}

static void an_incident(void **state)
{
	(void)state;
	check_shot(&(struct shot){"incident", "ejj\r", {0}});
	check_shot(&(struct shot){"incident-over", "ejjjjjjj\r\t\t", {0}});
	check_shot(&(struct shot){"incident-ascii", "ejj\r\t", {.ascii = true}});
}

static void an_answer_being_read(void **state)
{
	(void)state;
	check_shot(&(struct shot){"body", "jb#/connection\r", {0}});
	check_shot(&(struct shot){"body-ascii", "jbWll", {.ascii = true}});
}

static void a_moment_of_the_past(void **state)
{
	(void)state;
	check_shot(&(struct shot){"main-past", "--{{", {0}});
	check_shot(&(struct shot){"main-past-ascii", "[[[[[[[[[[[[[[[[[[[[[[[[[[[", {.ascii = true}});
}

static void columns_chosen_and_explained(void **state)
{
	(void)state;
	check_shot(&(struct shot){"menu-columns", "Cjj jjj<<", {0}});
	check_shot(&(struct shot){"column-card", "sjjjjj?", {0}});
}

static void a_note_being_asked_for(void **state)
{
	(void)state;
	check_shot(&(struct shot){"prompt", "jaAna is on it", {0}});
}

static void target_that_is_down(void **state)
{
	(void)state;
	check_shot(&(struct shot){"detail-down", "j\r", {0}});
}

static void target_that_timed_out(void **state)
{
	(void)state;
	check_shot(&(struct shot){"detail-timeout", "\r", {0}});
}

static void target_that_is_well(void **state)
{
	(void)state;
	check_shot(&(struct shot){"detail-well", "jjjj\r", {0}});
}

static void target_without_an_answer(void **state)
{
	(void)state;
	check_shot(&(struct shot){"detail-waiting", "\r", {.waiting = true}});
}

static void target_in_ascii(void **state)
{
	(void)state;
	check_shot(&(struct shot){"detail-ascii", "j\r", {.ascii = true}});
}

static void errors_on_their_own(void **state)
{
	(void)state;
	check_shot(&(struct shot){"errors", "e", {0}});
}

static void errors_filtered(void **state)
{
	(void)state;
	check_shot(&(struct shot){"errors-filter", "e/time\rj", {0}});
}

static void help_of_the_main_screen(void **state)
{
	(void)state;
	check_shot(&(struct shot){"help", "?", {0}});
}

static void help_of_a_target_in_ascii(void **state)
{
	(void)state;
	check_shot(&(struct shot){"help-detail-ascii", "\r?", {.ascii = true}});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(main_screen),
		cmocka_unit_test(main_screen_in_ascii),
		cmocka_unit_test(main_screen_before_the_first_answers),
		cmocka_unit_test(main_screen_when_all_is_well),
		cmocka_unit_test(main_screen_filtered_and_sorted),
		cmocka_unit_test(main_screen_while_typing),
		cmocka_unit_test(main_screen_with_the_pane_in_focus),
		cmocka_unit_test(main_screen_frozen_on_another_scale),
		cmocka_unit_test(targets_under_load),
		cmocka_unit_test(target_with_all_there_is_to_say),
		cmocka_unit_test(latencies_as_a_heat_map),
		cmocka_unit_test(latencies_as_a_histogram),
		cmocka_unit_test(parts_that_have_the_screen_for_themselves),
		cmocka_unit_test(two_kinds_of_checks_apart),
		cmocka_unit_test(target_that_is_a_mere_connection),
		cmocka_unit_test(sort_menu),
		cmocka_unit_test(groups_open_and_folded),
		cmocka_unit_test(grid_of_targets),
		cmocka_unit_test(errors_folded),
		cmocka_unit_test(an_incident),
		cmocka_unit_test(an_answer_being_read),
		cmocka_unit_test(a_moment_of_the_past),
		cmocka_unit_test(columns_chosen_and_explained),
		cmocka_unit_test(a_note_being_asked_for),
		cmocka_unit_test(target_that_is_down),
		cmocka_unit_test(target_that_timed_out),
		cmocka_unit_test(target_that_is_well),
		cmocka_unit_test(target_without_an_answer),
		cmocka_unit_test(target_in_ascii),
		cmocka_unit_test(errors_on_their_own),
		cmocka_unit_test(errors_filtered),
		cmocka_unit_test(help_of_the_main_screen),
		cmocka_unit_test(help_of_a_target_in_ascii),
	};

	return cmocka_run_group_tests_name("screens", tests, NULL, NULL);
}
