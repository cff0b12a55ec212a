/*
 * The snapshot as a plugin of Nagios, Icinga and their like prints it: one line, what is wrong in
 * words, then a bar and performance data. The exit status is the one webmon has anyway.
 *
 * Source: https://www.monitoring-plugins.org/doc/guidelines.html
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "face/snapshot.h"
#include "face/snapshot_formats.h"
#include "face/snapshot_lines.h"

#define NAMED_MAX 5 /* troubles that the line names */

/* A bar would begin the performance data, so it is none. */
static void put_words(const char *words, FILE *out)
{
	for (; *words != '\0'; words++)
		fputc(*words == '|' ? '/' : *words == '\n' ? ' ' : *words, out);
}

/* 'label'=: quotes in it are doubled, and an equals sign is not allowed. */
static void put_label(const char *name, FILE *out)
{
	fputs(" '", out);
	for (; *name != '\0'; name++) {
		if (*name == '\'')
			fputc('\'', out);
		fputc(*name == '=' || *name == '|' ? '_' : *name, out);
	}
	fputs("'=", out);
}

static bool is_trouble(const struct snapshot_line *line)
{
	return line->cert || (line->role != CELL_UP && line->role != CELL_PAUSED);
}

static void put_trouble(const struct snapshot_line *line, FILE *out)
{
	char result[16];

	row_result(line->row, result);
	put_words(line->row->target->name, out);
	fprintf(out, " %s", line->word);
	if (!line->cert && result[0] != '\0') {
		fputc(' ', out);
		put_words(result, out);
	}
	if (line->detail[0] != '\0' && !line->row->outdated) { /* that was said for all of them */
		fputs(": ", out);
		put_words(line->detail, out);
	}
}

static void put_troubles(const struct snapshot *snapshot, FILE *out)
{
	size_t count, troubles = 0;
	struct snapshot_line *lines =
		snapshot_lines(snapshot->rows, snapshot_present_ms(snapshot), &count);

	for (size_t i = 0; i < count; i++) {
		if (!is_trouble(&lines[i]) || troubles++ >= NAMED_MAX)
			continue;
		fputs(troubles == 1 ? ": " : "; ", out);
		put_trouble(&lines[i], out);
	}
	if (troubles > NAMED_MAX)
		fprintf(out, "; and %zu more", troubles - NAMED_MAX);
	free(lines);
}

/* value;warn;crit;min;max, in seconds; U where there is none. */
static void put_time(const struct row *row, FILE *out)
{
	put_label(row->target->name, out);
	if (row->verdict.last_us >= 0)
		fprintf(out, "%.6fs", (double)row->verdict.last_us / 1e6);
	else
		fputc('U', out);
	fputc(';', out);
	if (row->target->slow_us > 0)
		fprintf(out, "%.3f", (double)row->target->slow_us / 1e6);
	fprintf(out, ";;0;%.3f", (double)row->target->timeout_ms / 1e3);
}

void snapshot_nagios(const struct snapshot *snapshot, FILE *out)
{
	static const char *const word[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
	struct tally tally = rows_tally(snapshot->rows);

	fprintf(out, "WEBMON %s - ", word[tally_exit_status(&tally)]);
	if (tally.outdated > 0) {
		put_words(snapshot->ending.why, out);
		fputs("; ", out);
	}
	fprintf(out, "%u of %u up", tally.up, tally.targets);
	put_troubles(snapshot, out);
	fprintf(out, " | up=%u;;;0;%u slow=%u;;;0;%u down=%u;;;0;%u", tally.up, tally.targets,
		tally.slow, tally.targets, tally.down, tally.targets);
	for (size_t i = 0; i < snapshot->rows->count; i++)
		put_time(&snapshot->rows->items[i], out);
	fputc('\n', out);
}
