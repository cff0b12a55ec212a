#ifndef WEBMON_FACE_METRICS_TEXT_H
#define WEBMON_FACE_METRICS_TEXT_H
/*
 * What the store holds as metrics: the table of families and their values. One thread at a time.
 */
#include "face/ending.h"
#include "face/metrics_count.h"
#include "face/metrics_page.h"

struct metrics_text;

/* Borrows all until metrics_text_free(). Returns new. */
struct metrics_text *metrics_text_new(const struct config *config, const struct store *store,
				      const struct metrics_count *count);
void metrics_text_free(struct metrics_text *text);

/* Its recorder has ended: targets that are not known any more are told as that. */
void metrics_text_end(struct metrics_text *text, const struct ending *ending);

/* Appends all families; page->format set, the rest zero. The caller frees page->text. */
void metrics_text_write(struct metrics_text *text, struct metrics_page *page);

#endif
