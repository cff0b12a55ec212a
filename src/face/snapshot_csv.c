/*
 * The snapshot as a trace: every sample that the store still holds, in the order in which they
 * began, in the format that `webmon replay` reads. Samples spoilt by our own trouble are left
 * out, because a trace has no word for them and a reader would take them for the target's.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "face/snapshot.h"
#include "face/snapshot_formats.h"

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

/*
 * The trace format's few words; a whole answer is "none", whatever its status. Not named:
 * "other".
 */
static const char *const error_table[CLASS_COUNT] = {
	[CLASS_OK] = "none",	       [CLASS_HTTP_STATUS] = "none", [CLASS_BODY_MISMATCH] = "none",
	[CLASS_DNS] = "dns",	       [CLASS_REFUSED] = "refused",  [CLASS_RESET] = "reset",
	[CLASS_EMPTY_REPLY] = "empty",
};

static const char *error_word(enum probe_class cls)
{
	if (class_is_timeout(cls))
		return "timeout";
	if (class_is_tls(cls))
		return "tls";
	return error_table[cls] != NULL ? error_table[cls] : "other";
}

static void print_ms(FILE *out, int32_t us)
{
	if (us >= 0)
		fprintf(out, "%.3f", (double)us / 1000);
	fputc(',', out);
}

/* Quoted where it must be: names may hold commas. */
static void print_name(FILE *out, const char *name)
{
	if (strpbrk(name, ",\"") == NULL) {
		fprintf(out, "%s,", name);
		return;
	}
	fputc('"', out);
	for (; *name != '\0'; name++) {
		if (*name == '"')
			fputc('"', out);
		fputc(*name, out);
	}
	fputs("\",", out);
}

static void print_entry(FILE *out, const struct entry *entry, int64_t first_ms)
{
	const struct sample *sample = &entry->sample;
	bool plain = entry->target->scheme == SCHEME_HTTP || entry->target->scheme == SCHEME_TCP;
	int32_t tls_us = sample->phase_us[PHASE_TLS];

	/* of plain http the format wants 0 once the connection stood */
	if (plain && tls_us < 0 && sample->phase_us[PHASE_CONNECT] >= 0)
		tls_us = 0;
	fprintf(out, "%.3f,", (double)(sample->at_ms - first_ms) / 1000);
	print_ms(out, sample->phase_us[PHASE_DNS]);
	print_ms(out, sample->phase_us[PHASE_CONNECT]);
	print_ms(out, tls_us);
	print_ms(out, sample->phase_us[PHASE_WAIT]);
	print_ms(out, sample->phase_us[PHASE_TRANSFER]);
	print_ms(out, sample->total_us);
	fprintf(out, "%u,%s,%" PRIu32 ",%.3f\n", sample->status, error_word(sample->cls),
		sample->bytes, (double)sample->lag_us / 1000);
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

	fprintf(out, "#webmon-trace 1 interval_s=%g timeout_s=%g scheme=%s\n",
		(double)first->interval_ms / 1000, (double)first->timeout_ms / 1000,
		first->scheme == SCHEME_HTTPS || first->scheme == SCHEME_TLS ? "https" : "http");
	fprintf(out,
		"%st,dns_ms,connect_ms,tls_ms,first_ms,recv_ms,total_ms,status,error,bytes,lag_"
		"ms\n",
		several ? "target," : "");
	for (size_t i = 0; i < trace.count; i++) {
		if (several)
			print_name(out, trace.entries[i].target->name);
		print_entry(out, &trace.entries[i], trace.entries[0].sample.at_ms);
	}
	free(trace.entries);
}
