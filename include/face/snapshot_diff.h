#ifndef WEBMON_FACE_SNAPSHOT_DIFF_H
#define WEBMON_FACE_SNAPSHOT_DIFF_H
/*
 * What is otherwise than in an earlier JSON snapshot: states, times, certificates, targets that
 * came or went. Main thread.
 *
 * A time is otherwise where the median moved by more than a quarter and 10 ms, and by more than
 * either median lay below its 95 % value; on fewer than five good answers, by more than its own
 * double and 50 ms.
 */
#include <stdio.h>

#include "base/error.h"
#include "face/snapshot.h"

struct snapshot_diff;

/* The earlier one. Returns new, or NULL with an error. */
struct snapshot_diff *snapshot_diff_read(const char *path, struct errors *errors);
void snapshot_diff_free(struct snapshot_diff *diff);

/* As text, or as JSON where that is the snapshot's format. False where out could not be written
 * (errno). */
bool snapshot_diff_print(const struct snapshot_diff *before, const struct snapshot *now, FILE *out);

#endif
