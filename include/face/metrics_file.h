#ifndef WEBMON_FACE_METRICS_FILE_H
#define WEBMON_FACE_METRICS_FILE_H
/*
 * Metrics as a file, for the textfile collector of Prometheus' node exporter. For face/metrics alone.
 */
#include <stdbool.h>
#include <stddef.h>

/*
 * Puts the text in the path's place as a whole: whoever reads sees the old one or the new one. Anybody may read it (mode 0644):
 * the collector runs as another user, and no secret is in it. False with why.
 */
bool metrics_file_write(const char *path, const char *text, size_t length, char why[200]);

#endif
