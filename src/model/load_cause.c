/*
 * Which of the load detector's channels is the cause: the one with the most to show for itself.
 * Pure.
 */
#include "model/load_cause.h"

#define SHIFT_NAMED 3.0f /* of evidence; from here on it may be named: 20 to 1 */

enum load_cause load_cause_of(const struct load *load)
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
	return cause;
}
