/*
 * What a target must fulfil as a whole, and targets among one another. Main thread.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "model/config_parts.h"
#include "model/names.h"
#include "model/url.h"

#define NAME_MAX_BYTES	 200
#define SOCKET_PATH_MAX	 107 /* of sockaddr_un, its NUL aside */
#define CONNECT_TOO_LONG "connect_timeout is longer than timeout, which ends the probe before"
/* So many mistakes are told with the nearest name: looking for it takes its time */
#define NEAREST_MAX 32

static const char *file_of(const struct build *build, const struct section *section)
{
	return section == NULL ? NULL : build->memory->file;
}

/* A target without url. The rest of it is not worth looking at. */
static bool check_url(struct build *build, const struct target *target,
		      const struct section *section)
{
	if (target->url != NULL)
		return true;
	/* A url that was wrong has been told of already. */
	if (section != NULL && config_find_setting(build->memory, section, "url") == NULL)
		error_add(build->errors, build->memory->file, section->line,
			  "[target %s] has no url; add a line such as 'url = https://%s/'",
			  section->name,
			  strchr(section->name, '.') != NULL && strchr(section->name, ' ') == NULL
				  ? section->name
				  : "www.example.com");
	return false;
}

/* Two options of one section of which only one can hold. */
static void refuse_both(struct build *build, const struct section *section, const char *first,
			const char *second)
{
	const struct setting *one = config_find_setting(build->memory, section, first);
	const struct setting *other = config_find_setting(build->memory, section, second);

	if (one != NULL && other != NULL)
		error_add(build->errors, build->memory->file,
			  one->line > other->line ? one->line : other->line,
			  "'%s' and '%s' exclude one another; leave one out", first, second);
}

/* The file's line that gives the option to this target; NULL: none, or the command line. */
static const struct setting *find_given(const struct build *build, const struct section *section,
					const char *name)
{
	const struct setting *own = config_find_setting(build->memory, section, name);

	return own != NULL
		       ? own
		       : config_find_setting(build->memory,
					     config_find_section(build->memory, SECTION_DEFAULTS),
					     name);
}

void config_check_defaults(struct build *build)
{
	const struct config_memory *memory = build->memory;
	const struct section *section = config_find_section(memory, SECTION_DEFAULTS);
	const struct setting *given = config_find_setting(memory, section, "connect_timeout");

	if (given != NULL && memory->defaults.connect_timeout_ms > memory->defaults.timeout_ms)
		error_warn(build->errors, memory->file, given->line, CONNECT_TOO_LONG);
}

/* The shorter one holds; that is said where the longer one was asked for in so many words. */
static void limit_connect_timeout(struct build *build, struct target *target,
				  const struct section *section)
{
	const struct setting *given =
		config_find_setting(build->memory, section, "connect_timeout");

	if (target->connect_timeout_ms <= target->timeout_ms)
		return;
	if (given != NULL)
		error_warn(build->errors, build->memory->file, given->line, CONNECT_TOO_LONG);
	target->connect_timeout_ms = target->timeout_ms;
}

static void choose_method(struct build *build, struct target *target, const struct section *section)
{
	const struct config_memory *memory = build->memory;

	if (target->body == NULL || find_given(build, section, "method") != NULL)
		return;
	if (config_find_override(memory, "method") == NULL)
		target->method = "POST";
}

static void show_url(struct build *build, struct target *target)
{
	struct arena *arena = build->memory->arena;
	/* A name that could be taken for another one is shown as DNS knows it. */
	char *shown = target_url_shown(url_is_deceptive(target->url_shown) ? target->url
									   : target->url_shown);
	size_t size = strlen(shown) * 4 + 1; /* a mask of 9 bytes stands for 4 at least */
	char *clean = arena_alloc(arena, size);

	text_clean(clean, size, shown, strlen(shown), TEXT_LINE);
	text_redact(clean, size, target->secrets.items, target->secrets.count);
	target->url_shown = clean;
	free(shown);
}

/* HTTP's basic authentication sends both, encoded as one. */
static void keep_password(struct build *build, struct target *target)
{
	struct place place = {.arena = build->memory->arena, .secrets = &target->secrets};

	if (target->password == NULL || target->password[0] == '\0')
		return;
	char *both = x_asprintf("%s:%s", target->user, target->password);
	expand_keep_secret(&place, target->password);
	expand_keep_secret(&place, both);
	explicit_bzero(both, strlen(both));
	free(both);
}

/* What the kernel takes; beyond it libcurl would speak of a name that did not resolve. */
static void check_socket(struct build *build, const struct target *target,
			 const struct section *section)
{
	const struct setting *given = find_given(build, section, "unix_socket");

	if (target->unix_socket != NULL && strlen(target->unix_socket) > SOCKET_PATH_MAX)
		error_add(build->errors, file_of(build, section),
			  given == NULL ? target->line : given->line,
			  "unix_socket: the path has %zu bytes, %d are the limit",
			  strlen(target->unix_socket), SOCKET_PATH_MAX);
}

bool config_finish_target(struct build *build, struct target *target, const struct section *section)
{
	if (target->name == NULL || target->name[0] == '\0')
		target->name = section == NULL ? "" : section->name;
	if (!check_url(build, target, section))
		return false;
	if (strlen(target->name) > NAME_MAX_BYTES)
		error_add(build->errors, file_of(build, section), target->line,
			  "the name has more than %d bytes", NAME_MAX_BYTES);
	refuse_both(build, section, "body", "body_file");
	refuse_both(build, section, "bearer", "user");
	limit_connect_timeout(build, target, section);
	check_socket(build, target, section);
	choose_method(build, target, section);
	keep_password(build, target);
	show_url(build, target);
	return true;
}

static void check_names(struct build *build, struct names *names)
{
	struct config *config = build->config;

	for (size_t i = 0; i < config->target_count; i++) {
		const struct target *target = &config->targets[i];
		size_t other = names_add(names, target->name, i);

		if (other != i)
			error_add(build->errors, target->file, target->line,
				  "the target '%s' was already given at line %d", target->name,
				  config->targets[other].line);
	}
}

const char *config_nearest_target(const struct build *build, const char *word)
{
	const struct config *config = build->config;

	if (build->errors->count >= NEAREST_MAX)
		return NULL;
	const char **list = x_calloc(config->target_count, sizeof(*list));

	for (size_t i = 0; i < config->target_count; i++)
		list[i] = config->targets[i].name;
	const char *nearest = text_nearest(word, list, config->target_count);
	free(list);
	return nearest;
}

void config_refuse_target(struct build *build, struct place place, const char *what,
			  const char *name)
{
	const char *nearest = config_nearest_target(build, name);

	if (nearest != NULL)
		error_add(build->errors, place.file, place.line,
			  "%sthere is no target '%s', did you mean '%s'?", what, name, nearest);
	else
		error_add(build->errors, place.file, place.line, "%sthere is no target '%s'", what,
			  name);
}

/* Where a target's `depends` is given: the command line goes over the file. */
static const struct setting *find_depends(const struct build *build, size_t target)
{
	const struct setting *given = config_find_override(build->memory, "depends");

	return given != NULL ? given : find_given(build, build->memory->origins[target], "depends");
}

static struct place depends_place(const struct build *build, size_t target)
{
	const struct setting *given = find_depends(build, target);
	int line = given == NULL ? 0 : given->line;

	return (struct place){.file = line == 0 ? NULL : build->memory->file, .line = line};
}

/* A name that may have come from a variable is not told. */
static void refuse_dependency(struct build *build, size_t target, const char *name)
{
	const struct setting *given = find_depends(build, target);
	struct place place = depends_place(build, target);

	if (given != NULL && strstr(given->written, "${") != NULL)
		error_add(build->errors, place.file, place.line,
			  "depends: there is no target '•••'");
	else
		config_refuse_target(build, place, "depends: ", name);
}

enum mark { UNSEEN, UNDER_WAY, DONE };

/* A way along dependencies: targets, and at which of its dependencies each stands. */
struct walk {
	size_t *path, *at;
	size_t length;
	unsigned char *marks; /* enum mark of each target */
};

static void tell_circle(struct build *build, const struct walk *walk, size_t again)
{
	const struct target *targets = build->config->targets;
	size_t last = walk->path[walk->length - 1];
	struct place place = depends_place(build, last);

	if (last == again)
		error_add(build->errors, place.file, place.line, "depends: '%s' depends on itself",
			  targets[last].name);
	else
		error_add(build->errors, place.file, place.line,
			  "depends: '%s' and '%s' depend on one another in a circle",
			  targets[again].name, targets[last].name);
}

/* One step: to the next dependency, or back. */
static void walk_on(struct build *build, const struct names *names, struct walk *walk)
{
	size_t top = walk->length - 1, target = walk->path[top];
	const struct text_list *depends = &build->config->targets[target].depends;

	if (walk->at[top] == depends->count) {
		walk->marks[target] = DONE;
		walk->length--;
		return;
	}
	const char *name = depends->items[walk->at[top]++];
	size_t other = names_find(names, name);
	if (other == NAMES_NONE) {
		refuse_dependency(build, target, name);
	} else if (walk->marks[other] == UNDER_WAY) {
		tell_circle(build, walk, other);
	} else if (walk->marks[other] == UNSEEN) {
		walk->marks[other] = UNDER_WAY;
		walk->path[walk->length] = other;
		walk->at[walk->length++] = 0;
	}
}

/* Depth first without recursion: a chain may be as long as the file. */
static void check_depends(struct build *build, const struct names *names)
{
	size_t count = build->config->target_count;
	struct walk walk = {
		.path = x_calloc(count, sizeof(*walk.path)),
		.at = x_calloc(count, sizeof(*walk.at)),
		.marks = x_calloc(count, sizeof(*walk.marks)),
	};

	for (size_t i = 0; i < count; i++) {
		if (walk.marks[i] != UNSEEN)
			continue;
		walk.marks[i] = UNDER_WAY;
		walk.path[0] = i;
		walk.at[0] = 0;
		for (walk.length = 1; walk.length > 0;)
			walk_on(build, names, &walk);
	}
	free(walk.path);
	free(walk.at);
	free(walk.marks);
}

void config_check_targets(struct build *build)
{
	struct names *names = names_new(build->config->target_count);

	check_names(build, names);
	if (build->config->source.url == NULL) /* what it depends on, who probes it knows */
		check_depends(build, names);
	names_free(names);
}
