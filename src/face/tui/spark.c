/*
 * A target's history in one row. A bar says how unlike itself the target was, a letter how it
 * failed; the two are never mixed. Draws only: bins come in ready. Main thread.
 */
#include "face/tui/spark.h"

#include <math.h>

#define LEVELS	      8
#define USUAL_LEVEL   2
#define SHARED_LOW_US 1000.0

static int hold(long level)
{
	return level < 1 ? 1 : level > LEVELS ? LEVELS : (int)level;
}

static int level_usual(double value, double usual)
{
	return hold(lround(USUAL_LEVEL + 2 * log2(value / usual)));
}

static int level_own(double value, double top)
{
	return hold((long)ceil(value / top * LEVELS));
}

static int level_shared(double value, double top)
{
	return hold(1 +
		    lround((LEVELS - 1) * log(value / SHARED_LOW_US) / log(top / SHARED_LOW_US)));
}

int spark_level(const struct spark *spark, int32_t value_us)
{
	double value = value_us > 0 ? value_us : 1; /* the logarithm of nothing is no level */
	enum scale scale = spark->scale;

	if (value_us < 0) {
		return 0;
	}
	if (scale == SCALE_USUAL && spark->usual_us > 0) {
		return level_usual(value, spark->usual_us);
	}
	if (scale != SCALE_SHARED && spark->own_top_us > 0) {
		return level_own(value, spark->own_top_us);
	}
	if (spark->shared_top_us > SHARED_LOW_US) {
		return level_shared(value, spark->shared_top_us);
	}
	return USUAL_LEVEL;
}

/* Where a column goes. */
struct put {
	struct canvas *canvas;
	const struct spark *spark;
	const struct theme *theme;
	struct rect area;
	int x;
};

static enum style held_style(const struct bin_walk *walk)
{
	if (walk->held_letter) {
		return walk->held_failed;
	}
	if (walk->held_slow) {
		return STYLE_HISTORY_SLOW;
	}
	return bin_walk_is_rare(walk) ? STYLE_HISTORY_DIM : STYLE_HISTORY;
}

/* One column. A failure's letter comes before anything else that happened in its bin. */
static void put_bin(const struct put *put, const struct bin *bin, enum bin_show show,
		    const struct bin_walk *walk)
{
	int level = spark_level(put->spark, walk->held_us);
	char letter[2];
	const char *bar = level > 0 ? put->theme->glyphs.bars[level - 1] : " ", *text = " ";
	enum style style = STYLE_TEXT;

	bin_letter(walk->held_letter, letter);
	switch (show) {
	case BIN_BLANK:
		break;
	case BIN_PENDING:
		style = STYLE_HISTORY; /* a change of colour beside it would cost bytes */
		break;
	case BIN_GAP:
		text = put->canvas->ascii ? "'" : "·";
		style = STYLE_NODATA;
		break;
	case BIN_HANGING:
		text = put->canvas->ascii ? "~" : "…";
		style = STYLE_HISTORY_SLOW;
		break;
	case BIN_HELD:
		text = walk->held_letter ? letter : bar;
		style = held_style(walk);
		break;
	case BIN_GOOD:
		text = bar;
		style = bin->slow ? STYLE_HISTORY_SLOW : STYLE_HISTORY;
		break;
	case BIN_FAILED:
		text = letter;
		style = bin_failed_style(bin);
		break;
	}
	canvas_put(put->canvas, put->area, put->x, put->area.y, style, text);
}

void spark_draw(struct canvas *canvas, struct rect area, const struct spark *spark,
		const struct theme *theme)
{
	struct put put = {.canvas = canvas, .spark = spark, .theme = theme, .area = area};
	struct bin_walk walk = {.interval_ms = spark->interval_ms,
				.width_ms = spark->width_ms,
				.paused = spark->paused,
				.under_way = spark->under_way,
				.hanging = spark->hanging};

	put.area.height = area.height > 0 ? 1 : 0;
	bin_walk_begin(&walk, &spark->before);
	for (int i = 0; i < spark->count; i++) {
		const struct bin *bin = &spark->bins[i];
		enum bin_show show = bin_walk_next(&walk, bin, spark->count - 1 - i);

		put.x = area.x + area.width - spark->count + i;
		if (put.x >= area.x) { /* older bins only tell what is held at the left edge */
			put_bin(&put, bin, show, &walk);
		}
	}
}
