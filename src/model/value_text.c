/*
 * Values as a person would write them. Main thread.
 */
#include <string.h>

#include "base/text.h"
#include "model/target.h"
#include "model/url.h"
#include "model/value.h"

#define HIDDEN "•••"

static const char *text_at(const void *field)
{
	return *(const char *const *)field;
}

static const struct text_list *list_at(const void *field)
{
	return field;
}

static bool is_list(enum option_type type)
{
	return type == OPTION_LIST || type == OPTION_ADDRESSES || type == OPTION_URLS;
}

static bool is_text(enum option_type type)
{
	return type == OPTION_TEXT || type == OPTION_URL || type == OPTION_SECRET ||
	       type == OPTION_PATH || type == OPTION_FILE || type == OPTION_METHOD ||
	       type == OPTION_USER || type == OPTION_PROXY || type == OPTION_BODY ||
	       type == OPTION_BODY_FILE || type == OPTION_SLO || type == OPTION_LISTEN ||
	       type == OPTION_THEME;
}

size_t value_count(const struct option *option, const void *base)
{
	const void *field = (const char *)base + option->offset;

	if (option_is_repeatable(option))
		return list_at(field)->count;
	if (is_list(option->type))
		return list_at(field)->count > 0;
	if (is_text(option->type))
		return text_at(field) != NULL && text_at(field)[0] != '\0';
	return 1;
}

static void write_list(char *out, size_t capacity, const struct text_list *list)
{
	size_t used = text_copy(out, capacity, "");

	for (size_t i = 0; i < list->count; i++)
		used += text_format(out + used, capacity - used, "%s%s", i > 0 ? ", " : "",
				    list->items[i]);
}

static void write_choice(char *out, size_t capacity, const char *choices, int choice)
{
	for (; choice > 0; choice--)
		choices += strcspn(choices, " ") + 1;
	text_format(out, capacity, "%.*s", (int)strcspn(choices, " "), choices);
}

static void write_words(char *out, size_t capacity, const char *choices, unsigned given)
{
	char word[32];
	size_t used = text_copy(out, capacity, "");

	for (int i = 0; given >> i != 0; i++) {
		if (!(given >> i & 1))
			continue;
		write_choice(word, sizeof(word), choices, i);
		used += text_format(out + used, capacity - used, "%s%s", used > 0 ? ", " : "",
				    word);
	}
}

static void write_number(char *out, size_t capacity, const struct option *option, const void *field)
{
	char text[OPTION_TEXT_MAX];
	int choice;

	memcpy(&choice, field, sizeof(choice));
	if (option->type == OPTION_DURATION_MS)
		option_write_duration(text, *(const int64_t *)field * 1000);
	else if (option->type == OPTION_DURATION_US)
		option_write_duration(text, *(const int64_t *)field);
	else if (option->type == OPTION_SIZE)
		option_write_size(text, *(const int64_t *)field);
	else if (option->type == OPTION_CHOICE || option->type == OPTION_TLS)
		write_choice(text, sizeof(text), option->choices,
			     option->type == OPTION_TLS && choice > 0 ? choice - 9 : choice);
	else
		text_format(text, sizeof(text), "%d", choice);
	text_copy(out, capacity, text);
}

static void write_rule(char *out, size_t capacity, const struct state_rule *rule)
{
	if (rule->of == 0)
		text_format(out, capacity, "%d", rule->count);
	else
		text_format(out, capacity, "%d/%d", rule->count, rule->of);
}

static void write_header(char *out, size_t capacity, const char *header)
{
	size_t name = strcspn(header, ":");

	if (url_header_is_secret(header, name))
		text_format(out, capacity, "%.*s: " HIDDEN, (int)name, header);
	else
		text_copy(out, capacity, header);
}

static void write_text(char *out, size_t capacity, const struct option *option, const void *base)
{
	const struct target *target = base;
	const void *field = (const char *)base + option->offset;

	if (option->type == OPTION_URL)
		text_copy(out, capacity, target->url_shown);
	else if (option->type == OPTION_USER)
		text_format(out, capacity, "%s:" HIDDEN, target->user);
	else if (option->type == OPTION_SECRET || option->type == OPTION_PROXY)
		text_copy(out, capacity, HIDDEN);
	else
		text_copy(out, capacity, text_at(field));
}

void value_write(char *out, size_t capacity, const struct option *option, const void *base,
		 size_t item)
{
	const void *field = (const char *)base + option->offset;
	char raw[1024];

	if (is_list(option->type))
		write_list(raw, sizeof(raw), field);
	else if (option->type == OPTION_HEADER)
		write_header(raw, sizeof(raw), list_at(field)->items[item]);
	else if (option_is_repeatable(option))
		text_copy(raw, sizeof(raw), list_at(field)->items[item]);
	else if (is_text(option->type))
		write_text(raw, sizeof(raw), option, base);
	else if (option->type == OPTION_BOOL)
		text_copy(raw, sizeof(raw), *(const bool *)field ? "yes" : "no");
	else if (option->type == OPTION_STATUS)
		text_copy(raw, sizeof(raw), ((const struct target *)base)->expect_status_text);
	else if (option->type == OPTION_WORDS)
		write_words(raw, sizeof(raw), option->choices, *(const unsigned *)field);
	else if (option->type == OPTION_RULE)
		write_rule(raw, sizeof(raw), field);
	else
		write_number(raw, sizeof(raw), option, field);
	text_clean(out, capacity, raw, strlen(raw), TEXT_LINE);
}
