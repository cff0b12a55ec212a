/*
 * base/mem, base/arena, base/list, base/error, base/clock: growing, giving up, collecting.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"

static void a_list_grows_one_by_one(void **state)
{
	int *list = NULL;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		list = x_grow(list, i, sizeof(*list));
		list[i] = (int)i;
	}
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(list[i], i);
	free(list);
}

static void nothing_asked_is_still_memory(void **state)
{
	void *none = x_malloc(0), *some = x_calloc(0, 8);

	(void)state;
	assert_non_null(none);
	assert_non_null(some);
	none = x_realloc(none, 0);
	assert_non_null(none);
	free(none);
	free(some);
}

static void write_mark(void)
{
	assert_int_equal(write(STDERR_FILENO, "restored\n", 9), 9);
}

/* What a child that gives up leaves behind: its status and its last words. */
static int last_words(char *words, size_t capacity)
{
	int ends[2], status;

	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		fatal_set_hook(write_mark);
		fatal("no room for %d things", 7);
	}
	close(ends[1]);
	ssize_t size = read(ends[0], words, capacity - 1), more = 0;
	for (; size > 0 && (more = read(ends[0], words + size, capacity - 1 - (size_t)size)) > 0;)
		size += more;
	words[size > 0 ? size : 0] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void giving_up_restores_the_terminal_first(void **state)
{
	char words[200];

	(void)state;
	assert_int_equal(last_words(words, sizeof(words)), 3);
	assert_string_equal(words, "restored\nwebmon: no room for 7 things\n");
}

static void an_arena_gives_aligned_zeroed_memory(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t size = 1; size < 200000; size = size * 3 + 1) {
		char *text = arena_text(arena, "odd");
		unsigned char *memory = arena_alloc(arena, size);

		assert_string_equal(text, "odd");
		assert_int_equal((uintptr_t)memory % sizeof(long double), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(memory[i], 0);
		memset(memory, 0xff, size);
	}
	assert_string_equal(arena_slice(arena, "abcdef", 3), "abc");
	arena_free(arena);
	arena_free(NULL);
}

static void a_copy_of_a_list_grows_by_itself(void **state)
{
	struct arena *arena = arena_new();
	struct text_list list = { .items = NULL };

	(void)state;
	for (int i = 0; i < 5; i++)
		text_list_append(arena, &list, "base");
	struct text_list one = text_list_copy(arena, &list), two = text_list_copy(arena, &list);
	for (int i = 0; i < 40; i++) {
		text_list_append(arena, &one, "one");
		text_list_append(arena, &two, "two");
	}
	assert_int_equal(list.count, 5);
	assert_int_equal(one.count, 45);
	assert_string_equal(one.items[4], "base");
	assert_string_equal(one.items[44], "one");
	assert_false(text_list_has(&one, "two"));
	assert_true(text_list_has(&two, "two"));
	arena_free(arena);
}

static void messages_are_clean_and_say_where(void **state)
{
	struct errors errors = { 0 };
	char *text, longest[5000];
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	error_add(&errors, "a\033.ini", 3, "bad '%s'", "\033[2J\n");
	error_warn(&errors, "b.ini", 0, "odd");
	error_warn(&errors, NULL, 0, "odd");
	error_add(&errors, NULL, 0, "wrong");
	assert_int_equal(errors.count, 4);
	assert_int_equal(errors.fatal, 2);
	errors_print(&errors, out);
	fclose(out);
	assert_string_equal(text, "a\\x1b.ini:3: bad '\\x1b[2J '\nb.ini: warning: odd\nwebmon: warning: odd\n"
				  "webmon: wrong\n");
	free(text);
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	error_add(&errors, longest, 1, "%s", longest);
	assert_true(strlen(errors.items[4].text) < sizeof(longest));
	errors_free(&errors);
	assert_int_equal(errors.count, 0);
}

static void clocks_stand_still_when_frozen(void **state)
{
	(void)state;
	clock_freeze(5000000, 1795357925123);
	assert_int_equal(clock_mono_us(), 5000000);
	assert_int_equal(clock_boot_us(), 5000000);
	assert_int_equal(clock_wall_ms(), 1795357925123);
	assert_int_equal(clock_wall_us(), 1795357925123000);
	clock_thaw();
	int64_t before = clock_mono_us();
	assert_true(clock_mono_us() >= before);
	assert_true(clock_boot_us() >= before);
	assert_true(clock_wall_ms() > 1700000000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_grows_one_by_one),
		cmocka_unit_test(nothing_asked_is_still_memory),
		cmocka_unit_test(giving_up_restores_the_terminal_first),
		cmocka_unit_test(an_arena_gives_aligned_zeroed_memory),
		cmocka_unit_test(a_copy_of_a_list_grows_by_itself),
		cmocka_unit_test(messages_are_clean_and_say_where),
		cmocka_unit_test(clocks_stand_still_when_frozen),
	};

	return cmocka_run_group_tests_name("mem", tests, NULL, NULL);
}
