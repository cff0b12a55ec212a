/*
 * The first glance: line 1 says whether anything is wrong, line 2 how the fleet does. Draws only.
 *
 * Counts are loud only where they are not zero, and nothing is called well that has not answered
 * yet. What does not fit goes step by step: source name, words of the quiet counts, program name,
 * clock.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "face/tui/moment.h"
#include "face/tui/pen.h"
#include "face/tui/state.h"

#define PARTS_MAX   16
#define FAILING_MAX OVERVIEW_MINUTES

struct part {
	char text[48];
	enum style style;
};

struct parts {
	struct part items[PARTS_MAX];
	int count, width;
	bool tight;
};

static void add_part(struct parts *parts, enum style style, const char *text)
{
	struct part *part = &parts->items[parts->count++];

	text_copy(part->text, sizeof(part->text), text);
	part->style = style;
	parts->width += text_width(text);
}

/* A loud count stands on its own ground; where there is no ground to see, brackets are it. */
static void add_loud(const struct tui *tui, struct parts *parts, enum style style, const char *sign,
		     unsigned count, const char *word)
{
	char text[48];

	if (!count)
		return;
	text_format(text, sizeof(text), tui->ascii ? "[%s %u %s]" : " %s %u %s ", sign, count,
		    word);
	add_part(parts, style, text);
	if (tui->ascii || !parts->tight)
		add_part(parts, STYLE_BAR, " ");
}

static void add_quiet(struct parts *parts, enum style style, const char *sign, unsigned count,
		      const char *word)
{
	char text[48];

	if (!count)
		return;
	text_format(text, sizeof(text), "%s %u%s%s", sign, count, word[0] ? " " : "", word);
	if (parts->count)
		add_part(parts, STYLE_BAR,
			 parts->tight || parts->items[parts->count - 1].style == STYLE_BAR ? " "
											   : "  ");
	add_part(parts, style, text);
}

/* Nothing that is told of targets means much while this host itself is in trouble. */
static void add_own(const struct tui *tui, struct parts *parts, bool words)
{
	const struct incident *own = incidents_own(&tui->incidents);
	bool network = own && own->confirmed;
	char text[48];

	if (!own)
		return;
	text_format(text, sizeof(text), tui->ascii ? "[%s %s]" : " %s %s ", tui->theme.glyphs.late,
		    network ? words ? "OWN NETWORK LOST" : "NETWORK"
		    : words ? "OWN TROUBLE"
			    : "OWN");
	add_part(parts, STYLE_COUNT_SLOW, text);
	if (tui->ascii || !parts->tight)
		add_part(parts, STYLE_BAR, " ");
}

/* How much is told, the most first. */
struct step {
	bool source, words, name, paused, clock;
};

static void count_parts(const struct tui *tui, struct parts *parts, const struct step *step)
{
	bool words = step->words;
	const struct tally *tally = &tui->tally;
	const struct glyphs *glyphs = &tui->theme.glyphs;
	unsigned unknown =
		tally->unknown - (tui->fresh < tally->unknown ? tui->fresh : tally->unknown);

	*parts = (struct parts){.tight = !step->name};
	if (!tally->targets) {
		add_part(parts, STYLE_BAR_DIM, "no targets");
		return;
	}
	if (tui->fresh == tally->targets) {
		add_part(parts, STYLE_PAUSED, words ? "waiting for first answers" : "waiting");
		return;
	}
	add_own(tui, parts, words);
	add_loud(tui, parts, STYLE_COUNT_DOWN, glyphs->down, tally->down, "DOWN");
	add_loud(tui, parts, STYLE_COUNT_LOAD, glyphs->loaded, tally->loaded, "LOADED");
	add_loud(tui, parts, STYLE_COUNT_SLOW, glyphs->slow, tally_slow_calm(tally), "SLOW");
	add_quiet(parts, STYLE_UP, glyphs->up, tally_up_calm(tally),
		  words ? tally_up_calm(tally) == tally->targets ? "all up" : "up" : "");
	add_quiet(parts, STYLE_PAUSED, glyphs->fresh, tui->fresh, words ? "waiting" : "");
	add_quiet(parts, STYLE_STALE, glyphs->late, unknown, words ? "unknown" : "");
	if (step->paused)
		add_quiet(parts, STYLE_PAUSED, glyphs->paused, tally->paused,
			  words ? "paused" : "");
}

static int draw_parts(const struct parts *parts, struct canvas *canvas, struct rect line, int x)
{
	for (int i = 0; i < parts->count; i++)
		x = canvas_put(canvas, line, x, line.y, parts->items[i].style,
			       parts->items[i].text);
	return x;
}

/* "14:32:07"; while nobody looks without the seconds, and while frozen the moment of the
 * picture. */
static void clock_text(const struct tui *tui, int width, char out[64])
{
	char clock[FORMAT_MAX];

	if (tui->moment.on) {
		moment_text(tui, width < 76, out);
		return;
	}

	format_stamp(clock, tui->now_ms, STAMP_CLOCK, tui->utc, tui->now_ms);
	if (!tui->focused && !tui->frozen && strlen(clock) == 8)
		clock[5] = '\0';
	text_format(out, 64, tui->frozen ? " FROZEN %s " : "%s", clock);
}

int verdict_draw_clock(const struct tui *tui, struct canvas *canvas, struct rect line,
		       bool with_source)
{
	char clock[64];
	int end = line.x + line.width - (line.width >= 60), x;

	clock_text(tui, line.width, clock);
	x = end - text_width(clock);
	if (x <= line.x)
		return line.x + line.width;
	canvas_put(canvas, line, x, line.y,
		   tui->frozen || tui->moment.on ? STYLE_COUNT_SLOW : STYLE_BAR, clock);
	if (with_source && tui->source_name[0]) {
		x -= text_width(tui->source_name) + 3;
		canvas_put(canvas, line, x, line.y, STYLE_BAR, tui->source_name);
	}
	return x;
}

static int clock_width(const struct tui *tui, int width, bool with_source)
{
	char clock[64];

	clock_text(tui, width, clock);
	return text_width(clock) + 1 + (with_source ? text_width(tui->source_name) + 3 : 0);
}

void verdict_draw(const struct tui *tui, struct canvas *canvas, struct rect line)
{
	static const struct step steps[] = {
		{true, true, true, true, true},	    {false, true, true, true, true},
		{false, false, true, true, true},   {false, false, false, true, true},
		{false, false, false, false, true}, {false, false, false, false, false},
	};
	size_t last = sizeof(steps) / sizeof(steps[0]) - 1, at = 0;
	const struct step *step;
	struct parts parts;
	int x = line.x + (tui->ascii || tui->fresh == tui->tally.targets);

	for (; at <= last; at++) {
		step = &steps[at];
		count_parts(tui, &parts, step);
		if (parts.width + (step->name ? 9 : 1) +
			    (step->clock ? clock_width(tui, line.width, step->source) + 2 : 0) <=
		    line.width)
			break;
	}
	step = &steps[at > last ? last : at];
	canvas_bar(canvas, line);
	if (step->name)
		x = canvas_put(canvas, line, line.x + 1, line.y, STYLE_BAR_STRONG, "webmon") +
		    (tui->ascii ? 2 : 3);
	else if (parts.count && parts.items[0].style == STYLE_UP)
		x = line.x + 1;
	draw_parts(&parts, canvas, line, x);
	if (step->clock || tui->moment.on)
		verdict_draw_clock(tui, canvas, line, step->source);
}

void verdict_draw_counts(const struct tui *tui, struct canvas *canvas, struct rect area)
{
	const struct glyphs *glyphs = &tui->theme.glyphs;
	const struct tally *tally = &tui->tally;
	const struct {
		const char *sign;
		unsigned count;
		enum style style;
	} counts[] = {{glyphs->down, tally->down, STYLE_DOWN},
		      {glyphs->loaded, tally->loaded, STYLE_LOAD},
		      {glyphs->slow, tally_slow_calm(tally), STYLE_SLOW},
		      {glyphs->fresh, tally->unknown, STYLE_PAUSED},
		      {glyphs->up, tally_up_calm(tally), STYLE_UP}};
	struct pen pen = pen_at(canvas, area, 0);

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		if (!counts[i].count)
			continue;
		pen_put(&pen, counts[i].style, "%s%u", counts[i].sign, counts[i].count);
		pen_put(&pen, STYLE_TEXT, " ");
	}
}

void verdict_draw_notice(const struct tui *tui, struct canvas *canvas, struct rect line)
{
	char text[256];

	if (line.height <= 0)
		return;
	text_format(text, sizeof(text), "%s webmon: %s", tui->theme.glyphs.late, tui->notice);
	canvas_put_fit(canvas, line, line.x + 1, line.y, line.width - 2, false, STYLE_SLOW, text);
}

/* One to eight by the logarithm of the number: one failing target is seen, and a hundred
 * still fit. */
static int failing_level(int failing)
{
	int level = failing > 0 ? 2 : 1;

	for (int reach = 1; reach < failing && level < 8; reach = 2 * reach + 1)
		level++;
	return level;
}

static void draw_failing(const struct tui *tui, struct canvas *canvas, struct rect line, int from)
{
	static const int counts[] = {60, 30, 20, 15, 12, 10}; /* parts of an hour */
	int failing[FAILING_MAX], room = line.width - from - 14, count = 0, x;

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]) && !count; i++)
		count = counts[i] <= room ? counts[i] : 0;
	if (!count)
		return;
	overview_failing(tui->overview, tui->now_ms, failing, count);
	x = line.x + line.width - 1 - count;
	canvas_put(canvas, line, x - 12, line.y, STYLE_DIM, "failing 1 h ");
	for (int i = 0; i < count; i++, x++) {
		if (failing[i] >= 0)
			canvas_put(canvas, line, x, line.y,
				   failing[i] ? STYLE_FAILED_SOME : STYLE_HISTORY,
				   tui->theme.glyphs.bars[failing_level(failing[i]) - 1]);
	}
}

static void put_number(struct pen *pen, const char *before, const char *number, const char *after)
{
	pen_put(pen, STYLE_DIM, "%s", before);
	pen_put(pen, STYLE_STRONG, "%s", number);
	pen_put(pen, STYLE_DIM, "%s", after);
}

void verdict_draw_fleet(const struct tui *tui, struct canvas *canvas, struct rect line)
{
	struct overview_numbers numbers = overview_numbers(tui->overview, tui->now_ms);
	struct pen pen = pen_at(canvas, line, 1);
	char text[FORMAT_MAX];
	uint64_t good = 0, failed = 0;

	for (size_t i = 0; i < tui->rows->count; i++) {
		good += tui->rows->items[i].good_24h;
		failed += tui->rows->items[i].failed_24h;
	}
	format_count(text, tui->tally.targets);
	put_number(&pen, "", text, tui->tally.targets == 1 ? " target   " : " targets   ");
	text_copy(text, sizeof(text), "–");
	if (numbers.rate >= 0)
		text_format(text, sizeof(text), numbers.rate < 100 ? "%.1f" : "%.0f", numbers.rate);
	put_number(&pen, "", text, " checks/s, ");
	if (numbers.late == UINT64_MAX)
		text_copy(text, sizeof(text), "–");
	else
		format_count(text, numbers.late);
	pen_put(&pen, numbers.late && numbers.late != UINT64_MAX ? STYLE_STALE : STYLE_STRONG, "%s",
		text);
	format_ms_cell(text, numbers.p50_us, tui->ascii);
	put_number(&pen, " late   p50 ", text, "");
	format_ms_cell(text, numbers.p95_us, tui->ascii);
	put_number(&pen, "  p95 ", text, " ms");
	format_percent(text, good, good + failed, tui->ascii);
	put_number(&pen, "   up 24 h ", text, " %");
	draw_failing(tui, canvas, line, pen.x - line.x + 3);
}
