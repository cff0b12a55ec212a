#ifndef WEBMON_FACE_SNAPSHOT_FORMATS_H
#define WEBMON_FACE_SNAPSHOT_FORMATS_H
/*
 * The formats of a snapshot, one file each: for face/snapshot alone. Each writes to out and
 * leaves its error in the stream. Main thread.
 */
#include <stdio.h>

#include "face/row.h"

struct snapshot;

void snapshot_table(const struct snapshot *snapshot, FILE *out);
void snapshot_json(const struct snapshot *snapshot, FILE *out);
void snapshot_csv(const struct snapshot *snapshot, FILE *out);
void snapshot_markdown(const struct snapshot *snapshot, FILE *out);
void snapshot_nagios(const struct snapshot *snapshot, FILE *out);
void snapshot_openmetrics(const struct snapshot *snapshot, FILE *out);

/*
 * Copies what came with the target's last failure. False where none is asked for, or the target
 * has not failed in the window and is not down, so that old troubles do not stand beside a
 * healthy target.
 */
bool snapshot_evidence(const struct snapshot *snapshot, const struct row *row,
		       struct evidence *evidence);

/* The time by which lengths up to now are told; what is known may end before it. */
int64_t snapshot_present_ms(const struct snapshot *snapshot);

/* The configuration's file without its folder, "" where there is none. */
const char *snapshot_source(const struct snapshot *snapshot);

#endif
