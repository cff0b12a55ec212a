/*
 * The phases of one check: where its time went, beside where it usually goes. With room a row each,
 * otherwise one stacked bar; without colour the stacked bar is made of letters. Draws only. Main
 * thread.
 */
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "face/tui/chart.h"

#define ROWS	     (PHASE_COUNT + 1) /* the phases and the total */
#define LABEL_WIDTH  10
#define NUMBER_WIDTH 8
#define USUAL_WIDTH  6
#define CHANGE_WIDTH 7
#define COMPARE_FROM 44	   /* columns from which on the usual and the difference have room */
#define FINE_US	     10000 /* all below 10 ms: tenths are shown */

/* Legend of the stacked bar: short names, and one letter each that is its own. */
static const struct {
	const char *name;
	const char letter[2];
} brief[PHASE_COUNT] = {
	/* clang-format off */
	[PHASE_DNS] = {"dns", "d"}, [PHASE_CONNECT] = {"con", "c"}, [PHASE_TLS] = {"tls", "t"},
	[PHASE_SEND] = {"send", "s"}, [PHASE_WAIT] = {"wait", "w"}, [PHASE_TRANSFER] = {"xfer", "x"},
	/* clang-format on */
};

/* What is drawn, worked out once. */
struct picture {
	struct canvas *canvas;
	const struct waterfall *waterfall;
	struct rect area;
	int64_t phase_us[PHASE_COUNT]; /* with the one that never ended; ABSENT_US: not reached */
	int64_t total_us;	       /* ABSENT_US: not measured */
	int64_t scale_us;	       /* the whole width, > 0 */
	enum phase ended;	       /* PHASE_COUNT: none */
	bool fine;
	bool compare; /* the usual and the difference are shown */
};

static enum style phase_style(enum phase phase)
{
	return (enum style)(STYLE_PHASE_DNS + (int)phase);
}

static struct picture make_picture(struct canvas *canvas, struct rect area,
				   const struct waterfall *waterfall)
{
	const struct sample *sample = waterfall->sample;
	struct picture picture = {.canvas = canvas, .area = area, .waterfall = waterfall};
	int64_t sum = 0;

	for (int i = 0; i < PHASE_COUNT; i++) {
		picture.phase_us[i] = sample->phase_us[i];
		sum += sample->phase_us[i] > 0 ? sample->phase_us[i] : 0;
	}
	picture.total_us = sample->total_us;
	picture.ended = sample_ended_in(sample);
	if (picture.ended != PHASE_COUNT && sample->total_us > sum) {
		picture.phase_us[picture.ended] = sample->total_us - sum;
		sum = sample->total_us;
	}
	picture.scale_us = sum > sample->total_us ? sum : sample->total_us;
	picture.scale_us = picture.scale_us > 0 ? picture.scale_us : 1;
	picture.compare = area.width >= COMPARE_FROM;
	picture.fine = picture.scale_us < FINE_US && waterfall->usual_us < FINE_US;
	return picture;
}

/* Milliseconds of a table: "84", "<1", "0.4" where all are that small, and a sign of absence. */
static void format_value(const struct picture *picture, char out[FORMAT_MAX], int64_t us)
{
	if (us >= 0 && picture->fine) {
		text_format(out, FORMAT_MAX, us < 100 ? "<0.1" : "%.1f", (double)us / 1000);
	} else {
		format_ms_cell(out, us, picture->canvas->ascii);
	}
}

/* "+3", "-1", and a dot where it is less than what is shown. */
static void format_change(const struct picture *picture, char out[FORMAT_MAX], int64_t us,
			  int64_t usual_us)
{
	int64_t change = us - usual_us, unit = picture->fine ? 100 : 1000;
	int64_t rounded = (change + (change < 0 ? -unit : unit) / 2) / unit;

	if (us < 0 || usual_us < 0) {
		out[0] = '\0';
	} else if (rounded == 0) {
		text_copy(out, FORMAT_MAX, picture->canvas->ascii ? "." : "·");
	} else if (picture->fine) {
		text_format(out, FORMAT_MAX, "%+.1f", (double)rounded / 10);
	} else {
		text_format(out, FORMAT_MAX, "%+lld", (long long)rounded);
	}
}

static int numbers_width(const struct picture *picture)
{
	return NUMBER_WIDTH + (picture->compare ? USUAL_WIDTH + CHANGE_WIDTH : 1);
}

/* Value, usual and difference at the right edge of a row. */
static void draw_numbers(const struct picture *picture, int y, int64_t us, int64_t usual_us)
{
	char text[FORMAT_MAX];
	int x = picture->area.x + picture->area.width - numbers_width(picture);
	bool failed = picture->waterfall->sample->cls != CLASS_OK;

	format_value(picture, text, us);
	x = canvas_put_fit(picture->canvas, picture->area, x, y, NUMBER_WIDTH, true, STYLE_STRONG,
			   text);
	if (!picture->compare) {
		return;
	}
	text[0] = '\0';
	if (usual_us >= 0) {
		format_value(picture, text, usual_us);
	}
	x = canvas_put_fit(picture->canvas, picture->area, x, y, USUAL_WIDTH, true, STYLE_DIM,
			   text);
	format_change(picture, text, failed ? ABSENT_US : us,
		      usual_us); /* a failure's times are no latencies */
	canvas_put_fit(picture->canvas, picture->area, x, y, CHANGE_WIDTH - 1, true, STYLE_DIM,
		       text);
}

static enum style style_of(const struct picture *picture, enum phase phase)
{
	return phase == picture->ended ? STYLE_FAILED_SOME : phase_style(phase);
}

static const char *stack_sign(const struct picture *picture, enum phase phase)
{
	if (picture->canvas->mono || picture->canvas->ascii) {
		return brief[phase].letter;
	}
	return phase == picture->ended ? "░" : "█";
}

static int column_of(const struct picture *picture, int width, int64_t us)
{
	return (int)((us * width * 2 + picture->scale_us) / (picture->scale_us * 2));
}

/* One phase from begin_us on; what is too short for a column is a thin line. */
static void draw_phase_bar(const struct picture *picture, struct rect bar, enum phase phase,
			   int64_t begin_us)
{
	bool ended = phase == picture->ended, ascii = picture->canvas->ascii;
	int from = column_of(picture, bar.width, begin_us);
	int to = column_of(picture, bar.width, begin_us + picture->phase_us[phase]);
	const char *sign = ended ? (ascii ? "?" : "░") : ascii ? "#" : "█";
	enum style style = style_of(picture, phase);

	if (from >= to || column_of(picture, bar.width, picture->phase_us[phase]) == 0) {
		to = from = from < bar.width ? from : bar.width - 1;
		canvas_put(picture->canvas, bar, bar.x + from, bar.y, style, ascii ? "|" : "▏");
	}
	for (; from < to; from++) {
		canvas_put(picture->canvas, bar, bar.x + from, bar.y, style, sign);
	}
}

static void draw_total(const struct picture *picture, struct rect bar)
{
	bool ascii = picture->canvas->ascii, failed = picture->waterfall->sample->cls != CLASS_OK;

	canvas_put(picture->canvas, picture->area, picture->area.x + 1, bar.y,
		   failed ? STYLE_DOWN : STYLE_TEXT, failed ? "failed" : "total");
	if (bar.width > 1) {
		for (int x = 1; x < bar.width - 1; x++) {
			canvas_put(picture->canvas, bar, bar.x + x, bar.y, STYLE_RULE,
				   ascii ? "-" : "─");
		}
		canvas_put(picture->canvas, bar, bar.x, bar.y, STYLE_RULE, ascii ? "`" : "└");
		canvas_put(picture->canvas, bar, bar.x + bar.width - 1, bar.y, STYLE_RULE,
			   ascii ? "'" : "┘");
	}
	draw_numbers(picture, bar.y, picture->total_us, picture->waterfall->usual_us);
}

static void draw_rows(const struct picture *picture)
{
	struct rect bar = picture->area;
	int64_t begin_us = 0;

	bar.x += 1 + LABEL_WIDTH;
	bar.width -= 1 + LABEL_WIDTH + numbers_width(picture);
	bar.height = 1;
	for (int i = 0; i < PHASE_COUNT; i++, bar.y++) {
		bool has = picture->phase_us[i] >= 0;

		canvas_put(picture->canvas, picture->area, picture->area.x + 1, bar.y,
			   has ? STYLE_TEXT : STYLE_DIM, phase_name[i]);
		if (has && bar.width > 0) {
			draw_phase_bar(picture, bar, (enum phase)i, begin_us);
		}
		begin_us += has ? picture->phase_us[i] : 0;
		draw_numbers(picture, bar.y, picture->phase_us[i],
			     picture->waterfall->usual_phase_us[i]);
	}
	draw_total(picture, bar);
}

/* Every phase that took any time has a column at least, as long as there are columns. */
static void draw_stack(const struct picture *picture, struct rect bar)
{
	int64_t begin_us = 0;
	int x = 0, left = 0; /* phases still to come */

	for (int i = 0; i < PHASE_COUNT; i++) {
		left += picture->phase_us[i] > 0;
	}
	for (int i = 0; i < PHASE_COUNT; i++) {
		int to;

		if (picture->phase_us[i] <= 0) {
			continue;
		}
		begin_us += picture->phase_us[i];
		left--;
		to = column_of(picture, bar.width, begin_us);
		to = to > bar.width - left ? bar.width - left : to;
		to = to > x ? to : x + 1;
		for (; x < to && x < bar.width; x++) {
			canvas_put(picture->canvas, bar, bar.x + x, bar.y,
				   style_of(picture, (enum phase)i),
				   stack_sign(picture, (enum phase)i));
		}
	}
}

static int legend_width(const struct picture *picture)
{
	int width = 0;

	for (int i = 0; i < PHASE_COUNT; i++) {
		char value[FORMAT_MAX];

		if (picture->phase_us[i] >= 0) {
			format_value(picture, value, picture->phase_us[i]);
			width += 6 + text_width(phase_name[i]) + text_width(value);
		}
	}
	return width;
}

static void draw_legend(const struct picture *picture, struct rect row)
{
	bool whole = legend_width(picture) <= row.width;
	int x = row.x;

	for (int i = 0; i < PHASE_COUNT; i++) {
		const char *name = whole ? phase_name[i] : brief[i].name;
		char value[FORMAT_MAX];

		if (picture->phase_us[i] < 0) {
			continue;
		}
		format_value(picture, value, picture->phase_us[i]);
		if (x + 3 + text_width(name) + text_width(value) > row.x + row.width) {
			break; /* none is cut in two */
		}
		x = canvas_put(picture->canvas, row, x, row.y, style_of(picture, (enum phase)i),
			       stack_sign(picture, (enum phase)i));
		x = canvas_put(picture->canvas, row, x + 1, row.y, STYLE_DIM, name);
		x = 3 + canvas_put(picture->canvas, row, x + 1, row.y, STYLE_STRONG, value);
	}
}

void waterfall_draw(struct canvas *canvas, struct rect area, const struct waterfall *waterfall)
{
	struct picture picture = make_picture(canvas, area, waterfall);
	struct rect row = rect_inset(area, 1, 0, 1, 0);

	if (area.height >= ROWS) {
		draw_rows(&picture);
		return;
	}
	row.height = 1;
	if (area.height >= 2) {
		draw_stack(&picture, row);
		row.y++;
	}
	if (area.height >= 1) {
		draw_legend(&picture, row);
	}
}
