#ifndef WEBMON_MODEL_CONFIG_PARTS_H
#define WEBMON_MODEL_CONFIG_PARTS_H
/*
 * The steps from a file to a configuration, for model/config alone: read (sections as they are written), build (values,
 * layer by layer), check (targets against one another), select (what the command line asks for). Main thread.
 */
#include "model/config.h"
#include "model/expand.h"
#include "model/option.h"

enum section_kind {
	SECTION_PROGRAM,
	SECTION_DEFAULTS,
	SECTION_TARGET,
	SECTION_ALERT,
	SECTION_VIEW,
	SECTION_SOURCE,
	SECTION_KEYS,
};

/* One "name = value" as it is written. */
struct setting {
	const struct option *option; /* NULL in [keys] */
	const char          *name, *written;
	int                  line; /* 0: the command line */
};

struct section {
	enum section_kind kind;
	const char       *name; /* of a target or alert; "3" of [view.3]; else "" */
	int               line;
	size_t            first, count; /* its settings */
};

/* Everything a configuration stands on; lives as long as it does. */
struct config_memory {
	struct arena    *arena;
	const char      *file; /* NULL: none was read */
	struct section  *sections;
	size_t           section_count;
	struct setting  *settings;
	size_t           setting_count;
	struct setting  *overrides; /* of the command line */
	size_t           override_count;
	struct target    defaults; /* [defaults] over the table's */
	const struct section **origins; /* of each target; NULL: a URL of the command line */
	struct text_list secrets;       /* of no target: alerts, sources */
	struct item_lines lines;        /* sorted by item once all are there */
	bool             plain; /* a secret stands in the file itself */
};

/* What the steps hand on. */
struct build {
	const struct config_request *request;
	struct errors               *errors;
	struct config_memory        *memory;
	struct config               *config;
};

/* Reads the file's sections and settings; every name is checked. */
void config_read(struct build *build);

/* The program's options, [defaults], alerts, views, keys, source. */
void config_build_program(struct build *build);

/* What [defaults] alone can be told of. */
void config_check_defaults(struct build *build);

/* One target: the defaults, its section (NULL: none), url (NULL: the section's) and the command line, one over the other. */
void config_build_target(struct build *build, struct target *target, const struct section *section, const char *url);

/* A target of a source: the defaults and what the source says of it. */
void config_build_found(struct build *build, struct target *target, const struct found_target *found);

/* What one target must fulfil, once its options are set. False after a message. */
bool config_finish_target(struct build *build, struct target *target, const struct section *section);

/* Names twice, dependencies that do not exist or go round. */
void config_check_targets(struct build *build);

/* The target that the word is near to; NULL: none, or there are so many errors that nobody looks for more. */
const char *config_nearest_target(const struct build *build, const char *word);
/* Says that there is no such target, and which one is near. what stands before: "depends: " or "". */
void config_refuse_target(struct build *build, struct place place, const char *what, const char *name);

/* Leaves the targets that the command line asks for, and adds its URLs. */
void config_select(struct build *build);

/* Whether --only, --skip and --group leave it. */
bool config_is_wanted(const struct config_request *request, const struct target *target);
/* Says that they leave none of so many. */
void config_refuse_choice(struct build *build, size_t count);
/* Says that a word of the command line is no target's name. */
void config_refuse_word(struct build *build, const char *word);

/* The setting of a section that gives the option last; NULL: none. */
const struct setting *config_find_setting(const struct config_memory *memory, const struct section *section,
					  const char *name);
/* The line that gave this item of a list, known by where it lies; 0: the command line. */
int config_item_line(const struct config_memory *memory, const char *item);
/* The command line's last one; NULL: none. */
const struct setting *config_find_override(const struct config_memory *memory, const char *name);
const struct section *config_find_section(const struct config_memory *memory, enum section_kind kind);

#endif
