/*
 * The snapshot as OpenMetrics: the page that /metrics would give, with what the store holds as
 * counters.
 */
#include <stdlib.h>

#include "face/metrics_text.h"
#include "face/snapshot.h"
#include "face/snapshot_formats.h"

void snapshot_openmetrics(const struct snapshot *snapshot, FILE *out)
{
	struct metrics_page page = {.format = METRICS_OPENMETRICS};
	struct metrics_count *count = metrics_count_new(snapshot->config, snapshot->store, true);
	struct metrics_text *text = metrics_text_new(snapshot->config, snapshot->store, count);

	metrics_text_end(text, &snapshot->ending);
	metrics_count_follow(count);
	metrics_text_write(text, &page);
	fwrite(page.text, 1, page.length, out);
	free(page.text);
	metrics_text_free(text);
	metrics_count_free(count);
}
