#ifndef WEBMON_FACE_SNAPSHOT_LINES_H
#define WEBMON_FACE_SNAPSHOT_LINES_H
/*
 * The lines of a table snapshot, trouble first: which rows, under which word, with what to say.
 * Main thread.
 */
#include "face/column.h"

struct snapshot_line {
	const struct row *row; /* borrowed of the rows */
	const char *word;
	enum cell_role role;
	bool cert; /* of the certificate alone: no times */
	char detail[256];
};

/* Returns new (free()), *count of them. */
struct snapshot_line *snapshot_lines(const struct rows *rows, int64_t now_ms, size_t *count);

#endif
