/*
 * Traces: the words of a line, and the files that `webmon record --trace` lets grow.
 *
 * A file is opened only while something is appended to it: a thousand targets are no thousand
 * descriptors. Its head says when its time began, so that a later run goes on with it.
 */
#include "face/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "model/names.h"

#define NAME_MAX_BYTES 120
#define HEAD_BYTES     200

/* ---- lines ---- */

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

static void print_columns(FILE *out, bool several)
{
	fprintf(out,
		"%st,dns_ms,connect_ms,tls_ms,first_ms,recv_ms,total_ms,status,error,bytes,lag_"
		"ms\n",
		several ? "target," : "");
}

static void print_setting(FILE *out, const struct target *target)
{
	fprintf(out, "#webmon-trace 1 interval_s=%g timeout_s=%g scheme=%s",
		(double)target->interval_ms / 1000, (double)target->timeout_ms / 1000,
		target_is_encrypted(target) ? "https" : "http");
}

void trace_print_head(FILE *out, const struct target *target, bool several)
{
	print_setting(out, target);
	fputc('\n', out);
	print_columns(out, several);
}

void trace_print(FILE *out, const struct target *target, const struct sample *sample,
		 int64_t first_ms)
{
	int32_t tls_us = sample->phase_us[PHASE_TLS];

	/* of plain http the format wants 0 once the connection stood */
	if (!target_is_encrypted(target) && tls_us < 0 && sample->phase_us[PHASE_CONNECT] >= 0)
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

void trace_print_quoted(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

/* ---- files ---- */

struct trace_file {
	char *path;
	uint64_t next;	  /* sample */
	int64_t first_ms; /* its time 0; 0: not known yet */
};

struct trace_files {
	const struct config *config;
	const struct store *store;
	struct trace_file *files; /* by target */
	size_t count;
	struct sample *samples;
	size_t samples_max;
};

/* Names that would be none of a file, or a hidden one, get a number by which they stay apart. */
static char *path_of(const char *folder, const char *name)
{
	char safe[NAME_MAX_BYTES];
	size_t length = text_copy(safe, sizeof safe, name);
	bool changed = name[length] != '\0' || name[0] == '.' || name[0] == '\0';

	for (char *c = safe; *c; c++) {
		if ((unsigned char)*c > ' ' && *c != '/' && (*c != '.' || c != safe))
			continue;
		*c = '_';
		changed = true;
	}
	if (changed)
		return x_asprintf("%s/%s-%08" PRIx32 ".csv", folder, safe,
				  (uint32_t)text_hash(name));
	return x_asprintf("%s/%s.csv", folder, safe);
}

struct trace_files *trace_files_new(const struct config *config, const struct store *store,
				    const char *folder, char why[200])
{
	struct trace_files *files;

	if (mkdir(folder, 0700) < 0 && errno != EEXIST) {
		text_format(why, 200, "cannot make the folder %s: %s", folder, strerror(errno));
		return NULL;
	}
	files = x_calloc(1, sizeof *files);
	files->config = config;
	files->store = store;
	files->count = config->target_count;
	files->files = x_calloc(config->target_count + 1, sizeof *files->files);
	for (size_t i = 0; i < config->target_count; i++) {
		size_t capacity = store_ring_capacity(store, i);

		files->files[i] = (struct trace_file){
			.path = path_of(folder, config->targets[i].name),
			.next = store_head(store, i),
		};
		if (capacity > files->samples_max)
			files->samples_max = capacity;
	}
	files->samples = x_calloc(files->samples_max + 1, sizeof *files->samples);
	return files;
}

void trace_files_go_on(struct trace_files *files, const struct trace_files *before)
{
	struct names *known = names_new(before->count);

	for (size_t i = 0; i < before->count; i++)
		names_add(known, before->files[i].path, i);
	for (size_t i = 0; i < files->count; i++) {
		struct trace_file *trace = &files->files[i];
		size_t place = names_find(known, trace->path);

		trace->next = place == NAMES_NONE ? 0 : before->files[place].next;
		trace->first_ms = place == NAMES_NONE ? 0 : before->files[place].first_ms;
	}
	names_free(known);
}

/* When the time of a file that was there begins; 0: it does not say. */
static int64_t began_ms(FILE *file)
{
	char head[HEAD_BYTES];
	const char *start;

	rewind(file);
	if (!fgets(head, sizeof head, file) || strncmp(head, "#webmon-trace 1 ", 16) != 0)
		return 0;
	start = strstr(head, " start_ms=");
	return start ? strtoll(start + 10, NULL, 10) : 0;
}

/* Its head is written or read; false where it is no trace of ours. */
static bool begin(struct trace_file *trace, FILE *file, const struct target *target, int64_t at_ms)
{
	struct stat status;

	if (trace->first_ms)
		return true;
	if (fstat(fileno(file), &status) == 0 && status.st_size > 0) {
		trace->first_ms = began_ms(file);
		errno = EINVAL;
		return trace->first_ms != 0 && fseek(file, 0, SEEK_END) == 0;
	}
	trace->first_ms = at_ms;
	print_setting(file, target);
	fprintf(file, " start_ms=%lld\n", (long long)at_ms);
	print_columns(file, false);
	return true;
}

/* The first so many of the scratch. */
static bool append(struct trace_files *files, size_t index, size_t count)
{
	const struct target *target = &files->config->targets[index];
	struct trace_file *trace = &files->files[index];
	int fd = open(trace->path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	FILE *file = fd >= 0 ? fdopen(fd, "a+") : NULL;
	bool well;

	if (!file) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	well = begin(trace, file, target, files->samples[0].at_ms);
	for (size_t i = 0; i < count && well; i++)
		if (!(files->samples[i].flags & SAMPLE_TAINTED))
			trace_print(file, target, &files->samples[i], trace->first_ms);
	return (fclose(file) == 0) & well;
}

bool trace_files_write(struct trace_files *files, char why[200])
{
	bool well = true;

	for (size_t i = 0; i < files->config->target_count; i++) {
		struct trace_file *trace = &files->files[i];
		size_t count = store_follow(files->store, i, &trace->next, files->samples,
					    files->samples_max, NULL);

		if (count == 0 || append(files, i, count))
			continue;
		text_format(why, 200, "trace %s: %s", trace->path,
			    errno == EINVAL ? "is there and no trace of webmon record"
					    : strerror(errno));
		well = false;
	}
	return well;
}

void trace_files_free(struct trace_files *files)
{
	if (!files)
		return;
	for (size_t i = 0; i < files->count; i++)
		free(files->files[i].path);
	free(files->files);
	free(files->samples);
	free(files);
}
