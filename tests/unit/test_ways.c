/*
 * model/ways: what fails by one way is not made good by another; cold and warm answers are compared
 * by what they share.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/judge.h"
#include "model/ways.h"

static struct target target = {
	.ip = WISH_IP_BOTH, .down_after = {.count = 2}, .up_after = 1, .load = "off"};
static struct target kept = {.keepalive = WISH_COLD_AND_WARM, .load = "on"};

static struct sample sample_of(enum probe_class cls, unsigned flags)
{
	struct sample sample = sample_blank(1000);

	sample.cls = cls;
	sample.flags = (uint8_t)flags;
	sample.status = cls == CLASS_OK ? 200 : 0;
	sample.total_us = 1000;
	return sample;
}

static bool note(struct ways *ways, enum probe_class cls, unsigned flags)
{
	struct sample sample = sample_of(cls, flags);

	return ways_note(ways, &target, &sample);
}

static void an_answer_by_another_way_settles_nothing(void **state)
{
	struct ways ways = {{0}};

	(void)state;
	assert_false(note(&ways, CLASS_OK, 0));
	assert_false(note(&ways, CLASS_REFUSED, SAMPLE_IPV6));
	assert_true(note(&ways, CLASS_OK, 0));
	assert_false(note(&ways, CLASS_OK, SAMPLE_IPV6));
	assert_false(note(&ways, CLASS_OK, 0));
}

static void a_way_not_gone_any_more_is_forgotten(void **state)
{
	struct ways ways = {{0}};
	int held = 0;

	(void)state;
	note(&ways, CLASS_REFUSED, SAMPLE_IPV6);
	while (note(&ways, CLASS_OK, 0))
		assert_true(++held < 20);
	assert_int_equal(held, WAYS_FORGET - 1);
}

static void one_family_down_is_one_incident_until_it_is_back(void **state)
{
	static const struct {
		enum probe_class cls;
		unsigned flags;
		enum state state;
		enum probe_class shown;
	} steps[] = {
		{CLASS_OK, 0, STATE_UP, CLASS_OK},
		{CLASS_REFUSED, SAMPLE_IPV6, STATE_UP, CLASS_REFUSED},
		{CLASS_OK, 0, STATE_UP, CLASS_REFUSED},
		{CLASS_REFUSED, SAMPLE_IPV6, STATE_DOWN, CLASS_REFUSED},
		{CLASS_OK, 0, STATE_DOWN, CLASS_REFUSED},
		{CLASS_OK, SAMPLE_IPV6, STATE_UP, CLASS_OK},
	};
	struct judgement judgement;
	struct verdict verdict;
	struct judge judge;
	unsigned ups = 0, failed = 0;

	(void)state;
	judge_init(&judge, &verdict);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct sample sample = sample_of(steps[i].cls, steps[i].flags);

		sample.at_ms = 1000 * (int64_t)(i + 1);
		judge_sample(&judge, &target, &sample, steps[i].cls ? "IPv6: refused" : "",
			     &verdict, &judgement);
		assert_int_equal(verdict.state, steps[i].state);
		assert_int_equal(verdict.cls, steps[i].shown);
		assert_string_equal(verdict.detail, steps[i].shown ? "IPv6: refused" : "");
		for (size_t k = 0; k < judgement.event_count; k++) {
			ups += judgement.events[k].kind == EVENT_UP;
			failed += judgement.events[k].kind == EVENT_FAILED;
		}
	}
	assert_int_equal(ups, 1);
	assert_int_equal(failed, 1);
}

static struct sample answer(bool warm)
{
	struct sample sample = sample_blank(0);

	if (warm)
		sample.flags = SAMPLE_REUSED;
	else
		sample.phase_us[PHASE_CONNECT] = 10000;
	if (!warm)
		sample.phase_us[PHASE_TLS] = 30000;
	sample.phase_us[PHASE_WAIT] = 20000;
	sample.status = 200;
	sample.total_us = warm ? 20000 : 60000;
	return sample;
}

static void cold_and_warm_are_compared_by_what_they_share(void **state)
{
	struct sample cold = answer(false), warm = answer(true);

	(void)state;
	cold = ways_comparable(&kept, &cold);
	warm = ways_comparable(&kept, &warm);
	assert_int_equal(cold.total_us, 20000);
	assert_int_equal(warm.total_us, 20000);
	assert_int_equal(cold.phase_us[PHASE_TLS], ABSENT_US);
	assert_int_equal(cold.phase_us[PHASE_CONNECT], 10000);
	warm = answer(true);
	assert_false(ways_is_usual(&kept, &warm));
	assert_true(ways_is_usual(&target, &warm));
}

/* Five minutes of cold and warm in turn: cold answers take three times as long, and nothing is
 * loaded. */
static void cold_among_warm_is_no_load(void **state)
{
	struct judgement judgement;
	struct verdict verdict;
	struct judge judge;

	(void)state;
	kept.interval_ms = 1000;
	kept.timeout_ms = 10000;
	kept.down_after.count = 2;
	judge_init(&judge, &verdict);
	for (int i = 0; i < 300; i++) {
		struct sample sample = answer(i % 2);

		sample.at_ms = 1000 * (int64_t)(i + 1);
		sample.phase_us[PHASE_WAIT] += i * 7919 % 3000;
		sample.total_us += i * 7919 % 3000;
		judge_sample(&judge, &kept, &sample, "", &verdict, &judgement);
		assert_true(verdict.load.level <= LOAD_CALM);
	}
	assert_int_equal(verdict.load.level, LOAD_CALM);
	/* And a real load is still seen. */
	for (int i = 300; i < 340; i++) {
		struct sample sample = answer(i % 2);

		sample.at_ms = 1000 * (int64_t)(i + 1);
		sample.phase_us[PHASE_WAIT] += 200000;
		sample.total_us += 200000;
		judge_sample(&judge, &kept, &sample, "", &verdict, &judgement);
	}
	assert_true(verdict.load.level >= LOAD_ELEVATED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_by_another_way_settles_nothing),
		cmocka_unit_test(a_way_not_gone_any_more_is_forgotten),
		cmocka_unit_test(one_family_down_is_one_incident_until_it_is_back),
		cmocka_unit_test(cold_and_warm_are_compared_by_what_they_share),
		cmocka_unit_test(cold_among_warm_is_no_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
