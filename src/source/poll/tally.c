/*
 * Counting starts and lateness. The percentile is worked out once a second, when it is shown.
 */
#include "source/poll/tally.h"

#include <stdlib.h>
#include <string.h>

#define LATE_US 50000

static int compare(const void *a, const void *b)
{
	int32_t one, two;

	memcpy(&one, a, sizeof one);
	memcpy(&two, b, sizeof two);
	return (one > two) - (one < two);
}

void tally_init(struct tally *tally, int64_t started_ms)
{
	memset(tally, 0, sizeof *tally);
	tally->fleet.started_ms = started_ms;
	tally->fleet.lag_p99_us = ABSENT_US;
}

void tally_start(struct tally *tally, int32_t lag_us, int64_t interval_us)
{
	int64_t limit_us = interval_us / 10 > LATE_US ? interval_us / 10 : LATE_US;

	tally->lags[tally->lag_count++ % TALLY_LAGS] = lag_us;
	tally->fleet.late += lag_us > limit_us;
}

struct fleet tally_fleet(const struct tally *tally, uint32_t in_flight)
{
	struct fleet fleet = tally->fleet;
	size_t count = tally->lag_count < TALLY_LAGS ? (size_t)tally->lag_count : TALLY_LAGS;
	int32_t sorted[TALLY_LAGS];

	fleet.in_flight = in_flight;
	if (count == 0)
		return fleet;
	memcpy(sorted, tally->lags, count * sizeof *sorted);
	qsort(sorted, count, sizeof *sorted, compare);
	fleet.lag_p99_us = sorted[(count * 99 + 99) / 100 - 1];
	return fleet;
}
