/*
 * Reads themes/NAME.ini. A theme is a person's taste, not configuration: what is wrong in it is
 * told and left out, and the program starts all the same. Roles it does not name look like their
 * parents in style_table. Main thread.
 */
#include "face/tui/theme.h"

#include <string.h>

#include "base/ini.h"
#include "base/text.h"
#include "face/tui/look.h"
#include "face/tui/theme_find.h"
#include "model/config.h"

static const struct glyphs ascii_glyphs = {
	.up = ".",
	.slow = "!",
	.down = "X",
	.paused = "=",
	.fresh = "?",
	.loaded = "^",
	.late = "L",
	.bars = {"_", ".", "-", ":", "=", "+", "*", "#"},
};

static const struct {
	const char *name;
	size_t offset;
} glyph_table[] = {
	/* clang-format off */
	{"up", offsetof(struct glyphs, up)}, {"slow", offsetof(struct glyphs, slow)},
	{"down", offsetof(struct glyphs, down)}, {"paused", offsetof(struct glyphs, paused)},
	{"new", offsetof(struct glyphs, fresh)}, {"loaded", offsetof(struct glyphs, loaded)},
	{"late", offsetof(struct glyphs, late)},
	/* clang-format on */
};
#define GLYPH_COUNT (sizeof glyph_table / sizeof *glyph_table)
#define GLYPH_BYTES sizeof ascii_glyphs.up

struct loading {
	struct theme *theme;
	const char *path;
	struct errors *errors;
	struct palette palette;
	bool given[STYLE_COUNT];
};

static void warn_unknown(struct loading *loading, const struct ini_entry *entry,
			 const char *const *names, size_t count)
{
	const char *near = text_nearest(entry->name, names, count);

	error_warn(loading->errors, loading->path, entry->line, "unknown name '%s' in [%s]%s%s%s",
		   entry->name, entry->section, near ? ", did you mean '" : "", near ? near : "",
		   near ? "'?" : "");
}

static void read_look(struct loading *loading, const struct ini_entry *entry, struct look *look)
{
	char unknown[40];

	if (!look_parse(look, entry->value, &loading->palette, unknown)) {
		error_warn(loading->errors, loading->path, entry->line,
			   "'%s' is no colour: expected #rrggbb, 0-255, %s, a name of [palette], "
			   "or bold dim italic "
			   "underline reverse",
			   unknown, color_names_text);
	}
}

static void read_palette(void *user, const struct ini_entry *entry)
{
	struct loading *loading = user;
	struct palette *palette = &loading->palette;
	struct look look = {0};

	if (strcmp(entry->section, "palette") != 0) {
		return;
	}
	if (palette->count == sizeof palette->colors / sizeof *palette->colors) {
		error_warn(loading->errors, loading->path, entry->line,
			   "more than %d names in [palette]", palette->count);
		return;
	}
	read_look(loading, entry, &look);
	text_copy(palette->colors[palette->count].name, sizeof palette->colors->name, entry->name);
	palette->colors[palette->count].color = look.foreground;
	palette->colors[palette->count++].attributes = look.attributes;
}

static void read_head(struct loading *loading, const struct ini_entry *entry)
{
	static const char *const names[] = {"name", "variant", "author"};

	if (strcmp(entry->name, "variant") == 0) {
		if (strcmp(entry->value, "dark") == 0 || strcmp(entry->value, "light") == 0 ||
		    strcmp(entry->value, "any") == 0) {
			text_copy(loading->theme->variant, sizeof loading->theme->variant,
				  entry->value);
		} else {
			error_warn(loading->errors, loading->path, entry->line,
				   "variant is '%s', expected dark, light or any", entry->value);
		}
	} else if (strcmp(entry->name, "name") != 0 && strcmp(entry->name, "author") != 0) {
		warn_unknown(loading, entry, names, 3);
	}
}

static void read_role(struct loading *loading, const struct ini_entry *entry)
{
	const char *names[STYLE_COUNT];
	size_t count = 0;

	for (int i = 0; i < STYLE_COUNT; i++) {
		if (strcmp(style_table[i].section, entry->section) != 0) {
			continue;
		}
		names[count++] = style_table[i].name;
		if (strcmp(style_table[i].name, entry->name) == 0) {
			read_look(loading, entry, &loading->theme->looks[i]);
			loading->given[i] = true;
			return;
		}
	}
	warn_unknown(loading, entry, names, count);
}

/* Copies one character of one column (with its combining marks); false, and the ASCII sign, where
 * it is not one. */
static bool take_glyph(char out[GLYPH_BYTES], const char *text, const char *ascii)
{
	bool fits = text_width(text) == 1 && strlen(text) < GLYPH_BYTES;

	text_copy(out, GLYPH_BYTES, fits ? text : ascii);
	return fits;
}

static bool take_bars(char bars[8][GLYPH_BYTES], const char *text)
{
	bool ok = true;
	int count = 0, size;
	uint32_t character;

	for (const char *at = text; (size = text_decode(at, &character)) > 0; at += size) {
		char one[5];

		memcpy(one, at, (size_t)size);
		one[size] = '\0';
		ok = ok && count < 8 && take_glyph(bars[count], one, "#");
		count++;
	}
	if (!ok || count != 8) {
		memcpy(bars, ascii_glyphs.bars, sizeof ascii_glyphs.bars);
	}
	return ok && count == 8;
}

static void read_glyph(struct loading *loading, const struct ini_entry *entry)
{
	struct glyphs *glyphs = &loading->theme->glyphs;
	const char *names[GLYPH_COUNT + 1] = {"bars"};

	if (strcmp(entry->name, "bars") == 0) {
		if (!take_bars(glyphs->bars, entry->value)) {
			error_warn(loading->errors, loading->path, entry->line,
				   "bars wants eight characters of one column, lowest first; ASCII "
				   "ones are taken");
		}
		return;
	}
	for (size_t i = 0; i < GLYPH_COUNT; i++) {
		names[i + 1] = glyph_table[i].name;
		if (strcmp(entry->name, glyph_table[i].name) != 0) {
			continue;
		}
		if (!take_glyph((char *)glyphs + glyph_table[i].offset, entry->value,
				(const char *)&ascii_glyphs + glyph_table[i].offset)) {
			error_warn(loading->errors, loading->path, entry->line,
				   "the sign '%s' is not one column wide; '%s' is taken",
				   entry->value,
				   (const char *)&ascii_glyphs + glyph_table[i].offset);
		}
		return;
	}
	warn_unknown(loading, entry, names, GLYPH_COUNT + 1);
}

static void read_entry(void *user, const struct ini_entry *entry)
{
	static const struct {
		const char *section;
		void (*read)(struct loading *, const struct ini_entry *);
	} sections[] = {
		/* clang-format off */
		{"theme", read_head}, {"ui", read_role}, {"state", read_role},
		{"chart", read_role}, {"phase", read_role}, {"glyphs", read_glyph},
		/* clang-format on */
	};
	struct loading *loading = user;

	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
		if (strcmp(entry->section, sections[i].section) == 0) {
			sections[i].read(loading, entry);
		}
	}
}

static void read_section(void *user, const char *section, int line)
{
	static const char *const names[] = {"theme", "palette", "ui",	 "state",
					    "chart", "phase",	"glyphs"};
	struct loading *loading = user;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strcmp(section, names[i]) == 0) {
			return;
		}
	}
	error_warn(
		loading->errors, loading->path, line,
		"unknown section [%s], expected theme, palette, ui, state, chart, phase or glyphs",
		section);
}

/* From the top down: a parent may itself look like its own parent. */
static void inherit(struct loading *loading, enum style style)
{
	enum style parent = style_table[style].parent;
	struct look *look = &loading->theme->looks[style];
	unsigned mono = look->mono_attributes;

	if (loading->given[style]) {
		return;
	}
	loading->given[style] = true;
	if (parent != style) {
		inherit(loading, parent);
		*look = loading->theme->looks[parent];
	} else {
		char unknown[40];

		look_parse(look, "default", NULL, unknown);
	}
	look->mono_attributes = mono;
}

static bool read_file(struct theme *theme, const char *path, struct errors *errors)
{
	struct loading loading = {.theme = theme, .path = path, .errors = errors};
	struct errors first = {0};
	bool before = errors->lenient, ok;

	theme_default(theme);
	/* Twice, because a palette may stand below its use; what the file itself has wrong is told
	 * once. */
	ok = ini_read_file(path, &(struct ini_reader){.entry = read_palette, .user = &loading},
			   &first);
	errors->lenient = true;
	ok = ok &&
	     ini_read_file(path,
			   &(struct ini_reader){
				   .entry = read_entry, .section = read_section, .user = &loading},
			   errors);
	errors->lenient = before;
	errors_free(&first);
	for (int i = 0; ok && i < STYLE_COUNT; i++) {
		inherit(&loading, (enum style)i);
	}
	return ok;
}

static bool load(struct theme *theme, const char *name, struct theme_asker asker,
		 struct errors *errors)
{
	char path[THEME_PATH_BYTES];

	if (theme_find(path, name)) {
		if (!read_file(theme, path, errors)) {
			error_add(errors, asker.file, asker.line, "cannot read the theme %s", path);
			return false;
		}
		theme_name_of(theme->name, path);
		return true;
	}
	if (strcmp(name, "default") == 0) {
		theme_default(theme);
		return true;
	}
	theme_tell_missing(name, asker, errors);
	return false;
}

bool theme_load(struct theme *theme, const char *name, struct errors *errors)
{
	return load(theme, name, (struct theme_asker){.file = NULL}, errors);
}

void theme_choose(struct theme *theme, const struct config *config, struct errors *errors)
{
	const char *name = config->program.theme;
	int line = config_program_line(config, "theme");
	bool before = errors->lenient;

	errors->lenient = true;
	if (!name || !name[0] ||
	    !load(theme, name, (struct theme_asker){line ? config->file : NULL, line}, errors))
		theme_default(theme);
	errors->lenient = before;
}

void theme_make_ascii(struct theme *theme)
{
	char *glyphs = (char *)&theme->glyphs;

	for (size_t at = 0; at < sizeof theme->glyphs; at += GLYPH_BYTES) {
		const char *glyph = glyphs + at;

		if ((unsigned char)glyph[0] >= 0x80) {
			memcpy(glyphs + at, (const char *)&ascii_glyphs + at, GLYPH_BYTES);
		}
	}
}

static bool is_own(struct color color)
{
	return color.rgb != COLOR_TERMINAL;
}

/* A ground that is not merely the plain one, which roles may have inherited. */
static bool has_ground(const struct look *look, const struct look *text)
{
	return is_own(look->background) &&
	       memcmp(&look->background, &text->background, sizeof look->background) != 0;
}

struct look theme_mix(const struct theme *theme, enum style style, enum style under)
{
	struct look look = theme->looks[style];
	const struct look *ground = &theme->looks[under], *text = &theme->looks[STYLE_TEXT];

	if (under != STYLE_TEXT && !has_ground(&look, text)) {
		bool selected = under == STYLE_SELECTED || under == STYLE_SELECTED_UNFOCUSED;

		look.background = ground->background;
		if (selected &&
		    style < STYLE_HISTORY) { /* a bar in reverse would stand on its head */
			look.foreground =
				is_own(ground->foreground) ? ground->foreground : look.foreground;
			look.attributes =
				(look.attributes & ~(unsigned)ATTR_DIM) | ground->attributes;
			look.mono_attributes = (look.mono_attributes & ~(unsigned)ATTR_DIM) |
					       ground->mono_attributes;
		}
	}
	if (!is_own(look.background)) {
		look.background = text->background;
	}
	if (!is_own(look.foreground)) {
		look.foreground = text->foreground;
	}
	return look;
}

char **theme_list(void)
{
	return theme_find_all();
}

void theme_list_free(char **names)
{
	theme_find_free(names);
}
