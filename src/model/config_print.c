/*
 * The configuration as text: what is in force and why (webmon check), and what there is to
 * configure (webmon --options). Main thread.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/config_parts.h"
#include "model/value.h"

#define NAME_WIDTH  18
#define VALUE_WIDTH 44
#define ORIGIN_MAX  512
#define FORM_WIDTH  25	/* of "WORD,..." in the list of options */
#define LIST_WIDTH  100 /* of that list's lines */

/* One value in its column, where it came from behind it. Names of a list are printed once. */
static void print_row(FILE *out, const char *name, const char *value, const char *origin)
{
	int gap = VALUE_WIDTH - text_width(value);

	fprintf(out, "  %-*s %s%*s %s\n", NAME_WIDTH, name, value, gap > 0 ? gap : 0, "", origin);
}

static void write_origin(char out[ORIGIN_MAX], const char *file, int line)
{
	if (line == 0)
		text_copy(out, ORIGIN_MAX, "command line");
	else
		text_format(out, ORIGIN_MAX, "%s:%d", file, line);
}

struct holder {
	const struct config_memory *memory;
	const void *base;
	const struct text_list *secrets;
};

/* The line that gave one of a list given once for each. */
static int line_of(struct holder holder, const struct option *option, size_t item)
{
	const void *field = (const char *)holder.base + option->offset;
	const struct text_list *list = field;

	return config_item_line(holder.memory, list->items[item]);
}

/* setting: what gave the value, NULL: the table. Of a list each item tells of itself. */
static void print_option(FILE *out, const struct option *option, struct holder holder,
			 const struct setting *setting)
{
	size_t count = value_count(option, holder.base);
	char origin[ORIGIN_MAX] = "default", value[2048];

	if (setting != NULL)
		write_origin(origin, holder.memory->file, setting->line);
	for (size_t i = 0; i < count; i++) {
		value_write(value, sizeof(value), option, holder.base, i);
		text_redact(value, sizeof(value), holder.secrets->items, holder.secrets->count);
		if (option_is_repeatable(option))
			write_origin(origin, holder.memory->file, line_of(holder, option, i));
		print_row(out, i == 0 ? option->name : "", value, origin);
	}
	if (count == 0)
		print_row(out, option->name, "none", origin);
}

/* Every option of the scope: the whole table. */
static void print_table(FILE *out, enum option_scope scope, const struct section *section,
			struct holder holder)
{
	const struct config_memory *memory = holder.memory;

	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];
		const struct setting *setting = config_find_override(memory, option->name);

		if (option->scope != scope || strcmp(option->name, "url") == 0 ||
		    strcmp(option->name, "name") == 0)
			continue;
		if (setting == NULL ||
		    scope == OPTION_TARGET) /* targets tell of the command line themselves */
			setting = config_find_setting(memory, section, option->name);
		print_option(out, option, holder, setting);
	}
}

/* What the section itself says, in the file's order; a list once. */
static void print_section(FILE *out, const struct section *section, struct holder holder)
{
	const struct config_memory *memory = holder.memory;
	bool printed[OPTION_COUNT_MAX] = {false};

	for (size_t i = 0; section != NULL && i < section->count; i++) {
		const struct setting *setting = &memory->settings[section->first + i];
		bool *done = &printed[setting->option - option_table];

		if (*done || (holder.secrets != &memory->secrets &&
			      config_find_override(memory, setting->name) != NULL))
			continue;
		*done = true;
		print_option(out, setting->option, holder, setting);
	}
}

static void print_target(FILE *out, const struct config *config, size_t index)
{
	const struct config_memory *memory = config->owned;
	const struct target *target = &config->targets[index];
	const struct section *section = memory->origins[index];
	struct holder holder = {memory, target, &target->secrets};

	fprintf(out, "\n[target %s]\n", target->name);
	if (section == NULL)
		print_row(out, "url", target->url_shown, "command line");
	print_section(out, section, holder);
	for (size_t i = 0; i < memory->override_count; i++) {
		const struct setting *setting = &memory->overrides[i];

		/* a list that is given twice is printed once */
		if (setting->option->scope == OPTION_TARGET &&
		    config_find_override(memory, setting->name) == setting)
			print_option(out, setting->option, holder, setting);
	}
}

static void print_other(FILE *out, const struct config *config, const struct section *section)
{
	const struct config_memory *memory = config->owned;
	size_t alert = 0;

	while (alert < config->alert_count && config->alerts[alert].line != section->line)
		alert++;
	if (section->kind == SECTION_ALERT && alert < config->alert_count) {
		fprintf(out, "\n[alert %s]\n", section->name);
		print_section(out, section,
			      (struct holder){memory, &config->alerts[alert], &memory->secrets});
	} else if (section->kind == SECTION_VIEW) {
		fprintf(out, "\n[view.%s]\n", section->name);
		print_section(out, section,
			      (struct holder){memory, &config->views[section->name[0] - '0'],
					      &memory->secrets});
	} else if (section->kind == SECTION_SOURCE) {
		fprintf(out, "\n[source %s]\n", section->name);
		print_section(out, section,
			      (struct holder){memory, &config->source, &memory->secrets});
	}
}

static void print_bindings(FILE *out, const struct config *config)
{
	if (config->binding_count > 0)
		fprintf(out, "\n[keys]\n");
	for (size_t i = 0; i < config->binding_count; i++) {
		const struct binding *binding = &config->bindings[i];
		char action[64], keys[256], origin[ORIGIN_MAX];

		text_clean(action, sizeof(action), binding->action, strlen(binding->action),
			   TEXT_LINE);
		text_clean(keys, sizeof(keys), binding->keys, strlen(binding->keys), TEXT_LINE);
		text_format(origin, sizeof(origin), "%s:%d", binding->file, binding->line);
		print_row(out, action, keys, origin);
	}
}

int config_program_line(const struct config *config, const char *name)
{
	const struct config_memory *memory = config->owned;
	const struct setting *setting;

	if (memory == NULL || config_find_override(memory, name) != NULL)
		return 0;
	setting = config_find_setting(memory, config_find_section(memory, SECTION_PROGRAM), name);
	return setting != NULL ? setting->line : 0;
}

void config_print(const struct config *config, FILE *out)
{
	const struct config_memory *memory = config->owned;
	const struct section *program = config_find_section(memory, SECTION_PROGRAM);
	const struct section *defaults = config_find_section(memory, SECTION_DEFAULTS);

	fprintf(out, "%s\n\n[webmon]\n",
		config->file != NULL ? config->file : "no configuration file");
	print_table(out, OPTION_PROGRAM, program,
		    (struct holder){memory, &config->program, &memory->secrets});
	fprintf(out, "\n[defaults] of every target\n");
	print_table(out, OPTION_TARGET, defaults,
		    (struct holder){memory, &memory->defaults, &memory->defaults.secrets});
	for (size_t i = 0; i < memory->section_count; i++)
		print_other(out, config, &memory->sections[i]);
	print_bindings(out, config);
	for (size_t i = 0; i < config->target_count; i++)
		print_target(out, config, i);
}

static void print_heading(FILE *out, const struct option *option, const struct option *before)
{
	bool same_scope = before != NULL && before->scope == option->scope;

	if (!same_scope && option->scope == OPTION_TARGET)
		fprintf(out, "\n[defaults] and [target NAME]\n");
	else if (!same_scope)
		fprintf(out, "%s%s\n", before == NULL ? "" : "\n",
			option_scope_name(option->scope));
	if (!same_scope || strcmp(before->section, option->section) != 0)
		fprintf(out, "\n  %s\n", option->section);
}

/* Text in a column that begins at `column`, wrapped at blanks. */
static void print_wrapped(FILE *out, const char *text, int column)
{
	int room = LIST_WIDTH - column;

	while (text_width(text) > room) {
		int length = room;

		while (length > 0 && text[length] != ' ')
			length--;
		fprintf(out, "%.*s\n%*s", length, text, column, "");
		text += length + 1;
	}
	fprintf(out, "%s\n", text);
}

void config_print_options(FILE *out)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];
		bool has_fallback = option->fallback != NULL && option->fallback[0] != '\0';
		char form[OPTION_TEXT_MAX], help[OPTION_TEXT_MAX];

		print_heading(out, option, i == 0 ? NULL : option - 1);
		option_form(form, option);
		text_format(help, sizeof(help), "%s%s%s%s", option->help, has_fallback ? " [" : "",
			    has_fallback ? option->fallback : "", has_fallback ? "]" : "");
		int column = fprintf(out, "    %-16s %-*s ", option->name, FORM_WIDTH, form);
		print_wrapped(out, help, column);
	}
}
