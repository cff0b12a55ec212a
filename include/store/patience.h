#ifndef WEBMON_STORE_PATIENCE_H
#define WEBMON_STORE_PATIENCE_H
/*
 * How long a reader waits for a writer in the middle of a write: that takes less than a
 * microsecond, unless the writer has lost its processor, and for ever where it was killed. Private
 * to the store.
 */
#include <sched.h>
#include <stdbool.h>
#include <time.h>

enum { PATIENCE_BUSY = 64, PATIENCE_YIELDS = 128, PATIENCE_SLEEPS = 2000 };

/* Waits a moment, longer each time; turns counts from 0. False after about a quarter of a
 * second. */
static inline bool patience_wait(unsigned *turns)
{
	const struct timespec moment = {.tv_nsec = 100000};

	++*turns;
	if (*turns <= PATIENCE_BUSY)
		return true;
	if (*turns <= PATIENCE_YIELDS)
		sched_yield();
	else
		nanosleep(&moment, NULL);
	return *turns < PATIENCE_YIELDS + PATIENCE_SLEEPS;
}

#endif
