/*
 * INI files with truthful line numbers. libinih asks for a line at a time; this file looks at each
 * line first and hands it only what it can hold, one entry or head a line, so that nothing is cut
 * unseen. A continuation line goes through libinih as an entry named "+" (whatever the library was
 * built to allow), and is joined to its entry here; one of a text is joined without having been
 * there. Main thread.
 */
#include "base/ini.h"

#include <errno.h>
#include <ini.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define FILE_LIMIT (16U << 20)
#define MORE	   "+" /* the name under which a continuation line passes libinih */

struct line {
	const char *text; /* without indentation, carriage return and newline */
	size_t length;
	int indent;
};

struct feed {
	const char *name; /* the file's, for messages */
	const char *next, *end;
	const struct ini_reader *reader;
	struct errors *errors;
	int number; /* of the line under way, from 1 */
	bool ended;
	bool waiting; /* a line is with libinih that must come back as an entry */

	/* the entry under way, until the next one begins */
	char section[INI_NAME_LIMIT + 1];
	char key[INI_NAME_LIMIT + 1];
	char *value;
	size_t value_length, value_room;
	size_t breaks; /* empty lines of a text since its last one */
	int value_line;
	int indent; /* of its first line; -1: none in this section yet */
	bool open;
	bool text;	   /* the entry is one */
	bool comment;	   /* a comment stands in its first line */
	bool more;	   /* the line with libinih goes on with it */
	bool lost;	   /* the entry was refused, and with it the lines that go on with it */
	bool section_lost; /* the head was refused, and with it what stands below */
};

static void flush_entry(struct feed *feed)
{
	if (feed->open) {
		struct ini_entry entry = {
			.section = feed->section,
			.name = feed->key,
			.value = feed->value,
			.line = feed->value_line,
		};
		feed->reader->entry(feed->reader->user, &entry);
	}
	feed->open = false;
}

/* A further line of the value, behind so many line ends: none before its first. */
static void append_value(struct feed *feed, struct line line, size_t breaks)
{
	while (feed->value_room < feed->value_length + breaks + line.length + 1) {
		feed->value_room = feed->value_room * 2 + INI_LINE_LIMIT;
		feed->value = x_realloc(feed->value, feed->value_room);
	}
	for (; feed->value_length > 0 && breaks > 0; breaks--)
		feed->value[feed->value_length++] = '\n';
	memcpy(feed->value + feed->value_length, line.text, line.length);
	feed->value_length += line.length;
	feed->value[feed->value_length] = '\0';
}

static void begin_entry(struct feed *feed, const char *name, const char *value)
{
	const struct ini_reader *reader = feed->reader;

	text_copy(feed->key, sizeof(feed->key), name);
	feed->open = true;
	feed->text = reader->is_text != NULL && reader->is_text(reader->user, name);
	feed->value_line = feed->number;
	feed->value_length = 0;
	feed->breaks = 0;
	if (feed->text && feed->comment && value[0] != '\0')
		error_warn(feed->errors, feed->name, feed->number,
			   "%s: what follows ' ;' is taken for a comment; to keep it, begin the "
			   "text in the next line, indented",
			   name);
}

/* libinih's handler: a key with its value, or a further line of it. */
static int take_entry(void *user, const char *section, const char *name, const char *value)
{
	struct feed *feed = user;

	(void)section;
	feed->waiting = false;
	if (!feed->more)
		begin_entry(feed, name, value);
	append_value(feed, (struct line){.text = value, .length = strlen(value)}, value[0] != '\0');
	return 1;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct line next_line(struct feed *feed)
{
	const char *start = feed->next;
	const char *stop = memchr(start, '\n', (size_t)(feed->end - start));
	struct line line = {.text = start};

	feed->number++;
	feed->next = stop == NULL ? feed->end : stop + 1;
	if (stop == NULL)
		stop = feed->end;
	if (stop > start && stop[-1] == '\r')
		stop--;
	for (; line.text < stop && is_blank(*line.text); line.text++)
		line.indent++;
	line.length = (size_t)(stop - line.text);
	return line;
}

static bool refuse(struct feed *feed, const char *what)
{
	error_add(feed->errors, feed->name, feed->number, "%s", what);
	return false;
}

/* No byte that means one thing to a reader and another to a parser, or that breaks a screen. */
static bool check_bytes(struct feed *feed, struct line line, bool is_comment)
{
	for (size_t i = 0; i < line.length;) {
		unsigned char byte = (unsigned char)line.text[i];
		uint32_t character;
		int length = 1;

		if (byte == 0)
			return refuse(feed, "the line holds a NUL byte; is this a text file?");
		if (byte >= 0x80)
			length = text_decode(line.text + i, &character);
		else
			character = byte;
		if ((character < 0x20 && character != '\t') ||
		    (character >= 0x7f && character < 0xa0)) {
			error_add(feed->errors, feed->name, feed->number,
				  "the line holds the control character \\x%02x; remove it",
				  (unsigned)character);
			return false;
		}
		if (byte >= 0x80 && length == 1 && !is_comment)
			return refuse(feed, "the line is not valid UTF-8; save the file as UTF-8");
		i += (size_t)length;
	}
	return true;
}

static bool check_line(struct feed *feed, struct line line)
{
	if (!check_bytes(feed, line, false))
		return false;
	if (line.length + (size_t)line.indent <= INI_LINE_LIMIT)
		return true;
	error_add(feed->errors, feed->name, feed->number,
		  "the line has %zu bytes, %d are the limit; go on in the next line, indented",
		  line.length + (size_t)line.indent, INI_LINE_LIMIT);
	return false;
}

static bool check_name(struct feed *feed, const char *what, size_t length)
{
	if (length <= INI_NAME_LIMIT)
		return true;
	error_add(feed->errors, feed->name, feed->number,
		  "the name of the %s has %zu bytes, %d are the limit", what, length,
		  INI_NAME_LIMIT);
	return false;
}

static size_t trimmed(const char *text, size_t length)
{
	while (length > 0 && is_blank(text[length - 1]))
		length--;
	return length;
}

/* "[ target name ]  ; comment" */
static bool take_head(struct feed *feed, struct line line)
{
	const char *start = line.text + 1, *stop = memchr(line.text, ']', line.length);

	if (stop == NULL)
		return refuse(feed, "the section's name has no ']' at its end");
	const char *rest = stop + 1, *end = line.text + line.length;
	while (rest < end && is_blank(*rest))
		rest++;
	if (rest < end && *rest != ';' && *rest != '#')
		return refuse(feed, "text after the section's ']'; put it on a line of its own");
	while (start < stop && is_blank(*start))
		start++;
	size_t length = trimmed(start, (size_t)(stop - start));
	if (length == 0)
		return refuse(feed, "the section has no name, such as [target shop]");
	if (!check_name(feed, "section", length))
		return false;
	text_format(feed->section, sizeof(feed->section), "%.*s", (int)length, start);
	return true;
}

static bool has_comment(struct line line)
{
	for (size_t i = 1; i < line.length; i++)
		if (line.text[i] == ';' && is_blank(line.text[i - 1]))
			return true;
	return false;
}

/* "name = value": libinih splits at the first '=' or ':'. */
static bool check_entry(struct feed *feed, struct line line)
{
	size_t length = 0;

	while (length < line.length && line.text[length] != '=' && line.text[length] != ':')
		length++;
	if (length == line.length)
		return refuse(
			feed,
			"the line is no [section], no 'name = value' and no comment (; or #)");
	length = trimmed(line.text, length);
	if (length == 0)
		return refuse(feed, "there is no name before the '='");
	return check_name(feed, "option", length);
}

/* Hands libinih `prefix` and the line's text. False where it has no room. */
static bool hand_over(char *out, int room, const char *prefix, struct line line)
{
	size_t length = strlen(prefix) + line.length;

	if (length + 1 > (size_t)room)
		return false;
	memcpy(out, prefix, strlen(prefix));
	memcpy(out + strlen(prefix), line.text, line.length);
	out[length] = '\0';
	return true;
}

static bool feed_head(struct feed *feed, char *out, int room, struct line line)
{
	flush_entry(feed);
	feed->indent = -1;
	feed->text = false;
	feed->section_lost = !check_line(feed, line) || !take_head(feed, line);
	if (feed->section_lost)
		return false;
	if (feed->reader->section != NULL)
		feed->reader->section(feed->reader->user, feed->section, feed->number);
	line = (struct line){.text = feed->section, .length = strlen(feed->section)};
	if (!hand_over(out, room - 1, "[", line))
		return false;
	memcpy(out + line.length + 1, "]", 2);
	return true;
}

/* A line that is indented deeper than its entry's first goes on with it. */
static bool feed_entry(struct feed *feed, char *out, int room, struct line line)
{
	bool more = feed->indent >= 0 && line.indent > feed->indent;

	if (!more) {
		flush_entry(feed);
		feed->indent = line.indent;
		feed->lost = feed->text = false;
		feed->comment = has_comment(line);
	}
	if (feed->lost || feed->section_lost)
		return false;
	if (!check_line(feed, line) || (!more && !check_entry(feed, line)) ||
	    !hand_over(out, room, more ? MORE "=" : "", line)) {
		feed->lost = true;
		feed->open = false;
		return false;
	}
	feed->waiting = true;
	feed->more = more;
	return true;
}

static bool is_of_text(const struct feed *feed, struct line line)
{
	return feed->text && (line.length == 0 || line.indent > feed->indent);
}

/* Empty lines count once another one follows. */
static void feed_text(struct feed *feed, struct line line)
{
	line.length = trimmed(line.text, line.length);
	if (line.length == 0) {
		feed->breaks++;
	} else if (!feed->lost && !check_line(feed, line)) {
		feed->lost = true;
		feed->open = false;
	} else if (!feed->lost) {
		append_value(feed, line, feed->breaks + 1);
		feed->breaks = 0;
	}
}

/* libinih's reader, in the place of fgets(): the next line that it is to see. */
static char *feed_line(char *out, int room, void *stream)
{
	struct feed *feed = stream;

	if (feed->waiting) {
		refuse(feed, "the line is no [section], no 'name = value' and no comment (; or #)");
		feed->waiting = false;
		feed->lost = true;
	}
	while (feed->next < feed->end) {
		struct line line = next_line(feed);
		char first = line.length > 0 ? line.text[0] : ';';
		bool is_comment = first == ';' || first == '#';

		if (is_of_text(feed, line)) {
			feed_text(feed, line);
			continue;
		}
		if (is_comment) {
			check_bytes(feed, line, true);
			continue;
		}
		if (first == '[' ? feed_head(feed, out, room, line)
				 : feed_entry(feed, out, room, line))
			return out;
	}
	feed->ended = true;
	return NULL;
}

static void read_bytes(struct feed *feed)
{
	static const char bom[] = "\xef\xbb\xbf";

	feed->indent = -1;
	if ((size_t)(feed->end - feed->next) >= 3 && memcmp(feed->next, bom, 3) == 0)
		feed->next += 3;
	/* A library built to stop at the first error comes back early: go on where it stopped. */
	while (!feed->ended)
		if (ini_parse_stream(feed_line, feed, take_entry, feed) == -2)
			fatal("out of memory while reading %s", feed->name);
	flush_entry(feed);
	free(feed->value);
}

bool ini_read_file(const char *path, const struct ini_reader *reader, struct errors *errors)
{
	size_t size;
	char *text = file_read(path, FILE_LIMIT, &size);

	if (text == NULL) {
		error_add(errors, path, 0, "cannot be read: %s", strerror(errno));
		return false;
	}
	read_bytes(&(struct feed){.name = path,
				  .next = text,
				  .end = text + size,
				  .reader = reader,
				  .errors = errors});
	free(text);
	return true;
}

bool ini_read_text(const char *name, const char *text, const struct ini_reader *reader,
		   struct errors *errors)
{
	read_bytes(&(struct feed){.name = name,
				  .next = text,
				  .end = text + strlen(text),
				  .reader = reader,
				  .errors = errors});
	return true;
}
