#ifndef WEBMON_FACE_TUI_THEME_H
#define WEBMON_FACE_TUI_THEME_H
/*
 * A theme: a look for each style role, and the glyphs. Read from themes/NAME.ini; `default` is
 * compiled in.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "face/tui/look.h"
#include "face/tui/style.h"

struct config;

struct glyphs {
	char up[8], slow[8], down[8], paused[8], fresh[8], loaded[8], late[8]; /* one column each */
	char bars[8][8]; /* ▁ to █, or _ to # */
};

struct theme {
	char   name[32], variant[8]; /* dark light any */
	struct look looks[STYLE_COUNT];
	struct glyphs glyphs;
};

/*
 * Loads by name or file: FILE, $XDG_CONFIG_HOME/webmon/themes, PREFIX/share/webmon/themes,
 * ./themes, compiled in. Unknown keys and colours are warnings with file and line; false only where
 * no such theme exists (message in errors).
 */
bool theme_load(struct theme *theme, const char *name, struct errors *errors);
void theme_default(struct theme *theme);

/*
 * The configuration's theme, or the default one. That it cannot be found is a warning too, at the
 * line that asks for it. An empty name: the default one.
 */
void theme_choose(struct theme *theme, const struct config *config, struct errors *errors);

/* ASCII glyphs in place of all that are not. */
void theme_make_ascii(struct theme *theme);

/*
 * The look of a role on the ground of another (STYLE_TEXT: on the plain one). On a selected row
 * charts keep their colours and everything else takes the row's; a role with a ground of its own
 * keeps both.
 */
struct look theme_mix(const struct theme *theme, enum style style, enum style under);

/* Names of all themes that can be found, sorted, each once: returns new array of new texts,
 * NULL-ended. */
char **theme_list(void);
void theme_list_free(char **names);

#endif
