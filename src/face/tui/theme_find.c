/*
 * Finds and lists theme files: the user's, the installed ones, those of the source tree. Main
 * thread.
 */
#include "face/tui/theme_find.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

#define FOLDER_COUNT 5
#define NAMES_MAX    256
#define SUFFIX	     ".ini"

/* Beside the program, wherever that was put: `place` from the folder it is in. */
static void beside_program(char out[THEME_PATH_BYTES], const char *place)
{
	char path[THEME_PATH_BYTES];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
	char *slash;

	if (length <= 0)
		return;
	path[length] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		text_format(out, THEME_PATH_BYTES, "%.*s/%s", (int)(slash - path), path, place);
}

/* "" where there is no such place. */
static void folder(char out[THEME_PATH_BYTES], int index)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	out[0] = '\0';
	if (index == 1) {
		text_format(out, THEME_PATH_BYTES, "%s/share/webmon/themes", WEBMON_PREFIX);
	} else if (index == 2) {
		text_copy(out, THEME_PATH_BYTES, "themes");
	} else if (index == 3) {
		beside_program(out, "../themes");
	} else if (index == 4) {
		beside_program(out, "../share/webmon/themes");
	} else if (config && *config) {
		text_format(out, THEME_PATH_BYTES, "%s/webmon/themes", config);
	} else if (home && *home) {
		text_format(out, THEME_PATH_BYTES, "%s/.config/webmon/themes", home);
	}
}

/* The length of a file name without ".ini"; 0 where it is none. */
static size_t stem_length(const char *file)
{
	size_t length = strlen(file), suffix = strlen(SUFFIX);

	return length > suffix && strcmp(file + length - suffix, SUFFIX) == 0 ? length - suffix : 0;
}

static bool is_path(const char *name)
{
	return strchr(name, '/') || stem_length(name);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static size_t list_folder(char **names, size_t count, const char *place)
{
	DIR *directory = *place ? opendir(place) : NULL;
	const struct dirent *entry;

	while (directory && count < NAMES_MAX && (entry = readdir(directory))) {
		size_t stem = stem_length(entry->d_name);

		if (stem && entry->d_name[0] != '.') {
			names[count++] = x_strndup(entry->d_name, stem);
		}
	}
	if (directory) {
		closedir(directory);
	}
	return count;
}

bool theme_find(char path[THEME_PATH_BYTES], const char *name)
{
	char place[THEME_PATH_BYTES];

	if (is_path(name)) {
		text_copy(path, THEME_PATH_BYTES, name);
		return access(path, R_OK) == 0;
	}
	for (int i = 0; i < FOLDER_COUNT; i++) {
		folder(place, i);
		text_format(path, THEME_PATH_BYTES, "%s/%s" SUFFIX, place, name);
		if (*place && access(path, R_OK) == 0) {
			return true;
		}
	}
	return false;
}

void theme_name_of(char name[32], const char *path)
{
	const char *file = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	size_t stem = stem_length(file);

	text_copy(name, stem && stem < 32 ? stem + 1 : 32, file);
}

void theme_tell_missing(const char *name, struct theme_asker asker, struct errors *errors)
{
	char **names = theme_find_all(), listed[512] = "";

	for (size_t i = 0, used = 0; names[i]; i++) {
		used += text_format(listed + used, sizeof listed - used, "%s%s", i ? ", " : "",
				    names[i]);
	}
	error_add(errors, asker.file, asker.line, "no theme '%s'; there are %s", name, listed);
	theme_find_free(names);
}

char **theme_find_all(void)
{
	char **names = x_calloc(NAMES_MAX + 2, sizeof *names), place[THEME_PATH_BYTES];
	size_t count = 0, kept = 0;

	names[count++] = x_strdup("default");
	for (int i = 0; i < FOLDER_COUNT; i++) {
		folder(place, i);
		count = list_folder(names, count, place);
	}
	qsort(names, count, sizeof *names, compare_names);
	for (size_t i = 0; i < count; i++) {
		if (kept && strcmp(names[kept - 1], names[i]) == 0) {
			free(names[i]);
		} else {
			names[kept++] = names[i];
		}
	}
	names[kept] = NULL;
	return names;
}

void theme_find_free(char **names)
{
	for (size_t i = 0; names && names[i]; i++) {
		free(names[i]);
	}
	free(names);
}
