/*
 * The default theme, compiled in so that a lone binary has one, and the design for terminals
 * without colour. It is made for any ground: no colour is so light that it is lost on white nor so
 * dark that it is lost on black, and text is the terminal's own. themes/default.ini and
 * themes/mono.ini say the same; a test holds them together. Main thread.
 */
#include <assert.h>
#include <string.h>

#include "face/tui/look.h"
#include "face/tui/theme.h"

#define NONE	0
#define BOLD	ATTR_BOLD
#define DIM	ATTR_DIM
#define LINE	ATTR_UNDERLINE
#define REVERSE ATTR_REVERSE
#define LOUD	(ATTR_BOLD | ATTR_REVERSE)

static const struct {
	const char *look; /* as in a theme file */
	unsigned mono;	  /* without colour; each meaning has a sign or a word beside it */
} defaults[STYLE_COUNT] = {
	/* clang-format off */
	[STYLE_TEXT]               = {"default",                                       NONE},
	[STYLE_DIM]                = {"#808080 244 gray",                              DIM},
	[STYLE_STRONG]             = {"default bold",                                  BOLD},
	[STYLE_TITLE]              = {"#3c82c8 68 cyan bold",                          BOLD},
	[STYLE_RULE]               = {"#686868 242 gray",                              DIM},
	[STYLE_BAR]                = {"#dee2e8 254 white on #262d38 235 black",        NONE},
	[STYLE_BAR_DIM]            = {"#a8b0bc 248 white on #262d38 235 black",        DIM},
	[STYLE_BAR_STRONG]         = {"#ffffff 231 bright-white on #262d38 235 black bold", BOLD},
	[STYLE_HEAD]               = {"#808080 244 gray underline",                    LINE},
	[STYLE_KEY]                = {"#b08000 136 yellow bold",                       BOLD},
	[STYLE_SELECTED]           = {"#ffffff 231 bright-white on #22364f 18 blue", REVERSE},
	[STYLE_SELECTED_UNFOCUSED] = {"#ffffff 231 bright-white on #2e333b 236 black", LINE},
	[STYLE_MATCH]              = {"#141414 16 black on #f0c86e 222 yellow",        LINE | BOLD},
	[STYLE_INPUT]              = {"#dee2e8 254 white on #262d38 235 black",        LINE},
	[STYLE_TOAST]              = {"#141414 16 black on #96bef0 111 cyan",          REVERSE},

	[STYLE_UP]                 = {"#3a9d62 29 green",                              NONE},
	[STYLE_SLOW]               = {"#b08000 136 yellow bold",                       BOLD},
	[STYLE_DOWN]               = {"#dc5256 167 red bold",                          BOLD},
	[STYLE_PAUSED]             = {"#808080 244 gray",                              DIM},
	[STYLE_STALE]              = {"#808080 244 gray underline",                    LINE},
	[STYLE_CERT]               = {"#b08000 136 yellow bold",                       BOLD},
	[STYLE_ACK]                = {"#808080 244 gray",                              DIM},
	[STYLE_LOAD]               = {"#b08000 136 yellow bold",                       BOLD},
	[STYLE_SATURATED]          = {"#18140a 16 black on #e6aa3c 214 yellow bold",   LOUD},
	[STYLE_COUNT_DOWN]         = {"#ffffff 231 bright-white on #be3038 124 red bold", LOUD},
	[STYLE_COUNT_SLOW]         = {"#18140a 16 black on #e6aa3c 214 yellow bold",   REVERSE},
	[STYLE_COUNT_LOAD]         = {"#18140a 16 black on #e6aa3c 214 yellow bold",   REVERSE},

	[STYLE_HISTORY]            = {"#6d98c8 67 cyan",                               NONE},
	[STYLE_HISTORY_DIM]        = {"#5b82ac 66 cyan dim",                           DIM},
	[STYLE_HISTORY_SLOW]       = {"#b08000 136 yellow",                            BOLD},
	[STYLE_FAILED]             = {"#ffffff 231 bright-white on #be3038 124 red bold", LOUD},
	[STYLE_FAILED_SOME]        = {"#dc5256 167 bright-red bold",                   BOLD},
	[STYLE_NODATA]             = {"#808080 244 gray",                              DIM},
	[STYLE_BAR_CHART]          = {"#5a87b8 67 cyan",                               NONE},
	[STYLE_SLOWEST]            = {"#a868c0 133 magenta",                           BOLD},
	[STYLE_GRID]               = {"#686868 242 gray",                              DIM},
	[STYLE_AXIS]               = {"#808080 244 gray",                              NONE},
	[STYLE_P50]                = {"#2c8ea0 31 cyan",                               NONE},
	[STYLE_P95]                = {"#a868c0 133 magenta",                           NONE},
	[STYLE_LIMIT]              = {"#b08000 136 yellow",                            BOLD},
	[STYLE_STRIP_OK]           = {"#3a9d62 29 green",                              NONE},

	[STYLE_BAND]               = {"#686868 242 gray",                              DIM},
	[STYLE_SECOND]             = {"default bold",                                  BOLD},
	[STYLE_CHANGE]             = {"#3c82c8 68 cyan bold",                          BOLD},

	[STYLE_PHASE_DNS]          = {"#6482d2 68 bright-blue",                               NONE},
	[STYLE_PHASE_CONNECT]      = {"#2c8ea0 31 cyan",                               BOLD},
	[STYLE_PHASE_TLS]          = {"#a868c0 133 magenta",                           NONE},
	[STYLE_PHASE_SEND]         = {"#808080 244 white",                             BOLD},
	[STYLE_PHASE_WAIT]         = {"#b08000 136 yellow",                            NONE},
	[STYLE_PHASE_TRANSFER]     = {"#3a9d62 29 green",                              BOLD},
	/* clang-format on */
};

static const struct glyphs default_glyphs = {
	.up = "●",
	.slow = "▲",
	.down = "✗",
	.paused = "‖",
	.fresh = "◌",
	.loaded = "◆",
	.late = "◷",
	.bars = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
};

void theme_default(struct theme *theme)
{
	char unknown[40];

	memset(theme, 0, sizeof *theme);
	memcpy(theme->name, "default", sizeof "default");
	memcpy(theme->variant, "any", sizeof "any");
	for (int i = 0; i < STYLE_COUNT; i++) {
		bool ok = look_parse(&theme->looks[i], defaults[i].look, NULL, unknown);

		assert(ok);
		(void)ok;
		theme->looks[i].mono_attributes = defaults[i].mono;
	}
	theme->glyphs = default_glyphs;
}
