/*
 * The list of mistakes that a person made. Each is cleaned on the way in, because it quotes what
 * stands in files and on the command line. Main thread.
 */
#include "base/error.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define TEXT_MAX 2048 /* bytes of one message: a quoted value is cut long before */

static void append(struct errors *errors, const struct error *error)
{
	errors->items = x_grow(errors->items, errors->count, sizeof(*errors->items));
	errors->items[errors->count++] = *error;
	if (!error->warning)
		errors->fatal++;
}

static size_t put_place(char *out, const char *file, int line)
{
	if (file == NULL)
		return text_copy(out, TEXT_MAX, "");
	if (line > 0)
		return text_format(out, TEXT_MAX, "%s:%d: ", file, line);
	return text_format(out, TEXT_MAX, "%s: ", file);
}

static void add(struct errors *errors, struct error error, const char *place, const char *format,
		va_list values)
{
	char raw[TEXT_MAX], clean[TEXT_MAX * 2], *message;

	error.warning = error.warning || errors->lenient;
	size_t used = text_copy(raw, sizeof(raw), place);
	used += text_copy(raw + used, sizeof(raw) - used, error.warning ? "warning: " : "");
	text_clean(clean, sizeof(clean), raw, strlen(raw), TEXT_LINE);
	message = clean + strlen(clean);
	(void)vsnprintf(raw, sizeof(raw) - used, format, values);
	text_clean(message, sizeof(clean) - (size_t)(message - clean), raw, strlen(raw), TEXT_LINE);
	if (errors->secrets != NULL) /* the place stays as it is: a word of it may be one, too */
		text_redact(message, sizeof(clean) - (size_t)(message - clean),
			    errors->secrets->items, errors->secrets->count);
	error.text = x_strdup(clean);
	append(errors, &error);
}

void error_add(struct errors *errors, const char *file, int line, const char *format, ...)
{
	char place[TEXT_MAX];
	va_list values;

	put_place(place, file, line);
	va_start(values, format);
	add(errors, (struct error){.warning = false, .placed = file != NULL, .line = line}, place,
	    format, values);
	va_end(values);
}

void error_warn(struct errors *errors, const char *file, int line, const char *format, ...)
{
	char place[TEXT_MAX];
	va_list values;

	put_place(place, file, line);
	va_start(values, format);
	add(errors, (struct error){.warning = true, .placed = file != NULL, .line = line}, place,
	    format, values);
	va_end(values);
}

const struct text_list *errors_hide(struct errors *errors, const struct text_list *secrets)
{
	const struct text_list *before = errors->secrets;

	errors->secrets = secrets;
	return before;
}

static int compare(const void *left, const void *right)
{
	const struct error *a = left, *b = right;

	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

void errors_sort(struct errors *errors)
{
	for (size_t i = 0; i < errors->count; i++)
		errors->items[i].order = i;
	if (errors->count > 1)
		qsort(errors->items, errors->count, sizeof(*errors->items), compare);
}

const char *errors_first(const struct errors *errors)
{
	for (size_t i = 0; i < errors->count; i++)
		if (!errors->items[i].warning)
			return errors->items[i].text;
	return "";
}

void errors_print(const struct errors *errors, FILE *out)
{
	for (size_t i = 0; i < errors->count; i++) {
		const struct error *error = &errors->items[i];

		fprintf(out, "%s%s\n", error->placed ? "" : "webmon: ", error->text);
	}
}

void errors_free(struct errors *errors)
{
	for (size_t i = 0; i < errors->count; i++)
		free(errors->items[i].text);
	free(errors->items);
	*errors = (struct errors){0};
}
