/*
 * The walk along a series of bins, once for histories and charts, so that both call the same thing
 * a gap. Main thread.
 */
#include "face/tui/walk.h"

#include <limits.h>

/* For how many empty bins the last answer still stands: until the next check is due. The first one
 * comes off the grid of the schedule, and the next up to half an interval late. */
static int64_t held_bins(const struct bin_walk *walk)
{
	int64_t due_ms = walk->checks > 1 ? walk->interval_ms : walk->interval_ms * 3 / 2;

	if (walk->paused || walk->width_ms <= 0 || walk->interval_ms < walk->width_ms) {
		return 0;
	}
	return (due_ms + walk->width_ms - 1) / walk->width_ms;
}

/* The newest bin of checks as frequent as bins has just begun: it is neither a gap nor known. */
static bool is_pending(const struct bin_walk *walk, int age)
{
	return age == 0 && walk->empty == 1 && !walk->paused && walk->interval_ms <= walk->width_ms;
}

bool bin_walk_is_rare(const struct bin_walk *walk)
{
	return walk->interval_ms > walk->width_ms;
}

enum bin_show bin_walk_next(struct bin_walk *walk, const struct bin *bin, int age)
{
	if (!walk->begun) {
		walk->held_us = ABSENT_US;
	}
	walk->begun |= bin->good || bin->failed || bin->tainted;
	if (bin->good || bin->failed) {
		walk->empty = 0;
		walk->checks++;
		walk->held_us = bin->failed ? ABSENT_US : bin->median_us;
		walk->held_slow = bin->slow;
		walk->held_letter = bin->failed ? bin->letter : '\0';
		walk->held_failed = bin_failed_style(bin);
		return bin->failed ? BIN_FAILED : BIN_GOOD;
	}
	walk->empty++;
	if (walk->hanging && age < walk->under_way && !bin->tainted) {
		return BIN_HANGING;
	}
	if (!walk->begun) {
		return BIN_BLANK;
	}
	if (is_pending(walk, age) && !bin->tainted) {
		return BIN_PENDING;
	}
	if ((walk->held_us >= 0 || walk->held_letter) && walk->empty <= held_bins(walk)) {
		return BIN_HELD;
	}
	return age < walk->under_way && !bin->tainted ? BIN_PENDING : BIN_GAP;
}

enum style bin_failed_style(const struct bin *bin)
{
	return bin->failed && bin->failed >= bin->good ? STYLE_FAILED : STYLE_FAILED_SOME;
}

void bin_walk_begin(struct bin_walk *walk, const struct bin_before *before)
{
	if (!before->bin.good && !before->bin.failed) {
		return;
	}
	bin_walk_next(walk, &before->bin, INT_MAX);
	walk->empty = before->bins;
}

void bin_letter(char letter, char out[2])
{
	out[0] = letter > ' ' ? letter : 'X';
	out[1] = '\0';
}
