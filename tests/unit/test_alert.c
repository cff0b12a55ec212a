/*
 * Alerts: what is told, when, and in which words. Time stands still but for what a test moves.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/mem.h"
#include "face/alert_memory.h"
#include "face/alert_rule.h"
#include "face_fixture.h"

#define MONO_US 1000000000

static struct fixture fixture;
static struct alert_config alert;
static struct alert_rule *rule;
static struct alert_batch batch;
static int64_t passed_ms;

static void pass(int64_t ms)
{
	passed_ms += ms;
	clock_freeze(MONO_US + passed_ms * 1000, NOW_MS + passed_ms);
}

static int set_up(void **state)
{
	(void)state;
	memset(&fixture, 0, sizeof fixture);
	fixture_target(&fixture, "checkout-api", "https://shop.example/api");
	fixture_target(&fixture, "search", "https://search.example/");
	fixture_open(&fixture);
	passed_ms = 0;
	alert = (struct alert_config){.name = "pager",
				      .on = (1U << ALERT_WORDS) - 1,
				      .webhook = "https://hooks.example.com/x",
				      .gather_ms = 2000,
				      .gap_ms = 10000};
	rule = alert_rule_new(&fixture.config, fixture.store, &alert);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	alert_rule_free(rule);
	alert_batch_clear(&batch);
	fixture_close(&fixture);
	return 0;
}

static struct verdict verdict_put(uint32_t target, enum state state, void (*change)(struct verdict *))
{
	struct verdict verdict = a_verdict(state, state == STATE_DOWN ? CLASS_REFUSED : CLASS_OK, 0);

	text_copy(verdict.detail, sizeof verdict.detail, "as the verdict says");
	if (change)
		change(&verdict);
	store_put_verdict(fixture.store, target, &verdict);
	return verdict;
}

static void in_maintenance(struct verdict *verdict)
{
	verdict->maintenance = true;
}

static void acknowledged(struct verdict *verdict)
{
	verdict->acknowledged = true;
}

static void flapping(struct verdict *verdict)
{
	verdict->flapping = true;
}

static void say_of(enum event_kind kind, uint32_t target, uint64_t incident)
{
	struct event event = {.at_ms = NOW_MS + passed_ms,
			      .target = target,
			      .kind = kind,
			      .incident = incident,
			      .cls = CLASS_REFUSED,
			      .state = STATE_DOWN,
			      .previous = STATE_UP,
			      .length_ms = kind == EVENT_UP ? 15000 : 0};

	text_copy(event.detail, sizeof event.detail, "connection refused");
	alert_rule_take(rule, &event);
}

static void say(enum event_kind kind, uint32_t target)
{
	say_of(kind, target, 1);
}

/* All that is gathered, whatever gather and gap say. */
static size_t taken(void)
{
	alert_batch_clear(&batch);
	if (alert_rule_is_due(rule, true))
		alert_rule_flush(rule, &batch);
	return batch.count;
}

static void an_outage_is_told_once_and_its_end_once(void **state)
{
	(void)state;
	verdict_put(0, STATE_DOWN, NULL);
	say(EVENT_FAILED, 0);
	say(EVENT_DOWN, 0);
	say(EVENT_FAILED, 0);
	assert_int_equal(taken(), 1);
	assert_int_equal(batch.entries[0].word, ALERT_DOWN);
	assert_int_equal(batch.entries[0].since_ms, NOW_MS - 134000);
	assert_false(batch.entries[0].over);
	say(EVENT_DOWN, 0);
	alert_rule_tick(rule);
	assert_int_equal(taken(), 0);
	say(EVENT_UP, 0);
	say(EVENT_UP, 0);
	assert_int_equal(taken(), 1);
	assert_int_equal(batch.entries[0].word, ALERT_UP);
	assert_true(batch.entries[0].over);
	assert_int_equal(batch.entries[0].length_ms, 15000);
}

static void an_end_of_what_was_not_told_is_not_told(void **state)
{
	static const enum event_kind ends[] = {EVENT_UP,	  EVENT_FAST,	   EVENT_CALM,
					       EVENT_CERT_RENEWED, EVENT_BURN_OVER, EVENT_STEADY,
					       EVENT_SELF_OVER};
	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		say(ends[i], 0);
	assert_int_equal(taken(), 0);
}

static void only_what_is_asked_for_is_told(void **state)
{
	(void)state;
	alert.on = 1U << ALERT_UP | 1U << ALERT_SLOW;
	say(EVENT_DOWN, 0);
	say(EVENT_UP, 0);
	assert_int_equal(taken(), 0);
	say(EVENT_SLOW, 0);
	say(EVENT_FAST, 0);
	assert_int_equal(taken(), 2);
	assert_int_equal(batch.entries[1].word, ALERT_UP);
	alert.on = 1U << ALERT_DOWN;
	say(EVENT_DOWN, 0);
	say(EVENT_UP, 0);
	assert_int_equal(taken(), 1);
}

static void maintenance_holds_back_and_what_lasts_is_told_after_it(void **state)
{
	(void)state;
	verdict_put(0, STATE_DOWN, in_maintenance);
	verdict_put(1, STATE_DOWN, in_maintenance);
	say(EVENT_DOWN, 0);
	say(EVENT_DOWN, 1);
	say(EVENT_UP, 1);
	pass(3600000);
	alert_rule_tick(rule);
	assert_int_equal(taken(), 0);
	verdict_put(0, STATE_DOWN, NULL);
	pass(1000);
	alert_rule_tick(rule);
	assert_int_equal(taken(), 1);
	assert_int_equal(batch.entries[0].target, 0);
	assert_int_equal(batch.entries[0].since_ms, NOW_MS - 134000);
	assert_string_equal(batch.entries[0].detail, "as the verdict says");
	alert_rule_tick(rule);
	assert_int_equal(taken(), 0);
}

static void flapping_is_told_once_and_downs_only_when_it_is_over(void **state)
{
	(void)state;
	verdict_put(0, STATE_DOWN, NULL);
	say(EVENT_DOWN, 0);
	assert_int_equal(taken(), 1);
	verdict_put(0, STATE_DOWN, flapping);
	say(EVENT_FLAPPING, 0);
	assert_int_equal(taken(), 1);
	assert_int_equal(batch.entries[0].word, ALERT_FLAPPING);
	for (int i = 0; i < 5; i++) {
		say(EVENT_UP, 0);
		alert_rule_tick(rule);
		say(EVENT_DOWN, 0);
		alert_rule_tick(rule);
	}
	say(EVENT_UP, 0);
	assert_int_equal(taken(), 0);
	verdict_put(0, STATE_UP, NULL);
	say(EVENT_STEADY, 0);
	alert_rule_tick(rule);
	assert_int_equal(taken(), 2);
	assert_int_equal(batch.entries[0].word, ALERT_FLAPPING);
	assert_true(batch.entries[0].over);
	assert_int_equal(batch.entries[1].word, ALERT_UP);
}

static void it_is_repeated_until_somebody_knows(void **state)
{
	(void)state;
	alert.repeat_ms = 3600000;
	verdict_put(0, STATE_DOWN, NULL);
	say(EVENT_DOWN, 0);
	assert_int_equal(taken(), 1);
	pass(3599000);
	alert_rule_tick(rule);
	assert_int_equal(taken(), 0);
	pass(1000);
	alert_rule_tick(rule);
	assert_int_equal(taken(), 1);
	assert_true(batch.entries[0].repeated);
	verdict_put(0, STATE_DOWN, acknowledged);
	pass(7200000);
	alert_rule_tick(rule);
	assert_int_equal(taken(), 0);
	verdict_put(0, STATE_UP, NULL);
	say(EVENT_UP, 0);
	assert_int_equal(taken(), 1);
}

static void a_pause_ends_all_without_a_word(void **state)
{
	(void)state;
	say(EVENT_DOWN, 0);
	say(EVENT_LOAD, 0);
	assert_int_equal(taken(), 2);
	say(EVENT_PAUSED, 0);
	say(EVENT_RESUMED, 0);
	say(EVENT_UP, 0);
	alert_rule_tick(rule);
	assert_int_equal(taken(), 0);
	assert_int_equal(alert_rule_next_us(rule), INT64_MAX);
}

static void troubles_of_the_program_have_no_target(void **state)
{
	(void)state;
	say(EVENT_SELF, UINT32_MAX);
	assert_int_equal(taken(), 1);
	say(EVENT_SELF_OVER, UINT32_MAX);
	assert_int_equal(taken(), 1);
	assert_true(batch.entries[0].over);
}

static void several_troubles_of_the_program_are_over_with_the_last(void **state)
{
	(void)state;
	say_of(EVENT_SELF, UINT32_MAX, 3);
	say_of(EVENT_SELF, UINT32_MAX, 4);
	say_of(EVENT_LOAD, UINT32_MAX, 5);
	say_of(EVENT_SELF, UINT32_MAX, 3); /* in other words */
	assert_int_equal(taken(), 2);
	say_of(EVENT_SELF_OVER, UINT32_MAX, 4);
	assert_int_equal(taken(), 0);
	say_of(EVENT_CALM, UINT32_MAX, 5);
	assert_int_equal(taken(), 1);
	say_of(EVENT_SELF_OVER, UINT32_MAX, 3);
	assert_int_equal(taken(), 1);
	assert_int_equal(batch.entries[0].word, ALERT_SELF);
	assert_true(batch.entries[0].over);
}

static void events_are_gathered_and_messages_keep_their_distance(void **state)
{
	(void)state;
	say(EVENT_DOWN, 0);
	pass(1000);
	say(EVENT_DOWN, 1);
	assert_false(alert_rule_is_due(rule, false));
	pass(1000);
	assert_true(alert_rule_is_due(rule, false));
	alert_rule_flush(rule, &batch);
	assert_int_equal(batch.count, 2);
	say(EVENT_UP, 0);
	pass(9999);
	assert_false(alert_rule_is_due(rule, false));
	pass(1);
	assert_true(alert_rule_is_due(rule, false));
	alert_rule_flush(rule, &batch);
	assert_int_equal(batch.count, 1);
}

static size_t named_in(const struct alert_letter *letter)
{
	json_t *object = json_loads(letter->json, 0, NULL);
	size_t count = json_array_size(json_object_get(object, "events"));

	json_decref(object);
	return count;
}

static void all_events_are_named_and_the_text_stays_short(void **state)
{
	struct alert_letter *letter;

	(void)state;
	for (int i = 0; i < 100; i++) {
		say(EVENT_DOWN, 0);
		say(EVENT_UP, 0);
	}
	assert_int_equal(taken(), 200);
	letter = alert_letter_new(&fixture.config, &alert, &batch, "1");
	assert_non_null(strstr(letter->json, "\"count\":200"));
	assert_non_null(strstr(letter->facts[FACT_MESSAGE], "webmon: 200 events: 100 down, 100 up\n"));
	assert_non_null(strstr(letter->facts[FACT_MESSAGE], "\nand 180 more"));
	assert_int_equal(named_in(letter), 200);
	alert_letter_free(letter);
}

static void more_than_a_message_holds_go_into_another_at_once(void **state)
{
	(void)state;
	for (int i = 0; i < 260; i++) {
		say(EVENT_DOWN, 0);
		say(EVENT_UP, 0);
	}
	pass(2000);
	assert_true(alert_rule_is_due(rule, false));
	alert_rule_flush(rule, &batch);
	assert_int_equal(batch.count, ALERT_ENTRIES);
	assert_true(alert_rule_is_due(rule, false));
	alert_rule_flush(rule, &batch);
	assert_int_equal(batch.count, 20);
	assert_false(alert_rule_is_due(rule, true));
	say(EVENT_DOWN, 0);
	pass(2000);
	assert_false(alert_rule_is_due(rule, false));
}

/* Nobody takes the messages for days: what is left must fit what was told before. */
static void what_nobody_takes_is_thinned_out_to_what_stands(void **state)
{
	size_t total = 0, count = 0, both[2][2] = {{0}};
	bool first[2] = {false}, last[2] = {false};

	(void)state;
	say(EVENT_DOWN, 1);
	assert_int_equal(taken(), 1);
	for (int i = 0; i < 10000; i++) {
		say(EVENT_DOWN, 0);
		say(EVENT_UP, 1);
		say(EVENT_UP, 0);
		say(EVENT_DOWN, 1);
	}
	say(EVENT_DOWN, 0);
	while (taken() > 0) {
		total += alert_batch_total(&batch);
		count += batch.count;
		for (size_t i = 0; i < batch.count; i++) {
			const struct alert_entry *entry = &batch.entries[i];

			if (both[entry->target][0] + both[entry->target][1] == 0)
				first[entry->target] = entry->over;
			last[entry->target] = entry->over;
			both[entry->target][entry->over]++;
		}
	}
	assert_int_equal(total, 40001);
	assert_in_range(count, 4, 1000);
	assert_false(first[0]);
	assert_false(last[0]);
	assert_int_equal(both[0][false], both[0][true] + 1);
	assert_true(first[1]);
	assert_false(last[1]);
	assert_int_equal(both[1][false], both[1][true]);
}

/* ---- over restarts ---- */

struct told {
	int count;
	enum alert_word word;
	int64_t at_ms;
};

static void note(void *user, const char *target, enum alert_word word, int64_t told_ms)
{
	struct told *told = user;

	assert_string_equal(target, "checkout-api");
	told->count++;
	told->word = word;
	told->at_ms = told_ms;
}

static void renew(void)
{
	alert_rule_free(rule);
	rule = alert_rule_new(&fixture.config, fixture.store, &alert);
}

static void a_restart_does_not_tell_again_but_tells_the_end(void **state)
{
	struct told told = {0};

	(void)state;
	verdict_put(0, STATE_DOWN, NULL);
	say(EVENT_DOWN, 0);
	assert_int_equal(taken(), 1);
	pass(5000);
	alert_rule_each_told(rule, note, &told);
	assert_int_equal(told.count, 1);
	assert_int_equal(told.word, ALERT_DOWN);
	assert_int_equal(told.at_ms, NOW_MS);
	renew();
	alert_rule_restore(rule, "checkout-api", told.word, told.at_ms);
	alert_rule_restore(rule, "gone", told.word, told.at_ms);
	say(EVENT_DOWN, 0);
	assert_int_equal(taken(), 0);
	say(EVENT_UP, 0);
	assert_int_equal(taken(), 1);
	assert_int_equal(batch.entries[0].word, ALERT_UP);
}

static void what_ended_while_nobody_looked_is_told_once_it_is_sure(void **state)
{
	(void)state;
	alert_rule_restore(rule, "checkout-api", ALERT_DOWN, NOW_MS - 60000);
	verdict_put(0, STATE_NEW, NULL);
	alert_rule_tick(rule);
	assert_int_equal(taken(), 0);
	verdict_put(0, STATE_UP, NULL);
	alert_rule_tick(rule);
	assert_int_equal(taken(), 1);
	assert_int_equal(batch.entries[0].word, ALERT_UP);
	alert_rule_tick(rule);
	assert_int_equal(taken(), 0);
}

static void without_events_the_verdicts_tell(void **state)
{
	(void)state;
	say(EVENT_DOWN, 1);
	assert_int_equal(taken(), 1);
	verdict_put(0, STATE_DOWN, NULL);
	verdict_put(1, STATE_UP, NULL);
	alert_rule_resume(rule, RESUME_MISSED);
	alert_rule_tick(rule);
	assert_int_equal(taken(), 2);
	assert_int_equal(batch.entries[0].word, ALERT_DOWN);
	assert_int_equal(batch.entries[1].word, ALERT_UP);
	alert_rule_resume(rule, RESUME_MISSED);
	alert_rule_tick(rule);
	assert_int_equal(taken(), 0);
}

static void checked_once(struct verdict *verdict)
{
	verdict->sample_count++;
}

static void what_stands_at_the_start_is_told_once_it_was_checked_again(void **state)
{
	(void)state;
	verdict_put(0, STATE_DOWN, NULL);
	verdict_put(1, STATE_DOWN, NULL);
	alert_rule_resume(rule, RESUME_START);
	alert_rule_tick(rule);
	assert_int_equal(taken(), 0);
	verdict_put(0, STATE_DOWN, checked_once);
	verdict_put(1, STATE_UP, checked_once);
	alert_rule_tick(rule);
	assert_int_equal(taken(), 1);
	assert_int_equal(batch.entries[0].target, 0);
	assert_int_equal(batch.entries[0].word, ALERT_DOWN);
	say(EVENT_UP, 1);
	alert_rule_tick(rule);
	assert_int_equal(taken(), 0);
}

static void what_was_told_before_the_start_is_not_told_for_standing(void **state)
{
	(void)state;
	verdict_put(0, STATE_DOWN, NULL);
	alert_rule_restore(rule, "checkout-api", ALERT_DOWN, NOW_MS - 60000);
	alert_rule_resume(rule, RESUME_START);
	verdict_put(0, STATE_DOWN, checked_once);
	alert_rule_tick(rule);
	assert_int_equal(taken(), 0);
}

static void burning(struct verdict *verdict)
{
	verdict->budget.known = verdict->budget.burning = true;
}

static void in_budget(struct verdict *verdict)
{
	verdict->budget.known = true;
}

/* A reload and a restart alike: told already, and its end told though nobody saw an event of it. */
static void what_burns_or_flaps_is_not_told_anew_but_its_end_is(void **state)
{
	static const struct {
		enum alert_word word;
		enum event_kind opens;
		void (*lasts)(struct verdict *), (*ends)(struct verdict *);
	} cases[] = {
		{ALERT_BURN, EVENT_BURN, burning, in_budget},
		{ALERT_FLAPPING, EVENT_FLAPPING, flapping, NULL},
	};

	(void)state;
	fixture.targets[0].slo_window_ms = DAY;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct told told = {0};

		verdict_put(0, STATE_UP, cases[i].lasts);
		say(cases[i].opens, 0);
		assert_int_equal(taken(), 1);
		alert_rule_each_told(rule, note, &told);
		renew();
		alert_rule_restore(rule, "checkout-api", told.word, told.at_ms);
		alert_rule_resume(rule, RESUME_NOW);
		alert_rule_tick(rule);
		assert_int_equal(taken(), 0);
		verdict_put(0, STATE_UP, cases[i].ends);
		alert_rule_tick(rule);
		alert_rule_tick(rule);
		assert_int_equal(taken(), 1);
		assert_int_equal(batch.entries[0].word, cases[i].word);
		assert_true(batch.entries[0].over);
	}
}

static void what_flapped_before_and_is_down_now_is_told_down(void **state)
{
	(void)state;
	alert_rule_restore(rule, "checkout-api", ALERT_FLAPPING, NOW_MS - 60000);
	verdict_put(0, STATE_DOWN, NULL);
	say(EVENT_DOWN, 0);
	alert_rule_tick(rule);
	alert_rule_tick(rule);
	assert_int_equal(taken(), 2);
	assert_int_equal(batch.entries[0].word, ALERT_FLAPPING);
	assert_true(batch.entries[0].over);
	assert_int_equal(batch.entries[1].word, ALERT_DOWN);
}

/* ---- words ---- */

static struct alert_letter *letter_of(enum alert_format format, enum alert_word word, const char *detail)
{
	alert.format = format;
	alert_batch_clear(&batch);
	*alert_batch_add(&batch, 2) = (struct alert_entry){.word = word,
						.kind = word,
						.at_ms = NOW_MS,
						.since_ms = NOW_MS - 1000,
						.cls = CLASS_HTTP_STATUS,
						.state = STATE_DOWN,
						.previous = STATE_UP,
						.status = 503};
	text_copy(batch.entries[0].detail, sizeof batch.entries[0].detail, detail);
	return alert_letter_new(&fixture.config, &alert, &batch, "run-1");
}

static void json_has_the_facts_that_scripts_rely_on(void **state)
{
	struct alert_letter *letter =
		letter_of(ALERT_JSON, ALERT_DOWN, "503 Service Unavailable, wanted 200-299");
	json_t *object = json_loads(letter->body, 0, NULL);
	static const char *const texts[][2] = {
		{"event", "down"},	       {"target", "checkout-api"},
		{"group", "shop"},	       {"url", "https://shop.example/api"},
		{"state", "down"},	       {"previous", "up"},
		{"class", "http_status"},      {"detail", "503 Service Unavailable, wanted 200-299"},
		{"since", "2026-11-22T14:32:06Z"}, {"time", "2026-11-22T14:32:07.123Z"},
		{"id", "run-1"},	       {"text", "checkout-api DOWN: 503 Service Unavailable, wanted "
							"200-299 (https://shop.example/api)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_string_equal(json_string_value(json_object_get(object, texts[i][0])), texts[i][1]);
	assert_int_equal(json_integer_value(json_object_get(object, "status")), 503);
	assert_int_equal(json_array_size(json_object_get(object, "events")), 1);
	json_decref(object);
	assert_string_equal(letter->facts[FACT_EVENT], "WEBMON_EVENT=down");
	assert_string_equal(letter->facts[FACT_STATUS], "WEBMON_STATUS=503");
	alert_letter_free(letter);
}

static void the_end_of_flapping_is_said_once(void **state)
{
	static const char *const details[][2] = {
		{"steady after 26 s, 9 checks failed", "checkout-api steady after 26 s, 9 checks failed (https://shop.example/api)"},
		{"down for good after 26 s", "checkout-api down for good after 26 s (https://shop.example/api)"},
		{"", "checkout-api steady again after 26 s (https://shop.example/api)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof details / sizeof *details; i++) {
		struct alert_letter *letter = letter_of(ALERT_JSON, ALERT_FLAPPING, details[i][0]);

		alert_letter_free(letter);
		batch.entries[0].over = true;
		batch.entries[0].length_ms = 26000;
		letter = alert_letter_new(&fixture.config, &alert, &batch, "run-1");
		assert_string_equal(letter->facts[FACT_MESSAGE] + strlen("WEBMON_MESSAGE="), details[i][1]);
		alert_letter_free(letter);
	}
}

static void chats_get_no_marks_of_their_own_from_a_server(void **state)
{
	struct alert_letter *letter = letter_of(ALERT_SLACK, ALERT_DOWN, "<!channel> & <http://evil>");
	json_t *object = json_loads(letter->body, 0, NULL);

	(void)state;
	assert_non_null(strstr(json_string_value(json_object_get(object, "text")),
			       "&lt;!channel&gt; &amp; &lt;http://evil&gt;"));
	json_decref(object);
	alert_letter_free(letter);
	letter = letter_of(ALERT_DISCORD, ALERT_DOWN, "@everyone");
	object = json_loads(letter->body, 0, NULL);
	assert_int_equal(json_array_size(json_object_get(json_object_get(object, "allowed_mentions"),
							  "parse")), 0);
	assert_non_null(json_object_get(json_object_get(object, "allowed_mentions"), "parse"));
	json_decref(object);
	alert_letter_free(letter);
}

static void the_shape_goes_by_the_address(void **state)
{
	static const struct {
		const char *address;
		enum alert_format format;
	} cases[] = {
		{"https://hooks.slack.com/services/T0/B0/x", ALERT_SLACK},
		{"https://discord.com/api/webhooks/1/x", ALERT_DISCORD},
		{"https://canary.discord.com/api/webhooks/1/x", ALERT_DISCORD},
		{"https://notdiscord.com/api", ALERT_JSON},
		{"https://hooks.slack.com.example.org/", ALERT_JSON},
		{"http://localhost:9000/", ALERT_JSON},
	};

	(void)state;
	alert.format = ALERT_AUTO;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		alert.webhook = cases[i].address;
		assert_int_equal(alert_format_of(&alert), cases[i].format);
	}
}

static void head_is(const char *event, const char *target, const char *counts)
{
	struct alert_letter *letter = alert_letter_new(&fixture.config, &alert, &batch, "1");
	json_t *object = json_loads(letter->json, 0, NULL);

	assert_string_equal(letter->facts[FACT_EVENT] + strlen("WEBMON_EVENT="), event);
	assert_string_equal(letter->facts[FACT_TARGET] + strlen("WEBMON_TARGET="), target);
	assert_string_equal(json_string_value(json_object_get(object, "event")), event);
	assert_string_equal(json_string_value(json_object_get(object, "target")), target);
	assert_non_null(strstr(letter->facts[FACT_MESSAGE], counts));
	json_decref(object);
	alert_letter_free(letter);
}

static void the_head_of_a_message_is_its_gravest_event(void **state)
{
	(void)state;
	verdict_put(0, STATE_UP, NULL);
	say(EVENT_CERT, 1);
	say(EVENT_SLOW, 1);
	say(EVENT_DOWN, 0);
	assert_int_equal(taken(), 3);
	head_is("down", "checkout-api", "webmon: 3 events: 1 down, 1 slow, 1 cert\n");
}

static void what_is_over_in_the_same_message_is_not_its_head(void **state)
{
	(void)state;
	say(EVENT_DOWN, 0);
	say(EVENT_UP, 0);
	assert_int_equal(taken(), 2);
	head_is("up", "checkout-api", "webmon: 2 events: 1 down, 1 up\n");
	say(EVENT_CERT, 1);
	say(EVENT_DOWN, 0);
	say(EVENT_UP, 0);
	assert_int_equal(taken(), 3);
	head_is("cert", "search", "webmon: 3 events: 1 down, 1 up, 1 cert\n");
	say(EVENT_DOWN, 0);
	assert_int_equal(taken(), 1);
	say(EVENT_UP, 0);
	say(EVENT_DOWN, 0);
	assert_int_equal(taken(), 2);
	head_is("down", "checkout-api", "webmon: 2 events: 1 down, 1 up\n");
}

/* ---- memory ---- */

static void memory_goes_there_and_back(void **state)
{
	struct alert_member member = {.alert = &alert, .rule = rule};
	struct told told = {0};
	char *text;

	(void)state;
	say(EVENT_DOWN, 0);
	text = alert_memory_write(&member, 1);
	renew();
	member.rule = rule;
	assert_true(alert_memory_read(text, &member, 1));
	alert_rule_each_told(rule, note, &told);
	assert_int_equal(told.count, 1);
	free(text);
}

static void what_is_gathered_goes_there_and_back(void **state)
{
	struct alert_member member = {.alert = &alert, .rule = rule};
	struct alert_entry before[3];
	char *text;

	(void)state;
	say(EVENT_SELF, UINT32_MAX);
	say(EVENT_DOWN, 1);
	pass(1000);
	say(EVENT_UP, 1);
	text = alert_memory_write(&member, 1);
	assert_int_equal(taken(), 3);
	memcpy(before, batch.entries, sizeof before);
	renew();
	member.rule = rule;
	assert_true(alert_memory_read(text, &member, 1));
	pass(2000);
	assert_true(alert_rule_is_due(rule, false));
	assert_int_equal(taken(), 3);
	for (size_t i = 0; i < 3; i++) {
		const struct alert_entry *a = &before[i], *b = &batch.entries[i];

		assert_int_equal(a->word, b->word);
		assert_int_equal(a->kind, b->kind);
		assert_int_equal(a->over, b->over);
		assert_int_equal(a->target, b->target);
		assert_int_equal(a->at_ms, b->at_ms);
		assert_int_equal(a->since_ms, b->since_ms);
		assert_int_equal(a->length_ms, b->length_ms);
		assert_int_equal(a->cls, b->cls);
		assert_int_equal(a->state, b->state);
		assert_int_equal(a->previous, b->previous);
		assert_string_equal(a->detail, b->detail);
	}
	free(text);
}

static void a_damaged_memory_is_refused(void **state)
{
	static const char *const texts[] = {
		"", "{}", "[]", "nonsense", "{\"schema\":2}", "{\"schema\":1,\"told\":7,\"letters\":\"x\"}",
		"{\"schema\":1,\"told\":[{}, 7, {\"alert\":\"pager\",\"target\":3,\"event\":\"down\"}],"
		"\"letters\":[{}, {\"alert\":\"pager\",\"way\":\"webhook\"}, null]}",
		"{\"schema\":1,\"waiting\":[{}, 7, {\"alert\":\"pager\",\"target\":\"gone\",\"event\":\"down\","
		"\"kind\":\"down\"}, {\"alert\":\"pager\",\"target\":\"search\",\"event\":\"x\",\"kind\":\"down\"}]}",
	};
	struct alert_member member = {.alert = &alert, .rule = rule};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_int_equal(alert_memory_read(texts[i], &member, 1), i >= 5);
	alert_rule_tick(rule);
	assert_int_equal(taken(), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest alerts[] = {
		TEST(an_outage_is_told_once_and_its_end_once),
		TEST(an_end_of_what_was_not_told_is_not_told),
		TEST(only_what_is_asked_for_is_told),
		TEST(maintenance_holds_back_and_what_lasts_is_told_after_it),
		TEST(flapping_is_told_once_and_downs_only_when_it_is_over),
		TEST(it_is_repeated_until_somebody_knows),
		TEST(a_pause_ends_all_without_a_word),
		TEST(troubles_of_the_program_have_no_target),
		TEST(several_troubles_of_the_program_are_over_with_the_last),
		TEST(events_are_gathered_and_messages_keep_their_distance),
		TEST(all_events_are_named_and_the_text_stays_short),
		TEST(more_than_a_message_holds_go_into_another_at_once),
		TEST(what_nobody_takes_is_thinned_out_to_what_stands),
		TEST(a_restart_does_not_tell_again_but_tells_the_end),
		TEST(what_ended_while_nobody_looked_is_told_once_it_is_sure),
		TEST(without_events_the_verdicts_tell),
		TEST(what_stands_at_the_start_is_told_once_it_was_checked_again),
		TEST(what_was_told_before_the_start_is_not_told_for_standing),
		TEST(what_burns_or_flaps_is_not_told_anew_but_its_end_is),
		TEST(what_flapped_before_and_is_down_now_is_told_down),
		TEST(json_has_the_facts_that_scripts_rely_on),
		TEST(the_end_of_flapping_is_said_once),
		TEST(chats_get_no_marks_of_their_own_from_a_server),
		TEST(the_shape_goes_by_the_address),
		TEST(the_head_of_a_message_is_its_gravest_event),
		TEST(what_is_over_in_the_same_message_is_not_its_head),
		TEST(memory_goes_there_and_back),
		TEST(what_is_gathered_goes_there_and_back),
		TEST(a_damaged_memory_is_refused),
	};

	return cmocka_run_group_tests(alerts, NULL, NULL);
}
