/*
 * From settings to values. A target is made in layers, each over the one before: the table's
 * defaults, [defaults], its section, the command line. The first two are the same for all and made
 * once. Main thread.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "model/config_parts.h"
#include "model/url.h"
#include "model/value.h"

static struct place place_of(struct build *build, struct text_list *secrets, int line)
{
	return (struct place){
		.arena = build->memory->arena,
		.errors = build->errors,
		.file = line > 0 ? build->memory->file : NULL,
		.line = line,
		.secrets = secrets,
		.lines = &build->memory->lines,
		.plain = line > 0 ? &build->memory->plain : NULL,
	};
}

/* Sets what the table says where nobody says anything. */
static void apply_fallbacks(struct build *build, enum option_scope scope, void *base,
			    struct text_list *secrets)
{
	struct place place = place_of(build, secrets, 0);

	for (size_t i = 0; i < option_count; i++)
		if (option_table[i].scope == scope && option_table[i].fallback != NULL)
			value_set(&place, &option_table[i], base, option_table[i].fallback, 0);
}

/* Settings of one scope, one after the other. Returns how many were wrong. */
static size_t apply(struct build *build, const struct setting *settings, size_t count,
		    enum option_scope scope, void *base, struct text_list *secrets)
{
	size_t given[OPTION_COUNT_MAX] = {0};
	size_t wrong = 0;

	for (size_t i = 0; i < count; i++) {
		const struct option *option = settings[i].option;
		struct place place = place_of(build, secrets, settings[i].line);

		if (option == NULL || option->scope != scope)
			continue;
		size_t *before = &given[option - option_table];
		bool ok = value_set(&place, option, base, settings[i].written, *before);
		*before += ok;
		wrong += !ok;
	}
	return wrong;
}

static size_t apply_section(struct build *build, const struct section *section,
			    enum option_scope scope, void *base, struct text_list *secrets)
{
	if (section == NULL)
		return 0;
	return apply(build, build->memory->settings + section->first, section->count, scope, base,
		     secrets);
}

/* NULL after a message: there is no such option, or it makes no sense for all targets at once. */
static const struct option *find_override(struct build *build, const char *name)
{
	const struct option *option = option_find(OPTION_TARGET, name);
	const char *nearest = option_nearest(OPTION_TARGET, name);

	if (option == NULL)
		option = option_find(OPTION_PROGRAM, name);
	if (nearest == NULL)
		nearest = option_nearest(OPTION_PROGRAM, name);
	if (strcmp(name, "url") == 0 || strcmp(name, "name") == 0) {
		error_add(build->errors, NULL, 0,
			  "'%s' is each target's own: it cannot be set for all", name);
		return NULL;
	}
	if (option == NULL && nearest != NULL)
		error_add(build->errors, NULL, 0, "unknown option '%s', did you mean '%s'?", name,
			  nearest);
	else if (option == NULL)
		error_add(build->errors, NULL, 0,
			  "unknown option '%s' (webmon --options lists all)", name);
	return option;
}

static void read_overrides(struct build *build)
{
	const struct config_request *request = build->request;
	struct config_memory *memory = build->memory;

	memory->overrides = arena_alloc(memory->arena,
					(request->override_count + 1) * sizeof(*memory->overrides));
	for (size_t i = 0; i < request->override_count; i++) {
		const struct override *override = &request->overrides[i];
		const struct option *option = find_override(build, override->name);

		if (option != NULL)
			memory->overrides[memory->override_count++] = (struct setting){
				.option = option,
				.name = option->name,
				.written = arena_text(memory->arena, override->value)};
	}
}

/*
 * The command line's values are tried on a copy of the defaults: those that are wrong are told
 * once, and not again for each target.
 */
static void try_overrides(struct build *build)
{
	struct config_memory *memory = build->memory;
	struct target trial = memory->defaults;
	struct text_list secrets = {.items = NULL};

	if (apply(build, memory->overrides, memory->override_count, OPTION_TARGET, &trial,
		  &secrets) > 0)
		memory->override_count = 0;
}

static void build_defaults(struct build *build)
{
	struct config_memory *memory = build->memory;
	struct target *defaults = &memory->defaults;

	apply_fallbacks(build, OPTION_TARGET, defaults, &defaults->secrets);
	apply_section(build, config_find_section(memory, SECTION_DEFAULTS), OPTION_TARGET, defaults,
		      &defaults->secrets);
}

/* Something is written there: what is wrong with it is told of already. */
static bool is_written(const struct build *build, const struct section *section, const char *name)
{
	const struct setting *setting = config_find_setting(build->memory, section, name);

	return setting != NULL && setting->written[0] != '\0';
}

static void build_alert(struct build *build, const struct section *section)
{
	struct config *config = build->config;
	struct config_memory *memory = build->memory;

	if (config->alerts == NULL)
		config->alerts =
			arena_alloc(memory->arena, memory->section_count * sizeof(*config->alerts));
	struct alert_config *alert = &config->alerts[config->alert_count++];
	*alert = (struct alert_config){
		.name = section->name, .file = memory->file, .line = section->line};
	apply_fallbacks(build, OPTION_ALERT, alert, &memory->secrets);
	apply_section(build, section, OPTION_ALERT, alert, &memory->secrets);
	if (alert->command != NULL && access(alert->command, X_OK) != 0)
		error_warn(build->errors, memory->file, section->line,
			   "[alert %s] cannot run its command: %s", section->name, strerror(errno));
	if (alert->webhook == NULL && alert->command == NULL &&
	    !is_written(build, section, "webhook") && !is_written(build, section, "command"))
		error_add(build->errors, memory->file, section->line,
			  "[alert %s] has neither webhook nor command: it could tell nobody",
			  section->name);
}

static void build_source(struct build *build, const struct section *section)
{
	struct source_config *source = &build->config->source;

	*source = (struct source_config){.file = build->memory->file, .line = section->line};
	apply_fallbacks(build, OPTION_SOURCE, source, &build->memory->secrets);
	apply_section(build, section, OPTION_SOURCE, source, &build->memory->secrets);
	if (source->url == NULL && !is_written(build, section, "url"))
		error_add(build->errors, build->memory->file, section->line,
			  "[source prometheus] has no url; add a line such as 'url = "
			  "http://localhost:9090/'");
	const struct section *target = config_find_section(build->memory, SECTION_TARGET);

	if (build->request->source == NULL && target != NULL)
		error_add(
			build->errors, build->memory->file, section->line,
			"[source prometheus] shows what others have measured, [target %s] is to be "
			"probed: put them into files of their own",
			target->name);
}

/*
 * --source: in place of the file's section. What that says besides (a token) holds for its own
 * address alone and goes to no other one.
 */
static void build_asked_source(struct build *build)
{
	static const char kind[] = "prometheus=";
	const char *asked = build->request->source;
	struct source_config *source = &build->config->source;
	struct setting url = {.option = option_find(OPTION_SOURCE, "url"), .name = "url"};

	if (asked == NULL)
		return;
	if (strncmp(asked, kind, sizeof(kind) - 1) != 0) {
		error_add(build->errors, NULL, 0,
			  "--source must be prometheus=URL, such as "
			  "prometheus=http://localhost:9090");
		return;
	}
	url.written = arena_text(build->memory->arena, asked + sizeof(kind) - 1);
	if (source->url != NULL && strcmp(source->url, url.written) == 0)
		return;
	*source = (struct source_config){.line = 0};
	apply_fallbacks(build, OPTION_SOURCE, source, &build->memory->secrets);
	apply(build, &url, 1, OPTION_SOURCE, source, &build->memory->secrets);
}

/* Its name for all that people see. */
static void show_source(struct build *build)
{
	struct source_config *source = &build->config->source;
	struct arena *arena = build->memory->arena;
	char *shown = target_url_shown(source->url);
	size_t length = strlen(shown),
	       size = length * 4 + 1; /* a mask of 9 bytes stands for 4 at least */
	char *clean = arena_alloc(arena, size);

	length -= length > 0 && shown[length - 1] == '/';
	text_clean(clean, size, shown, length, TEXT_LINE);
	source->secrets = text_list_copy(arena, &build->memory->secrets);
	text_redact(clean, size, source->secrets.items, source->secrets.count);
	source->shown = clean;
	free(shown);
}

static void build_bindings(struct build *build, const struct section *section)
{
	struct config_memory *memory = build->memory;
	struct binding *bindings = arena_alloc(memory->arena, section->count * sizeof(*bindings));

	for (size_t i = 0; i < section->count; i++) {
		const struct setting *setting = &memory->settings[section->first + i];
		char *keys = arena_text(memory->arena, setting->written);

		for (char *c = keys; *c != '\0'; c++)
			*c = *c == '\n' ? ' ' : *c;
		bindings[i] = (struct binding){.action = setting->name,
					       .keys = keys,
					       .file = memory->file,
					       .line = setting->line};
	}
	build->config->bindings = bindings;
	build->config->binding_count = section->count;
}

static void build_view(struct build *build, const struct section *section)
{
	struct saved_view *view = &build->config->views[section->name[0] - '0'];

	view->line = section->line;
	apply_section(build, section, OPTION_VIEW, view, &build->memory->secrets);
}

static void build_section(struct build *build, const struct section *section)
{
	switch (section->kind) {
	case SECTION_ALERT:
		build_alert(build, section);
		break;
	case SECTION_SOURCE:
		build_source(build, section);
		break;
	case SECTION_KEYS:
		build_bindings(build, section);
		break;
	case SECTION_VIEW:
		build_view(build, section);
		break;
	case SECTION_PROGRAM:
	case SECTION_DEFAULTS:
	case SECTION_TARGET:
		break;
	}
}

void config_build_program(struct build *build)
{
	struct config_memory *memory = build->memory;
	struct program *program = &build->config->program;

	read_overrides(build);
	apply_fallbacks(build, OPTION_PROGRAM, program, &memory->secrets);
	apply_section(build, config_find_section(memory, SECTION_PROGRAM), OPTION_PROGRAM, program,
		      &memory->secrets);
	apply(build, memory->overrides, memory->override_count, OPTION_PROGRAM, program,
	      &memory->secrets);
	for (size_t i = 0; i < sizeof(build->config->views) / sizeof(build->config->views[0]); i++)
		apply_fallbacks(build, OPTION_VIEW, &build->config->views[i], &memory->secrets);
	for (size_t i = 0; i < memory->section_count; i++)
		build_section(build, &memory->sections[i]);
	build_asked_source(build);
	if (build->config->source.url != NULL)
		show_source(build);
	if (build->config->source.url != NULL)
		program->history = NULL; /* its engine is its history; the file is a recorder's */
	build_defaults(build);
	config_check_defaults(build);
	try_overrides(build);
}

void config_build_target(struct build *build, struct target *target, const struct section *section,
			 const char *url)
{
	struct config_memory *memory = build->memory;
	struct setting address = {
		.option = option_find(OPTION_TARGET, "url"), .name = "url", .written = url};

	*target = memory->defaults;
	target->secrets = text_list_copy(memory->arena, &memory->defaults.secrets);
	target->file = section == NULL ? NULL : memory->file;
	target->line = section == NULL ? 0 : section->line;
	apply_section(build, section, OPTION_TARGET, target, &target->secrets);
	if (url != NULL)
		apply(build, &address, 1, OPTION_TARGET, target, &target->secrets);
	apply(build, memory->overrides, memory->override_count, OPTION_TARGET, target,
	      &target->secrets);
}

void config_build_found(struct build *build, struct target *target,
			const struct found_target *found)
{
	struct arena *arena = build->memory->arena;
	struct url url = {.scheme = SCHEME_HTTP, .host = "", .bare = ""};

	config_build_target(build, target, NULL, NULL);
	target->name = arena_text(arena, found->name);
	target->group = arena_text(arena, found->group);
	target->url = target->url_shown = arena_text(arena, found->url);
	/* What stands there need not be an address: it is shown, nobody goes there. */
	if (url_read(arena, found->url, &url) != NULL)
		url.host = target->url;
	target->host = url.host;
	target->port = url.port;
	target->scheme = url.scheme;
	target->interval_ms = found->interval_ms;
}

const struct setting *config_find_setting(const struct config_memory *memory,
					  const struct section *section, const char *name)
{
	const struct setting *found = NULL;

	for (size_t i = 0; section != NULL && i < section->count; i++)
		if (strcmp(memory->settings[section->first + i].name, name) == 0)
			found = &memory->settings[section->first + i];
	return found;
}

const struct setting *config_find_override(const struct config_memory *memory, const char *name)
{
	const struct setting *found = NULL;

	for (size_t i = 0; i < memory->override_count; i++)
		if (strcmp(memory->overrides[i].name, name) == 0)
			found = &memory->overrides[i];
	return found;
}

const struct section *config_find_section(const struct config_memory *memory,
					  enum section_kind kind)
{
	for (size_t i = 0; i < memory->section_count; i++)
		if (memory->sections[i].kind == kind)
			return &memory->sections[i];
	return NULL;
}
