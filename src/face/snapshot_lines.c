/*
 * Lines of a table snapshot: every target has one; a certificate that ends soon gets one of its
 * own beside it, since the target's may be busy with another trouble.
 */
#include "face/snapshot_lines.h"

#include <limits.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/units.h"

#define DETAIL_MAX sizeof(((struct snapshot_line *)0)->detail)

/* "over 600 ms; 81 % in transfer": which limit the newest check passed, and where its time went. */
static void slow_words(const struct row *row, char out[DETAIL_MAX])
{
	const struct target *target = row->target;
	const struct sample *last = &row->last;
	const int64_t limit_us[PHASE_COUNT] = {
		[PHASE_DNS] = target->slow_dns_us,
		[PHASE_CONNECT] = target->slow_connect_us,
		[PHASE_TLS] = target->slow_tls_us,
		[PHASE_WAIT] = target->slow_wait_us,
		[PHASE_TRANSFER] = target->slow_transfer_us,
	};
	char limit[FORMAT_MAX];
	int longest = 0;

	if (!row->has_last || !sample_is_good(last))
		return;
	for (int i = 0; i < PHASE_COUNT; i++) {
		if (last->phase_us[i] > last->phase_us[longest])
			longest = i;
		if (limit_us[i] > 0 && last->phase_us[i] > limit_us[i]) {
			format_latency(limit, limit_us[i]);
			text_format(out, DETAIL_MAX, "%s over %s", phase_name[i], limit);
		}
	}
	if (target->slow_us > 0 && last->total_us > target->slow_us) {
		format_latency(limit, target->slow_us);
		text_format(out, DETAIL_MAX, "over %s; %d %% in %s", limit,
			    (int)((int64_t)last->phase_us[longest] * 100 / last->total_us),
			    phase_name[longest]);
	}
}

static void cert_words(const struct row *row, int64_t now_ms, char out[DETAIL_MAX])
{
	int days = row_cert_days(row, now_ms);
	char date[FORMAT_MAX];

	if (days == INT_MIN)
		return;
	format_stamp(date, row->cert.chain_not_after_ms, STAMP_DATE, true, now_ms);
	text_format(out, DETAIL_MAX, "%s %d day%s%s, %s", days < 0 ? "expired" : "expires in",
		    abs(days), abs(days) == 1 ? "" : "s", days < 0 ? " ago" : "", date);
}

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
	if ((state == STATE_NEW || state == STATE_UP) && row->has_last &&
	    sample_is_failure(&row->last)) {
		line->word = "FAIL";
		line->role = CELL_DOWN;
	} else if (state == STATE_UP && row->verdict.load.level >= LOAD_ELEVATED) {
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

	*line = (struct snapshot_line){.row = row};
	if (verdict->detail[0] != '\0')
		text_copy(line->detail, sizeof line->detail, verdict->detail);
	else if (verdict->load.level >= LOAD_ELEVATED)
		text_copy(line->detail, sizeof line->detail, verdict->load.evidence);
	else if (verdict->state == STATE_SLOW)
		slow_words(row, line->detail);
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
		if (!(sorted[i]->verdict.warnings & WARN_TLS_EXPIRING))
			continue;
		lines[n] = (struct snapshot_line){
			.row = sorted[i], .word = "CERT", .role = CELL_CERT, .cert = true};
		cert_words(sorted[i], now_ms, lines[n++].detail);
	}
	for (size_t i = 0; i < rows->count; i++)
		n += !fill_line(sorted[i], &lines[n]);
	free(sorted);
	*count = n;
	return lines;
}
