/*
 * Keys to deeds: the screen on top gets its chance, then what is common to all. Also the stack of
 * screens.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "face/tui/key.h"
#include "face/tui/moment.h"
#include "face/tui/state.h"
#include "face/tui/tui.h"
#include "face/tui/views.h"

#define KEY_DELETE 127

void tui_push(struct tui *tui, const struct screen *screen)
{
	/* a screen that is open already is gone back to: so the stack never grows beyond the kinds
	 * of screens */
	for (int i = 0; i < tui->depth; i++) {
		if (tui->stack[i] == screen) {
			tui->depth = i + 1;
			tui->stale = true;
			return;
		}
	}
	if (tui->depth < SCREENS_MAX)
		tui->stack[tui->depth++] = screen;
	tui->stale = true;
}

void tui_pop(struct tui *tui)
{
	if (tui->depth > 1)
		tui->depth--;
	tui->main.reveal = true;
	tui->stale = true;
}

void tui_open_target(struct tui *tui, size_t target)
{
	struct detail_state *detail = &tui->detail;

	if (target >= tui->rows->count)
		return;
	if (detail->target != target || tui_screen(tui) != &screen_detail) {
		detail->target = target;
		detail->evidence_top = detail->incidents_top = 0;
		detail->incident = 0;
		detail->week_at_ms = 0;
	}
	tui_push(tui, &screen_detail);
}

static void next_theme(struct tui *tui)
{
	char **names = theme_list();
	struct errors errors = {0};
	size_t count = 0, next = 0;
	struct theme theme;

	while (names[count])
		count++;
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], tui->theme.name) == 0)
			next = (i + 1) % count;
	if (count && theme_load(&theme, names[next], &errors)) {
		tui->theme = theme;
		tui->themed = true;
		if (tui->ascii)
			theme_make_ascii(&tui->theme);
		tui_say(tui, errors.count ? "theme %s: %s" : "theme %s", names[next],
			errors.count ? errors.items[0].text : "");
	}
	errors_free(&errors);
	theme_list_free(names);
}

static void set_frozen(struct tui *tui, bool frozen)
{
	tui->frozen = frozen;
	moment_forget_read(tui);
	tui->taken_us = 0;
	tui_refresh(tui);
}

static void zoom(struct tui *tui, enum action action)
{
	if (action == ACTION_ZOOM_RESET)
		tui->zoom = tui->zoom_start;
	else if (action == ACTION_ZOOM_IN && tui->zoom > 0)
		tui->zoom--;
	else if (action == ACTION_ZOOM_OUT && tui->zoom < ZOOM_COUNT - 1)
		tui->zoom++;
}

/* One key that ends all checks says what it did, and how it is undone. */
static void pause_all(struct tui *tui, struct tui_request *request)
{
	const struct tally *tally = &tui->tally;
	bool paused = tally->targets && tally->paused == tally->targets;
	char key[KEY_NAME_MAX];

	if (tui_is_too_late(tui))
		return;
	keymap_hint(&tui->keymap, ACTION_PAUSE_ALL, tui->ascii, key);
	request->ask = paused ? TUI_ASK_RESUME : TUI_ASK_PAUSE;
	request->target = SIZE_MAX;
	if (paused)
		tui_say(tui, "all targets go on");
	else
		tui_say(tui, "all targets paused; %s: they go on", key);
}

/* A key that has no meaning here gets an answer, too. */
static void say_unknown(struct tui *tui, int key)
{
	bool typed = (key > ' ' && key < TERM_KEY_UP && key != KEY_DELETE) ||
		     (key >= TERM_KEY_F1 && key <= TERM_KEY_F12);
	char name[KEY_NAME_MAX], help[KEY_NAME_MAX];

	if (!typed)
		return;
	key_format(name, key, true);
	keymap_hint(&tui->keymap, ACTION_HELP, tui->ascii, help);
	tui_say(tui, "%s does nothing here; %s tells the keys", name, help);
}

static void toggle_sound(struct tui *tui)
{
	if (tui->config->program.notify == NOTIFY_NONE) {
		tui_say(tui, "no notifications: notify = bell in the configuration");
		return;
	}
	tui->quiet = !tui->quiet;
	tui_say(tui, tui->quiet ? "notifications off" : "notifications on");
}

static void open_help(struct tui *tui)
{
	tui->help.about = tui_screen(tui);
	tui->help.where = tui_where(tui);
	if (tui->help.where & IN_VIEWS)
		tui->help.where |= IN_PAST;
	tui->help.top = 0;
	tui_push(tui, &screen_help);
}

/* What looks and leaves: no target is touched. False where it is none of these. */
static bool act_on_view(struct tui *tui, enum action action)
{
	static const struct {
		enum action action;
		const struct screen *screen;
	} screens[] = {{ACTION_ERRORS, &screen_errors},
		       {ACTION_GRID, &screen_grid},
		       {ACTION_COLUMNS, &menu_columns},
		       {ACTION_SORT, &menu_sort}};

	for (size_t i = 0; i < sizeof(screens) / sizeof(screens[0]); i++) {
		if (screens[i].action == action) {
			tui_push(tui, screens[i].screen);
			return true;
		}
	}
	if (moment_act(tui, action) || views_act(tui, action))
		return true;
	if (action == ACTION_BODY)
		tui_open_body(tui, tui_target(tui));
	else if (action == ACTION_HELP)
		open_help(tui);
	else if (action >= ACTION_ZOOM_IN && action <= ACTION_ZOOM_RESET)
		zoom(tui, action);
	else if (action == ACTION_SCALE)
		tui->scale = (enum scale)((tui->scale + 1) % SCALE_COUNT);
	else if (action == ACTION_SOUND)
		toggle_sound(tui);
	else if (action == ACTION_FREEZE && !tui_is_too_late(tui))
		set_frozen(tui, !tui->frozen);
	else if (action == ACTION_BACK || (action == ACTION_CLOSE && tui->depth > 1))
		tui_pop(tui);
	else
		return false;
	return true;
}

/* What the outside has to do. */
static void ask_outside(struct tui *tui, enum action action, struct tui_request *request)
{
	static const struct {
		enum action action;
		enum tui_ask ask;
	} asks[] = {
		{ACTION_CLOSE, TUI_ASK_QUIT},
		{ACTION_QUIT, TUI_ASK_QUIT},
		{ACTION_QUIT_PICTURE, TUI_ASK_QUIT_LEAVING_PICTURE},
		{ACTION_SUSPEND, TUI_ASK_SUSPEND},
		{ACTION_REDRAW, TUI_ASK_REDRAW},
		{ACTION_MOUSE, TUI_ASK_MOUSE},
		{ACTION_THEME, TUI_ASK_THEME},
		{ACTION_RELOAD, TUI_ASK_RELOAD},
	};

	if (action == ACTION_RELOAD && tui_is_too_late(tui))
		return;
	if (action == ACTION_THEME)
		next_theme(tui);
	if (action == ACTION_PAUSE_ALL)
		pause_all(tui, request);
	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++)
		if (asks[i].action == action)
			request->ask = asks[i].ask;
}

/* While the past is shown the keys that lead back to now go before all others, but in a menu. */
static enum action find_action(const struct tui *tui, int key)
{
	unsigned where = tui_where(tui);
	enum action action = ACTION_NONE;

	if (tui->moment.on && (where & IN_VIEWS))
		action = keymap_find(&tui->keymap, key, IN_PAST);
	return action != ACTION_NONE ? action : keymap_find(&tui->keymap, key, where);
}

struct tui_request tui_key(struct tui *tui, int key)
{
	struct tui_request request = {.ask = TUI_ASK_NOTHING, .target = SIZE_MAX};
	const struct screen *screen = tui_screen(tui);
	enum action action;

	tui->last_key_us = clock_mono_us();
	tui->stale = true;
	if (screen->type && screen->type(tui, key, &request))
		return request;
	action = find_action(tui, key);
	if (action == ACTION_OPEN_RIGHT)
		action = ACTION_OPEN;
	if (action == ACTION_LIVE_TOO) {
		moment_live(tui);
		return request;
	}
	if (action == ACTION_NONE) {
		say_unknown(tui, key);
		return request;
	}
	if (screen->act(tui, action, &request) || act_on_view(tui, action) ||
	    tui_act_on_target(tui, action, &request))
		return request;
	ask_outside(tui, action, &request);
	return request;
}

struct tui_request tui_mouse(struct tui *tui, int x, int y, int what)
{
	struct tui_request request = {.ask = TUI_ASK_NOTHING, .target = SIZE_MAX};
	const struct screen *screen = tui_screen(tui);

	tui->last_key_us = clock_mono_us();
	tui->stale = true;
	if (screen->mouse)
		screen->mouse(tui, x, y, what, &request);
	return request;
}
