/*
 * Files that are to be written, looked at before anything is: nothing is created or changed.
 */
#include "app/paths.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

struct output {
	const char *option, *path;
	bool makes_folders; /* those that are missing */
	bool is_needed;	    /* webmon does not start without it */
};

struct looking {
	const struct config *config;
	struct errors *errors;
};

static void tell(const struct looking *looking, const struct output *output, bool mistake,
		 const char *what)
{
	int line = config_program_line(looking->config, output->option);
	const char *file = line ? looking->config->file : NULL;

	(mistake ? error_add : error_warn)(looking->errors, file, line, "%s: %s %s", output->option,
					   output->path, what);
}

/* The folder that the path lies in: "." where none is named. Returns new. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return x_strdup(".");
	return slash == path ? x_strdup("/") : x_strndup(path, (size_t)(slash - path));
}

/* The nearest one above that is there. Returns new. */
static char *folder_there(const char *path)
{
	struct stat status;
	char *folder = folder_of(path);

	while (stat(folder, &status) < 0 && errno == ENOENT && strcmp(folder, ".") != 0 &&
	       strcmp(folder, "/") != 0) {
		char *above = folder_of(folder);

		free(folder);
		folder = above;
	}
	return folder;
}

static void look_at_folder(const struct looking *looking, const struct output *output)
{
	char *folder = output->makes_folders ? folder_there(output->path) : folder_of(output->path);
	struct stat status;

	if (stat(folder, &status) < 0)
		tell(looking, output, output->is_needed,
		     errno == ENOENT ? "lies in a folder that does not exist" : strerror(errno));
	else if (!S_ISDIR(status.st_mode))
		tell(looking, output, output->is_needed, "lies in what is no folder");
	else if (access(folder, W_OK | X_OK) != 0)
		tell(looking, output, false, "lies in a folder that this user cannot write to");
	free(folder);
}

static void look_at(const struct looking *looking, const struct output *output)
{
	struct stat status;

	if (stat(output->path, &status) < 0)
		look_at_folder(looking, output);
	else if (S_ISDIR(status.st_mode))
		tell(looking, output, output->is_needed, "is a folder; a file was expected");
	else if (access(output->path, W_OK) != 0)
		tell(looking, output, false, "cannot be written by this user");
}

void paths_check(const struct config *config, struct errors *errors)
{
	const struct program *program = &config->program;
	const struct output outputs[] = {
		{"history", program->history, .makes_folders = true, .is_needed = true},
		{"log", program->log, .is_needed = true},
		{"metrics_file", program->metrics_file, .is_needed = false},
	};
	const struct looking looking = {config, errors};

	for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++)
		if (outputs[i].path && strcmp(outputs[i].path, LOG_STDOUT) != 0)
			look_at(&looking, &outputs[i]);
}
