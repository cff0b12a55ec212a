/*
 * Lines of a page. See the header.
 */
#include "source/poll/markup.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

/* One entity at text; its bytes consumed, the character in *c. */
static size_t entity(const char *text, size_t size, char *c)
{
	size_t length = text_entity(text, size, c);

	if (length > 0)
		return length;
	*c = '&';
	return 1;
}

/* One escape of a JSON text; its bytes consumed. */
static size_t escape(const char *text, size_t size, char *c)
{
	size_t length = text_escape(text, size, c);

	if (length == 0) {
		*c = '?';
		return size > 5 && text[1] == 'u' ? 6 : size > 1 ? 2 : 1;
	}
	if (*c == '\r')
		*c = '\n';
	else if ((unsigned char)*c < ' ' && *c != '\n' && *c != '\t')
		*c = ' ';
	return length;
}

static bool begins(const char *text, size_t size, const char *with)
{
	size_t length = strlen(with);

	return size >= length && strncasecmp(text, with, length) == 0;
}

/* What stands between these is for no reader: how much to skip, 0 for any other tag. */
static size_t unread(const char *text, size_t size)
{
	static const char *const names[][2] = {{"<style", "</style>"}, {"<script", "</script>"}};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!begins(text, size, names[i][0]))
			continue;
		for (size_t at = 1; at < size; at++)
			if (text[at] == '<' && begins(text + at, size - at, names[i][1]))
				return at + strlen(names[i][1]);
		return size;
	}
	return 0;
}

/* The tag at text[0] == '<': how long it is, 0 where it is none ("a < b"). */
static size_t tag(struct markup *markup, const char *text, size_t size)
{
	const char *end = NULL;

	if (begins(text, size, "<!--"))
		return 4; /* debuggers put the whole traceback into a comment */
	if (size < 2 || !(isalpha((unsigned char)text[1]) || text[1] == '/' || text[1] == '!'))
		return 0;
	/* Python's "<module>" and "<string>" are no markup, but nothing is lost with them. */
	/* a page of many that never end is not read to its end for each */
	if (!markup->endless)
		end = memchr(text, '>', size);
	markup->endless = !end;
	return end ? (size_t)(end - text) + 1 : 0;
}

static bool breaks_line(const char *text, size_t size)
{
	static const char *const tags[] = {"<br",   "<p",   "</p",   "<h1",    "</h1",	     "<h2",
					   "</h2",  "<pre", "</pre", "<title", "</title",    "<div",
					   "</div", "<li",  "</li",  "<td",    "</td",	     "<!--",
					   "<th",   "</th", "<h3",   "</h3",   "<blockquote"};

	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (begins(text, size, tags[i]))
			return true;
	return false;
}

static void add(struct markup *markup, char c)
{
	if (markup->length + 1 < sizeof markup->line)
		markup->line[markup->length++] = c;
}

/* Takes in one piece of markup. True: the line ends here. */
static bool take_markup(struct markup *markup, size_t size)
{
	const char *text = markup->page + markup->at;

	markup->at += size;
	return markup->length > 0 && breaks_line(text, size);
}

/* Takes in one character. True: the line ends with it. */
static bool take_character(struct markup *markup)
{
	const char *text = markup->page + markup->at;
	size_t left = markup->size - markup->at;
	char c = *text;
	bool escaped = markup->json && c == '\\';

	if (escaped)
		markup->at += escape(text, left, &c);
	else
		markup->at += c == '&' ? entity(text, left, &c) : 1;
	if (c == '\n' || (c == '"' && markup->json && !escaped))
		return true;
	add(markup, c);
	return false;
}

void markup_begin(struct markup *markup, const char *page, size_t size)
{
	size_t at = 0;

	while (at < size && isspace((unsigned char)page[at]))
		at++;
	*markup = (struct markup){.page = page, .size = size};
	markup->json = at < size && (page[at] == '{' || page[at] == '[');
}

bool markup_next(struct markup *markup)
{
	bool ended = false;

	markup->length = 0;
	if (markup->at >= markup->size)
		return false;
	while (!ended && markup->at < markup->size) {
		const char *text = markup->page + markup->at;
		size_t left = markup->size - markup->at;
		size_t skip = *text == '<' && !markup->json ? unread(text, left) : 0;

		if (!skip && *text == '<' && !markup->json)
			skip = tag(markup, text, left);
		ended = skip ? take_markup(markup, skip) : take_character(markup);
	}
	markup->line[markup->length] = '\0';
	return true;
}
