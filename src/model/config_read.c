/*
 * From a file to sections and settings: which there are, where they stand, whether they may stand
 * there. No value is looked at yet. Main thread.
 */
#include <stdlib.h>
#include <string.h>

#include "base/ini.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/config_parts.h"

/* How a section's head begins, and what may stand in it. */
static const struct head {
	const char *word;
	enum section_kind kind;
	enum option_scope scope;
	bool named;
} heads[] = {
	{"webmon", SECTION_PROGRAM, OPTION_PROGRAM, false},
	{"defaults", SECTION_DEFAULTS, OPTION_TARGET, false},
	{"target", SECTION_TARGET, OPTION_TARGET, true},
	{"alert", SECTION_ALERT, OPTION_ALERT, true},
	{"keys", SECTION_KEYS, OPTION_SCOPES, false},
	{"source", SECTION_SOURCE, OPTION_SOURCE, true},
	{"view", SECTION_VIEW, OPTION_VIEW, true},
};

#define HEADS (sizeof(heads) / sizeof(heads[0]))

#define BINDINGS_MAX 256

struct reading {
	struct build *build;
	const struct head *head; /* of the section under way; NULL: it was refused */
	bool started;
	int given[OPTION_COUNT_MAX]; /* line of the option in the section under way; 0: none */
};

static void mistake(struct reading *reading, int line, const char *text)
{
	error_add(reading->build->errors, reading->build->memory->file, line, "%s", text);
}

/* "[view.3]" is split at the dot, all others at the blank: a name may begin with a dot. */
static const struct head *find_head(const char *section, const char **name)
{
	for (size_t i = 0; i < HEADS; i++) {
		size_t length = strlen(heads[i].word);
		char mark = heads[i].kind == SECTION_VIEW ? '.' : ' ';

		if (strncmp(section, heads[i].word, length) != 0)
			continue;
		if (section[length] == '\0' || section[length] == mark || section[length] == '\t') {
			*name = section + length + (section[length] == '.');
			*name += strspn(*name, " \t");
			return &heads[i];
		}
	}
	return NULL;
}

static void refuse_head(struct reading *reading, const char *section, int line)
{
	static const char *const names[] = {"webmon", "defaults", "target", "alert",
					    "keys",   "source",	  "view.1", "source prometheus"};
	const char *nearest = text_nearest(section, names, sizeof(names) / sizeof(names[0]));
	size_t length = strcspn(section, " \t");
	char word[64];

	text_format(word, sizeof(word), "%.*s", (int)length, section);
	if (nearest == NULL)
		nearest = text_nearest(word, names, sizeof(names) / sizeof(names[0]));
	if (nearest != NULL)
		error_add(reading->build->errors, reading->build->memory->file, line,
			  "unknown section [%s], did you mean [%s%s]?", section, nearest,
			  strpbrk(nearest, ". ") == NULL ? section + length : "");
	else
		error_add(reading->build->errors, reading->build->memory->file, line,
			  "unknown section [%s]; a target's would be [target %s], the others are "
			  "[webmon], [defaults], [alert NAME], [view.N], [keys] and "
			  "[source prometheus]",
			  section, section);
}

/* Whether the name fits the kind of section. */
static bool check_name(struct reading *reading, const struct head *head, const char *name, int line)
{
	struct build *build = reading->build;

	if (!head->named && name[0] != '\0')
		error_add(build->errors, build->memory->file, line, "[%s] has no name; write [%s]",
			  head->word, head->word);
	else if (head->kind == SECTION_VIEW && (name[0] < '1' || name[0] > '9' || name[1] != '\0'))
		mistake(reading, line, "a view is one of [view.1] to [view.9]");
	else if (head->kind == SECTION_SOURCE && strcmp(name, "prometheus") != 0)
		mistake(reading, line, "the only source is [source prometheus]");
	else if (head->named && name[0] == '\0')
		error_add(build->errors, build->memory->file, line,
			  "the %s has no name; write [%s shop]", head->word, head->word);
	else if (!text_is_clean(name, TEXT_LINE))
		mistake(reading, line,
			"the section's name holds an invisible character; write it anew");
	else
		return true;
	return false;
}

/* All but targets, of which there may be thousands: config_check_targets() looks at their names. */
static const struct section *find_same(const struct config_memory *memory, enum section_kind kind,
				       const char *name)
{
	for (size_t i = 0; i < memory->section_count && kind != SECTION_TARGET; i++) {
		const struct section *section = &memory->sections[i];

		if (section->kind == kind && strcmp(section->name, name) == 0)
			return section;
	}
	return NULL;
}

static void take_section(void *user, const char *section, int line)
{
	struct reading *reading = user;
	struct build *build = reading->build;
	struct config_memory *memory = build->memory;
	const char *name = "";
	const struct head *head = find_head(section, &name);

	reading->started = true;
	reading->head = NULL;
	memset(reading->given, 0, sizeof(reading->given));
	if (head == NULL) {
		refuse_head(reading, section, line);
		return;
	}
	if (!check_name(reading, head, name, line))
		return;
	const struct section *same = find_same(memory, head->kind, name);
	if (same != NULL) {
		error_add(build->errors, memory->file, line, "[%s] was already given at line %d",
			  section, same->line);
		return;
	}
	reading->head = head;
	memory->sections =
		x_grow(memory->sections, memory->section_count, sizeof(*memory->sections));
	memory->sections[memory->section_count++] = (struct section){
		.kind = head->kind,
		.name = arena_text(memory->arena, name),
		.line = line,
		.first = memory->setting_count,
	};
}

/* A target's address and name cannot be those of others, too. */
static bool is_of_one(const char *option)
{
	return strcmp(option, "url") == 0 || strcmp(option, "name") == 0;
}

static void refuse_option(struct reading *reading, const struct ini_entry *entry)
{
	struct build *build = reading->build;
	const char *file = build->memory->file,
		   *nearest = option_nearest(reading->head->scope, entry->name);

	for (int scope = 0; scope < OPTION_SCOPES; scope++) {
		if (option_find((enum option_scope)scope, entry->name) != NULL) {
			error_add(build->errors, file, entry->line,
				  "'%s' does not belong in [%s] but in %s%s", entry->name,
				  entry->section,
				  scope == OPTION_TARGET && !is_of_one(entry->name)
					  ? "[defaults] or "
					  : "",
				  option_scope_name((enum option_scope)scope));
			return;
		}
	}
	if (nearest != NULL)
		error_add(build->errors, file, entry->line,
			  "unknown option '%s', did you mean '%s'?", entry->name, nearest);
	else
		error_add(build->errors, file, entry->line,
			  "unknown option '%s' (webmon --options lists all)", entry->name);
}

/* Options that lines of another option's value look like, if a person indents by accident. */
static bool swallows_option(struct reading *reading, const struct option *option,
			    const struct ini_entry *entry)
{
	if (option->type == OPTION_BODY || option->type == OPTION_HEADER ||
	    option->type == OPTION_PATTERN || option->type == OPTION_JSON_RULE)
		return false;
	for (const char *line = strchr(entry->value, '\n'); line != NULL;
	     line = strchr(line, '\n')) {
		char name[INI_NAME_LIMIT];
		size_t length = strcspn(++line, " \t=\n");

		text_format(name, sizeof(name), "%.*s", (int)length, line);
		if (line[length + strspn(line + length, " \t")] != '=' ||
		    option_find(reading->head->scope, name) == NULL)
			continue;
		error_add(reading->build->errors, reading->build->memory->file, entry->line,
			  "the value of '%s' goes on in an indented line that looks like the "
			  "option '%s': indent both "
			  "alike",
			  entry->name, name);
		return true;
	}
	return false;
}

/* Whether the option may be given here, and was not before. */
static bool check_option(struct reading *reading, const struct option *option,
			 const struct ini_entry *entry)
{
	struct build *build = reading->build;
	int *given = &reading->given[option - option_table];

	if (reading->head->kind == SECTION_DEFAULTS && is_of_one(option->name)) {
		error_add(build->errors, build->memory->file, entry->line,
			  "'%s' is each target's own: it belongs in "
			  "[target NAME]",
			  entry->name);
		return false;
	}
	if (*given != 0 && !option_is_repeatable(option)) {
		error_add(build->errors, build->memory->file, entry->line,
			  "'%s' was already given at line %d", entry->name, *given);
		return false;
	}
	*given = entry->line;
	return true;
}

/* An action of [keys] is no option of the table; the face that knows the actions checks them. */
static bool check_binding(struct reading *reading, const struct ini_entry *entry)
{
	const struct config_memory *memory = reading->build->memory;
	const struct section *section = &memory->sections[memory->section_count - 1];

	if (section->count >= BINDINGS_MAX) {
		mistake(reading, entry->line, "more keys than any keyboard has");
		return false;
	}
	for (size_t i = 0; i < section->count; i++) {
		const struct setting *other = &memory->settings[section->first + i];

		if (strcmp(other->name, entry->name) == 0) {
			error_add(reading->build->errors, memory->file, entry->line,
				  "'%s' was already given at line %d", entry->name, other->line);
			return false;
		}
	}
	return true;
}

static void keep_setting(struct reading *reading, const struct option *option,
			 const struct ini_entry *entry)
{
	struct config_memory *memory = reading->build->memory;
	bool cut = option != NULL && swallows_option(reading, option, entry);
	size_t length = cut ? strcspn(entry->value, "\n") : strlen(entry->value);

	memory->settings =
		x_grow(memory->settings, memory->setting_count, sizeof(*memory->settings));
	memory->settings[memory->setting_count++] = (struct setting){
		.option = option,
		.name = option != NULL ? option->name : arena_text(memory->arena, entry->name),
		.written = arena_slice(memory->arena, entry->value, length),
		.line = entry->line,
	};
	memory->sections[memory->section_count - 1].count++;
}

static void take_entry(void *user, const struct ini_entry *entry)
{
	struct reading *reading = user;
	const struct option *option = NULL;

	if (!reading->started)
		error_add(reading->build->errors, reading->build->memory->file, entry->line,
			  "'%s' stands before the first section; write [webmon], [defaults] or "
			  "[target NAME] above it",
			  entry->name);
	if (reading->head == NULL)
		return;
	if (reading->head->kind != SECTION_KEYS) {
		option = option_find(reading->head->scope, entry->name);
		if (option == NULL) {
			refuse_option(reading, entry);
			return;
		}
		if (!check_option(reading, option, entry))
			return;
	} else if (!check_binding(reading, entry)) {
		return;
	}
	keep_setting(reading, option, entry);
}

/* Lines of a request's body are its own, whatever they look like. */
static bool is_text(void *user, const char *name)
{
	const struct reading *reading = user;
	const struct option *option =
		reading->head == NULL ? NULL : option_find(reading->head->scope, name);

	return option != NULL && option->type == OPTION_BODY;
}

void config_read(struct build *build)
{
	const struct config_request *request = build->request;
	struct reading reading = {.build = build};
	struct ini_reader reader = {
		.entry = take_entry, .section = take_section, .is_text = is_text, .user = &reading};

	if (request->file == NULL)
		return;
	build->memory->file = arena_text(build->memory->arena, request->file);
	if (request->text != NULL)
		ini_read_text(build->memory->file, request->text, &reader, build->errors);
	else
		ini_read_file(build->memory->file, &reader, build->errors);
}
