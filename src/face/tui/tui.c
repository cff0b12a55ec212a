/*
 * The dashboard: what it knows, taken in from the store; when its picture goes stale; drawing the
 * screens on the stack. Owns all state. Keys and their meaning are in dispatch.c.
 *
 * The idea: refresh takes in and sorts, prepare computes what is in sight, draw only prints. So a
 * key costs a prepare and a draw, whatever the number of targets.
 */
#include "face/tui/tui.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/units.h"
#include "face/tui/moment.h"
#include "face/tui/state.h"
#include "face/tui/views.h"

#define METER_TICK_US 5000000
#define IDLE_US	      60000000 /* after the last key nobody is taken to be reading along the list */
#define UNFOCUSED_MS  2000     /* between two frames that tell only of figures, while unfocused */
#define TAKE_US	      200000   /* between two looks at the store */
#define TAKE_SHARE    20       /* while first answers come in, of all time, may go into them */

/* What is to a person's taste: colours, keys and views. What is wrong with it is told, and left. */
static void read_taste(const struct config *config, struct theme *theme, struct keymap *keymap,
		       struct errors *errors)
{
	const struct text_list *hidden = errors_hide(errors, config_secrets(config));

	theme_choose(theme, config, errors);
	keymap_init(keymap);
	keymap_bind(keymap, config, errors);
	views_check(config, errors);
	errors_hide(errors, hidden);
}

static void init_wish(struct tui *tui)
{
	tui->wish.plain = true;
	for (size_t i = 0; i < tui->config->target_count; i++) {
		const struct target *target = &tui->config->targets[i];
		int width = text_width(target->name);
		int64_t timeout_us = target->timeout_ms * 1000;

		if (target_is_encrypted(target))
			tui->wish.plain = false;
		if (width > tui->wish.longest_name)
			tui->wish.longest_name = width;
		if (timeout_us > tui->longest_timeout_us)
			tui->longest_timeout_us =
				timeout_us < INT32_MAX ? (int32_t)timeout_us : INT32_MAX;
	}
	tui->wish.targets =
		tui->config->target_count < INT32_MAX ? (int)tui->config->target_count : INT32_MAX;
}

static void init_parts(struct tui *tui)
{
	size_t targets = tui->config->target_count;

	tui->rows = rows_new(tui->config, tui->store);
	tui->overview = overview_new(tui->store);
	incidents_init(&tui->incidents, tui->store);
	tui->incidents.config = tui->config;
	tui->histories = x_calloc(targets + 1, sizeof(*tui->histories));
	for (size_t i = 0; i < targets; i++)
		history_init(&tui->histories[i], HISTORY_BINS_MAX + HISTORY_HELD_MAX);
	tui->asked = x_calloc(targets + 1, sizeof(*tui->asked));
	order_init(&tui->main.order, targets);
	groups_init(&tui->groups, tui->config);
	tui->main.filter = filter_new();
	tui->main.selected = SIZE_MAX;
	tui->grid.targets = x_calloc(targets + 1, sizeof(*tui->grid.targets));
	tui->grid.sizes = x_calloc(targets + 1, sizeof(*tui->grid.sizes));
	tui->grid.next = x_calloc(targets + 1, sizeof(*tui->grid.next));
	tui->grid.lines = x_calloc(targets + 1, sizeof(*tui->grid.lines));
	history_init(&tui->detail.chart, HISTORY_COLUMNS_MAX);
	history_init(&tui->detail.second, HISTORY_COLUMNS_MAX);
	tui->errors.filter = filter_new();
	tui->errors.kind = INCIDENT_KINDS;
	fold_init(&tui->errors.fold, tui->incidents.capacity);
}

/* A group's line has its mark and number beside its name. */
static void make_room_for_groups(struct tui *tui)
{
	for (size_t i = 0; tui->groups.named && i < tui->groups.count; i++) {
		int width = text_width(tui->groups.items[i].target.name) + 6;

		if (width > tui->wish.longest_name)
			tui->wish.longest_name = width;
	}
}

struct tui *tui_new(const struct config *config, const struct store *store,
		    const struct tui_options *options, struct errors *errors)
{
	struct tui *tui = x_calloc(1, sizeof(*tui));

	tui->config = config;
	tui->store = store;
	tui->ascii = options->ascii;
	tui->utc = config->program.utc;
	tui->dot = tui->ascii ? ", " : " · ";
	tui->focused = true;
	tui->stale = true;
	text_copy(tui->source_name, sizeof(tui->source_name),
		  options->source_name ? options->source_name : "");
	read_taste(config, &tui->theme, &tui->keymap, errors);
	if (tui->ascii)
		theme_make_ascii(&tui->theme);
	init_wish(tui);
	init_parts(tui);
	make_room_for_groups(tui);
	tui->zoom = tui->zoom_start = zoom_default(config);
	notifier_init(&tui->notifier, store);
	tui_push(tui, &screen_main);
	tui_refresh(tui);
	return tui;
}

void tui_free(struct tui *tui)
{
	if (!tui)
		return;
	moment_free(tui);
	for (size_t i = 0; i < tui->rows->count; i++)
		history_fini(&tui->histories[i]);
	free(tui->histories);
	free(tui->asked);
	free(tui->grid.targets);
	free(tui->grid.sizes);
	free(tui->grid.next);
	free(tui->grid.lines);
	history_fini(&tui->detail.chart);
	history_fini(&tui->incident.own);
	for (size_t i = 0; i < INCIDENT_NEIGHBOURS; i++)
		history_fini(&tui->incident.around[i]);
	fold_fini(&tui->errors.fold);
	history_fini(&tui->detail.second);
	survey_fini(&tui->detail.survey);
	filter_free(tui->errors.filter);
	filter_free(tui->main.filter);
	order_fini(&tui->main.order);
	groups_fini(&tui->groups);
	notifier_fini(&tui->notifier);
	incidents_fini(&tui->incidents);
	overview_free(tui->overview);
	rows_free(tui->rows);
	free(tui);
}

void tui_count_states(struct tui *tui)
{
	tui->tally = rows_tally(tui->rows);
	tui->fresh = 0;
	for (size_t i = 0; i < tui->rows->count; i++)
		tui->fresh += tui->rows->items[i].verdict.state == STATE_NEW;
}

/* Rows move by themselves only while no hand is on the keys; who has been away for a while finds
 * trouble on top. */
static bool follow_order(struct tui *tui)
{
	struct main_state *main = &tui->main;
	bool idle = !tui->last_key_us || tui->now_us - tui->last_key_us >= IDLE_US;

	if (!order_follow(&main->order, tui->rows, main->filter, tui->now_us, tui->last_key_us))
		return false;
	if (idle && main->order.spec.column == COLUMN_SIGN)
		main->top = 0;
	else
		main->reveal = true;
	return true;
}

static bool is_held(const struct tui *tui)
{
	bool in_list = tui_screen(tui) == &screen_errors ||
		       (tui_screen(tui) == &screen_main && tui->main.in_pane);

	return in_list && tui->last_key_us && tui->now_us - tui->last_key_us < ORDER_HOLD_US;
}

/* A key is answered from what is known: with a thousand targets taking in costs more than drawing,
 * and what else has changed costs bytes. Only the first answers are waited for. */
static bool is_too_soon(const struct tui *tui, int64_t now_us)
{
	int64_t pause_us = TAKE_US;

	if (tui->fresh && tui->take_cost_us * TAKE_SHARE < TAKE_US)
		pause_us = tui->take_cost_us * TAKE_SHARE;
	return tui->taken_us && now_us - tui->taken_us < pause_us;
}

/* Figures of a fleet that nobody has touched for a while wait for the clock's next second, and so
 * cost no frame of their own. */
static bool is_quiet(const struct tui *tui)
{
	return !tui->last_key_us || tui->now_us - tui->last_key_us >= ORDER_HOLD_US;
}

/* Returns true where there is something to be shown at once. */
static bool take_in(struct tui *tui)
{
	struct tally before = tui->tally;
	bool figures = rows_refresh(tui->rows, tui->store);
	bool news = incidents_refresh(&tui->incidents, tui->store, tui->now_ms, is_held(tui));

	overview_refresh(tui->overview, tui->store, tui->rows, tui->now_ms);
	tui_count_states(tui);
	groups_refresh(&tui->groups, tui->rows);
	news |= follow_order(tui);
	news |= memcmp(&before, &tui->tally, sizeof(before)) != 0;
	tui->stale |= figures || news;
	tui->taken_us = tui->now_us;
	tui->take_cost_us = clock_mono_us() - tui->now_us;
	return news || (figures && !is_quiet(tui));
}

bool tui_refresh(struct tui *tui)
{
	int64_t now_us = clock_mono_us();
	bool due = now_us >= tui_deadline_us(tui);

	if (tui->toast[0] && now_us >= tui->toast_until_us)
		tui->toast[0] = '\0';
	if (tui->moment.on) {
		tui->now_us = now_us;
	} else if (!tui->frozen) {
		tui->now_us = now_us;
		tui->now_ms = clock_wall_ms();
		tui->deferred = is_too_soon(tui, now_us);
		if (!tui->deferred)
			due |= take_in(tui);
	}
	tui->stale |= due;
	return due;
}

static void draw_toast(const struct tui *tui, struct canvas *canvas)
{
	struct rect line = {0, canvas->height - 1, canvas->width, 1};
	int width = text_width(tui->toast) + 2;

	if (!tui->toast[0] || canvas->height < 3)
		return;
	/* what is typed there is not hidden by an answer to the key before */
	if (canvas->cursor_visible && canvas->cursor_y == line.y)
		return;
	canvas_fill(canvas, line, STYLE_TEXT, " "); /* no half words beside it */
	line.width = width < line.width ? width : line.width;
	canvas_fill(canvas, line, STYLE_TOAST, " ");
	canvas_put_fit(canvas, line, 1, line.y, line.width - 1, false, STYLE_TOAST, tui->toast);
}

void tui_draw(struct tui *tui, struct canvas *canvas)
{
	int base = tui->depth - 1;

	if (canvas->width != tui->width || canvas->height != tui->height) {
		tui->width = canvas->width;
		tui->height = canvas->height;
		tui->main.reveal = true;
		tui->stale = true;
	}
	while (base > 0 && tui->stack[base]->overlay)
		base--;
	if (tui->stale)
		for (int i = base; i < tui->depth; i++)
			if (tui->stack[i]->prepare)
				tui->stack[i]->prepare(tui);
	tui->stale = false;
	canvas->ascii = tui->ascii;
	canvas_clear(canvas);
	for (int i = base; i < tui->depth; i++)
		tui->stack[i]->draw(tui, canvas);
	draw_toast(tui, canvas);
}

static bool any_hanging(const struct tui *tui)
{
	for (size_t i = 0; i < tui->rows->count; i++)
		if (tui_is_hanging(tui, &tui->rows->items[i]))
			return true;
	return false;
}

int64_t tui_deadline_us(const struct tui *tui)
{
	int64_t step_ms = tui->focused ? 1000 : MINUTE_MS;
	int64_t deadline = tui->toast[0] ? tui->toast_until_us : INT64_MAX;
	int64_t clock = INT64_MAX, order, told = notifier_due_us(&tui->notifier);

	if (told < deadline)
		deadline = told;
	if (tui->frozen)
		return deadline;
	if (tui->moment.on) /* how long ago it was goes on counting */
		return tui->now_us + step_ms * 1000 < deadline ? tui->now_us + step_ms * 1000
							       : deadline;
	if (tui->deferred && tui->taken_us + TAKE_US < deadline)
		deadline = tui->taken_us + TAKE_US;
	/* counters of hanging probes and figures move with the clock's seconds */
	if (!tui->focused && (tui->stale || any_hanging(tui)))
		step_ms = UNFOCUSED_MS;
	if (!clock_wall_is_held())
		clock = tui->now_us + (step_ms - tui->now_ms % step_ms) * 1000;
	order = order_due_us(&tui->main.order, tui->last_key_us);
	if (tui->incidents.pending && tui->last_key_us && tui->last_key_us + ORDER_HOLD_US < order)
		order = tui->last_key_us + ORDER_HOLD_US;
	/* what was due before this picture was not wanted yet: not a reason to spin */
	if (order > tui->now_us && order < deadline)
		deadline = order;
	return clock < deadline ? clock : deadline;
}

void tui_focus(struct tui *tui, bool focused)
{
	tui->focused = focused;
	tui->focus_told = true;
	tui->stale = true;
}

bool tui_notification(struct tui *tui, char out[200])
{
	/* a terminal that does not tell is taken for one that nobody looks at */
	bool away = !tui->focus_told || !tui->focused;

	notifier_look(&tui->notifier, tui->store, tui->config);
	if (!away || tui->quiet || tui->config->program.notify == NOTIFY_NONE) {
		notifier_drop(&tui->notifier);
		return false;
	}
	return notifier_take(&tui->notifier, clock_mono_us(), out);
}

void tui_meter(struct tui *tui, unsigned long long bytes)
{
	struct meter *meter = &tui->meter;
	int64_t now_us = clock_mono_us();

	meter->bytes = bytes;
	if (meter->ticks && now_us - meter->us[0] < METER_TICK_US)
		return;
	memmove(meter->at + 1, meter->at, (METER_TICKS - 1) * sizeof(meter->at[0]));
	memmove(meter->us + 1, meter->us, (METER_TICKS - 1) * sizeof(meter->us[0]));
	meter->at[0] = bytes;
	meter->us[0] = now_us;
	if (meter->ticks < METER_TICKS)
		meter->ticks++;
}

double tui_byte_rate(const struct tui *tui)
{
	const struct meter *meter = &tui->meter;
	int oldest = meter->ticks - 1;

	if (oldest < 1 || meter->us[0] <= meter->us[oldest])
		return -1;
	return (double)(meter->at[0] - meter->at[oldest]) * 1e6 /
	       (double)(meter->us[0] - meter->us[oldest]);
}

void tui_say(struct tui *tui, const char *format, ...)
{
	char text[sizeof(tui->toast)];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	tui_toast(tui, text);
}

void tui_toast(struct tui *tui, const char *text)
{
	text_copy(tui->toast, sizeof(tui->toast), text);
	tui->toast_until_us = clock_mono_us() + TOAST_US;
	tui->stale = true;
}

void tui_notice(struct tui *tui, const char *text)
{
	text_copy(tui->notice, sizeof(tui->notice), text);
	tui->wish.notice = tui->notice[0] != '\0';
	tui->stale = true;
}

const struct theme *tui_theme(const struct tui *tui)
{
	return &tui->theme;
}

void tui_title(const struct tui *tui, char out[80])
{
	const struct tally *tally = tui->moment.on ? &tui->moment.live_tally : &tui->tally;
	size_t length = text_copy(out, 80, "webmon");

	if (tally->down)
		length += text_format(out + length, 80 - length, ": %u down", tally->down);
	if (tally->slow)
		length += text_format(out + length, 80 - length, "%s %u slow",
				      tally->down ? "," : ":", tally->slow);
	if (tally->state == STATE_UP && tally->up)
		text_format(out + length, 80 - length, ": all up");
}

void tui_check(const struct config *config, struct errors *errors)
{
	struct keymap keymap;
	struct theme theme;

	read_taste(config, &theme, &keymap, errors);
}

void tui_print_keys(FILE *out)
{
	keymap_print(out);
}
