/*
 * The snapshot: picks the format, and holds what the formats share. It reads rows as the screen
 * does and never computes a figure of its own.
 */
#include "face/snapshot.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "face/snapshot_formats.h"

const char *const snapshot_format_name[SNAPSHOT_FORMATS] = {
	[SNAPSHOT_TABLE] = "table",   [SNAPSHOT_JSON] = "json",
	[SNAPSHOT_CSV] = "csv",	      [SNAPSHOT_MARKDOWN] = "markdown",
	[SNAPSHOT_NAGIOS] = "nagios", [SNAPSHOT_OPENMETRICS] = "openmetrics",
};

bool snapshot_evidence(const struct snapshot *snapshot, const struct row *row,
		       struct evidence *evidence)
{
	if (!snapshot->evidence || (row->verdict.state != STATE_DOWN && row->stats.failed == 0))
		return false;
	return store_evidence(snapshot->store, row->index, EVIDENCE_BAD, evidence) &&
	       evidence->seen;
}

int64_t snapshot_present_ms(const struct snapshot *snapshot)
{
	return snapshot->ending.at_ms ? snapshot->ending.now_ms : clock_wall_ms();
}

const char *snapshot_source(const struct snapshot *snapshot)
{
	const char *file = snapshot->from != NULL ? snapshot->from : snapshot->config->file;
	const char *slash = file != NULL ? strrchr(file, '/') : NULL;

	if (file == NULL)
		return "";
	return slash != NULL ? slash + 1 : file;
}

bool snapshot_print(const struct snapshot *snapshot, FILE *out)
{
	static void (*const print[])(const struct snapshot *, FILE *) = {
		[SNAPSHOT_TABLE] = snapshot_table,   [SNAPSHOT_JSON] = snapshot_json,
		[SNAPSHOT_CSV] = snapshot_csv,	     [SNAPSHOT_MARKDOWN] = snapshot_markdown,
		[SNAPSHOT_NAGIOS] = snapshot_nagios, [SNAPSHOT_OPENMETRICS] = snapshot_openmetrics,
	};

	print[snapshot->format](snapshot, out);
	if (fflush(out) != 0)
		return false;
	if (!ferror(out))
		return true;
	errno = EIO; /* the write that failed came earlier; its errno is gone */
	return false;
}
