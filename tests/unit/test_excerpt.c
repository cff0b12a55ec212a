/*
 * source/poll/excerpt: bodies in any character set are read as text, what is no text is shown as
 * bytes, and no secret hides in them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "source/poll/excerpt.h"
#include "source/poll/reply.h"

static struct reply reply;
static char out[4096];
static bool binary;

static const char *excerpt(const char *type, const char *body, size_t size)
{
	static const char *const secrets[] = {"hunter22"};
	struct excerpt_limits limits = {
		.size = REPLY_BODY_KEPT, .secrets = secrets, .secret_count = 1};
	struct reply_limits all = {.body_max = 1 << 20, .body_kept = 1 << 20};
	char line[100];

	reply_fini(&reply);
	reply_begin(&reply, &all);
	reply_header(&reply, "HTTP/1.1 500 X\r\n", 16);
	text_format(line, sizeof line, "Content-Type: %s\r\n", type);
	reply_header(&reply, line, strlen(line));
	reply_header(&reply, "\r\n", 2);
	reply_body(&reply, body, size);
	excerpt_write(out, sizeof out, &reply, &limits, &binary);
	return out;
}

static void character_sets_are_turned(void **state)
{
	static const struct {
		const char *type, *body, *text;
	} cases[] = {
		{"text/html; charset=ISO-8859-1", "caf\xe9 \x80 5", "café € 5"},
		{"text/html;charset=\"latin1\"", "\xfc", "ü"},
		{"text/plain; charset=windows-1252", "\x93gone\x94", "“gone”"},
		{"text/plain; charset=KOI8-R", "\xef\xdb\xc9\xc2\xcb\xc1", "Ошибка"},
		{"text/plain; charset=Shift_JIS", "\x83\x47\x83\x89\x81\x5b", "エラー"},
		{"text/plain; charset=gbk", "\xb4\xed\xce\xf3", "错误"},
		{"text/html", "<meta charset=\"iso-8859-1\"><p>caf\xe9",
		 "<meta charset=\"iso-8859-1\"><p>café"},
		{"text/plain; charset=utf-8", "café", "café"},
		{"text/plain", "caf\xe9 is mostly text, as it seems",
		 "caf\xef\xbf\xbd is mostly text, as it seems"},
		{"text/plain; charset=no-such-set", "plain", "plain"},
		{"text/plain; charset=ISO-2022-CN-EXT", "plain", "plain"},
		{"text/plain; charset=EUC-JP", "ok \xff ok", "ok \xef\xbf\xbd ok"},
		{"text/plain; charset=windows-1252", "\x1b[31mred", "\\x1b[31mred"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_string_equal(excerpt(cases[i].type, cases[i].body, strlen(cases[i].body)),
				    cases[i].text);
		assert_false(binary);
	}
	assert_string_equal(excerpt("text/plain",
				    "\xff\xfe"
				    "o\0k\0",
				    6),
			    "ok");
	assert_false(binary);
}

static void what_is_no_text_is_dumped(void **state)
{
	static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0";

	(void)state;
	assert_string_equal(
		excerpt("image/png", png, 18),
		"0000  89 50 4e 47 0d 0a 1a 0a 00 00 00 0d 49 48 44 52  |.PNG........IHDR|\n"
		"0010  00 00                                            |..|");
	assert_true(binary);
	excerpt("text/plain", "\x01\x02\x03\x04\x05", 5);
	assert_true(binary);
	assert_string_equal(excerpt("text/plain", "", 0), "");
	assert_false(binary);
}

static void a_dump_hides_no_secret(void **state)
{
	(void)state;
	excerpt("application/octet-stream", "\0\0\0\0\0\0\0\0\0\0\0\0hunter22\0\0", 22);
	assert_true(binary);
	assert_null(strstr(out, "hunt"));
	assert_null(strstr(out, "68 75 6e"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(character_sets_are_turned),
		cmocka_unit_test(what_is_no_text_is_dumped),
		cmocka_unit_test(a_dump_hides_no_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
