#ifndef WEBMON_FACE_METRICS_FAMILIES_H
#define WEBMON_FACE_METRICS_FAMILIES_H
/*
 * The table of metrics: one row a family, with the function that writes its lines. For
 * face/metrics_text alone.
 */
#include "face/metrics_count.h"
#include "face/metrics_page.h"

/* What is known of a target at one moment. */
struct metrics_facts {
	const struct target *target;
	const struct target_count *count;
	bool judged; /* there is a verdict */
	bool fresh;  /* `last` speaks of the present */
	struct sample last;
	struct verdict verdict;
	struct cert_facts cert;
};

/* What is known of the program. */
struct metrics_program {
	struct fleet fleet;
	unsigned states[STATE_COUNT];
};

/* A family's lines of a target or, with facts NULL, of the program. */
struct metrics_writing {
	struct metrics_page *page;
	struct metrics_series series;
	const struct metrics_program *program;
	const struct metrics_facts *facts;
};

struct metrics_row {
	struct metrics_family family;
	void (*put)(struct metrics_writing *writing);
	bool program; /* of the program, not of each target */
};

/* NULL after the last one. */
const struct metrics_row *metrics_row_at(size_t i);

#endif
