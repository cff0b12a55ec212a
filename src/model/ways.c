/*
 * Ways in turn. Pure.
 */
#include "model/ways.h"

enum { SIX = 1, WARM = 2 };

static unsigned way_of(const struct target *target, const struct sample *sample)
{
	unsigned way = 0;

	if (target->ip == WISH_IP_BOTH && sample->flags & SAMPLE_IPV6)
		way |= SIX;
	if (target->keepalive == WISH_COLD_AND_WARM && sample->flags & SAMPLE_REUSED)
		way |= WARM;
	return way;
}

bool ways_note(struct ways *ways, const struct target *target, const struct sample *sample)
{
	unsigned way = way_of(target, sample);
	bool failed = sample_is_failure(sample), other = false;

	for (unsigned i = 0; i < 4; i++) {
		uint8_t *ago = &ways->failed_ago[i];

		if (i == way)
			*ago = failed;
		else if (*ago)
			*ago = *ago < WAYS_FORGET ? (uint8_t)(*ago + 1) : 0;
		other = other || (i != way && *ago);
	}
	return !failed && other;
}

bool ways_is_usual(const struct target *target, const struct sample *sample)
{
	return target->keepalive != WISH_COLD_AND_WARM || !(sample->flags & SAMPLE_REUSED);
}

struct sample ways_comparable(const struct target *target, const struct sample *sample)
{
	static const enum phase once[] = {PHASE_DNS, PHASE_CONNECT, PHASE_TLS};
	struct sample like = *sample;

	if (target->keepalive != WISH_COLD_AND_WARM)
		return like;
	for (unsigned i = 0; i < sizeof once / sizeof *once; i++)
		if (like.phase_us[once[i]] > 0 && like.total_us >= like.phase_us[once[i]])
			like.total_us -= like.phase_us[once[i]];
	like.phase_us[PHASE_TLS] = ABSENT_US;
	return like;
}
