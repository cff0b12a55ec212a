/*
 * Lines asked for: a note to an acknowledgement, the name of a file. And the thread that writes it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/keeper.h"
#include "base/mem.h"
#include "base/text.h"
#include "unit/stage.h"

static int setup(void **state)
{
	struct stage *stage = x_calloc(1, sizeof(*stage));

	stage_init(stage, &(struct play){0});
	tui_draw(stage->tui, stage->canvas);
	*state = stage;
	return 0;
}

static int teardown(void **state)
{
	stage_fini(*state);
	free(*state);
	return 0;
}

static struct tui_request enter(struct stage *stage)
{
	struct tui_request request = tui_key(stage->tui, 13);

	tui_draw(stage->tui, stage->canvas);
	return request;
}

static void acknowledging_asks_for_a_note(void **state)
{
	struct stage *stage = *state;
	struct tui_request request;

	press(stage, "ja");
	assert_true(shows(stage, "acknowledge checkout-api, a note:"));
	press(stage, "Ana is on it, qj?");
	request = enter(stage);
	assert_int_equal(request.ask, TUI_ASK_ACKNOWLEDGE);
	assert_int_equal(request.target, scenario_find(&stage->scenario, "checkout-api"));
	assert_string_equal(request.text, "Ana is on it, qj?");
	assert_false(shows(stage, "a note:"));
}

static void a_note_may_be_left_out_and_the_whole_given_up(void **state)
{
	struct stage *stage = *state;
	struct tui_request request;

	press(stage, "a");
	request = enter(stage);
	assert_int_equal(request.ask, TUI_ASK_ACKNOWLEDGE);
	assert_string_equal(request.text, "");
	press(stage, "aabc\x1b");
	assert_false(shows(stage, "a note:"));
	assert_int_equal(tui_key(stage->tui, 'q').ask, TUI_ASK_QUIT);
}

static void what_is_well_has_nothing_to_acknowledge(void **state)
{
	struct stage *stage = *state;

	press(stage, "jjjja"); /* auth */
	assert_true(shows(stage, "auth has no trouble to acknowledge"));
}

/* Else the name of a file was typed blind for four seconds. */
static void what_is_typed_is_not_hidden_by_a_message(void **state)
{
	struct stage *stage = *state;

	press(stage, "jjjja"); /* auth */
	press(stage, "w");
	assert_true(shows(stage, "write the picture"));
	assert_false(shows(stage, "no trouble to acknowledge"));
	tui_toast(stage->tui, "412 bytes to the clipboard");
	press(stage, "x");
	assert_true(shows(stage, "write the picture"));
	press(stage, "\x1b");
	assert_true(shows(stage, "412 bytes to the clipboard"));
}

static void a_second_time_takes_it_back(void **state)
{
	struct stage *stage = *state;
	size_t target = scenario_find(&stage->scenario, "search");
	struct verdict *verdict = &stage->scenario.verdicts[target];
	struct tui_request request;

	verdict->acknowledged = true;
	store_put_verdict(stage->scenario.store, target, verdict);
	pass_time(stage, 1000);
	request = tui_key(stage->tui, 'a');
	assert_int_equal(request.ask, TUI_ASK_ACKNOWLEDGE);
	assert_int_equal(request.target, target);
	assert_string_equal(request.text, "");
}

static void acknowledged_trouble_is_calm_and_says_who_knows(void **state)
{
	struct stage *stage = *state;
	struct incident incidents[64];
	size_t target = scenario_find(&stage->scenario, "search");
	size_t count = store_incidents(stage->scenario.store, 0, incidents, 64);

	for (size_t i = 0; i < count; i++) {
		if (incidents[i].target != target || incidents[i].closed_ms)
			continue;
		incidents[i].acknowledged = true;
		text_copy(incidents[i].note, sizeof(incidents[i].note), "Ana is on it");
		store_put_incident(stage->scenario.store, &incidents[i]);
	}
	pass_time(stage, 1000);
	assert_true(shows(stage, "ack: Ana is on it · no answer"));
}

static void the_picture_is_written_under_a_name_of_the_time(void **state)
{
	struct stage *stage = *state;
	struct tui_request request;

	press(stage, "w");
	assert_true(shows(stage, "webmon-2026-11-22T143207Z.txt"));
	request = enter(stage);
	assert_int_equal(request.ask, TUI_ASK_WRITE);
	assert_null(request.text);
	assert_string_equal(request.name, "webmon-2026-11-22T143207Z.txt");
}

static void errors_write_their_evidence(void **state)
{
	struct stage *stage = *state;
	struct tui_request request;

	canvas_resize(stage->canvas, 80, 40);
	press(stage, "ejjw\x15proof");
	request = enter(stage);
	assert_int_equal(request.ask, TUI_ASK_WRITE);
	assert_string_equal(request.name, "proof");
	assert_non_null(strstr(request.text, "connection failure"));
}

static void a_prompt_fits_any_size_and_can_be_quit(void **state)
{
	struct stage *stage = *state;

	press(stage, "a");
	for (int width = 1; width < 100; width++) {
		canvas_resize(stage->canvas, width, 1 + width % 7);
		press(stage, "x");
		assert_in_range(stage->canvas->cursor_x, 0, width - 1);
	}
	assert_int_equal(tui_key(stage->tui, 3).ask, TUI_ASK_QUIT);
}

static void asks_to_reload(void **state)
{
	struct stage *stage = *state;

	assert_int_equal(tui_key(stage->tui, 'r').ask, TUI_ASK_RELOAD);
}

static void keep(struct keeper *keeper, const char *name, const char *text, char message[256])
{
	struct pollfd done = {.fd = keeper_descriptor(keeper), .events = POLLIN};

	assert_false(keeper_result(keeper, message));
	assert_true(keeper_write(keeper, name, x_strdup(text)));
	assert_int_equal(poll(&done, 1, 10000), 1);
	assert_true(keeper_result(keeper, message));
}

static void keeps_a_file_and_never_writes_over_one(void **state)
{
	struct keeper *keeper = keeper_new();
	char folder[] = "/tmp/webmon-keeper-XXXXXX", name[64], message[256], read[32] = "";
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(folder));
	text_format(name, sizeof(name), "%s/picture", folder);
	keep(keeper, name, "first", message);
	assert_non_null(strstr(message, "5 bytes written into"));
	keep(keeper, name, "second", message);
	assert_non_null(strstr(message, "exists already"));
	file = fopen(name, "r");
	assert_non_null(file);
	assert_non_null(fgets(read, sizeof(read), file));
	assert_string_equal(read, "first");
	fclose(file);
	unlink(name);
	rmdir(folder);
	keep(keeper, name, "third", message);
	assert_non_null(strstr(message, "cannot write"));
	assert_non_null(strstr(message, "No such file or directory"));
	keeper_free(keeper);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(acknowledging_asks_for_a_note),
		TEST(a_note_may_be_left_out_and_the_whole_given_up),
		TEST(what_is_well_has_nothing_to_acknowledge),
		TEST(what_is_typed_is_not_hidden_by_a_message),
		TEST(a_second_time_takes_it_back),
		TEST(acknowledged_trouble_is_calm_and_says_who_knows),
		TEST(the_picture_is_written_under_a_name_of_the_time),
		TEST(errors_write_their_evidence),
		TEST(a_prompt_fits_any_size_and_can_be_quit),
		TEST(asks_to_reload),
		cmocka_unit_test(keeps_a_file_and_never_writes_over_one),
	};

	return cmocka_run_group_tests_name("prompt", tests, NULL, NULL);
}
