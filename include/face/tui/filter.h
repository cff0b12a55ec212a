#ifndef WEBMON_FACE_TUI_FILTER_H
#define WEBMON_FACE_TUI_FILTER_H
/*
 * What a person typed after "/": words that must all be there, !word that must not, ~regex, :down
 * :slow :up :paused :new :loaded :cert, tag:x, group:x. Case does not matter. What is half typed
 * never hides everything: ":d" means every state that begins so, and a regex that is not finished
 * yet matches all. Main thread.
 */
#include <stdbool.h>
#include <stddef.h>

#include "face/row.h"

#define FILTER_TEXT_MAX 128

struct filter;

/* Returns new; "" matches all. */
struct filter *filter_new(void);
void filter_free(struct filter *filter);

void filter_set(struct filter *filter, const char *text);
const char *filter_text(const struct filter *filter);
bool filter_is_empty(const struct filter *filter);
/* What is wrong with a regular expression in it, which counts as not typed; NULL: nothing is. Borrowed. */
const char *filter_problem(const struct filter *filter);

bool filter_matches(const struct filter *filter, const struct row *row);
/* row: the target's, NULL where the incident is the program's own. */
bool filter_matches_incident(const struct filter *filter, const struct incident *incident,
			     const struct row *row);

#endif
