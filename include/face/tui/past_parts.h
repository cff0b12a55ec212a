#ifndef WEBMON_FACE_TUI_PAST_PARTS_H
#define WEBMON_FACE_TUI_PAST_PARTS_H
/*
 * What past and past_incidents share. For them alone.
 */
#include "face/tui/hindsight.h"
#include "face/tui/past.h"

#define EVENTS_STEP 256

struct past {
	const struct store *store;
	const struct config *config;
	struct rows *rows;
	struct incidents incidents;
	const struct incidents *today;	   /* all that are known; during a look */
	struct told *told;		   /* by target */
	uint32_t *latest;		   /* by target, its newest incident of failed checks: its place among today's and 1; 0: none */
	uint32_t *earlier;		   /* by place, the one before it of the same target */
	bool *excused;			   /* by target: what failed was not held against it */
	struct maintenance **maintenances; /* by target, as they are configured today */
	int64_t at_ms, kept_ms;		   /* kept_ms: events before are lost; 0: none is */
};

/* The number of the oldest sample that is kept. */
uint64_t past_oldest(const struct past *past, size_t target);

/* Whether the target's samples of the moment and before are gone, and rollups are left; if so its statistics and its state, as far as they tell. */
bool past_is_rolled(const struct past *past, const struct row *row);
void past_roll_statistics(const struct past *past, struct row *row);
void past_roll_state(struct past *past, struct row *row);

/* After the rows. */
void past_look_at_incidents(struct past *past);

#endif
