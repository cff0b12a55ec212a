/*
 * Variables, secret files and paths in values. Main thread.
 */
#include "model/expand.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define SECRET_FILE_MAX 65536
#define SECRET_MIN	4

/* The same without its percent signs: where it stands in a URL, that is what a server may show of
 * it.
 */
static void keep_decoded(struct place *place, const char *secret)
{
	char *decoded = arena_text(place->arena, secret), *end = decoded;

	for (const char *c = secret; *c; c++, end++) {
		int high = *c == '%' ? text_hex_digit(c[1]) : -1,
		    low = high < 0 ? -1 : text_hex_digit(c[2]);

		*end = low < 0 ? *c : (char)(high << 4 | low);
		c += low < 0 ? 0 : 2;
	}
	*end = '\0';
	if (strlen(decoded) >= SECRET_MIN && !text_list_has(place->secrets, decoded))
		text_list_append(place->arena, place->secrets, decoded);
}

void expand_keep_secret(struct place *place, const char *secret)
{
	size_t size = strlen(secret) * 4 + 1;

	if (strlen(secret) < SECRET_MIN || text_list_has(place->secrets, secret))
		return;
	text_list_append(place->arena, place->secrets, arena_text(place->arena, secret));
	if (strchr(secret, '%') != NULL)
		keep_decoded(place, secret);
	if (text_is_clean(secret, TEXT_LINE))
		return;
	char *clean = arena_alloc(place->arena, size);
	text_clean(clean, size, secret, strlen(secret), TEXT_LINE);
	text_list_append(place->arena, place->secrets, clean);
}

static size_t name_length(const char *text)
{
	size_t length = 0;

	if (isdigit((unsigned char)text[0]))
		return 0;
	while (isalnum((unsigned char)text[length]) || text[length] == '_')
		length++;
	return length;
}

/* The value of the variable whose "${NAME}" stands at *text, which moves behind it; NULL after a
 * message. */
static const char *take_variable(struct place *place, const char *name, const char **text)
{
	const char *start = *text + 2;
	size_t length = name_length(start);
	const char *variable = arena_slice(place->arena, start, length);

	if (length == 0 || start[length] != '}') {
		error_add(place->errors, place->file, place->line,
			  "%s: '${' must begin a variable such as ${API_TOKEN}; write $${ for the "
			  "signs themselves",
			  name);
		return NULL;
	}
	*text = start + length + 1;
	const char *value = getenv(variable);
	if (value == NULL)
		error_add(place->errors, place->file, place->line,
			  "%s: the environment variable %s is not set", name, variable);
	return value;
}

/* Returns whether a variable was there, or -1 after a message. */
static int write_expanded(struct place *place, const char *name, bool hide, const char *text,
			  FILE *out)
{
	int found = 0;

	while (*text != '\0') {
		if (strncmp(text, "$${", 3) == 0) {
			fputs("${", out);
			text += 3;
		} else if (strncmp(text, "${", 2) == 0) {
			const char *value = take_variable(place, name, &text);

			if (value == NULL)
				return -1;
			fputs(value, out);
			if (hide)
				expand_keep_secret(place, value);
			found = 1;
		} else {
			fputc(*text++, out);
		}
	}
	return found;
}

bool expand_variables(struct place *place, const char *name, bool hide, struct expanded *value)
{
	char *text;
	size_t size;

	if (strstr(value->text, "${") == NULL)
		return true;
	FILE *out = open_memstream(&text, &size);
	if (out == NULL)
		fatal("out of memory: no room for a value");
	int found = write_expanded(place, name, hide, value->text, out);
	fclose(out);
	value->text = arena_slice(place->arena, text, size);
	value->outside = value->outside || found > 0;
	explicit_bzero(text, size);
	free(text);
	return found >= 0;
}

/* Bytes that would end a header's line, or mean something to a terminal. */
static bool has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7f)
			return true;
	return false;
}

static bool check_secret_file(struct place *place, const char *name, const char *path,
			      const char *text, size_t size)
{
	const char *wrong = NULL;

	if (size == 0)
		wrong = "is empty";
	else if (strlen(text) != size || strpbrk(text, "\r\n") != NULL)
		wrong = "holds more than one line";
	else if (has_control(text))
		wrong = "holds a control character";
	if (wrong != NULL)
		error_add(place->errors, place->file, place->line, "%s: %s %s", name, path, wrong);
	return wrong == NULL;
}

bool expand_file(struct place *place, const char *name, struct expanded *value)
{
	size_t size;

	if (value->text[0] != '@')
		return true;
	if (value->text[1] == '@') {
		value->text++;
		return true;
	}
	const char *path = expand_path(place, value->text + 1);
	const char *shown = value->outside ? "the file" : path; /* a variable's value is not told */
	char *text = file_read(path, SECRET_FILE_MAX, &size);
	if (text == NULL) {
		error_add(place->errors, place->file, place->line,
			  "%s: %s cannot be read: %s (write @@ for a value that begins with @)",
			  name, shown, strerror(errno));
		return false;
	}
	size_t whole = size;
	size -= size > 0 && text[size - 1] == '\n';
	size -= size > 0 && text[size - 1] == '\r';
	text[size] = '\0';
	bool ok = check_secret_file(place, name, shown, text, size);
	value->text = arena_slice(place->arena, text, size);
	value->outside = true;
	if (ok)
		expand_keep_secret(place, value->text);
	explicit_bzero(text, whole);
	free(text);
	return ok;
}

const char *expand_path(struct place *place, const char *text)
{
	const char *home = getenv("HOME"),
		   *slash = place->file == NULL ? NULL : strrchr(place->file, '/');
	char *path;

	if (text[0] == '~' && (text[1] == '/' || text[1] == '\0') && home != NULL)
		path = x_asprintf("%s%s", home, text + 1);
	else if (text[0] == '/' || slash == NULL)
		path = x_strdup(text);
	else
		path = x_asprintf("%.*s/%s", (int)(slash - place->file), place->file, text);
	const char *kept = arena_text(place->arena, path);
	free(path);
	return kept;
}
