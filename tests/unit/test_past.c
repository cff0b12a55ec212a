/*
 * The time cursor: what is shown of a moment of the past is what was shown at that moment, and what
 * is not known of it is not made up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"
#include "base/text.h"
#include "face/tui/past.h"
#include "face/tui/place.h"
#include "face/tui/state.h"
#include "face/tui/term.h"
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

/* A minute in which much changes: some fail, some come back. */
static void go_on(struct stage *stage)
{
	struct scenario *scenario = &stage->scenario;

	for (int64_t after_ms = 5000; after_ms <= 60000; after_ms += 5000) {
		for (size_t i = 0; i < scenario->config.target_count; i++) {
			struct sample sample =
				i % 5 == 3
					? scenario_bad(SCENARIO_NOW_MS + after_ms, CLASS_REFUSED, 0)
					: scenario_good(SCENARIO_NOW_MS + after_ms, 60 + (int)i);

			scenario_push(scenario, i, &sample,
				      i % 5 == 3 ? "connection refused by 192.0.2.1:443" : "");
		}
	}
	scenario_clock(60000);
}

static bool was_over(const struct sample *sample, int64_t at_ms)
{
	return sample->at_ms + sample->total_us / 1000 <= at_ms;
}

static void states_and_figures_are_those_of_the_moment(void **state)
{
	struct stage *stage = *state;
	const struct config *config = &stage->scenario.config;
	struct rows *before = rows_new(config, stage->scenario.store), *now;
	struct incidents incidents;
	struct past *past = past_new(config, stage->scenario.store);
	size_t compared = 0;

	scenario_clock(0);
	rows_refresh(before, stage->scenario.store);
	go_on(stage);
	now = rows_new(config, stage->scenario.store);
	rows_refresh(now, stage->scenario.store);
	incidents_init(&incidents, stage->scenario.store);
	incidents_refresh(&incidents, stage->scenario.store, SCENARIO_NOW_MS + 60000, false);
	past_look(past, now, &incidents, SCENARIO_NOW_MS);
	for (size_t i = 0; i < config->target_count; i++) {
		const struct row *was = &before->items[i], *is = &past_rows(past)->items[i];

		/* the scenario puts checks into the store before their time-out had passed */
		if (was->has_last && !was_over(&was->last, SCENARIO_NOW_MS))
			continue;
		assert_int_equal(is->verdict.state, was->verdict.state);
		assert_int_equal(is->has_last, was->has_last);
		assert_int_equal(is->head, was->head);
		/* a ring keeps 16 bits of a duration */
		assert_in_range(abs(is->verdict.last_us - was->verdict.last_us), 0, 32);
		assert_int_equal(is->verdict.failed_in_row, was->verdict.failed_in_row);
		assert_int_equal(is->stats.good, was->stats.good);
		assert_int_equal(is->stats.failed, was->stats.failed);
		assert_int_equal(is->stats.p95_us, was->stats.p95_us);
		assert_int_equal(is->good_24h, was->good_24h);
		assert_int_equal(is->failed_24h, was->failed_24h);
		assert_true(is->verdict.since_ms == 0 ||
			    is->verdict.since_ms == was->verdict.since_ms);
		compared++;
	}
	assert_true(compared > 40);
	incidents_fini(&incidents);
	past_free(past);
	rows_free(before);
	rows_free(now);
}

static void what_began_later_is_not_there_and_what_ended_later_is_open(void **state)
{
	struct stage *stage = *state;

	go_on(stage);
	pass_time(stage, 60000);
	assert_false(shows(stage, "✗ checkout-api"));
	press(stage, "[[[[[[[[[[[[[");
	assert_true(shows(stage, "PAST 14:32:05"));
	assert_true(shows(stage, "✗ 2 DOWN"));
	assert_true(shows(stage, "✗ checkout-api"));
	assert_true(shows(stage, "Service Unavailable, wanted 200-299"));
	assert_false(shows(stage, "REFUSED"));
	press(stage, ".");
	assert_false(shows(stage, "PAST"));
	assert_true(shows(stage, "REFUSED"));
}

static void a_check_under_way_then_has_no_outcome_yet(void **state)
{
	struct stage *stage = *state;
	size_t target = scenario_find(&stage->scenario, "auth");
	struct sample late = scenario_bad(SCENARIO_NOW_MS + 1000, CLASS_TIMEOUT_FIRST_BYTE, 0);
	struct sample next = scenario_good(SCENARIO_NOW_MS + 11000, 60);

	late.total_us = 9000000;
	scenario_push(&stage->scenario, target, &late, "no answer in 9 s");
	scenario_push(&stage->scenario, target, &next, "");
	pass_time(stage, 12000);
	press(stage, "/auth\r++"); /* bins of a second */
	assert_true(shows(stage, "TTTTTTTTT"));
	press(stage, "[[[[[[");
	assert_true(shows(stage, "PAST 14:32:14"));
	assert_false(shows(stage, "TTT"));
	assert_true(shows(stage, "5s…"));
	assert_true(shows(stage, "……"));
	press(stage, "]]]]]");
	assert_true(shows(stage, "TTTTTTTTT"));
}

#define STEPS	600
#define STEP_MS 5000

struct then {
	int64_t at_ms;
	struct verdict verdict;
};

static void set_excuse(struct stage *stage, size_t target, enum excuse excuse, int64_t at_ms)
{
	struct scenario *scenario = &stage->scenario;
	struct circumstances around = {.excuse = excuse, .parent = UINT32_MAX, .since_ms = at_ms};
	struct judgement judgement;

	if (excuse == EXCUSE_PARENT)
		around.parent = (uint32_t)scenario_find(scenario, "checkout-api");
	around.maintenance = excuse == EXCUSE_MAINTENANCE;
	text_copy(around.words, sizeof(around.words), "explained");
	judge_circumstances(&scenario->judges[target], &scenario->targets[target], &around, at_ms,
			    &scenario->verdicts[target], &judgement);
	store_put_judgement(scenario->store, target, &scenario->judges[target],
			    &scenario->verdicts[target], &judgement);
}

static void set_paused(struct stage *stage, size_t target, bool paused, int64_t at_ms)
{
	struct scenario *scenario = &stage->scenario;
	struct judgement judgement;

	judge_pause(&scenario->judges[target], paused, at_ms, &scenario->verdicts[target],
		    &judgement);
	store_put_judgement(scenario->store, target, &scenario->judges[target],
			    &scenario->verdicts[target], &judgement);
}

/* All that befalls a target, by turns: outages, failures of its parent, a maintenance, spells in
 * which webmon itself is in trouble, pauses, flapping. What was shown after each check is noted. */
static void turn_and_note(struct stage *stage, size_t target, struct then thens[STEPS])
{
	static const char story[] = "......xxxx......pppp...p.x.x.x.x.x.x.x.xx.xxx.............mmmm..m.."
				    "..tttt..t..xx..tttxx....PPPP...x.PP..xxxx......ppppp";
	struct scenario *scenario = &stage->scenario;
	char before = '.';

	for (size_t i = 0; i < STEPS; i++) {
		char now = story[i % (sizeof(story) - 1)];
		int64_t at_ms = SCENARIO_NOW_MS + (int64_t)(i + 1) * STEP_MS;
		struct sample sample = scenario_good(at_ms, 60);

		if (now != before && (now == 'P' || before == 'P'))
			set_paused(stage, target, now == 'P', at_ms);
		else if (now != before)
			set_excuse(stage, target,
				   now == 'p'   ? EXCUSE_PARENT
				   : now == 'm' ? EXCUSE_MAINTENANCE
						: EXCUSE_NONE,
				   at_ms);
		if (now == 't')
			sample = scenario_bad(at_ms, CLASS_LOCAL, 0);
		else if (now != '.' && now != 'P')
			sample = scenario_bad(at_ms, CLASS_REFUSED, 0);
		sample.total_us = 60000;
		if (now != 'P')
			scenario_push(scenario, target, &sample, now == '.' ? "" : "refused");
		thens[i] = (struct then){at_ms + 1000, scenario->verdicts[target]};
		before = now;
	}
}

static void a_state_that_no_event_told_is_known_by_its_checks(void **state)
{
	struct stage *stage = *state;
	struct then *thens = x_calloc(STEPS, sizeof(*thens));
	size_t target = scenario_find(&stage->scenario, "auth"), excused = 0, flapping = 0;
	struct past *past = past_new(&stage->scenario.config, stage->scenario.store);
	struct rows *now = rows_new(&stage->scenario.config, stage->scenario.store);
	struct incidents incidents;

	turn_and_note(stage, target, thens);
	scenario_clock(STEPS * STEP_MS + 2000);
	rows_refresh(now, stage->scenario.store);
	incidents_init(&incidents, stage->scenario.store);
	incidents_refresh(&incidents, stage->scenario.store, thens[STEPS - 1].at_ms, false);
	for (size_t i = 0; i < STEPS; i++) {
		const struct verdict *was = &thens[i].verdict, *is;

		past_look(past, now, &incidents, thens[i].at_ms);
		is = &past_rows(past)->items[target].verdict;
		assert_int_equal(is->state, was->state);
		assert_int_equal(is->flapping, was->flapping);
		assert_true(is->since_ms == 0 || is->since_ms == was->since_ms);
		excused += is->state == STATE_UNKNOWN && is->detail[0];
		flapping += is->flapping && is->state == STATE_DOWN;
	}
	assert_true(excused > 30);
	assert_true(flapping > 3);
	incidents_fini(&incidents);
	past_free(past);
	rows_free(now);
	free(thens);
}

static void what_a_parent_excused_says_so(void **state)
{
	static const char *const parents[] = {"checkout-api"};
	struct stage *stage = *state;
	size_t target = scenario_find(&stage->scenario, "auth");
	struct sample sample = scenario_bad(SCENARIO_NOW_MS + 5000, CLASS_REFUSED, 0);

	stage->scenario.targets[target].depends = (struct text_list){parents, 1};
	set_excuse(stage, target, EXCUSE_PARENT, sample.at_ms);
	scenario_push(&stage->scenario, target, &sample, "refused");
	sample = scenario_good(SCENARIO_NOW_MS + 30000, 60);
	set_excuse(stage, target, EXCUSE_NONE, sample.at_ms);
	scenario_push(&stage->scenario, target, &sample, "");
	pass_time(stage, 31000);
	canvas_resize(stage->canvas, 120, 40);
	press(stage, "/auth\r\r");
	assert_false(shows(stage, "not known"));
	press(stage, "[[[");
	assert_true(shows(stage, "not known while checkout-api is down"));
	stage->scenario.targets[target].depends = (struct text_list){0};
	press(stage, "[");
	assert_true(shows(stage, "not known: failed, and was not counted: why is not kept"));
}

static void what_is_over_has_its_kind_again(void **state)
{
	static const struct {
		enum incident_kind kind;
		const char *result, *over;
	} kinds[] = {
		{INCIDENT_PAUSED, "paused", "resumed"}, {INCIDENT_FLAPPING, "FLAPPING", "steady"},
		{INCIDENT_BURN, "BUDGET", "in budget"}, {INCIDENT_SELF, "LOCAL", "LOCAL"},
		{INCIDENT_SLOW, "SLOW", "in time"},	{INCIDENT_LOAD, "LOAD", "calm"},
	};
	struct stage *stage = *state;
	struct past *past = past_new(&stage->scenario.config, stage->scenario.store);
	struct incidents incidents;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct incident incident = {.target = 4,
					    .kind = kinds[i].kind,
					    .opened_ms = SCENARIO_NOW_MS - 60000,
					    .last_ms = SCENARIO_NOW_MS - 10000,
					    .closed_ms = SCENARIO_NOW_MS - 10000};

		text_copy(incident.result, sizeof(incident.result), kinds[i].over);
		store_put_incident(stage->scenario.store, &incident);
	}
	incidents_init(&incidents, stage->scenario.store);
	incidents_refresh(&incidents, stage->scenario.store, SCENARIO_NOW_MS, false);
	past_look(past, stage->tui->rows, &incidents, SCENARIO_NOW_MS - 30000);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct incidents *then = past_incidents(past);
		const struct incident *incident =
			&then->items[then->count - sizeof(kinds) / sizeof(kinds[0]) + i];

		assert_int_equal(incident->kind, kinds[i].kind);
		assert_int_equal(incident->closed_ms, 0);
		assert_string_equal(incident->result, kinds[i].result);
	}
	incidents_fini(&incidents);
	past_free(past);
}

#define OLD_MS	  (5 * HOUR_MS) /* samples are kept for two hours */
#define OUTAGE_MS (30 * MINUTE_MS)

/* Checks of all targets for hours, of which the first fail for a while half an hour after they began. */
static void go_on_for_hours(struct stage *stage, const char *name)
{
	struct scenario *scenario = &stage->scenario;
	size_t troubled = scenario_find(scenario, name);

	for (int64_t after_ms = 5000; after_ms <= OLD_MS; after_ms += 5000) {
		bool fails = after_ms >= OUTAGE_MS && after_ms < OUTAGE_MS + 10 * MINUTE_MS;

		for (size_t i = 0; i < scenario->config.target_count; i++) {
			int64_t at_ms = SCENARIO_NOW_MS + after_ms;
			struct sample sample = i == troubled && fails
						       ? scenario_bad(at_ms, CLASS_REFUSED, 0)
						       : scenario_good(at_ms, 60);

			scenario_push(scenario, i, &sample, i == troubled && fails ? "refused" : "");
		}
	}
	scenario_clock(OLD_MS);
}

static void of_times_without_samples_rollups_tell(void **state)
{
	struct stage *stage = *state;
	size_t target = scenario_find(&stage->scenario, "auth");
	struct past *past = past_new(&stage->scenario.config, stage->scenario.store);
	struct rows *now = rows_new(&stage->scenario.config, stage->scenario.store);
	const struct row *row = &past_rows(past)->items[target];
	struct incidents incidents;

	go_on_for_hours(stage, "auth");
	rows_refresh(now, stage->scenario.store);
	incidents_init(&incidents, stage->scenario.store);
	incidents_refresh(&incidents, stage->scenario.store, SCENARIO_NOW_MS + OLD_MS, false);

	past_look(past, now, &incidents, SCENARIO_NOW_MS + OUTAGE_MS - 1);
	assert_true(past_samples_from_ms(past) > SCENARIO_NOW_MS + OUTAGE_MS);
	assert_true(past_earliest_ms(past) <= SCENARIO_NOW_MS);
	assert_false(row->has_last);
	assert_int_equal(row->verdict.state, STATE_UP);
	assert_true(row->stats.good > 0);
	assert_in_range(row->stats.p95_us, 58800, 61200);
	past_look(past, now, &incidents, SCENARIO_NOW_MS + OUTAGE_MS + 5 * MINUTE_MS);
	assert_int_equal(row->verdict.state, STATE_DOWN);
	assert_int_equal(row->verdict.since_ms, SCENARIO_NOW_MS + OUTAGE_MS);
	assert_int_equal(row->verdict.cls, CLASS_REFUSED);
	assert_true(row->stats.failed > 50);
	past_look(past, now, &incidents, SCENARIO_NOW_MS + OUTAGE_MS + 15 * MINUTE_MS);
	assert_int_equal(row->verdict.state, STATE_UP);
	past_look(past, now, &incidents, SCENARIO_NOW_MS - 100 * HOUR_MS);
	assert_int_equal(row->verdict.state, STATE_UNKNOWN);
	assert_int_equal(row->stats.samples, 0);
	incidents_fini(&incidents);
	past_free(past);
	rows_free(now);
}

static void where_samples_are_gone_columns_are_coarse(void **state)
{
	struct stage *stage = *state;
	int zoom = stage->tui->zoom;

	go_on_for_hours(stage, "auth");
	canvas_resize(stage->canvas, 120, 40);
	pass_time(stage, OLD_MS + 1000);
	press(stage, "{");
	assert_true(shows(stage, "by minutes"));
	assert_true(shows(stage, "PAST"));
	assert_true(shows(stage, "REFUSED"));
	assert_int_equal(zoom_ms[stage->tui->zoom], MINUTE_MS);
	press(stage, ".");
	assert_int_equal(stage->tui->zoom, zoom);
}

/* Of a part of the targets the first event is not the journal's first one, and yet none is lost. */
static void of_a_choice_the_past_is_known_as_far_back(void **state)
{
	struct stage *stage = *state;
	struct scenario *scenario = &stage->scenario;
	size_t target = scenario_find(scenario, "auth");
	struct config part = scenario->config;
	struct incidents incidents;

	go_on(stage);
	set_paused(stage, target, true, SCENARIO_NOW_MS + 60000);
	store_choose(scenario->store, &target, 1);
	part.targets = &scenario->targets[target];
	part.target_count = 1;
	struct past *past = past_new(&part, scenario->store);
	struct rows *now = rows_new(&part, scenario->store);

	rows_refresh(now, scenario->store);
	incidents_init(&incidents, scenario->store);
	incidents_refresh(&incidents, scenario->store, SCENARIO_NOW_MS + 60000, false);
	past_look(past, now, &incidents, SCENARIO_NOW_MS + 30000);
	assert_int_equal(past_rows(past)->items[0].verdict.state, STATE_UP);
	incidents_fini(&incidents);
	past_free(past);
	rows_free(now);
}

/* Nor is more lost of it than of all, once the oldest ones are overwritten. */
static void of_a_choice_no_more_events_are_lost_than_of_all(void **state)
{
	struct stage *stage = *state;
	struct scenario *scenario = &stage->scenario;
	size_t target = scenario_find(scenario, "auth");
	struct event other = {.target = (uint32_t)target + 1, .kind = EVENT_CHANGED, .at_ms = SCENARIO_NOW_MS};
	struct config part = scenario->config;
	struct incidents incidents;

	go_on(stage);
	for (int i = 0; i < 5000; i++)
		store_put_event(scenario->store, &other);
	set_paused(stage, target, true, SCENARIO_NOW_MS + 60000);
	store_choose(scenario->store, &target, 1);
	assert_true(store_events_kept_ms(scenario->store) == SCENARIO_NOW_MS);
	part.targets = &scenario->targets[target];
	part.target_count = 1;
	struct past *past = past_new(&part, scenario->store);
	struct rows *now = rows_new(&part, scenario->store);

	rows_refresh(now, scenario->store);
	incidents_init(&incidents, scenario->store);
	incidents_refresh(&incidents, scenario->store, SCENARIO_NOW_MS + 60000, false);
	past_look(past, now, &incidents, SCENARIO_NOW_MS + 30000);
	assert_int_equal(past_rows(past)->items[0].verdict.state, STATE_UP);
	incidents_fini(&incidents);
	past_free(past);
	rows_free(now);
}

static void the_banner_says_when_and_how_long_ago(void **state)
{
	struct stage *stage = *state;

	canvas_resize(stage->canvas, 120, 40);
	press(stage, "[");
	assert_true(shows(stage, "PAST 14:32:05 (−00:00:02)"));
	press(stage, "[[");
	assert_true(shows(stage, "PAST 14:31:55 (−00:00:12)"));
	press(stage, "]");
	assert_true(shows(stage, "PAST 14:32:00 (−00:00:07)"));
	pass_time(stage, 60000);
	assert_true(shows(stage, "PAST 14:32:00 (−00:01:07)"));
	press(stage, "----[");
	assert_true(shows(stage, "PAST 14:30:00"));
}

static void every_way_back_leads_to_now(void **state)
{
	static const int keys[] = {'.', 27, TERM_KEY_END};
	struct stage *stage = *state;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		press(stage, "[[\r");
		assert_true(shows(stage, "PAST"));
		tui_key(stage->tui, keys[i]);
		tui_draw(stage->tui, stage->canvas);
		assert_false(shows(stage, "PAST"));
		assert_true(shows(stage, "‹ ")); /* the screen stays */
		press(stage, "\x1b");
	}
	press(stage, "[]]");
	assert_false(shows(stage, "PAST"));
}

static void jumps_from_incident_to_incident(void **state)
{
	struct stage *stage = *state;

	canvas_resize(stage->canvas, 120, 40);
	press(stage, "{");
	assert_true(shows(stage, "PAST 14:31:4"));
	press(stage, "{");
	assert_true(shows(stage, "PAST 14:30:0"));
	press(stage, "{{{{{{{{{{{{{{{{{{{{");
	assert_true(shows(stage, "no incident before"));
	press(stage, "}");
	assert_true(shows(stage, "PAST 13:"));
}

static void a_week_is_known_again_as_soon_as_it_is_now(void **state)
{
	struct stage *stage = *state;
	const struct detail_state *detail = &stage->tui->detail;

	press(stage, "\r");
	assert_true(detail->good_week > 0);
	press(stage, "[");
	assert_int_equal(detail->good_week, 0);
	press(stage, ".");
	assert_true(detail->good_week > 0);
}

static void before_all_that_is_kept_it_says_so(void **state)
{
	struct stage *stage = *state;

	canvas_resize(stage->canvas, 120, 40);
	press(stage, "----------");
	for (int i = 0; i < 40; i++)
		press(stage, "[");
	assert_true(shows(stage, "nothing older is kept"));
	assert_true(shows(stage, "PAST"));
}

static void the_past_is_not_asked_for_checks(void **state)
{
	struct stage *stage = *state;

	press(stage, "[");
	assert_int_equal(tui_key(stage->tui, ' ').ask, TUI_ASK_NOTHING);
	assert_int_equal(tui_key(stage->tui, 'p').ask, TUI_ASK_NOTHING);
	assert_int_equal(tui_key(stage->tui, 'P').ask, TUI_ASK_NOTHING);
	assert_int_equal(tui_key(stage->tui, 'r').ask, TUI_ASK_NOTHING);
	tui_draw(stage->tui, stage->canvas);
	assert_true(shows(stage, "this is the past: . goes back to now"));
	assert_int_equal(tui_key(stage->tui, 'y').ask, TUI_ASK_COPY);
}

static void freezing_the_past_says_that_it_is_the_past(void **state)
{
	struct stage *stage = *state;

	press(stage, "[Z");
	assert_true(shows(stage, "PAST"));
	assert_true(shows(stage, "this is the past: . goes back to now"));
}

static void a_reload_from_outside_leaves_the_moment(void **state)
{
	struct stage *stage = *state;
	struct tui_options options = {.ascii = false};
	struct errors errors = {0};
	struct place_in_tui place;

	canvas_resize(stage->canvas, 120, 40);
	press(stage, "[[[");
	assert_true(shows(stage, "PAST 14:31:55"));
	place = place_of(stage->tui);
	tui_free(stage->tui);
	stage->tui = tui_new(&stage->scenario.config, stage->scenario.store, &options, &errors);
	place_return(stage->tui, &place);
	tui_draw(stage->tui, stage->canvas);
	assert_true(shows(stage, "PAST 14:31:55"));
	errors_free(&errors);
}

static void evidence_of_later_is_not_shown(void **state)
{
	struct stage *stage = *state;

	press(stage, "jb");
	assert_true(shows(stage, "upstream connect error"));
	press(stage, "\x1b");
	press(stage, "[[[[[[[[b");
	assert_false(shows(stage, "upstream connect error"));
	press(stage, ".");
	assert_true(shows(stage, "upstream connect error"));
}

static void every_screen_draws_the_past_at_every_size(void **state)
{
	static const char *const ways[] = {"", "\r", "e", "ejj\r", "v", "t", "b", "?", "s", "\t"};
	struct stage *stage = *state;

	press(stage, "{{[");
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		press(stage, ways[i]);
		for (int width = 1; width <= 200; width += width < 24 ? 1 : 11)
			for (int height = 1; height <= 60; height += height < 18 ? 1 : 7) {
				canvas_resize(stage->canvas, width, height);
				tui_draw(stage->tui, stage->canvas);
			}
		canvas_resize(stage->canvas, 80, 24);
		press(stage, "qqq[");
	}
}

static void it_is_up_since_the_first_answer_that_there_was(void **state)
{
	static const struct {
		int64_t after_ms;
		bool good;
	} checks[] = {{1000, true}, {6000, true}, {11000, false}, {16000, false}, {21000, true}};
	struct stage stage;
	struct rows *now;
	struct incidents incidents;
	struct past *past;

	(void)state;
	stage_init(&stage, &(struct play){.targets = 6, .waiting = true});
	past = past_new(&stage.scenario.config, stage.scenario.store);
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		int64_t at_ms = SCENARIO_NOW_MS + checks[i].after_ms;
		struct sample sample = checks[i].good ? scenario_good(at_ms, 60)
						      : scenario_bad(at_ms, CLASS_REFUSED, 0);

		scenario_push(&stage.scenario, 4, &sample, checks[i].good ? "" : "refused");
	}
	scenario_clock(22000);
	now = rows_new(&stage.scenario.config, stage.scenario.store);
	rows_refresh(now, stage.scenario.store);
	incidents_init(&incidents, stage.scenario.store);
	incidents_refresh(&incidents, stage.scenario.store, SCENARIO_NOW_MS + 22000, false);
	past_look(past, now, &incidents, SCENARIO_NOW_MS + 8000);
	assert_int_equal(past_rows(past)->items[4].verdict.state, STATE_UP);
	assert_int_equal(past_rows(past)->items[4].verdict.since_ms, SCENARIO_NOW_MS + 1000);
	incidents_fini(&incidents);
	rows_free(now);
	past_free(past);
	stage_fini(&stage);
}

static void the_keys_that_are_told_are_those_that_work(void **state)
{
	struct stage *stage = *state;

	press(stage, "\r");
	assert_true(shows(stage, "Esc back"));
	press(stage, "[");
	assert_true(shows(stage, ". Esc now   [ ] time"));
	assert_true(shows(stage, "q back"));
	assert_false(shows(stage, "Esc back"));
	canvas_resize(stage->canvas, 160, 40);
	press(stage, "q");
	assert_false(shows(stage, "check now"));
	assert_false(shows(stage, "p pause"));
	press(stage, ".");
	assert_true(shows(stage, "Space check now   p pause"));
	assert_false(shows(stage, "[ ] time"));
}

static void nothing_is_known_before_the_first_check(void **state)
{
	struct stage stage;

	(void)state;
	stage_init(&stage, &(struct play){.targets = 6, .waiting = true});
	press(&stage, "[{}].[");
	assert_true(shows(&stage, "waiting for first answers"));
	stage_fini(&stage);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(states_and_figures_are_those_of_the_moment),
		TEST(what_began_later_is_not_there_and_what_ended_later_is_open),
		TEST(a_check_under_way_then_has_no_outcome_yet),
		TEST(a_state_that_no_event_told_is_known_by_its_checks),
		TEST(what_a_parent_excused_says_so),
		TEST(what_is_over_has_its_kind_again),
		TEST(of_times_without_samples_rollups_tell),
		TEST(where_samples_are_gone_columns_are_coarse),
		TEST(of_a_choice_the_past_is_known_as_far_back),
		TEST(of_a_choice_no_more_events_are_lost_than_of_all),
		TEST(the_banner_says_when_and_how_long_ago),
		TEST(every_way_back_leads_to_now),
		TEST(jumps_from_incident_to_incident),
		TEST(a_week_is_known_again_as_soon_as_it_is_now),
		TEST(before_all_that_is_kept_it_says_so),
		TEST(the_past_is_not_asked_for_checks),
		TEST(freezing_the_past_says_that_it_is_the_past),
		TEST(a_reload_from_outside_leaves_the_moment),
		TEST(evidence_of_later_is_not_shown),
		TEST(every_screen_draws_the_past_at_every_size),
		cmocka_unit_test(it_is_up_since_the_first_answer_that_there_was),
		TEST(the_keys_that_are_told_are_those_that_work),
		cmocka_unit_test(nothing_is_known_before_the_first_check),
	};

	return cmocka_run_group_tests_name("past", tests, NULL, NULL);
}
