/*
 * Which of the load detector's channels is the cause: the one with the most to show for itself, and
 * the network where what the server shows is lost packets. Pure.
 */
#include "model/load_cause.h"

#define SHIFT_NAMED	  3.0f /* of evidence; from here on it may be named: 20 to 1 */
#define UNHEARD_BY_CHANCE 1    /* of 16: three lost SYNs where four in ten packets are */

/* Of the last sixteen checks. */
static unsigned unheard(const struct load *load)
{
	unsigned count = 0;

	for (uint64_t left = load->outcomes; left; left >>= 4)
		count += (left & 15) == OUTCOME_UNHEARD;
	return count;
}

/*
 * Packets are lost by chance: SYNs, but seldom three in a row, which is no connection; and parts of
 * answers, which are sent again after a while and make some of them late. A full listen queue
 * drops all that comes, or holds every answer for as long as it is.
 */
static bool is_lossy(const struct load *load, const struct load_rule *rule)
{
	const struct load_channel *c = &load->channel[CHANNEL_SERVER];
	const struct load_channel_rule *of = &rule->channel[CHANNEL_SERVER];

	return load->resent > LOAD_RESENT_SHARE && unheard(load) <= UNHEARD_BY_CHANCE &&
	       channel_present_ms(c, of) + of->offset_ms <
		       LOAD_SATURATED_TIMES * (channel_usual_ms(c, of) + of->offset_ms);
}

enum load_cause load_cause_of(const struct load *load, const struct load_rule *rule)
{
	static const enum load_cause causes[CHANNELS] = {LOAD_SERVER, LOAD_NETWORK, LOAD_DNS};
	const struct load_channel *c = load->channel;
	float best = 0;
	enum load_cause cause = (enum load_cause)load->cause;
	bool shifted = false;

	for (unsigned i = 0; i < CHANNELS; i++)
		shifted = shifted || (c[i].shift >= SHIFT_NAMED && c[i].excess_ms > 0);
	for (unsigned i = 0; i < CHANNELS; i++) {
		float weight = c[i].rare;

		if (shifted)
			weight = c[i].shift >= SHIFT_NAMED ? c[i].excess_ms : 0;
		if (shifted && i == CHANNEL_SERVER && c[i].shift >= c[CHANNEL_NETWORK].shift)
			weight *= 2;
		if (!shifted && i == CHANNEL_NETWORK && load->resent > LOAD_RESENT_SHARE)
			weight += 1;
		if (weight > best) {
			best = weight;
			cause = causes[i];
		}
	}
	return cause == LOAD_SERVER && is_lossy(load, rule) ? LOAD_NETWORK : cause;
}
