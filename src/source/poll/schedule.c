/*
 * The schedule of one poller: a heap of next due times over a grid. See the header for the rules.
 */
#include "source/poll/schedule.h"

#include <stdlib.h>

#include "base/mem.h"

#define FIRST_WITHIN_US 1000000
#define SMALL_FLEET	100 /* targets: its first answers stand before a person has looked */
#define FIRST_SMALL_US	140
#define FIRST_EACH_US	400
/* A large one takes its time: faster, and its own starts would be late */
#define FIRST_LEAST_US 200
#define TICK_MAX_US    250000
#define TICKS	       40

/* The first point of the grid after t. */
static int64_t grid_after(const struct beat *beat, int64_t t_us)
{
	int64_t rounds = (t_us - beat->phase_us) / beat->interval_us;
	int64_t next = beat->phase_us + rounds * beat->interval_us;

	while (next <= t_us)
		next += beat->interval_us;
	return next;
}

static int64_t least(int64_t one, int64_t two)
{
	return one < two ? one : two;
}

/* All first starts within this time. */
static int64_t first_us(const struct schedule *schedule)
{
	int64_t count = (int64_t)schedule->count;
	int64_t within = least(FIRST_WITHIN_US, count * FIRST_EACH_US);

	if (count <= SMALL_FLEET)
		return count * FIRST_SMALL_US;
	return within > count * FIRST_LEAST_US ? within : count * FIRST_LEAST_US;
}

static int64_t tick_us(const struct rhythm *rhythm)
{
	int64_t tick = rhythm->interval_us / TICKS;

	if (rhythm->precise || tick < 1)
		return 1;
	return tick < TICK_MAX_US ? tick : TICK_MAX_US;
}

void schedule_init(struct schedule *schedule, size_t count)
{
	heap_init(&schedule->due, count);
	schedule->beats = x_calloc(count ? count : 1, sizeof *schedule->beats);
	schedule->count = count;
}

void schedule_fini(struct schedule *schedule)
{
	heap_fini(&schedule->due);
	free(schedule->beats);
	schedule->beats = NULL;
}

void schedule_add(struct schedule *schedule, uint32_t id, const struct rhythm *rhythm,
		  int64_t now_us)
{
	struct beat *beat = &schedule->beats[id];
	int64_t tick = tick_us(rhythm);
	int64_t spread = (int64_t)(rhythm->hash % (uint64_t)rhythm->interval_us);

	beat->interval_us = rhythm->interval_us;
	beat->phase_us = spread - spread % tick;
	if (rhythm->interval_us <= FIRST_WITHIN_US) {
		heap_set(&schedule->due, id, grid_after(beat, now_us - 1));
		return;
	}
	/* The same order and ticks as on the grid, squeezed. */
	spread -= spread % tick;
	spread = (int64_t)((double)spread / (double)rhythm->interval_us *
			   (double)least(first_us(schedule), rhythm->interval_us));
	heap_set(&schedule->due, id, now_us + spread);
}

void schedule_add_at_once(struct schedule *schedule, uint32_t id, int64_t interval_us,
			  int64_t now_us)
{
	schedule->beats[id] =
		(struct beat){.interval_us = interval_us, .phase_us = now_us % interval_us};
	heap_set(&schedule->due, id, now_us);
}

void schedule_remove(struct schedule *schedule, uint32_t id)
{
	heap_remove(&schedule->due, id);
}

void schedule_resume(struct schedule *schedule, uint32_t id, int64_t now_us)
{
	heap_set(&schedule->due, id, now_us);
}

bool schedule_take(struct schedule *schedule, int64_t now_us, struct start *start)
{
	const struct heap_item *top = heap_top(&schedule->due);
	const struct beat *beat;
	int64_t next;

	if (!top || top->key > now_us)
		return false;
	beat = &schedule->beats[top->id];
	*start = (struct start){.id = top->id, .due_us = top->key};
	/* Off the grid (the first, a retry): the next but half an interval away would be
	 * too soon. */
	next = grid_after(beat, start->due_us);
	if ((start->due_us - beat->phase_us) % beat->interval_us != 0)
		next = grid_after(beat, start->due_us + beat->interval_us / 2);
	if (next <= now_us) {
		start->missed = (uint32_t)((now_us - next) / beat->interval_us + 1);
		next = grid_after(beat, now_us);
	}
	heap_set(&schedule->due, start->id, next);
	return true;
}

void schedule_hasten(struct schedule *schedule, uint32_t id, int64_t due_us)
{
	int64_t planned = schedule_due_us(schedule, id);

	if (planned > due_us)
		heap_set(&schedule->due, id, due_us);
}

void schedule_postpone(struct schedule *schedule, uint32_t id, int64_t due_us)
{
	if (heap_has(&schedule->due, id) && schedule_due_us(schedule, id) < due_us)
		heap_set(&schedule->due, id, grid_after(&schedule->beats[id], due_us - 1));
}

int64_t schedule_next_us(const struct schedule *schedule)
{
	const struct heap_item *top = heap_top(&schedule->due);

	return top ? top->key : INT64_MAX;
}

int64_t schedule_due_us(const struct schedule *schedule, uint32_t id)
{
	uint32_t place = schedule->due.places[id];

	return place ? schedule->due.items[place - 1].key : 0;
}

uint64_t schedule_drop_missed(struct schedule *schedule, int64_t now_us)
{
	uint64_t dropped = 0;
	const struct heap_item *top;

	while ((top = heap_top(&schedule->due)) && top->key <= now_us) {
		heap_set(&schedule->due, top->id, grid_after(&schedule->beats[top->id], now_us));
		dropped++;
	}
	return dropped;
}
