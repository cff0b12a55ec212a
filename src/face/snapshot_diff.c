/*
 * Two snapshots compared: the earlier one as it was printed in JSON, the present one as it stands
 * in the rows. First a list of changes is made, in the order of the targets; then it is printed as
 * lines or as JSON.
 */
#include "face/snapshot_diff.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/units.h"
#include "face/json_value.h"
#include "model/wording.h"

#define SCHEMA	    1
#define FILE_MAX    (256U << 20)
#define FEW	    5 /* good answers */
#define ABSENT_REAL (-1.0)

struct snapshot_diff {
	json_t *whole;
	json_t *targets; /* by name; borrowed values */
};

/* One change: "state" from "up" to "down", with words. */
struct change {
	const char *kind;   /* state latency certificate target */
	const char *target; /* borrowed */
	char from[160], to[160];
	char words[300];
};

struct changes {
	struct change *items;
	size_t count;
};

/* ---- the earlier one ---- */

struct snapshot_diff *snapshot_diff_read(const char *path, struct errors *errors)
{
	struct snapshot_diff *diff = x_calloc(1, sizeof *diff);
	json_error_t mistake = {.line = 0};
	size_t size = 0, i;
	char *text = file_read(path, FILE_MAX, &size);
	json_t *target;

	if (text)
		diff->whole = json_loadb(text, size, 0, &mistake);
	if (!text)
		error_add(errors, path, 0, "cannot be read: %s", strerror(errno));
	else if (json_integer_value(json_object_get(diff->whole, "schema")) != SCHEMA ||
		 !json_is_array(json_object_get(diff->whole, "targets")))
		error_add(errors, path, mistake.line > 0 ? mistake.line : 0,
			  "no snapshot to compare with; write one with 'webmon snapshot -f json'");
	else
		diff->targets = json_object();
	free(text);
	if (!diff->targets) {
		snapshot_diff_free(diff);
		return NULL;
	}
	json_array_foreach(json_object_get(diff->whole, "targets"), i, target)
	{
		const char *name = json_string_value(json_object_get(target, "name"));
		if (name)
			json_object_set(diff->targets, name, target);
	}
	return diff;
}

void snapshot_diff_free(struct snapshot_diff *diff)
{
	if (!diff)
		return;
	json_decref(diff->targets);
	json_decref(diff->whole);
	free(diff);
}

static const char *text_of(json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static double number_of(json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);

	return json_is_number(value) ? json_number_value(value) : ABSENT_REAL;
}

/* ---- comparing ---- */

static struct change *add_change(struct changes *changes, const char *kind, const char *target)
{
	changes->items = x_grow(changes->items, changes->count, sizeof *changes->items);
	struct change *change = &changes->items[changes->count++];
	*change = (struct change){.kind = kind, .target = target};
	return change;
}

/* The file may come from anywhere: what it says is cleaned like an answer. */
static void copy_clean(char *out, size_t capacity, const char *text)
{
	text_clean(out, capacity, text, strlen(text), TEXT_LINE);
}

static void compare_state(struct changes *changes, json_t *before, const struct row *row)
{
	const char *was = text_of(before, "state"), *is = state_name[row->verdict.state];
	const char *cls = text_of(before, "class");
	bool judged = row->verdict.sample_count > 0;
	struct change *change;

	if (strcmp(was, is) != 0) {
		change = add_change(changes, "state", row->target->name);
		copy_clean(change->from, sizeof change->from, was);
		text_copy(change->to, sizeof change->to, is);
	} else if (judged && cls[0] != '\0' &&
		   strcmp(cls, class_table[row->verdict.cls].name) != 0) {
		change = add_change(changes, "class", row->target->name);
		copy_clean(change->from, sizeof change->from, cls);
		text_copy(change->to, sizeof change->to, class_table[row->verdict.cls].name);
	} else {
		return;
	}
	text_copy(change->words, sizeof change->words, row->verdict.detail);
}

struct times {
	double p50, p95, good; /* ms */
};

static struct times times_before(json_t *before)
{
	json_t *window = json_object_get(before, "window");

	return (struct times){
		.p50 = number_of(window, "p50"),
		.p95 = number_of(window, "p95"),
		.good = number_of(window, "samples") - number_of(window, "failed"),
	};
}

static struct times times_now(const struct row *row)
{
	return (struct times){
		.p50 = row->stats.p50_us >= 0 ? (double)row->stats.p50_us / 1000 : ABSENT_REAL,
		.p95 = row->stats.p95_us >= 0 ? (double)row->stats.p95_us / 1000 : ABSENT_REAL,
		.good = row->stats.good,
	};
}

static double greater(double a, double b)
{
	return a > b ? a : b;
}

static bool is_beyond_noise(const struct times *was, const struct times *is)
{
	double moved = is->p50 > was->p50 ? is->p50 - was->p50 : was->p50 - is->p50;
	double least = is->p50 < was->p50 ? is->p50 : was->p50;

	if (was->good < FEW || is->good < FEW)
		return moved > greater(50, least);
	double spread = greater(was->p95 - was->p50, is->p95 - is->p50);
	return moved > greater(greater(10, least / 4), spread);
}

static void compare_times(struct changes *changes, json_t *before, const struct row *row)
{
	struct times was = times_before(before), is = times_now(row);
	struct change *change;

	if (was.p50 < 0 || is.p50 < 0 || !is_beyond_noise(&was, &is))
		return;
	change = add_change(changes, "latency", row->target->name);
	text_format(change->from, sizeof change->from, "%.1f ms", was.p50);
	text_format(change->to, sizeof change->to, "%.1f ms", is.p50);
	if (was.p50 > 0 && is.p50 >= was.p50)
		text_format(change->words, sizeof change->words, "median, %.1f times what it was",
			    is.p50 / was.p50);
	else if (is.p50 > 0)
		text_format(change->words, sizeof change->words, "median, %.1f times as fast",
			    was.p50 / is.p50);
}

static void compare_cert(struct changes *changes, json_t *before, const struct row *row)
{
	json_t *cert = json_object_get(before, "cert");
	char end[FORMAT_MAX];
	struct change *change;
	bool same;

	if (!json_is_object(cert) || !row->cert.seen)
		return;
	format_stamp(end, row->cert.not_after_ms, STAMP_ISO, true, row->cert.not_after_ms);
	/* to the second, as it was printed */
	same = strncmp(text_of(cert, "not_after"), end, 19) == 0 &&
	       strcmp(text_of(cert, "subject"), row->cert.subject) == 0 &&
	       strcmp(text_of(cert, "issuer"), row->cert.issuer) == 0 &&
	       json_is_true(json_object_get(cert, "verified")) == row->cert.verified;
	if (same)
		return;
	change = add_change(changes, "certificate", row->target->name);
	copy_clean(change->from, sizeof change->from, text_of(cert, "not_after"));
	text_format(change->to, sizeof change->to, "%.19sZ", end);
	text_format(change->words, sizeof change->words, "%s, by %s%s", row->cert.subject,
		    row->cert.issuer, row->cert.verified ? "" : ", not verified");
}

static void compare_row(struct changes *changes, const struct snapshot_diff *diff,
			const struct row *row)
{
	json_t *before = json_object_get(diff->targets, row->target->name);

	if (!before) {
		struct change *change = add_change(changes, "target", row->target->name);
		text_copy(change->to, sizeof change->to, state_name[row->verdict.state]);
		text_copy(change->words, sizeof change->words, "new");
		return;
	}
	compare_state(changes, before, row);
	compare_times(changes, before, row);
	compare_cert(changes, before, row);
}

static bool is_there(const struct snapshot *now, const char *name)
{
	for (size_t i = 0; i < now->rows->count; i++)
		if (strcmp(now->rows->items[i].target->name, name) == 0)
			return true;
	return false;
}

static struct changes compare(const struct snapshot_diff *diff, const struct snapshot *now)
{
	struct changes changes = {.count = 0};
	const char *name;
	json_t *target;

	for (size_t i = 0; i < now->rows->count; i++)
		compare_row(&changes, diff, &now->rows->items[i]);
	json_object_foreach(diff->targets, name, target)
	{
		if (is_there(now, name))
			continue;
		struct change *change = add_change(&changes, "target", name);
		copy_clean(change->from, sizeof change->from, text_of(target, "state"));
		text_copy(change->words, sizeof change->words, "gone");
	}
	return changes;
}

/* ---- printing ---- */

static void print_text(const struct snapshot_diff *diff, const struct snapshot *now,
		       const struct changes *changes, FILE *out)
{
	char since[64];
	int width = 0;

	copy_clean(since, sizeof since, text_of(diff->whole, "time"));
	for (size_t i = 0; i < changes->count; i++) {
		int own = text_width(changes->items[i].target);
		width = own > width && own <= 40 ? own : width;
	}
	fprintf(out, "webmon %s  %zu change%s in %zu target%s since %s\n", WEBMON_VERSION,
		changes->count, changes->count == 1 ? "" : "s", now->rows->count,
		now->rows->count == 1 ? "" : "s", since);
	for (size_t i = 0; i < changes->count; i++) {
		const struct change *change = &changes->items[i];
		const char *arrow = now->ascii ? "->" : "→";
		char name[256];

		copy_clean(name, sizeof name, change->target);
		fprintf(out, "%s%*s  %-11s  ", name,
			width > text_width(name) ? width - text_width(name) : 0, "", change->kind);
		if (change->from[0] != '\0' && change->to[0] != '\0')
			fprintf(out, "%s %s %s", change->from, arrow, change->to);
		else
			fprintf(out, "%s%s", change->from, change->to);
		fprintf(out, "%s%s\n", change->words[0] != '\0' ? "  " : "", change->words);
	}
}

static void print_json(const struct snapshot_diff *diff, const struct changes *changes, FILE *out)
{
	json_t *whole = json_object(), *list = json_array();

	json_object_set_new(whole, "webmon", json_string(WEBMON_VERSION));
	json_object_set_new(whole, "schema", json_integer(SCHEMA));
	json_object_set_new(whole, "since", json_from_text_or_null(text_of(diff->whole, "time")));
	json_object_set_new(whole, "time", json_from_time(clock_wall_ms()));
	for (size_t i = 0; i < changes->count; i++) {
		const struct change *change = &changes->items[i];
		json_t *object = json_object();

		json_object_set_new(object, "target", json_from_text(change->target));
		json_object_set_new(object, "kind", json_string(change->kind));
		json_object_set_new(object, "from", json_from_text_or_null(change->from));
		json_object_set_new(object, "to", json_from_text_or_null(change->to));
		json_object_set_new(object, "detail", json_from_text(change->words));
		json_array_append_new(list, object);
	}
	json_object_set_new(whole, "changes", list);
	json_dumpf(whole, out, JSON_INDENT(2));
	fputc('\n', out);
	json_decref(whole);
}

bool snapshot_diff_print(const struct snapshot_diff *before, const struct snapshot *now, FILE *out)
{
	struct changes changes = compare(before, now);

	if (now->format == SNAPSHOT_JSON)
		print_json(before, &changes, out);
	else
		print_text(before, now, &changes, out);
	free(changes.items);
	return fflush(out) == 0 && !ferror(out);
}
