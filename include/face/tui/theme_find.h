#ifndef WEBMON_FACE_TUI_THEME_FIND_H
#define WEBMON_FACE_TUI_THEME_FIND_H
/*
 * Where themes are: the places that are searched, in order. Private to the theme.
 */
#include "face/tui/theme.h"

#define THEME_PATH_BYTES 1024

/* The file of a name or of a path (with a slash or ".ini"); false where none can be read. */
bool theme_find(char path[THEME_PATH_BYTES], const char *name);
/* "themes/dark.ini": "dark". */
void theme_name_of(char name[32], const char *path);
/* An error that lists what there is. */
void theme_tell_missing(const char *name, struct errors *errors);

#endif
