/*
 * The clocks. Tests freeze them before they start any thread, and a viewer, who holds the wall
 * clock again and again, has no other thread that reads it: so plain variables do.
 */
#include "base/clock.h"

#include <time.h>

static bool frozen;
static int64_t frozen_mono_us, frozen_wall_ms, held_wall_ms;

static int64_t read_us(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_mono_us(void)
{
	return frozen ? frozen_mono_us : read_us(CLOCK_MONOTONIC);
}

int64_t clock_boot_us(void)
{
	return frozen ? frozen_mono_us : read_us(CLOCK_BOOTTIME);
}

int64_t clock_run_us(void)
{
	return read_us(CLOCK_THREAD_CPUTIME_ID);
}

int64_t clock_present_ms(void)
{
	return frozen ? frozen_wall_ms : read_us(CLOCK_REALTIME) / 1000;
}

int64_t clock_wall_ms(void)
{
	if (held_wall_ms)
		return held_wall_ms;
	return clock_present_ms();
}

int64_t clock_wall_us(void)
{
	if (held_wall_ms)
		return held_wall_ms * 1000;
	return frozen ? frozen_wall_ms * 1000 : read_us(CLOCK_REALTIME);
}

void clock_hold_wall(int64_t wall_ms)
{
	held_wall_ms = wall_ms;
}

bool clock_wall_is_held(void)
{
	return held_wall_ms != 0;
}

void clock_freeze(int64_t mono_us, int64_t wall_ms)
{
	frozen_mono_us = mono_us;
	frozen_wall_ms = wall_ms;
	frozen = true;
}

void clock_thaw(void)
{
	frozen = false;
}
