#ifndef WEBMON_FACE_TUI_THEME_FIND_H
#define WEBMON_FACE_TUI_THEME_FIND_H
/*
 * Where themes are: the places that are searched, in order. Private to the theme.
 */
#include <stdbool.h>

#include "base/error.h"

#define THEME_PATH_BYTES 1024

/* The file of a name or of a path (with a slash or ".ini"); false where none can be read. */
bool theme_find(char path[THEME_PATH_BYTES], const char *name);
/* "themes/dark.ini": "dark". */
void theme_name_of(char name[32], const char *path);
/* The line of a file that asks for a theme; file NULL: a person does. */
struct theme_asker {
	const char *file;
	int         line;
};

/* An error that lists what there is. */
void theme_tell_missing(const char *name, struct theme_asker asker, struct errors *errors);
/* The names of all, sorted, each once: returns new array of new texts, NULL-ended. */
char **theme_find_all(void);
void theme_find_free(char **names);

#endif
