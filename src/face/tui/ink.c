/*
 * From roles to inks. A frame asks thousands of times, a theme has a few dozen answers: they are
 * kept. Pairs of colours are numbered as they come. Main thread.
 */
#include "face/tui/ink.h"

#include <string.h>

/* The pair of these two colours; the terminal's own where there are no more pairs. */
static int find_pair(struct inks *inks, struct paint paint)
{
	int limit = inks->pair_limit < INK_PAIRS_MAX ? inks->pair_limit : INK_PAIRS_MAX;

	if (paint.foreground == COLOR_TERMINAL && paint.background == COLOR_TERMINAL) {
		return 0;
	}
	for (int i = 1; i < inks->pair_count; i++) {
		if (inks->pairs[i].foreground == paint.foreground &&
		    inks->pairs[i].background == paint.background) {
			return i;
		}
	}
	if (inks->pair_count >= limit ||
	    !inks->define(inks->pair_count, paint.foreground, paint.background)) {
		return 0;
	}
	inks->pairs[inks->pair_count] = paint;
	return inks->pair_count++;
}

static const struct ink *find_ink(struct inks *inks, const struct cell_glyph *cell)
{
	struct ink *ink = &inks->table[cell->style][cell->under];

	if (!ink->known) {
		struct look look = theme_mix(&inks->theme, cell->style, cell->under);

		ink->known = true;
		ink->paint = paint_of(&look, inks->depth);
		ink->pair = inks->depth == DEPTH_MONO ? 0 : find_pair(inks, ink->paint);
	}
	return ink;
}

/*
 * A blank shows no more than its ground. In the ink of the character left of it, where that has the
 * same ground, it saves the terminal two changes of colour: some 25 bytes for each gap in a table.
 */
static const struct ink *find_blank_ink(const struct ink *own, const struct ink *left)
{
	unsigned visible = ATTR_UNDERLINE | ATTR_REVERSE;

	return left && own->paint.background == left->paint.background &&
			       !((own->paint.attributes | left->paint.attributes) & visible)
		       ? left
		       : own;
}

void inks_use_theme(struct inks *inks, const struct theme *theme)
{
	inks->theme = *theme;
	inks->pair_count = 1;
	memset(inks->table, 0, sizeof inks->table);
}

void inks_row(struct inks *inks, const struct cell_glyph *cells, int width, struct inked *row)
{
	const struct ink *left = NULL;

	for (int x = 0; x < width; x++) {
		const struct ink *own = find_ink(inks, &cells[x]);
		bool blank = strcmp(cells[x].text, " ") == 0;

		row[x].ink = blank ? find_blank_ink(own, left) : own;
		memcpy(row[x].text, cells[x].text, sizeof row[x].text);
		if (!blank) {
			/* the end of a history changes too often for others to depend on it */
			left = cells[x].style < STYLE_HISTORY ? own : NULL;
		}
	}
}
