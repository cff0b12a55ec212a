#ifndef WEBMON_FACE_TUI_BODY_VIEW_H
#define WEBMON_FACE_TUI_BODY_VIEW_H
/*
 * An answer as a document to be read: request, head and body in lines, wrapped or not, searched.
 * The lines point into the evidence, which must outlive them. Draws and keys are the screen's. Main
 * thread.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/verdict.h"

enum body_part { BODY_NOTE, BODY_REQUEST, BODY_HEAD, BODY_CHANGES, BODY_TEXT, BODY_COMMAND };

struct body_line {
	uint16_t offset, length; /* into the evidence's text */
	uint16_t number;	 /* of a line of the body, from 1; 0: none */
	uint8_t part;		 /* enum body_part */
};

/* A line of the screen: a piece of a line of the document. */
struct body_piece {
	uint16_t line, start, length;
};

#define BODY_LINES_MAX	EVIDENCE_TEXT_MAX
#define BODY_PIECES_MAX (2 * EVIDENCE_TEXT_MAX)

struct body_view {
	struct body_line lines[BODY_LINES_MAX];
	struct body_piece pieces[BODY_PIECES_MAX];
	size_t line_count, piece_count;
	int widest; /* columns of the longest line */
};

/* The document. */
void body_view_read(struct body_view *view, const struct evidence *evidence);
/* Its lines broken to width columns, or, where width is 0, as they are. */
void body_view_wrap(struct body_view *view, const struct evidence *evidence, int width);

/* The next line in which the text occurs, round and round, `from` last; case does not matter.
 * line_count: nowhere. */
size_t body_view_find(const struct body_view *view, const struct evidence *evidence,
		      const char *text, size_t from, bool forth);
/* The first piece of a line. */
size_t body_view_piece(const struct body_view *view, size_t line);
/* Where `text` occurs in bytes, from `start` on; length: nowhere. */
size_t body_find(const char *bytes, size_t length, size_t start, const char *text);

#endif
