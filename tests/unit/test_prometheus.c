/*
 * source/prometheus: replies cut into series as they come, series put together into probes, names for what was found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/text.h"
#include "source/prometheus/found.h"
#include "source/prometheus/point.h"
#include "source/prometheus/split.h"

/* ---- split ---- */

struct pieces {
	char text[4096];
	size_t count, stop_after;
};

static bool take_piece(void *user, const char *text, size_t size)
{
	struct pieces *pieces = user;
	size_t at = strlen(pieces->text);

	text_format(pieces->text + at, sizeof(pieces->text) - at, "%.*s|", (int)size, text);
	return ++pieces->count != pieces->stop_after;
}

/* Feeds the text in parts of `part` bytes; the head goes to head. */
static bool feed(const char *text, size_t part, struct pieces *pieces, char head[4096])
{
	struct split split;
	size_t size = strlen(text);
	bool good = true;

	split_init(&split, take_piece, pieces);
	for (size_t at = 0; at < size && good; at += part)
		good = split_feed(&split, text + at, size - at < part ? size - at : part);
	text_format(head, 4096, "%.*s", (int)split.head.size, split.head.bytes ? split.head.bytes : "");
	split_fini(&split);
	return good;
}

static void a_reply_is_cut_into_series_wherever_its_parts_end(void **state)
{
	static const char reply[] =
		"{\"status\":\"success\",\"warnings\":[\"{]\\\"\"],\"data\":{\"resultType\":\"matrix\",\"result\":["
		"{\"metric\":{\"a\":\"}]\\\"{\"},\"values\":[[1,\"2\"]]} ,\n{\"metric\":{},\"values\":[]}],"
		"\"stats\":{\"x\":[1,2]}}}";

	(void)state;
	for (size_t part = 1; part < sizeof(reply); part++) {
		struct pieces pieces = {.stop_after = 0};
		char head[4096];

		assert_true(feed(reply, part, &pieces, head));
		assert_string_equal(pieces.text, "{\"metric\":{\"a\":\"}]\\\"{\"},\"values\":[[1,\"2\"]]}|"
						 "{\"metric\":{},\"values\":[]}|");
		json_t *root = json_loads(head, 0, NULL);
		assert_non_null(root);
		assert_int_equal(json_array_size(json_object_get(json_object_get(root, "data"), "result")), 0);
		json_decref(root);
	}
}

static void a_number_for_result_stays_in_the_head(void **state)
{
	struct pieces pieces = {.stop_after = 0};
	char head[4096];

	(void)state;
	assert_true(feed("{\"data\":{\"result\":[1.5,\"2\"]}}", 3, &pieces, head));
	assert_string_equal(head, "{\"data\":{\"result\":[1.5,\"2\"]}}");
}

static void reading_ends_where_it_is_too_much(void **state)
{
	struct pieces pieces = {.stop_after = 1};
	struct split split;
	char head[4096], block[4096];

	(void)state;
	assert_false(feed("]", 1, &pieces, head));
	assert_false(feed("{\"data\":{\"result\":[{},{}]}}", 64, &pieces, head));
	assert_int_equal(pieces.count, 1);
	memset(block, 'x', sizeof(block));
	split_init(&split, take_piece, &pieces);
	size_t fed = 0;
	while (split_feed(&split, block, sizeof(block)))
		fed += sizeof(block);
	assert_true(fed <= SPLIT_HEAD_MAX);
	split_fini(&split);
	split_init(&split, take_piece, &pieces);
	assert_true(split_feed(&split, "{\"data\":{\"result\":[{\"", 20));
	for (fed = 0; split_feed(&split, block, sizeof(block));)
		fed += sizeof(block);
	assert_true(fed <= SPLIT_SERIES_MAX);
	split_fini(&split);
}

/* Whatever comes, it ends and stays within its memory; the sanitizers watch. */
static void random_replies_get_an_answer(void **state)
{
	static const char *const words[] = {"{", "}", "[", "]", "\"", "\\", ",", ":", "1", "{\"data\":{\"result\":[", "\n"};

	(void)state;
	srand(7);
	for (int turn = 0; turn < 3000; turn++) {
		struct pieces pieces = {.stop_after = 20};
		char text[400] = "", head[4096];

		for (int i = rand() % 60; i > 0; i--) {
			size_t at = strlen(text);
			text_format(text + at, sizeof(text) - at, "%s",
				    words[(size_t)rand() % (sizeof words / sizeof words[0])]);
		}
		feed(text, 1 + (size_t)rand() % 9, &pieces, head);
	}
}

/* ---- points ---- */

static void take(struct points *points, const char *json, int64_t after_ms)
{
	json_t *root = json_loads(json, 0, NULL);
	struct series series = {.labels = json_object_get(root, "metric"), .values = json_object_get(root, "values")};

	assert_non_null(root);
	series.name = label(series.labels, "__name__");
	assert_non_null(metric_find(series.name));
	points_take(points, metric_find(series.name), &series, after_ms);
	json_decref(root);
}

static void series_of_one_time_make_one_probe(void **state)
{
	struct points points = {.items = NULL};

	(void)state;
	take(&points, "{\"metric\":{\"__name__\":\"probe_duration_seconds\"},\"values\":[[10,\"0.5\"],[15,\"0.25\"],[20,\"NaN\"]]}", 0);
	take(&points, "{\"metric\":{\"__name__\":\"probe_success\"},\"values\":[[5,\"1\"],[10,\"0\"],[15,\"1\"],[20,\"1\"]]}", 5000);
	take(&points, "{\"metric\":{\"__name__\":\"probe_http_duration_seconds\",\"phase\":\"processing\"},"
		      "\"values\":[[10,\"0.1\"],[15,\"0\"]]}", 5000);
	assert_int_equal(points.count, 3);
	for (size_t i = 0; i < points.count; i++)
		point_finish(&points.items[i], false);
	assert_int_equal(points.items[0].sample.at_ms, 10000);
	assert_int_equal(points.items[0].sample.cls, CLASS_UNREACHABLE);
	assert_true(points.items[0].inferred);
	assert_int_equal(points.items[0].sample.phase_us[PHASE_WAIT], 100000);
	assert_int_equal(points.items[1].sample.cls, CLASS_OK);
	assert_int_equal(points.items[1].sample.total_us, 250000);
	assert_int_equal(points.items[1].sample.phase_us[PHASE_WAIT], ABSENT_US);
	assert_false(points.items[2].judged); /* a good answer whose time is no number */
	points_free(&points);
}

static void the_recorders_class_goes_over_what_phases_tell(void **state)
{
	struct points points = {.items = NULL};

	(void)state;
	take(&points, "{\"metric\":{\"__name__\":\"probe_success\"},\"values\":[[10,\"0\"],[15,\"0\"],[20,\"1\"]]}", 5000);
	take(&points, "{\"metric\":{\"__name__\":\"probe_duration_seconds\"},\"values\":[[10,\"1\"],[15,\"1\"],[20,\"1\"]]}", 5000);
	take(&points, "{\"metric\":{\"__name__\":\"webmon_probe_class\",\"class\":\"refused\"},\"values\":[[5,\"1\"],[10,\"1\"]]}", 5000);
	take(&points, "{\"metric\":{\"__name__\":\"webmon_probe_class\",\"class\":\"timeout_tls\"},\"values\":[[15,\"1\"]]}", 5000);
	take(&points, "{\"metric\":{\"__name__\":\"webmon_probe_class\",\"class\":\"ok\"},\"values\":[[20,\"1\"]]}", 5000);
	take(&points, "{\"metric\":{\"__name__\":\"webmon_probe_class\",\"class\":\"nonsense\"},\"values\":[[15,\"1\"]]}", 5000);
	assert_int_equal(points.count, 3);
	for (size_t i = 0; i < points.count; i++)
		point_finish(&points.items[i], true);
	assert_int_equal(points.items[0].sample.cls, CLASS_REFUSED);
	assert_int_equal(points.items[1].sample.cls, CLASS_TIMEOUT_TLS);
	assert_int_equal(points.items[2].sample.cls, CLASS_OK);
	assert_false(points.items[0].inferred);
	points_free(&points);
}

static void metrics_are_asked_for_by_name_and_match(void **state)
{
	char out[SELECTOR_BYTES];
	static char long_match[SELECTOR_BYTES];

	(void)state;
	assert_true(metric_selector(out, PART_NAMES, ""));
	assert_string_equal(out, "{__name__=~\"probe_success|webmon_state\"}");
	assert_true(metric_selector(out, PART_PHASES, "job=\"web\""));
	assert_string_equal(out, "{__name__=~\"probe_http_duration_seconds\",job=\"web\"}");
	memset(long_match, 'x', sizeof(long_match) - 1);
	assert_false(metric_selector(out, PART_STATE, long_match));
}

/* ---- found ---- */

static void add(struct found *found, const char *labels)
{
	json_t *metric = json_loads(labels, 0, NULL), *values = json_loads("[[10,\"1\"],[25,\"1\"],[40,\"1\"]]", 0, NULL);

	assert_non_null(metric);
	found_add(found, &(struct series){.labels = metric, .values = values, .name = "probe_success"});
	json_decref(metric);
	json_decref(values);
}

static void rows_are_named_by_target_address_and_place(void **state)
{
	static const char *const labels[] = {
		"{\"target\":\"shop\",\"group\":\"web\",\"instance\":\"10.0.0.1:9469\",\"exported_instance\":\"https://shop/\",\"job\":\"w\"}",
		"{\"target\":\"pay\",\"location\":\"fra\",\"job\":\"w\"}",
		"{\"target\":\"pay\",\"location\":\"sin\",\"job\":\"w\"}",
		"{\"instance\":\"http://u:password@h:81/health?token=abcdefgh\",\"job\":\"b\"}",
		"{\"target\":\"pay\",\"location\":\"sin\",\"job\":\"w\",\"__name__\":\"webmon_state\"}",
		"{\"target\":\"twin\",\"x\":\"1\"}", "{\"target\":\"twin\",\"x\":\"2\"}", "{\"target\":\"twin #2\"}", "{}",
	};
	static const char *const wanted[] = {"/twin #1", "/twin #2", "/twin #2 #2", "/unnamed", "b/h:81/health", "w/pay @fra",
					     "w/pay @sin", "web/shop"};
	struct found *found = found_new();
	size_t count;

	(void)state;
	for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
		add(found, labels[i]);
	found_finish(found, 5000);
	const struct found_target *targets = found_targets(found, &count);
	assert_int_equal(count, sizeof wanted / sizeof wanted[0]);
	for (size_t i = 0; i < count; i++) {
		char name[200];

		text_format(name, sizeof(name), "%s/%s", targets[i].group, targets[i].name);
		assert_string_equal(name, wanted[i]);
		assert_int_equal(targets[i].interval_ms, 15000);
	}
	assert_string_equal(targets[7].url, "https://shop/");
	found_free(found);
}

static void more_targets_than_any_screen_takes_are_left_out(void **state)
{
	struct found *found = found_new();
	size_t count;

	(void)state;
	for (int i = 0; i < FOUND_MAX + 3; i++) {
		char labels[60];

		text_format(labels, sizeof(labels), "{\"target\":\"t%d\"}", i);
		add(found, labels);
	}
	found_finish(found, 5000);
	found_targets(found, &count);
	assert_int_equal(count, FOUND_MAX);
	assert_true(found_is_full(found));
	found_free(found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reply_is_cut_into_series_wherever_its_parts_end),
		cmocka_unit_test(a_number_for_result_stays_in_the_head),
		cmocka_unit_test(reading_ends_where_it_is_too_much),
		cmocka_unit_test(random_replies_get_an_answer),
		cmocka_unit_test(series_of_one_time_make_one_probe),
		cmocka_unit_test(the_recorders_class_goes_over_what_phases_tell),
		cmocka_unit_test(metrics_are_asked_for_by_name_and_match),
		cmocka_unit_test(rows_are_named_by_target_address_and_place),
		cmocka_unit_test(more_targets_than_any_screen_takes_are_left_out),
	};

	return cmocka_run_group_tests_name("prometheus", tests, NULL, NULL);
}
