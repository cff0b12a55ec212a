/*
 * A line asked for at the bottom of whatever screen is there: a note, the name of a file. What is
 * typed comes out as a request when Enter is pressed; Esc leaves without one.
 */
#include "base/text.h"
#include "face/tui/pen.h"
#include "face/tui/state.h"

#define ANSWER_LEAST 12 /* columns that the title leaves to what is typed */

/* The end of a text that is longer than the room: there it is being typed. */
static const char *end_of(const char *text, int room)
{
	uint32_t character;

	while (*text && text_width(text) > room)
		text += text_decode(text, &character);
	return text;
}

static void draw(const struct tui *tui, struct canvas *canvas)
{
	const struct prompt_state *prompt = &tui->prompt;
	struct rect line = {0, canvas->height - 1, canvas->width, 1};
	const char *hint = "Enter does it   Esc leaves";
	struct pen pen = pen_at(canvas, line, line.width >= 60);
	char title[sizeof(prompt->title)];
	int room;

	canvas_fill(canvas, line, STYLE_TEXT, " ");
	text_fit(title, sizeof(title), prompt->title, line.width - ANSWER_LEAST, CUT_MIDDLE,
		 tui->ascii);
	pen_put(&pen, STYLE_KEY, "%s ", title);
	room = line.width - pen.x - 1;
	pen_put(&pen, STYLE_INPUT, "%s", end_of(prompt->input.text, room > 0 ? room : 0));
	canvas->cursor_x = pen.x < line.width ? pen.x : line.width - 1;
	canvas->cursor_y = line.y;
	canvas->cursor_visible = true;
	pen_put(&pen, STYLE_INPUT, " ");
	if (pen.x + 3 + text_width(hint) < line.width)
		pen_put(&pen, STYLE_DIM, "   %s", hint);
}

/* Keys that are no text do nothing here, but quitting and the like go on. */
static bool type(struct tui *tui, int key, struct tui_request *request)
{
	struct prompt_state *prompt = &tui->prompt;

	switch (input_key(&prompt->input, key)) {
	case INPUT_NOT_MINE:
		return false;
	case INPUT_CHANGED:
		break;
	case INPUT_DROPPED:
		tui_pop(tui);
		break;
	case INPUT_KEPT:
		text_copy(prompt->answer, sizeof(prompt->answer), prompt->input.text);
		tui_pop(tui);
		if (prompt->done) {
			prompt->done(tui, prompt->answer);
			break;
		}
		request->ask = prompt->ask;
		request->target = prompt->target;
		request->text = prompt->ask == TUI_ASK_WRITE ? prompt->text : prompt->answer;
		request->name = prompt->answer;
		break;
	}
	return true;
}

static bool act(struct tui *tui, enum action action, struct tui_request *request)
{
	(void)tui;
	(void)request;
	return action != ACTION_QUIT && action != ACTION_SUSPEND && action != ACTION_REDRAW;
}

static size_t target(const struct tui *tui)
{
	return tui->prompt.target;
}

static const struct screen screen_prompt = {
	.name = "prompt",
	.overlay = true,
	.where = IN_PROMPT,
	.draw = draw,
	.act = act,
	.type = type,
	.target = target,
};

void prompt_open(struct tui *tui, const struct prompt *prompt)
{
	struct prompt_state *state = &tui->prompt;

	state->ask = prompt->ask;
	state->target = prompt->target;
	state->text = prompt->text;
	state->done = prompt->done;
	text_copy(state->title, sizeof(state->title), prompt->title);
	input_begin(&state->input, prompt->answer ? prompt->answer : "");
	tui_push(tui, &screen_prompt);
}
