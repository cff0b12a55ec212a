/*
 * Exceptions in error pages. The page is read line by line, markup taken out, each line asked
 * whether it looks like one. Of a Python traceback the last such line counts, else the first.
 */
#include "source/poll/trace.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

#define LINE_MAX_BYTES 400

/* A line without markup. */
struct line {
	char text[LINE_MAX_BYTES];
	size_t size;
};

static const char *const endings[] = {"Error", "Exception", "Interrupt", "Exit",
				      "Fault", "Failure",   "Warning"};

static bool ends_with(const char *word, size_t size, const char *ending)
{
	size_t length = strlen(ending);

	return size >= length && memcmp(word + size - length, ending, length) == 0;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '\\' || c == '$';
}

/* "java.lang.NullPointerException: why", "KeyError: 'x'", "NoMethodError (why)",
 * "ZeroDivisionError" alone. */
static bool is_exception(const char *text)
{
	size_t size = 0;
	bool named = false;

	while (is_word(text[size]))
		size++;
	if (size == 0 || isdigit((unsigned char)text[0]) || size > 120)
		return false;
	/* "std::runtime_error: why" and "pkg::Error: why" too */
	while (text[size] == ':' && text[size + 1] == ':') {
		size += 2;
		while (is_word(text[size]))
			size++;
	}
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		named |= ends_with(text, size, endings[i]);
	/* A name and what it says; alone on its line only where it is more than the one word. */
	return named && (strncmp(text + size, ": ", 2) == 0 || strncmp(text + size, " (", 2) == 0 ||
			 (text[size] == '\0' && size > 9));
}

/* What stands before an exception's name without being part of it. */
static const char *skip_prefix(const char *text)
{
	static const char *const prefixes[] = {"Caused by: ",
					       "Uncaught ",
					       "Unhandled exception. ",
					       "Unhandled exception: ",
					       "PHP Fatal error:  ",
					       "Fatal error: ",
					       "Exception in thread \"main\" ",
					       "thread 'main' "};

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		size_t length = strlen(prefixes[i]);

		if (strncmp(text, prefixes[i], length) == 0)
			return skip_prefix(text + length);
	}
	return text;
}

static bool is_panic(const char *text)
{
	return strncmp(text, "panic: ", 7) == 0 || strncmp(text, "panicked at ", 12) == 0 ||
	       strncmp(text, "fatal error: ", 13) == 0;
}

/* One entity at text; its bytes consumed, the character in *c. */
static size_t entity(const char *text, size_t size, char *c)
{
	static const struct {
		const char *name;
		char c;
	} entities[] = {
		{"&lt;",	 '<' },
		 {"&gt;",	  '>' },
		   {"&amp;",  '&' },
		{"&quot;", '"' },
		 {"&#39;",  '\''},
		   {"&#x27;", '\''},
		{"&#34;",  '"' },
		 {"&apos;", '\''},
		   {"&nbsp;", ' ' }
	  };

	for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
		size_t length = strlen(entities[i].name);

		if (size >= length && memcmp(text, entities[i].name, length) == 0) {
			*c = entities[i].c;
			return length;
		}
	}
	*c = '&';
	return 1;
}

/* The tag at text[0] == '<': how long it is, 0 where it is none ("a < b"). */
static size_t tag(const char *text, size_t size)
{
	const char *end;

	if (size < 2 || !(isalpha((unsigned char)text[1]) || text[1] == '/' || text[1] == '!'))
		return 0;
	/* Python's "<module>" and "<string>" are no markup, but nothing is lost with them. */
	end = memchr(text, '>', size);
	return end ? (size_t)(end - text) + 1 : 0;
}

static bool breaks_line(const char *text, size_t size)
{
	static const char *const tags[] = {"<br",   "<p",   "</p",   "<h1",    "</h1",	  "<h2",
					   "</h2",  "<pre", "</pre", "<title", "</title", "<div",
					   "</div", "<li",  "</li",  "<td",    "</td",	  "<!--"};

	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (size >= strlen(tags[i]) && strncmp(text, tags[i], strlen(tags[i])) == 0)
			return true;
	return false;
}

/* Reads one line from at; returns where the next one begins. */
static size_t read_line(struct line *line, const char *page, size_t at, size_t size)
{
	line->size = 0;
	while (at < size && page[at] != '\n') {
		size_t skip = page[at] == '<' ? tag(page + at, size - at) : 0;
		char c = page[at];

		if (page[at] == '<' && breaks_line(page + at, size - at)) {
			at += skip && page[at + 1] != '!' ? skip : 4 < size - at ? 4 : size - at;
			if (line->size > 0)
				break;
			continue;
		}
		if (skip) {
			at += skip;
			continue;
		}
		at += c == '&' ? entity(page + at, size - at, &c) : 1;
		if (line->size + 1 < sizeof line->text)
			line->text[line->size++] = c;
	}
	line->text[line->size] = '\0';
	return at < size && page[at] == '\n' ? at + 1 : at;
}

/* Debuggers put their own name behind it. */
static void cut_signature(char *text)
{
	char *signature = strstr(text, " // Werkzeug Debugger");

	if (signature)
		*signature = '\0';
	signature = strstr(text, " in /");
	if (signature && strstr(signature, ".php"))
		*signature = '\0';
}

bool trace_find(char *out, size_t capacity, const char *page, size_t size)
{
	bool traceback = false, found = false;
	struct line line;

	for (size_t at = 0; at < size;) {
		const char *text;

		at = read_line(&line, page, at, size);
		if (strstr(line.text, "Traceback (most recent call last)")) {
			traceback = true;
			continue;
		}
		/* Inside a traceback what is indented is source code. */
		if (traceback && isspace((unsigned char)line.text[0]))
			continue;
		text = skip_prefix(line.text + strspn(line.text, " \t"));
		if (!is_exception(text) && !is_panic(text))
			continue;
		cut_signature(line.text);
		text_clean(out, capacity, text, strlen(text), TEXT_LINE);
		found = true;
		if (!traceback)
			return true;
	}
	return found;
}
