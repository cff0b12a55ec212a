/*
 * Exceptions in error pages. The page is read line by line, each line asked whether it looks like
 * an exception and whether it names a place in a source file. Of a Python traceback the last
 * exception counts, and the last place before it; else the first exception, and the first place
 * behind it.
 */
#include "source/poll/trace.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "source/poll/markup.h"

#define PLACE_MAX   80
#define WORDS_MAX   300
#define NAME_LEAST  9  /* an exception alone on its line is more than the word "Exception" */
#define LINES_AFTER 60 /* so far behind an exception a place may be its own */
#define LINES_WHY   12 /* and its message, where that stands by itself */

struct place {
	char text[PLACE_MAX]; /* "app.py:12"; "" none */
	bool own;	      /* not a library's */
};

struct search {
	char words[WORDS_MAX]; /* the exception; "" none yet */
	struct place place;
	bool traceback;	    /* inside Python's */
	bool from_trace;    /* words and place are a traceback's */
	struct place frame; /* the newest of the traceback under way */
	int lines_after;
	bool alone; /* the name alone: its message may follow */
	bool why_wanted;
};

/* ---- exceptions ---- */

static bool ends_with(const char *word, size_t size, const char *ending)
{
	size_t length = strlen(ending);

	return size >= length && memcmp(word + size - length, ending, length) == 0;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '\\' || c == '$';
}

/* The length of the exception's name that text begins with; 0: none. */
static size_t exception_name(const char *text)
{
	static const char *const endings[] = {"Error", "Exception", "Interrupt", "Exit",
					      "Fault", "Failure",   "Warning",	 "NotFound"};
	size_t size = 0;
	bool named = false;

	while (is_word(text[size]))
		size++;
	if (size == 0 || isdigit((unsigned char)text[0]) || size > 120)
		return 0;
	/* "std::runtime_error: why", "ActiveRecord::RecordNotFound" and "pkg::Error: why" too */
	while (text[size] == ':' && text[size + 1] == ':') {
		size += 2;
		while (is_word(text[size]))
			size++;
	}
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		named |= ends_with(text, size, endings[i]);
	return named ? size : 0;
}

/* "java.lang.NullPointerException: why", "KeyError: 'x'", "NoMethodError (why)" */
static bool says_why(const char *text, size_t name)
{
	return strncmp(text + name, ": ", 2) == 0 ||
	       (strncmp(text + name, " (", 2) == 0 && !isdigit((unsigned char)text[name + 2]));
}

/* Django's "ZeroDivisionError at /cart", Rails' "ZeroDivisionError in CartController#show" */
static bool says_where(const char *text)
{
	text += strspn(text, " \t");
	return strncmp(text, "at /", 4) == 0 || (strncmp(text, "in ", 3) == 0 && strchr(text, '#'));
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

	text += strspn(text, " \t");
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

/* ---- places ---- */

static bool is_file_character(char c)
{
	return isalnum((unsigned char)c) || strchr("_-.+@$~", c) != NULL;
}

/* ":12" '", line 12' ":line 12" ", line 12" " on line 12"; 0: no line number follows. */
static unsigned line_number(const char *text)
{
	static const char *const before[] = {":line ",	"\", line ", "', line ",
					     ", line ", " on line ", ":"};

	for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
		size_t length = strlen(before[i]);
		unsigned number = 0;

		if (strncmp(text, before[i], length) != 0)
			continue;
		for (text += length; isdigit((unsigned char)*text) && number < 10000000; text++)
			number = number * 10 + (unsigned)(*text - '0');
		return number;
	}
	return 0;
}

/* The length of a source file's ending at text[0] == '.'; 0: it is none. */
static size_t source_ending(const char *text)
{
	static const char *const endings[] = {
		".py", ".java", ".kt",	".scala", ".groovy", ".js",  ".mjs", ".cjs",
		".ts", ".php",	".go",	".rb",	  ".erb",    ".cs",  ".fs",  ".vb",
		".rs", ".ex",	".exs", ".pl",	  ".pm",     ".cpp", ".c",   ".swift"};

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		size_t length = strlen(endings[i]);

		if (strncmp(text, endings[i], length) == 0 && !isalnum((unsigned char)text[length]))
			return length;
	}
	return 0;
}

static bool is_library(const char *line)
{
	static const char *const signs[] = {"/site-packages/",
					    "/dist-packages/",
					    "/lib/python",
					    "/node_modules/",
					    "node:",
					    "(internal/",
					    "/gems/",
					    "/usr/local/go/src/",
					    "/usr/lib/go",
					    "/go/src/runtime/",
					    "/vendor/",
					    "java.base/",
					    "at java.",
					    "at javax.",
					    "at jdk.",
					    "at sun.",
					    "at org.springframework.",
					    "at org.apache.",
					    "at jakarta.",
					    "/rustc/",
					    "at System.",
					    "at Microsoft.",
					    "/go/pkg/mod/",
					    "at lambda_method"};

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (strstr(line, signs[i]))
			return true;
	return false;
}

/* The first "FILE.EXT:LINE" of a line, without its folder. */
static bool place_of(struct place *place, const char *line)
{
	for (const char *dot = strchr(line, '.'); dot; dot = strchr(dot + 1, '.')) {
		size_t ending = source_ending(dot);
		unsigned number = ending ? line_number(dot + ending) : 0;
		const char *from = dot;

		if (number == 0)
			continue;
		while (from > line && is_file_character(from[-1]))
			from--;
		if (from == dot || dot - from > PLACE_MAX - 30)
			continue;
		text_format(place->text, sizeof place->text, "%.*s:%u",
			    (int)(dot - from + (ptrdiff_t)ending), from, number);
		place->own = !is_library(line);
		return true;
	}
	return false;
}

/* Debuggers put their own name behind it, PHP the place. */
static void cut_signature(char *text)
{
	static const char *const signatures[] = {" // Werkzeug Debugger", " - Werkzeug"};
	char *file = strstr(text, " in /");

	for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
		char *found = strstr(text, signatures[i]);

		if (found)
			*found = '\0';
	}
	if (file && strstr(file, ".php"))
		*file = '\0';
}

/* ---- the search ---- */

/* Keeps the first place, and the first of the application's own before one of a library. */
static void offer_place(struct search *search, const struct place *place)
{
	if (!search->place.text[0] || (place->own && !search->place.own))
		search->place = *place;
}

static void take_exception(struct search *search, const char *text, size_t name)
{
	char line[MARKUP_LINE_MAX];
	bool alone = name > 0 && (text[name] == '\0' || says_where(text + name));
	struct place place;

	text_copy(line, sizeof line, text);
	search->place = (struct place){.text = ""};
	if (search->traceback)
		search->place = search->frame;
	else if (place_of(&place, text))
		search->place = place;
	cut_signature(line);
	if (alone)
		line[name] = '\0';
	text_clean(search->words, sizeof search->words, line, strlen(line), TEXT_LINE);
	search->from_trace = search->traceback;
	search->alone = alone;
	search->why_wanted = alone && text[name] != '\0';
	search->lines_after = 0;
	search->traceback = false;
	search->frame = (struct place){.text = ""};
}

/* What is behind an exception's name that stood by itself. True: the line was part of it. */
static bool take_why(struct search *search, const char *text)
{
	char why[WORDS_MAX];
	size_t used;

	if (!search->alone || search->lines_after > LINES_WHY)
		return false;
	if (!*text || strcmp(text, search->words) == 0)
		return true;
	if (says_where(text)) {
		search->why_wanted = true;
		return true;
	}
	if (!search->why_wanted || !isalnum((unsigned char)*text))
		return false;
	text_clean(why, sizeof why, text, strlen(text), TEXT_LINE);
	used = strlen(search->words);
	text_format(search->words + used, sizeof search->words - used, ": %s", why);
	search->alone = false;
	return true;
}

static bool is_exception(const struct search *search, const char *text, size_t name)
{
	if (search->words[0] && !search->traceback)
		return false; /* the first one counts */
	if (is_panic(text))
		return true;
	return name > 0 && (says_why(text, name) || (text[name] == '\0' && name > NAME_LEAST) ||
			    says_where(text + name));
}

/* "app.rb:12:in `/': divided by 0 (ZeroDivisionError)" */
static bool is_ruby_line(struct search *search, const char *line)
{
	const char *open = strrchr(line, '('), *why = strstr(line, "': ");
	size_t name = open ? exception_name(open + 1) : 0;
	char text[MARKUP_LINE_MAX];

	if (search->words[0] || !name || open[1 + name] != ')' || !why || why > open ||
	    !place_of(&search->place, line))
		return false;
	text_format(text, sizeof text, "%.*s: %.*s", (int)name, open + 1, (int)(open - why - 4),
		    why + 3);
	text_clean(search->words, sizeof search->words, text, strlen(text), TEXT_LINE);
	return true;
}

static void take_line(struct search *search, const char *line)
{
	const char *text = skip_prefix(line);
	size_t name = exception_name(text);
	struct place place;
	bool placed = place_of(&place, line);

	if (strstr(line, "Traceback (most recent call last)")) {
		search->traceback = true;
		search->frame = (struct place){.text = ""};
		return;
	}
	if (search->traceback && placed && (place.own || !search->frame.own))
		search->frame = place;
	/* Inside a traceback what is indented is source code. */
	if (search->traceback && isspace((unsigned char)line[0]))
		return;
	if (is_exception(search, text, name)) {
		take_exception(search, text, name);
		return;
	}
	if (is_ruby_line(search, line))
		return;
	if (!search->words[0] || search->from_trace)
		return;
	search->lines_after++;
	if (!take_why(search, line + strspn(line, " \t")) && placed &&
	    search->lines_after < LINES_AFTER)
		offer_place(search, &place);
}

bool trace_find(char *out, size_t capacity, const char *page, size_t size)
{
	struct search search = {.words = ""};
	struct markup markup;

	out[0] = '\0';
	markup_begin(&markup, page, size);
	while (markup_next(&markup))
		take_line(&search, markup.line);
	if (!search.words[0])
		return false;
	/* The place is worth more than the end of a long message. */
	if (search.place.text[0] &&
	    strlen(search.words) + strlen(search.place.text) + 4 > capacity) {
		char fitted[WORDS_MAX];

		text_fit(fitted, sizeof fitted, search.words,
			 (int)(capacity - strlen(search.place.text) - 8), CUT_END, false);
		text_copy(search.words, sizeof search.words, fitted);
	}
	text_format(out, capacity, search.place.text[0] ? "%s (%s)" : "%s", search.words,
		    search.place.text);
	return true;
}
