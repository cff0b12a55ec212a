#ifndef WEBMON_FACE_TUI_EVIDENCE_H
#define WEBMON_FACE_TUI_EVIDENCE_H
/*
 * What came with a failure, laid out in lines of a width: result, answer headers and body, or
 * request and phases where no answer came. Built when the store has another one or the width
 * changes; drawing only prints lines. Main thread.
 */
#include "face/tui/canvas.h"
#include "store/store.h"

#define EVIDENCE_LINES_MAX 512

struct evidence_line {
	uint16_t offset; /* into text */
	uint16_t lead;   /* so many bytes are in lead_style */
	uint8_t lead_style, style;
};

struct evidence_view {
	struct evidence evidence;
	size_t target;
	enum evidence_kind kind;
	uint64_t head; /* of the ring when read */
	bool known;    /* read at least once */
	int width;
	bool brief, ascii;
	int count;
	struct evidence_line lines[EVIDENCE_LINES_MAX];
	size_t used;
	char text[2 * EVIDENCE_TEXT_MAX];
};

/* True where the view holds what there is of this target: live, what the store has; else, what was
 * read. The store has one failure of a target, and once a newer one, none of the moment shown. */
bool evidence_is_current(const struct evidence_view *view, const struct store *store,
			 size_t target, bool live);
/* Size of the body: "114 bytes"; where not all of it is kept "first 4 095 bytes of 20 480". */
void evidence_body_size(const struct evidence *evidence, char out[64]);
/* Reads the store's. */
void evidence_read(struct evidence_view *view, const struct store *store, size_t target,
		   enum evidence_kind kind);

/* Lays it out; brief: in three or four lines, headers joined. */
void evidence_layout(struct evidence_view *view, int width, bool brief, bool ascii);

void evidence_draw(const struct evidence_view *view, struct canvas *canvas, struct rect area,
		   size_t top);

/* All of it as plain text, for the clipboard. Returns the length. */
size_t evidence_copy(const struct evidence *evidence, char *out, size_t capacity);

/* A text of the evidence by its offset. */
const char *evidence_part(const struct evidence *evidence, uint16_t offset);
/* The same of a text that is never the first: 0 says that there is none. */
const char *evidence_later_part(const struct evidence *evidence, uint16_t offset);

#endif
