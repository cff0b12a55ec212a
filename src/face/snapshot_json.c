/*
 * The snapshot as one JSON object, schema 1. Keys stand in the order in which they are set here;
 * targets in the file's order, so that two snapshots can be compared line by line.
 */
#include <jansson.h>
#include <limits.h>
#include <math.h>

#include "base/clock.h"
#include "face/json_value.h"
#include "face/snapshot.h"
#include "face/snapshot_formats.h"

#define SCHEMA 1

struct json_field {
	const char *key;
	json_t *value; /* new */
};

/* Takes the values; a key whose value could not be made is left out. */
static json_t *object_of(const struct json_field *fields, size_t count)
{
	json_t *object = json_object();

	for (size_t i = 0; i < count; i++)
		json_object_set_new(object, fields[i].key, fields[i].value);
	return object;
}

#define OBJECT(fields) object_of(fields, sizeof(fields) / sizeof *(fields))

static json_t *summary(const struct tally *tally)
{
	const struct json_field fields[] = {
		{"state", json_string(state_name[tally->state])},
		{"targets", json_integer(tally->targets)},
		{"up", json_integer(tally->up)},
		{"slow", json_integer(tally->slow)},
		{"down", json_integer(tally->down)},
		{"unknown", json_integer(tally->unknown)},
		{"paused", json_integer(tally->paused)},
	};

	return OBJECT(fields);
}

static json_t *warnings(const struct verdict *verdict)
{
	json_t *names = json_array();

	if (verdict->warnings & WARN_SLOW)
		json_array_append_new(names, json_string("slow"));
	if (verdict->warnings & WARN_TLS_EXPIRING)
		json_array_append_new(names, json_string("tls_expiring"));
	return names;
}

/*
 * The newest check, unless it was spoilt by our own trouble: class and status speak of an older
 * one then.
 */
static const struct sample *told_sample(const struct row *row)
{
	return row->has_last && !(row->last.flags & SAMPLE_TAINTED) ? &row->last : NULL;
}

static json_t *times(const struct row *row)
{
	const struct sample *sample = told_sample(row);
	json_t *object = json_object();

	for (int i = 0; i < PHASE_COUNT; i++)
		json_object_set_new(object, phase_name[i],
				    json_from_ms(sample != NULL ? sample->phase_us[i] : ABSENT_US));
	json_object_set_new(object, "total",
			    json_from_ms(sample != NULL ? sample->total_us : ABSENT_US));
	return object;
}

static json_t *window(const struct row *row)
{
	const struct stats *stats = &row->stats;
	const struct json_field fields[] = {
		{"seconds", json_integer((stats->to_ms - stats->from_ms) / 1000)},
		{"samples", json_integer(stats->samples)},
		{"failed", json_integer(stats->failed)},
		{"tainted", json_integer(stats->tainted)},
		{"retried", json_integer(stats->retried)},
		{"swallowed", json_integer(stats->swallowed)},
		{"coverage", json_from_ratio(stats->coverage)},
		{"uptime", json_from_ratio(stats->uptime)},
		{"min", json_from_ms(stats->min_us)},
		{"p50", json_from_ms(stats->p50_us)},
		{"p90", json_from_ms(stats->p90_us)},
		{"p95", json_from_ms(stats->p95_us)},
		{"p99", json_from_ms(stats->p99_us)},
		{"max", json_from_ms(stats->max_us)},
		{"apdex", json_from_ratio(stats->apdex)},
	};

	return OBJECT(fields);
}

static json_t *load(const struct load_verdict *verdict)
{
	const struct json_field fields[] = {
		{"level", json_string(load_level_name[verdict->level])},
		{"cause", verdict->cause != LOAD_NONE ? json_string(load_cause_name[verdict->cause])
						      : json_null()},
		{"ratio",
		 verdict->ratio > 0 ? json_from_ratio((double)verdict->ratio) : json_null()},
		{"since", json_from_second(verdict->since_ms)},
		{"evidence", json_from_text(verdict->evidence)},
	};

	return OBJECT(fields);
}

/* The error budget; null where there is no objective, or nothing to judge it by. */
static json_t *budget(const struct budget *budget)
{
	if (!budget->known)
		return json_null();

	const struct json_field fields[] = {
		{"objective", json_from_ratio((double)budget->objective)},
		{"window_seconds", json_integer(budget->window_ms / 1000)},
		{"coverage", json_from_ratio((double)budget->coverage)},
		{"left", json_real(round((double)budget->left * 1e6) / 1e6)},
		{"burning", json_boolean(budget->burning)},
		{"long_seconds", json_integer(budget->long_ms / 1000)},
		{"burn_long", json_from_ratio((double)budget->burn_long)},
		{"short_seconds", json_integer(budget->short_ms / 1000)},
		{"burn_short", json_from_ratio((double)budget->burn_short)},
	};

	return OBJECT(fields);
}

static json_t *days_left(int64_t end_ms, int64_t now_ms)
{
	return end_ms == 0 ? json_null() : json_integer(cert_days_left(end_ms, now_ms));
}

static json_t *certificate(const struct cert_facts *facts, int64_t now_ms)
{
	if (!facts->seen)
		return json_null();

	const struct json_field fields[] = {
		{"subject", json_from_text(facts->subject)},
		{"issuer", json_from_text(facts->issuer)},
		{"not_before", json_from_second(facts->not_before_ms)},
		{"not_after", json_from_second(facts->not_after_ms)},
		{"days_left", days_left(facts->not_after_ms, now_ms)},
		{"chain_days_left", days_left(facts->chain_not_after_ms, now_ms)},
		{"verified", json_boolean(facts->verified)},
	};

	return OBJECT(fields);
}

static json_t *evidence(const struct snapshot *snapshot, const struct row *row)
{
	struct evidence found;

	if (!snapshot_evidence(snapshot, row, &found))
		return json_null();

	const struct json_field fields[] = {
		{"time", json_from_time(found.sample.at_ms)},
		{"detail", json_from_text(found.text + found.detail)},
		{"curl", json_from_text(found.text + found.curl)},
		{"address", json_from_text(found.text + found.address)},
		{"request", json_from_text(found.text + found.request)},
		{"status_line", json_from_text(found.text + found.status_line)},
		{"headers", json_from_text(found.text + found.headers)},
		{"body", json_from_text(found.text + found.body)},
		{"body_is_binary", json_boolean(found.body_is_binary)},
		{"command", json_from_text(found.text + found.command)},
		{"changes", json_from_text(found.text + found.changes)},
	};

	return OBJECT(fields);
}

static json_t *target_object(const struct snapshot *snapshot, const struct row *row, int64_t now_ms)
{
	const struct verdict *verdict = &row->verdict;
	const struct sample *sample = told_sample(row);
	bool judged = verdict->sample_count > 0;
	const struct json_field fields[] = {
		{"name", json_from_text(row->target->name)},
		{"group", json_from_text(row->target->group)},
		{"url", json_from_text(row->target->url_shown)},
		{"state", json_string(state_name[verdict->state])},
		{"since", json_from_second(verdict->since_ms)},
		{"class", judged ? json_string(class_table[verdict->cls].name) : json_null()},
		{"detail", json_from_text(verdict->detail)},
		{"warnings", warnings(verdict)},
		{"status", json_from_count_or_null(verdict->status)},
		{"http_version", json_from_text_or_null(http_version_name[verdict->http])},
		{"ip", json_from_text_or_null(verdict->ip)},
		{"port", json_from_count_or_null(verdict->port)},
		{"bytes", sample != NULL ? json_integer(sample->bytes) : json_null()},
		{"kept", json_boolean(sample != NULL && sample->flags & SAMPLE_REUSED)},
		{"retried", json_boolean(sample != NULL && sample->flags & SAMPLE_RETRIED)},
		{"ms", times(row)},
		{"window", window(row)},
		{"load", load(&verdict->load)},
		{"budget", budget(&verdict->budget)},
		{"cert", certificate(&row->cert, now_ms)},
		{"evidence", evidence(snapshot, row)},
	};

	return OBJECT(fields);
}

void snapshot_json(const struct snapshot *snapshot, FILE *out)
{
	int64_t now_ms = clock_wall_ms();
	struct tally tally = rows_tally(snapshot->rows);
	json_t *targets = json_array();

	for (size_t i = 0; i < snapshot->rows->count; i++)
		json_array_append_new(targets,
				      target_object(snapshot, &snapshot->rows->items[i], now_ms));

	const struct json_field fields[] = {
		{"webmon", json_string(WEBMON_VERSION)},
		{"schema", json_integer(SCHEMA)},
		{"time", json_from_time(now_ms)},
		{"summary", summary(&tally)},
		{"targets", targets},
	};
	json_t *whole = OBJECT(fields);

	json_dumpf(whole, out, JSON_INDENT(2) | JSON_REAL_PRECISION(VALUE_DIGITS));
	fputc('\n', out);
	json_decref(whole);
}
