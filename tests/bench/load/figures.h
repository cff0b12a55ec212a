#ifndef BENCH_LOAD_FIGURES_H
#define BENCH_LOAD_FIGURES_H
/*
 * Counts with their 95 % intervals.
 */
#include <stddef.h>

/* "7 of 10 = 0.700 (95 % 0.397 to 0.892)": Wilson's interval. */
void print_share(unsigned k, unsigned n);
/*
 * "12 in 58 target-days = 0.207 a day (95 % 0.107 to 0.361), none at 50 of 58 targets". Alarms come
 * in clusters, many at few targets: the interval is from resampling targets, or Poisson's (Byar's
 * approximation) where that is wider.
 */
void print_rate(const unsigned *alarms, size_t targets, double days_each);
/* Sorts values; the p-th part of them lies below what is returned. 0 without values. */
double quantile(double *values, size_t count, double p);

#endif
