/*
 * The load detector: reads a sample as three signals, lets each channel weigh its own, and decides
 * from their sums. Owns nothing; called by the judge on the poller's thread, and by replay. One
 * idea: what a person calls load is a target that has left its own usual for longer than a burst
 * lasts, by an amount that matters, and is still away.
 */
#include "model/load.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "model/load_cause.h"
#include "model/load_look.h"
#include "model/load_text.h"

/*
 * Constants that are the same for each word of `load` (the others stand in load_rule.c). Where no
 * source is named it is the plateau of tests/bench/load/choose: chosen on one half of the recorded
 * traces and simulated targets, kept where the other half agreed, and rounded.
 */

/* How what is usual is learnt. A weight is the share of the newest sample. */
#define LEARN_RATE	  0.02f	   /* at most: one sigma takes a hundred samples */
#define LEARN_MS	  40000.0f /* and a sample stands for interval / LEARN_MS of it at most */
#define INTERVAL_MIN_MS	  20.0f	   /* of that interval: back to back is written as 0 */
#define RELEARN_SPEED	  0.5f	   /* times as fast, once an alarm may be the new usual */
#define RELEARN_SATURATED 12	   /* times relearn_ms: an hour; overload seldom lasts so long */
#define DOUBT_MS	  120000   /* ms; suspicion without an alarm stops learning no longer */
#define USUAL_WEIGHT	  0.05f	   /* in the mean of the whole probe: some twenty samples */

/* This host's own lateness: a start later than this, and so many times later than usual. */
#define LATE_MS	    15.0f /* ms; a tick of the kernel is 4 to 10, an idle host stays below 2 */
#define LATE_TIMES  4.0f
#define LATE_WEIGHT 0.01f /* in what is usual */
#define LATE_SHARE  0.4f  /* of late starts: from here on it is this host's doing */
/* And from here on, if it lasts, a load situation of its own: of the recorded traces only those of
 * a starved host pass 0.35. */
#define LATE_ALONE 0.6f

/* Running shares of samples, each of 0 to 1. */
#define SHARE_WEIGHT 0.2f  /* one in five: about the last ten samples */
#define ERRORS_MANY  0.2f  /* a single failure in calm reaches it, a second one passes it */
#define ERRORS_FEW   0.1f  /* half of that: saturated ends here, so that it does not flutter */
#define ERRORS_OVER  0.15f /* an alarm may end below this: one failure and two good answers */

/* Saturation, by server time. */
#define SATURATED    5.0f  /* times the usual: the mean of M/M/4 at a utilisation of 0.95 */
#define SEVERE_OFF   0.45f /* of the way there in logarithms, twice the usual: it ends below */
#define SEVERITY_MAX 3.0f  /* caps what a time-out adds, so that the end is soon seen */

/* Sums of evidence, in natural logarithms of odds as in load_channel.c. */
#define SHIFT_CALM 1.5f	 /* below this a channel is at rest: odds of 4 to 1 */
#define RARE_CALM  1.0f	 /* and below this, of lost packets */
#define SHIFT_PART 0.75f /* so much of it adds to rare events: outliers in a row are worse */

/* RFC 6298, as Linux has it: a packet is sent again after 200 ms at least */
#define RESEND_MS 180.0f

#define NO_OUTCOMES   (0x1111111111111111u * OUTCOME_NONE)
#define GAP_MS	      60000 /* ms without samples, and so many intervals: what was is no evidence */
#define GAP_INTERVALS 5

/* Patience with targets whose alarms come to nothing (see persist_ms()); by the simulator. */
#define CAUTION_MS  8.64e7f /* ms until it has faded to 1/e: a day */
#define CAUTION_MAX 3.0f    /* doublings: 5 s become 40 s at most */
#define BRIEF	    6	    /* times persist_ms, half a minute: nobody could have looked */

/* Holt's smoothing, in ms of a sample's age: on seven overloads that ended in time-outs these gave
 * the best estimates of when. */
#define TREND_LEVEL_MS 1000.0f
#define TREND_MS       6000.0f

/* An outlier, and longer than this, is worth a look while it is still under way. */
static float patience_ms(const struct load *load, const struct load_rule *rule)
{
	const struct load_channel *c = &load->channel[CHANNEL_SERVER];
	const struct load_channel_rule *of = &rule->channel[CHANNEL_SERVER];
	float usual = channel_usual_ms(c, of) + of->offset_ms;
	float outlier = usual * expf(of->rare_step);

	return load->usual_ms + fmaxf(outlier - usual, of->rare_ms);
}

static void follow(float *share, float value, float weight)
{
	*share += weight * (value - *share);
}

static void feed(struct load *load, const struct load_rule *rule, const struct look *look)
{
	for (unsigned i = 0; i < CHANNELS; i++) {
		struct load_channel *channel = &load->channel[i];

		if (look->where == i && i != CHANNEL_NETWORK)
			channel_fail(channel, &look->moment);
		else if (i == CHANNEL_SERVER && look->over)
			channel_fail(channel, &look->moment);
		else if (i == CHANNEL_NETWORK && (look->where == i || look->resent))
			channel_hit(channel, &look->moment);
		else if (look->value[i] >= 0)
			channel_put(channel, &rule->channel[i], look->value[i], &look->moment);
		else
			channel_skip(channel, &look->moment);
	}
}

/* Many targets on one tick start one after the other: what is usually late is not the host's
 * trouble. */
static void follow_lag(struct load *load, const struct sample *s)
{
	float lag = ms_of(s->lag_us), limit = fmaxf(LATE_MS, LATE_TIMES * load->usual_lag_ms);
	float count = (float)load->channel[CHANNEL_SERVER].usual.count;

	follow(&load->lag, lag > limit ? 1 : 0, SHARE_WEIGHT);
	if (load->lag < LATE_SHARE)
		load->late_ms = CHANNEL_NEVER;
	else if (load->late_ms == CHANNEL_NEVER)
		load->late_ms = s->at_ms;
	if (load->level < LOAD_ELEVATED)
		follow(&load->usual_lag_ms, fminf(lag, limit), fmaxf(LATE_WEIGHT, 1 / (count + 1)));
}

/* How far the server is on its way from usual to saturated, on a log scale. */
static float severity_of(const struct load *load, const struct load_rule *rule,
			 const struct look *look)
{
	float usual =
		channel_usual_ms(&load->channel[CHANNEL_SERVER], &rule->channel[CHANNEL_SERVER]);
	float value = look->value[CHANNEL_SERVER], offset = rule->channel[CHANNEL_SERVER].offset_ms;

	if (look->failed)
		return SEVERITY_MAX;
	if (value < 0 || !channel_is_ready(&load->channel[CHANNEL_SERVER]))
		return 0;
	return fminf(fmaxf(logf((value + offset) / (usual + offset)) / logf(SATURATED), 0),
		     SEVERITY_MAX);
}

static void follow_usual(struct load *load, const struct sample *s)
{
	float total = ms_of(s->total_us);

	if (load->level >= LOAD_ELEVATED || !sample_is_good(s))
		return;
	if (load->usual_ms > 0)
		follow(&load->usual_ms, fminf(total, 2 * load->usual_ms), USUAL_WEIGHT);
	else
		load->usual_ms = total;
}

/* Holt's linear smoothing over the starts of probes: their ends would damp the slope they are to
 * show. */
static void follow_trend(struct load *load, const struct sample *s)
{
	float gap = (float)(s->at_ms - load->last_ms), total = ms_of(s->total_us), level;

	if (load->last_ms == CHANNEL_NEVER || gap <= 0) {
		load->trend_level_ms = total;
		load->trend = 0;
		return;
	}
	level = load->trend_level_ms + load->trend * gap / 1000;
	level += fminf(1 - expf(-gap / TREND_LEVEL_MS), 0.5f) * (total - level);
	follow(&load->trend, (level - load->trend_level_ms) / gap * 1000,
	       fminf(1 - expf(-gap / TREND_MS), 1 / 6.0f));
	load->trend_level_ms = level;
}

static float caution_at(const struct load *load, int64_t now_ms)
{
	float age_ms = (float)(now_ms - load->calmed_ms);

	return load->calmed_ms == CHANNEL_NEVER || age_ms < 0
		       ? 0
		       : load->caution * expf(-age_ms / CAUTION_MS);
}

/*
 * How long evidence must have lasted. A target whose alarms were over before anybody could have
 * looked, and without a single failure, has such moments by its nature (few workers, some requests
 * far slower than others): from then on they must last longer, twice as long for each, until it has
 * been quiet for a day or two.
 */
static int64_t persist_ms(const struct load *load, const struct load_rule *rule, int64_t now_ms)
{
	return (int64_t)((float)rule->persist_ms *
			 exp2f(fminf(caution_at(load, now_ms), CAUTION_MAX)));
}

static void learn_caution(struct load *load, const struct load_rule *rule, int64_t now_ms)
{
	bool brief =
		load->bad_ms - load->since_ms < BRIEF * persist_ms(load, rule, load->raised_ms) &&
		!load->failures;
	float caution = caution_at(load, now_ms);

	load->caution = brief ? fminf(caution + 1, CAUTION_MAX) : fmaxf(caution - 1, 0);
	load->calmed_ms = now_ms;
}

static bool channel_alarms(const struct load *load, const struct load_rule *rule,
			   const struct look *look, enum load_channel_name name)
{
	const struct load_channel *c = &load->channel[name];
	float usual = channel_usual_ms(c, &rule->channel[name]);
	float material = fmaxf(rule->material_ms, 0.15f * load->usual_ms);
	int64_t persist = persist_ms(load, rule, look->moment.end_ms), now = look->moment.end_ms;
	float enough = rule->threshold;

	/* another channel may have raised it first: all that an alarm lets gather is enough */
	if (load->level >= LOAD_ELEVATED)
		enough = fminf(enough, CHANNEL_SHIFT_ALARMED);
	if (name == CHANNEL_SERVER)
		material = fmaxf(material, 0.9f * usual);
	if (c->rare + SHIFT_PART * c->shift >= rule->rare && c->hit &&
	    now - c->rare_since_ms >= persist)
		return true;
	if (c->shift < enough || c->last <= 0 || c->shift_since_ms == CHANNEL_NEVER ||
	    now - c->shift_since_ms < persist)
		return false;
	/* Both means: one answer far out must not make what is usually little matter. */
	return fminf(c->excess_ms, channel_present_ms(c, &rule->channel[name]) - usual) >=
		       material ||
	       look->failed || load->errors > ERRORS_FEW;
}

/* Late for so long that it is no hiccup. What was measured meanwhile may be right all the same. */
static bool host_alarms(const struct load *load, const struct load_rule *rule,
			const struct look *look)
{
	return load->level < LOAD_ELEVATED && load->lag > LATE_ALONE &&
	       load->late_ms != CHANNEL_NEVER &&
	       look->moment.end_ms - load->late_ms >= rule->persist_ms;
}

/* Whether it holds the newest sample for far from usual. */
static bool channel_is_off(const struct load_channel *c)
{
	return c->last > 0.6f || c->hit;
}

/* What the newest answer was like. */
static enum load_outcome outcome_of_answer(const struct load *load, const struct load_rule *rule,
					   const struct look *look)
{
	const struct load_channel *server = &load->channel[CHANNEL_SERVER];
	float usual = channel_usual_ms(server, &rule->channel[CHANNEL_SERVER]);
	bool late = look->value[CHANNEL_SERVER] > usual + RESEND_MS;

	if (channel_is_off(server) && look->resent)
		return late ? OUTCOME_RESENT_LATE : OUTCOME_RESENT_SLOW;
	if (channel_is_off(server))
		return late ? OUTCOME_LATE : OUTCOME_SLOW;
	if (look->resent)
		return OUTCOME_RESENT;
	return channel_is_off(&load->channel[CHANNEL_NETWORK]) ||
			       channel_is_off(&load->channel[CHANNEL_DNS])
		       ? OUTCOME_FAR
		       : OUTCOME_FINE;
}

/* A lost packet is one in several: that it is over is said by as many checks without one. */
static bool channel_rests(const struct load *load, const struct load_rule *rule,
			  enum load_channel_name name)
{
	const struct load_channel *c = &load->channel[name];

	return c->shift < SHIFT_CALM &&
	       c->rare < (name == CHANNEL_NETWORK ? RARE_CALM : rule->rare - 1);
}

static void raise_alarm(struct load *load, const struct look *look)
{
	int64_t since = look->moment.start_ms;

	if (load->lag > LATE_SHARE && load->late_ms != CHANNEL_NEVER)
		since = load->late_ms;
	for (unsigned i = 0; i < CHANNELS; i++) {
		const struct load_channel *c = &load->channel[i];

		if (c->active && c->shift_since_ms != CHANNEL_NEVER && c->shift_since_ms < since)
			since = c->shift_since_ms;
		if (c->active && c->rare_since_ms != CHANNEL_NEVER && c->rare_since_ms < since)
			since = c->rare_since_ms;
	}
	load->level = LOAD_ELEVATED;
	load->raised_ms = look->moment.end_ms;
	load->since_ms = since;
}

static void end_alarm(struct load *load)
{
	for (unsigned i = 0; i < CHANNELS; i++)
		channel_calm(&load->channel[i]);
	load->severity = 0;
	load->level = channel_is_ready(&load->channel[CHANNEL_SERVER]) ? LOAD_CALM : LOAD_LEARNING;
	load->cause = LOAD_NONE;
	load->since_ms = load->raised_ms = CHANNEL_NEVER;
}

static bool may_end(const struct load *load, const struct load_rule *rule, const struct look *look)
{
	if (look->moment.end_ms - load->bad_ms < rule->clear_ms || load->errors >= ERRORS_OVER ||
	    load->lag > LATE_SHARE)
		return false;
	for (unsigned i = 0; i < CHANNELS; i++)
		if (load->channel[i].active &&
		    !channel_rests(load, rule, (enum load_channel_name)i))
			return false;
	return true;
}

static void decide(struct load *load, const struct load_rule *rule, const struct look *look)
{
	bool on = host_alarms(load, rule, look), bad = look->failed;

	for (unsigned i = 0; i < CHANNELS; i++) {
		struct load_channel *c = &load->channel[i];

		bad = bad || (c->active && c->last > 0.6f);
		if (channel_alarms(load, rule, look, (enum load_channel_name)i))
			on = c->active = true;
	}
	if (bad || on)
		load->bad_ms = look->moment.end_ms;
	if (load->level < LOAD_ELEVATED && on)
		raise_alarm(load, look);
	else if (load->level >= LOAD_ELEVATED && may_end(load, rule, look)) {
		learn_caution(load, rule, look->moment.end_ms);
		end_alarm(load);
	}
	load->failures = load->level >= LOAD_ELEVATED && (load->failures || look->failed);
	if (load->level < LOAD_ELEVATED)
		return;
	if (load->severity > 1 || load->errors > ERRORS_MANY)
		load->level = LOAD_SATURATED;
	else if (load->severity < SEVERE_OFF && load->errors < ERRORS_FEW)
		load->level = LOAD_ELEVATED;
	/* good answers at the end say nothing of what it was */
	if (load->lag > LATE_SHARE)
		load->cause = LOAD_CLIENT;
	else if (bad || on)
		load->cause = (uint8_t)load_cause_of(load);
}

/* An alarm teaches nothing, until it has lasted so long that it may be the new usual. */
static float learning_speed(const struct load *load, const struct load_rule *rule, int64_t now_ms)
{
	int64_t lasts_ms = now_ms - load->raised_ms;

	if (load->level < LOAD_ELEVATED)
		return 1;
	if (load->level == LOAD_SATURATED)
		lasts_ms /= RELEARN_SATURATED;
	return lasts_ms > rule->relearn_ms ? RELEARN_SPEED : 0;
}

static void set_moment(struct load_moment *moment, const struct load *load,
		       const struct load_setting *setting, const struct sample *s)
{
	moment->start_ms = s->at_ms;
	moment->end_ms = s->at_ms + s->total_us / 1000;
	moment->good = sample_is_good(s);
	moment->alarmed = load->level >= LOAD_ELEVATED;
	moment->doubt_ms = DOUBT_MS;
	moment->rate =
		fminf(LEARN_RATE, fmaxf((float)setting->interval_ms, INTERVAL_MIN_MS) / LEARN_MS);
	moment->learn = learning_speed(load, setting->rule, moment->end_ms);
}

void load_init(struct load *load)
{
	memset(load, 0, sizeof(*load));
	for (unsigned i = 0; i < CHANNELS; i++)
		channel_init(&load->channel[i]);
	load->bad_ms = load->raised_ms = load->since_ms = load->last_ms = load->calmed_ms =
		load->late_ms = CHANNEL_NEVER;
	load->outcomes = NO_OUTCOMES;
	load->level = LOAD_LEARNING;
}

void load_rest(struct load *load)
{
	end_alarm(load);
	load->errors = load->resent = load->lag = 0;
	load->bad_ms = load->last_ms = load->late_ms = CHANNEL_NEVER;
	load->outcomes = NO_OUTCOMES;
}

/* The machine slept, polling was stopped or the clock was set: what was under way then is no
 * evidence now. */
static bool is_gap(const struct load *load, const struct load_setting *setting,
		   const struct sample *s)
{
	int64_t gap = s->at_ms - load->last_ms,
		most = GAP_MS + GAP_INTERVALS * setting->interval_ms + setting->timeout_ms;

	return load->last_ms != CHANNEL_NEVER && (gap > most || gap < -most);
}

static void step(struct load *load, const struct load_setting *setting, const struct sample *s)
{
	struct look look = {0};

	follow_lag(load, s);
	if (sample_is_tainted(s))
		return;
	if (is_gap(load, setting, s))
		load_rest(load);
	look_at(&look, load, setting->rule, s);
	set_moment(&look.moment, load, setting, s);
	follow(&load->resent, look.resent || look.where == CHANNEL_NETWORK, SHARE_WEIGHT);
	follow(&load->severity, severity_of(load, setting->rule, &look), SHARE_WEIGHT);
	follow(&load->errors, look.failed, SHARE_WEIGHT);
	feed(load, setting->rule, &look);
	follow_usual(load, s);
	follow_trend(load, s);
	load->last_ms = s->at_ms;
	load->failed = look.failed;
	if (look.outcome == OUTCOME_FINE)
		look.outcome = outcome_of_answer(load, setting->rule, &look);
	load->outcomes = load->outcomes << 4 | look.outcome;
	decide(load, setting->rule, &look);
	if (load->level == LOAD_LEARNING && channel_is_ready(&load->channel[CHANNEL_SERVER]))
		load->level = LOAD_CALM;
}

void load_sample(struct load *load, const struct load_setting *setting, const struct sample *sample,
		 struct load_verdict *verdict)
{
	if (setting->rule)
		step(load, setting, sample);
	load_tell(load, setting, verdict);
}

void load_waiting(const struct load *load, const struct load_setting *setting,
		  const struct sample *so_far, struct load_verdict *verdict)
{
	struct load then = *load;
	struct load_verdict foreseen;

	if (so_far->total_us < load_patience_us(load, setting))
		return;
	load_sample(&then, setting, so_far, &foreseen);
	if (foreseen.level > verdict->level)
		*verdict = foreseen;
}

int64_t load_patience_us(const struct load *load, const struct load_setting *setting)
{
	if (!setting->rule || !channel_is_ready(&load->channel[CHANNEL_SERVER]))
		return INT64_MAX;
	return (int64_t)(1000 * patience_ms(load, setting->rule));
}

bool load_is_in_doubt(const struct load *load)
{
	if (load->level != LOAD_CALM)
		return false;
	for (unsigned i = 0; i < CHANNELS; i++)
		if (load->channel[i].hit)
			return true;
	return load->failed;
}

void load_clock_set(struct load *load, int64_t by_ms)
{
	int64_t *times[] = {&load->bad_ms,    &load->raised_ms, &load->since_ms,
			    &load->calmed_ms, &load->last_ms,	&load->late_ms};

	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
		clock_move(times[i], by_ms);
	for (unsigned i = 0; i < CHANNELS; i++) {
		clock_move(&load->channel[i].shift_since_ms, by_ms);
		clock_move(&load->channel[i].rare_since_ms, by_ms);
		clock_move(&load->channel[i].rare_ms, by_ms);
	}
}
