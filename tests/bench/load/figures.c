#include "figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define Z 1.96

void print_share(unsigned k, unsigned n)
{
	double count = n, share = k / count, scale = 1 + Z * Z / count,
	       middle = (share + Z * Z / (2 * count)) / scale;
	double half = Z / scale * sqrt(share * (1 - share) / count + Z * Z / (4 * count * count));

	printf("%u of %u = %.3f (95 %% %.3f to %.3f)", k, n, share, middle - half, middle + half);
}

void print_rate(unsigned k, double days)
{
	double low = k ? k * pow(1 - 1 / (9.0 * k) - Z / (3 * sqrt(k)), 3) : 0;
	double high = (k + 1) * pow(1 - 1 / (9.0 * (k + 1)) + Z / (3 * sqrt(k + 1.0)), 3);

	printf("%u in %.0f target-days = %.3f a day (95 %% %.3f to %.3f)", k, days, k / days,
	       low / days, high / days);
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
