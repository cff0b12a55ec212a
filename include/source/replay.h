#ifndef WEBMON_SOURCE_REPLAY_H
#define WEBMON_SOURCE_REPLAY_H
/*
 * Recorded samples: reads a trace, a CSV file that begins with "#webmon-trace 1 interval_s=...
 * timeout_s=... scheme=..." and has the columns t dns_ms connect_ms tls_ms first_ms recv_ms
 * total_ms status error bytes lag_ms (in any order; further ones are passed over). Any thread.
 */
#include <stddef.h>

#include "base/error.h"
#include "model/sample.h"

struct trace {
	int64_t interval_ms, timeout_ms;
	bool tls;
	struct sample *samples; /* in order of time; at_ms counts from the beginning of the trace */
	size_t count;
};

/* False after having added each mistake ("FILE:LINE: ..."); the trace is empty then. Free with
 * trace_fini(). */
bool trace_read(struct trace *trace, const char *path, struct errors *errors);
void trace_fini(struct trace *trace);

#endif
