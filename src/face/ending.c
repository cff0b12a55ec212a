/*
 * What is told of a history that nobody writes any more. The limit is that of the metrics: a
 * restart of the recorder is no news, and a script that asks a dead one is told so within minutes.
 */
#include "face/ending.h"

#include <string.h>

#include "base/text.h"

bool ending_outdates(const struct ending *ending, const struct target *target,
		     const struct verdict *verdict, int64_t checked_ms)
{
	int64_t age_ms = ending->now_ms - checked_ms, limit_ms = target_present_ms(target);

	if (ending->at_ms == 0 || verdict->state == STATE_PAUSED)
		return false;
	/* a check of the far future was dated by another clock: it says nothing of now either */
	return age_ms >= limit_ms || age_ms <= -limit_ms;
}

void ending_blank(const struct ending *ending, struct verdict *verdict)
{
	struct verdict blank = {
		.state = STATE_UNKNOWN,
		.since_ms = ending->at_ms,
		.warnings = verdict->warnings & WARN_TLS_EXPIRING, /* the calendar goes on */
		.last_us = ABSENT_US,
		.usual_us = ABSENT_US,
		.acknowledged = verdict->acknowledged,
		.parent = UINT32_MAX,
	};

	for (int phase = 0; phase < PHASE_COUNT; phase++)
		blank.usual_phase_us[phase] = ABSENT_US;
	text_copy(blank.note, sizeof blank.note, verdict->note);
	text_copy(blank.detail, sizeof blank.detail, ending->why);
	*verdict = blank;
}

void ending_apply(const struct ending *ending, struct rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		struct row *row = &rows->items[i];

		if (!ending_outdates(ending, row->target, &row->verdict,
				     row->has_last ? row->last.at_ms : 0))
			continue;
		ending_blank(ending, &row->verdict);
		row->has_last = false;
		row->outdated = true;
	}
}
