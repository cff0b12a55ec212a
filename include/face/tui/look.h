#ifndef WEBMON_FACE_TUI_LOOK_H
#define WEBMON_FACE_TUI_LOOK_H
/*
 * Colours and looks as a theme file writes them: "#f06064 203 red on #202630 bold". Private to the
 * theme.
 */
#include <stdbool.h>

#define COLOR_TERMINAL (-1) /* the terminal's own foreground or background */

struct color {
	int rgb;  /* 0xrrggbb, COLOR_TERMINAL, or -2: none given */
	int c256; /* 0-255, COLOR_TERMINAL */
	int c16;  /* 0-15, COLOR_TERMINAL */
};

enum attribute {
	ATTR_BOLD = 1,
	ATTR_DIM = 2,
	ATTR_ITALIC = 4,
	ATTR_UNDERLINE = 8,
	ATTR_REVERSE = 16
};

struct look {
	struct color foreground, background;
	unsigned attributes;	  /* with colours */
	unsigned mono_attributes; /* without: each meaning also has a sign and a word */
};

/* A name of a theme's [palette]: what it stands for, attributes too ("mute = #7c8492 244 white
 * dim"). */
struct palette_color {
	char name[32];
	struct color color;
	unsigned attributes;
};

struct palette {
	struct palette_color colors[64];
	int count;
};

/*
 * Reads "[COLOUR] [on COLOUR] [ATTRIBUTE...]" into look, COLOUR being "#rrggbb [0-255] [NAME]",
 * "NAME", "0-255", "default" or a palette's name. Values for 256 and 16 colours that are not given
 * become the nearest ones. A word that is none of these is left out and copied to unknown, which is
 * "" where all were understood; returns false then. mono_attributes are not touched. palette may be
 * NULL.
 */
bool look_parse(struct look *look, const char *text, const struct palette *palette,
		char unknown[40]);

/* The values the standard palette of xterm has; 0xrrggbb. */
int color_rgb_of_256(int index);
/* Comma-separated, for messages: "black, red, ..., default". */
extern const char color_names_text[];

#endif
