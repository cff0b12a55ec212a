/*
 * Points to samples to verdicts.
 *
 * The recorder's rules (how many failures make a target down) are not known here. Where it says its
 * state, the judge's rules are bent so that it comes to the same one with the same sample: down at
 * once, or never.
 */
#include "source/prometheus/track.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"

#define NEVER	 64    /* failures or good answers in a row: more than any rule takes */
#define GRACE_MS 15000 /* a scrape's own time-out, and that of the probe behind it */

void track_init(struct track *track, const struct target *target, uint32_t index)
{
	*track = (struct track){
		.index = index, .target = target, .rules = *target, .said = STATE_COUNT};
	track->rules.confirm = false; /* nobody here could probe again */
	judge_init(&track->judge, &track->verdict);
}

void track_fini(struct track *track)
{
	points_free(&track->points);
}

/* What the recorder says lies over what the judge makes of the samples. */
static void show(struct track *track, struct store *store)
{
	struct verdict shown = track->verdict;
	bool silent = track->silent_ms > 0;

	if (track->paused || (!silent && track->said >= STATE_COUNT))
		return;
	shown.state = silent ? STATE_UNKNOWN : track->said;
	shown.since_ms = silent ? track->heard_ms : track->said_since_ms;
	if (shown.state == STATE_PAUSED)
		text_copy(shown.detail, sizeof(shown.detail), "paused where it is measured");
	store_put_verdict(store, track->index, &shown);
}

static void put(struct track *track, struct store *store, struct judgement *judgement, bool told)
{
	if (!told)
		judgement->event_count = 0;
	store_put_judgement(store, track->index, &track->judge, &track->verdict, judgement);
	show(track, store);
}

static void word_failure(const struct point *point, char detail[200])
{
	const struct sample *sample = &point->sample;

	if (sample->cls == CLASS_HTTP_STATUS)
		text_format(detail, 200, "%u, as its metrics tell", sample->status);
	else
		text_format(detail, 200, "%s%s", class_table[sample->cls].text,
			    point->inferred ? ", as far as its metrics tell" : "");
}

static void bend_rules(struct track *track)
{
	struct target *rules = &track->rules;

	if (track->said >= STATE_COUNT) {
		rules->down_after = track->target->down_after;
		rules->up_after = track->target->up_after;
		rules->load = track->target->load;
		return;
	}
	rules->down_after = (struct state_rule){.count = track->said == STATE_DOWN ? 1 : NEVER};
	rules->up_after = track->said == STATE_DOWN ? NEVER : 1;
	rules->load = "off";
}

static uint8_t warnings_of(const struct track *track, const struct sample *sample)
{
	int64_t limit_us = track->target->slow_us;
	int64_t left_ms = track->cert_end_ms - sample->at_ms;
	bool slow = track->said < STATE_COUNT ? track->said == STATE_SLOW
					      : limit_us > 0 && sample->total_us > limit_us;
	bool ends = track->cert_end_ms > 0 && track->target->expect_cert_days > 0 &&
		    left_ms < (int64_t)track->target->expect_cert_days * DAY_MS;

	if (!sample_is_good(sample))
		return 0;
	return (uint8_t)((slow ? WARN_SLOW : 0) | (ends ? WARN_TLS_EXPIRING : 0));
}

static void take_cert(struct track *track, struct store *store, const struct point *point,
		      bool told)
{
	struct cert_facts facts = {.seen = true, .verified = point->ok, .seen_at_ms = point->at_ms};
	struct judgement judgement = {0};

	if (point->cert_end_ms == 0 || point->cert_end_ms == track->cert_end_ms)
		return;
	track->cert_end_ms = point->cert_end_ms;
	facts.not_after_ms = facts.chain_not_after_ms = point->cert_end_ms;
	store_put_cert(store, track->index, &facts);
	judge_cert(&track->judge, track->target, &facts, point->at_ms, &track->verdict, &judgement);
	put(track, store, &judgement, told);
}

/* The recorder's load verdict. since_ms: of the one before. */
static struct load_verdict load_of(const struct point *point, const struct load_verdict *before)
{
	struct load_verdict load = {.level = point->level,
				    .cause = point->cause,
				    .ratio = point->ratio,
				    .since_ms = before->since_ms};

	if (load.level != before->level)
		load.since_ms = point->sample.at_ms;
	if (load.level >= LOAD_ELEVATED)
		text_copy(load.evidence, sizeof(load.evidence), "says its recorder");
	return load;
}

/* What there is of a failure: its words and its status; headers and body nobody has handed on. */
static void put_evidence(const struct track *track, struct store *store,
			 const struct sample *sample, const char *detail)
{
	struct evidence evidence = {.seen = true, .sample = *sample, .used = 1};

	evidence.number = store_head(store, track->index);
	evidence.detail = evidence.used;
	evidence.used = (uint16_t)(evidence.used +
				   text_copy(evidence.text + evidence.used, 200, detail) + 1);
	if (sample->status) {
		evidence.status_line = evidence.used;
		evidence.used = (uint16_t)(evidence.used +
					   text_format(evidence.text + evidence.used, 40,
						       "HTTP status %u", sample->status) +
					   1);
	}
	store_put_evidence(store, track->index, EVIDENCE_BAD, &evidence);
}

static void take_sample(struct track *track, struct store *store, struct point *point, bool told)
{
	struct judgement judgement = {0};
	char detail[200] = "";

	point->sample.warnings = warnings_of(track, &point->sample);
	if (sample_is_failure(&point->sample)) {
		word_failure(point, detail);
		put_evidence(track, store, &point->sample, detail);
	}
	bend_rules(track);
	store_push(store, track->index, &point->sample);
	if (track->said < STATE_COUNT) {
		track->verdict.load = load_of(point, &track->verdict.load);
		judge_sample_told(&track->judge, &track->rules, &point->sample, detail,
				  &track->verdict, &judgement);
	} else {
		judge_sample(&track->judge, &track->rules, &point->sample, detail, &track->verdict,
			     &judgement);
	}
	put(track, store, &judgement, told);
	track->probed_ms = point->sample.at_ms;
	track->samples++;
	track->failures += sample_is_failure(&point->sample);
}

/* What a point says of the state, also without a probe. */
static void take_state(struct track *track, const struct point *point)
{
	if (point->state != track->said || point->since_ms)
		track->said_since_ms = point->since_ms ? point->since_ms : point->at_ms;
	track->said = point->state == STATE_NEW ? STATE_UNKNOWN : point->state;
}

static void take_point(struct track *track, struct store *store, struct point *point, bool told)
{
	track->heard_ms = point->at_ms;
	if (track->paused || (!point->judged && point->state == STATE_COUNT))
		return;
	track->silent_ms = 0;
	take_state(track, point);
	point_finish(point, track->target->scheme == SCHEME_HTTPS);
	take_cert(track, store, point, told);
	/* A recorder that was asked twice between two probes tells of the same one twice. */
	if (point->judged && point->sample.at_ms > track->probed_ms)
		take_sample(track, store, point, told);
	else
		show(track, store);
}

void track_take(struct track *track, struct store *store, bool told)
{
	for (size_t i = 0; i < track->points.count; i++)
		take_point(track, store, &track->points.items[i], told);
	points_clear(&track->points);
}

bool track_miss(struct track *track, struct store *store, int64_t now_ms)
{
	int64_t interval_ms = track->target->interval_ms;
	int64_t silent_ms = now_ms - track->heard_ms;
	struct judgement judgement = {0};
	struct sample sample = sample_blank(now_ms);
	char detail[200], length[FORMAT_MAX];

	if (track->paused || silent_ms < 2 * interval_ms + GRACE_MS)
		return false;
	if (now_ms - track->silent_ms < interval_ms)
		return true;
	format_length(length, silent_ms);
	if (track->heard_ms)
		text_format(detail, sizeof(detail), "source: no sample for %s", length);
	else
		text_copy(detail, sizeof(detail), "source: no sample yet");
	track->silent_ms = now_ms;
	sample.cls = CLASS_LOCAL;
	sample.flags = SAMPLE_TAINTED;
	sample.total_us = 0;
	store_push(store, track->index, &sample);
	judge_sample(&track->judge, &track->rules, &sample, detail, &track->verdict, &judgement);
	text_copy(track->verdict.detail, sizeof(track->verdict.detail), detail);
	put(track, store, &judgement, true);
	return true;
}

void track_pause(struct track *track, struct store *store, bool paused)
{
	struct judgement judgement = {0};

	if (track->paused == paused)
		return;
	track->paused = paused;
	judge_pause(&track->judge, paused, clock_wall_ms(), &track->verdict, &judgement);
	put(track, store, &judgement, true);
}
