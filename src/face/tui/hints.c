/*
 * The key line: the keys that matter here, from the table of actions. Draws only. Where it is
 * narrow those of the highest rank go first; what is left keeps its order.
 */
#include <limits.h>

#include "base/text.h"
#include "face/tui/pen.h"
#include "face/tui/state.h"

#define RANKS	  10
#define HINTS_MAX 32

static const char *word_of(const struct hint *hint)
{
	const struct action_info *info = &action_table[hint->action];

	return hint->word ? hint->word : info->hint ? info->hint : info->help;
}

static void keys_of(const struct tui *tui, const struct hint *hint, char out[2 * KEY_NAME_MAX])
{
	char first[KEY_NAME_MAX], second[KEY_NAME_MAX] = "";

	keymap_hint(&tui->keymap, hint->action, tui->ascii, first);
	if (hint->second != ACTION_NONE)
		keymap_hint(&tui->keymap, hint->second, tui->ascii, second);
	text_format(out, 2 * KEY_NAME_MAX, "%s%s%s", first, second[0] ? " " : "", second);
}

static int width_of(const struct tui *tui, const struct hint *hints, int rank, int gap)
{
	int width = 0;

	for (const struct hint *hint = hints; hint->action != ACTION_NONE; hint++) {
		char keys[2 * KEY_NAME_MAX];

		keys_of(tui, hint, keys);
		if (hint->rank <= rank && keys[0])
			width += text_width(keys) + 1 + text_width(word_of(hint)) + gap;
	}
	return width;
}

/* In the past nothing can be done, and Esc leads to now: the way through time stands there. */
static void hints_of_past(const struct hint *hints, struct hint out[HINTS_MAX])
{
	size_t count = 0;

	out[count++] =
		(struct hint){.action = ACTION_LIVE, .second = ACTION_LIVE_TOO, .word = "now"};
	out[count++] = (struct hint){
		.action = ACTION_TIME_BACK, .second = ACTION_TIME_FORTH, .word = "time", .rank = 2};
	for (; hints->action != ACTION_NONE && count < HINTS_MAX - 1; hints++) {
		struct hint hint = *hints;

		if (hint.action == ACTION_CHECK || hint.action == ACTION_PAUSE ||
		    hint.action == ACTION_ACKNOWLEDGE || hint.action == ACTION_COPY_COMMAND)
			continue;
		if (hint.action == ACTION_BACK)
			hint = (struct hint){
				.action = ACTION_CLOSE, .word = "back", .rank = hint.rank};
		out[count++] = hint;
	}
	out[count] = (struct hint){.action = ACTION_NONE};
}

void hints_draw(const struct tui *tui, struct canvas *canvas, struct rect line,
		const struct hint *hints, const char *note)
{
	struct hint past[HINTS_MAX];
	int gap = line.width >= 60 ? 3 : 1, rank = RANKS;
	int room = line.width - text_width(note) - 2;
	struct pen pen = pen_at(canvas, line, line.width >= 20);

	if (line.height <= 0)
		return;
	if (tui->moment.on && (tui_where(tui) & IN_VIEWS) && hints->action != ACTION_NONE) {
		hints_of_past(hints, past);
		hints = past;
	}
	while (rank > 0 && width_of(tui, hints, rank, gap) > room)
		rank--;
	for (const struct hint *hint = hints; hint->action != ACTION_NONE; hint++) {
		char keys[2 * KEY_NAME_MAX];

		keys_of(tui, hint, keys);
		if (hint->rank > rank || !keys[0])
			continue;
		pen_put(&pen, STYLE_KEY, "%s", keys);
		pen_put(&pen, STYLE_DIM, " %s", word_of(hint));
		pen_put(&pen, STYLE_TEXT, "%*s", gap, "");
	}
	if (pen.x - line.x + text_width(note) <= line.width) {
		pen_right(&pen, text_width(note), line.width >= 60);
		pen_put(&pen, STYLE_DIM, "%s", note);
	}
}
