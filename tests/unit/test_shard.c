/*
 * model/shard: every target has one recorder, all recorders carry alike, and one more of them takes only its own share.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text.h"
#include "model/config.h"
#include "model/shard.h"

#define NAMES 20000

static const char *name_of(char out[40], unsigned i)
{
	text_format(out, 40, i % 2 ? "shop-%u" : "https://host%u.example.com/health", i);
	return out;
}

static void well_written_shards_are_read(void **state)
{
	static const struct {
		const char *text;
		unsigned number, count;
	} good[] = {{"1/1", 1, 1}, {"2/5", 2, 5}, {"1000/1000", 1000, 1000}};
	struct shard_place shard;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_true(shard_parse(good[i].text, &shard));
		assert_int_equal(shard.number, good[i].number);
		assert_int_equal(shard.count, good[i].count);
	}
}

static void everything_else_is_refused(void **state)
{
	static const char *const wrong[] = {"",	   "1",	   "/",	  "1/",	 "/2",	 "0/2",	   "3/2",
					    "-1/2", "1/0", "1/2/3", "a/b", "1/1001", "1 of 2", "99999999999/2"};
	struct shard_place shard;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_false(shard_parse(wrong[i], &shard));
}

static void every_target_has_one_recorder(void **state)
{
	char name[40];

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		unsigned owners = 0;

		for (unsigned number = 1; number <= 7; number++)
			owners += shard_has(&(struct shard_place){number, 7}, name_of(name, i));
		assert_int_equal(owners, 1);
	}
	assert_true(shard_has(&(struct shard_place){0, 0}, "anything"));
	assert_int_equal(shard_of("anything", 1), 1);
}

static void recorders_carry_alike(void **state)
{
	(void)state;
	for (unsigned count = 2; count <= 100; count = count * 3 - 1) {
		unsigned load[101] = {0}, least = NAMES, most = 0;
		char name[40];

		for (unsigned i = 0; i < NAMES; i++)
			load[shard_of(name_of(name, i), count)]++;
		for (unsigned k = 1; k <= count; k++) {
			least = load[k] < least ? load[k] : least;
			most = load[k] > most ? load[k] : most;
		}
		/* five standard deviations of a fair draw */
		double share = (double)NAMES / count, room = 5 * share / 10;
		room = share > 2500 ? share * 0.1 : room;
		assert_true(least > share - room && most < share + room);
		printf("# figure: %u targets on %u recorders: %u to %u each\n", NAMES, count, least, most);
	}
}

static void one_more_recorder_takes_its_share_and_moves_nothing_else(void **state)
{
	(void)state;
	for (unsigned count = 1; count <= 64; count *= 4) {
		unsigned moved = 0;
		char name[40];

		for (unsigned i = 0; i < NAMES; i++) {
			unsigned before = shard_of(name_of(name, i), count);
			unsigned after = shard_of(name, count + 1);

			if (before == after)
				continue;
			assert_int_equal(after, count + 1);
			moved++;
		}
		double share = (double)NAMES / (count + 1);
		assert_true(moved > share * 0.7 && moved < share * 1.3);
		printf("# figure: %u to %u recorders: %.1f %% of the targets move, %.1f %% is the new one's share\n",
		       count, count + 1, 100.0 * moved / NAMES, 100.0 / (count + 1));
	}
}

/* What a configuration keeps of a shard. */
static size_t targets_of(const char *shard, char *last)
{
	static const char text[] = "[target a]\nurl=http://a/\n[target b]\nurl=http://b/\n"
				   "[target c]\nurl=http://c/\n[target d]\nurl=http://d/\n";
	static const char *const words[] = {"a", "b", "c", "d", "http://e/", "http://f/"};
	struct config_request request = {
		.file = "f.ini", .text = text, .words = words, .word_count = 6, .shard = shard};
	struct errors errors = {0};
	struct config *config = config_load(&request, &errors);
	size_t count = config ? config->target_count : 0;

	text_copy(last, 300, errors.count ? errors.items[errors.count - 1].text : "");
	errors_free(&errors);
	if (config)
		config_free(config);
	return count;
}

static void a_configuration_is_split_without_loss(void **state)
{
	char last[300];

	(void)state;
	assert_int_equal(targets_of(NULL, last), 6);
	assert_int_equal(targets_of("1/2", last) + targets_of("2/2", last), 6);
	assert_int_equal(targets_of("2/2x", last), 0);
	assert_string_equal(last, "--shard must be I/N, the number of this recorder and how many there are, up to "
				  "1000, such as 2/5; got '2/2x'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(well_written_shards_are_read),
		cmocka_unit_test(everything_else_is_refused),
		cmocka_unit_test(every_target_has_one_recorder),
		cmocka_unit_test(recorders_carry_alike),
		cmocka_unit_test(one_more_recorder_takes_its_share_and_moves_nothing_else),
		cmocka_unit_test(a_configuration_is_split_without_loss),
	};

	return cmocka_run_group_tests_name("shard", tests, NULL, NULL);
}
