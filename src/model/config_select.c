/*
 * What the command line asks for: targets of the file by name, URLs of its own, globs. Main thread.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "model/config_parts.h"
#include "model/names.h"
#include "model/url.h"

#define NAME_BYTES 120 /* of a name made from a URL */

bool config_is_url(const char *word)
{
	return strpbrk(word, "./:") != NULL || strcasecmp(word, "localhost") == 0;
}

/* "localhost:5000/health": host, the port where it is not the scheme's own, the path where there is
 * one. No query. */
static const char *name_of_url(struct arena *arena, const char *text, const struct target *target)
{
	char raw[NAME_BYTES], clean[NAME_BYTES];
	struct url_parts parts;

	if (!url_split(text, &parts))
		return arena_text(arena, text);
	size_t path = strcspn(parts.rest.at, "?#");
	if (path == 1)
		path = 0;
	bool usual = !parts.has_port || target->port == url_scheme_port(target->scheme);
	text_format(raw, sizeof(raw), "%.*s%s%.*s%.*s", (int)parts.host.length, parts.host.at,
		    usual ? "" : ":", usual ? 0 : (int)parts.port.length, parts.port.at, (int)path,
		    parts.rest.at);
	text_clean(clean, sizeof(clean), raw, strlen(raw), TEXT_LINE);
	return arena_text(arena, clean);
}

/* The same URL may be given twice: "localhost:5000" and "localhost:5000 #2". */
static const char *unique_name(struct arena *arena, struct names *names, const char *name,
			       size_t index)
{
	char numbered[NAME_BYTES + 16];

	if (names_add(names, name, index) == index)
		return name;
	for (size_t i = 2;; i++) {
		text_format(numbered, sizeof(numbered), "%s #%zu", name, i);
		if (names_find(names, numbered) == NAMES_NONE)
			break;
	}
	name = arena_text(arena, numbered);
	names_add(names, name, index);
	return name;
}

struct selection {
	struct build *build;
	struct names *known;  /* the file's targets */
	struct names *chosen; /* names of the targets below */
	struct target *targets;
	const struct section **origins;
	size_t count;
};

static void take_named(struct selection *selection, size_t index)
{
	struct build *build = selection->build;
	const struct target *target = &build->config->targets[index];

	if (names_add(selection->chosen, target->name, selection->count) != selection->count)
		return; /* asked for twice */
	selection->targets[selection->count] = *target;
	selection->origins[selection->count++] = build->memory->origins[index];
}

static void take_url(struct selection *selection, const char *word)
{
	struct build *build = selection->build;
	struct target *target = &selection->targets[selection->count];
	struct arena *arena = build->memory->arena;

	config_build_target(build, target, NULL, word);
	target->name =
		unique_name(arena, selection->chosen,
			    name_of_url(arena, url_is_deceptive(word) ? target->url : word, target),
			    selection->count);
	if (config_finish_target(build, target, NULL))
		selection->origins[selection->count++] = NULL;
}

/* Beside a source a URL is but a name, and may hold a password all the same. */
void config_refuse_word(struct build *build, const char *word)
{
	char *shown = config_is_url(word) ? target_url_shown(word) : x_strdup(word);

	config_refuse_target(build, (struct place){.file = NULL}, "", shown);
	free(shown);
}

/* A word that is no target: a mistyped one, a mistyped command, or a lack of any configuration. */
static void refuse_word(struct selection *selection, const char *word)
{
	struct build *build = selection->build;
	const struct config_request *request = build->request;
	const char *command = word == request->words[0] ? request->command : NULL;

	if (command != NULL && config_nearest_target(build, word) == NULL)
		error_add(build->errors, NULL, 0,
			  "there is no target '%s', did you mean the command 'webmon %s'?", word,
			  command);
	else if (build->memory->file == NULL && build->config->source.url == NULL)
		error_add(build->errors, NULL, 0,
			  "there is no target '%s', as there is no configuration file; a URL has a "
			  "dot, "
			  "a slash or a colon",
			  word);
	else
		config_refuse_word(build, word);
}

static void take_word(struct selection *selection, const char *word)
{
	size_t index = names_find(selection->known, word);

	if (index != NAMES_NONE)
		take_named(selection, index);
	else if (config_is_url(word) && selection->build->config->source.url == NULL)
		take_url(selection, word);
	else
		refuse_word(selection, word);
}

static void choose_words(struct build *build)
{
	const struct config_request *request = build->request;
	struct arena *arena = build->memory->arena;
	struct config *config = build->config;
	struct selection selection = {
		.build = build,
		.known = names_new(config->target_count),
		.chosen = names_new(request->word_count),
		.targets = arena_alloc(arena, request->word_count * sizeof(*selection.targets)),
		.origins = arena_alloc(arena, request->word_count * sizeof(*selection.origins)),
	};

	for (size_t i = 0; i < config->target_count; i++)
		names_add(selection.known, config->targets[i].name, i);
	for (size_t i = 0; i < request->word_count; i++)
		take_word(&selection, request->words[i]);
	names_free(selection.known);
	names_free(selection.chosen);
	config->targets = selection.targets;
	config->target_count = selection.count;
	build->memory->origins = selection.origins;
}

bool config_is_wanted(const struct config_request *request, const struct target *target)
{
	if (request->only != NULL && fnmatch(request->only, target->name, 0) != 0)
		return false;
	if (request->skip != NULL && fnmatch(request->skip, target->name, 0) == 0)
		return false;
	return request->group == NULL || strcmp(request->group, target->group) == 0;
}

static void choose_matching(struct build *build)
{
	struct config *config = build->config;
	size_t count = 0;

	for (size_t i = 0; i < config->target_count; i++) {
		if (!config_is_wanted(build->request, &config->targets[i]))
			continue;
		config->targets[count] = config->targets[i];
		build->memory->origins[count++] = build->memory->origins[i];
	}
	config->target_count = count;
}

/* Leaves the targets that are this recorder's. */
static void choose_shard(struct build *build)
{
	struct config *config = build->config;
	struct config_memory *memory = build->memory;
	size_t count = 0;

	config->shard_of = config->target_count;
	for (size_t i = 0; i < config->target_count; i++) {
		if (!shard_has(&config->shard, config->targets[i].name))
			continue;
		config->targets[count] = config->targets[i];
		memory->origins[count++] = memory->origins[i];
	}
	config->target_count = count;
	if (count == 0 && config->shard_of > 0)
		error_add(build->errors, NULL, 0,
			  "none of the %zu targets falls to shard %u/%u: fewer shards are enough",
			  config->shard_of, config->shard.number, config->shard.count);
}

/* False after a message. */
static bool read_shard(struct build *build)
{
	const char *wanted = build->request->shard;

	if (wanted == NULL || shard_parse(wanted, &build->config->shard))
		return true;
	error_add(build->errors, NULL, 0,
		  "--shard must be I/N, the number of this recorder and how many there are, up to "
		  "%d, such as 2/5; got '%s'",
		  SHARDS_MAX, wanted);
	return false;
}

void config_refuse_choice(struct build *build, size_t count)
{
	error_add(build->errors, NULL, 0,
		  "none of the %zu targets is asked for by --only, --skip and --group", count);
}

static void refuse_emptiness(struct build *build, size_t before)
{
	const char *file = build->memory->file;

	if (before > 0)
		config_refuse_choice(build, before);
	else if (build->config->source.url != NULL)
		error_add(build->errors, NULL, 0,
			  "the source knows of no target: it has no series probe_success%s%s%s",
			  build->config->source.match[0] ? "{" : "", build->config->source.match,
			  build->config->source.match[0] ? "}" : "");
	else if (file != NULL)
		error_add(build->errors, file, 0,
			  "there is no target; add a section such as [target shop] with a line "
			  "such as "
			  "'url = https://shop.example.com/'");
	else
		error_add(build->errors, NULL, 0,
			  "nothing to watch: give a URL, as in 'webmon http://localhost:5000/', or "
			  "a webmon.ini with "
			  "a [target NAME]; 'webmon demo' shows what it looks like");
}

void config_select(struct build *build)
{
	size_t known = build->errors->fatal;

	if (build->request->word_count > 0)
		choose_words(build);
	size_t before = build->config->target_count;
	choose_matching(build);
	if (build->config->target_count == 0 && build->errors->fatal == known)
		refuse_emptiness(build, before);
	if (read_shard(build) && build->config->shard.count > 0)
		choose_shard(build);
}
