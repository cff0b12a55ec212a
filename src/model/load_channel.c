/*
 * One signal of the load detector. Both sums are Wald's sequential test (a CUSUM of log-likelihood
 * ratios) of how often something happens in trouble against how often it happens to this target
 * anyway: that a value is high, and that an event is rare. What happens often here says little,
 * whatever its distribution; that keeps false alarms away from services with two speeds, from flaky
 * networks and from resolvers whose cache runs out. Pure; called by model/load on the poller's
 * thread.
 */
#include "model/load_channel.h"

#include <math.h>
#include <string.h>

/* High values. Half-way up the step looked for a value is neither; SLOPE widens or narrows what is
 * between. */
#define HIGH_IN_TROUBLE 0.8f  /* share of high values then */
#define HIGH_LEAST	0.03f /* and at other times: nobody is trusted to have fewer, */
#define HIGH_MOST	0.6f
#define HIGH_FIRST	0.15f  /* the first guess */
#define HIGH_WEIGHT	0.001f /* of the newest value in the share */
#define SLOPE		0.667f
#define SHIFT_SEEN	1.5f /* from here on evidence is said to have begun */
#define SHIFT_DOUBT	2.0f /* from here on nothing is learnt: suspicion freezes the baseline */

/* Rare events: outliers, which are a matter of degree, and failures, of which most targets have
 * none. */
#define RARE_IN_TROUBLE 0.3f /* share of them then, */
#define RARE_TIMES	4.0f /* or so many times the usual share where that is more */
#define RARE_MOST	0.9f
#define RARE_LEAST	0.005f /* at other times, of outliers */
#define RARE_FIRST	0.02f
#define RARE_PRIOR	100.0f	/* samples that the first guess is worth */
#define FAIL_LEAST	0.0005f /* and of failures */
#define FAIL_PRIOR	3000.0f
#define RARE_WEIGHT	0.0002f /* of the newest sample in a share */
#define RARE_MAX	16.0f	/* caps the sum */
#define RARE_RECOVER	1.0f /* in an alarm a sample without an event takes away so much, at least */
#define RARE_GAP_MS	1500  /* an event so soon after another is the same one, seen again: */
#define RARE_AGAIN	0.15f /* it counts so much of it */

#define RECENT	   0.25f   /* weight of the newest value in short means */
#define EXCESS_MAX 3000.0f /* ms: one time-out must not rule the mean for long */
/* First values are kept in 1/2000 of a natural logarithm: 0.05 per cent */
#define FIRST_UNIT  2000.0f
#define FIRST_MAX   16.0f
#define SIGMA_LEARN 0.1f
#define HIGH_SHARE  0.9f
#define HIGH_Z	    1.2816f /* the 90th percentile of a Gaussian, in sigma */

void channel_init(struct load_channel *channel)
{
	memset(channel, 0, sizeof(*channel));
	channel->shift_since_ms = channel->rare_since_ms = channel->rare_ms = CHANNEL_NEVER;
	channel->usual.rare_share = RARE_FIRST;
	channel->usual.high_share = HIGH_FIRST;
}

bool channel_is_ready(const struct load_channel *channel)
{
	return channel->usual.count >= CHANNEL_FIRST;
}

static float channel_sigma(const struct load_channel *channel, const struct load_channel_rule *rule)
{
	return fmaxf(rule->sigma_min, (channel->usual.high - channel->usual.middle) / HIGH_Z);
}

/* From -1, surely as usual, to 1, surely shifted; above: the median, in logarithms. */
static float high_of(const struct load_channel *channel, const struct load_channel_rule *rule,
		     float above)
{
	float sigma = channel_sigma(channel, rule);
	float step = fmaxf(rule->step, rule->sigmas * sigma);

	return fminf(fmaxf(SLOPE * step / (sigma * sigma) * (above - step / 2), -1), 1);
}

static bool is_rare(const struct load_channel *channel, const struct load_channel_rule *rule,
		    float y)
{
	float middle = channel->usual.middle;

	return y - middle > rule->rare_step && expf(y) - expf(middle) >= rule->rare_ms;
}

/* The first values can show that a target is slow now and then by its nature; that it never is they
 * are too few to say. */
static void learn_from_first(struct load_channel *channel, const struct load_channel_rule *rule)
{
	float rare = RARE_PRIOR * RARE_FIRST, high = 0;

	for (unsigned i = 0; i < CHANNEL_FIRST; i++) {
		float y = (float)channel->first[i] / FIRST_UNIT;

		rare += is_rare(channel, rule, y) ? 1 : 0;
		high += fmaxf(high_of(channel, rule, y - channel->usual.middle), 0);
	}
	channel->usual.rare_share =
		fmaxf(channel->usual.rare_share, rare / (RARE_PRIOR + CHANNEL_FIRST));
	channel->usual.high_share = fmaxf(HIGH_FIRST, high / CHANNEL_FIRST);
}

/* Gathers the first values in order of size; the last of them makes the baseline. */
static void gather(struct load_channel *channel, const struct load_channel_rule *rule, float y)
{
	uint32_t i = channel->usual.count++;
	int16_t value = (int16_t)lroundf(fminf(fmaxf(y, -FIRST_MAX), FIRST_MAX) * FIRST_UNIT);

	while (i > 0 && channel->first[i - 1] > value) {
		channel->first[i] = channel->first[i - 1];
		i--;
	}
	channel->first[i] = value;
	if (channel->usual.count < CHANNEL_FIRST)
		return;
	channel->usual.middle = (float)channel->first[CHANNEL_FIRST / 2] / FIRST_UNIT;
	channel->usual.high = (float)channel->first[CHANNEL_FIRST * 9 / 10] / FIRST_UNIT;
	channel->recent = channel->usual.middle;
	learn_from_first(channel, rule);
}

/* high: from -1, surely as usual, to 1, surely shifted. */
static void add_shift(struct load_channel *channel, float high, const struct load_moment *moment)
{
	float usual = fminf(fmaxf(channel->usual.high_share, HIGH_LEAST), HIGH_MOST);
	float weight = fmaxf(HIGH_WEIGHT, 1 / (float)(channel->usual.count + 30));

	channel->last = high;
	if (!moment->alarmed)
		channel->usual.high_share += weight * (fmaxf(high, 0) - channel->usual.high_share);
	channel->shift += high > 0 ? high * logf(HIGH_IN_TROUBLE / usual)
				   : -high * logf((1 - HIGH_IN_TROUBLE) / (1 - usual));
	channel->shift = fminf(fmaxf(channel->shift, 0),
			       moment->alarmed ? CHANNEL_SHIFT_ALARMED : CHANNEL_SHIFT_MAX);
	if (channel->shift < SHIFT_SEEN)
		channel->shift_since_ms = CHANNEL_NEVER;
	else if (channel->shift_since_ms == CHANNEL_NEVER)
		channel->shift_since_ms = moment->start_ms;
}

/* Wald's sequential test of the share of rare events: what is usual for this target, against
 * trouble. */
static float trouble_share(float usual)
{
	return fminf(fmaxf(RARE_IN_TROUBLE, RARE_TIMES * usual), RARE_MOST);
}

static float within(float value, float low, float high)
{
	return fminf(fmaxf(value, low), high);
}

static void learn_shares(struct load_channel *channel, float rare, float failed,
			 const struct load_moment *moment)
{
	float count = (float)channel->usual.count;

	channel->usual.rare_share += moment->learn * fmaxf(RARE_WEIGHT, 1 / (count + RARE_PRIOR)) *
				     (rare - channel->usual.rare_share);
	channel->usual.fail_share += moment->learn * fmaxf(RARE_WEIGHT, 1 / (count + FAIL_PRIOR)) *
				     (failed - channel->usual.fail_share);
}

static void no_event(struct load_channel *channel, const struct load_moment *moment)
{
	float usual = within(channel->usual.rare_share, RARE_LEAST, RARE_MOST / 2);
	float miss = logf((1 - usual) / (1 - trouble_share(usual)));

	channel->hit = false;
	learn_shares(channel, 0, 0, moment);
	channel->rare -= moment->alarmed ? fmaxf(miss, RARE_RECOVER) : miss;
	if (channel->rare <= 0) {
		channel->rare = 0;
		channel->rare_since_ms = CHANNEL_NEVER;
	}
}

static void event(struct load_channel *channel, bool failed, const struct load_moment *moment)
{
	bool fresh = channel->rare_ms == CHANNEL_NEVER ||
		     moment->end_ms - channel->rare_ms >= RARE_GAP_MS;
	float usual = failed ? within(channel->usual.fail_share, FAIL_LEAST, RARE_MOST / 2)
			     : within(channel->usual.rare_share, RARE_LEAST, RARE_MOST / 2);
	float weight = logf(trouble_share(usual) / usual);

	channel->rare = fminf(RARE_MAX, channel->rare + (fresh ? weight : RARE_AGAIN * weight));
	learn_shares(channel, failed ? 0 : 1, failed ? 1 : 0, moment);
	if (fresh)
		channel->rare_ms = moment->end_ms;
	channel->hit = true;
	if (channel->rare_since_ms == CHANNEL_NEVER)
		channel->rare_since_ms = moment->start_ms;
}

/* Steps of stochastic approximation: each value pulls the quantiles by a small fixed weight. */
static void learn(struct load_channel *channel, float y, float sigma,
		  const struct load_moment *moment)
{
	float pull;

	if (channel->usual.count < UINT32_MAX)
		channel->usual.count++;
	pull = fmaxf(moment->rate, 1 / (float)channel->usual.count) * fmaxf(sigma, SIGMA_LEARN) *
	       moment->learn;
	channel->usual.middle += pull * (y > channel->usual.middle ? 0.5f : -0.5f);
	channel->usual.high +=
		1.5f * pull * (y > channel->usual.high ? HIGH_SHARE : HIGH_SHARE - 1);
	channel->usual.high = fmaxf(channel->usual.high, channel->usual.middle);
}

/*
 * Suspicion freezes the baseline, but not for ever: an excess too small to alarm anybody would else
 * stay suspect, and the next harmless one would be measured against a baseline of long ago.
 */
static bool is_in_doubt(const struct load_channel *channel, const struct load_moment *moment)
{
	return channel->shift >= SHIFT_DOUBT && channel->shift_since_ms != CHANNEL_NEVER &&
	       moment->end_ms - channel->shift_since_ms <= moment->doubt_ms;
}

void channel_put(struct load_channel *channel, const struct load_channel_rule *rule, float value_ms,
		 const struct load_moment *moment)
{
	float y = logf(value_ms + rule->offset_ms), excess;

	if (!channel_is_ready(channel)) {
		no_event(channel, moment);
		if (moment->good)
			gather(channel, rule, y);
		return;
	}
	excess = value_ms + rule->offset_ms - expf(channel->usual.middle);
	channel->recent += RECENT * (y - channel->recent);
	channel->excess_ms += RECENT * (fminf(excess, EXCESS_MAX) - channel->excess_ms);
	add_shift(channel, high_of(channel, rule, y - channel->usual.middle), moment);
	if (is_rare(channel, rule, y))
		event(channel, false, moment);
	else
		no_event(channel, moment);
	if (moment->good && moment->learn > 0 && !is_in_doubt(channel, moment))
		learn(channel, y, channel_sigma(channel, rule), moment);
}

void channel_hit(struct load_channel *channel, const struct load_moment *moment)
{
	event(channel, true, moment);
}

void channel_fail(struct load_channel *channel, const struct load_moment *moment)
{
	if (channel_is_ready(channel))
		add_shift(channel, 1, moment);
	channel_hit(channel, moment);
}

/* What was needed then is not in the way now; but nothing of it was measured to learn from. */
void channel_skip(struct load_channel *channel, const struct load_moment *moment)
{
	struct load_usual usual = channel->usual;

	channel->hit = false;
	if (moment->good) {
		no_event(channel, moment);
		add_shift(channel, -1, moment);
		channel->usual = usual;
	}
	channel->last = 0;
}

void channel_calm(struct load_channel *channel)
{
	channel->shift = channel->rare = 0;
	channel->shift_since_ms = channel->rare_since_ms = CHANNEL_NEVER;
	channel->active = false;
}

float channel_usual_ms(const struct load_channel *channel, const struct load_channel_rule *rule)
{
	return channel_is_ready(channel) ? fmaxf(0, expf(channel->usual.middle) - rule->offset_ms)
					 : 0;
}

float channel_present_ms(const struct load_channel *channel, const struct load_channel_rule *rule)
{
	return channel_is_ready(channel) ? fmaxf(0, expf(channel->recent) - rule->offset_ms) : 0;
}
