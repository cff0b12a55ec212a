#ifndef WEBMON_FACE_TUI_SURVEY_H
#define WEBMON_FACE_TUI_SURVEY_H
/*
 * What the samples of one target say when looked at one by one: how long answers take while it is
 * calm, the two kinds of checks apart where it has two (fresh and kept connections, IPv4 and IPv6),
 * and every good answer as a dot for the heat map and the histogram. Main thread.
 */
#include "face/row.h"
#include "face/tui/marks.h"

/* One good answer. */
struct dot {
	int64_t at_ms;
	int32_t us;
};

/* A target whose checks are of two kinds; flag 0: it has but one. */
struct split {
	unsigned flag; /* enum sample_flag of the second kind */
	const char *first, *second;
};

struct split split_of(const struct target *target);

/* Zeroed: of no target. */
struct survey {
	bool known;
	size_t target;
	uint64_t head; /* of the ring when read */
	int64_t at_ms;
	int32_t calm_low_us, calm_high_us; /* usual, and what nine answers of ten stay under while
					      calm; ABSENT_US: not known yet */
	struct split split;
	struct stats kinds[2]; /* of the window, where split */
	bool has_dots;
	struct dot *dots; /* good answers, oldest first; of the second kind too */
	size_t dot_count, dot_capacity;
};

void survey_fini(struct survey *survey);

/* Reads again where a sample came, after half a minute, or where dots are wanted and not there. */
struct survey_wish {
	const struct row *row;
	const struct marks *marks; /* answers under load are not what is usual */
	int64_t now_ms;
	bool dots;
};

void survey_refresh(struct survey *survey, const struct store *store, const struct rows *scratch,
		    const struct survey_wish *wish);

#endif
