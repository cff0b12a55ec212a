/*
 * webmon replay: recorded samples through the same judge that runs live, its verdict after each of
 * them on a line.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "app/modes.h"
#include "app/signals.h"
#include "face/json_value.h"
#include "face/trace.h"
#include "model/judge.h"
#include "source/replay.h"

/* One line of output: a sample and what was held of the target after it and before the next. */
struct line {
	const struct sample *sample;
	const struct verdict *verdict;
	bool first;
};

static void put_csv(const struct line *line)
{
	const struct load_verdict *load = &line->verdict->load;

	printf("%lld.%03d,%s,%s,", (long long)(line->sample->at_ms / 1000),
	       (int)(line->sample->at_ms % 1000), load_level_name[load->level],
	       load_cause_name[load->cause]);
	if (load->ratio > 0)
		printf("%.2f", (double)load->ratio);
	printf(",%s,", state_name[line->verdict->state]);
	if (load->evidence[0])
		trace_print_quoted(stdout, load->evidence);
	putchar('\n');
}

/* An array with an object a line: a document as a whole, and yet to be read line by line. */
static void put_json(const struct line *line)
{
	const struct load_verdict *load = &line->verdict->load;
	json_t *object = json_object();

	json_object_set_new(object, "t", json_real((double)line->sample->at_ms / 1000));
	json_object_set_new(object, "level", json_string(load_level_name[load->level]));
	json_object_set_new(object, "cause",
			    load->cause == LOAD_NONE ? json_null()
						     : json_string(load_cause_name[load->cause]));
	json_object_set_new(object, "ratio",
			    load->ratio > 0 ? json_from_ratio((double)load->ratio) : json_null());
	json_object_set_new(object, "state", json_string(state_name[line->verdict->state]));
	json_object_set_new(object, "evidence", json_from_text(load->evidence));
	fputs(line->first ? "\n" : ",\n", stdout);
	json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(VALUE_DIGITS));
	json_decref(object);
}

/* The target that the trace was taken of, as far as a judge must know it. */
static struct target target_of(const struct trace *trace)
{
	return (struct target){
		.name = "replay",
		.interval_ms = trace->interval_ms,
		.timeout_ms = trace->timeout_ms,
		.down_after = {.count = 2},
		.up_after = 1,
		.load = "on",
	};
}

static void replay(const struct trace *trace, enum snapshot_format format)
{
	const struct target target = target_of(trace);
	struct verdict verdict;
	struct judgement judgement;
	struct judge judge;

	judge_init(&judge, &verdict);
	fputs(format == SNAPSHOT_JSON ? "[" : "t,level,cause,ratio,state,evidence\n", stdout);
	for (size_t i = 0; i < trace->count; i++) {
		const struct sample *sample = &trace->samples[i];
		struct line line = {sample, &verdict, i == 0};
		const char *detail = sample->cls == CLASS_OK ? "" : class_table[sample->cls].text;

		judge_sample(&judge, &target, sample, detail, &verdict, &judgement);
		if (format == SNAPSHOT_JSON)
			put_json(&line);
		else
			put_csv(&line);
	}
	if (format == SNAPSHOT_JSON)
		puts("\n]");
}

int mode_replay(const struct cli *cli)
{
	struct errors errors = {0};
	struct trace trace;
	int status = 3;

	signals_unblock();
	if (cli->format > SNAPSHOT_CSV)
		error_add(&errors, NULL, 0, "replay writes csv or json; got --format %s",
			  snapshot_format_name[cli->format]);
	else if (cli->request.word_count != 1)
		error_add(&errors, NULL, 0, "replay needs one file: webmon replay TRACE.csv");
	else if (trace_read(&trace, cli->request.words[0], &errors)) {
		replay(&trace, cli->format);
		trace_fini(&trace);
		status = cli_flush();
	}
	errors_print(&errors, stderr);
	errors_free(&errors);
	return status;
}
