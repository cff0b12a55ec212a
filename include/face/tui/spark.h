#ifndef WEBMON_FACE_TUI_SPARK_H
#define WEBMON_FACE_TUI_SPARK_H
/*
 * A history of bins in one row: bars on a scale, letters for failures, gaps as gaps. Draws only;
 * never samples.
 */
#include "face/tui/canvas.h"
#include "face/tui/theme.h"
#include "face/tui/walk.h"
#include "model/stats.h"

enum scale { SCALE_USUAL, SCALE_OWN, SCALE_SHARED, SCALE_COUNT };

struct spark {
	const struct bin *bins;
	/* columns, newest last; more than are drawn tell what is held at the left edge */
	int         count;
	struct bin_before before; /* the last check before them */
	/* of the target's checks and of a bin: rarer checks hold their last level, dim */
	int64_t     interval_ms, width_ms;
	enum scale  scale;
	int32_t     usual_us;   /* ABSENT_US: not known yet */
	int32_t     own_top_us; /* 1.25 x p95 of what is shown */
	int32_t     shared_top_us; /* the longest time-out */
	int64_t     slow_us;    /* 0: none */
	bool        paused;
	int         under_way; /* newest bins since the check began that is under way; 0: none is */
	bool        hanging;   /* that one takes longer than it should */
};

/* 1 to 8 by the scale rules; 0 where value is absent. Where a scale's base is not known yet the
 * next one stands in. */
int spark_level(const struct spark *spark, int32_t value_us);
/* In the first row of area, the newest bin at its right edge. */
void spark_draw(struct canvas *canvas, struct rect area, const struct spark *spark,
		const struct theme *theme);

#endif
