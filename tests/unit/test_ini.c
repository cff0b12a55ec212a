/*
 * base/ini: entries come with the line they stand on, and whatever libinih would cut or misread is
 * refused by name and line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/ini.h"
#include "base/mem.h"
#include "base/text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What was read, one line each: "3 [section] name=value|value", "1 [section]". */
struct story {
	char text[4096];
};

static void tell(struct story *story, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void tell(struct story *story, const char *format, ...)
{
	size_t used = strlen(story->text);
	va_list values;

	va_start(values, format);
	(void)vsnprintf(story->text + used, sizeof(story->text) - used, format, values);
	va_end(values);
}

static void tell_entry(void *user, const struct ini_entry *entry)
{
	char value[2048];

	text_copy(value, sizeof(value), entry->value);
	for (char *c = value; *c != '\0'; c++)
		if (*c == '\n')
			*c = '|';
	tell(user, "%d [%s] %s=%s\n", entry->line, entry->section, entry->name, value);
}

static void tell_section(void *user, const char *section, int line)
{
	tell(user, "%d [%s]\n", line, section);
}

static bool is_text(void *user, const char *name)
{
	(void)user;
	return strcmp(name, "text") == 0;
}

static void tell_errors(struct story *story, struct errors *errors)
{
	for (size_t i = 0; i < errors->count; i++)
		tell(story, "! %s\n", errors->items[i].text);
	errors_free(errors);
}

static void read_story(struct story *story, const char *text)
{
	struct errors errors = { 0 };
	struct ini_reader reader = { .entry = tell_entry, .section = tell_section, .is_text = is_text, .user = story };

	story->text[0] = '\0';
	assert_true(ini_read_text("f.ini", text, &reader, &errors));
	tell_errors(story, &errors);
}

struct story_case {
	const char *text, *story;
};

static const struct story_case story_cases[] = {
	{ "", "" },
	{ "\n\n# only\n; comments\n", "" },
	{ "a = 1\n[s]\nb=2\n", "1 [] a=1\n2 [s]\n3 [s] b=2\n" },
	{ "[s]\nb = 2", "1 [s]\n2 [s] b=2\n" }, /* no newline at the end */
	{ "\xef\xbb\xbf[s]\r\nb = 2\r\n", "1 [s]\n2 [s] b=2\n" },
	{ "[ target a b ]  ; note\n", "1 [target a b]\n" },
	{ "[s]\nb = 2 ; note\nc = x;y\n", "1 [s]\n2 [s] b=2\n3 [s] c=x;y\n" },
	{ "[s]\nb: 2\nc = d = e\n", "1 [s]\n2 [s] b=2\n3 [s] c=d = e\n" },
	{ "[s]\nb =\nc = 1\n", "1 [s]\n2 [s] b=\n3 [s] c=1\n" },
	/* continuation */
	{ "[s]\nb = one\n  two\n\tthree = 3\nc = 4\n", "1 [s]\n2 [s] b=one|two|three = 3\n5 [s] c=4\n" },
	{ "[s]\nb =\n  one\n\n  # no\n  two ; note\n", "1 [s]\n2 [s] b=one|two\n" },
	{ "[s]\n  b = one\n  c = two\n    more\n", "1 [s]\n2 [s] b=one\n3 [s] c=two|more\n" },
	{ "[s]\nb = one\n[t]\n  c = 2\n", "1 [s]\n2 [s] b=one\n3 [t]\n4 [t] c=2\n" },
	{ "[s]\nb = one\n\n\n  two\n", "1 [s]\n2 [s] b=one|two\n" },
	{ "[s]\nb = 1\n+ = 2\n  3\n", "1 [s]\n2 [s] b=1\n3 [s] +=2|3\n" },
	/* a text's lines are its own */
	{ "[s]\ntext =\n\n  # one\n\n   \n  ; two ; three \n  [four]\n\n# note\n\nc = 1\n",
	  "1 [s]\n2 [s] text=# one|||; two ; three|[four]\n12 [s] c=1\n" },
	{ "[s]\n  text = a\n  # note\n    b ; c\n  ; note\n[t]\n  text = d\n\n", "1 [s]\n2 [s] text=a|b ; c\n6 [t]\n7 [t] text=d\n" },
	{ "[s]\ntext = ; note\n  a\n", "1 [s]\n2 [s] text=a\n" },
	{ "[s]\ntext = {\"q\": \"a ; b\"}\nb = 1\n",
	  "1 [s]\n2 [s] text={\"q\": \"a\n3 [s] b=1\n! f.ini:2: warning: text: what follows ' ;' is taken for a comment; to "
	  "keep it, begin the text in the next line, indented\n" },
	{ "[s]\ntext = a\n  \033\n  [b]\nc = 1\n",
	  "1 [s]\n5 [s] c=1\n! f.ini:3: the line holds the control character \\x1b; remove it\n" },
	/* mistakes */
	{ "[s\nb = 1\n[t]\nc = 2\n",
	  "3 [t]\n4 [t] c=2\n! f.ini:1: the section's name has no ']' at its end\n" },
	{ "[s] b = 1\n", "! f.ini:1: text after the section's ']'; put it on a line of its own\n" },
	{ "[]\n[ ]\n", "! f.ini:1: the section has no name, such as [target shop]\n"
			"! f.ini:2: the section has no name, such as [target shop]\n" },
	{ "[s]\nword\n  more\nc = 1\n",
	  "1 [s]\n4 [s] c=1\n! f.ini:2: the line is no [section], no 'name = value' and no comment (; or #)\n" },
	{ "[s]\nb ; = 1\nc = 2\n",
	  "1 [s]\n3 [s] c=2\n! f.ini:2: the line is no [section], no 'name = value' and no comment (; or #)\n" },
	{ "[s]\nc = 2\nb ; = 1",
	  "1 [s]\n2 [s] c=2\n! f.ini:3: the line is no [section], no 'name = value' and no comment (; or #)\n" },
	{ "[s]\n= 1\n", "1 [s]\n! f.ini:2: there is no name before the '='\n" },
	{ "[s]\nb = \033[31m\nc = 1\n",
	  "1 [s]\n3 [s] c=1\n! f.ini:2: the line holds the control character \\x1b; remove it\n" },
	{ "[s]\nb = 1\n  \xc2\x9b\nc = 1\n",
	  "1 [s]\n4 [s] c=1\n! f.ini:3: the line holds the control character \\x9b; remove it\n" },
	{ "[s]\nb = caf\xe9\nc = 1\n",
	  "1 [s]\n3 [s] c=1\n! f.ini:2: the line is not valid UTF-8; save the file as UTF-8\n" },
	{ "[s]\n; caf\xe9\nc = 1\n", "1 [s]\n3 [s] c=1\n" }, /* in a comment it harms nobody */
	{ "[caf\xe9]\nc = 1\n[s]\nd = 1\n",
	  "3 [s]\n4 [s] d=1\n! f.ini:1: the line is not valid UTF-8; save the file as UTF-8\n" },
	{ "[s]\nb = 1\rc = 2\n", "1 [s]\n! f.ini:2: the line holds the control character \\x0d; remove it\n" },
};

static void tells_entries_and_mistakes_with_their_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(story_cases); i++) {
		struct story story;

		read_story(&story, story_cases[i].text);
		assert_string_equal(story.text, story_cases[i].story);
	}
}

static void a_nul_is_refused_by_line(void **state)
{
	static const char bytes[] = "[s]\na = 1\0 2\nb = 2\n";
	struct story story = { .text = "" };
	struct errors errors = { 0 };
	struct ini_reader reader = { .entry = tell_entry, .user = &story };
	char path[] = "/tmp/test-ini-XXXXXX";
	int descriptor = mkstemp(path);

	(void)state;
	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, bytes, sizeof(bytes) - 1), sizeof(bytes) - 1);
	close(descriptor);
	assert_true(ini_read_file(path, &reader, &errors));
	unlink(path);
	assert_string_equal(story.text, "3 [s] b=2\n");
	assert_int_equal(errors.fatal, 1);
	assert_non_null(strstr(errors.items[0].text, ":2: the line holds a NUL byte"));
	errors_free(&errors);
}

static void an_unreadable_file_is_one_mistake(void **state)
{
	static const struct story_case cases[] = {
		{ "/nonexistent/f.ini", "! /nonexistent/f.ini: cannot be read: No such file or directory\n" },
		{ "/", "! /: cannot be read: Is a directory\n" },
		{ "/dev/zero", "! /dev/zero: cannot be read: File too large\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct story story = { .text = "" };
		struct errors errors = { 0 };
		struct ini_reader reader = { .entry = tell_entry, .user = &story };

		assert_false(ini_read_file(cases[i].text, &reader, &errors));
		tell_errors(&story, &errors);
		assert_string_equal(story.text, cases[i].story);
	}
}

/* libinih alone makes a second entry of what lies beyond its 200 bytes: the trap that this file is for. */
static void a_line_is_taken_whole_or_not_at_all(void **state)
{
	(void)state;
	for (size_t length = INI_LINE_LIMIT - 4; length < INI_LINE_LIMIT + 300; length++) {
		char *text = x_asprintf("[s]\nk = %0*d\nz = 1\n", (int)length - 4, 7);
		char *want;
		struct story story;

		read_story(&story, text);
		if (length <= INI_LINE_LIMIT)
			want = x_asprintf("1 [s]\n2 [s] k=%0*d\n3 [s] z=1\n", (int)length - 4, 7);
		else
			want = x_asprintf("1 [s]\n3 [s] z=1\n! f.ini:2: the line has %zu bytes, 198 are the limit; "
					  "go on in the next line, indented\n", length);
		assert_string_equal(story.text, want);
		free(text);
		free(want);
	}
}

static void a_continuation_is_taken_whole_or_not_at_all(void **state)
{
	(void)state;
	for (size_t length = INI_LINE_LIMIT - 4; length < INI_LINE_LIMIT + 4; length++) {
		char *text = x_asprintf("[s]\nk = a\n %0*d\nz = 1\n", (int)length - 1, 7);
		char *want = x_asprintf("1 [s]\n2 [s] k=a|%0*d\n4 [s] z=1\n", (int)length - 1, 7);
		struct story story;

		read_story(&story, text);
		if (length <= INI_LINE_LIMIT)
			assert_string_equal(story.text, want);
		else
			assert_null(strstr(story.text, "k=")); /* no half of a value */
		free(text);
		free(want);
	}
}

static void long_names_are_refused_not_cut(void **state)
{
	static const char name[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"; /* 52 */
	char text[300];
	struct story story;

	(void)state;
	text_format(text, sizeof(text), "[%s]\na = 1\n[s]\n%s = 2\nb = 3\n", name, name);
	read_story(&story, text);
	assert_string_equal(story.text, "3 [s]\n5 [s] b=3\n"
					"! f.ini:1: the name of the section has 52 bytes, 48 are the limit\n"
					"! f.ini:4: the name of the option has 52 bytes, 48 are the limit\n");
	text_format(text, sizeof(text), "[%.48s]\n%.48s = 2\n", name, name);
	read_story(&story, text);
	assert_non_null(strstr(story.text, "2 [abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuv] "
					   "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuv=2\n"));
}

static void random_files_are_read_to_their_end(void **state)
{
	static const char *const pieces[] = { "[s]", "[", "]", "\n", "\n  ", "a", " = ", ":", ";", " ;", "#",
					      "\r\n", "\t", "value", "+", "\xc3\xa9", "\x01", "\xff" };
	uint64_t seed = 1;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		char text[600] = "";
		struct story story;

		for (int i = 0; i < 80; i++) {
			seed = seed * 6364136223846793005U + 1442695040888963407U;
			size_t used = strlen(text);
			text_copy(text + used, sizeof(text) - used, pieces[(seed >> 33) % COUNT(pieces)]);
		}
		text_copy(text + strlen(text), sizeof(text) - strlen(text), "\n[end]\nlast = 1\n");
		read_story(&story, text);
		assert_non_null(strstr(story.text, "[end] last=1\n"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_entries_and_mistakes_with_their_lines),
		cmocka_unit_test(a_nul_is_refused_by_line),
		cmocka_unit_test(an_unreadable_file_is_one_mistake),
		cmocka_unit_test(a_line_is_taken_whole_or_not_at_all),
		cmocka_unit_test(a_continuation_is_taken_whole_or_not_at_all),
		cmocka_unit_test(long_names_are_refused_not_cut),
		cmocka_unit_test(random_files_are_read_to_their_end),
	};

	return cmocka_run_group_tests_name("ini", tests, NULL, NULL);
}
