/*
 * Slow or not, by a window of five bits. Pure; the judge's thread.
 */
#include "model/speed.h"

#define SLOW_COUNT 3
#define WINDOW	   ((1u << SPEED_OF) - 1)

void speed_note(struct speed *speed, int64_t at_ms, bool slow)
{
	if (slow && speed->recent == 0) {
		speed->slow_since_ms = at_ms;
		speed->slow_count = 0;
	}
	if (!slow && (speed->recent & 1))
		speed->fast_since_ms = at_ms;
	speed->slow_count += slow;
	speed->recent = (uint8_t)(((unsigned)speed->recent << 1 | slow) & WINDOW);
	if (speed->recent_count < SPEED_OF)
		speed->recent_count++;
}

int speed_over(const struct speed *speed)
{
	return __builtin_popcount(speed->recent);
}

bool speed_is_slow(const struct speed *speed)
{
	int over = speed_over(speed);

	return over >= SLOW_COUNT || (over > 0 && over == speed->recent_count);
}

bool speed_is_fast(const struct speed *speed)
{
	return speed->recent == 0 && speed->recent_count == SPEED_OF;
}
