/*
 * Intervals by textbook formulas, and by drawing again.
 */
#include "figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "chance.h"

#define Z 1.96

void print_share(unsigned k, unsigned n)
{
	double count = n, share = k / count, scale = 1 + Z * Z / count,
	       middle = (share + Z * Z / (2 * count)) / scale;
	double half = Z / scale * sqrt(share * (1 - share) / count + Z * Z / (4 * count * count));

	printf("%u of %u = %.3f (95 %% %.3f to %.3f)", k, n, share, middle - half, middle + half);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double quantile(double *values, size_t count, double p)
{
	size_t at = (size_t)(p * (double)count);

	if (count == 0)
		return 0;
	qsort(values, count, sizeof(*values), compare);
	return values[at < count ? at : count - 1];
}

#define RESAMPLES 2000

/* Means of the counts when as many targets are drawn from them again, with putting back. */
static void resample(const unsigned *counts, size_t count, double means[RESAMPLES])
{
	struct chance chance = {count};

	for (size_t r = 0; r < RESAMPLES; r++) {
		unsigned long sum = 0;

		for (size_t i = 0; i < count; i++)
			sum += counts[chance_below(&chance, (unsigned)count)];
		means[r] = (double)sum / (double)count;
	}
}

void print_rate(const unsigned *alarms, size_t targets, double days_each)
{
	double means[RESAMPLES], days = days_each * (double)targets, low, high;
	unsigned k = 0, quiet = 0;

	for (size_t i = 0; i < targets; i++) {
		k += alarms[i];
		quiet += alarms[i] == 0;
	}
	resample(alarms, targets, means);
	low = k ? k * pow(1 - 1 / (9.0 * k) - Z / (3 * sqrt(k)), 3) / days : 0;
	high = (k + 1) * pow(1 - 1 / (9.0 * (k + 1)) + Z / (3 * sqrt(k + 1.0)), 3) / days;
	low = fmin(low, quantile(means, RESAMPLES, 0.025) / days_each);
	high = fmax(high, quantile(means, RESAMPLES, 0.975) / days_each);
	printf("%u in %.0f target-days = %.3f a day (95 %% %.3f to %.3f), none at %u of %zu "
	       "targets",
	       k, days, k / days, low, high, quiet, targets);
}
