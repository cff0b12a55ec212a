/*
 * One signal of the load detector. The shift sum is a CUSUM of Gaussian log-likelihood ratios, clipped on both
 * sides so that no single value decides anything; the rare sum counts events that a clipped sum cannot see.
 * Pure; called by model/load on the poller's thread.
 */
#include "model/load_channel.h"

#include <math.h>
#include <string.h>

#define CLIP       1.5f  /* of one value's evidence */
#define SHIFT_MAX  10.0f /* caps the sum: recovery is quick */
#define SHIFT_SEEN 1.5f  /* from here on evidence is said to have begun */
#define SHIFT_DOUBT 2.0f /* from here on nothing is learnt: suspicion freezes the baseline */
#define RARE_HIT   2.75f
#define RARE_AGAIN 0.15f /* of a hit, for one within RARE_GAP_MS of another: the same event seen twice */
#define RARE_GAP_MS 1500
#define RARE_MISS  0.15f
#define RARE_MAX   11.0f
#define RECENT     0.25f /* weight of the newest value in short means */
#define EXCESS_MAX 3000.0f /* ms: one time-out must not rule the mean for long */
#define LOG_MAX    20.0f /* of ln ms: days */
#define SIGMA_LEARN 0.1f
#define HIGH_SHARE 0.9f
#define HIGH_Z     1.2816f /* the 90th percentile of a Gaussian, in sigma */

void channel_init(struct load_channel *channel)
{
	memset(channel, 0, sizeof(*channel));
	channel->shift_since_ms = channel->rare_since_ms = channel->rare_ms = CHANNEL_NEVER;
}

bool channel_is_ready(const struct load_channel *channel)
{
	return channel->count >= CHANNEL_FIRST;
}

float channel_sigma(const struct load_channel *channel, const struct load_channel_rule *rule)
{
	return fmaxf(rule->sigma_min, (channel->high - channel->middle) / HIGH_Z);
}

/* Gathers the first values in order of size; the last of them makes the baseline. */
static void gather(struct load_channel *channel, float y)
{
	uint32_t i = channel->count++;

	while (i > 0 && channel->first[i - 1] > y) {
		channel->first[i] = channel->first[i - 1];
		i--;
	}
	channel->first[i] = y;
	if (channel->count < CHANNEL_FIRST)
		return;
	channel->middle = channel->first[CHANNEL_FIRST / 2];
	channel->high = channel->first[CHANNEL_FIRST * 9 / 10];
	channel->recent = channel->middle;
}

static void add_shift(struct load_channel *channel, float evidence, int64_t start_ms)
{
	channel->last = evidence;
	channel->shift = fminf(fmaxf(channel->shift + evidence, 0), SHIFT_MAX);
	if (channel->shift < SHIFT_SEEN)
		channel->shift_since_ms = CHANNEL_NEVER;
	else if (channel->shift_since_ms == CHANNEL_NEVER)
		channel->shift_since_ms = start_ms;
}

static void forget_rare(struct load_channel *channel, bool alarmed)
{
	channel->hit = false;
	channel->rare -= alarmed ? 1 : RARE_MISS;
	if (channel->rare <= 0) {
		channel->rare = 0;
		channel->rare_since_ms = CHANNEL_NEVER;
	}
}

/* Steps of stochastic approximation: each value pulls the quantiles by a small fixed weight. */
static void learn(struct load_channel *channel, float y, float sigma, const struct load_moment *moment)
{
	float pull;

	if (channel->count < UINT32_MAX)
		channel->count++;
	pull = fmaxf(moment->rate, 1 / (float)channel->count) * fmaxf(sigma, SIGMA_LEARN) * moment->learn;
	channel->middle += pull * (y > channel->middle ? 0.5f : -0.5f);
	channel->high += 1.5f * pull * (y > channel->high ? HIGH_SHARE : HIGH_SHARE - 1);
	channel->high = fmaxf(channel->high, channel->middle);
}

/*
 * Suspicion freezes the baseline, but not for ever: an excess too small to alarm anybody would else stay suspect,
 * and the next harmless one would be measured against a baseline of long ago.
 */
static bool is_in_doubt(const struct load_channel *channel, const struct load_moment *moment)
{
	return channel->shift >= SHIFT_DOUBT && channel->shift_since_ms != CHANNEL_NEVER &&
	       moment->end_ms - channel->shift_since_ms <= moment->doubt_ms;
}

void channel_put(struct load_channel *channel, const struct load_channel_rule *rule, float value_ms,
		 const struct load_moment *moment)
{
	float y = logf(value_ms + rule->offset_ms), sigma, step, above, excess;

	if (!channel_is_ready(channel)) {
		if (moment->learn > 0)
			gather(channel, y);
		forget_rare(channel, moment->alarmed);
		return;
	}
	sigma = channel_sigma(channel, rule);
	step = fmaxf(rule->step, rule->sigmas * sigma);
	above = y - channel->middle;
	excess = value_ms + rule->offset_ms - expf(channel->middle);
	channel->recent += RECENT * (y - channel->recent);
	channel->excess_ms += RECENT * (fminf(excess, EXCESS_MAX) - channel->excess_ms);
	add_shift(channel, fminf(fmaxf(step / (sigma * sigma) * (above - step / 2), -CLIP), CLIP),
		  moment->start_ms);
	if (above > fmaxf(rule->rare_step, 4 * sigma) && excess >= rule->rare_ms)
		channel_hit(channel, moment);
	else
		forget_rare(channel, moment->alarmed);
	if (moment->learn > 0 && !is_in_doubt(channel, moment))
		learn(channel, y, sigma, moment);
}

void channel_hit(struct load_channel *channel, const struct load_moment *moment)
{
	bool fresh = channel->rare_ms == CHANNEL_NEVER || moment->end_ms - channel->rare_ms >= RARE_GAP_MS;

	channel->rare = fminf(RARE_MAX, channel->rare + (fresh ? RARE_HIT : RARE_AGAIN * RARE_HIT));
	if (fresh)
		channel->rare_ms = moment->end_ms;
	channel->hit = true;
	if (channel->rare_since_ms == CHANNEL_NEVER)
		channel->rare_since_ms = moment->start_ms;
}

void channel_fail(struct load_channel *channel, const struct load_moment *moment)
{
	if (channel_is_ready(channel))
		add_shift(channel, CLIP, moment->start_ms);
	channel_hit(channel, moment);
}

void channel_skip(struct load_channel *channel)
{
	channel->hit = false;
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
	return channel_is_ready(channel) ? fmaxf(0, expf(channel->middle) - rule->offset_ms) : 0;
}

float channel_present_ms(const struct load_channel *channel, const struct load_channel_rule *rule)
{
	return channel_is_ready(channel) ? fmaxf(0, expf(channel->recent) - rule->offset_ms) : 0;
}

void channel_restore(struct load_channel *channel, float middle, float high, uint32_t count)
{
	/* Written so that NaN fails too. */
	if (count < CHANNEL_FIRST || !(middle > -LOG_MAX) || !(high >= middle) || !(high < LOG_MAX))
		return;
	channel->middle = channel->recent = middle;
	channel->high = high;
	channel->count = count;
}
