/*
 * Rules over JSON, read by jansson, which limits the depth itself. One poller's thread.
 */
#include "source/poll/json_check.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/pattern.h"
#include "base/text.h"
#include "model/json_rule.h"
#include "source/poll/quote.h"

struct json_check {
	struct json_rule rule;
	struct pattern pattern; /* of a match */
	bool good;
};

struct json_checks {
	struct json_check *items;
	size_t count;
};

/* ---- reading ---- */

/* So many commas and opening brackets outside of texts, so many values at most: one pass, no
 * memory. */
static size_t count_values(const char *body, size_t size)
{
	size_t count = 0;
	bool inside = false;

	for (size_t i = 0; i < size; i++) {
		if (inside && body[i] == '\\')
			i++;
		else if (body[i] == '"')
			inside = !inside;
		else if (!inside)
			count += body[i] == ',' || body[i] == '[' || body[i] == '{';
	}
	return count;
}

static bool tell_no_json(const json_error_t *error, const char *body, size_t size, char *detail)
{
	char came[QUOTED_MAX], why[120];

	quote_text(came, body, size);
	text_clean(why, sizeof why, error->text, strlen(error->text), TEXT_LINE);
	if (size == 0)
		text_format(detail, JSON_DETAIL_MAX, "body is empty, wanted JSON");
	else if (error->line > 1 || error->column > 1)
		text_format(detail, JSON_DETAIL_MAX, "body is no JSON: line %d: %s", error->line,
			    why);
	else
		text_format(detail, JSON_DETAIL_MAX, "body is no JSON: %s", came);
	return false;
}

/* Returns new, or NULL after a message. */
static json_t *read_body(const char *body, size_t size, char *detail)
{
	static const size_t flags = JSON_DECODE_ANY | JSON_ALLOW_NUL;
	json_error_t error = {.line = 0};
	json_t *root;

	/* A byte order mark is not for JSON, and sent all the same. */
	if (size >= 3 && memcmp(body, "\xef\xbb\xbf", 3) == 0) {
		body += 3;
		size -= 3;
	}
	if (count_values(body, size) > JSON_VALUES_MAX) {
		text_format(detail, JSON_DETAIL_MAX,
			    "body holds more than %d values, too many to be checked",
			    JSON_VALUES_MAX);
		return NULL;
	}
	root = json_loadb(body, size, flags, &error);
	/* A whole number of more than 64 bits. */
	if (!root && json_error_code(&error) == json_error_numeric_overflow)
		root = json_loadb(body, size, flags | JSON_DECODE_INT_AS_REAL, &error);
	if (!root)
		tell_no_json(&error, body, size, detail);
	return root;
}

/* ---- words ---- */

#define SHOWN_MAX 100

/* "degraded" 5 true null, a list of 3, an object of 2 */
static void show(char out[SHOWN_MAX], const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		quote_text(out, json_string_value(value), json_string_length(value));
		break;
	case JSON_INTEGER:
		text_format(out, SHOWN_MAX, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		break;
	case JSON_REAL:
		text_format(out, SHOWN_MAX, "%.15g", json_real_value(value));
		break;
	case JSON_OBJECT:
		text_format(out, SHOWN_MAX, "an object of %zu", json_object_size(value));
		break;
	case JSON_ARRAY:
		text_format(out, SHOWN_MAX, "a list of %zu", json_array_size(value));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
	case JSON_NULL:
		text_copy(out, SHOWN_MAX,
			  json_is_null(value)	? "null"
			  : json_is_true(value) ? "true"
						: "false");
		break;
	}
}

/* The path's first steps, cleaned: it may be long, and its names are any. */
static void show_path(char out[SHOWN_MAX], const struct json_rule *rule, size_t steps)
{
	size_t size = steps ? rule->steps[steps - 1].end : 1;
	char clean[256];

	text_clean(clean, sizeof clean, rule->path, size, TEXT_LINE);
	text_fit(out, SHOWN_MAX, clean, 40, CUT_MIDDLE, false);
}

static void show_wanted(char out[SHOWN_MAX], const struct json_rule *rule)
{
	char clean[256];

	text_clean(clean, sizeof clean, rule->wanted, strlen(rule->wanted), TEXT_LINE);
	text_fit(out, SHOWN_MAX, clean, 40, CUT_END, false);
}

/* ---- the path ---- */

static json_t *entry_of(const json_t *value, const struct json_step *step)
{
	int64_t count = (int64_t)json_array_size(value), at = step->entry;

	if (step->name)
		return json_object_get(value, step->name);
	if (at < 0)
		at += count;
	return at < 0 || at >= count ? NULL : json_array_get(value, (size_t)at);
}

/* Where the path leads; NULL: *steps of it could be gone, to *last. */
static json_t *find(json_t *root, const struct json_rule *rule, size_t *steps, const json_t **last)
{
	json_t *at = root;

	for (*steps = 0; at && *steps < rule->step_count; (*steps)++) {
		*last = at;
		at = entry_of(at, &rule->steps[*steps]);
		if (!at)
			return NULL;
	}
	return at;
}

/* "no .data.id: .data is null" */
static bool tell_missing(const struct json_rule *rule, size_t steps, const json_t *last,
			 char *detail)
{
	char path[SHOWN_MAX], before[SHOWN_MAX], came[SHOWN_MAX];

	show_path(path, rule, rule->step_count);
	show_path(before, rule, steps);
	show(came, last);
	text_format(detail, JSON_DETAIL_MAX, "no %s: %s is %s", path, steps ? before : "the body",
		    came);
	return false;
}

/* ---- comparisons ---- */

static int order(double one, double other)
{
	return one < other ? -1 : one > other;
}

/* By bytes; a text may hold NULs. */
static int compare_text(const json_t *value, const char *text)
{
	size_t size = json_string_length(value), length = strlen(text);
	int sign = memcmp(json_string_value(value), text, size < length ? size : length);

	return sign != 0 ? (sign < 0 ? -1 : 1) : (size > length) - (size < length);
}

/* -1, 0, 1, or 2: cannot be compared, and are not the same. */
static int compare(const json_t *value, const struct json_rule *rule)
{
	switch (rule->sort) {
	case SORT_TEXT:
		if (!json_is_string(value))
			return 2;
		return compare_text(value, rule->text);
	case SORT_WHOLE:
		if (json_is_integer(value))
			return json_integer_value(value) < rule->whole
				       ? -1
				       : json_integer_value(value) > rule->whole;
		return json_is_real(value) ? order(json_real_value(value), rule->real) : 2;
	case SORT_REAL:
		return json_is_number(value) ? order(json_number_value(value), rule->real) : 2;
	case SORT_TRUE:
		return json_is_true(value) ? 0 : 2;
	case SORT_FALSE:
		return json_is_false(value) ? 0 : 2;
	case SORT_NULL:
		return json_is_null(value) ? 0 : 2;
	}
	return 2;
}

static enum pattern_found look(const struct json_check *check, const json_t *value)
{
	char number[SHOWN_MAX];

	if (json_is_string(value))
		return pattern_find(&check->pattern, json_string_value(value),
				    json_string_length(value));
	show(number, value);
	return pattern_find(&check->pattern, number, strlen(number));
}

static bool compares(const struct json_check *check, const json_t *value)
{
	static const struct {
		bool below, same, above, other; /* which results of compare() will do */
	} wanted[] = {
		[VERB_EQUALS] = {.same = true},
		[VERB_DIFFERS] = {.below = true, .above = true, .other = true},
		[VERB_BELOW] = {.below = true},
		[VERB_AT_MOST] = {.below = true, .same = true},
		[VERB_ABOVE] = {.above = true},
		[VERB_AT_LEAST] = {.above = true, .same = true},
	};
	enum json_verb verb = check->rule.verb;
	int sign = compare(value, &check->rule);

	return sign == 2  ? wanted[verb].other
	       : sign < 0 ? wanted[verb].below
	       : sign > 0 ? wanted[verb].above
			  : wanted[verb].same;
}

/* How many entries, names or characters. Returns new; NULL: it has no length. */
static json_t *length_of(const json_t *value)
{
	json_int_t length = 0;

	if (json_is_array(value))
		return json_integer((json_int_t)json_array_size(value));
	if (json_is_object(value))
		return json_integer((json_int_t)json_object_size(value));
	if (!json_is_string(value))
		return NULL;
	for (size_t i = 0; i < json_string_length(value); i++)
		length += (json_string_value(value)[i] & 0xc0) != 0x80;
	return json_integer(length);
}

static bool tell_unlike(const struct json_rule *rule, const json_t *value, char *detail)
{
	char path[SHOWN_MAX], came[SHOWN_MAX], wanted[SHOWN_MAX];
	const char *form = rule->length ? "len(%s) is %s" : "%s is %s";
	const char *sign = rule->verb == VERB_EQUALS ? "" : json_verb_sign(rule->verb);
	size_t used;

	show_path(path, rule, rule->step_count);
	show(came, value);
	show_wanted(wanted, rule);
	used = text_format(detail, JSON_DETAIL_MAX, form, path, came);
	if (rule->verb == VERB_DIFFERS)
		text_format(detail + used, JSON_DETAIL_MAX - used, ", wanted anything else");
	else
		text_format(detail + used, JSON_DETAIL_MAX - used, ", wanted %s%s%s", sign,
			    sign[0] ? " " : "", wanted);
	return false;
}

static bool length_holds(const struct json_check *check, const json_t *value, char *detail)
{
	json_t *length = length_of(value);
	char path[SHOWN_MAX], came[SHOWN_MAX];
	bool holds = length && compares(check, length);

	if (length && !holds)
		tell_unlike(&check->rule, length, detail);
	if (!length) {
		show_path(path, &check->rule, check->rule.step_count);
		show(came, value);
		text_format(detail, JSON_DETAIL_MAX, "%s is %s, which has no length", path, came);
	}
	json_decref(length);
	return holds;
}

static bool tell_there(const struct json_rule *rule, const json_t *value, char *detail)
{
	char path[SHOWN_MAX], came[SHOWN_MAX];

	show_path(path, rule, rule->step_count);
	show(came, value);
	text_format(detail, JSON_DETAIL_MAX, "%s is there, which it should not be: %s", path, came);
	return false;
}

static bool is_match(enum json_verb verb)
{
	return verb == VERB_MATCHES || verb == VERB_MATCHES_NOT;
}

/* A regular expression. One that takes too long is no fault of the target's. */
static enum probe_class match(const struct json_check *check, const json_t *value, char *detail)
{
	const struct json_rule *rule = &check->rule;
	enum pattern_found found = look(check, value);
	char path[SHOWN_MAX], wanted[SHOWN_MAX];

	if (check->pattern.good &&
	    found == (rule->verb == VERB_MATCHES ? PATTERN_FOUND : PATTERN_ABSENT))
		return CLASS_OK;
	if (found != PATTERN_UNDECIDED) {
		tell_unlike(rule, value, detail);
		return CLASS_BODY_MISMATCH;
	}
	show_path(path, rule, rule->step_count);
	show_wanted(wanted, rule);
	text_format(detail, JSON_DETAIL_MAX,
		    "webmon gave up looking for %s: on this %s it takes too long", wanted, path);
	return CLASS_LOCAL;
}

/* What is no match. */
static bool holds(const struct json_check *check, const json_t *value, char *detail)
{
	const struct json_rule *rule = &check->rule;

	if (rule->verb == VERB_HAS)
		return true;
	if (rule->length)
		return length_holds(check, value, detail);
	return compares(check, value) || tell_unlike(rule, value, detail);
}

static enum probe_class judge(const struct json_check *check, json_t *root, char *detail)
{
	const struct json_rule *rule = &check->rule;
	const json_t *last = root, *value;
	size_t steps;
	bool good = true;

	if (!check->good) {
		text_copy(detail, JSON_DETAIL_MAX, "expect_json cannot be understood");
		return CLASS_BODY_MISMATCH;
	}
	value = find(root, rule, &steps, &last);
	if (value && is_match(rule->verb))
		return match(check, value, detail);
	if (rule->verb == VERB_HAS_NOT)
		good = !value || tell_there(rule, value, detail);
	else if (value)
		good = holds(check, value, detail);
	else
		good = tell_missing(rule, steps, last, detail);
	return good ? CLASS_OK : CLASS_BODY_MISMATCH;
}

/* ---- public ---- */

struct json_checks *json_checks_new(const struct text_list *rules)
{
	struct json_checks *checks;
	char wrong[200];

	if (!rules->count)
		return NULL;
	checks = x_calloc(1, sizeof *checks);
	checks->items = x_calloc(rules->count, sizeof *checks->items);
	checks->count = rules->count;
	for (size_t i = 0; i < rules->count; i++) {
		struct json_check *check = &checks->items[i];

		check->good = json_rule_parse(&check->rule, rules->items[i], wrong);
		if (check->good && is_match(check->rule.verb))
			pattern_init(&check->pattern, check->rule.wanted, 0, NULL);
	}
	return checks;
}

void json_checks_free(struct json_checks *checks)
{
	if (!checks)
		return;
	for (size_t i = 0; i < checks->count; i++) {
		pattern_fini(&checks->items[i].pattern);
		if (checks->items[i].good)
			json_rule_fini(&checks->items[i].rule);
	}
	free(checks->items);
	free(checks);
}

enum probe_class json_checks_judge(const struct json_checks *checks, const char *body, size_t size,
				   char detail[JSON_DETAIL_MAX])
{
	json_t *root = read_body(body, size, detail);
	enum probe_class cls = root ? CLASS_OK : CLASS_BODY_MISMATCH;

	for (size_t i = 0; i < checks->count && cls == CLASS_OK; i++)
		cls = judge(&checks->items[i], root, detail);
	json_decref(root);
	return cls;
}
