/*
 * Reads colours and looks. A colour is kept in three forms, for terminals of 16 million, 256 and 16
 * colours: nothing is converted while drawing, and a theme can say each form itself where the
 * nearest is not what it wants. Main thread.
 */
#include "face/tui/look.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"

#define RGB_NONE (-2)
#define BLANKS	 " \t\n"

const char color_names_text[] =
	"black, red, green, yellow, blue, magenta, cyan, white, gray, bright-red ... "
	"bright-white, default";

static const char *const color_name[16] = {
	"black",	"red",		 "green",	"yellow",	  "blue",
	"magenta",	"cyan",		 "white",	"gray",		  "bright-red",
	"bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan",
	"bright-white",
};

static const int xterm_16[16] = {
	0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
	0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
};

static const struct {
	const char *name;
	unsigned bit;
} attribute_words[] = {
	/* clang-format off */
	{"bold", ATTR_BOLD}, {"dim", ATTR_DIM}, {"italic", ATTR_ITALIC},
	{"underline", ATTR_UNDERLINE}, {"reverse", ATTR_REVERSE},
	/* clang-format on */
};

/* Squared distance with the weights of the eye, coarse ("redmean"): good enough to choose among
 * 256. */
static int distance(int a, int b)
{
	int mean = ((a >> 16 & 255) + (b >> 16 & 255)) / 2;
	int red = (a >> 16 & 255) - (b >> 16 & 255), green = (a >> 8 & 255) - (b >> 8 & 255),
	    blue = (a & 255) - (b & 255);

	return ((512 + mean) * red * red >> 8) + 4 * green * green +
	       ((767 - mean) * blue * blue >> 8);
}

int color_rgb_of_256(int index)
{
	static const int cube[6] = {0, 0x5f, 0x87, 0xaf, 0xd7, 0xff};

	if (index < 16) {
		return xterm_16[index];
	}
	if (index >= 232) {
		return (8 + 10 * (index - 232)) * 0x10101;
	}
	index -= 16;
	return cube[index / 36] << 16 | cube[index / 6 % 6] << 8 | cube[index % 6];
}

static int nearest(int rgb, int first, int last)
{
	int best = first;

	for (int i = first + 1; i <= last; i++) {
		if (distance(rgb, color_rgb_of_256(i)) < distance(rgb, color_rgb_of_256(best))) {
			best = i;
		}
	}
	return best;
}

/* Not among the first 16: those are the user's own and may be anything. */
static int nearest_256(int rgb)
{
	return nearest(rgb, 16, 255);
}

static int nearest_16(int rgb)
{
	return nearest(rgb, 0, 15);
}

/* NULL where not in the palette. */
static const struct palette_color *find_in_palette(const struct palette *palette, const char *name)
{
	for (int i = 0; palette && i < palette->count; i++) {
		if (strcmp(palette->colors[i].name, name) == 0) {
			return &palette->colors[i];
		}
	}
	return NULL;
}

static int name_index(const char *word)
{
	for (int i = 0; i < 16; i++) {
		if (strcmp(word, color_name[i]) == 0) {
			return i;
		}
	}
	return -1;
}

static unsigned attribute_bit(const char *word)
{
	for (size_t i = 0; i < sizeof attribute_words / sizeof *attribute_words; i++) {
		if (strcmp(word, attribute_words[i].name) == 0) {
			return attribute_words[i].bit;
		}
	}
	return 0;
}

/* "#rrggbb"; RGB_NONE where it is not one. */
static int hex_color(const char *word)
{
	if (word[0] != '#' || strlen(word) != 7 ||
	    strspn(word + 1, "0123456789abcdefABCDEF") != 6) {
		return RGB_NONE;
	}
	return (int)strtol(word + 1, NULL, 16);
}

/* Which of the three forms have been said so far. */
struct reading {
	const struct palette *palette;
	struct look *look;
	struct color *color; /* being read: foreground or background */
	bool has_rgb, has_256, has_16, has_any;
};

static void start_color(struct reading *reading, struct color *color)
{
	reading->color = color;
	reading->has_rgb = reading->has_256 = reading->has_16 = reading->has_any = false;
	*color = (struct color){RGB_NONE, COLOR_TERMINAL, COLOR_TERMINAL};
}

/* What was not said follows from the best that was. */
static void finish_color(struct reading *reading)
{
	struct color *color = reading->color;

	if (!reading->has_any) {
		*color = (struct color){COLOR_TERMINAL, COLOR_TERMINAL, COLOR_TERMINAL};
		return;
	}
	if (!reading->has_256 && (reading->has_rgb || reading->has_16)) {
		color->c256 = reading->has_rgb ? nearest_256(color->rgb) : color->c16;
	}
	if (!reading->has_16 && (reading->has_rgb || reading->has_256)) {
		color->c16 =
			nearest_16(reading->has_rgb ? color->rgb : color_rgb_of_256(color->c256));
	}
}

static bool take_whole_color(struct reading *reading, const char *word)
{
	const struct palette_color *named = find_in_palette(reading->palette, word);

	if (!named && strcmp(word, "default") != 0) {
		return false;
	}
	*reading->color = named ? named->color
				: (struct color){COLOR_TERMINAL, COLOR_TERMINAL, COLOR_TERMINAL};
	reading->look->attributes |= named ? named->attributes : 0;
	reading->has_any = reading->has_rgb = reading->has_256 = reading->has_16 = true;
	return true;
}

static bool take_word(struct reading *reading, const char *word)
{
	int64_t number;
	int rgb = hex_color(word), index = name_index(word);
	unsigned bit = attribute_bit(word);

	if (bit) {
		reading->look->attributes |= bit;
	} else if (!reading->has_any && take_whole_color(reading, word)) {
		return true; /* before the 16 names: a palette may have its own "red" */
	} else if (rgb != RGB_NONE && !reading->has_any) {
		reading->color->rgb = rgb;
		reading->has_any = reading->has_rgb = true;
	} else if (!reading->has_256 && !reading->has_16 && parse_integer(word, 0, 255, &number)) {
		reading->color->c256 = (int)number;
		reading->has_any = reading->has_256 = true;
	} else if (index >= 0 && !reading->has_16) {
		reading->color->c16 = index;
		reading->has_any = reading->has_16 = true;
	} else {
		return false;
	}
	return true;
}

bool look_parse(struct look *look, const char *text, const struct palette *palette,
		char unknown[40])
{
	struct reading reading = {.palette = palette, .look = look};

	look->attributes = 0;
	look->background = (struct color){COLOR_TERMINAL, COLOR_TERMINAL, COLOR_TERMINAL};
	unknown[0] = '\0';
	start_color(&reading, &look->foreground);
	for (text += strspn(text, BLANKS); *text; text += strspn(text, BLANKS)) {
		size_t length = strcspn(text, BLANKS);
		char word[40];

		text_copy(word, length + 1 < sizeof word ? length + 1 : sizeof word, text);
		if (strcmp(word, "on") == 0 && reading.color == &look->foreground) {
			finish_color(&reading);
			start_color(&reading, &look->background);
		} else if (!take_word(&reading, word) && !unknown[0]) {
			text_copy(unknown, sizeof word, word);
		}
		text += length;
	}
	finish_color(&reading);
	return !unknown[0];
}
