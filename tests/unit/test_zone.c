/*
 * base/zone: the same local times as the C library's, in each zone, around each change of clocks; and
 * rules that stand in no file here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "base/zone.h"
#include "base/zone_rule.h"

static const char *const names[] = {
	"Europe/Berlin",    "Asia/Seoul",	 "America/New_York", "America/St_Johns",
	"Australia/Sydney", "Australia/Lord_Howe", "Europe/Dublin",    "Asia/Kolkata",
	"Africa/Casablanca", "Pacific/Apia",	"America/Nuuk",     "UTC",
};

static void agree(const struct zone *zone, const char *name, int64_t at_s)
{
	time_t at = (time_t)at_s;
	struct tm local;
	struct civil civil = zone_civil(zone, at_s * 1000);

	localtime_r(&at, &local);
	if (zone_offset_s(zone, at_s) != (int32_t)local.tm_gmtoff || civil.weekday != local.tm_wday ||
	    civil.minute != local.tm_hour * 60 + local.tm_min)
		fail_msg("%s at %lld: %d and %ld", name, (long long)at_s,
			 zone_offset_s(zone, at_s), local.tm_gmtoff);
}

static void says_what_the_c_library_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct zone *zone = zone_find(names[i]);

		assert_non_null(zone);
		setenv("TZ", names[i], 1); /* one thread here */
		tzset();
		/* 1971 to 2090: past the last change that any file lists. */
		for (int64_t at_s = 31536000; at_s < INT64_C(3786912000); at_s += 6 * 3600 + 1)
			agree(zone, names[i], at_s);
	}
	setenv("TZ", "UTC", 1);
	tzset();
}

static void follows_rules_to_the_second(void **state)
{
	static const struct {
		const char *rule;
		int64_t at_s;
		int32_t offset_s;
	} cases[] = {
		{"CET-1CEST,M3.5.0,M10.5.0/3",	   INT64_C(1774745999), 3600  }, /* 2026-03-29 00:59:59Z */
		{"CET-1CEST,M3.5.0,M10.5.0/3",	   INT64_C(1774746000), 7200  },
		{"CET-1CEST,M3.5.0,M10.5.0/3",	   INT64_C(1792889999), 7200  }, /* 2026-10-25 00:59:59Z */
		{"CET-1CEST,M3.5.0,M10.5.0/3",	   INT64_C(1792890000), 3600  },
		{"<+0330>-3:30",			 INT64_C(1774746000), 12600 },
		{"EST5EDT",			   INT64_C(1782864000), -14400},
		{"EST5EDT",			   INT64_C(1767225600), -18000},
		{"AEST-10AEDT,M10.1.0,M4.1.0/3", INT64_C(1767225600), 39600 }, /* January */
		{"AAA-1BBB,J60,J300",		     INT64_C(1772323200), 3600  }, /* 2026-03-01 00:00Z */
		{"AAA-1BBB,J60,J300",		     INT64_C(1772330400), 7200  },
	};
	struct zone_rule rule;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(zone_rule_read(&rule, cases[i].rule));
		if (zone_rule_offset_s(&rule, cases[i].at_s) != cases[i].offset_s)
			fail_msg("%s at %lld: %d", cases[i].rule, (long long)cases[i].at_s,
				 zone_rule_offset_s(&rule, cases[i].at_s));
	}
}

static void refuses_what_is_no_rule(void **state)
{
	static const char *const wrong[] = {"",	    "CET",	      "C1",	    "CET-1CEST,M3.5.0",
					    "CET-1x", "CET-1CEST,M13.1.0,M1.1.0", "<+03-3", "CET-999",
					    "CET-1CEST,M3.6.0,M10.5.0",	 "CET-1CEST,M3.5.0,M10.5.0 "};
	struct zone_rule rule;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (zone_rule_read(&rule, wrong[i]))
			fail_msg("'%s' passed", wrong[i]);
}

static void knows_names_and_their_nearest(void **state)
{
	static const char *const wrong[] = {"Europe/Seoul", "../etc/passwd", "/etc/localtime", "Asia",
					    "asia/seoul",   "Mars/Base",	    "Asia/Seoul2",    "zone.tab"};
	char nearest[64];

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_null(zone_find(wrong[i]));
	assert_ptr_equal(zone_find("Asia/Seoul"), zone_find("Asia/Seoul"));
	assert_non_null(zone_find(NULL));
	assert_true(zone_nearest("Europe/Seoul", nearest, sizeof nearest));
	assert_string_equal(nearest, "Asia/Seoul");
	assert_false(zone_nearest("Mars/Base", nearest, sizeof nearest));
}

static void counts_days(void **state)
{
	int64_t day;

	(void)state;
	assert_true(calendar_day(&day, 1970, 1, 1) && day == 0);
	assert_true(calendar_day(&day, 2026, 11, 22) && day == 20779);
	assert_true(calendar_day(&day, 2028, 2, 29));
	assert_false(calendar_day(&day, 2026, 2, 29));
	assert_false(calendar_day(&day, 2026, 13, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_the_c_library_says),
		cmocka_unit_test(follows_rules_to_the_second),
		cmocka_unit_test(refuses_what_is_no_rule),
		cmocka_unit_test(knows_names_and_their_nearest),
		cmocka_unit_test(counts_days),
	};

	return cmocka_run_group_tests_name("zone", tests, NULL, NULL);
}
