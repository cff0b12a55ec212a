/*
 * Chooses among the three forms of each colour. Nothing is ever redefined in the terminal: the
 * palette belongs to its user, and putting it back resets what the shell had set. Main thread.
 */
#include "face/tui/paint.h"

#include <string.h>

#include "face/tui/look.h"

#define GRAY 8 /* bright black: on eight colours it can be invisible */
/* Smaller numbers mean the ANSI colours in a terminfo entry with direct colour. */
#define FIRST_RGB 0x000008

const char *const depth_name[] = {"mono", "16", "16", "256", "true"};

enum depth depth_wanted(enum color_wish wish, const char *no_color, const char *colorterm)
{
	switch (wish) {
	case COLOR_NEVER:
		return DEPTH_MONO;
	case COLOR_16:
		return DEPTH_16;
	case COLOR_256:
		return DEPTH_256;
	case COLOR_TRUE:
		return DEPTH_TRUE;
	case COLOR_AUTO:
		break;
	}
	if (no_color && *no_color) {
		return DEPTH_MONO;
	}
	if (colorterm && (strcmp(colorterm, "truecolor") == 0 || strcmp(colorterm, "24bit") == 0)) {
		return DEPTH_TRUE;
	}
	return DEPTH_256;
}

enum depth depth_offered(enum depth wanted, int colors)
{
	enum depth offered = colors >= 1 << 24 ? DEPTH_TRUE
			     : colors >= 256   ? DEPTH_256
			     : colors >= 16    ? DEPTH_16
			     : colors >= 8     ? DEPTH_8
					       : DEPTH_MONO;

	return offered < wanted ? offered : wanted;
}

bool has_utf8(enum ascii_wish wish, const char *codeset, const char *name)
{
	/* their fonts have no bars and no signs */
	static const char *const poor[] = {"linux", "vt1",  "vt2",    "vt3",
					   "vt5",   "ansi", "cons25", "dumb"};

	if (wish == ASCII_YES || strcmp(codeset, "UTF-8") != 0) {
		return false;
	}
	for (size_t i = 0; wish == ASCII_AUTO && name && i < sizeof poor / sizeof *poor; i++) {
		if (strncmp(name, poor[i], strlen(poor[i])) == 0) {
			return false;
		}
	}
	return true;
}

static int direct_number(const struct color *color)
{
	int rgb = color->rgb;

	if (rgb < 0) { /* only a name or a number was given */
		if (color->c256 < GRAY) {
			return color->c256; /* the user's own, or COLOR_TERMINAL */
		}
		rgb = color_rgb_of_256(color->c256);
	}
	return rgb < FIRST_RGB ? FIRST_RGB : rgb;
}

static int number_of(const struct color *color, enum depth depth)
{
	switch (depth) {
	case DEPTH_MONO:
		break;
	case DEPTH_8:
		return color->c16 >= GRAY ? color->c16 - GRAY : color->c16;
	case DEPTH_16:
		return color->c16;
	case DEPTH_256:
		return color->c256;
	case DEPTH_TRUE:
		return direct_number(color);
	}
	return COLOR_TERMINAL;
}

struct paint paint_of(const struct look *look, enum depth depth)
{
	struct paint paint = {
		.foreground = number_of(&look->foreground, depth),
		.background = number_of(&look->background, depth),
		.attributes = depth == DEPTH_MONO ? look->mono_attributes : look->attributes,
	};

	if (depth >= DEPTH_256 && paint.foreground != COLOR_TERMINAL) {
		paint.attributes &=
			~(unsigned)ATTR_DIM; /* "dim" stands in for a colour that is there now */
	}
	if (depth == DEPTH_8 && look->foreground.c16 == GRAY &&
	    paint.background == COLOR_TERMINAL) {
		paint.foreground = COLOR_TERMINAL;
		paint.attributes |= ATTR_DIM;
	} else if (depth == DEPTH_8 && look->foreground.c16 > GRAY) {
		paint.attributes |= ATTR_BOLD;
	} else if (depth == DEPTH_8 && paint.foreground == 0) {
		paint.attributes &= ~(unsigned)ATTR_BOLD; /* bold black is gray there */
	}
	return paint;
}
