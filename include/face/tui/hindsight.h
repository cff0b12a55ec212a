#ifndef WEBMON_FACE_TUI_HINDSIGHT_H
#define WEBMON_FACE_TUI_HINDSIGHT_H
/*
 * What the state of a target was at a moment gone by. Events are told of what is to be told: a failure that its parent,
 * a maintenance or the lost network explains is none, nor are downs and ups while it flaps. So events say what was told,
 * samples say what the checks were, and both together the state. Pure; any thread.
 */
#include "model/sample.h"
#include "model/target.h"
#include "model/verdict.h"

/* What events say of a target up to a moment; blank before the first one. */
struct told {
	bool known;
	enum state state;
	int64_t since_ms;   /* of the state; 0: not known */
	int64_t told_ms;    /* when it was */
	int64_t flapped_ms; /* when it began or ended to flap; 0: never */
	bool slow, flapping, loaded, saturated;
	int64_t loaded_ms;
	char load[160];
};

/* One more event of the target, in order; also those after the moment, of which the first says what was before. */
void told_event(struct told *told, const struct event *event, int64_t at_ms);

struct hindsight {
	const struct told *told;
	const struct target *target;
	const struct sample *samples; /* that had ended, oldest first: an hour of them, or the last one */
	size_t count;		      /* at least 1 */
	bool is_whole;		      /* there was none before them */
	/* Those of failed checks: the target's newest one that had opened then, and of each the one before; by place in
	 * the list and one more, 0: there is none. */
	const struct incident *incidents;
	const uint32_t *earlier;
	uint32_t latest;
	int64_t at_ms; /* the moment */
};

struct hindsight_state {
	enum state state;
	int64_t since_ms; /* 0: not known */
	bool is_excused;  /* UNKNOWN because what failed then was not held against it */
};

struct hindsight_state hindsight_look(const struct hindsight *h);

#endif
