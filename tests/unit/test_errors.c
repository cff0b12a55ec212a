/*
 * Errors on their own screen, one incident, an answer being read: what keys do there, and that
 * every size holds them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "face/tui/state.h"
#include "face/tui/body_view.h"
#include "face/tui/fold.h"
#include "face/tui/layout.h"
#include "face/tui/term.h"
#include "unit/stage.h"

static int setup(void **state)
{
	struct stage *stage = x_calloc(1, sizeof(*stage));

	stage_init(stage, &(struct play){0});
	canvas_resize(stage->canvas, 120, 40);
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

static struct incident incident_of(uint32_t target, enum probe_class cls, int64_t opened_ms,
				   int64_t closed_ms)
{
	return (struct incident){.target = target,
				 .kind = INCIDENT_DOWN,
				 .cls = cls,
				 .count = 2,
				 .opened_ms = opened_ms,
				 .last_ms = opened_ms,
				 .closed_ms = closed_ms};
}

static size_t add(struct fold *fold, const struct incident *incidents, uint32_t i)
{
	/* numbers and addresses are other ones each time */
	const char *words = i == 0 ? "refused by 192.0.2.1:443 after 4 ms"
				   : "refused by 192.0.2.7:443 after 9 ms";

	return fold_add(fold, &(struct fold_item){&incidents[i], words, i}, 100000);
}

static void what_is_alike_folds_into_one_line(void **state)
{
	const struct incident incidents[] = {incident_of(1, CLASS_REFUSED, 90000, 0),
					     incident_of(2, CLASS_REFUSED, 80000, 81000),
					     incident_of(1, CLASS_DNS, 70000, 72000),
					     incident_of(1, CLASS_REFUSED, 50000, 55000)};
	struct fold fold;

	(void)state;
	fold_init(&fold, 8);
	for (int round = 0; round < 2; round++) {
		fold_begin(&fold, true);
		assert_int_equal(add(&fold, incidents, 0), 0);
		assert_int_equal(add(&fold, incidents, 1), 1);
		assert_int_equal(add(&fold, incidents, 2), 2);
		assert_int_equal(add(&fold, incidents, 3), 0);
		assert_int_equal(fold.count, 3);
		assert_int_equal(fold.lines[0].incidents, 2);
		assert_int_equal(fold.lines[0].count, 4);
		assert_int_equal(fold.lines[0].length_ms, 15000);
		assert_int_equal(fold.lines[0].first_ms, 50000);
		assert_int_equal(fold.lines[0].last_ms, 90000);
		fold_begin(&fold, false);
		for (uint32_t i = 0; i < 4; i++)
			add(&fold, incidents, i);
		assert_int_equal(fold.count, 4);
	}
	fold_fini(&fold);
}

static void fail_again(struct stage *stage, const char *name, int64_t after_ms)
{
	size_t target = scenario_find(&stage->scenario, name);
	struct sample bad = scenario_bad(SCENARIO_NOW_MS + after_ms, CLASS_REFUSED, 0);
	struct sample good = scenario_good(SCENARIO_NOW_MS + after_ms + 5000, 70);

	scenario_push(&stage->scenario, target, &bad, "connection refused by 127.0.0.1:5000");
	scenario_push(&stage->scenario, target, &good, "");
}

static void repeats_are_told_in_one_line_with_first_and_last(void **state)
{
	struct stage *stage = *state;

	fail_again(stage, "orders", 0);
	fail_again(stage, "orders", 20000);
	pass_time(stage, 30000);
	press(stage, "e/orders\r");
	assert_true(shows(stage, "3 of 16"));
	press(stage, "t");
	assert_true(shows(stage, "1 of 16"));
	assert_true(shows(stage, "folded"));
	assert_true(shows(stage, "14:32:32 14:12:29  orders"));
	assert_true(shows(stage, "3 times · connection refused"));
	assert_true(shows(stage, "×38 3m 10s"));
	press(stage, "\r");
	assert_true(shows(stage, "incident   ● orders"));
}

static void kinds_go_round(void **state)
{
	struct stage *stage = *state;

	press(stage, "e");
	assert_true(shows(stage, "all kinds"));
	press(stage, "c");
	assert_true(shows(stage, " · failures"));
	assert_true(shows(stage, "7 of 14"));
	press(stage, "c");
	assert_true(shows(stage, " · slow"));
	press(stage, "ccc");
	assert_true(shows(stage, "all kinds"));
}

static void an_incident_tells_of_its_events_and_neighbours(void **state)
{
	struct stage *stage = *state;

	press(stage, "ejj\r");
	assert_true(shows(stage, "from 22 Nov 14:29:57 to now"));
	assert_true(shows(stage, "14:30:02      5s DOWN"));
	assert_true(shows(stage, "in trouble at the same time"));
	assert_true(shows(stage, "+1m 44s"));
	press(stage, "\t\t");
	press(stage, "\r"); /* the nearest neighbour */
	assert_true(shows(stage, "incident   ▲ partner-gateway  SLOW"));
	press(stage, "\r");
	assert_true(shows(stage, "webmon › partner-gateway"));
	press(stage, "\x1b\x1b");
	assert_true(shows(stage, "webmon › errors"));
}

static void an_incident_asks_like_its_target(void **state)
{
	struct stage *stage = *state;

	press(stage, "ejj\r");
	assert_int_equal(tui_key(stage->tui, ' ').target,
			 scenario_find(&stage->scenario, "checkout-api"));
	assert_non_null(strstr(tui_key(stage->tui, 'y').text, "checkout-api 503 x27"));
	press(stage, "w");
	assert_true(shows(stage, "write the evidence into"));
}

static void the_title_counts_every_kind_that_is_open(void **state)
{
	static const struct {
		enum incident_kind kind;
		const char *words;
	} kinds[] = {{INCIDENT_FLAPPING, "▲ 1 flapping"},
		     {INCIDENT_BURN, "▲ 1 budget"},
		     {INCIDENT_SELF, "◷ 1 webmon"}};
	struct stage *stage = *state;

	canvas_resize(stage->canvas, 160, 40);
	press(stage, "e");
	assert_true(shows(stage, "✗ 2 failing   ▲ 2 slow   ▲ 2 cert  ‖ 1 paused"));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct incident incident = {.target = 4,
					    .kind = kinds[i].kind,
					    .opened_ms = SCENARIO_NOW_MS,
					    .last_ms = SCENARIO_NOW_MS};

		assert_false(shows(stage, kinds[i].words));
		store_put_incident(stage->scenario.store, &incident);
		pass_time(stage, 10000 * (int64_t)(i + 1));
		assert_true(shows(stage, kinds[i].words));
	}
}

static void what_did_not_end_well_is_not_drawn_as_well(void **state)
{
	struct stage *stage = *state;
	const struct tui *tui = stage->tui;
	struct incident incident = {.kind = INCIDENT_FLAPPING, .closed_ms = 1, .result = "steady"};
	enum style style;

	assert_string_equal(incident_sign(tui, &incident, &style), tui->theme.glyphs.up);
	assert_int_equal(style, STYLE_UP);
	text_copy(incident.result, sizeof(incident.result), "stays down");
	assert_string_equal(incident_sign(tui, &incident, &style), tui->theme.glyphs.down);
	assert_int_equal(style, STYLE_DIM);
	text_copy(incident.result, sizeof(incident.result), "paused");
	assert_string_equal(incident_sign(tui, &incident, &style), tui->theme.glyphs.paused);
	incident = (struct incident){.kind = INCIDENT_PAUSED, .closed_ms = 1, .result = "resumed"};
	assert_string_equal(incident_sign(tui, &incident, &style), tui->theme.glyphs.up);
}

static void an_answer_is_read_searched_and_turned_over(void **state)
{
	struct stage *stage = *state;

	canvas_resize(stage->canvas, 60, 12);
	press(stage, "jb");
	assert_true(shows(stage, "checkout-api  last failure"));
	press(stage, "/UPSTREAM\r");
	assert_true(shows(stage, "upstream connect"));
	press(stage, "/nothing such\r");
	assert_true(shows(stage, "not found: nothing such"));
	press(stage, "G");
	assert_true(shows(stage, "$ curl -sS -i")); /* how to repeat it comes last */
	press(stage, "\t");
	assert_true(shows(stage, "no good answer was kept"));
	press(stage, "\x1b");
	press(stage, "jjjb"); /* auth has only good ones */
	assert_true(shows(stage, "auth  a good answer"));
	assert_true(shows(stage, "{\"status\":\"ok\"}"));
}

static void long_lines_wrap_or_scroll_aside(void **state)
{
	struct stage *stage = *state;

	canvas_resize(stage->canvas, 40, 30);
	press(stage, "jb");
	assert_true(shows(stage, "connection failure"));
	press(stage, "W");
	assert_false(shows(stage, "connection failure"));
	for (int i = 0; i < 12; i++)
		press(stage, "l");
	assert_true(shows(stage, "failure"));
	press(stage, "W#");
	assert_true(shows(stage, "   1   upstream connect error"));
}

/* Lines of all sorts: empty, long, wide and combining characters, and the very last byte. */
static void fill(struct evidence *evidence)
{
	static const char body[] = "short\n\nwide 東京東京東京東京 text\ncombining e\xcc\x81"
				   "e\xcc\x81"
				   "e\xcc\x81\nlast";
	size_t length;

	*evidence = (struct evidence){.seen = true};
	length = text_copy(evidence->text, sizeof(evidence->text), "detail") + 1;
	evidence->command = evidence->changes = evidence->curl = evidence->request =
		evidence->status_line = evidence->headers = (uint16_t)(length - 1);
	evidence->body = (uint16_t)length;
	length += text_copy(evidence->text + length, sizeof(evidence->text) - length, body) + 1;
	evidence->used = (uint16_t)length;
}

static void pieces_cover_every_line_at_every_width(void **state)
{
	static struct body_view view;
	static struct evidence evidence;

	(void)state;
	fill(&evidence);
	body_view_read(&view, &evidence);
	assert_int_equal(view.line_count, 7); /* detail, a blank, five of the body */
	for (int width = 0; width < 60; width++) {
		size_t line = 0, covered = 0;

		body_view_wrap(&view, &evidence, width);
		for (size_t i = 0; i < view.piece_count; i++) {
			if (view.pieces[i].line != line) {
				assert_int_equal(covered, view.lines[line].length);
				assert_int_equal(view.pieces[i].line, ++line);
				covered = 0;
			}
			assert_int_equal(view.pieces[i].start, covered);
			covered += view.pieces[i].length;
		}
		assert_int_equal(line + 1, view.line_count);
		assert_int_equal(covered, view.lines[line].length);
		if (width >= 2)
			assert_true(view.widest <= width);
	}
	assert_int_equal(body_view_find(&view, &evidence, "TEXT", 0, true), 4);
	assert_int_equal(body_view_find(&view, &evidence, "absent", 0, true), view.line_count);
}

static void an_incident_fits_every_size(void **state)
{
	(void)state;
	for (int width = 1; width <= 200; width++) {
		for (int height = 1; height <= 60; height++) {
			struct incident_layout l = layout_incident(width, height, width % 2);
			const struct rect rects[] = {
				l.verdict,  l.about,	    l.history, l.timeline_title,
				l.timeline, l.around_title, l.around,  l.evidence_title,
				l.evidence, l.keys};
			static unsigned char taken[60][200];

			memset(taken, 0, sizeof(taken));
			for (size_t i = 0; i < sizeof(rects) / sizeof(rects[0]); i++) {
				const struct rect *r = &rects[i];

				assert_true(r->width >= 0 && r->height >= 0);
				for (int y = r->y; y < r->y + r->height; y++)
					for (int x = r->x; x < r->x + r->width; x++) {
						assert_true(x >= 0 && y >= 0 && x < width &&
							    y < height);
						assert_int_equal(taken[y][x]++, 0);
					}
			}
		}
	}
}

static void every_screen_draws_at_every_size(void **state)
{
	static const char *const ways[] = {"ejj\r", "ejj\r\t\t", "jb", "jbW#", "et",
					   "vG",    "t-",	 "a",  "jw"};
	struct stage *stage = *state;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		canvas_resize(stage->canvas, 120, 40);
		press(stage, ways[i]);
		for (int width = 1; width <= 200; width += width < 44 ? 1 : 7)
			for (int height = 1; height <= 60; height += height < 20 ? 1 : 6) {
				canvas_resize(stage->canvas, width, height);
				tui_draw(stage->tui, stage->canvas);
			}
		canvas_resize(stage->canvas, 80, 24);
		press(stage, "\x1b\x1b\x1b\x1b");
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_alike_folds_into_one_line),
		TEST(repeats_are_told_in_one_line_with_first_and_last),
		TEST(kinds_go_round),
		TEST(an_incident_tells_of_its_events_and_neighbours),
		TEST(an_incident_asks_like_its_target),
		TEST(the_title_counts_every_kind_that_is_open),
		TEST(what_did_not_end_well_is_not_drawn_as_well),
		TEST(an_answer_is_read_searched_and_turned_over),
		TEST(long_lines_wrap_or_scroll_aside),
		cmocka_unit_test(pieces_cover_every_line_at_every_width),
		cmocka_unit_test(an_incident_fits_every_size),
		TEST(every_screen_draws_at_every_size),
	};

	return cmocka_run_group_tests_name("errors", tests, NULL, NULL);
}
