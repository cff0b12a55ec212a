/*
 * The values of a block, doubted one by one. Pure; readers, and whoever maps a block.
 */
#include "store/sound.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define TIME_LAST_MS INT64_C(253402300799999) /* the end of the year 9999 */
#define FIGURE_LAST  1e9f

bool time_is_sound(int64_t time_ms)
{
	return time_ms >= -TIME_LAST_MS && time_ms <= TIME_LAST_MS;
}

/* A byte that is neither 0 nor 1 must not even be read as a bool. */
static bool flag_is_sound(const bool *flag)
{
	unsigned char byte;

	memcpy(&byte, flag, sizeof byte);
	return byte <= 1;
}

static bool figure_is_sound(float figure)
{
	return isfinite(figure) && fabsf(figure) <= FIGURE_LAST;
}

static bool target_is_sound(uint32_t target, uint64_t targets)
{
	return target == UINT32_MAX || target < targets;
}

/* Ended within its room, and clean. */
static bool text_is_sound(const char *text, size_t room, enum text_mode mode)
{
	return memchr(text, '\0', room) && text_is_clean(text, mode);
}

#define LINE_IS_SOUND(array) text_is_sound(array, sizeof(array), TEXT_LINE)

static bool load_is_sound(const struct load_verdict *load)
{
	return load->level <= LOAD_SATURATED && load->cause <= LOAD_CLIENT &&
	       figure_is_sound(load->ratio) && time_is_sound(load->since_ms) &&
	       LINE_IS_SOUND(load->evidence);
}

static bool budget_is_sound(const struct budget *budget)
{
	const float figures[] = {budget->objective, budget->left, budget->burn_long,
				 budget->burn_short, budget->coverage};

	for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
		if (!figure_is_sound(figures[i]))
			return false;
	return flag_is_sound(&budget->known) && flag_is_sound(&budget->burning) &&
	       time_is_sound(budget->window_ms) && time_is_sound(budget->long_ms) &&
	       time_is_sound(budget->short_ms);
}

static bool durations_are_sound(const int32_t *us, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (us[i] < ABSENT_US)
			return false;
	return true;
}

bool verdict_is_sound(const struct verdict *verdict, uint64_t targets)
{
	return verdict->state < STATE_COUNT && verdict->cls < CLASS_COUNT &&
	       verdict->http <= HTTP_3 && target_is_sound(verdict->parent, targets) &&
	       time_is_sound(verdict->since_ms) && time_is_sound(verdict->retry_after_ms) &&
	       durations_are_sound(&verdict->last_us, 1) &&
	       durations_are_sound(&verdict->usual_us, 1) &&
	       durations_are_sound(verdict->usual_phase_us, PHASE_COUNT) &&
	       flag_is_sound(&verdict->flapping) && flag_is_sound(&verdict->maintenance) &&
	       flag_is_sound(&verdict->acknowledged) && flag_is_sound(&verdict->unconfirmed) &&
	       LINE_IS_SOUND(verdict->note) && LINE_IS_SOUND(verdict->ip) &&
	       LINE_IS_SOUND(verdict->detail) && budget_is_sound(&verdict->budget) &&
	       load_is_sound(&verdict->load);
}

bool cert_is_sound(const struct cert_facts *facts)
{
	return flag_is_sound(&facts->seen) && flag_is_sound(&facts->verified) &&
	       time_is_sound(facts->seen_at_ms) && time_is_sound(facts->not_before_ms) &&
	       time_is_sound(facts->not_after_ms) && time_is_sound(facts->chain_not_after_ms) &&
	       facts->chain_length >= 0 && facts->name_count >= 0 &&
	       LINE_IS_SOUND(facts->subject) && LINE_IS_SOUND(facts->issuer) &&
	       LINE_IS_SOUND(facts->names) && LINE_IS_SOUND(facts->problem) &&
	       LINE_IS_SOUND(facts->version) && LINE_IS_SOUND(facts->cipher) &&
	       LINE_IS_SOUND(facts->alpn) && LINE_IS_SOUND(facts->fingerprint);
}

static bool sample_is_sound(const struct sample *sample)
{
	return sample->cls < CLASS_COUNT && sample->http <= HTTP_3 &&
	       time_is_sound(sample->at_ms) && durations_are_sound(&sample->total_us, 1) &&
	       durations_are_sound(sample->phase_us, PHASE_COUNT);
}

bool evidence_is_sound(const struct evidence *evidence, size_t bytes)
{
	const uint16_t lines[] = {evidence->detail, evidence->curl, evidence->address,
				  evidence->status_line};
	const uint16_t blocks[] = {evidence->request, evidence->headers, evidence->body,
				   evidence->command, evidence->changes};
	size_t used = evidence->used;

	if (used == 0 || used > EVIDENCE_TEXT_MAX ||
	    bytes != offsetof(struct evidence, text) + used || evidence->text[used - 1] != '\0' ||
	    !flag_is_sound(&evidence->seen) || !flag_is_sound(&evidence->body_is_binary) ||
	    !sample_is_sound(&evidence->sample))
		return false;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		if (lines[i] >= used ||
		    !text_is_sound(evidence->text + lines[i], used - lines[i], TEXT_LINE))
			return false;
	for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
		if (blocks[i] >= used ||
		    !text_is_sound(evidence->text + blocks[i], used - blocks[i], TEXT_BLOCK))
			return false;
	return true;
}

bool incident_is_sound(const struct incident *incident, uint64_t targets)
{
	return target_is_sound(incident->target, targets) && incident->kind < INCIDENT_KINDS &&
	       incident->cls < CLASS_COUNT && flag_is_sound(&incident->confirmed) &&
	       flag_is_sound(&incident->acknowledged) && time_is_sound(incident->opened_ms) &&
	       time_is_sound(incident->last_ms) && time_is_sound(incident->closed_ms) &&
	       LINE_IS_SOUND(incident->result) && LINE_IS_SOUND(incident->detail) &&
	       LINE_IS_SOUND(incident->note);
}

bool event_is_sound(const struct event *event, uint64_t targets)
{
	return target_is_sound(event->target, targets) && event->kind < EVENT_KINDS &&
	       event->cls < CLASS_COUNT && event->state < STATE_COUNT &&
	       event->previous < STATE_COUNT && time_is_sound(event->at_ms) &&
	       time_is_sound(event->length_ms) && durations_are_sound(&event->total_us, 1) &&
	       LINE_IS_SOUND(event->detail);
}

bool fleet_is_sound(const struct fleet *fleet)
{
	return time_is_sound(fleet->started_ms) && durations_are_sound(&fleet->lag_p99_us, 1);
}
