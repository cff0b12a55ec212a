/*
 * The grammar of expect_json: one cursor that only goes forward, one function a piece. Messages
 * quote what was read at most 40 columns long; the text is the configuration's, and known to be
 * free of control characters.
 */
#include "model/json_rule.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/pattern.h"
#include "base/text.h"
#include "base/units.h"

struct cursor {
	const char *at;
	char *wrong;
	bool hidden; /* nothing is quoted */
};

static const struct {
	const char *sign;
	enum json_verb verb;
} signs[] = {
	/* The longer ones first. */
	{"!=", VERB_DIFFERS},	  {"<=", VERB_AT_MOST}, {">=", VERB_AT_LEAST},
	{"!~", VERB_MATCHES_NOT}, {"==", VERB_EQUALS},	{"=", VERB_EQUALS},
	{"<", VERB_BELOW},	  {">", VERB_ABOVE},	{"~", VERB_MATCHES},
};

#define SIGNS  "= != < <= > >= ~ !~"
#define VALUES "a number, true, false, null or a text in quotes"

static void skip_blanks(struct cursor *cursor)
{
	cursor->at += strspn(cursor->at, " \t");
}

/* "expected X after Y, got 'Z'". Of a secret no piece: masking would know the whole alone. */
static bool refuse(struct cursor *cursor, const char *expected)
{
	char got[120];

	text_fit(got, sizeof got, cursor->at, 40, CUT_END, false);
	if (got[0] && cursor->hidden)
		text_format(cursor->wrong, 200, "expected %s, got •••", expected);
	else if (got[0])
		text_format(cursor->wrong, 200, "expected %s, got '%s'", expected, got);
	else
		text_format(cursor->wrong, 200, "expected %s, got nothing", expected);
	return false;
}

static bool take(struct cursor *cursor, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(cursor->at, word, length) != 0)
		return false;
	cursor->at += length;
	return true;
}

/* A word of letters that does not go on. */
static bool take_word(struct cursor *cursor, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(cursor->at, word, length) != 0 || isalnum((unsigned char)cursor->at[length]))
		return false;
	cursor->at += length;
	return true;
}

/* What stands in quotes of either kind, with \" \' \\ \n \t inside. Returns new; NULL after a
 * message. */
static char *read_quoted(struct cursor *cursor)
{
	static const char escapes[] = "\"'\\nt/", meant[] = "\"'\\\n\t/";
	char quote = *cursor->at;
	char *text = x_malloc(strlen(cursor->at) + 1);
	size_t size = 0;
	const char *at;

	for (at = cursor->at + 1; *at && *at != quote; at++) {
		const char *escape;

		if (*at != '\\') {
			text[size++] = *at;
			continue;
		}
		escape = at[1] ? strchr(escapes, at[1]) : NULL;
		if (!escape) {
			cursor->at = at;
			refuse(cursor, "\\\" \\' \\\\ \\n or \\t inside a text");
			free(text);
			return NULL;
		}
		text[size++] = meant[escape - escapes];
		at++;
	}
	text[size] = '\0';
	if (*at == quote) {
		cursor->at = at + 1;
		return text;
	}
	free(text);
	refuse(cursor, "a closing quote");
	return NULL;
}

/* ---- the path ---- */

/* Letters, digits and what names in JSON often hold; anything else stands in ["..."]. */
static size_t name_length(const char *text)
{
	size_t length = 0;

	while (isalnum((unsigned char)text[length]) || (unsigned char)text[length] >= 0x80 ||
	       (text[length] && strchr("_-$@", text[length])))
		length++;
	return length;
}

/* "[3]" "[-1]" "["odd name"]" */
static bool read_bracket(struct cursor *cursor, struct json_step *step)
{
	char *end;

	cursor->at++;
	if (*cursor->at == '"' || *cursor->at == '\'') {
		step->name = read_quoted(cursor);
		if (!step->name)
			return false;
	} else {
		step->entry = strtol(cursor->at, &end, 10);
		if (end == cursor->at || isspace((unsigned char)*cursor->at) ||
		    end - cursor->at > 9)
			return refuse(cursor, "an entry's number or a name in quotes after '['");
		cursor->at = end;
	}
	return take(cursor, "]") || refuse(cursor, "']'");
}

static bool read_step(struct cursor *cursor, struct json_rule *rule)
{
	struct json_step *step = &rule->steps[rule->step_count];
	size_t length;

	if (rule->step_count == JSON_RULE_STEPS)
		return refuse(cursor, "a path of at most 32 steps");
	*step = (struct json_step){0};
	rule->step_count++;
	if (*cursor->at == '[')
		return read_bracket(cursor, step);
	cursor->at += *cursor->at == '.';
	if (*cursor->at == '[')
		return read_bracket(cursor, step);
	length = name_length(cursor->at);
	if (length == 0)
		return refuse(cursor, "a name after '.'");
	step->name = x_strndup(cursor->at, length);
	cursor->at += length;
	return true;
}

static bool read_path(struct cursor *cursor, struct json_rule *rule)
{
	const char *from = cursor->at;

	if (*from != '.')
		return refuse(cursor, "a path such as .status, len(.items), or has .data");
	if (strchr(" \t)=!<>~", from[1]) != NULL) /* the end too */
		cursor->at++;
	while (*cursor->at == '.' || *cursor->at == '[') {
		if (!read_step(cursor, rule))
			return false;
		rule->steps[rule->step_count - 1].end = (size_t)(cursor->at - from);
	}
	rule->path = x_strndup(from, (size_t)(cursor->at - from));
	return true;
}

/* ---- what is wanted ---- */

static bool read_number(struct cursor *cursor, struct json_rule *rule)
{
	/* strtod() knows more than JSON does: 0x10, -inf */
	const char *last = cursor->at + strspn(cursor->at, "0123456789+-.eE");
	char *end;

	if (!isdigit((unsigned char)*cursor->at) && *cursor->at != '-')
		return false;
	errno = 0;
	rule->real = strtod(cursor->at, &end);
	if (end != last || errno == ERANGE || (*end && !isspace((unsigned char)*end)))
		return false;
	rule->sort = parse_integer(rule->wanted, INT64_MIN, INT64_MAX, &rule->whole) ? SORT_WHOLE
										     : SORT_REAL;
	cursor->at = end;
	return true;
}

static bool read_wanted(struct cursor *cursor, struct json_rule *rule)
{
	static const struct {
		const char *word;
		enum json_sort sort;
	} words[] = {{"true", SORT_TRUE}, {"false", SORT_FALSE}, {"null", SORT_NULL}};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (take_word(cursor, words[i].word)) {
			rule->sort = words[i].sort;
			return true;
		}
	}
	if (*cursor->at == '"' || *cursor->at == '\'') {
		rule->sort = SORT_TEXT;
		rule->text = read_quoted(cursor);
		return rule->text != NULL;
	}
	return read_number(cursor, rule) || refuse(cursor, VALUES);
}

static bool check_regex(struct cursor *cursor, const char *text)
{
	struct pattern pattern;
	char why[PATTERN_WHY_MAX];

	if (pattern_init(&pattern, text, 0, why)) {
		pattern_fini(&pattern);
		return text[0] != '\0' || refuse(cursor, "a regular expression after ~");
	}
	text_format(cursor->wrong, 200, "the regular expression after ~ is wrong: %s", why);
	return false;
}

static bool fits(struct cursor *cursor, const struct json_rule *rule)
{
	bool ordered = rule->verb >= VERB_BELOW && rule->verb <= VERB_AT_LEAST;

	if (rule->length && rule->sort != SORT_WHOLE && rule->sort != SORT_REAL)
		return refuse(cursor, "a number to compare a length with");
	if (ordered && rule->sort >= SORT_TRUE)
		return refuse(cursor, "a number or a text to compare by order");
	return true;
}

static bool read_comparison(struct cursor *cursor, struct json_rule *rule)
{
	const char *wanted;
	size_t size;

	for (size_t i = 0;; i++) {
		if (i == sizeof signs / sizeof *signs)
			return refuse(cursor, "one of " SIGNS " after the path");
		rule->verb = signs[i].verb;
		if (take(cursor, signs[i].sign))
			break;
	}
	skip_blanks(cursor);
	wanted = cursor->at;
	size = strlen(wanted);
	while (size > 0 && isspace((unsigned char)wanted[size - 1]))
		size--;
	rule->wanted = x_strndup(wanted, size);
	if (rule->verb == VERB_MATCHES || rule->verb == VERB_MATCHES_NOT) {
		cursor->at += strlen(wanted);
		return rule->length ? refuse(cursor, "a number to compare a length with")
				    : check_regex(cursor, rule->wanted);
	}
	if (!read_wanted(cursor, rule))
		return false;
	skip_blanks(cursor);
	if (*cursor->at)
		return refuse(cursor, "nothing after the value");
	cursor->at = wanted;
	return fits(cursor, rule);
}

static bool read_has(struct cursor *cursor, struct json_rule *rule, bool absent)
{
	rule->verb = absent ? VERB_HAS_NOT : VERB_HAS;
	skip_blanks(cursor);
	if (!read_path(cursor, rule))
		return false;
	skip_blanks(cursor);
	return !*cursor->at || refuse(cursor, "nothing after the path");
}

static bool read_rule(struct cursor *cursor, struct json_rule *rule)
{
	skip_blanks(cursor);
	if (take(cursor, "!")) {
		skip_blanks(cursor);
		return take_word(cursor, "has") ? read_has(cursor, rule, true)
						: refuse(cursor, "'has' after '!'");
	}
	if (take_word(cursor, "has"))
		return read_has(cursor, rule, false);
	rule->length = take(cursor, "len(");
	skip_blanks(cursor);
	if (!read_path(cursor, rule))
		return false;
	skip_blanks(cursor);
	if (rule->length && !take(cursor, ")"))
		return refuse(cursor, "')' after the path");
	skip_blanks(cursor);
	return read_comparison(cursor, rule);
}

static bool parse(struct json_rule *rule, struct cursor cursor)
{
	*rule = (struct json_rule){0};
	cursor.wrong[0] = '\0';
	if (read_rule(&cursor, rule))
		return true;
	json_rule_fini(rule);
	return false;
}

bool json_rule_parse(struct json_rule *rule, const char *text, char wrong[200])
{
	return parse(rule, (struct cursor){.at = text, .wrong = wrong});
}

bool json_rule_check(const char *text, bool hidden, char wrong[200])
{
	struct json_rule rule;

	if (!parse(&rule, (struct cursor){.at = text, .wrong = wrong, .hidden = hidden}))
		return false;
	json_rule_fini(&rule);
	return true;
}

void json_rule_fini(struct json_rule *rule)
{
	for (size_t i = 0; i < rule->step_count; i++)
		free(rule->steps[i].name);
	free(rule->path);
	free(rule->wanted);
	free(rule->text);
	*rule = (struct json_rule){0};
}

const char *json_verb_sign(enum json_verb verb)
{
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (signs[i].verb == verb)
			return verb == VERB_EQUALS ? "=" : signs[i].sign;
	return "has";
}
