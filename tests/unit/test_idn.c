/* model/idn and the addresses that hold such names: as DNS knows them, whatever the locale; what
 * deceives is shown plain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "model/idn.h"
#include "model/url.h"

static void names_become_ascii(void **state)
{
	static const struct {
		const char *name, *ascii;
	} cases[] = {
		{"example.com", "example.com"},
		{"bücher.example", "xn--bcher-kva.example"},
		{"BÜCHER.example", "xn--bcher-kva.example"},
		{"bu\xcc\x88"
		 "cher.example",
		 "xn--bcher-kva.example"}, /* a combining mark */
		{"例え.テスト", "xn--r8jz45g.xn--zckzah"},
		{"мвд.рф", "xn--b1aew.xn--p1ai"},
		{"straße.de", "xn--strae-oqa.de"},
	};
	char out[IDN_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(idn_to_ascii(out, cases[i].name));
		assert_string_equal(out, cases[i].ascii);
	}
	assert_false(idn_to_ascii(out, "☃\xe2\x80\xae.test"));
	assert_false(idn_to_ascii(out, "a\xff.test"));
}

static void what_could_be_another_name_is_deceptive(void **state)
{
	(void)state;
	assert_true(idn_is_deceptive("раураl.com"));	 /* Cyrillic but for its last letter */
	assert_true(idn_is_deceptive("аррӏе.com"));	 /* all Cyrillic, all alike */
	assert_true(idn_is_deceptive("www.gοοgle.com")); /* Greek omicrons */
	assert_false(idn_is_deceptive("paypal.com"));
	assert_false(idn_is_deceptive("bücher.example"));
	assert_false(idn_is_deceptive("мвд.рф"));
	assert_false(idn_is_deceptive("例え.test"));
	assert_false(idn_is_deceptive("10.0.0.1"));
}

static void an_address_is_readable_and_plain(void **state)
{
	struct arena *arena = arena_new();
	struct url url;

	(void)state;
	assert_null(url_read(arena, "https://bücher.example:8443/käse?x=1", &url));
	assert_string_equal(url.host, "xn--bcher-kva.example");
	assert_string_equal(url.bare, "https://xn--bcher-kva.example:8443/käse?x=1");
	assert_true(url_is_deceptive("https://раураl.com/"));
	assert_false(url_is_deceptive("https://bücher.example/"));
	assert_non_null(strstr(url_read(arena, "https://☃-.-ü/", &url), "international"));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_become_ascii),
		cmocka_unit_test(what_could_be_another_name_is_deceptive),
		cmocka_unit_test(an_address_is_readable_and_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
