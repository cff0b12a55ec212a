/*
 * base/units: what a person writes is taken whole or not at all; what a person reads follows the rules
 * of the screens in every locale.
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/units.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define REFUSED      INT64_MIN

struct parse_case {
	const char *text;
	int64_t     value;
};

static void reads_durations(void **state)
{
	static const struct parse_case cases[] = {
		{ "500ms", 500 }, { "5s", 5000 }, { "2m", 120000 }, { "2min", 120000 }, { "24h", 86400000 },
		{ "30d", 2592000000 }, { "1m30s", 90000 }, { "1h 30m", 5400000 }, { "0", 0 }, { "5", 5000 },
		{ "2.5", 2500 }, { "1.5s", 1500 }, { "5 s", 5000 }, { "10S", 10000 }, { "1w", 604800000 },
		{ "", REFUSED }, { "fast", REFUSED }, { "-5s", REFUSED }, { "5x", REFUSED }, { "5s5", REFUSED },
		{ "30s1m", REFUSED }, { "1m1m", REFUSED }, { "5 5", REFUSED }, { "1e3", REFUSED }, { "0x5", REFUSED },
		{ "5s ", 5000 }, { " 5s", REFUSED }, { "5..2", REFUSED }, { ".5", REFUSED }, { "5.", REFUSED },
		{ "99999999999999999999999d", REFUSED }, { "0.1ms", REFUSED }, { "1,5s", REFUSED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t value = REFUSED;
		bool ok = parse_duration_ms(cases[i].text, 0, INT64_MAX, &value);

		assert_int_equal(value, cases[i].value);
		assert_int_equal(ok, cases[i].value != REFUSED);
	}
}

static void reads_latency_limits_to_the_microsecond(void **state)
{
	int64_t us;

	(void)state;
	assert_true(parse_duration_us("0.5ms", 0, 1000000, &us));
	assert_int_equal(us, 500);
	assert_true(parse_duration_us("250us", 0, 1000000, &us));
	assert_int_equal(us, 250);
	assert_false(parse_duration_us("2s", 0, 1000000, &us));
}

static void keeps_to_the_range(void **state)
{
	int64_t value;

	(void)state;
	assert_true(parse_duration_ms("100ms", 100, 1000, &value));
	assert_true(parse_duration_ms("1s", 100, 1000, &value));
	assert_false(parse_duration_ms("99ms", 100, 1000, &value));
	assert_false(parse_duration_ms("1001ms", 100, 1000, &value));
	assert_true(parse_integer("-3", -3, 3, &value));
	assert_false(parse_integer("4", -3, 3, &value));
	assert_false(parse_size("2k", 0, 2047, &value));
}

static void reads_integers(void **state)
{
	static const struct parse_case cases[] = {
		{ "0", 0 }, { "42", 42 }, { "-7", -7 }, { "9223372036854775807", INT64_MAX },
		{ "9223372036854775808", REFUSED }, { "", REFUSED }, { "-", REFUSED }, { "+1", REFUSED },
		{ "1 ", REFUSED }, { "0x10", REFUSED }, { "1.0", REFUSED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t value = REFUSED;

		assert_int_equal(parse_integer(cases[i].text, INT64_MIN, INT64_MAX, &value),
				 cases[i].value != REFUSED);
		assert_int_equal(value, cases[i].value);
	}
}

static void reads_sizes(void **state)
{
	static const struct parse_case cases[] = {
		{ "100", 100 }, { "64k", 65536 }, { "64 kB", 65536 }, { "1m", 1048576 }, { "1.5M", 1572864 },
		{ "2GiB", 2147483648 }, { "", REFUSED }, { "k", REFUSED }, { "1t", REFUSED }, { "-1", REFUSED },
		{ "1kk", REFUSED }, { "999999999999999g", REFUSED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t value = REFUSED;

		assert_int_equal(parse_size(cases[i].text, 0, INT64_MAX, &value), cases[i].value != REFUSED);
		assert_int_equal(value, cases[i].value);
	}
}

static void reads_fractions_and_booleans(void **state)
{
	double fraction;
	bool yes = false;

	(void)state;
	assert_true(parse_fraction("0.999", 0, 1, &fraction));
	assert_float_equal(fraction, 0.999, 1e-12);
	assert_true(parse_fraction("99.9%", 0, 1, &fraction));
	assert_float_equal(fraction, 0.999, 1e-12);
	assert_false(parse_fraction("101%", 0, 1, &fraction));
	assert_false(parse_fraction("nan", 0, 1, &fraction));
	assert_true(parse_bool("Yes", &yes) && yes);
	assert_true(parse_bool("off", &yes) && !yes);
	assert_true(parse_bool("1", &yes) && yes);
	assert_false(parse_bool("maybe", &yes));
	assert_false(parse_bool("", &yes));
}

struct format_case {
	int64_t     value;
	const char *text;
};

typedef void formatter(char out[FORMAT_MAX], int64_t value);

static void check(formatter *format, const struct format_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char out[FORMAT_MAX];

		format(out, cases[i].value);
		assert_string_equal(out, cases[i].text);
	}
}

static void writes_lengths_in_two_units(void **state)
{
	static const struct format_case cases[] = {
		{ -5, "0s" }, { 0, "0s" }, { 999, "0s" }, { 31000, "31s" }, { 59999, "59s" }, { 60000, "1m 00s" },
		{ 134000, "2m 14s" }, { 242000, "4m 02s" }, { 6600000, "1h 50m" }, { 86399999, "23h 59m" },
		{ 86400000, "1d 0h" }, { 558000000, "6d 11h" }, { 3564000000, "41d 6h" },
	};

	(void)state;
	check(format_length, cases, COUNT(cases));
}

static void writes_durations_as_a_person_would(void **state)
{
	static const struct format_case cases[] = {
		{ 0, "0 s" }, { 500, "500 ms" }, { 1500, "1500 ms" }, { 5000, "5 s" }, { 90000, "90 s" },
		{ 120000, "2 min" }, { 3600000, "1 h" }, { 86400000, "24 h" }, { 172800000, "2 d" },
	};

	(void)state;
	check(format_duration, cases, COUNT(cases));
}

static void writes_latencies(void **state)
{
	static const struct format_case cases[] = {
		{ -1, "—" }, { 0, "0 ms" }, { 40, "<0.1 ms" }, { 400, "0.4 ms" }, { 2149, "2.1 ms" },
		{ 9949, "9.9 ms" }, { 9950, "10 ms" }, { 84000, "84 ms" }, { 999499, "999 ms" }, { 999500, "1.00 s" },
		{ 1240000, "1.24 s" }, { 9994999, "9.99 s" }, { 9995000, "10 s" }, { 10400000, "10 s" },
	};

	(void)state;
	check(format_latency, cases, COUNT(cases));
}

static void writes_cells(void **state)
{
	char out[FORMAT_MAX];

	(void)state;
	format_ms_cell(out, -1, false);
	assert_string_equal(out, "—");
	format_ms_cell(out, -1, true);
	assert_string_equal(out, "-");
	format_ms_cell(out, 999, false);
	assert_string_equal(out, "<1");
	format_ms_cell(out, 84499, false);
	assert_string_equal(out, "84");
	format_ms_cell(out, 1240000, false);
	assert_string_equal(out, "1240");
}

static void writes_bytes_and_counts(void **state)
{
	static const struct {
		uint64_t    value;
		const char *bytes, *count;
	} cases[] = {
		{ 0, "0 bytes", "0" }, { 1, "1 byte", "1" }, { 91, "91 bytes", "91" }, { 999, "999 bytes", "999" },
		{ 1000, "1.0 kB", "1000" }, { 9999, "10 kB", "9999" }, { 48211, "48 kB", "48 211" },
		{ 999499, "999 kB", "999 499" }, { 999500, "1.0 MB", "999 500" },
		{ 1230000, "1.2 MB", "1 230 000" }, { UINT64_MAX, "18 EB", "18 446 744 073 709 551 615" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char out[FORMAT_MAX];

		format_bytes(out, cases[i].value);
		assert_string_equal(out, cases[i].bytes);
		format_count(out, cases[i].value);
		assert_string_equal(out, cases[i].count);
	}
}

static void never_rounds_availability_up(void **state)
{
	static const struct {
		uint64_t    good, total;
		const char *text;
	} cases[] = {
		{ 0, 0, "—" }, { 0, 5, "0.00" }, { 5, 5, "100" }, { 999999, 1000000, "99.99" },
		{ 9971, 10000, "99.71" }, { 2, 3, "66.66" }, { UINT64_MAX - 1, UINT64_MAX, "99.99" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char out[FORMAT_MAX];

		format_percent(out, cases[i].good, cases[i].total, false);
		assert_string_equal(out, cases[i].text);
	}
}

static void writes_times(void **state)
{
	const int64_t now = 1795357925123, yesterday = now - 86400000; /* 2026-11-22T14:32:05.123Z */
	char out[FORMAT_MAX];

	(void)state;
	format_stamp(out, now, STAMP_ISO, false, now);
	assert_string_equal(out, "2026-11-22T14:32:05.123Z");
	format_stamp(out, -1, STAMP_ISO, true, now);
	assert_string_equal(out, "1969-12-31T23:59:59.999Z");
	format_stamp(out, now, STAMP_CLOCK, true, now);
	assert_string_equal(out, "14:32:05");
	format_stamp(out, now, STAMP_SHORT, true, now);
	assert_string_equal(out, "14:32:05");
	format_stamp(out, yesterday, STAMP_SHORT, true, now);
	assert_string_equal(out, "21 Nov");
	format_stamp(out, now, STAMP_FULL, true, now);
	assert_string_equal(out, "22 Nov 14:32:05");
	format_stamp(out, now, STAMP_DATE, true, now);
	assert_string_equal(out, "2026-11-22");
	setenv("TZ", "UTC-2", 1);
	tzset();
	format_stamp(out, now, STAMP_CLOCK, false, now);
	assert_string_equal(out, "16:32:05");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_durations),
		cmocka_unit_test(reads_latency_limits_to_the_microsecond),
		cmocka_unit_test(keeps_to_the_range),
		cmocka_unit_test(reads_integers),
		cmocka_unit_test(reads_sizes),
		cmocka_unit_test(reads_fractions_and_booleans),
		cmocka_unit_test(writes_lengths_in_two_units),
		cmocka_unit_test(writes_durations_as_a_person_would),
		cmocka_unit_test(writes_latencies),
		cmocka_unit_test(writes_cells),
		cmocka_unit_test(writes_bytes_and_counts),
		cmocka_unit_test(never_rounds_availability_up),
		cmocka_unit_test(writes_times),
	};

	return cmocka_run_group_tests_name("units", tests, NULL, NULL);
}
