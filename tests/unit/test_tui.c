/*
 * How the dashboard behaves: what keys do and ask for, what moves and what does not, when the
 * picture goes stale.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "face/tui/keymap.h"
#include "face/tui/list.h"
#include "face/tui/term.h"
#include "unit/stage.h"

#define SECOND_US 1000000LL

static int setup_play(void **state, const struct play *play)
{
	struct stage *stage = x_calloc(1, sizeof(*stage));

	stage_init(stage, play);
	tui_draw(stage->tui, stage->canvas);
	*state = stage;
	return 0;
}

static int setup(void **state)
{
	return setup_play(state, &(struct play){0});
}

static int setup_few(void **state)
{
	return setup_play(state, &(struct play){.targets = 6, .well = true});
}

static int setup_waiting(void **state)
{
	return setup_play(state, &(struct play){.targets = 6, .waiting = true});
}

static int setup_ascii(void **state)
{
	return setup_play(state, &(struct play){.ascii = true});
}

static int setup_none(void **state)
{
	return setup_play(state, &(struct play){.none = true, .waiting = true});
}

static int teardown(void **state)
{
	stage_fini(*state);
	free(*state);
	return 0;
}

/* The name on the selected row, which is where the cursor is parked. */
static void selected_name(const struct stage *stage, char out[64])
{
	char *picture = canvas_text(stage->canvas), *line = picture;

	for (int y = 0; y < stage->canvas->cursor_y; y++)
		line = strchr(line, '\n') + 1;
	line += strspn(line, " ");
	line += strcspn(line, " ") + 1; /* marker and sign */
	text_format(out, 64, "%.*s", (int)strcspn(line, " \n"), line);
	free(picture);
}

static void expect_selected(const struct stage *stage, const char *name)
{
	char selected[64];

	selected_name(stage, selected);
	assert_string_equal(selected, name);
}

static void fail_target(struct stage *stage, const char *name, int64_t after_ms)
{
	size_t target = scenario_find(&stage->scenario, name);
	struct sample sample = scenario_bad(SCENARIO_NOW_MS + after_ms, CLASS_REFUSED, 0);

	assert_true(target < stage->scenario.config.target_count);
	for (int i = 0; i < 2; i++)
		scenario_push(&stage->scenario, target, &sample,
			      "connection refused by 192.0.2.1:443");
}

static void selection_follows_the_target(void **state)
{
	struct stage *stage = *state;

	press(stage, "jjjjj");
	expect_selected(stage, "billing");
	fail_target(stage, "geo", 100);
	pass_time(stage, 6000);
	expect_selected(stage, "billing");
	assert_int_equal(line_of(stage, "geo"), 2);
}

static void rows_stay_while_the_hand_is_on_the_keys(void **state)
{
	struct stage *stage = *state;
	int before = line_of(stage, "geo");

	press(stage, "j");
	fail_target(stage, "geo", 100);
	pass_time(stage, 1000);
	assert_int_equal(line_of(stage, "geo"), before);
	assert_true(shows(stage, "3 DOWN")); /* the verdict does not wait */
	pass_time(stage, 5000);
	assert_int_equal(line_of(stage, "geo"), 2);
}

static void untouched_it_shows_the_worst_on_top(void **state)
{
	struct stage *stage = *state;

	fail_target(stage, "geo", 100);
	pass_time(stage, 1000);
	expect_selected(stage, "geo");
}

static void after_a_while_trouble_comes_into_sight(void **state)
{
	struct stage *stage = *state;

	press(stage, "G");
	assert_false(shows(stage, "checkout-api      "));
	pass_time(stage, 61000);
	fail_target(stage, "geo", 61000);
	pass_time(stage, 62000);
	assert_int_equal(line_of(stage, "geo"), 2);
}

static void moves_and_pages(void **state)
{
	struct stage *stage = *state;

	press(stage, "G");
	expect_selected(stage, "maintenance-hook");
	press(stage, "g");
	expect_selected(stage, "search");
	press(stage, "\x04"); /* half a page of 17 */
	expect_selected(stage, "catalogue");
	press(stage, "\x15");
	expect_selected(stage, "search");
	tui_key(stage->tui, TERM_KEY_PAGE_DOWN);
	tui_draw(stage->tui, stage->canvas);
	expect_selected(stage, "geo");
}

static void filters_as_one_types(void **state)
{
	struct stage *stage = *state;

	press(stage, "/gateway");
	assert_true(shows(stage, "/gateway"));
	assert_true(shows(stage, "5 of 49"));
	assert_false(shows(stage, "billing    "));
	press(stage, "-q");
	assert_true(shows(stage, "0 of 49")); /* q is a letter here */
	press(stage, "\x7f\x7f\r");
	assert_true(shows(stage, "5 of 49"));
	expect_selected(stage, "partner-gateway");
	press(stage, "n");
	expect_selected(stage, "gateway-eu-1");
	press(stage, "N");
	expect_selected(stage, "partner-gateway");
	press(stage, "\x1b");
	assert_false(shows(stage, "of 49  "));
	assert_true(shows(stage, "1-17 of 49"));
}

static void a_filter_typed_anew_replaces_the_one_that_was_kept(void **state)
{
	struct stage *stage = *state;

	press(stage, "/auth\r/blog");
	assert_true(shows(stage, "/blog"));
	press(stage, "\r/\x7f"); /* Backspace goes on with it */
	assert_true(shows(stage, "/blo"));
	press(stage, "\re/time\r/503");
	assert_true(shows(stage, "filter 503"));
}

static void a_key_without_a_meaning_is_answered(void **state)
{
	struct stage *stage = *state;

	press(stage, "x");
	assert_true(shows(stage, "x does nothing here; ? tells the keys"));
	press(stage, "]");
	assert_true(shows(stage, "this is now"));
	press(stage, "P");
	assert_true(shows(stage, "all targets paused; P: they go on"));
}

static void the_first_line_tells_that_this_host_lost_its_network(void **state)
{
	struct stage *stage = *state;
	struct incident incident = {.target = UINT32_MAX,
				    .kind = INCIDENT_SELF,
				    .cls = CLASS_LOCAL,
				    .confirmed = true,
				    .opened_ms = SCENARIO_NOW_MS - 9000,
				    .last_ms = SCENARIO_NOW_MS,
				    .result = "NETWORK",
				    .detail = "this host lost its network at 14:31:58"};
	size_t auth = scenario_find(&stage->scenario, "auth");

	store_put_incident(stage->scenario.store, &incident);
	stage->scenario.verdicts[auth].state = STATE_UNKNOWN;
	store_put_verdict(stage->scenario.store, auth, &stage->scenario.verdicts[auth]);
	canvas_resize(stage->canvas, 120, 40);
	pass_time(stage, 6000);
	assert_true(shows(stage, "◷ OWN NETWORK LOST"));
	press(stage, "/auth\r\r");
	assert_true(shows(stage, "not known: this host lost its network at 14:31:58"));
	press(stage, "eo"); /* the same word in pane, list and head */
	assert_true(shows(stage, "NETWORK"));
	canvas_resize(stage->canvas, 40, 10);
	press(stage, "\x1b\x1b");
	assert_true(shows(stage, "◷ NETWORK"));
}

static void a_targets_incidents_are_selected_and_opened(void **state)
{
	struct stage *stage = *state;

	canvas_resize(stage->canvas, 120, 40);
	press(stage, "/checkout\r\r\r"); /* the newest, whatever has the keys */
	assert_true(shows(stage, "webmon › incident"));
	assert_true(shows(stage, "from 22 Nov 14:29:57"));
	press(stage, "\x1b\tjj\r");
	assert_true(shows(stage, "webmon › incident"));
	assert_false(shows(stage, "from 22 Nov 14:29:57"));
	press(stage, "\x1b");
	assert_true(shows(stage, "webmon › checkout-api"));
	press(stage, "\x1b\x1b/auth\r\r\r");
	assert_true(shows(stage, "auth has had no incident"));
}

static void escape_drops_the_filter_being_typed(void **state)
{
	struct stage *stage = *state;

	press(stage, "jjjjjj/zzz\x1b");
	assert_true(shows(stage, "1-17 of 49"));
	expect_selected(stage, "blog"); /* as before */
	press(stage, "/zzz\x17yy\x15"
		     "geo\r");
	assert_true(shows(stage, "1-1 of 1"));
}

static void sorts_by_column(void **state)
{
	struct stage *stage = *state;

	press(stage, "s");
	assert_true(shows(stage, "sort by"));
	press(stage, "jjj\r"); /* trouble first, target, result, last */
	assert_false(shows(stage, "sort by"));
	assert_int_equal(line_of(stage, "partner-gateway"), 2);
	press(stage, "S");
	assert_int_not_equal(line_of(stage, "partner-gateway  "), 2);
	press(stage, "<<<");
	expect_selected(stage, "search"); /* trouble first again */
	press(stage, "s\x1b");
	assert_false(shows(stage, "sort by"));
}

static void opens_a_target_and_comes_back(void **state)
{
	struct stage *stage = *state;

	press(stage, "j\r");
	assert_true(shows(stage, "‹ checkout-api"));
	press(stage, "l");
	assert_true(shows(stage, "‹ partner-gateway"));
	press(stage, "hh");
	assert_true(shows(stage, "‹ search"));
	press(stage, "h");
	assert_true(shows(stage, "‹ maintenance-hook")); /* round and round */
	press(stage, "\x1b");
	expect_selected(stage, "maintenance-hook");
}

static void scrolls_the_evidence(void **state)
{
	struct stage *stage = *state;

	canvas_resize(stage->canvas, 120, 30);
	press(stage, "j\r");
	assert_false(shows(stage, "connection failure"));
	press(stage, "G");
	assert_true(shows(stage, "connection failure"));
	press(stage, "g");
	assert_true(shows(stage, "503 Service Unavailable, wanted"));
}

static void q_goes_back_and_quits_at_the_top(void **state)
{
	struct stage *stage = *state;

	press(stage, "\re");
	assert_true(shows(stage, "errors"));
	assert_int_equal(tui_key(stage->tui, 'q').ask, TUI_ASK_NOTHING);
	assert_int_equal(tui_key(stage->tui, 'q').ask, TUI_ASK_NOTHING);
	assert_int_equal(tui_key(stage->tui, 'q').ask, TUI_ASK_QUIT);
}

static void control_c_quits_anywhere(void **state)
{
	static const char *const ways[] = {"", "\r", "e", "?", "s", "/abc", "e/abc", "\t"};
	struct stage *stage = *state;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		press(stage, ways[i]);
		assert_int_equal(tui_key(stage->tui, 3).ask, TUI_ASK_QUIT);
		press(stage, "\x1b\x1b\x1b\x1b");
	}
	assert_int_equal(tui_key(stage->tui, 'Q').ask, TUI_ASK_QUIT_LEAVING_PICTURE);
}

static void asks_for_what_only_others_can_do(void **state)
{
	static const struct {
		int key;
		enum tui_ask ask;
	} cases[] = {
		{' ', TUI_ASK_CHECK_NOW}, {'p', TUI_ASK_PAUSE},  {'P', TUI_ASK_PAUSE},
		{12, TUI_ASK_REDRAW},     {26, TUI_ASK_SUSPEND}, {'m', TUI_ASK_MOUSE},
		{'y', TUI_ASK_COPY},      {'Y', TUI_ASK_COPY},
	};
	struct stage *stage = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tui_request request = tui_key(stage->tui, cases[i].key);

		assert_int_equal(request.ask, cases[i].ask);
		if (request.ask == TUI_ASK_CHECK_NOW)
			assert_int_equal(request.target, scenario_find(&stage->scenario, "search"));
		if (cases[i].key == 'P')
			assert_true(request.target == SIZE_MAX);
	}
	press(stage, "G"); /* the paused one */
	assert_int_equal(tui_key(stage->tui, 'p').ask, TUI_ASK_RESUME);
	assert_int_equal(tui_key(stage->tui, ' ').ask, TUI_ASK_NOTHING);
	tui_draw(stage->tui, stage->canvas);
	assert_true(shows(stage, "maintenance-hook is paused"));
}

static void copies_line_and_evidence(void **state)
{
	struct stage *stage = *state;
	struct tui_request request;

	press(stage, "j");
	request = tui_key(stage->tui, 'y');
	assert_non_null(strstr(request.text, "checkout-api down 503 since 2026-11-22T14:29:57"));
	request = tui_key(stage->tui, 'Y');
	assert_non_null(
		strstr(request.text, "503 Service Unavailable, wanted 200-299, 304 after 84 ms"));
	assert_non_null(strstr(request.text, "authorization: •••"));
	assert_non_null(strstr(request.text, "connection failure"));
	press(stage, "\t");
	request = tui_key(stage->tui, 'y');
	assert_non_null(strstr(request.text, "search TIMEOUT x6"));
	press(stage, "\x1b"
		     "gjjjj"); /* auth never failed */
	assert_int_equal(tui_key(stage->tui, 'Y').ask, TUI_ASK_NOTHING);
}

static void a_check_asked_for_shows_until_it_is_answered(void **state)
{
	struct stage *stage = *state;
	struct sample sample = scenario_good(SCENARIO_NOW_MS + 500, 38);

	press(stage, "jjjj ");
	assert_true(shows(stage, "auth             …"));
	pass_time(stage, 400);
	assert_true(shows(stage, "auth             …"));
	scenario_push(&stage->scenario, scenario_find(&stage->scenario, "auth"), &sample, "");
	pass_time(stage, 600);
	assert_true(shows(stage, "auth             200"));
}

static void a_hanging_check_counts_seconds(void **state)
{
	struct stage *stage = *state;
	size_t target = scenario_find(&stage->scenario, "auth");

	assert_false(shows(stage, "s…"));
	store_put_pulse(stage->scenario.store, target, 0, SCENARIO_MONO_US - 100000);
	pass_time(stage, 500);
	assert_false(shows(stage, "s…"));
	pass_time(stage, 1000);
	assert_true(shows(stage, "1s…"));
	pass_time(stage, 3000);
	assert_true(shows(stage, "3s…"));
	store_put_pulse(stage->scenario.store, target, 0, 0);
	pass_time(stage, 4000);
	assert_false(shows(stage, "s…"));
}

static void load_is_told_where_the_status_code_would_stand(void **state)
{
	struct stage *stage = *state;
	size_t target = scenario_find(&stage->scenario, "auth");
	struct verdict *verdict = &stage->scenario.verdicts[target];

	verdict->load =
		(struct load_verdict){.level = LOAD_SATURATED, .cause = LOAD_SERVER, .ratio = 6.4F};
	text_copy(verdict->load.evidence, sizeof(verdict->load.evidence),
		  "first byte 480 ms, 6.2× usual");
	store_put_verdict(stage->scenario.store, target, verdict);
	pass_time(stage, 1000);
	assert_true(shows(stage, "◆ 1 LOADED"));
	assert_true(shows(stage, "◆ auth             6.4× srv"));
	canvas_resize(stage->canvas, 140, 40);
	tui_draw(stage->tui, stage->canvas);
	assert_true(shows(stage, "◆ auth             200"));
	assert_true(shows(stage, "6.4× srv"));
	press(stage, "jj\r");
	assert_true(shows(stage, "load: saturated · first byte 480 ms, 6.2× usual"));
}

static void maintenance_says_no_alarms_and_then_why(void **state)
{
	static const struct {
		enum state state;
		const char *detail, *shown;
	} cases[] = {
		{STATE_UNKNOWN, "maintenance until 24:00 America/St_Johns; 500 Internal Server Error",
		 "in maintenance, no alarms: maintenance until 24:00 America/St_Johns; 500 Internal Server Error\n"},
		{STATE_DOWN, "connection refused", "in maintenance, no alarms: connection refused\n"},
		{STATE_UNKNOWN, "", "in maintenance, no alarms\n"},
		{STATE_UP, "", "in maintenance, no alarms\n"},
	};
	struct stage *stage = *state;
	size_t target = scenario_find(&stage->scenario, "checkout-api");
	struct verdict *verdict = &stage->scenario.verdicts[target];

	canvas_resize(stage->canvas, 140, 40);
	press(stage, "j\r");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		verdict->maintenance = true;
		verdict->state = cases[i].state;
		text_copy(verdict->detail, sizeof(verdict->detail), cases[i].detail);
		store_put_verdict(stage->scenario.store, target, verdict);
		pass_time(stage, 1000 * (int64_t)(i + 1));
		assert_true(shows(stage, cases[i].shown));
	}
}

static void claims_nothing_before_the_first_answers(void **state)
{
	struct stage *stage = *state;
	struct sample sample = scenario_good(SCENARIO_NOW_MS + 500, 38);
	char title[80];

	assert_true(shows(stage, "waiting for first answers"));
	assert_false(shows(stage, "●"));
	assert_true(shows(stage, "nothing checked yet"));
	tui_title(stage->tui, title);
	assert_string_equal(title, "webmon");
	scenario_push(&stage->scenario, 0, &sample, "");
	pass_time(stage, 1000);
	assert_true(shows(stage, "● 1 up"));
	assert_true(shows(stage, "◌ 5 waiting"));
	assert_false(shows(stage, "all up"));
}

static void is_quiet_when_all_is_well(void **state)
{
	struct stage *stage = *state;
	char title[80];

	assert_true(shows(stage, "● 6 all up"));
	assert_false(shows(stage, "DOWN"));
	assert_false(shows(stage, "SLOW"));
	assert_true(shows(stage, "no errors since 21 Nov"));
	tui_title(stage->tui, title);
	assert_string_equal(title, "webmon: all up");
}

static void says_in_the_title_what_is_wrong(void **state)
{
	struct stage *stage = *state;
	char title[80];

	tui_title(stage->tui, title);
	assert_string_equal(title, "webmon: 2 down, 2 slow");
}

static void frozen_it_stands_still_while_checks_go_on(void **state)
{
	struct stage *stage = *state;
	char *before, *after;

	press(stage, "Z");
	assert_true(shows(stage, "FROZEN 14:32:07"));
	before = canvas_text(stage->canvas);
	fail_target(stage, "geo", 100);
	assert_false(pass_time(stage, 20000));
	after = canvas_text(stage->canvas);
	assert_string_equal(before, after);
	assert_true(tui_deadline_us(stage->tui) == INT64_MAX);
	free(before);
	free(after);
	press(stage, "Z");
	assert_true(shows(stage, "3 DOWN"));
	assert_true(shows(stage, "14:32:27"));
}

/* A failure after the picture: the store keeps one of a target, and what it kept before is gone. */
static void fail_anew(struct stage *stage, const char *name, int64_t after_ms)
{
	static struct evidence evidence;
	size_t target = scenario_find(&stage->scenario, name);

	fail_target(stage, name, after_ms);
	evidence = (struct evidence){.seen = true, .used = 1, .detail = 1};
	evidence.sample = scenario_bad(SCENARIO_NOW_MS + after_ms, CLASS_REFUSED, 0);
	evidence.used = (uint16_t)(text_copy(evidence.text + 1, sizeof(evidence.text) - 1, "broken anew") + 2);
	store_put_evidence(stage->scenario.store, target, EVIDENCE_BAD, &evidence);
}

static void frozen_the_answer_on_the_screen_stays(void **state)
{
	static const char *const ways[] = {"b", "\r", "ejj", "ejj\r"};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct stage *stage = *state;

		canvas_resize(stage->canvas, 120, 60);
		press(stage, "j");
		expect_selected(stage, "checkout-api");
		press(stage, ways[i]);
		assert_true(shows(stage, "status 503, was 200"));
		press(stage, "Z");
		fail_anew(stage, "checkout-api", 100);
		pass_time(stage, 20000);
		press(stage, i < 2 ? "jk" : "-");
		assert_true(shows(stage, "status 503, was 200"));
		press(stage, "Z");
		pass_time(stage, 21000);
		assert_true(shows(stage, "broken anew"));
		teardown(state);
		setup(state);
	}
}

static void what_came_after_the_picture_is_not_taken_for_never(void **state)
{
	struct stage *stage = *state;

	press(stage, "jZ");
	fail_anew(stage, "checkout-api", 100);
	press(stage, "b");
	assert_false(shows(stage, "broken anew"));
	assert_true(shows(stage, "no failure is kept from then"));
	press(stage, "\t");
	assert_true(shows(stage, "no good answer was kept"));
	press(stage, "\tZ");
	pass_time(stage, 1000);
	assert_true(shows(stage, "broken anew"));
	press(stage, "[");
	assert_false(shows(stage, "broken anew"));
	assert_true(shows(stage, "no failure is kept from then"));
}

static void put_body(struct stage *stage, size_t target, size_t kept, uint64_t of, bool binary)
{
	static struct evidence evidence;

	evidence = (struct evidence){.seen = true,
				     .number = 7,
				     .sample = scenario_bad(SCENARIO_NOW_MS, CLASS_HTTP_STATUS, 500),
				     .body_is_binary = binary,
				     .body_bytes = of,
				     .status_line = 1,
				     .body = 10};
	text_copy(evidence.text + 1, 9, "HTTP/1.1");
	memset(evidence.text + 10, 'x', kept);
	evidence.used = (uint16_t)(kept + 11);
	store_put_evidence(stage->scenario.store, target, EVIDENCE_BAD, &evidence);
}

static void a_body_that_is_not_all_kept_says_how_much_is(void **state)
{
	static const struct {
		size_t kept;
		uint64_t of;
		bool binary;
		const char *words;
	} bodies[] = {
		{4095, 20480, false, "body first 4095 bytes of 20 480"},
		{4093, 4096, false, "body first 4093 bytes of 4096"},
		{4095, 4095, false, "body 4.1 kB"},
		{700, 20480, false, "body first 700 bytes of 20 480"},
		{700, 680, false, "body 680 bytes"}, /* a secret in it was replaced */
		{500, 128, true, "body 128 bytes, no text: in hex"},
		{500, 129, true, "body first 128 bytes of 129, no text: in hex"},
	};
	struct stage *stage = *state;

	canvas_resize(stage->canvas, 120, 40);
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		put_body(stage, 0, bodies[i].kept, bodies[i].of, bodies[i].binary);
		press(stage, "gjb");
		if (!shows(stage, bodies[i].words))
			fail_msg("not shown: %s", bodies[i].words);
		press(stage, "\x1b");
	}
	put_body(stage, 0, 4095, 20480, false);
	press(stage, "\r");
	assert_true(shows(stage, "body, first 4095 bytes of 20 480"));
}

static void a_long_name_gives_way_in_the_head_of_an_answer(void **state)
{
	struct stage *stage = *state;

	text_copy(stage->scenario.names[0], sizeof(stage->scenario.names[0]),
		  "a-target-with-a-name-of-forty-seven-letters-end");
	put_body(stage, 0, 4095, 20480, false);
	canvas_resize(stage->canvas, 100, 24);
	press(stage, "gjb");
	assert_true(shows(stage, " a-target-with-a"));
	assert_true(shows(stage, "rs-end  last failure  14:32:07 · body first 4095 bytes of 20 480  "));
	assert_true(shows(stage, "20 480  14:32:07"));
	canvas_resize(stage->canvas, 40, 10);
	tui_draw(stage->tui, stage->canvas);
	assert_true(shows(stage, "…"));
	assert_true(shows(stage, "-end  last failure"));
}

static void acknowledge(struct stage *stage, size_t target, const char *note)
{
	struct scenario *scenario = &stage->scenario;
	struct judgement judgement;

	judge_acknowledge(&scenario->judges[target], note, SCENARIO_NOW_MS,
			  &scenario->verdicts[target], &judgement);
	store_put_judgement(scenario->store, target, &scenario->judges[target],
			    &scenario->verdicts[target], &judgement);
}

/* The failure with a body of a letter, at the time that has come. */
static void fail_with(struct stage *stage, size_t target, int64_t after_ms, char letter)
{
	struct sample sample = scenario_bad(SCENARIO_NOW_MS + after_ms, CLASS_HTTP_STATUS, 500);
	struct evidence evidence = {
		.seen = true, .number = 7, .sample = sample, .body_bytes = 20, .status_line = 1, .body = 10};

	text_copy(evidence.text + 1, 9, "HTTP/1.1");
	memset(evidence.text + 10, letter, 20);
	evidence.used = 31;
	scenario_push(&stage->scenario, target, &sample, "500 of late");
	store_put_evidence(stage->scenario.store, target, EVIDENCE_BAD, &evidence);
}

static void what_is_copied_is_what_is_shown(void **state)
{
	static const struct {
		const char *keys, *held; /* held: keys that hold the picture */
	} ways[] = {{"\r", "Z"}, {"b", "Z"}, {"\r", "["}, {"e", "Z"}};
	struct stage *stage = *state;
	size_t target = scenario_find(&stage->scenario, "checkout-api");
	int64_t at_ms = 10000;

	canvas_resize(stage->canvas, 120, 40);
	press(stage, "/checkout\r");
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct tui_request request;

		fail_with(stage, target, at_ms, 'o');
		pass_time(stage, at_ms + 6000);
		press(stage, ways[i].keys);
		assert_true(shows(stage, "oooooooooo"));
		if (ways[i].held[0] == 'Z')
			press(stage, "Z");
		fail_with(stage, target, at_ms + 10000, 'n');
		pass_time(stage, at_ms + 20000);
		if (ways[i].held[0] == '[') /* of the moment the store has none any more */
			press(stage, "[[[");
		request = tui_key(stage->tui, 'Y');
		if (ways[i].held[0] == 'Z') {
			assert_int_equal(request.ask, TUI_ASK_COPY);
			assert_non_null(strstr(request.text, "oooooooooo"));
			press(stage, "Z");
		} else {
			assert_int_equal(request.ask, TUI_ASK_NOTHING);
			tui_draw(stage->tui, stage->canvas);
			assert_true(shows(stage, "no failure of checkout-api is kept from then"));
			press(stage, ".");
		}
		assert_non_null(strstr(tui_key(stage->tui, 'Y').text, "nnnnnnnnnn"));
		press(stage, "\x1b");
		at_ms += 40000;
	}
}

static void a_filter_that_is_no_expression_says_what_is_wrong(void **state)
{
	struct stage *stage = *state;

	canvas_resize(stage->canvas, 120, 40);
	press(stage, "/~[");
	assert_true(shows(stage, " not a regular expression "));
	assert_false(shows(stage, "Invalid"));
	assert_false(shows(stage, "49 of 49"));
	press(stage, "a]");
	assert_false(shows(stage, "not a regular expression"));
	press(stage, "\x1bv/~(");
	assert_true(shows(stage, "/~(   not a regular expression: Unmatched ("));
	press(stage, "\x1b\x1b");
	press(stage, "e/~*(");
	assert_true(shows(stage, "filter ~*(   not a regular expression: "));
	press(stage, "\x1b\x1b/~x[\r"); /* also when it is kept, and where it is narrow */
	canvas_resize(stage->canvas, 40, 10);
	tui_draw(stage->tui, stage->canvas);
	assert_true(shows(stage, "~x[  no"));
}

static void a_check_of_long_ago_says_when_it_was(void **state)
{
	struct stage *stage = *state;
	size_t target = scenario_find(&stage->scenario, "auth");

	canvas_resize(stage->canvas, 120, 40);
	press(stage, "/auth\r\r");
	assert_false(shows(stage, " ago"));
	store_put_pulse(stage->scenario.store, target, SCENARIO_MONO_US + 400000000, 0);
	pass_time(stage, 200000);
	assert_true(shows(stage, "3m 2"));
	assert_true(shows(stage, " ago · usual"));
	assert_true(shows(stage, "next check in 3m 20s"));
	pass_time(stage, 345000);
	assert_true(shows(stage, "next check in 55 s"));
}

static void load_is_named_whole_on_a_narrow_screen(void **state)
{
	static const struct {
		float ratio;
		enum load_cause cause;
		const char *wide, *narrow;
	} loads[] = {{0, LOAD_NONE, "load err", "loaderr"},
		     {0, LOAD_CLIENT, "load me", "load me"},
		     {2.1F, LOAD_SERVER, "2.1× srv", "2.1×srv"}};
	struct stage *stage = *state;
	struct verdict *verdict =
		&stage->scenario.verdicts[scenario_find(&stage->scenario, "auth")];

	for (size_t i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
		verdict->load = (struct load_verdict){.level = LOAD_SATURATED,
						      .cause = loads[i].cause,
						      .ratio = loads[i].ratio,
						      .since_ms = SCENARIO_NOW_MS - 95000};
		store_put_verdict(stage->scenario.store,
				  scenario_find(&stage->scenario, "auth"), verdict);
		canvas_resize(stage->canvas, 80, 24);
		pass_time(stage, 10000 * (int64_t)(i + 1));
		assert_true(shows(stage, loads[i].wide));
		canvas_resize(stage->canvas, 50, 24);
		tui_draw(stage->tui, stage->canvas);
		if (!shows(stage, loads[i].narrow))
			fail_msg("not shown: %s", loads[i].narrow);
	}
}

static void an_acknowledged_row_says_so_in_a_word(void **state)
{
	struct stage *stage = *state;

	assert_false(shows(stage, "ack "));
	acknowledge(stage, scenario_find(&stage->scenario, "checkout-api"), "on it");
	pass_time(stage, 1000);
	assert_true(shows(stage, "ack 2m"));
	pass_time(stage, 10 * 60000);
	assert_true(shows(stage, "ack12m"));
	pass_time(stage, 200 * 86400000LL);
	assert_true(shows(stage, " ack")); /* longer ago than there is room for */
	assert_false(shows(stage, "ack2"));
	canvas_resize(stage->canvas, 40, 10);
	pass_time(stage, 1000);
	assert_true(shows(stage, "ack 2m"));
	canvas_resize(stage->canvas, 120, 40);
	press(stage, "vg");
	assert_true(shows(stage, "checkout-api ack"));
	assert_true(shows(stage, "  ack: on it  "));
}

static void goes_stale_with_the_clock_only_where_somebody_looks(void **state)
{
	struct stage *stage = *state;

	pass_time(stage, 250);
	assert_int_equal(tui_deadline_us(stage->tui) - SCENARIO_MONO_US, SECOND_US);
	assert_false(pass_time(stage, 999));
	assert_true(pass_time(stage, 1000));
	tui_focus(stage->tui, false);
	pass_time(stage, 2000);
	assert_true(shows(stage, "14:32\n"));
	/* legacy-soap hangs: a frame each 2 s; else the next one is due with the minute */
	store_put_pulse(stage->scenario.store, scenario_find(&stage->scenario, "legacy-soap"), 0,
			0);
	pass_time(stage, 3000);
	assert_int_equal(tui_deadline_us(stage->tui) - SCENARIO_MONO_US, 53 * SECOND_US);
}

/* As of a recorder that is gone: nothing moves until the store has news. */
static void a_clock_that_is_held_is_waited_for_by_nobody(void **state)
{
	struct stage *stage = *state;

	clock_hold_wall(SCENARIO_NOW_MS + 900);
	pass_time(stage, 250);
	assert_true(shows(stage, "14:32:07"));
	assert_true(tui_deadline_us(stage->tui) == INT64_MAX);
	clock_hold_wall(0);
	pass_time(stage, 2000);
	assert_int_equal(tui_deadline_us(stage->tui) - SCENARIO_MONO_US, 3 * SECOND_US);
}

static void figures_wait_for_the_clock_unless_somebody_looks_and_trouble_never(void **state)
{
	struct stage *stage = *state;
	struct sample sample = scenario_good(SCENARIO_NOW_MS, 77);
	size_t auth = scenario_find(&stage->scenario, "auth");

	scenario_push(&stage->scenario, auth, &sample, "");
	assert_false(pass_time(stage, 300));
	assert_true(pass_time(stage, 1000));
	assert_true(shows(stage, " 77 "));
	fail_target(stage, "geo", 1100);
	assert_true(pass_time(stage, 1300));
	assert_false(pass_time(stage, 1600));
	press(stage, "j");
	scenario_push(&stage->scenario, auth, &sample, "");
	assert_true(pass_time(stage, 1900));
}

static void a_key_is_answered_from_what_is_known(void **state)
{
	struct stage *stage = *state;

	pass_time(stage, 1000);
	fail_target(stage, "geo", 1000);
	press(stage, "j");
	assert_false(pass_time(stage, 1100));
	assert_true(shows(stage, "2 DOWN"));
	assert_int_equal(tui_deadline_us(stage->tui), SCENARIO_MONO_US + 1200000);
	assert_true(pass_time(stage, 1200));
	assert_true(shows(stage, "3 DOWN"));
}

static void a_toast_goes_by_itself(void **state)
{
	struct stage *stage = *state;

	tui_toast(stage->tui, "412 bytes to the clipboard");
	pass_time(stage, 0);
	assert_true(shows(stage, "412 bytes to the clipboard"));
	press(stage, "Z");
	assert_int_equal(tui_deadline_us(stage->tui), SCENARIO_MONO_US + 4 * SECOND_US);
	assert_true(pass_time(stage, 4000));
	assert_false(shows(stage, "412 bytes to the clipboard"));
}

static void a_notice_stays_until_it_is_taken_back(void **state)
{
	struct stage *stage = *state;

	tui_notice(stage->tui, "log: disk full, 12 lines lost");
	pass_time(stage, 30000);
	assert_int_equal(line_of(stage, "webmon: log: disk full"), 1);
	tui_notice(stage->tui, "");
	pass_time(stage, 31000);
	assert_false(shows(stage, "disk full"));
}

static void the_error_pane_has_its_own_focus_and_scrolling(void **state)
{
	struct stage *stage = *state;

	press(stage, "\t");
	expect_selected(stage, "✗"); /* the time comes first there */
	press(stage, "jjjj");
	assert_true(shows(stage, "up again"));
	press(stage, "\r");
	assert_true(shows(stage, "webmon › incident   ● gateway-us-2"));
	press(stage, "\r");
	assert_true(shows(stage, "‹ gateway-us-2"));
	press(stage, "\x1b\x1b\x1b");
	expect_selected(stage, "search");
}

/* Between two looks at the incidents, the failure that is kept may be newer than what they tell. */
static void evidence_of_an_open_incident_is_shown_before_the_incident_tells_of_it(void **state)
{
	struct stage *stage = *state;
	struct store *store = stage->scenario.store;
	struct sample sample = scenario_bad(SCENARIO_NOW_MS + 500, CLASS_HTTP_STATUS, 503);
	struct evidence evidence;

	canvas_resize(stage->canvas, 120, 40);
	press(stage, "ejj\r");
	assert_true(shows(stage, "incident   ✗ checkout-api"));
	assert_true(shows(stage, "upstream connect error"));
	assert_true(store_evidence(store, 0, EVIDENCE_BAD, &evidence));
	evidence.sample.at_ms = SCENARIO_NOW_MS + 500;
	store_push(store, 0, &sample);
	store_put_evidence(store, 0, EVIDENCE_BAD, &evidence);
	pass_time(stage, 1000);
	assert_true(shows(stage, "upstream connect error"));
}

static void errors_stay_in_place_while_somebody_reads_them(void **state)
{
	struct stage *stage = *state;
	int before;

	press(stage, "ejj");
	before = line_of(stage, "checkout-api    503");
	fail_target(stage, "geo", 100);
	pass_time(stage, 1000);
	assert_int_equal(line_of(stage, "checkout-api    503"), before);
	pass_time(stage, 6000);
	assert_int_equal(line_of(stage, "checkout-api    503"), before + 1);
	press(stage, "\r");
	assert_true(shows(stage, "incident   ✗ checkout-api"));
}

static void errors_can_be_narrowed_to_open_ones(void **state)
{
	struct stage *stage = *state;

	press(stage, "e");
	assert_true(shows(stage, "14 of 14"));
	press(stage, "o");
	assert_true(shows(stage, "7 of 14"));
	assert_false(shows(stage, "REFUSED"));
	press(stage, "o/refused\r");
	assert_true(shows(stage, "1 of 14"));
	press(stage, "\x1b");
	assert_true(shows(stage, "14 of 14"));
}

static void zoom_is_the_same_for_all(void **state)
{
	struct stage *stage = *state;

	assert_true(shows(stage, "2m 00s"));
	press(stage, "-");
	assert_true(shows(stage, "6m 00s"));
	press(stage, "--------\r");
	assert_true(shows(stage, "1 h a column"));
	press(stage, "0");
	assert_true(shows(stage, "5 s a column"));
	press(stage, "+");
	assert_true(shows(stage, "2 s a column"));
}

static void themes_go_round(void **state)
{
	struct stage *stage = *state;
	struct tui_request request = tui_key(stage->tui, 'T');

	assert_int_equal(request.ask, TUI_ASK_THEME);
	tui_draw(stage->tui, stage->canvas);
	assert_true(shows(stage, "theme "));
	for (int i = 0; i < 20; i++)
		assert_int_equal(tui_key(stage->tui, 'T').ask, TUI_ASK_THEME);
}

static void help_tells_of_the_screen_it_was_called_on(void **state)
{
	struct stage *stage = *state;

	canvas_resize(stage->canvas, 120, 40);
	press(stage, "?");
	assert_true(shows(stage, "webmon help  main"));
	assert_true(shows(stage, "sort by a column"));
	press(stage, "x");
	assert_false(shows(stage, "webmon help"));
	press(stage, "\r?");
	assert_true(shows(stage, "webmon help  target"));
	assert_true(shows(stage, "other target"));
	assert_false(shows(stage, "sort by a column"));
}

static void the_mouse_selects_sorts_scrolls_and_opens(void **state)
{
	struct stage *stage = *state;

	tui_mouse(stage->tui, 10, 7, MOUSE_CLICK);
	tui_draw(stage->tui, stage->canvas);
	expect_selected(stage, "billing");
	tui_mouse(stage->tui, 5, 1, MOUSE_CLICK);
	tui_draw(stage->tui, stage->canvas);
	assert_int_equal(line_of(stage, "auth"), 2); /* by name */
	for (int i = 0; i < 40; i++)
		tui_mouse(stage->tui, 10, 7, MOUSE_WHEEL_DOWN);
	tui_draw(stage->tui, stage->canvas);
	assert_true(shows(stage, "33-49 of 49"));
	tui_mouse(stage->tui, 10, 18, MOUSE_DOUBLE);
	tui_draw(stage->tui, stage->canvas);
	assert_true(shows(stage, "‹ "));
}

static void ascii_means_ascii_on_every_screen(void **state)
{
	static const char *const ways[] = {"",   "\r", "j\r", "e",  "?", "s",
					   "/é", "\t", "z",   "zz", "Z"};
	static const int sizes[][2] = {{120, 40}, {80, 24}, {40, 10}, {20, 3}, {7, 1}};
	struct stage *stage = *state;

	text_copy(stage->scenario.names[4], sizeof(stage->scenario.names[4]), "bücher-東京");
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		press(stage, ways[i]);
		for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
			char *text;

			canvas_resize(stage->canvas, sizes[s][0], sizes[s][1]);
			tui_draw(stage->tui, stage->canvas);
			text = canvas_text(stage->canvas);
			for (const char *c = text; *c; c++)
				assert_true(*c == '\n' || (*c >= ' ' && *c <= '~'));
			free(text);
		}
		canvas_resize(stage->canvas, 80, 24);
		press(stage, "\x1b\x1b");
	}
	press(stage, "Z");
	assert_true(shows(stage, "b?cher-????"));
}

static void draws_every_screen_at_any_size(void **state)
{
	static const char *const ways[] = {"", "\r", "e", "?", "s", "/a", "\t"};
	struct stage *stage = *state;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		canvas_resize(stage->canvas, 80, 24);
		press(stage, ways[i]);
		for (int width = 1; width <= 132; width += width < 24 ? 1 : 9)
			for (int height = 1; height <= 60; height += height < 18 ? 1 : 7) {
				canvas_resize(stage->canvas, width, height);
				tui_draw(stage->tui, stage->canvas);
			}
		canvas_resize(stage->canvas, 80, 24);
		press(stage, "\x1b\x1b\x1b");
	}
}

static void says_something_true_in_one_cell(void **state)
{
	struct stage *stage = *state;

	canvas_resize(stage->canvas, 1, 1);
	tui_draw(stage->tui, stage->canvas);
	assert_true(shows(stage, "✗"));
}

static void takes_no_target_at_all(void **state)
{
	struct stage *stage = *state;

	assert_true(shows(stage, "no targets"));
	press(stage, "jkGg\r\x1b e\x1b /x\r pyYnNs\r");
	tui_mouse(stage->tui, 10, 7, MOUSE_DOUBLE);
	press(stage, "\x1b?");
}

/* splitmix64, seeded: the same walk at each run */
static uint64_t roll(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static void push_anything(struct stage *stage, uint64_t *seed, int64_t after_ms)
{
	size_t target = roll(seed) % stage->scenario.config.target_count;
	enum probe_class cls =
		roll(seed) % 3 ? CLASS_OK : (enum probe_class)(roll(seed) % CLASS_COUNT);
	struct sample sample = cls == CLASS_OK ? scenario_good(SCENARIO_NOW_MS + after_ms,
							       (int)(roll(seed) % 5000))
					       : scenario_bad(SCENARIO_NOW_MS + after_ms, cls,
							      cls == CLASS_HTTP_STATUS ? 500 : 0);

	scenario_push(&stage->scenario, target, &sample,
		      cls == CLASS_OK ? "" : "something · went wrong");
	if (roll(seed) % 40 == 0)
		scenario_pause(&stage->scenario, target, SCENARIO_NOW_MS + after_ms);
	store_put_pulse(stage->scenario.store, target, SCENARIO_MONO_US,
			roll(seed) % 2 ? SCENARIO_MONO_US + after_ms * 900 : 0);
}

static int any_key(uint64_t *seed)
{
	static const int keys[] = {
		TERM_KEY_UP,
		TERM_KEY_DOWN,
		TERM_KEY_LEFT,
		TERM_KEY_RIGHT,
		TERM_KEY_PAGE_UP,
		TERM_KEY_PAGE_DOWN,
		TERM_KEY_HOME,
		TERM_KEY_END,
		TERM_KEY_BACKTAB,
		TERM_KEY_F1,
		TERM_KEY_F1 + 5,
		27,
		13,
		9,
		127,
		' ',
		'/',
		0x4e00,
		0x301,
		0xfffd,
		0x10ffff,
		TERM_KEY_UNKNOWN,
	};

	if (roll(seed) % 2)
		return keys[roll(seed) % (sizeof(keys) / sizeof(keys[0]))];
	return (int)(roll(seed) % 126) + 1;
}

/* Whatever is pressed, at whatever size, over whatever happens: it draws, and its requests name
 * targets that exist. */
static void takes_any_keys_and_sizes(void **state)
{
	struct stage *stage = *state;
	size_t targets = stage->scenario.config.target_count;
	uint64_t seed = 7;

	for (int64_t step = 0; step < 6000; step++) {
		struct tui_request request = {.target = SIZE_MAX};

		if (roll(&seed) % 4 == 0)
			push_anything(stage, &seed, step * 300);
		if (roll(&seed) % 50 == 0)
			canvas_resize(stage->canvas, (int)(roll(&seed) % 140),
				      (int)(roll(&seed) % 50));
		if (roll(&seed) % 30 == 0)
			tui_focus(stage->tui, roll(&seed) % 2);
		if (roll(&seed) % 10 == 0)
			request = tui_mouse(stage->tui, (int)(roll(&seed) % 140),
					    (int)(roll(&seed) % 50), (int)(roll(&seed) % 4));
		else
			request = tui_key(stage->tui, any_key(&seed));
		assert_true(request.target == SIZE_MAX || request.target < targets);
		if (roll(&seed) % 3 == 0)
			pass_time(stage, step * 300);
		if (roll(&seed) % 2)
			tui_draw(stage->tui, stage->canvas);
		assert_true(tui_deadline_us(stage->tui) > 0);
	}
}

static void lists_move_within_their_ends(void **state)
{
	(void)state;
	for (size_t count = 0; count < 30; count++) {
		for (size_t page = 0; page < 12; page++) {
			for (size_t at = 0; at < count; at++) {
				for (int action = ACTION_UP; action <= ACTION_LAST; action++) {
					size_t to = at, top;

					assert_true(
						list_move((enum action)action, &to, count, page));
					assert_true(to < count);
					top = list_scroll(at, to, count, page);
					assert_true(!page || (top <= to && to < top + page));
				}
			}
		}
	}
}

#define TEST(name)           cmocka_unit_test_setup_teardown(name, setup, teardown)
#define TEST_ON(name, start) cmocka_unit_test_setup_teardown(name, start, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(selection_follows_the_target),
		TEST(rows_stay_while_the_hand_is_on_the_keys),
		TEST(untouched_it_shows_the_worst_on_top),
		TEST(after_a_while_trouble_comes_into_sight),
		TEST(moves_and_pages),
		TEST(filters_as_one_types),
		TEST(a_filter_typed_anew_replaces_the_one_that_was_kept),
		TEST(a_key_without_a_meaning_is_answered),
		TEST(the_first_line_tells_that_this_host_lost_its_network),
		TEST(a_targets_incidents_are_selected_and_opened),
		TEST(escape_drops_the_filter_being_typed),
		TEST(sorts_by_column),
		TEST(opens_a_target_and_comes_back),
		TEST(scrolls_the_evidence),
		TEST(q_goes_back_and_quits_at_the_top),
		TEST(control_c_quits_anywhere),
		TEST(asks_for_what_only_others_can_do),
		TEST(copies_line_and_evidence),
		TEST(a_check_asked_for_shows_until_it_is_answered),
		TEST(a_hanging_check_counts_seconds),
		TEST(load_is_told_where_the_status_code_would_stand),
		TEST(maintenance_says_no_alarms_and_then_why),
		TEST_ON(claims_nothing_before_the_first_answers, setup_waiting),
		TEST_ON(is_quiet_when_all_is_well, setup_few),
		TEST(says_in_the_title_what_is_wrong),
		TEST(frozen_it_stands_still_while_checks_go_on),
		TEST(frozen_the_answer_on_the_screen_stays),
		TEST(what_came_after_the_picture_is_not_taken_for_never),
		TEST(a_body_that_is_not_all_kept_says_how_much_is),
		TEST(a_long_name_gives_way_in_the_head_of_an_answer),
		TEST(what_is_copied_is_what_is_shown),
		TEST(a_filter_that_is_no_expression_says_what_is_wrong),
		TEST(a_check_of_long_ago_says_when_it_was),
		TEST(load_is_named_whole_on_a_narrow_screen),
		TEST(an_acknowledged_row_says_so_in_a_word),
		TEST(goes_stale_with_the_clock_only_where_somebody_looks),
		TEST(a_clock_that_is_held_is_waited_for_by_nobody),
		TEST(figures_wait_for_the_clock_unless_somebody_looks_and_trouble_never),
		TEST(a_key_is_answered_from_what_is_known),
		TEST(a_toast_goes_by_itself),
		TEST(a_notice_stays_until_it_is_taken_back),
		TEST(the_error_pane_has_its_own_focus_and_scrolling),
		TEST(evidence_of_an_open_incident_is_shown_before_the_incident_tells_of_it),
		TEST(errors_stay_in_place_while_somebody_reads_them),
		TEST(errors_can_be_narrowed_to_open_ones),
		TEST(zoom_is_the_same_for_all),
		TEST(themes_go_round),
		TEST(help_tells_of_the_screen_it_was_called_on),
		TEST(the_mouse_selects_sorts_scrolls_and_opens),
		TEST_ON(ascii_means_ascii_on_every_screen, setup_ascii),
		TEST(draws_every_screen_at_any_size),
		TEST(says_something_true_in_one_cell),
		TEST_ON(takes_no_target_at_all, setup_none),
		TEST(takes_any_keys_and_sizes),
		cmocka_unit_test(lists_move_within_their_ends),
	};

	return cmocka_run_group_tests_name("tui", tests, NULL, NULL);
}
