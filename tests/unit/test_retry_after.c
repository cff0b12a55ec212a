/* source/poll/retry_after: seconds and dates, bounded, and only where they mean something. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "source/poll/reply.h"
#include "source/poll/retry_after.h"

#define NOW_MS INT64_C(1795000000000) /* 2026-11-18 11:06:40 UTC */

static int64_t asked(int status, const char *headers)
{
	static struct reply reply;
	struct reply_limits limits = {.body_max = 1000};
	char lines[400], *line = lines, *end;

	reply_begin(&reply, &limits);
	snprintf(lines, sizeof lines, "HTTP/1.1 %d X\r\n%s\r\n", status, headers);
	while ((end = strstr(line, "\r\n"))) {
		assert_true(reply_header(&reply, line, (size_t)(end + 2 - line)));
		line = end + 2;
	}
	int64_t ms = retry_after_ms(&reply, NOW_MS);
	reply_fini(&reply);
	return ms;
}

static void is_read_in_seconds_and_as_a_date(void **state)
{
	static const struct {
		int status;
		const char *headers;
		int64_t ms;
	} cases[] = {
		{503, "Retry-After: 7\r\n",					 7000   },
		{429, "retry-after:  120 \r\n",				      120000 },
		{503, "Retry-After: 120\r\n",				       120000 },
		{503, "Retry-After: 86400\r\n",				     300000 },
		{429, "Retry-After: 86400\r\n",				     3600000},
		{429, "Retry-After: 99999999999999999999999999999\r\n",	    3600000},
		{429, "Retry-After: 0\r\n",				     0	    },
		{429, "Retry-After: -5\r\n",				      0	    },
		{429, "Retry-After: soon\r\n",				      0	    },
		{429, "Retry-After: 5 minutes\r\n",			   0	    },
		{429, "Retry-After:\r\n",					 0	    },
		{429, "",						     0	    },
		{200, "Retry-After: 7\r\n",				      0	    },
		{500, "Retry-After: 7\r\n",				      0	    },
		{302, "Retry-After: 7\r\n",				      0	    },
		{503, "Retry-After: Wed, 18 Nov 2026 11:07:00 GMT\r\n",	    20000  },
		{503, "Retry-After: Wed, 18 Nov 2026 11:00:00 GMT\r\n",	    0	    },
		/* its clock is years behind ours: what counts is the difference */
		{503,
		 "Date: Tue, 01 Jan 2019 00:00:00 GMT\r\nRetry-After: Tue, 01 Jan 2019 00:00:30 "
		 "GMT\r\n",							 30000  },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (asked(cases[i].status, cases[i].headers) != cases[i].ms)
			fail_msg("%d %s: %lld", cases[i].status, cases[i].headers,
				 (long long)asked(cases[i].status, cases[i].headers));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_read_in_seconds_and_as_a_date),
	};

	return cmocka_run_group_tests_name("retry_after", tests, NULL, NULL);
}
