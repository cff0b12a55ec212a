/* model/maintenance: windows as people write them, at the edges, over midnight, on the days clocks are set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "model/maintenance.h"

/* "2026-11-22T01:59:00Z" */
static int64_t at_ms(const char *text)
{
	struct tm tm = {0};

	assert_non_null(strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm));
	return (int64_t)timegm(&tm) * 1000;
}

static bool is_on(const char *window, const char *moment)
{
	const char *items[] = {window};
	struct text_list list = {.items = items, .count = 1};
	struct maintenance *maintenance = maintenance_new(&list);
	char words[MAINTENANCE_WORDS_MAX];
	bool on = maintenance_is_on(maintenance, at_ms(moment), words);

	maintenance_free(maintenance);
	return on;
}

/* 2026-11-22 is a Sunday. */
static void windows_open_and_close_to_the_minute(void **state)
{
	static const struct {
		const char *window, *moment;
		bool on;
	} cases[] = {
		{"Sun 02:00-04:00 UTC",			    "2026-11-22T01:59:59Z", false},
		{"Sun 02:00-04:00 UTC",			    "2026-11-22T02:00:00Z", true },
		{"Sun 02:00-04:00 UTC",			    "2026-11-22T03:59:59Z", true },
		{"Sun 02:00-04:00 UTC",			    "2026-11-22T04:00:00Z", false},
		{"Sun 02:00-04:00 UTC",			    "2026-11-23T03:00:00Z", false},
		/* Seoul is nine hours ahead: Saturday evening in UTC */
		{"Sun 02:00-04:00 Asia/Seoul",		   "2026-11-21T17:00:00Z", true },
		{"Sun 02:00-04:00 Asia/Seoul",		   "2026-11-21T16:59:00Z", false},
		{"Sun 02:00-04:00 Asia/Seoul",		   "2026-11-22T02:30:00Z", false},
		{"Mon-Fri 12:00-13:00 UTC",		      "2026-11-20T12:30:00Z", true },
		{"Mon-Fri 12:00-13:00 UTC",		      "2026-11-21T12:30:00Z", false},
		{"Fri-Mon 12:00-13:00 UTC",		      "2026-11-22T12:30:00Z", true },
		{"Fri-Mon 12:00-13:00 UTC",		      "2026-11-24T12:30:00Z", false},
		{"tue,Thursday 0:00-24:00 UTC",		    "2026-11-24T23:59:59Z", true },
		{"tue,Thursday 0:00-24:00 UTC",		    "2026-11-25T00:00:00Z", false},
		{"daily 03:00-03:30 UTC",			 "2026-11-24T03:10:00Z", true },
		{"03:00-03:30 UTC",			       "2026-11-24T03:10:00Z", true },
		/* over midnight: of the day it begins on */
		{"Sat 22:00-02:00 UTC",			    "2026-11-21T23:00:00Z", true },
		{"Sat 22:00-02:00 UTC",			    "2026-11-22T01:59:00Z", true },
		{"Sat 22:00-02:00 UTC",			    "2026-11-22T02:00:00Z", false},
		{"Sat 22:00-02:00 UTC",			    "2026-11-22T22:30:00Z", false},
		{"Sat 22:00-02:00 UTC",			    "2026-11-21T01:00:00Z", false},
		{"Sun UTC",				       "2026-11-22T13:00:00Z", true },
		/* dates */
		{"2026-12-24 10:00-12:00 UTC",		   "2026-12-24T11:00:00Z", true },
		{"2026-12-24 10:00-12:00 UTC",		   "2026-12-25T11:00:00Z", false},
		{"2026-12-24 22:00-02:00 UTC",		   "2026-12-25T01:00:00Z", true },
		{"2026-12-24..2026-12-26 10:00-12:00 UTC", "2026-12-26T11:00:00Z", true },
		{"2026-12-24..2026-12-26 10:00-12:00 UTC", "2026-12-26T12:00:00Z", false},
		{"2026-12-24..2026-12-26 UTC",		   "2026-12-26T23:59:00Z", true },
		{"2026-12-24 22:00 .. 2026-12-26 06:00 UTC", "2026-12-25T12:00:00Z", true },
		{"2026-12-24 22:00 .. 2026-12-26 06:00 UTC", "2026-12-24T21:59:00Z", false},
		{"2026-12-24 22:00 - 2026-12-26 06:00 UTC", "2026-12-26T06:00:00Z", false},
		/* Berlin, 2026-03-29: 02:00 becomes 03:00; half of the window does not come */
		{"Sun 02:00-04:00 Europe/Berlin",	      "2026-03-29T00:59:59Z", false},
		{"Sun 02:00-04:00 Europe/Berlin",	      "2026-03-29T01:00:00Z", true },
		{"Sun 02:00-04:00 Europe/Berlin",	      "2026-03-29T01:59:59Z", true },
		{"Sun 02:00-04:00 Europe/Berlin",	      "2026-03-29T02:00:00Z", false},
		{"Sun 02:15-02:45 Europe/Berlin",	      "2026-03-29T01:20:00Z", false},
		/* 2026-10-25: 03:00 becomes 02:00; an hour of it comes twice */
		{"Sun 02:00-04:00 Europe/Berlin",	      "2026-10-24T23:59:59Z", false},
		{"Sun 02:00-04:00 Europe/Berlin",	      "2026-10-25T00:00:00Z", true },
		{"Sun 02:00-04:00 Europe/Berlin",	      "2026-10-25T01:30:00Z", true },
		{"Sun 02:00-04:00 Europe/Berlin",	      "2026-10-25T02:59:59Z", true },
		{"Sun 02:00-04:00 Europe/Berlin",	      "2026-10-25T03:00:00Z", false},
		/* no zone: this machine's, which is UTC here */
		{"Sun 02:00-04:00",			     "2026-11-22T03:00:00Z", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (is_on(cases[i].window, cases[i].moment) != cases[i].on)
			fail_msg("%s at %s", cases[i].window, cases[i].moment);
}

static void mistakes_are_told(void **state)
{
	static const struct {
		const char *window, *why;
	} cases[] = {
		{"Sun 02:00-04:00 Europe/Seoul",
		 "there is no time zone 'Europe/Seoul', did you mean 'Asia/Seoul'?"		    },
		{"Sun 02:00-04:00 Mars/Base",
		 "'Mars/Base' is neither times (02:00-04:00) nor a time zone (Asia/Seoul)"	    },
		{"Sun 02:00-02:00",
		 "it ends when it begins; for the whole day leave the times out"		    },
		{"Sun 02:00-25:00",			  "'02:00-25:00' are no times such as 02:00-04:00"},
		{"Sun 02:60-03:00",			  "'02:60-03:00' are no times such as 02:00-04:00"},
		{"Sun 2-4",
		 "'2-4' is neither times (02:00-04:00) nor a time zone (Asia/Seoul)"		    },
		{"Son 02:00-04:00",
		 "'Son' is neither days (Sun, Mon-Fri, daily), a date (2026-12-24) nor times "
		 "(02:00-04:00)"								  },
		{"2026-02-30 02:00-04:00",
		 "'2026-02-30' is neither days (Sun, Mon-Fri, daily), a date (2026-12-24) nor times "
		 "(02:00-04:00)"								  },
		{"2026-12-24..2026-12-20",
		 "'2026-12-24..2026-12-20' ends before it begins"				    },
		{"2026-12-24 22:00 .. 2026-12-24 21:00", "the span ends before it begins"		  },
		{"2026-12-24 22:00",
		 "'' stands where '..' and the end of the span should"				    },
		{"Sun 02:00-04:00 UTC now",		    "'now' is more than a window takes"	      },
		{"",			       "a window such as 'Sun 02:00-04:00 Asia/Seoul' is wanted"},
	};
	char why[MAINTENANCE_WHY_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (maintenance_check(cases[i].window, false, why))
			fail_msg("'%s' passed", cases[i].window);
		assert_string_equal(why, cases[i].why);
	}
}

static void says_until_when(void **state)
{
	const char *items[] = {"Mon 01:00-02:00 UTC", "Sun 02:00-04:00 Asia/Seoul"};
	struct text_list list = {.items = items, .count = 2};
	struct maintenance *maintenance = maintenance_new(&list);
	char words[MAINTENANCE_WORDS_MAX];

	(void)state;
	assert_true(maintenance_is_on(maintenance, at_ms("2026-11-21T17:30:00Z"), words));
	assert_string_equal(words, "maintenance until 04:00 Asia/Seoul");
	assert_true(maintenance_is_on(maintenance, at_ms("2026-11-23T01:30:00Z"), words));
	assert_string_equal(words, "maintenance until 02:00 UTC");
	maintenance_free(maintenance);
	assert_false(maintenance_is_on(NULL, 0, words));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows_open_and_close_to_the_minute),
		cmocka_unit_test(mistakes_are_told),
		cmocka_unit_test(says_until_when),
	};

	return cmocka_run_group_tests_name("maintenance", tests, NULL, NULL);
}
