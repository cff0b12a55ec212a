/*
 * The snapshot as a trace: every sample that the store still holds, in the order in which they
 * began, in the format that `webmon replay` reads. Samples spoilt by our own trouble are left
 * out, because a trace has no word for them and a reader would take them for the target's.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "face/snapshot.h"
#include "face/snapshot_formats.h"
#include "face/trace.h"

struct entry {
	struct sample sample;
	const struct target *target;
	size_t order; /* as it came */
};

struct trace {
	struct entry *entries;
	size_t count;
};

static void collect(const struct snapshot *snapshot, size_t index, struct trace *trace)
{
	size_t capacity = store_ring_capacity(snapshot->store, index);
	struct sample *samples = x_calloc(capacity + 1, sizeof *samples);
	size_t count = store_samples(snapshot->store, index, 0, samples, capacity, NULL);

	trace->entries =
		x_realloc(trace->entries, (trace->count + count + 1) * sizeof *trace->entries);
	for (size_t i = 0; i < count; i++) {
		if (samples[i].flags & SAMPLE_TAINTED)
			continue;
		trace->entries[trace->count] = (struct entry){
			samples[i],
			&snapshot->config->targets[index],
			trace->count,
		};
		trace->count++;
	}
	free(samples);
}

static int compare_start(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	if (a->sample.at_ms != b->sample.at_ms)
		return a->sample.at_ms < b->sample.at_ms ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

/* Quoted where it must be: names may hold commas. */
static void print_name(FILE *out, const char *name)
{
	if (strpbrk(name, ",\"") == NULL) {
		fprintf(out, "%s,", name);
		return;
	}
	trace_print_quoted(out, name);
	fputc(',', out);
}

void snapshot_csv(const struct snapshot *snapshot, FILE *out)
{
	const struct target *first = snapshot->config->targets;
	bool several = snapshot->config->target_count > 1;
	struct trace trace = {0};

	if (snapshot->config->target_count == 0)
		return;
	for (size_t i = 0; i < snapshot->config->target_count; i++)
		collect(snapshot, i, &trace);
	qsort(trace.entries, trace.count, sizeof *trace.entries, compare_start);

	trace_print_head(out, first, several);
	for (size_t i = 0; i < trace.count; i++) {
		if (several)
			print_name(out, trace.entries[i].target->name);
		trace_print(out, trace.entries[i].target, &trace.entries[i].sample,
			    trace.entries[0].sample.at_ms);
	}
	free(trace.entries);
}
