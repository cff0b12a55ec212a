/*
 * Which of the load detector's channels is the cause: the one with the most to show for itself, and
 * of lost requests to connect who dropped them. Pure.
 */
#include "model/load_cause.h"

#define SHIFT_NAMED 3.0f /* of evidence; from here on it may be named: 20 to 1 */

/* Of lost packets, chosen on the simulator of tests/bench/load. */
#define NEARLY_ALL   0.7f /* of the answers are late: of lost packets, few are */
#define LATE_A_SYN   4	  /* more late answers for each lost SYN are not by lost packets either */
#define SYNS_FOR_ALL 5	  /* so many lost and nothing else: not on a lossy network */

void load_count_outcomes(const struct load *load, unsigned counts[OUTCOMES])
{
	for (unsigned i = 0; i < OUTCOMES; i++)
		counts[i] = 0;
	for (unsigned i = 0; i < OUTCOMES_KEPT; i++)
		counts[load->outcomes >> 4 * i & 15]++;
}

bool load_is_lossy(const struct load *load)
{
	return load->resent > LOAD_RESENT_SHARE &&
	       load->channel[CHANNEL_NETWORK].shift < SHIFT_NAMED;
}

/* Of those that were as usual only what came since the first that was not. */
static unsigned count_fine(uint64_t outcomes, unsigned fine)
{
	for (unsigned i = OUTCOMES_KEPT; i-- > 0;) {
		unsigned outcome = outcomes >> 4 * i & 15;

		if (outcome != OUTCOME_FINE && outcome != OUTCOME_NONE)
			break;
		fine -= outcome == OUTCOME_FINE;
	}
	return fine;
}

/*
 * A SYN that is not answered was lost on the way, or dropped by a full listen queue. A network
 * loses parts of answers as readily as SYNs: these are late by what it takes to send them again,
 * the others come as usual. Behind a full queue nearly all are late, or by less than that; and
 * where it is short and the work quick, none is.
 */
static enum load_cause cause_of_losses(const struct load *load)
{
	unsigned counts[OUTCOMES], slow, late, resent, lost, answers;

	load_count_outcomes(load, counts);
	resent = counts[OUTCOME_RESENT] + counts[OUTCOME_RESENT_SLOW] + counts[OUTCOME_RESENT_LATE];
	lost = resent + counts[OUTCOME_UNHEARD];
	slow = counts[OUTCOME_SLOW] + counts[OUTCOME_RESENT_SLOW];
	late = counts[OUTCOME_LATE] + counts[OUTCOME_RESENT_LATE] + counts[OUTCOME_TIMEOUT];
	answers = slow + late + counts[OUTCOME_RESENT] + counts[OUTCOME_FAR] +
		  count_fine(load->outcomes, counts[OUTCOME_FINE]);
	if (slow > late + 1)
		return LOAD_SERVER;
	if ((float)(slow + late) >= NEARLY_ALL * (float)answers || late > LATE_A_SYN * lost)
		return answers > 0 ? LOAD_SERVER : LOAD_NETWORK;
	return late == 0 && resent >= SYNS_FOR_ALL && resent * 2 > lost ? LOAD_SERVER
									: LOAD_NETWORK;
}

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
	if (load_is_lossy(load) && (cause == LOAD_SERVER || cause == LOAD_NETWORK))
		return cause_of_losses(load);
	return cause;
}
