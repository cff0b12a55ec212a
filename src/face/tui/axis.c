/*
 * The value axis. Limits lie on steps of 1-2-5, so that they change seldom and the whole chart with
 * them. Times span decades and one outlier must not press the rest flat, hence the logarithm; its
 * lines lie in the middle of a row, where the terminal draws them. Main thread.
 */
#include "face/tui/axis.h"

#include <math.h>

#define EIGHTHS	    8
#define STEPS	    34	  /* 1 us to 2e11 us: more than any time-out */
#define DECADES_MAX 10000 /* the widest ratio of high to low */
#define HEADROOM    1.5	  /* over p99 and the slow limit */
#define HOLD_MS	    60000 /* limits that are too wide stay so long */
#define FOOTROOM    0.8	  /* under the smallest median: a bar has some height */

static int64_t step_value(int step)
{
	static const int64_t mantissa[3] = {1, 2, 5};
	int64_t value = mantissa[step % 3];

	for (int i = 0; i < step / 3; i++) {
		value *= 10;
	}
	return value;
}

/* The highest step not over us. */
static int step_floor(double us)
{
	int step = 0;

	while (step + 1 < STEPS && (double)step_value(step + 1) <= us) {
		step++;
	}
	return step;
}

static int step_ceil(double us)
{
	int step = step_floor(us);

	return (double)step_value(step) < us && step + 1 < STEPS ? step + 1 : step;
}

static double eighths(const struct axis *axis, int64_t us)
{
	double low = (double)axis->low_us, high = (double)axis->high_us,
	       value = us > 1 ? (double)us : 1;

	if (axis->linear) {
		return axis->base + axis->span * value / high;
	}
	return axis->base + axis->span * log(value / low) / log(high / low);
}

/* A line every `stride` steps, from the top; false where two lie closer than two rows. */
static bool place_log_lines(struct axis *axis, int stride)
{
	int64_t found[STEPS];
	int count = 0;

	for (int step = step_floor((double)axis->high_us);
	     step >= 0 && step_value(step) >= axis->low_us; step -= stride) {
		found[count++] = step_value(step);
	}
	for (int i = 1; i < count; i++) {
		if (axis_row(axis, found[i - 1]) - axis_row(axis, found[i]) < 2) {
			return false;
		}
	}
	axis->line_count = count < AXIS_LINES_MAX ? count : AXIS_LINES_MAX;
	for (int i = 0; i < axis->line_count; i++) {
		axis->lines_us[i] = found[axis->line_count - 1 - i];
	}
	return true;
}

static void place_linear_lines(struct axis *axis)
{
	int64_t top = axis->high_us;
	int64_t step = step_value(step_ceil((double)top / (axis->rows > 4 ? axis->rows / 2.0 : 2)));

	axis->line_count = 0;
	for (int64_t value = step; value <= top && axis->line_count < AXIS_LINES_MAX;
	     value += step) {
		axis->lines_us[axis->line_count++] = value;
	}
}

static double larger(double a, int64_t b)
{
	return a > (double)b ? a : (double)b;
}

static void choose_limits(struct axis *axis, const struct axis_wish *wish)
{
	double top = larger(larger(0, wish->usual_top_us) * HEADROOM, wish->high_us), low;

	if (wish->slow_us > 0 && (!wish->linear || top <= 0 || (double)wish->slow_us < 3 * top)) {
		top = larger(top, (int64_t)((double)wish->slow_us * HEADROOM));
	}
	top = top > 0 ? top : 1e6; /* nothing known yet: a second */
	axis->high_us = step_value(step_ceil(top));
	if (wish->held.high_us > axis->high_us) {
		axis->high_us = wish->held.high_us;
	}
	if (wish->linear) {
		axis->low_us = 0;
		return;
	}
	low = wish->low_us > 0 ? (double)wish->low_us * FOOTROOM : (double)axis->high_us / 100;
	low = low < (double)axis->high_us / DECADES_MAX ? (double)axis->high_us / DECADES_MAX : low;
	axis->low_us = step_value(step_floor(low));
	if (wish->held.low_us > 0 && wish->held.low_us < axis->low_us) {
		axis->low_us = wish->held.low_us;
	}
	if (axis->low_us * 4 > axis->high_us) {
		axis->low_us = step_value(step_floor((double)axis->high_us / 4));
	}
	axis->high_us = axis->high_us > axis->low_us ? axis->high_us : axis->low_us * 10;
}

static void include(struct axis_range *range, const struct axis_range *other)
{
	range->low_us = other->low_us < range->low_us ? other->low_us : range->low_us;
	range->high_us = other->high_us > range->high_us ? other->high_us : range->high_us;
}

static bool is_same_view(const struct axis_view *a, const struct axis_view *b)
{
	return a->target == b->target && a->width_ms == b->width_ms && a->linear == b->linear;
}

void axis_hold_take(struct axis_hold *hold, const struct axis_view *view, const struct axis *wanted,
		    int64_t at_ms)
{
	const struct axis_range now = {wanted->low_us, wanted->high_us};
	bool goes_on = hold->range.high_us > 0 && is_same_view(&hold->view, view) &&
		       at_ms >= hold->at_ms && at_ms - hold->at_ms < HOLD_MS;

	hold->at_ms = at_ms;
	if (!goes_on) {
		*hold = (struct axis_hold){*view, now, now, at_ms, at_ms};
		return;
	}
	include(&hold->range, &now);
	include(&hold->enough, &now);
	if (hold->enough.low_us == hold->range.low_us &&
	    hold->enough.high_us == hold->range.high_us) {
		hold->enough = now; /* all of it was of use just now */
		hold->since_ms = at_ms;
	} else if (at_ms - hold->since_ms >= HOLD_MS) {
		hold->range = hold->enough;
		hold->enough = now;
		hold->since_ms = at_ms;
	}
}

struct axis axis_make(const struct axis_wish *wish)
{
	struct axis axis = {.linear = wish->linear, .rows = wish->rows > 0 ? wish->rows : 1};
	bool spare;

	choose_limits(&axis, wish);
	/* One row over the top line where something is slower still. */
	spare = axis.rows >= EIGHTHS && wish->max_us > axis.high_us;
	axis.base = axis.linear ? 0 : axis.rows > 1 ? EIGHTHS / 2 : 1;
	axis.span = axis.rows > 1 ? (axis.rows - 1 - spare) * EIGHTHS : EIGHTHS - 1;
	if (axis.linear && axis.rows > 1) {
		axis.span += EIGHTHS / 2.0;
	}
	if (axis.linear) {
		place_linear_lines(&axis);
		return axis;
	}
	for (int stride = 1; stride < STEPS && !place_log_lines(&axis, stride); stride++) {
	}
	return axis;
}

int axis_eighths(const struct axis *axis, int64_t us)
{
	double value = round(eighths(axis, us));

	return value < 1 ? 1 : value > axis->rows * EIGHTHS ? axis->rows * EIGHTHS : (int)value;
}

int axis_row(const struct axis *axis, int64_t us)
{
	double value = eighths(axis, us);
	int row = value < 0			  ? 0
		  : value >= axis->rows * EIGHTHS ? axis->rows - 1
						  : (int)(value / EIGHTHS);

	return row;
}

bool axis_is_over(const struct axis *axis, int64_t us)
{
	return eighths(axis, us) >= axis->rows * EIGHTHS;
}
