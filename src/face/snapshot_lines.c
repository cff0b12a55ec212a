/*
 * Lines of a table snapshot: every target has one; a certificate that ends soon gets one of its
 * own beside it, since the target's may be busy with another trouble.
 */
#include "face/snapshot_lines.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "model/wording.h"

/* The state in a word, and whether it stands among the troubles. */
static bool say_state(const struct row *row, struct snapshot_line *line)
{
	static const char *const word[STATE_COUNT] = {
		[STATE_NEW] = "new",   [STATE_UP] = "ok",	    [STATE_SLOW] = "SLOW",
		[STATE_DOWN] = "DOWN", [STATE_UNKNOWN] = "unknown", [STATE_PAUSED] = "pause",
	};
	enum state state = row->verdict.state;

	line->word = word[state];
	line->role = state_role(state);
	/* one failed check does not make it down yet, but "ok" would be no answer */
	if ((state == STATE_NEW || state == STATE_UP) && class_is_failure(row->verdict.cls)) {
		line->word = "FAIL";
		line->role = CELL_DOWN;
	} else if (row_is_loaded(row)) {
		line->word = "LOAD";
		line->role = CELL_SLOW;
	} else {
		return state != STATE_UP && state != STATE_PAUSED;
	}
	return true;
}

/* Returns false where the row is no trouble; the line is filled in either way. */
static bool fill_line(const struct row *row, struct snapshot_line *line)
{
	const struct verdict *verdict = &row->verdict;
	char result[16];

	row_result(row, result);
	*line = (struct snapshot_line){.row = row};
	if (verdict->detail[0] != '\0')
		text_copy(line->detail, sizeof line->detail,
			  wording_without_result(verdict->detail, result));
	else if (row->last.warnings & WARN_SLOW)
		wording_slow(line->detail, sizeof line->detail, row->target, &row->last);
	else if (row_is_loaded(row))
		text_copy(line->detail, sizeof line->detail, verdict->load.evidence);
	return say_state(row, line);
}

static int compare_rows(const void *left, const void *right)
{
	const struct row *const *a = left, *const *b = right;

	return row_compare_trouble(*a, *b);
}

struct snapshot_line *snapshot_lines(const struct rows *rows, int64_t now_ms, size_t *count)
{
	struct snapshot_line *lines = x_calloc(rows->count * 2 + 1, sizeof *lines);
	const struct row **sorted = x_calloc(rows->count + 1, sizeof(*sorted));
	size_t n = 0;

	for (size_t i = 0; i < rows->count; i++)
		sorted[i] = &rows->items[i];
	qsort(sorted, rows->count, sizeof(*sorted), compare_rows);
	/* troubles, then the certificates that end soon, then the rest */
	for (size_t i = 0; i < rows->count; i++)
		n += fill_line(sorted[i], &lines[n]);
	for (size_t i = 0; i < rows->count; i++) {
		if (!(sorted[i]->verdict.warnings & WARN_TLS_EXPIRING) || !sorted[i]->cert.seen)
			continue;
		lines[n] = (struct snapshot_line){
			.row = sorted[i], .word = "CERT", .role = CELL_CERT, .cert = true};
		wording_cert(lines[n].detail, sizeof lines[n].detail, &sorted[i]->cert, now_ms);
		n++;
	}
	for (size_t i = 0; i < rows->count; i++)
		n += !fill_line(sorted[i], &lines[n]);
	free(sorted);
	*count = n;
	return lines;
}
