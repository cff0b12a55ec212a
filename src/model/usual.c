/*
 * A running median in the log domain; see the header for the rule. Pure, the judge's thread.
 */
#include "model/usual.h"

#include <math.h>
#include <string.h>

#include "model/sample.h"

#define RATE_LEAST   0.02f
#define SPREAD_LEAST 0.1f

/* Of a normal distribution: standard deviation to mean distance, and to the 90th percentile. */
#define DEVIATION_OF_MEAN_DISTANCE 1.2533f
#define DEVIATIONS_TO_P90	   1.2816f

static void sort_values(int32_t *values, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		int32_t value = values[i];
		size_t k = i;
		for (; k > 0 && values[k - 1] > value; k--)
			values[k] = values[k - 1];
		values[k] = value;
	}
}

static void settle(struct running_median *median)
{
	enum { MIDDLE = USUAL_WARM / 2, NINTH_TENTH = USUAL_WARM * 9 / 10 };
	int32_t sorted[USUAL_WARM];

	memcpy(sorted, median->warm_us, sizeof sorted);
	sort_values(sorted, USUAL_WARM);
	median->log_us = logf(((float)sorted[MIDDLE - 1] + (float)sorted[MIDDLE]) / 2);
	float p90 = logf((float)sorted[NINTH_TENTH]);
	median->spread = (p90 - median->log_us) / DEVIATIONS_TO_P90;
}

static void step(struct running_median *median, float log_us)
{
	float rate = fmaxf(RATE_LEAST, 1 / (float)median->count);
	float spread = fmaxf(median->spread, SPREAD_LEAST);
	float distance = log_us - median->log_us;

	if (distance != 0)
		median->log_us += rate * spread * (distance > 0 ? 0.5f : -0.5f);
	/* Cut at three deviations: an outlier says nothing about how much answers usually
	 * differ. */
	float deviation = fminf(fabsf(distance) * DEVIATION_OF_MEAN_DISTANCE, 3 * spread);
	median->spread += rate * (deviation - median->spread);
}

int32_t running_median_us(const struct running_median *median)
{
	return median->count < USUAL_WARM ? ABSENT_US : (int32_t)lroundf(expf(median->log_us));
}

void running_median_add(struct running_median *median, int32_t value_us)
{
	if (value_us == ABSENT_US)
		return;
	int32_t value = value_us > 0 ? value_us : 1;
	if (median->count < USUAL_WARM) {
		median->warm_us[median->count++] = value;
		if (median->count == USUAL_WARM)
			settle(median);
		return;
	}
	if (median->count < UINT32_MAX)
		median->count++;
	step(median, logf((float)value));
}
