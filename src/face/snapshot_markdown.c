/*
 * The snapshot as Markdown: a table that issue trackers, wikis and chats show as one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "face/snapshot.h"
#include "face/snapshot_formats.h"
#include "face/snapshot_lines.h"

/* What a server wrote must stay words: no table's bar, no link, no HTML, no emphasis. */
static void put_words(const char *words, FILE *out)
{
	for (; *words != '\0'; words++) {
		if (*words == '<')
			fputs("&lt;", out);
		else if (*words == '&')
			fputs("&amp;", out);
		else if (strchr("\\`*_[]|~#", *words) != NULL)
			fprintf(out, "\\%c", *words);
		else
			fputc(*words == '\n' ? ' ' : *words, out);
	}
}

static void put_cell(const struct snapshot_line *line, enum column_id column,
		     const struct column_view *view, FILE *out)
{
	struct cell cell = {.role = CELL_PLAIN};

	if (!line->cert)
		column_table[column].cell(line->row, view, &cell);
	fputs(" ", out);
	put_words(cell.text[0] != '\0' ? cell.text : "–", out);
	if (column == COLUMN_UP && cell.text[0] >= '0' && cell.text[0] <= '9')
		fputc('%', out);
	fputs(" |", out);
}

static void put_line(const struct snapshot_line *line, const struct column_view *view, FILE *out)
{
	static const enum column_id columns[] = {COLUMN_RESULT, COLUMN_LAST, COLUMN_P95, COLUMN_UP,
						 COLUMN_FOR};
	bool loud = line->role == CELL_DOWN || line->role == CELL_SLOW || line->role == CELL_CERT;

	fprintf(out, "| %s%s%s | ", loud ? "**" : "", line->word, loud ? "**" : "");
	put_words(line->row->target->name, out);
	fputs(" |", out);
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		put_cell(line, columns[i], view, out);
	fputc(' ', out);
	put_words(line->detail, out);
	fputs(" |\n", out);
}

/* Indented by four: no sign in it can end such a block, as it could a fenced one. */
static void put_block(const char *lines, FILE *out)
{
	while (*lines != '\0') {
		size_t size = strcspn(lines, "\n");

		fprintf(out, "    %.*s\n", (int)size, lines);
		lines += size + (lines[size] == '\n');
	}
}

static void put_evidence(const struct snapshot *snapshot, const struct row *row, FILE *out)
{
	struct evidence found;
	char stamp[FORMAT_MAX];

	if (!snapshot_evidence(snapshot, row, &found))
		return;
	format_stamp(stamp, found.sample.at_ms, STAMP_ISO, true, found.sample.at_ms);
	fputs("\n### ", out);
	put_words(row->target->name, out);
	fprintf(out, ", %s\n\n", stamp);
	put_block(found.text + found.detail, out);
	put_block(found.text + found.request, out);
	put_block(found.text + found.status_line, out);
	put_block(found.text + found.headers, out);
	put_block(found.text + found.body, out);
}

void snapshot_markdown(const struct snapshot *snapshot, FILE *out)
{
	const struct column_view view = {.now_ms = snapshot_present_ms(snapshot),
					 .now_mono_us = clock_mono_us()};
	struct tally tally = rows_tally(snapshot->rows);
	struct snapshot_line *lines;
	char stamp[FORMAT_MAX];
	size_t count;

	format_stamp(stamp, clock_wall_ms(), STAMP_ISO, true, 0);
	fprintf(out, "**webmon %s**, %.10s %.8s UTC: %u target%s, %u down, %u slow, %u up",
		WEBMON_VERSION, stamp, stamp + 11, tally.targets, tally.targets == 1 ? "" : "s",
		tally.down, tally.slow, tally.up);
	if (tally.outdated > 0)
		fprintf(out, ", %u not known", tally.unknown);
	fputs("\n\n", out);
	fputs("| State | Target | Result | Last ms | p95 ms | Up 24 h | For | Detail |\n"
	      "|---|---|---|--:|--:|--:|--:|---|\n",
	      out);
	lines = snapshot_lines(snapshot->rows, view.now_ms, &count);
	for (size_t i = 0; i < count; i++)
		put_line(&lines[i], &view, out);
	free(lines);
	for (size_t i = 0; i < snapshot->rows->count; i++)
		put_evidence(snapshot, &snapshot->rows->items[i], out);
}
