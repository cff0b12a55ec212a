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
	pass_time(&stage, 1000);
	check_sizes(&stage, "main-loaded");
	canvas_resize(stage.canvas, 160, 20);
	tui_draw(stage.tui, stage.canvas);
	golden_check("main-loaded-160x20", stage.canvas);
	press(&stage, "jj\r");
	check_sizes(&stage, "detail-loaded");
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
