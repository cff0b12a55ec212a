#ifndef WEBMON_FACE_SNAPSHOT_H
#define WEBMON_FACE_SNAPSHOT_H
/*
 * One picture of the store, printed: the same rows and columns as the screen. Main thread.
 */
#include <stdio.h>

#include "face/ending.h"

enum snapshot_format {
	SNAPSHOT_TABLE,
	SNAPSHOT_JSON,
	SNAPSHOT_CSV,
	SNAPSHOT_MARKDOWN,
	SNAPSHOT_NAGIOS,
	SNAPSHOT_OPENMETRICS,
	SNAPSHOT_FORMATS
};

extern const char *const snapshot_format_name[SNAPSHOT_FORMATS];

struct snapshot {
	const struct config *config;
	const struct store  *store;
	const struct rows   *rows; /* refreshed, and the ending applied */
	struct ending ending;      /* of whoever wrote the store; zero: it is the present */
	const char *from;          /* the history it is of; NULL: of the configuration's targets, probed */
	enum snapshot_format format;
	bool evidence;
	bool for_show;             /* the exit status does not tell the state: it is not spoken of */
	bool ascii;
	int  width;                /* columns of the table; 80 where unknown */
	bool color;                /* escape sequences allowed (a terminal, and not NO_COLOR) */
};

/*
 * Returns false where out could not be written (errno). csv: the trace format, a target column in
 * front where there are several targets.
 */
bool snapshot_print(const struct snapshot *snapshot, FILE *out);

#endif
