#ifndef WEBMON_MODEL_SPEED_H
#define WEBMON_MODEL_SPEED_H
/*
 * Whether good answers are slow, by the last five of them: three over a limit (or every one, while
 * there are fewer) are slow, none is fast again. Part of the judge; see judge.h.
 */
#include <stdbool.h>
#include <stdint.h>

#define SPEED_OF 5

struct speed {
	uint8_t  recent; /* newest in bit 0: 1 over a limit */
	uint8_t  recent_count;
	uint32_t slow_count;    /* answers over a limit since slow_since_ms */
	int64_t  slow_since_ms; /* the first of them, with none among the five before it */
	int64_t  fast_since_ms; /* the first answer in time after the last slow one */
};

/* One more good answer; slow: over a limit. */
void speed_note(struct speed *speed, int64_t at_ms, bool slow);

/* How many of the last five were over a limit. */
int speed_over(const struct speed *speed);

bool speed_is_slow(const struct speed *speed);
bool speed_is_fast(const struct speed *speed);

#endif
