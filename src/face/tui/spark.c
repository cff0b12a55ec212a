/*
 * A target's history in one row. A bar says how unlike itself the target was, a letter how it failed; the two are never
 * mixed. Draws only: bins come in ready. Main thread.
 */
#include "face/tui/spark.h"

#include <math.h>

const char *const scale_name[SCALE_COUNT] = {"usual", "own", "shared"};

#define LEVELS        8
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
	return hold(1 + lround((LEVELS - 1) * log(value / SHARED_LOW_US) / log(top / SHARED_LOW_US)));
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

static bool has_check(const struct bin *bin)
{
	return bin->good || bin->failed;
}

/* For how many empty bins a level still stands: until the next check is due. */
static int held_bins(const struct spark *spark, bool newest)
{
	if (spark->paused || spark->width_ms <= 0) {
		return 0;
	}
	if (spark->interval_ms >= spark->width_ms) {
		return (int)((spark->interval_ms + spark->width_ms - 1) / spark->width_ms);
	}
	return newest ? 1 : 0; /* the bin has just begun */
}

/* Where a column goes. */
struct put {
	struct canvas *canvas;
	const struct theme *theme;
	struct rect area;
	int x;
};

/* What has been seen so far, from the oldest bin on. */
struct walk {
	bool begun; /* some check is shown: from here on gaps are gaps */
	int level;  /* of the last check; 0: it failed */
	int empty;  /* bins since then */
};

static void walk_bin(struct walk *walk, const struct spark *spark, const struct bin *bin)
{
	if (has_check(bin)) {
		walk->level = bin->failed ? 0 : spark_level(spark, bin->median_us);
		walk->empty = 0;
		walk->begun = true;
	} else {
		walk->empty++;
		walk->begun |= bin->tainted > 0;
	}
}

/* One column. A failure's letter comes before anything else that happened in its bin. */
static void put_bin(const struct walk *walk, const struct bin *bin, bool held, struct put *put)
{
	char letter[2] = {bin->letter > ' ' ? bin->letter : 'X', '\0'};
	const char *text = " ";
	enum style style = STYLE_TEXT;

	if (bin->failed) {
		text = letter;
		style = bin->failed >= bin->good ? STYLE_FAILED : STYLE_FAILED_SOME;
	} else if (walk->level > 0 && (bin->good || held)) {
		text = put->theme->glyphs.bars[walk->level - 1];
		style = !bin->good ? STYLE_HISTORY_DIM : bin->slow ? STYLE_HISTORY_SLOW : STYLE_HISTORY;
	} else if (walk->begun) {
		text = put->canvas->ascii ? "'" : "·";
		style = STYLE_NODATA;
	}
	canvas_put(put->canvas, put->area, put->x, put->area.y, style, text);
}

void spark_draw(struct canvas *canvas, struct rect area, const struct spark *spark, const struct theme *theme)
{
	struct put put = {.canvas = canvas, .theme = theme, .area = area};
	struct walk walk = {0};

	put.area.height = area.height > 0 ? 1 : 0;
	for (int i = 0; i < spark->count; i++) {
		const struct bin *bin = &spark->bins[i];
		bool newest = i == spark->count - 1;

		walk_bin(&walk, spark, bin);
		put.x = area.x + area.width - spark->count + i;
		if (put.x >= area.x) { /* older bins only tell what is held at the left edge */
			put_bin(&walk, bin, walk.empty <= held_bins(spark, newest), &put);
		}
	}
}
