#ifndef WEBMON_MODEL_USUAL_H
#define WEBMON_MODEL_USUAL_H
/*
 * What is usual for a duration: a running median, O(1) a value, no heap. Pure; one thread a value.
 *
 * The first 20 values give their exact median and their spread. From then on each value moves the
 * median's logarithm a step up or down, ± 1/2 · max(1/50, 1/n) · max(spread, 1/10), so that half of
 * the values lie above it in the long run, whatever their size: one outlier moves it by a
 * thousandth, a new normal is learnt in an hour of 5 s checks.
 */
#include <stdint.h>

#define USUAL_WARM 20

struct running_median {
	uint32_t count;
	float log_us; /* natural logarithm */
	float spread; /* of the logarithms, as a standard deviation; outliers count little */
	int32_t warm_us[USUAL_WARM];
};

/* The running median's value in microseconds; ABSENT_US before USUAL_WARM values. */
int32_t running_median_us(const struct running_median *median);

/* Values below 1 us count as 1 us; absent ones not at all. */
void running_median_add(struct running_median *median, int32_t value_us);

#endif
