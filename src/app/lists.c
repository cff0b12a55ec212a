/*
 * Lists for a person who asks what there is.
 */
#include "app/lists.h"

#include "face/tui/theme.h"
#include "face/tui/tui.h"

void list_keys(FILE *out)
{
	tui_print_keys(out);
}

void list_themes(FILE *out)
{
	char **names = theme_list();

	for (char **name = names; *name; name++) {
		struct errors errors = {0};
		struct theme theme;

		if (theme_load(&theme, *name, &errors))
			fprintf(out, "%-12s %s\n", *name, theme.variant);
		errors_print(&errors, stderr);
		errors_free(&errors);
	}
	theme_list_free(names);
}
