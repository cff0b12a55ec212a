/*
 * An answer as lines.
 */
#include "face/tui/body_view.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

static void add_line(struct body_view *view, const struct body_line *line)
{
	if (view->line_count < BODY_LINES_MAX)
		view->lines[view->line_count++] = *line;
}

/* A part of the evidence, line by line; only the body's are numbered. Parts that were not given
 * point to the text at 0, which is empty. */
static void add_part(struct body_view *view, const struct evidence *evidence, uint16_t offset,
		     enum body_part part)
{
	const char *text;
	uint16_t number = 0;

	if (offset >= evidence->used || offset >= sizeof(evidence->text))
		return;
	text = evidence->text + offset;
	if (*text && view->line_count && view->lines[view->line_count - 1].part != part)
		add_line(view, &(struct body_line){.part = BODY_NOTE}); /* a blank between parts */
	while (*text) {
		size_t length = strcspn(text, "\n");

		add_line(view, &(struct body_line){
				       .offset = (uint16_t)(text - evidence->text),
				       .length = (uint16_t)length,
				       .number = part == BODY_TEXT ? ++number : 0,
				       .part = (uint8_t)part,
			       });
		text += length + (text[length] == '\n');
	}
}

void body_view_read(struct body_view *view, const struct evidence *evidence)
{
	const struct {
		uint16_t offset;
		enum body_part part;
	} parts[] = {
		{evidence->detail, BODY_NOTE},	    {evidence->curl, BODY_NOTE},
		{evidence->changes, BODY_CHANGES},  {evidence->request, BODY_REQUEST},
		{evidence->status_line, BODY_HEAD}, {evidence->headers, BODY_HEAD},
		{evidence->body, BODY_TEXT},	    {evidence->command, BODY_COMMAND},
	};

	view->line_count = view->piece_count = 0;
	view->widest = 0;
	for (size_t i = 0; evidence->seen && i < sizeof(parts) / sizeof(parts[0]); i++)
		add_part(view, evidence, parts[i].offset, parts[i].part);
}

static void add_piece(struct body_view *view, size_t line, size_t start, size_t length)
{
	if (view->piece_count < BODY_PIECES_MAX)
		view->pieces[view->piece_count++] =
			(struct body_piece){(uint16_t)line, (uint16_t)start, (uint16_t)length};
}

void body_view_wrap(struct body_view *view, const struct evidence *evidence, int width)
{
	view->piece_count = 0;
	view->widest = 0;
	for (size_t i = 0; i < view->line_count; i++) {
		const struct body_line *line = &view->lines[i];
		const char *text = evidence->text + line->offset;
		size_t start = 0;

		do {
			const struct text_line piece = text_line(text + start, line->length - start,
								 width ? width : INT_MAX);

			add_piece(view, i, start, piece.bytes);
			if (piece.columns > view->widest)
				view->widest = piece.columns;
			start += piece.bytes;
		} while (start < line->length);
	}
}

size_t body_find(const char *bytes, size_t length, size_t start, const char *text)
{
	size_t wanted = strlen(text);

	if (!wanted)
		return length;
	for (size_t at = start; at + wanted <= length; at++)
		if (strncasecmp(bytes + at, text, wanted) == 0)
			return at;
	return length;
}

size_t body_view_find(const struct body_view *view, const struct evidence *evidence,
		      const char *text, size_t from, bool forth)
{
	size_t count = view->line_count, at = from;

	for (size_t i = 0; i < count; i++) {
		const struct body_line *line;

		at = (at + (forth ? 1 : count - 1)) % count;
		line = &view->lines[at];
		if (body_find(evidence->text + line->offset, line->length, 0, text) < line->length)
			return at;
	}
	return count;
}

size_t body_view_piece(const struct body_view *view, size_t line)
{
	size_t piece = 0;

	while (piece < view->piece_count && view->pieces[piece].line < line)
		piece++;
	return piece;
}
