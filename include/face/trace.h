#ifndef WEBMON_FACE_TRACE_H
#define WEBMON_FACE_TRACE_H
/*
 * Samples as traces, the format that `webmon replay` reads: the words of a line, and a file a
 * target that grows as samples come. One thread.
 */
#include <stdio.h>

#include "model/config.h"
#include "store/store.h"

/* The two lines at the top; several: with a column for the target's name. */
void trace_print_head(FILE *out, const struct target *target, bool several);
/* One sample's line, its time from first_ms on. */
void trace_print(FILE *out, const struct target *target, const struct sample *sample,
		 int64_t first_ms);

/* A text between quotes, as CSV has it (RFC 4180): a quote inside is doubled. */
void trace_print_quoted(FILE *out, const char *text);

struct trace_files;

/*
 * FOLDER/NAME.csv for each target, made where they are missing and gone on with where they are not.
 * Samples from now on. config and store are borrowed. Returns new, or NULL with why.
 */
struct trace_files *trace_files_new(const struct config *config, const struct store *store,
				    const char *folder, char why[200]);
/*
 * After a reload: goes on where these have got to, instead of from now on. The store has carried
 * its samples over with their numbers; a target that was not among them is new, and has its samples
 * from the first on.
 */
void trace_files_go_on(struct trace_files *files, const struct trace_files *before);
/* Appends what is new. False with why where a file could not be written. */
bool trace_files_write(struct trace_files *files, char why[200]);
/* NULL: nothing to do. */
void trace_files_free(struct trace_files *files);

#endif
