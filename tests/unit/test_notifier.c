/*
 * Notifications and the byte rate: told once, not too often, in one sentence; frames wait until
 * those before are paid for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "face/tui/bucket.h"
#include "face/tui/notifier.h"
#include "unit/stage.h"

static int setup(void **state)
{
	struct stage *stage = x_calloc(1, sizeof(*stage));

	stage_init(stage, &(struct play){.targets = 8, .well = true});
	stage->scenario.config.program.notify = NOTIFY_BELL;
	*state = stage;
	return 0;
}

static int teardown(void **state)
{
	stage_fini(*state);
	free(*state);
	return 0;
}

static void check(struct stage *stage, size_t target, bool good, int64_t after_ms)
{
	struct sample sample = good ? scenario_good(SCENARIO_NOW_MS + after_ms, 50)
				    : scenario_bad(SCENARIO_NOW_MS + after_ms, CLASS_REFUSED, 0);

	scenario_clock(after_ms);
	scenario_push(&stage->scenario, target, &sample, good ? "" : "connection refused");
}

static void a_target_that_goes_down_is_told_once_and_again_when_back(void **state)
{
	struct stage *stage = *state;
	char text[200];

	assert_false(tui_notification(stage->tui, text));
	check(stage, 2, false, 1000);
	assert_false(tui_notification(stage->tui, text)); /* one failure is no outage */
	check(stage, 2, false, 2000);
	assert_true(tui_notification(stage->tui, text));
	assert_string_equal(text, "1 down: media-cdn");
	check(stage, 2, false, 3000);
	assert_false(tui_notification(stage->tui, text));
	check(stage, 2, true, 20000);
	assert_true(tui_notification(stage->tui, text));
	assert_string_equal(text, "1 back: media-cdn");
}

static void many_are_told_in_one_sentence_and_not_at_once_again(void **state)
{
	struct stage *stage = *state;
	char text[200];

	check(stage, 0, false, 1000);
	check(stage, 0, false, 2000);
	assert_true(tui_notification(stage->tui, text));
	for (size_t i = 1; i < 8; i++) {
		check(stage, i, false, 3000);
		check(stage, i, false, 4000);
	}
	assert_false(tui_notification(stage->tui, text));
	tui_refresh(stage->tui);
	assert_true(tui_deadline_us(stage->tui) <= SCENARIO_MONO_US + 2000000 + NOTIFIER_PAUSE_US);
	scenario_clock(12001);
	assert_true(tui_notification(stage->tui, text));
	assert_non_null(strstr(text, "7 down: search, media-cdn, "));
	assert_true(strlen(text) < 160);
}

/* However many come at once: who is not counted when it comes back would be taken for down for
 * ever. */
static void a_whole_fleet_is_counted_down_and_back(void **state)
{
	struct stage stage = {0};
	char text[200];

	(void)state;
	stage_init(&stage, &(struct play){.targets = 49, .well = true});
	stage.scenario.config.program.notify = NOTIFY_BELL;
	for (int64_t after_ms = 1000; after_ms <= 2000; after_ms += 1000)
		for (size_t i = 0; i < 49; i++)
			check(&stage, i, false, after_ms);
	assert_true(tui_notification(stage.tui, text));
	assert_non_null(strstr(text, "49 down: "));
	for (size_t i = 0; i < 49; i++)
		check(&stage, i, true, 20000);
	assert_true(tui_notification(stage.tui, text));
	assert_non_null(strstr(text, "49 back: "));
	stage_fini(&stage);
}

static void who_looks_is_not_told(void **state)
{
	struct stage *stage = *state;
	char text[200];

	tui_focus(stage->tui, true);
	check(stage, 2, false, 1000);
	check(stage, 2, false, 2000);
	assert_false(tui_notification(stage->tui, text));
	tui_focus(stage->tui, false);
	assert_false(tui_notification(stage->tui, text)); /* it was seen */
	check(stage, 3, false, 3000);
	check(stage, 3, false, 4000);
	assert_true(tui_notification(stage->tui, text));
	assert_string_equal(text, "1 down: partner-gateway");
}

static void notifications_are_turned_off_by_key(void **state)
{
	struct stage *stage = *state;
	char text[200];

	press(stage, "M");
	assert_true(shows(stage, "notifications off"));
	check(stage, 2, false, 1000);
	check(stage, 2, false, 2000);
	assert_false(tui_notification(stage->tui, text));
	press(stage, "M");
	assert_true(shows(stage, "notifications on"));
	stage->scenario.config.program.notify = NOTIFY_NONE;
	press(stage, "M");
	assert_true(shows(stage, "notify = bell"));
}

static void a_frame_waits_until_those_before_are_paid_for(void **state)
{
	struct bucket bucket = bucket_of(1000, 0);
	int64_t written = 0;

	(void)state;
	for (int64_t now_us = 0; now_us <= 60000000; now_us += 7000) {
		if (!bucket_is_open(&bucket, now_us))
			continue;
		bucket_spend(&bucket, 5000);
		written += 5000;
	}
	/* a second's worth saved up, one frame on credit */
	assert_in_range(written, 55000, 66000);
	bucket = bucket_of(0, 0);
	bucket_spend(&bucket, 1 << 30);
	assert_true(bucket_is_open(&bucket, 0));
}

static void the_help_tells_what_the_terminal_was_written(void **state)
{
	struct stage *stage = *state;

	canvas_resize(stage->canvas, 120, 60);
	tui_meter(stage->tui, 1000);
	scenario_clock(20000);
	tui_meter(stage->tui, 11000);
	press(stage, "?");
	assert_true(shows(stage, "11 kB"));
	assert_true(shows(stage, "written, 500 bytes/s of late"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_target_that_goes_down_is_told_once_and_again_when_back),
		TEST(many_are_told_in_one_sentence_and_not_at_once_again),
		cmocka_unit_test(a_whole_fleet_is_counted_down_and_back),
		TEST(who_looks_is_not_told),
		TEST(notifications_are_turned_off_by_key),
		cmocka_unit_test(a_frame_waits_until_those_before_are_paid_for),
		TEST(the_help_tells_what_the_terminal_was_written),
	};

	return cmocka_run_group_tests_name("notifier", tests, NULL, NULL);
}
