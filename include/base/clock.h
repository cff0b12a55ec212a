#ifndef WEBMON_BASE_CLOCK_H
#define WEBMON_BASE_CLOCK_H
/*
 * The only place that asks what time it is. Deadlines and durations come from clock_mono_us(),
 * wall-clock time only dates things. Tests freeze all three. Any thread.
 */
#include <stdbool.h>
#include <stdint.h>

int64_t clock_mono_us(void); /* CLOCK_MONOTONIC: for intervals and deadlines */
int64_t clock_boot_us(void); /* CLOCK_BOOTTIME: runs on while the machine sleeps */
int64_t clock_run_us(void);  /* CLOCK_THREAD_CPUTIME_ID: for how long the calling thread has run; never frozen */
int64_t clock_wall_ms(void); /* CLOCK_REALTIME, ms since 1970 UTC: for showing */
int64_t clock_wall_us(void);

/* The wall clock was set by so much: a moment that is known (0: none) goes with it. */
static inline void clock_move(int64_t *at_ms, int64_t by_ms)
{
	if (*at_ms > 0)
		*at_ms += by_ms;
}

/* From now on the wall clock alone says this, for a picture of the past; 0: it goes again. Main thread; no other may read
 * the wall clock then: a viewer has none that does. */
void clock_hold_wall(int64_t wall_ms);
bool clock_wall_is_held(void);
int64_t clock_present_ms(void); /* the wall clock, held or not */

/* Tests: from now on the clocks say this until clock_thaw(). */
void clock_freeze(int64_t mono_us, int64_t wall_ms);
void clock_thaw(void);

#endif
