/*
 * A theme shown in one line of text, for --list-themes: its signs, a history, a chart's marks and
 * the phases in their colours. Written as escape sequences by hand, for there is no screen yet.
 */
#include "face/tui/theme_swatch.h"

#include <stdlib.h>
#include <string.h>

#include "face/tui/paint.h"

enum depth swatch_depth(const char *term, bool terminal)
{
	enum depth wanted = depth_wanted(COLOR_AUTO, getenv("NO_COLOR"), getenv("COLORTERM"));
	bool plain = !terminal || !term || !term[0] || strcmp(term, "dumb") == 0 ||
		     strncmp(term, "vt", 2) == 0;

	if (plain)
		return DEPTH_MONO;
	if (wanted == DEPTH_TRUE)
		return wanted; /* COLORTERM says so */
	return depth_offered(wanted, strstr(term, "256color") ? 256 : 16);
}

static void put_color(FILE *out, int number, enum depth depth, bool ground)
{
	if (number == COLOR_TERMINAL)
		return;
	if (depth == DEPTH_TRUE && number > 7)
		fprintf(out, ";%d;2;%d;%d;%d", ground ? 48 : 38, number >> 16 & 255,
			number >> 8 & 255, number & 255);
	else if (depth == DEPTH_256)
		fprintf(out, ";%d;5;%d", ground ? 48 : 38, number);
	else
		fprintf(out, ";%d", (ground ? 40 : 30) + (number < 8 ? number : number - 8 + 60));
}

static void put(FILE *out, const struct theme *theme, enum depth depth, enum style style,
		const char *text)
{
	struct look look = theme_mix(theme, style, STYLE_TEXT);
	struct paint paint = paint_of(&look, depth);
	static const struct {
		unsigned attribute;
		int code;
	} codes[] = {{ATTR_BOLD, 1},
		     {ATTR_DIM, 2},
		     {ATTR_ITALIC, 3},
		     {ATTR_UNDERLINE, 4},
		     {ATTR_REVERSE, 7}};

	fputs("\033[0", out);
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (paint.attributes & codes[i].attribute)
			fprintf(out, ";%d", codes[i].code);
	if (depth > DEPTH_MONO) {
		put_color(out, paint.foreground, depth, false);
		put_color(out, paint.background, depth, true);
	}
	fprintf(out, "m%s", text);
}

void theme_swatch(FILE *out, const struct theme *theme, bool ascii, enum depth depth)
{
	const char *const block = ascii ? "#" : "█";
	const struct {
		enum style style;
		const char *text;
	} parts[] = {
		{STYLE_TITLE, "title "},
		{STYLE_TEXT, "text "},
		{STYLE_DIM, "dim "},
		{STYLE_UP, theme->glyphs.up},
		{STYLE_TEXT, " "},
		{STYLE_SLOW, theme->glyphs.slow},
		{STYLE_TEXT, " "},
		{STYLE_DOWN, theme->glyphs.down},
		{STYLE_TEXT, " "},
		{STYLE_LOAD, theme->glyphs.loaded},
		{STYLE_TEXT, " "},
		{STYLE_COUNT_DOWN, " DOWN "},
		{STYLE_COUNT_SLOW, " SLOW "},
		{STYLE_SELECTED, " selected "},
		{STYLE_TEXT, " "},
		{STYLE_HISTORY, theme->glyphs.bars[1]},
		{STYLE_HISTORY, theme->glyphs.bars[2]},
		{STYLE_HISTORY, theme->glyphs.bars[1]},
		{STYLE_HISTORY_SLOW, theme->glyphs.bars[5]},
		{STYLE_HISTORY_SLOW, theme->glyphs.bars[7]},
		{STYLE_FAILED, "5T"},
		{STYLE_HISTORY_DIM, theme->glyphs.bars[1]},
		{STYLE_TEXT, " "},
		{STYLE_PHASE_DNS, block},
		{STYLE_PHASE_CONNECT, block},
		{STYLE_PHASE_TLS, block},
		{STYLE_PHASE_SEND, block},
		{STYLE_PHASE_WAIT, block},
		{STYLE_PHASE_TRANSFER, block},
		{STYLE_TEXT, " "},
		{STYLE_P50, "p50 "},
		{STYLE_P95, "p95 "},
		{STYLE_LIMIT, "limit "},
		{STYLE_KEY, "key"},
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		put(out, theme, depth, parts[i].style, parts[i].text);
	fputs("\033[0m", out);
}
