/*
 * Values by type: a table of setters, one for each. Main thread.
 */
#include "model/value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/units.h"
#include "model/assignment.h"
#include "model/budget.h"
#include "model/maintenance.h"
#include "model/target.h"

#define QUOTED_WIDTH  60 /* columns of a value in a message */
#define ITEMS_MAX     256
#define BODY_FILE_MAX (16U << 20)

static bool is_hidden(const struct option *option)
{
	return option->type == OPTION_SECRET || option->type == OPTION_USER ||
	       option->type == OPTION_PROXY || option->type == OPTION_URL ||
	       option->type == OPTION_HEADER || option->type == OPTION_BODY;
}

bool assignment_refuse(const struct assignment *assignment)
{
	const struct option *option = assignment->option;
	const struct place *place = assignment->place;
	char expects[OPTION_TEXT_MAX], clean[1024], got[256];

	option_expects(expects, option);
	text_clean(clean, sizeof(clean), assignment->written, strlen(assignment->written),
		   TEXT_LINE);
	text_fit(got, sizeof(got), clean, QUOTED_WIDTH, CUT_END, false);
	if (clean[0] == '\0')
		error_add(place->errors, place->file, place->line, "%s must be %s; got nothing",
			  option->name, expects);
	else if (is_hidden(option))
		error_add(place->errors, place->file, place->line, "%s must be %s", option->name,
			  expects);
	else
		error_add(place->errors, place->file, place->line, "%s must be %s; got '%s'",
			  option->name, expects, got);
	return false;
}

bool assignment_refuse_for(const struct assignment *assignment, const char *what)
{
	const struct place *place = assignment->place;

	error_add(place->errors, place->file, place->line, "%s: %s", assignment->option->name,
		  what);
	return false;
}

void assignment_keep_secret(struct assignment *assignment, const char *secret)
{
	struct place *place = assignment->place;

	if (secret[0] == '\0')
		return;
	if (strlen(secret) < 4)
		error_warn(place->errors, place->file, place->line,
			   "%s: a secret of fewer than 4 bytes cannot be masked everywhere",
			   assignment->option->name);
	expand_keep_secret(place, secret);
	if (!assignment->outside && place->plain != NULL)
		*place->plain = true;
}

static void note_line(struct place *place, const char *item)
{
	struct item_lines *lines = place->lines;

	lines->items = x_grow(lines->items, lines->count, sizeof(*lines->items));
	lines->items[lines->count++] = (struct item_line){item, place->line};
}

bool assignment_append(struct assignment *assignment, const char *item)
{
	struct text_list *list = assignment->field;

	if (assignment->first) {
		*list = (struct text_list){.items = NULL};
		assignment->first = false;
	}
	if (list->count >= ITEMS_MAX)
		return assignment_refuse_for(assignment,
					     "it is given too often; 256 times are the limit");
	text_list_append(assignment->place->arena, list, item);
	if (assignment->place->lines != NULL && option_is_repeatable(assignment->option))
		note_line(assignment->place, item);
	return true;
}

static bool set_text(struct assignment *assignment)
{
	const struct option *option = assignment->option;
	const char **field = assignment->field;

	if (assignment->text[0] == '\0' && option->fallback == NULL)
		*field = NULL;
	else
		*field = assignment->text;
	return true;
}

/* The position of a word among the choices; -1: none of them. yes and no have many names. */
static int find_choice(const char *choices, const char *word)
{
	bool yes;
	const char *other = parse_bool(word, &yes) ? (yes ? "yes" : "no") : word;

	for (int i = 0; *choices != '\0'; i++) {
		size_t length = strcspn(choices, " ");

		if ((strlen(word) == length && strncasecmp(choices, word, length) == 0) ||
		    (strlen(other) == length && strncmp(choices, other, length) == 0))
			return i;
		choices += length + (choices[length] == ' ');
	}
	return -1;
}

static bool set_word(struct assignment *assignment)
{
	const struct option *option = assignment->option;

	if (option->choices != NULL && find_choice(option->choices, assignment->text) < 0)
		return assignment_refuse(assignment);
	return set_text(assignment);
}

static bool set_secret(struct assignment *assignment)
{
	assignment_keep_secret(assignment, assignment->text);
	return set_text(assignment);
}

static bool set_path(struct assignment *assignment)
{
	if (assignment->text[0] != '\0')
		assignment->text = expand_path(assignment->place, assignment->text);
	return set_text(assignment);
}

static bool set_theme(struct assignment *assignment)
{
	const char *text = assignment->text;
	size_t length = strlen(text);
	bool is_path =
		strchr(text, '/') != NULL || (length > 4 && strcmp(text + length - 4, ".ini") == 0);

	return is_path ? set_path(assignment) : set_text(assignment);
}

static bool refuse_file(const struct assignment *assignment)
{
	const struct place *place = assignment->place;
	const char *path = assignment->outside ? assignment->written : assignment->text;

	error_add(place->errors, place->file, place->line, "%s: %s cannot be read: %s",
		  assignment->option->name, path, strerror(errno));
	return false;
}

static bool set_file(struct assignment *assignment)
{
	set_path(assignment);
	if (assignment->text[0] != '\0' && access(assignment->text, R_OK) != 0)
		return refuse_file(assignment);
	return true;
}

bool assignment_split(struct assignment *assignment, item_taker *take)
{
	const char *text = assignment->text;
	bool ok = true;

	while (*text != '\0' && ok) {
		text += strspn(text, " \t,");
		size_t next = strcspn(text, ","), length = next;

		while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
			length--;
		if (length > 0)
			ok = take(assignment, arena_slice(assignment->place->arena, text, length));
		text += next;
	}
	return ok;
}

static bool set_list(struct assignment *assignment)
{
	struct text_list *list = assignment->field;

	*list = (struct text_list){.items = NULL};
	assignment->first = false;
	return assignment_split(assignment, assignment_append);
}

static bool set_repeat(struct assignment *assignment)
{
	if (assignment->text[0] == '\0')
		return assignment_refuse(assignment);
	return assignment_append(assignment, assignment->text);
}

static bool set_window(struct assignment *assignment)
{
	char why[MAINTENANCE_WHY_MAX];

	if (!maintenance_check(assignment->text, assignment->outside, why))
		return assignment_refuse_for(assignment, why);
	return assignment_append(assignment, assignment->text);
}

static bool set_bool(struct assignment *assignment)
{
	return parse_bool(assignment->text, assignment->field) || assignment_refuse(assignment);
}

static bool set_integer(struct assignment *assignment)
{
	const struct option *option = assignment->option;
	int64_t value;

	if (!parse_integer(assignment->text, option->min, option->max, &value))
		return assignment_refuse(assignment);
	*(int *)assignment->field = (int)value;
	return true;
}

static bool set_size(struct assignment *assignment)
{
	const struct option *option = assignment->option;

	return parse_size(assignment->text, option->min, option->max, assignment->field) ||
	       assignment_refuse(assignment);
}

static bool set_duration_ms(struct assignment *assignment)
{
	const struct option *option = assignment->option;
	int64_t value;

	/* No interval, back to back: for rounds asked for on the command line, no way to watch. */
	bool zero = assignment->place->file == NULL && strcmp(option->name, "interval") == 0;
	zero = zero || option_takes_zero(option);
	if (!parse_duration_ms(assignment->text, zero ? 0 : option->min, option->max, &value) ||
	    (value != 0 && value < option->min))
		return assignment_refuse(assignment);
	*(int64_t *)assignment->field = value;
	return true;
}

static bool set_duration_us(struct assignment *assignment)
{
	const struct option *option = assignment->option;

	return parse_duration_us(assignment->text, option->min, option->max, assignment->field) ||
	       assignment_refuse(assignment);
}

static bool set_choice(struct assignment *assignment)
{
	int choice = find_choice(assignment->option->choices, assignment->text);

	if (choice < 0)
		return assignment_refuse(assignment);
	memcpy(assignment->field, &choice,
	       sizeof(choice)); /* an enum of whatever type: all are as wide as int */
	return true;
}

static bool add_word(struct assignment *assignment, const char *word)
{
	int choice = find_choice(assignment->option->choices, word);

	if (choice < 0)
		return assignment_refuse(assignment);
	*(unsigned *)assignment->field |= 1U << choice;
	return true;
}

static bool set_words(struct assignment *assignment)
{
	unsigned *words = assignment->field;

	*words = 0;
	return assignment_split(assignment, add_word) &&
	       (*words != 0 || assignment_refuse(assignment));
}

static bool set_tls(struct assignment *assignment)
{
	int choice = find_choice(assignment->option->choices, assignment->text);

	if (choice < 0)
		return assignment_refuse(assignment);
	*(int *)assignment->field = choice == 0 ? 0 : 9 + choice;
	return true;
}

/* "2" or "3/5" */
static bool set_rule(struct assignment *assignment)
{
	const struct option *option = assignment->option;
	const char *slash = strchr(assignment->text, '/');
	size_t length =
		slash == NULL ? strlen(assignment->text) : (size_t)(slash - assignment->text);
	const char *first = arena_slice(assignment->place->arena, assignment->text, length);
	int64_t count, of = 0;

	if (!parse_integer(first, option->min, option->max, &count) ||
	    (slash != NULL && !parse_integer(slash + 1, count, option->max, &of)))
		return assignment_refuse(assignment);
	*(struct state_rule *)assignment->field =
		(struct state_rule){.count = (uint16_t)count, .of = (uint16_t)of};
	return true;
}

static bool set_slo(struct assignment *assignment)
{
	struct target *target = assignment->base;

	target->objective = 0;
	target->slo_window_ms = 0;
	if (assignment->text[0] != '\0' &&
	    !budget_parse(assignment->text, &target->objective, &target->slo_window_ms))
		return assignment_refuse(assignment);
	return set_text(assignment);
}

static bool set_body(struct assignment *assignment)
{
	struct target *target = assignment->base;

	target->body = assignment->text[0] == '\0' ? NULL : assignment->text;
	target->body_size = strlen(assignment->text);
	target->body_file = NULL;
	return true;
}

static bool set_body_file(struct assignment *assignment)
{
	struct target *target = assignment->base;
	size_t size;

	if (assignment->text[0] == '\0')
		return set_body(assignment);
	assignment->text = expand_path(assignment->place, assignment->text);
	char *bytes = file_read(assignment->text, BODY_FILE_MAX, &size);
	if (bytes == NULL)
		return refuse_file(assignment);
	target->body = arena_slice(assignment->place->arena, bytes, size);
	target->body_size = size;
	target->body_file = assignment->text;
	free(bytes);
	return true;
}

/* How a type joins the lines of a value, whether its ${} are secrets, and whether @FILE may stand
 * in it. */
static const struct {
	setter *set;
	const char *joint;
	bool hide, file;
} types[OPTION_TYPES] = {
	[OPTION_TEXT] = {set_word, " ", false, false},
	[OPTION_URL] = {set_url, "", true, false},
	[OPTION_SECRET] = {set_secret, "", true, true},
	[OPTION_PATH] = {set_path, "", false, false},
	[OPTION_LIST] = {set_list, " ", false, false},
	[OPTION_REPEAT] = {set_repeat, " ", true, false},
	[OPTION_URLS] = {set_urls, " ", true, false},
	[OPTION_THEME] = {set_theme, " ", true, false},
	[OPTION_WINDOW] = {set_window, " ", false, false},
	[OPTION_BOOL] = {set_bool, " ", false, false},
	[OPTION_INTEGER] = {set_integer, " ", false, false},
	[OPTION_SIZE] = {set_size, " ", false, false},
	[OPTION_DURATION_MS] = {set_duration_ms, " ", false, false},
	[OPTION_DURATION_US] = {set_duration_us, " ", false, false},
	[OPTION_CHOICE] = {set_choice, " ", false, false},
	[OPTION_WORDS] = {set_words, " ", false, false},
	[OPTION_LISTEN] = {set_listen, "", false, false},
	[OPTION_STATUS] = {set_status, " ", false, false},
	[OPTION_RULE] = {set_rule, " ", false, false},
	[OPTION_FILE] = {set_file, "", false, false},
	[OPTION_HEADER] = {set_header, " ", true, false},
	[OPTION_PATTERN] = {set_pattern, " ", true, false},
	[OPTION_JSON_RULE] = {set_json_rule, " ", true, false},
	[OPTION_ROUTE] = {set_route, "", true, false},
	[OPTION_ADDRESSES] = {set_addresses, " ", false, false},
	[OPTION_METHOD] = {set_method, " ", false, false},
	[OPTION_USER] = {set_user, "", true, true},
	[OPTION_PROXY] = {set_proxy, "", true, true},
	[OPTION_BODY] = {set_body, "\n", true, false},
	[OPTION_BODY_FILE] = {set_body_file, "", false, false},
	[OPTION_SLO] = {set_slo, " ", false, false},
	[OPTION_TLS] = {set_tls, " ", false, false},
};

/* The lines of a written value with the type's joint between them. */
static const char *join_lines(struct arena *arena, const char *written, const char *joint)
{
	char *text = arena_text(arena, written), *out = text;

	if (strchr(written, '\n') == NULL)
		return text;
	for (; *written != '\0'; written++) {
		if (*written != '\n')
			*out++ = *written;
		else if (joint[0] != '\0')
			*out++ = joint[0];
	}
	*out = '\0';
	return text;
}

/* What a variable or the command line brought in: the file's own lines are known to be fit. */
static bool check_text(const struct assignment *assignment)
{
	enum option_type type = assignment->option->type;
	bool is_body = type == OPTION_BODY,
	     is_shown = type == OPTION_TEXT || type == OPTION_LIST || type == OPTION_THEME;
	const char *text = assignment->text;
	uint32_t character;

	for (int length; (length = text_decode(text, &character)) > 0; text += length) {
		bool control = character < 0x20 || (character >= 0x7f && character < 0xa0);

		if (character == 0xfffd && length == 1)
			return assignment_refuse_for(assignment, "the value is not valid UTF-8");
		if (control && character != '\t' &&
		    !(is_body && (character == '\n' || character == '\r')))
			return assignment_refuse_for(
				assignment,
				"the value must not hold control characters or line ends");
	}
	if (is_shown && !text_is_clean(assignment->text, TEXT_LINE))
		return assignment_refuse_for(
			assignment, "the value holds an invisible character; write it anew");
	return true;
}

static bool set_value(struct place *place, const struct option *option, void *base,
		      const char *written, size_t before)
{
	bool shown = strcmp(option->name, "name") == 0 || strcmp(option->name, "group") == 0;
	bool hide = types[option->type].hide || (option->type == OPTION_TEXT && !shown);
	struct expanded value = {
		.text = join_lines(place->arena, written, types[option->type].joint)};
	struct assignment assignment = {
		.place = place,
		.option = option,
		.base = base,
		.field = (char *)base + option->offset,
		.written = written,
		.first = before == 0,
		.before = before,
	};

	if (!expand_variables(place, option->name, hide, &value))
		return false;
	/* Only what is written as @FILE: a variable's value is never taken for a file's name. */
	if (types[option->type].file && written[0] == '@' &&
	    !expand_file(place, option->name, &value))
		return false;
	assignment.text = value.text;
	assignment.outside = value.outside;
	return check_text(&assignment) && types[option->type].set(&assignment);
}

bool value_set(struct place *place, const struct option *option, void *base, const char *written,
	       size_t before)
{
	const struct text_list *hidden = errors_hide(place->errors, place->secrets);
	bool ok = set_value(place, option, base, written, before);

	errors_hide(place->errors, hidden);
	return ok;
}
