/*
 * The filter: compiled anew at each key, matched against rows and incidents. Owns the compiled
 * expressions.
 */
#include "face/tui/filter.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/pattern.h"
#include "base/text.h"

#define TERMS_MAX    16
#define SUBJECT_TEXT 5

enum term_kind { TERM_WORD, TERM_REGEX, TERM_STATE, TERM_TAG, TERM_GROUP };

struct term {
	enum term_kind kind;
	bool negated;
	const char *text; /* in filter->words */
	struct pattern pattern;
};

struct filter {
	char text[FILTER_TEXT_MAX];
	char words[FILTER_TEXT_MAX]; /* text with NULs between the words */
	struct term terms[TERMS_MAX];
	size_t count;
	char problem[PATTERN_WHY_MAX]; /* of the first expression that is none; "" */
};

/* What is looked at, of a row or of an incident. */
struct subject {
	const char *texts[SUBJECT_TEXT];
	const struct target *target; /* NULL: none */
	const char *states[3];	     /* names for ":state", NULL: no more */
};

struct filter *filter_new(void)
{
	return x_calloc(1, sizeof(struct filter));
}

static void drop_terms(struct filter *filter)
{
	for (size_t i = 0; i < filter->count; i++)
		pattern_fini(&filter->terms[i].pattern);
	memset(filter->terms, 0, sizeof(filter->terms));
	filter->count = 0;
	filter->problem[0] = '\0';
}

void filter_free(struct filter *filter)
{
	if (!filter)
		return;
	drop_terms(filter);
	free(filter);
}

static void compile_term(struct filter *filter, const char *word)
{
	static const struct {
		const char *prefix;
		enum term_kind kind;
	} kinds[] = {
		{"~", TERM_REGEX}, {":", TERM_STATE}, {"tag:", TERM_TAG}, {"group:", TERM_GROUP}};
	struct term *term = &filter->terms[filter->count];
	char why[PATTERN_WHY_MAX] = "";

	*term = (struct term){.kind = TERM_WORD, .negated = word[0] == '!'};
	word += term->negated;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t length = strlen(kinds[i].prefix);

		if (strncasecmp(word, kinds[i].prefix, length) == 0) {
			term->kind = kinds[i].kind;
			word += length;
			break;
		}
	}
	term->text = word;
	if (!word[0])
		return; /* nothing typed after the sign yet: says nothing */
	if (term->kind == TERM_REGEX) {
		pattern_init(&term->pattern, word, REG_ICASE, why);
		if (!term->pattern.good && !filter->problem[0])
			text_copy(filter->problem, sizeof(filter->problem), why);
		if (!term->pattern.good)
			return;
	}
	filter->count++;
}

void filter_set(struct filter *filter, const char *text)
{
	char *word;

	drop_terms(filter);
	text_copy(filter->text, sizeof(filter->text), text);
	text_copy(filter->words, sizeof(filter->words), text);
	word = filter->words;
	while (filter->count < TERMS_MAX) {
		char *end;

		word += strspn(word, " ");
		if (!*word)
			break;
		end = word + strcspn(word, " ");
		if (*end)
			*end++ = '\0';
		compile_term(filter, word);
		word = end;
	}
}

const char *filter_text(const struct filter *filter)
{
	return filter->text;
}

bool filter_is_empty(const struct filter *filter)
{
	return !filter->text[0];
}

const char *filter_problem(const struct filter *filter)
{
	return filter->problem[0] ? filter->problem : NULL;
}

static bool any_text(const struct subject *subject, const struct term *term)
{
	for (int i = 0; i < SUBJECT_TEXT; i++) {
		const char *text = subject->texts[i];

		if (!text)
			continue;
		if (term->kind == TERM_REGEX
			    ? pattern_find(&term->pattern, text, strlen(text)) == PATTERN_FOUND
			    : strcasestr(text, term->text) != NULL)
			return true;
	}
	return false;
}

static bool begins(const char *text, const char *prefix)
{
	return text && strncasecmp(text, prefix, strlen(prefix)) == 0;
}

static bool any_state(const struct subject *subject, const char *prefix)
{
	for (size_t i = 0; i < sizeof(subject->states) / sizeof(subject->states[0]); i++)
		if (begins(subject->states[i], prefix))
			return true;
	return false;
}

static bool any_tag(const struct target *target, const char *prefix)
{
	for (size_t i = 0; target && i < target->tags.count; i++)
		if (begins(target->tags.items[i], prefix))
			return true;
	return false;
}

static bool term_holds(const struct term *term, const struct subject *subject)
{
	switch (term->kind) {
	case TERM_WORD:
	case TERM_REGEX:
		return any_text(subject, term);
	case TERM_STATE:
		return any_state(subject, term->text);
	case TERM_TAG:
		return any_tag(subject->target, term->text);
	case TERM_GROUP:
		return subject->target && begins(subject->target->group, term->text);
	}
	return false;
}

static bool all_terms(const struct filter *filter, const struct subject *subject)
{
	for (size_t i = 0; i < filter->count; i++)
		if (term_holds(&filter->terms[i], subject) == filter->terms[i].negated)
			return false;
	return true;
}

bool filter_matches(const struct filter *filter, const struct row *row)
{
	const struct verdict *verdict = &row->verdict;
	char result[16];
	struct subject subject = {
		.texts = {row->target->name, row->target->group, row->target->url_shown, result},
		.target = row->target,
		.states = {verdict->state == STATE_NEW ? "new" : state_name[verdict->state]},
	};

	if (!filter->count)
		return true;
	row_result(row, result);
	if (row_is_loaded(row))
		subject.states[1] = "loaded";
	if (verdict->warnings & WARN_TLS_EXPIRING)
		subject.states[2] = "cert";
	return all_terms(filter, &subject);
}

bool filter_matches_incident(const struct filter *filter, const struct incident *incident,
			     const struct row *row)
{
	struct subject subject = {
		.texts = {incident->result, incident->detail, row ? row->target->name : "webmon",
			  row ? row->target->group : NULL, class_table[incident->cls].result},
		.target = row ? row->target : NULL,
		.states = {incident_table[incident->kind].name,
			   incident->closed_ms ? "closed" : "open"},
	};

	return all_terms(filter, &subject);
}
