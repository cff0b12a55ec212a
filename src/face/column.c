/*
 * The columns: what each shows, how it is compared, and what the number is. Screen, sort menu and
 * snapshot are made from this one table.
 */
#include "face/column.h"

#include <limits.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"

#define LENGTH_WIDTH 6
/* A probe under way longer than this (or 4 x usual) counts up on the screen */
#define HANGING_US 1000000

/* "●" "▲" "✗" "‖" "◌", ASCII ". ! X = ?". */
static const char *state_sign(enum state state, bool ascii)
{
	static const char *const sign[STATE_COUNT][2] = {
		[STATE_NEW] = {"◌", "?"},     [STATE_UP] = {"●", "."},
		[STATE_SLOW] = {"▲", "!"},    [STATE_DOWN] = {"✗", "X"},
		[STATE_UNKNOWN] = {"◌", "?"}, [STATE_PAUSED] = {"‖", "="},
	};

	return sign[state][ascii];
}

enum cell_role state_role(enum state state)
{
	static const enum cell_role role[STATE_COUNT] = {
		[STATE_NEW] = CELL_PAUSED,    [STATE_UP] = CELL_UP,
		[STATE_SLOW] = CELL_SLOW,     [STATE_DOWN] = CELL_DOWN,
		[STATE_UNKNOWN] = CELL_STALE, [STATE_PAUSED] = CELL_PAUSED,
	};

	return role[state];
}

/* Loud where the target is in trouble, quiet where it is well. */
static enum cell_role trouble_role(const struct row *row, enum cell_role otherwise)
{
	switch (row->verdict.state) {
	case STATE_DOWN:
		return CELL_DOWN;
	case STATE_SLOW:
		return CELL_SLOW;
	case STATE_PAUSED:
		return CELL_PAUSED;
	case STATE_NEW:
	case STATE_UP:
	case STATE_UNKNOWN:
	case STATE_COUNT:
		break;
	}
	return otherwise;
}

static void put_ms(struct cell *out, int32_t us, bool ascii)
{
	char text[FORMAT_MAX];

	format_ms_cell(text, us, ascii);
	text_copy(out->text, sizeof(out->text), text);
}

static void cell_sign(const struct row *row, const struct column_view *view, struct cell *out)
{
	if (row_is_loaded(row)) {
		text_copy(out->text, sizeof(out->text), view->ascii ? "^" : "◆");
		out->role = CELL_SLOW;
		return;
	}
	text_copy(out->text, sizeof(out->text), state_sign(row->verdict.state, view->ascii));
	out->role = state_role(row->verdict.state);
}

static void cell_target(const struct row *row, const struct column_view *view, struct cell *out)
{
	(void)view;
	text_copy(out->text, sizeof(out->text), row->target->name);
	out->role = row->verdict.state == STATE_DOWN || row->verdict.state == STATE_SLOW
			    ? CELL_STRONG
			    : CELL_PLAIN;
}

static void cell_result(const struct row *row, const struct column_view *view, struct cell *out)
{
	char result[16];

	row_result(row, result);
	text_copy(out->text, sizeof(out->text),
		  view->ascii && strcmp(result, "…") == 0 ? "~" : result);
	out->role = trouble_role(row, CELL_DIM);
	/* one failed check is no outage yet, but it is no secret either */
	if (row->has_last && sample_is_failure(&row->last) && row->verdict.state != STATE_PAUSED)
		out->role = CELL_DOWN;
}

/* "3s…" once a probe hangs longer than it should. */
static bool put_hanging(const struct row *row, const struct column_view *view, struct cell *out)
{
	int64_t age = view->now_mono_us - row->in_flight_since_us;
	int64_t limit = row->verdict.usual_us > 0 ? 4 * (int64_t)row->verdict.usual_us : 0;

	if (!row->in_flight_since_us || age < HANGING_US || age < limit)
		return false;
	text_format(out->text, sizeof(out->text), "%llds%s", (long long)(age / 1000000),
		    view->ascii ? "~" : "…");
	out->role = CELL_SLOW;
	return true;
}

static void cell_last(const struct row *row, const struct column_view *view, struct cell *out)
{
	if (put_hanging(row, view, out))
		return;
	put_ms(out, row->verdict.state == STATE_PAUSED ? ABSENT_US : row->verdict.last_us,
	       view->ascii);
	out->role = row->verdict.state == STATE_SLOW ? CELL_SLOW : CELL_PLAIN;
}

static void cell_p50(const struct row *row, const struct column_view *view, struct cell *out)
{
	put_ms(out, row->stats.p50_us, view->ascii);
	out->role = CELL_DIM;
}

static void cell_p95(const struct row *row, const struct column_view *view, struct cell *out)
{
	put_ms(out, row->stats.p95_us, view->ascii);
	out->role = CELL_DIM;
}

void column_load_text(const struct load_verdict *load, bool ascii, char *out, size_t capacity)
{
	static const char *const cause[] = {
		[LOAD_NONE] = "",   [LOAD_SERVER] = "srv", [LOAD_NETWORK] = "net",
		[LOAD_DNS] = "dns", [LOAD_CLIENT] = "me",
	};
	const char *times = ascii ? "x" : "×";
	double ratio = (double)load->ratio;

	if (ratio <= 0) /* told by failures, 429 and the like, which are no latency */
		text_copy(out, capacity, load->cause == LOAD_CLIENT ? "me" : "err");
	else if (ratio < 999.5)
		text_format(out, capacity, ratio < 9.95 ? "%.1f%s %s" : "%.0f%s %s", ratio, times,
			    cause[load->cause]);
	else
		text_format(out, capacity, "%.0fk%s %s", ratio / 1000, times, cause[load->cause]);
}

static void cell_load(const struct row *row, const struct column_view *view, struct cell *out)
{
	out->role = CELL_SLOW;
	out->text[0] = '\0';
	if (row_is_loaded(row))
		column_load_text(&row->verdict.load, view->ascii, out->text, sizeof(out->text));
}

static void cell_up(const struct row *row, const struct column_view *view, struct cell *out)
{
	char text[FORMAT_MAX];

	format_percent(text, row->good_24h, row->good_24h + row->failed_24h, view->ascii);
	text_copy(out->text, sizeof(out->text), text);
	out->role = trouble_role(row, CELL_DIM) == CELL_DIM ? CELL_DIM : CELL_PLAIN;
}

void column_fit_length(char *text)
{
	char *blank = strchr(text, ' ');

	if (blank && strlen(text) > LENGTH_WIDTH)
		*blank = '\0';
}

static void cell_for(const struct row *row, const struct column_view *view, struct cell *out)
{
	char text[FORMAT_MAX];

	out->role = trouble_role(row, CELL_DIM) == CELL_DIM && !row_is_loaded(row) ? CELL_DIM
										   : CELL_PLAIN;
	if (!row_since_ms(row)) {
		text_copy(out->text, sizeof(out->text), "");
		return;
	}
	format_length(text, view->now_ms - row_since_ms(row));
	column_fit_length(text);
	text_copy(out->text, sizeof(out->text), text);
}

static void cell_cert(const struct row *row, const struct column_view *view, struct cell *out)
{
	int days = row_cert_days(row, view->now_ms);

	out->role = CELL_DIM;
	if (days == INT_MIN) {
		out->text[0] = '\0';
		return;
	}
	text_format(out->text, sizeof(out->text), "%dd", days);
	if (days < row->target->expect_cert_days || (!row->cert.verified && row->cert.problem[0]))
		out->role = CELL_CERT;
}

static void cell_group(const struct row *row, const struct column_view *view, struct cell *out)
{
	(void)view;
	text_copy(out->text, sizeof(out->text), row->target->group);
	out->role = CELL_DIM;
}

static void cell_detail(const struct row *row, const struct column_view *view, struct cell *out)
{
	(void)view;
	text_copy(out->text, sizeof(out->text), row->verdict.detail);
	out->role = CELL_PLAIN;
}

static int order(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_target(const struct row *a, const struct row *b)
{
	return strcmp(a->target->name, b->target->name);
}

static int compare_result(const struct row *a, const struct row *b)
{
	if (a->last.cls != b->last.cls)
		return order((int)b->last.cls, (int)a->last.cls);
	return order(b->last.status, a->last.status);
}

static int compare_last(const struct row *a, const struct row *b)
{
	return order(b->verdict.last_us, a->verdict.last_us);
}

static int compare_p50(const struct row *a, const struct row *b)
{
	return order(b->stats.p50_us, a->stats.p50_us);
}

static int compare_p95(const struct row *a, const struct row *b)
{
	return order(b->stats.p95_us, a->stats.p95_us);
}

static int compare_load(const struct row *a, const struct row *b)
{
	const struct load_verdict *load_a = &a->verdict.load, *load_b = &b->verdict.load;

	if (load_a->level != load_b->level)
		return load_a->level > load_b->level ? -1 : 1;
	return load_a->ratio > load_b->ratio ? -1 : load_a->ratio < load_b->ratio;
}

/* Least available first; never measured last. In parts per million, so that it stays an integer. */
static int64_t availability_ppm(const struct row *row)
{
	uint64_t total = row->good_24h + row->failed_24h;

	return total ? (int64_t)(row->good_24h * 1000000 / total) : 1000001;
}

static int compare_up(const struct row *a, const struct row *b)
{
	return order(availability_ppm(a), availability_ppm(b));
}

static int compare_for(const struct row *a, const struct row *b)
{
	return order(row_since_ms(b), row_since_ms(a));
}

static int compare_cert(const struct row *a, const struct row *b)
{
	int64_t end_a = a->cert.seen ? a->cert.chain_not_after_ms : INT64_MAX;
	int64_t end_b = b->cert.seen ? b->cert.chain_not_after_ms : INT64_MAX;

	return order(end_a, end_b);
}

static int compare_group(const struct row *a, const struct row *b)
{
	return strcmp(a->target->group, b->target->group);
}

/* clang-format off */
const struct column column_table[COLUMN_COUNT] = {
	[COLUMN_SIGN] = {"state", "", "State: trouble first, newest first; then in the file's order.", 1, false, cell_sign,
			 row_compare_trouble, false},
	[COLUMN_TARGET] = {"target", "target", "The target's name; of a group how many targets it has.", 20, false, cell_target,
			   compare_target, false},
	[COLUMN_RESULT] = {"result", "result",
			   "Status code of the last check, or what kept it from having one; of a group the worst state and how many "
			   "targets are in it.", 8, false, cell_result, compare_result, false},
	[COLUMN_LAST] = {"last", "last ms",
			 "Total time of the last check in ms, from the first packet to the last byte; absent where it failed. 3s… "
			 "counts while a check hangs.", 7, true, cell_last, compare_last, false},
	[COLUMN_P50] = {"p50", "p50",
			"Median of the last hour's good answers in ms: the smallest time with at least half of them at or below it "
			"(nearest rank). Failed and tainted checks have no time and are left out.", 5, true, cell_p50, compare_p50,
			true},
	[COLUMN_P95] = {"p95", "p95",
			"95 % of the last hour's good answers took at most this many ms (nearest rank). Failed and tainted checks "
			"are left out. Of a group: the highest of its targets.", 5, true, cell_p95, compare_p95, true},
	[COLUMN_LOAD] = {"load", "load",
			 "Present time against the target's own usual, and where it is lost: srv server, net network or backlog, dns "
			 "look-up, err answers that speak of load, me this machine. Blank while calm.", 9, false, cell_load,
			 compare_load, false},
	[COLUMN_HISTORY] = {"history", "",
			    "The checks, newest on the right, a column a bin of time, the same for all rows. Height: the median of the "
			    "bin's good answers; a letter is a failure, … a check that hangs. Of a group: the median of its targets, each against its usual.",
			    0, false, NULL, NULL, false},
	[COLUMN_UP] = {"up", "up %",
		       "Good answers among the checks of the last 24 h, in per cent, cut and never rounded up: 100 only where "
		       "nothing failed. Tainted checks, which our own trouble has spoilt, are left out.", 5, true, cell_up,
		       compare_up, false},
	[COLUMN_FOR] = {"for", "for", "Since when the target is in this state, or under load.", 6, true, cell_for, compare_for, false},
	[COLUMN_CERT] = {"cert", "cert",
			 "Whole days until the first certificate of the chain ends, as shown at the last handshake; of a group the "
			 "fewest.", 4, true, cell_cert, compare_cert, false},
	[COLUMN_GROUP] = {"group", "group", "The target's group.", 10, false, cell_group, compare_group, false},
	[COLUMN_DETAIL] = {"detail", "detail", "What is wrong, in words.", 0, false, cell_detail, NULL, false},
};
/* clang-format on */

enum column_id column_by_name(const char *name)
{
	for (int i = 0; i < COLUMN_COUNT; i++)
		if (strcmp(column_table[i].name, name) == 0)
			return (enum column_id)i;
	return COLUMN_COUNT;
}
