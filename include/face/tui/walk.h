#ifndef WEBMON_FACE_TUI_WALK_H
#define WEBMON_FACE_TUI_WALK_H
/*
 * Goes through bins from old to new and says what each is: a gap is something else before the first
 * check, between two checks that are rarer than bins, and where checks are missing. Private to
 * histories, spark and chart.
 */
#include "face/tui/style.h"
#include "model/stats.h"

enum bin_show {
	BIN_BLANK,   /* before the first check */
	/* the newest, begun only now, or those since a check began that has not ended */
	BIN_PENDING,
	BIN_HANGING, /* since a check began that has not ended though it should have by now */
	BIN_GAP,     /* no check though one was due, or none that tells anything */
	/* the next check is not due yet: the last one still stands (held_us, or held_letter) */
	BIN_HELD,
	BIN_GOOD, /* held_us is its median */
	BIN_FAILED, /* some failed; good ones may be there too */
};

/* The last check before a series of bins, which stands at its left edge. Zeroed: there is none. */
struct bin_before {
	struct bin bin;
	int64_t bins; /* of the series' width that lie between it and the first one */
};

struct bin_walk {
	int64_t interval_ms, width_ms; /* set by the caller; interval 0: nothing is ever held */
	bool paused;
	int under_way; /* newest bins since the check began that is under way; 0: none is */
	bool hanging;  /* that one takes longer than it should */
	/* where it stands */
	bool begun;
	int32_t held_us; /* ABSENT_US: the last check failed */
	bool held_slow;
	char held_letter; /* 0: it did not fail */
	enum style held_failed; /* the letter's */
	int64_t empty;	 /* bins since the last check */
	int checks;	 /* bins with one */
};

/* Where there was a check before the first bin, it is begun. */
void bin_walk_begin(struct bin_walk *walk, const struct bin_before *before);
/* age: how many bins are newer. */
enum bin_show bin_walk_next(struct bin_walk *walk, const struct bin *bin, int age);

/* Checks are rarer than bins, so that levels are held by rule and not because of a schedule that
 * swings around the edge of a bin. */
bool bin_walk_is_rare(const struct bin_walk *walk);

/* FAILED, or FAILED_SOME where more answers were good than failed. */
enum style bin_failed_style(const struct bin *bin);
/* A bin's letter as text; 'X' where it has none. */
void bin_letter(char letter, char out[2]);

#endif
