/*
 * The configuration as a whole: one step after the other, all mistakes of all steps collected. Owns
 * the memory behind every text of it. Main thread.
 */
#include "model/config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "model/config_parts.h"

/* All targets of the file; those without a usable url are left out, after a message. */
static void build_targets(struct build *build)
{
	struct config_memory *memory = build->memory;
	struct config *config = build->config;
	size_t room = memory->section_count;

	config->targets = arena_alloc(memory->arena, room * sizeof(*config->targets));
	memory->origins = arena_alloc(memory->arena, room * sizeof(*memory->origins));
	for (size_t i = 0; i < memory->section_count; i++) {
		const struct section *section = &memory->sections[i];
		struct target *target = &config->targets[config->target_count];

		if (section->kind != SECTION_TARGET)
			continue;
		config_build_target(build, target, section, NULL);
		config_finish_target(build, target, section);
		memory->origins[config->target_count++] = section;
	}
}

/* What a source has in place of that. Without a found list there is nothing yet. */
static void build_found(struct build *build)
{
	const struct config_request *request = build->request;
	struct config_memory *memory = build->memory;
	struct config *config = build->config;

	config->targets =
		arena_alloc(memory->arena, (request->found_count + 1) * sizeof(*config->targets));
	memory->origins =
		arena_alloc(memory->arena, (request->found_count + 1) * sizeof(*memory->origins));
	if (request->found != NULL)
		config->file = config->source.shown; /* what all that is shown is from */
	for (size_t i = 0; request->found != NULL && i < request->found_count; i++) {
		struct target *target = &config->targets[config->target_count++];

		config_build_found(build, target, &request->found[i]);
		config_finish_target(build, target, NULL);
	}
}

static void check_permissions(struct build *build)
{
	const struct config_memory *memory = build->memory;
	struct stat status;

	if (!memory->plain || build->request->text != NULL || stat(memory->file, &status) != 0)
		return;
	if (S_ISREG(status.st_mode) && (status.st_mode & 077) != 0)
		error_warn(build->errors, memory->file, 0,
			   "it holds secrets and others may read it (mode %04o); chmod 600 it, or "
			   "write ${VARIABLE} or "
			   "@FILE in their place",
			   (unsigned)status.st_mode & 07777);
}

static int compare_items(const void *left, const void *right)
{
	const struct item_line *a = left, *b = right;
	uintptr_t one = (uintptr_t)a->item, other = (uintptr_t)b->item;

	return (one > other) - (one < other);
}

static void sort_lines(struct item_lines *lines)
{
	if (lines->count > 1)
		qsort(lines->items, lines->count, sizeof(*lines->items), compare_items);
}

int config_item_line(const struct config_memory *memory, const char *item)
{
	const struct item_line wanted = {.item = item}, *found = NULL;

	if (memory->lines.count > 0)
		found = bsearch(&wanted, memory->lines.items, memory->lines.count, sizeof(wanted),
				compare_items);
	return found == NULL ? 0 : found->line;
}

struct config *config_load_part(const struct config_request *request, struct errors *errors)
{
	struct config *config = x_calloc(1, sizeof(*config));
	struct config_memory *memory = x_calloc(1, sizeof(*memory));
	struct build build = {
		.request = request, .errors = errors, .memory = memory, .config = config};
	size_t known = errors->fatal;

	config->owned = memory;
	memory->arena = arena_new();
	config_read(&build);
	config->file = memory->file;
	config_build_program(&build);
	if (!request->program_only && config->source.url != NULL)
		build_found(&build);
	else if (!request->program_only)
		build_targets(&build);
	if (!request->program_only) {
		config_check_targets(&build);
		check_permissions(&build);
	}
	if (!request->program_only && errors->fatal == known &&
	    (config->source.url == NULL || request->found != NULL))
		config_select(&build);
	sort_lines(&memory->lines);
	errors_sort(errors);
	return config;
}

struct config *config_load(const struct config_request *request, struct errors *errors)
{
	size_t known = errors->fatal;
	struct config *config = config_load_part(request, errors);

	if (errors->fatal == known)
		return config;
	config_free(config);
	return NULL;
}

const struct text_list *config_secrets(const struct config *config)
{
	return config->owned == NULL ? NULL : &config->owned->secrets;
}

void config_free(struct config *config)
{
	if (config == NULL)
		return;
	free(config->owned->sections);
	free(config->owned->settings);
	free(config->owned->lines.items);
	arena_free(config->owned->arena);
	free(config->owned);
	free(config);
}

/* Returns new: the path, or NULL where no such file is there. */
static char *existing(char *path)
{
	if (access(path, F_OK) == 0)
		return path;
	free(path);
	return NULL;
}

char *config_find(void)
{
	const char *named = getenv("WEBMON_CONFIG"), *xdg = getenv("XDG_CONFIG_HOME"),
		   *home = getenv("HOME");
	char *path;

	/* Taken at its word: where it is not there, that is a mistake to be told. */
	if (named != NULL && named[0] != '\0')
		return x_strdup(named);
	if ((path = existing(x_strdup("webmon.ini"))) != NULL)
		return path;
	if (xdg != NULL && xdg[0] != '\0')
		path = existing(x_asprintf("%s/webmon/webmon.ini", xdg));
	else if (home != NULL && home[0] != '\0')
		path = existing(x_asprintf("%s/.config/webmon/webmon.ini", home));
	return path != NULL ? path : existing(x_strdup("/etc/webmon/webmon.ini"));
}
