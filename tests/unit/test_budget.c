/* Error budgets: what a person may write, what is left, how fast it burns, and when that is told.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/judge.h"

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

static const struct target monthly = {
	.name = "a", .interval_ms = 5000, .objective = 0.999, .slo_window_ms = 30 * DAY};

/* All windows known in full, a share of each failed. */
static void fill(const struct target *target, double bad, struct budget_span spans[BUDGET_SPANS])
{
	for (unsigned i = 0; i < BUDGET_SPANS; i++) {
		spans[i].known_ms = budget_span_ms(target, i);
		spans[i].bad_ms = (int64_t)((double)spans[i].known_ms * bad);
	}
}

static bool near(float value, double wanted)
{
	return fabs((double)value - wanted) < 0.01 * fabs(wanted) + 1e-6;
}

static void reads_what_a_person_writes(void **state)
{
	static const struct {
		const char *text;
		double objective;
		int64_t window_ms; /* 0: refused */
	} cases[] = {
		{"99.9% / 30d", 0.999, 30 * DAY},
		{"99.9% 30d", 0.999, 30 * DAY},
		{"99.9%", 0.999, 30 * DAY},
		{"99%/7d", 0.99, 7 * DAY},
		{"99.99 % / 24h", 0.9999, DAY},
		{"50% / 1d", 0.5, DAY},
		{"99.9999% / 30d", 0.999999, 30 * DAY},
		{"99.99991% / 30d", 0, 0},
		{"99.9", 0, 0},
		{"0.999 / 30d", 0, 0},
		{"100% / 30d", 0, 0},
		{"12% / 30d", 0, 0},
		{"99.9% / 31d", 0, 0},
		{"99.9% / 1h", 0, 0},
		{"99.9% / month", 0, 0},
		{"% / 30d", 0, 0},
		{"99.9% / 30d / 2", 0, 0},
		{"", 0, 0},
		{"99.9999999999999999999999999% / 30d", 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		double objective = 0;
		int64_t window_ms = 0;
		bool fine = budget_parse(cases[i].text, &objective, &window_ms);

		if (fine != (cases[i].window_ms > 0))
			fail_msg("'%s' was %s", cases[i].text, fine ? "taken" : "refused");
		if (!fine)
			continue;
		assert_true(near((float)objective, cases[i].objective));
		assert_true(window_ms == cases[i].window_ms);
	}
}

static void nothing_known_is_no_budget(void **state)
{
	struct budget_span spans[BUDGET_SPANS] = {{0, 0}};
	struct target without = monthly;
	struct budget budget = {.burning = true};

	(void)state;
	budget_assess(&budget, &monthly, spans);
	assert_false(budget.known);
	assert_false(budget.burning);
	without.slo_window_ms = 0;
	spans[0] = (struct budget_span){HOUR, 0};
	budget_assess(&budget, &without, spans);
	assert_false(budget.known);
	for (unsigned i = 0; i < BUDGET_SPANS; i++)
		assert_true(budget_span_ms(&without, i) == 0);
}

static void tells_what_is_left(void **state)
{
	static const struct {
		double bad, left;
	} cases[] = {{0, 1}, {0.0005, 0.5}, {0.001, 0}, {0.003, -2}};
	struct budget_span spans[BUDGET_SPANS];
	struct budget budget = {0};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		fill(&monthly, cases[i].bad, spans);
		budget_assess(&budget, &monthly, spans);
		assert_true(budget.known);
		assert_true(fabs((double)budget.left - cases[i].left) < 0.001);
		assert_true(near(budget.coverage, 1));
		assert_true(near(budget.objective, 0.999));
	}
}

/* A tenth of the time was watched: what was not is neither up nor down. */
static void unknown_time_is_neither_up_nor_down(void **state)
{
	struct budget_span spans[BUDGET_SPANS];
	struct budget budget = {0};

	(void)state;
	fill(&monthly, 0, spans);
	spans[0] = (struct budget_span){3 * DAY, 3 * DAY / 2000};
	budget_assess(&budget, &monthly, spans);
	assert_true(near(budget.left, 0.5));
	assert_true(near(budget.coverage, 0.1));
	spans[2] = (struct budget_span){0, 0};
	budget_assess(&budget, &monthly, spans);
	assert_true(budget.burn_short < 0);
	assert_true(budget.burn_long == 0);
}

/* Index of long and short window of each pair, and its limit for 30 days. */
static const double limits[BUDGET_PAIRS] = {14.4, 6, 1};

static void an_alarm_needs_both_windows(void **state)
{
	struct budget_span spans[BUDGET_SPANS];

	(void)state;
	for (unsigned pair = 0; pair < BUDGET_PAIRS; pair++) {
		for (unsigned which = 0; which < 4; which++) {
			struct budget budget = {0};

			fill(&monthly, 0, spans);
			for (unsigned k = 0; k < 2; k++) {
				struct budget_span *span = &spans[1 + 2 * pair + k];
				double burn = limits[pair] * (which >> k & 1 ? 1.1 : 0.9);

				span->bad_ms = (int64_t)((double)span->known_ms * burn / 1000);
			}
			budget_assess(&budget, &monthly, spans);
			assert_int_equal(budget.burning, which == 3);
			if (which != 3)
				continue;
			assert_true(near(budget.burn_long, limits[pair] * 1.1));
			assert_true(near(budget.burn_short, limits[pair] * 1.1));
			assert_true(budget.long_ms == budget_span_ms(&monthly, 1 + 2 * pair));
			assert_true(budget.short_ms == budget_span_ms(&monthly, 2 + 2 * pair));
		}
	}
}

static void a_single_failed_check_is_no_alarm(void **state)
{
	struct target slow = monthly;
	struct budget_span spans[BUDGET_SPANS];
	struct budget budget = {0};

	(void)state;
	slow.interval_ms = MINUTE;
	fill(&slow, 0, spans);
	for (unsigned i = 0; i < BUDGET_SPANS; i++)
		spans[i].bad_ms = MINUTE;
	budget_assess(&budget, &slow, spans);
	assert_false(budget.burning);
	for (unsigned i = 0; i < BUDGET_SPANS; i++)
		spans[i].bad_ms = 2 * MINUTE;
	budget_assess(&budget, &slow, spans);
	assert_true(budget.burning);
}

static void what_is_not_known_burns_nothing(void **state)
{
	struct budget_span spans[BUDGET_SPANS];
	struct budget budget = {0};

	(void)state;
	fill(&monthly, 0, spans);
	/* three minutes watched, 20 s of them failed: 111 times too fast, but not for an hour */
	spans[1] = spans[2] = spans[3] = spans[4] = spans[5] = spans[6] =
		(struct budget_span){3 * MINUTE, 20000};
	budget_assess(&budget, &monthly, spans);
	assert_true(near(budget.burn_long, 111.1));
	assert_false(budget.burning);
	/* all of them: that is budget enough for an alarm */
	for (unsigned i = 1; i < BUDGET_SPANS; i++)
		spans[i].bad_ms = 3 * MINUTE;
	budget_assess(&budget, &monthly, spans);
	assert_true(budget.burning);
}

static void short_objectives_have_fewer_pairs(void **state)
{
	struct target daily = monthly;
	struct budget_span spans[BUDGET_SPANS];
	struct budget budget = {0};

	(void)state;
	daily.slo_window_ms = DAY;
	assert_true(budget_span_ms(&daily, 0) == DAY);
	assert_true(budget_span_ms(&daily, 1) == HOUR);
	assert_true(budget_span_ms(&daily, 3) == 0);
	assert_true(budget_span_ms(&daily, 5) == 0);
	fill(&daily, 0.0009, spans);
	budget_assess(&budget, &daily, spans);
	assert_false(budget.burning);
	fill(&daily, 0.01, spans);
	budget_assess(&budget, &daily, spans);
	assert_true(budget.burning);
}

/* ---- in the judge ---- */

struct bench {
	struct judge judge;
	struct verdict verdict;
	struct judgement out;
	int64_t now_ms;
	unsigned begun, over;
};

static void look(struct bench *bench, double bad)
{
	struct budget_span spans[BUDGET_SPANS];

	fill(&monthly, bad, spans);
	bench->now_ms += MINUTE;
	judge_budget(&bench->judge, &monthly, spans, bench->now_ms, &bench->verdict, &bench->out);
	for (size_t i = 0; i < bench->out.event_count; i++) {
		bench->begun += bench->out.events[i].kind == EVENT_BURN;
		bench->over += bench->out.events[i].kind == EVENT_BURN_OVER;
	}
}

static void the_budget_is_told_as_it_was_written(void **state)
{
	const struct target strict = {
		.name = "a", .interval_ms = 5000, .objective = 0.99995, .slo_window_ms = 30 * DAY};
	struct budget_span spans[BUDGET_SPANS];
	struct bench bench = {.now_ms = DAY};

	(void)state;
	judge_init(&bench.judge, &bench.verdict);
	fill(&strict, 0.02, spans);
	judge_budget(&bench.judge, &strict, spans, bench.now_ms, &bench.verdict, &bench.out);
	assert_int_equal(bench.out.incident_count, 1);
	assert_non_null(strstr(bench.out.incidents[0].detail, " of 0.005 % in 30 d"));
}

static void an_incident_from_the_alarm_to_its_end(void **state)
{
	struct bench bench = {.now_ms = DAY};

	(void)state;
	judge_init(&bench.judge, &bench.verdict);
	look(&bench, 0.0001);
	assert_int_equal(bench.begun, 0);
	assert_int_equal(bench.out.incident_count, 0);
	look(&bench, 0.02);
	assert_int_equal(bench.begun, 1);
	assert_int_equal(bench.out.incidents[0].kind, INCIDENT_BURN);
	assert_string_equal(bench.out.incidents[0].result, "BUDGET");
	assert_string_equal(
		bench.out.incidents[0].detail,
		"burning 20× over 3 d, 20× over 6 h; overspent by 1900 % of 0.1 % in 30 d");
	assert_string_equal(bench.out.events[0].detail, bench.out.incidents[0].detail);
	look(&bench, 0.03);
	assert_int_equal(bench.begun, 1);
	assert_int_equal(bench.out.incident_count, 1);
	/* four fifths of the last pair's limit: it goes on, and ends below */
	look(&bench, 0.0009);
	assert_int_equal(bench.over, 0);
	look(&bench, 0.0007);
	assert_int_equal(bench.over, 1);
	assert_true(bench.out.incidents[0].closed_ms == bench.now_ms);
	assert_string_equal(bench.out.incidents[0].detail, "after 3m 00s");
	look(&bench, 0.0009);
	assert_int_equal(bench.begun, 1);
}

static void maintenance_and_pause_tell_nothing(void **state)
{
	struct bench bench = {.now_ms = DAY};

	(void)state;
	judge_init(&bench.judge, &bench.verdict);
	bench.verdict.maintenance = true;
	look(&bench, 0.02);
	assert_int_equal(bench.begun, 0);
	assert_true(bench.verdict.budget.burning);
	bench.verdict.maintenance = false;
	judge_pause(&bench.judge, true, bench.now_ms, &bench.verdict, &bench.out);
	look(&bench, 0.02);
	assert_int_equal(bench.begun, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_a_person_writes),
		cmocka_unit_test(nothing_known_is_no_budget),
		cmocka_unit_test(tells_what_is_left),
		cmocka_unit_test(unknown_time_is_neither_up_nor_down),
		cmocka_unit_test(an_alarm_needs_both_windows),
		cmocka_unit_test(a_single_failed_check_is_no_alarm),
		cmocka_unit_test(what_is_not_known_burns_nothing),
		cmocka_unit_test(short_objectives_have_fewer_pairs),
		cmocka_unit_test(an_incident_from_the_alarm_to_its_end),
		cmocka_unit_test(the_budget_is_told_as_it_was_written),
		cmocka_unit_test(maintenance_and_pause_tell_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
