/*
 * The table of metrics. A family is a row: its name, its type, its help and the function that
 * writes its lines. A fact that is not known writes no line: what was not measured is absent, never
 * 0.
 */
#include "face/metrics_families.h"

#include <stdlib.h>

#include "base/text.h"

static void put_flag(struct metrics_writing *w, bool flag)
{
	metrics_put_count(w->page, &w->series, flag);
}

static void put_us(struct metrics_writing *w, const char *more, int64_t us)
{
	w->series.more = more;
	if (us >= 0)
		metrics_put_seconds(w->page, &w->series, us);
}

static void put_count_of(struct metrics_writing *w, const char *more, uint64_t value)
{
	w->series.more = more;
	metrics_put_count(w->page, &w->series, value);
}

/* ---- as the blackbox exporter names them ---- */

static void put_success(struct metrics_writing *w)
{
	if (w->facts->fresh)
		put_flag(w, w->facts->last.cls == CLASS_OK);
}

static void put_duration(struct metrics_writing *w)
{
	if (w->facts->fresh)
		put_us(w, "", w->facts->last.total_us);
}

static void put_dns(struct metrics_writing *w)
{
	if (w->facts->fresh)
		put_us(w, "", w->facts->last.phase_us[PHASE_DNS]);
}

/* Its processing is what lies between the connection and the first byte. */
static void put_http_phases(struct metrics_writing *w)
{
	const int32_t *phase = w->facts->last.phase_us;
	int64_t processing = ABSENT_US;

	if (!w->facts->fresh || !target_is_http(w->facts->target))
		return;
	if (phase[PHASE_WAIT] >= 0)
		processing = phase[PHASE_WAIT] + (phase[PHASE_SEND] > 0 ? phase[PHASE_SEND] : 0);
	put_us(w, "phase=\"resolve\"", phase[PHASE_DNS]);
	put_us(w, "phase=\"connect\"", phase[PHASE_CONNECT]);
	put_us(w, "phase=\"tls\"", phase[PHASE_TLS]);
	put_us(w, "phase=\"processing\"", processing);
	put_us(w, "phase=\"transfer\"", phase[PHASE_TRANSFER]);
}

static void put_status(struct metrics_writing *w)
{
	if (w->facts->fresh && w->facts->last.status != 0)
		metrics_put_count(w->page, &w->series, w->facts->last.status);
}

static void put_http_version(struct metrics_writing *w)
{
	static const double number[] = {
		[HTTP_1_0] = 1.0, [HTTP_1_1] = 1.1, [HTTP_2] = 2, [HTTP_3] = 3};

	if (w->facts->fresh && w->facts->last.http != HTTP_NONE)
		metrics_put_real(w->page, &w->series, number[w->facts->last.http]);
}

static void put_body_length(struct metrics_writing *w)
{
	if (w->facts->fresh && w->facts->last.status != 0)
		metrics_put_count(w->page, &w->series, w->facts->last.bytes);
}

static void put_ssl(struct metrics_writing *w)
{
	if (w->facts->fresh && w->facts->last.status != 0)
		put_flag(w, w->facts->target->scheme == SCHEME_HTTPS);
}

static void put_regex(struct metrics_writing *w)
{
	const struct target *target = w->facts->target;
	bool asked = target->expect_body.count > 0 || target->expect_header.count > 0 ||
		     target->expect_json.count > 0;

	if (w->facts->fresh && asked)
		put_flag(w, w->facts->last.cls == CLASS_BODY_MISMATCH);
}

static void put_ip(struct metrics_writing *w)
{
	if (w->facts->fresh && w->facts->last.phase_us[PHASE_CONNECT] >= 0)
		put_count_of(w, "", w->facts->last.flags & SAMPLE_IPV6 ? 6 : 4);
}

static void put_cert_expiry(struct metrics_writing *w)
{
	if (w->facts->cert.seen && w->facts->cert.chain_not_after_ms > 0)
		metrics_put_count(w->page, &w->series,
				  (uint64_t)w->facts->cert.chain_not_after_ms / 1000);
}

/* Only of one that was verified is there a chain to speak of. */
static void put_chain_expiry(struct metrics_writing *w)
{
	if (w->facts->cert.verified)
		put_cert_expiry(w);
}

static void put_tls_version(struct metrics_writing *w)
{
	char *label;

	if (!w->facts->cert.seen || w->facts->cert.version[0] == '\0')
		return;
	label = metrics_label("version", w->facts->cert.version);
	put_count_of(w, label, 1);
	free(label);
}

/* ---- webmon's own, of a target ---- */

static void put_state(struct metrics_writing *w)
{
	metrics_put_count(w->page, &w->series,
			  w->facts->judged ? w->facts->verdict.state : STATE_NEW);
}

static void put_since(struct metrics_writing *w)
{
	if (w->facts->judged && w->facts->verdict.since_ms > 0)
		put_us(w, "", w->facts->verdict.since_ms * 1000);
}

static void put_last_probe(struct metrics_writing *w)
{
	if (w->facts->last.at_ms > 0)
		put_us(w, "", w->facts->last.at_ms * 1000);
}

static void put_class(struct metrics_writing *w)
{
	char more[48];

	text_format(more, sizeof more, "class=\"%s\"", class_table[w->facts->last.cls].name);
	if (w->facts->fresh)
		put_count_of(w, more, 1);
}

static void put_load_level(struct metrics_writing *w)
{
	enum load_level level = w->facts->verdict.load.level;

	if (w->facts->judged && level != LOAD_LEARNING)
		metrics_put_count(w->page, &w->series, (uint64_t)level - LOAD_CALM);
}

static void put_load_cause(struct metrics_writing *w)
{
	const struct load_verdict *load = &w->facts->verdict.load;
	char *label;

	if (!w->facts->judged || load->level < LOAD_ELEVATED || load->cause == LOAD_NONE)
		return;
	label = metrics_label("cause", load_cause_name[load->cause]);
	put_count_of(w, label, 1);
	free(label);
}

static void put_load_ratio(struct metrics_writing *w)
{
	if (w->facts->judged && w->facts->verdict.load.ratio > 0)
		metrics_put_real(w->page, &w->series, (double)w->facts->verdict.load.ratio);
}

static void put_usual(struct metrics_writing *w)
{
	if (w->facts->judged)
		put_us(w, "", w->facts->verdict.usual_us);
}

static void put_phases(struct metrics_writing *w)
{
	static const char *const label[PHASE_COUNT] = {
		[PHASE_DNS] = "phase=\"dns\"",	 [PHASE_CONNECT] = "phase=\"connect\"",
		[PHASE_TLS] = "phase=\"tls\"",	 [PHASE_SEND] = "phase=\"send\"",
		[PHASE_WAIT] = "phase=\"wait\"", [PHASE_TRANSFER] = "phase=\"transfer\"",
	};

	for (int i = 0; i < PHASE_COUNT && w->facts->fresh; i++)
		put_us(w, label[i], w->facts->last.phase_us[i]);
}

static void put_latency(struct metrics_writing *w)
{
	const struct target_count *count = w->facts->count;
	uint64_t below = 0;

	w->series.suffix = "_bucket";
	for (int i = 0; i < METRICS_BOUNDS; i++)
		put_count_of(w, metrics_bounds[i].label, below += count->buckets[i]);
	w->series.suffix = "_sum";
	put_us(w, "", (int64_t)count->total_us);
	w->series.suffix = "_count";
	put_count_of(w, "", count->good);
}

/* Of classes only those that came: twenty-five series for each target would be mostly zeros. */
static void put_probes(struct metrics_writing *w)
{
	for (unsigned i = 0; i < CLASS_COUNT; i++) {
		char more[48];

		if (i != CLASS_OK && w->facts->count->classes[i] == 0)
			continue;
		text_format(more, sizeof more, "class=\"%s\"", class_table[i].name);
		put_count_of(w, more, w->facts->count->classes[i]);
	}
}

static void put_lateness(struct metrics_writing *w)
{
	if (w->facts->fresh)
		put_us(w, "", w->facts->last.lag_us);
}

static void put_interval(struct metrics_writing *w)
{
	put_us(w, "", w->facts->target->interval_ms * 1000);
}

static void put_slow_limit(struct metrics_writing *w)
{
	if (w->facts->target->slow_us > 0)
		put_us(w, "", w->facts->target->slow_us);
}

static void put_silenced(struct metrics_writing *w)
{
	const struct verdict *verdict = &w->facts->verdict;

	if (!w->facts->judged)
		return;
	put_count_of(w, "reason=\"acknowledged\"", verdict->acknowledged);
	put_count_of(w, "reason=\"flapping\"", verdict->flapping);
	put_count_of(w, "reason=\"maintenance\"", verdict->maintenance);
}

static void put_objective(struct metrics_writing *w)
{
	if (w->facts->judged && w->facts->verdict.budget.known)
		metrics_put_real(w->page, &w->series, (double)w->facts->verdict.budget.objective);
}

static void put_budget_left(struct metrics_writing *w)
{
	if (w->facts->judged && w->facts->verdict.budget.known)
		metrics_put_real(w->page, &w->series, (double)w->facts->verdict.budget.left);
}

static void put_burn(struct metrics_writing *w)
{
	const struct budget *budget = &w->facts->verdict.budget;

	if (!w->facts->judged || !budget->known)
		return;
	w->series.more = "window=\"long\"";
	if (budget->burn_long >= 0)
		metrics_put_real(w->page, &w->series, (double)budget->burn_long);
	w->series.more = "window=\"short\"";
	if (budget->burn_short >= 0)
		metrics_put_real(w->page, &w->series, (double)budget->burn_short);
}

static void put_burning(struct metrics_writing *w)
{
	if (w->facts->judged && w->facts->verdict.budget.known)
		put_flag(w, w->facts->verdict.budget.burning);
}

/* ---- of the program ---- */

static void put_build(struct metrics_writing *w)
{
	put_count_of(w, "version=\"" WEBMON_VERSION "\"", 1);
}

static void put_targets(struct metrics_writing *w)
{
	static const enum state shown[] = {STATE_UP, STATE_SLOW, STATE_DOWN, STATE_UNKNOWN,
					   STATE_PAUSED};

	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
		char more[32];
		unsigned count = w->program->states[shown[i]];

		if (shown[i] == STATE_UNKNOWN)
			count += w->program->states[STATE_NEW];
		text_format(more, sizeof more, "state=\"%s\"", state_name[shown[i]]);
		put_count_of(w, more, count);
	}
}

static void put_started(struct metrics_writing *w)
{
	if (w->program->fleet.started_ms > 0)
		put_us(w, "", w->program->fleet.started_ms * 1000);
}

static void put_in_flight(struct metrics_writing *w)
{
	put_count_of(w, "", w->program->fleet.in_flight);
}

static void put_late(struct metrics_writing *w)
{
	put_count_of(w, "", w->program->fleet.late);
}

static void put_skipped(struct metrics_writing *w)
{
	put_count_of(w, "", w->program->fleet.skipped);
}

static void put_lateness_p99(struct metrics_writing *w)
{
	if (w->program->fleet.probes > 0)
		put_us(w, "", w->program->fleet.lag_p99_us);
}

/* ---- the table ---- */

/* clang-format off */
#define GAUGE(name, help, put) {{name, METRICS_GAUGE, help}, put, false}

static const struct metrics_row table[] = {
	GAUGE("probe_success", "Whether the newest check got the answer that was wanted", put_success),
	GAUGE("probe_duration_seconds", "How long the newest check took, also where it failed", put_duration),
	GAUGE("probe_dns_lookup_time_seconds", "How long the name look-up of the newest check took", put_dns),
	GAUGE("probe_ip_protocol", "IP version of the newest check's connection", put_ip),
	GAUGE("probe_http_duration_seconds", "Phases of the newest check as the blackbox exporter cuts them", put_http_phases),
	GAUGE("probe_http_status_code", "Status code of the newest answer", put_status),
	GAUGE("probe_http_version", "HTTP version of the newest answer", put_http_version),
	GAUGE("probe_http_ssl", "Whether the newest answer came over TLS", put_ssl),
	GAUGE("probe_http_uncompressed_body_length", "Decoded bytes of the newest answer's body", put_body_length),
	GAUGE("probe_failed_due_to_regex", "Whether the newest answer's body, header or JSON was not as wanted", put_regex),
	GAUGE("probe_ssl_earliest_cert_expiry", "When the first certificate of the chain ends, in unixtime", put_cert_expiry),
	GAUGE("probe_ssl_last_chain_expiry_timestamp_seconds", "The same of a chain that was verified, in unixtime", put_chain_expiry),
	GAUGE("probe_tls_version_info", "TLS version of the newest handshake", put_tls_version),
	GAUGE("webmon_state", "State of the target: 0 new, 1 up, 2 slow, 3 down, 4 unknown, 5 paused", put_state),
	GAUGE("webmon_state_since_timestamp_seconds", "When the target came into its state", put_since),
	GAUGE("webmon_last_probe_timestamp_seconds", "When the newest check began", put_last_probe),
	GAUGE("webmon_probe_class", "What became of the newest check", put_class),
	GAUGE("webmon_load_level", "Load of the target: 0 calm, 1 elevated, 2 saturated; none while it is learnt", put_load_level),
	GAUGE("webmon_load_cause", "What the load is put down to, while there is one", put_load_cause),
	GAUGE("webmon_load_ratio", "Present time of the loaded phase to its usual one", put_load_ratio),
	GAUGE("webmon_usual_seconds", "Slow median of the target's good answers", put_usual),
	GAUGE("webmon_phase_seconds", "Phases of the newest check", put_phases),
	{{"webmon_latency_seconds", METRICS_HISTOGRAM, "Total times of good answers"}, put_latency, false},
	{{"webmon_probes_total", METRICS_COUNTER, "Checks by what became of them; local: our own trouble"}, put_probes, false},
	GAUGE("webmon_probe_lateness_seconds", "How late the newest check began", put_lateness),
	GAUGE("webmon_interval_seconds", "Time between the starts of two checks", put_interval),
	GAUGE("webmon_slow_limit_seconds", "An answer that takes longer is slow", put_slow_limit),
	GAUGE("webmon_silenced", "Whether alarms of the target are held back, by reason", put_silenced),
	GAUGE("webmon_slo_objective_ratio", "What is promised of the target", put_objective),
	GAUGE("webmon_error_budget_left_ratio", "Error budget that is left: 1 untouched, 0 spent, below 0 overspent", put_budget_left),
	GAUGE("webmon_error_budget_burn_rate", "How fast the error budget is spent: 1 spends it exactly within its window", put_burn),
	GAUGE("webmon_error_budget_burning", "Whether both windows burn faster than the alarm's limit", put_burning),
	{{"webmon_build_info", METRICS_GAUGE, "The program's version"}, put_build, true},
	{{"webmon_start_timestamp_seconds", METRICS_GAUGE, "When probing began"}, put_started, true},
	{{"webmon_targets", METRICS_GAUGE, "Targets by state"}, put_targets, true},
	{{"webmon_probes_in_flight", METRICS_GAUGE, "Checks under way"}, put_in_flight, true},
	{{"webmon_probes_late_total", METRICS_COUNTER, "Checks that began late"}, put_late, true},
	{{"webmon_probes_skipped_total", METRICS_COUNTER, "Checks left out because the one before was still under way"}, put_skipped, true},
	{{"webmon_probe_lateness_p99_seconds", METRICS_GAUGE, "Lateness that 99 of 100 of the newest checks kept within"}, put_lateness_p99, true},
};
/* clang-format on */

const struct metrics_row *metrics_row_at(size_t i)
{
	return i < sizeof table / sizeof *table ? &table[i] : NULL;
}
