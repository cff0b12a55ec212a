#ifndef BENCH_LOAD_FIGURES_H
#define BENCH_LOAD_FIGURES_H
/*
 * Counts with their 95 % intervals.
 */
#include <stddef.h>

/* "7 of 10 = 0.700 (95 % 0.397 to 0.892)": Wilson's interval. */
void print_share(unsigned k, unsigned n);
/* "12 in 58 days = 0.207 a day (95 % 0.107 to 0.361)": a Poisson count's by Byar's approximation.
 */
void print_rate(unsigned k, double days);
/* Sorts values; the p-th part of them lies below what is returned. 0 without values. */
double quantile(double *values, size_t count, double p);

#endif
