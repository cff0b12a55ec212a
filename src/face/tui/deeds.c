/*
 * What a person asks of the selected target: check now, pause, copy. The dashboard itself does none
 * of it; it says what is wanted, and the event loop has it done.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "face/tui/state.h"

/* Beyond the target's own limit, to be sure that a check asked for is over */
#define ANSWER_US 2000000

static void check_now(struct tui *tui, const struct row *row, struct tui_request *request)
{
	struct asked *asked = &tui->asked[row->index];

	if (row->verdict.state == STATE_PAUSED) {
		tui_say(tui, "%s is paused", row->target->name);
		return;
	}
	asked->head = row->head;
	asked->until_us = tui->last_key_us + row->target->timeout_ms * 1000 + ANSWER_US;
	request->ask = TUI_ASK_CHECK_NOW;
	request->target = row->index;
}

static void copy_line(struct tui *tui, const struct row *row, struct tui_request *request)
{
	const struct verdict *verdict = &row->verdict;
	char now[FORMAT_MAX], since[FORMAT_MAX], p50[FORMAT_MAX], p95[FORMAT_MAX], up[FORMAT_MAX],
		result[16];

	request->ask = TUI_ASK_COPY;
	request->text = tui->copy;
	format_stamp(now, tui->now_ms, STAMP_ISO, true, tui->now_ms);
	format_stamp(since, verdict->since_ms, STAMP_ISO, true, tui->now_ms);
	format_ms_cell(p50, row->stats.p50_us, true);
	format_ms_cell(p95, row->stats.p95_us, true);
	format_percent(up, row->good_24h, row->good_24h + row->failed_24h, true);
	row_result(row, result);
	text_format(tui->copy, sizeof(tui->copy),
		    "%s %s %s %s since %s p50 %s p95 %s ms up %s %% of 24 h %s %s\n", now,
		    row->target->name, state_name[verdict->state], result,
		    verdict->since_ms ? since : "-", p50, p95, up, row->target->url_shown,
		    verdict->detail);
}

/* What the picture shows of a failure, where it shows one: while it is frozen or of the past the
 * store may have a newer one. */
static const struct evidence *shown_evidence(const struct tui *tui, const struct row *row)
{
	const struct evidence_view *view = &tui->detail.evidence;

	return tui_screen(tui) == &screen_detail && view->known && view->target == row->index &&
			       view->kind == EVIDENCE_BAD && view->evidence.seen
		       ? &view->evidence
		       : NULL;
}

/* The store's; NULL, having said so, where it has none, or none of the moment that is shown. */
static const struct evidence *stored_evidence(struct tui *tui, const struct row *row)
{
	struct evidence *evidence = &tui->evidence;

	if (!store_evidence(tui->store, row->index, EVIDENCE_BAD, evidence) || !evidence->seen) {
		tui_say(tui, "%s has not failed: nothing to copy", row->target->name);
		return NULL;
	}
	if (!tui_is_live(tui) && evidence->sample.at_ms > tui->now_ms) {
		tui_say(tui, "no failure of %s is kept from then", row->target->name);
		return NULL;
	}
	return evidence;
}

/* Into the room for copies. False, having said so, where there is nothing to be copied. */
static bool put_evidence(struct tui *tui, const struct row *row)
{
	const struct screen *screen = tui_screen(tui);
	const struct evidence *evidence;

	if (screen->paper) {
		if (screen->paper(tui, tui->copy, sizeof(tui->copy)))
			return true;
		tui_say(tui, "no evidence of it is kept: nothing to copy");
		return false;
	}
	evidence = shown_evidence(tui, row);
	if (!evidence)
		evidence = stored_evidence(tui, row);
	return evidence && evidence_copy(evidence, tui->copy, sizeof(tui->copy)) > 0;
}

static void copy_evidence(struct tui *tui, const struct row *row, struct tui_request *request)
{
	if (!put_evidence(tui, row))
		return;
	request->ask = TUI_ASK_COPY;
	request->text = tui->copy;
}

/* Acknowledged trouble stays in sight but is calm; a second time takes it back. */
static void acknowledge(struct tui *tui, const struct row *row, struct tui_request *request)
{
	const struct verdict *verdict = &row->verdict;
	char title[128];

	if (!verdict->incident) {
		tui_say(tui, "%s has no trouble to acknowledge", row->target->name);
		return;
	}
	if (verdict->acknowledged) {
		request->ask = TUI_ASK_ACKNOWLEDGE;
		request->target = row->index;
		request->text = "";
		tui_say(tui, "%s is no longer acknowledged", row->target->name);
		return;
	}
	text_format(title, sizeof(title), "acknowledge %s, a note:", row->target->name);
	prompt_open(tui, &(struct prompt){
				 .ask = TUI_ASK_ACKNOWLEDGE, .target = row->index, .title = title});
}

/* "webmon-2026-11-22T143207Z.txt" */
static void default_name(const struct tui *tui, char out[64])
{
	char stamp[FORMAT_MAX];
	size_t length = text_copy(out, 64, "webmon-");

	format_stamp(stamp, tui->now_ms, STAMP_ISO, true, tui->now_ms);
	stamp[strcspn(stamp, ".")] = '\0';
	for (const char *c = stamp; *c; c++)
		if (*c != ':')
			out[length++] = *c;
	text_copy(out + length, 64 - length, "Z.txt");
}

static void write_file(struct tui *tui)
{
	const struct screen *screen = tui_screen(tui);
	bool paper = screen->paper && screen->paper(tui, tui->copy, sizeof(tui->copy));
	char name[64];

	default_name(tui, name);
	prompt_open(tui, &(struct prompt){.ask = TUI_ASK_WRITE,
					  .target = SIZE_MAX,
					  .text = paper ? tui->copy : NULL,
					  .title = paper ? "write the evidence into"
							 : "write the picture (.json: all) into",
					  .answer = name});
}

/* A line that repeats the newest failed check; of a target that never failed, the last good one. */
static void copy_command(struct tui *tui, const struct row *row, struct tui_request *request)
{
	struct evidence *evidence = &tui->evidence;
	const char *command = "";

	for (int kind = EVIDENCE_KINDS - 1; kind >= 0 && !command[0]; kind--)
		if (store_evidence(tui->store, row->index, (enum evidence_kind)kind, evidence) &&
		    evidence->seen)
			command = evidence_later_part(evidence, evidence->command);
	if (!command[0]) {
		tui_say(tui,
			tui_is_fed(tui) ? "%s is measured elsewhere: how is not in its metrics"
					: "no check of %s yet that could be repeated",
			row->target->name);
		return;
	}
	text_format(tui->copy, sizeof(tui->copy), "%s\n", command);
	request->ask = TUI_ASK_COPY;
	request->text = tui->copy;
}

bool tui_is_too_late(struct tui *tui)
{
	char live[KEY_NAME_MAX];

	if (!tui->moment.on)
		return false;
	keymap_hint(&tui->keymap, ACTION_LIVE, tui->ascii, live);
	tui_say(tui, "this is the past: %s goes back to now", live);
	return true;
}

bool tui_act_on_target(struct tui *tui, enum action action, struct tui_request *request)
{
	const struct screen *screen = tui_screen(tui);
	size_t target = tui_target(tui);
	const struct row *row = target < tui->rows->count ? &tui->rows->items[target] : NULL;

	switch ((int)action) {
	case ACTION_CHECK:
	case ACTION_PAUSE:
	case ACTION_ACKNOWLEDGE:
	case ACTION_COPY:
	case ACTION_COPY_EVIDENCE:
	case ACTION_COPY_COMMAND:
		break;
	case ACTION_WRITE:
		write_file(tui);
		return true;
	default:
		return false;
	}
	if (action == ACTION_COPY && screen->copy &&
	    screen->copy(tui, tui->copy, sizeof(tui->copy))) {
		request->ask = TUI_ASK_COPY;
		request->text = tui->copy;
		return true;
	}
	if (!row) {
		tui_say(tui, "no target is selected");
		return true;
	}
	if (action != ACTION_COPY && action != ACTION_COPY_EVIDENCE && tui_is_too_late(tui))
		return true;
	if (action == ACTION_CHECK) {
		check_now(tui, row, request);
	} else if (action == ACTION_PAUSE) {
		request->ask = row->verdict.state == STATE_PAUSED ? TUI_ASK_RESUME : TUI_ASK_PAUSE;
		request->target = row->index;
	} else if (action == ACTION_ACKNOWLEDGE) {
		acknowledge(tui, row, request);
	} else if (action == ACTION_COPY) {
		copy_line(tui, row, request);
	} else if (action == ACTION_COPY_COMMAND) {
		copy_command(tui, row, request);
	} else {
		copy_evidence(tui, row, request);
	}
	return true;
}
