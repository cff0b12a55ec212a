#ifndef WEBMON_SOURCE_POLL_SCHEDULE_H
#define WEBMON_SOURCE_POLL_SCHEDULE_H
/*
 * When each target is due: a fixed rate on a grid of the monotonic clock. A target's starts lie at
 * phase + k * interval, whatever happened before: nothing drifts, nothing bursts after a stall.
 *
 * The phase is the hash of the target's name, so that a fleet is spread over its interval, rounded
 * down to a tick of min(interval / 40, 250 ms), so that neighbours start in one wake-up: 2 to 3
 * times less CPU, and no start is later for it. The first start comes early, within a second
 * (0.4 ms a target), then the grid holds. Pure rules over given times; no clock is read here.
 */
#include "source/poll/heap.h"

/* How one target beats. */
struct rhythm {
	int64_t interval_us; /* > 0 */
	uint64_t hash;	     /* of its name */
	bool precise;	     /* no rounding to the tick */
};

struct beat {
	int64_t interval_us, phase_us;
};

struct schedule {
	struct heap due;
	struct beat *beats;
	size_t count;
};

struct start {
	uint32_t id;
	int64_t due_us;
	uint32_t missed; /* further starts that have passed meanwhile and are dropped */
};

void schedule_init(struct schedule *schedule, size_t count);
void schedule_fini(struct schedule *schedule);

/*
 * Puts the target in: its first start soon after now_us (on the grid where the interval is a second
 * or less; else all within 0.4 ms a target, a second at most, or what so many need), then on
 * its grid.
 */
void schedule_add(struct schedule *schedule, uint32_t id, const struct rhythm *rhythm,
		  int64_t now_us);

/* As schedule_add, but it starts at now_us and every interval from there. */
void schedule_add_at_once(struct schedule *schedule, uint32_t id, int64_t interval_us,
			  int64_t now_us);

/* It is no longer due; nothing where it is not in. */
void schedule_remove(struct schedule *schedule, uint32_t id);
/* Puts a removed one back on its grid, due at once. */
void schedule_resume(struct schedule *schedule, uint32_t id, int64_t now_us);

/* Takes the next start that is due at now_us, and sets the target's next one. False: none
 * is due. */
bool schedule_take(struct schedule *schedule, int64_t now_us, struct start *start);

/* One start earlier than the grid's next (a retry); ignored where it would be later. */
void schedule_hasten(struct schedule *schedule, uint32_t id, int64_t due_us);

/* No start before due_us; then on the grid again. */
void schedule_postpone(struct schedule *schedule, uint32_t id, int64_t due_us);

/* When the earliest start is due; INT64_MAX: never. */
int64_t schedule_next_us(const struct schedule *schedule);
int64_t schedule_due_us(const struct schedule *schedule, uint32_t id); /* 0: not in */

/*
 * After the machine slept or the process was stopped: what fell due meanwhile is dropped and waits
 * for its next place on the grid, so that the fleet comes back spread. Returns how many starts were
 * dropped.
 */
uint64_t schedule_drop_missed(struct schedule *schedule, int64_t now_us);

#endif
