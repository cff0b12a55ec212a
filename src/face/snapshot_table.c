/*
 * The snapshot as a table for people: trouble first, columns as wide as their contents, the last
 * one cut to the width.
 *
 * Which lines there are is decided by face/snapshot_lines; their cells come out of the table of
 * columns, as on the screen.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "face/snapshot.h"
#include "face/snapshot_formats.h"
#include "face/snapshot_lines.h"

#define TEXT_MAX     256 /* of one field */
#define DETAIL_LEAST 22	 /* columns of words that others make room for */
#define DETAIL_FAIR  8	 /* fewer are not worth having */
#define NAME_FAIR    20	 /* columns of a name that are given up first */
#define NAME_LEAST   4
#define BODY_LINES   20 /* of the excerpt; JSON has all of it */
#define GAP	     2

enum field {
	FIELD_STATE,
	FIELD_TARGET,
	FIELD_RESULT,
	FIELD_LAST,
	FIELD_P95,
	FIELD_UP,
	FIELD_FOR,
	FIELD_DETAIL,
	FIELD_COUNT
};

struct field_info {
	const char *title;
	enum column_id column; /* COLUMN_COUNT: made here */
	bool right;
};

/* clang-format off */
static const struct field_info field_table[FIELD_COUNT] = {
	[FIELD_STATE]  = { "STATE",  COLUMN_COUNT,  false },
	[FIELD_TARGET] = { "TARGET", COLUMN_TARGET, false },
	[FIELD_RESULT] = { "RESULT", COLUMN_RESULT, false },
	[FIELD_LAST]   = { "LAST",   COLUMN_LAST,   true },
	[FIELD_P95]    = { "P95",    COLUMN_P95,    true },
	[FIELD_UP]     = { "UP 24H", COLUMN_UP,     true },
	[FIELD_FOR]    = { "FOR",    COLUMN_FOR,    false },
	[FIELD_DETAIL] = { "DETAIL", COLUMN_COUNT,  false },
};
/* clang-format on */

struct table {
	const struct snapshot *snapshot;
	FILE *out;
	struct column_view view;
	struct snapshot_line *lines;
	size_t count;
	int width[FIELD_COUNT]; /* 0: left out */
};

static const char *absent(const struct table *table)
{
	return table->snapshot->ascii ? "-" : "—";
}

/* Replaces in place what a terminal without UTF-8 cannot show. Never longer than before. */
static void fold_ascii(char *text)
{
	static const struct {
		uint32_t character;
		char plain;
	} table[] = {{0x2026, '~'}, {0x2014, '-'}, {0x2022, '*'},
		     {0xd7, 'x'},   {0xb7, '.'},   {0xa0, ' '}};
	char *to = text;
	uint32_t character;
	int size;

	while ((size = text_decode(text, &character)) > 0) {
		char plain = character < 0x80 ? (char)character : '?';

		for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
			if (table[i].character == character)
				plain = table[i].plain;
		}
		*to++ = plain;
		text += size;
	}
	*to = '\0';
}

/* ---- fields ---- */

static enum cell_role field_text(const struct table *table, const struct snapshot_line *line,
				 enum field field, char out[TEXT_MAX])
{
	const struct field_info *info = &field_table[field];
	struct cell cell = {.role = CELL_PLAIN};

	if (field == FIELD_STATE) {
		text_copy(out, TEXT_MAX, line->word);
		return line->role;
	}
	if (field == FIELD_DETAIL) {
		text_copy(out, TEXT_MAX, line->detail);
	} else if (line->cert && field != FIELD_TARGET) {
		text_copy(out, TEXT_MAX, absent(table));
	} else if (field == FIELD_TARGET) {
		text_copy(out, TEXT_MAX, line->row->target->name); /* a cell would cut it */
	} else {
		column_table[info->column].cell(line->row, &table->view, &cell);
		text_copy(out, TEXT_MAX, cell.text[0] != '\0' ? cell.text : absent(table));
		if (field == FIELD_UP && cell.text[0] >= '0' && cell.text[0] <= '9')
			text_format(out, TEXT_MAX, "%s%%", cell.text);
	}
	if (table->snapshot->ascii)
		fold_ascii(out);
	return field == FIELD_RESULT ? cell.role : CELL_PLAIN;
}

static int used_width(const struct table *table)
{
	int used = 0;

	for (int i = 0; i < FIELD_DETAIL; i++)
		used += table->width[i] > 0 ? table->width[i] + GAP : 0;
	return used;
}

/* Takes from the name's width what is over the room, down to `least`. */
static void narrow_name(struct table *table, int room, int least)
{
	int *name = &table->width[FIELD_TARGET];
	int over = used_width(table) - room;

	if (over > 0 && *name > least)
		*name = *name - over > least ? *name - over : least;
}

static int lesser(int a, int b)
{
	return a < b ? a : b;
}

/* Narrows long names for up to half the width of words, then leaves columns out until those have
 * the least room. */
static void make_room(struct table *table)
{
	static const enum field order[] = {FIELD_P95, FIELD_UP, FIELD_FOR, FIELD_LAST};
	int *detail = &table->width[FIELD_DETAIL];
	int width = table->snapshot->width;
	int room = width - lesser(*detail, DETAIL_LEAST);

	narrow_name(table, lesser(room, width - lesser(*detail, width / 2)), NAME_FAIR);
	for (size_t i = 0; i < sizeof order / sizeof *order && used_width(table) > room; i++)
		table->width[order[i]] = 0;
	narrow_name(table, width + GAP, NAME_LEAST);
	if (*detail > width - used_width(table))
		*detail = width - used_width(table) >= DETAIL_FAIR ? width - used_width(table) : 0;
}

static void measure(struct table *table)
{
	char text[TEXT_MAX];

	for (int field = 0; field < FIELD_COUNT; field++) {
		int *width = &table->width[field];

		*width = field == FIELD_DETAIL ? 0 : text_width(field_table[field].title);
		for (size_t i = 0; i < table->count; i++) {
			int own;

			field_text(table, &table->lines[i], (enum field)field, text);
			own = text_width(text);
			if (own > *width)
				*width = own;
		}
	}
	make_room(table);
}

/* ---- printing ---- */

/* One colour for each role, the terminal's own sixteen. */
static const char *const role_sgr[] = {
	[CELL_PLAIN] = "",   [CELL_DIM] = "",	 [CELL_STRONG] = "1",
	[CELL_UP] = "32",    [CELL_SLOW] = "33", [CELL_DOWN] = "1;31",
	[CELL_PAUSED] = "2", [CELL_CERT] = "33", [CELL_STALE] = "2",
};

static void put_colored(const struct table *table, const char *text, enum cell_role role)
{
	if (table->snapshot->color && role_sgr[role][0] != '\0')
		fprintf(table->out, "\033[%sm%s\033[0m", role_sgr[role], text);
	else
		fputs(text, table->out);
}

/* Blanks stand before a field, never at a line's end; *owed counts those not yet written. */
static void put_field(const struct table *table, enum field field, const char *text,
		      enum cell_role role, int *owed)
{
	char fitted[TEXT_MAX];
	int width = table->width[field];
	int used;

	if (width <= 0)
		return;
	used = text_fit(fitted, sizeof fitted, text, width,
			field == FIELD_TARGET ? CUT_MIDDLE : CUT_END, table->snapshot->ascii);
	if (used > 0) {
		fprintf(table->out, "%*s", *owed + (field_table[field].right ? width - used : 0),
			"");
		put_colored(table, fitted, role);
		*owed = 0;
	}
	*owed += (used > 0 && field_table[field].right ? 0 : width - used) + GAP;
}

/* At most `most` lines; says how many more there are. */
static void put_evidence_lines(const struct table *table, const char *mark, const char *lines,
			       int most)
{
	char line[EVIDENCE_TEXT_MAX];
	int number = 0;

	while (*lines != '\0') {
		size_t size = strcspn(lines, "\n");

		memcpy(line, lines, size);
		line[size] = '\0';
		if (table->snapshot->ascii)
			fold_ascii(line);
		if (number++ < most)
			fprintf(table->out, "    %s%s%s\n", mark,
				size > 0 && mark[0] != '\0' ? " " : "", line);
		lines += size + (lines[size] == '\n');
	}
	if (number > most)
		fprintf(table->out, "    %s (%d more lines)\n", mark, number - most);
}

static void put_evidence(const struct table *table, const struct snapshot_line *line)
{
	struct evidence found;
	char stamp[FORMAT_MAX], head[TEXT_MAX];

	if (line->cert || !snapshot_evidence(table->snapshot, line->row, &found))
		return;
	format_stamp(stamp, found.sample.at_ms, STAMP_ISO, true, found.sample.at_ms);
	text_format(head, sizeof head, "%s%s%s", stamp,
		    found.text[found.address] != '\0' ? " from " : "", found.text + found.address);
	put_evidence_lines(table, "", head, INT_MAX);
	put_evidence_lines(table, "", found.text + found.detail, INT_MAX);
	put_evidence_lines(table, "", found.text + found.curl, INT_MAX);
	put_evidence_lines(table, ">", found.text + found.request, INT_MAX);
	put_evidence_lines(table, "<", found.text + found.status_line, INT_MAX);
	put_evidence_lines(table, "<", found.text + found.headers, INT_MAX);
	put_evidence_lines(table, "|", found.text + found.body, BODY_LINES);
	put_evidence_lines(table, "~", found.text + found.changes, INT_MAX);
	put_evidence_lines(table, "$", found.text + found.command, INT_MAX);
	fputc('\n', table->out);
}

static void put_line(const struct table *table, const struct snapshot_line *line)
{
	char text[TEXT_MAX];
	int owed = 0;

	for (int field = 0; field < FIELD_COUNT; field++) {
		enum cell_role role = field_text(table, line, (enum field)field, text);

		put_field(table, (enum field)field, text, role, &owed);
	}
	fputc('\n', table->out);
	put_evidence(table, line);
}

static void put_titles(const struct table *table)
{
	int owed = 0;

	for (int field = 0; field < FIELD_COUNT; field++)
		put_field(table, (enum field)field, field_table[field].title, CELL_STRONG, &owed);
	fputc('\n', table->out);
}

/* "49 targets: 2 down, 2 slow, 44 up, 1 paused". */
static void count_words(const struct tally *tally, char out[TEXT_MAX])
{
	const struct {
		unsigned count;
		const char *word;
	} parts[] = {
		{tally->down, "down"},
		{tally->loaded, "loaded"},
		{tally_slow_calm(tally), "slow"},
		{tally->unknown, "not known"},
		{tally_up_calm(tally), "up"},
		{tally->paused, "paused"},
	};
	size_t length = text_format(out, TEXT_MAX, "%u target%s", tally->targets,
				    tally->targets == 1 ? "" : "s");
	const char *join = ": ";

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (parts[i].count == 0)
			continue;
		length += text_format(out + length, TEXT_MAX - length, "%s%u %s", join,
				      parts[i].count, parts[i].word);
		join = ", ";
	}
}

static const char *status_words(const struct tally *tally)
{
	switch (tally_exit_status(tally)) {
	case 0:
		return "all targets are up";
	case 2:
		return "at least one target is down";
	case 3:
		return "nobody checks any more";
	default:
		break;
	}
	if (tally->slow > 0)
		return "at least one target is slow";
	if (tally->loaded > 0)
		return "at least one target is loaded";
	if (tally->certs > 0)
		return "at least one certificate ends soon";
	return "at least one target is not known";
}

/* Two halves on one line where they fit, else on two. */
static void put_pair(const struct table *table, const char *first, const char *joint,
		     const char *second)
{
	bool fits = text_width(first) + text_width(second) + text_width(joint) <=
		    table->snapshot->width;

	fprintf(table->out, "%s%s%s\n", first, fits ? joint : "\n", second);
}

static void put_head(const struct table *table, const struct tally *tally)
{
	const char *source = snapshot_source(table->snapshot);
	char stamp[FORMAT_MAX], counts[TEXT_MAX], head[TEXT_MAX];

	format_stamp(stamp, clock_wall_ms(), STAMP_ISO, true, 0);
	count_words(tally, counts);
	text_format(head, sizeof head, "webmon %s  %s%s%.10s %.8s UTC", WEBMON_VERSION, source,
		    source[0] != '\0' ? "  " : "", stamp, stamp + 11);
	put_pair(table, head, "   ", counts);
}

void snapshot_table(const struct snapshot *snapshot, FILE *out)
{
	struct tally tally = rows_tally(snapshot->rows);
	struct table table = {
		.snapshot = snapshot,
		.out = out,
		.view = {.ascii = snapshot->ascii,
			 .now_ms = snapshot_present_ms(snapshot),
			 .now_mono_us = clock_mono_us()},
	};
	char status[TEXT_MAX];

	table.lines = snapshot_lines(snapshot->rows, table.view.now_ms, &table.count);
	measure(&table);
	put_head(&table, &tally);
	fputc('\n', out);
	put_titles(&table);
	for (size_t i = 0; i < table.count; i++)
		put_line(&table, &table.lines[i]);
	fputc('\n', out);
	if (snapshot->for_show)
		text_copy(status, sizeof status, status_words(&tally));
	else
		text_format(status, sizeof status, "exit status %d: %s", tally_exit_status(&tally),
			    status_words(&tally));
	put_pair(&table, "times in ms; last and p95 (1 h) of good answers", "; ", status);
	free(table.lines);
}
