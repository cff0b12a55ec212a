/*
 * Lists for a person who asks what there is.
 */
#include "app/lists.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "face/tui/theme.h"
#include "face/tui/theme_swatch.h"
#include "face/tui/tui.h"
#include "model/class.h"

void list_keys(FILE *out)
{
	tui_print_keys(out);
}

void list_classes(FILE *out)
{
	for (int i = 0; i < CLASS_COUNT; i++) {
		const struct class_info *info = &class_table[i];

		fprintf(out, "%-19s %c  %s\n", info->name, info->letter ? info->letter : ' ',
			info->text);
	}
}

/* To a terminal each with a sample of its colours; elsewhere the names and what ground they are
 * for. */
void list_themes(FILE *out)
{
	const char *term = getenv("TERM");
	bool terminal = isatty(fileno(out)) && term && strcmp(term, "dumb") != 0;
	bool ascii = !has_utf8(ASCII_AUTO, nl_langinfo(CODESET), term);
	enum depth depth = swatch_depth(term, terminal);
	char **names = theme_list();

	for (char **name = names; *name; name++) {
		struct errors errors = {0};
		struct theme theme;

		if (theme_load(&theme, *name, &errors)) {
			if (ascii)
				theme_make_ascii(&theme);
			fprintf(out, terminal ? "%-12s %-6s" : "%-12s %s", *name, theme.variant);
			if (terminal)
				theme_swatch(out, &theme, ascii, depth);
			fputc('\n', out);
		}
		errors_print(&errors, stderr);
		errors_free(&errors);
	}
	theme_list_free(names);
}
