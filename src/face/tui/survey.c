/*
 * The survey of one target's raw samples. They are read into the rows' scratch and gone through a
 * few times; what is kept is small, the dots aside, which only two views of the chart need.
 */
#include "face/tui/survey.h"

#include <stdlib.h>

#include "base/mem.h"

#define STALE_MS   30000 /* samples leave the window without another one coming */
#define CALM_LEAST 20	 /* answers, before they say what nine of ten are */

struct split split_of(const struct target *target)
{
	if (target->keepalive == WISH_COLD_AND_WARM)
		return (struct split){SAMPLE_REUSED, "cold", "warm"};
	if (target->ip == WISH_IP_BOTH)
		return (struct split){SAMPLE_IPV6, "IPv4", "IPv6"};
	return (struct split){0};
}

void survey_fini(struct survey *survey)
{
	free(survey->dots);
	*survey = (struct survey){0};
}

/* The usual is the judge's slow median; the upper end comes from the window, without what was
 * called load: the band must not rise with what it is there to show. */
static void find_calm(struct survey *survey, const struct rows *scratch, size_t count,
		      const struct survey_wish *wish)
{
	int64_t from_ms = wish->now_ms - scratch->window_ms;
	int32_t usual_us = wish->row->verdict.usual_us, high_us;
	size_t calm = 0;

	survey->calm_low_us = survey->calm_high_us = ABSENT_US;
	if (usual_us < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct sample *sample = &scratch->samples[i];

		if (sample_is_good(sample) && sample->at_ms >= from_ms &&
		    sample->at_ms <= wish->now_ms &&
		    (!survey->split.flag || !(sample->flags & survey->split.flag)) &&
		    !marks_load_within(wish->marks, sample->at_ms, sample->at_ms + 1))
			scratch->scratch[calm++] = sample->total_us;
	}
	if (calm < CALM_LEAST)
		return;
	high_us = values_percentile(scratch->scratch, calm, 900);
	survey->calm_low_us = usual_us < high_us ? usual_us : high_us;
	survey->calm_high_us = usual_us < high_us ? high_us : usual_us;
}

/* Puts the samples of the first kind before those of the second, in any order; returns how many. */
static size_t part_kinds(struct sample *samples, size_t count, unsigned flag)
{
	size_t first = 0;

	for (size_t i = 0; i < count; i++) {
		if (!(samples[i].flags & flag)) {
			struct sample kept = samples[first];

			samples[first++] = samples[i];
			samples[i] = kept;
		}
	}
	return first;
}

static void find_kinds(struct survey *survey, const struct rows *scratch, size_t count,
		       const struct survey_wish *wish)
{
	int64_t from_ms = wish->now_ms - scratch->window_ms;
	int64_t apdex_us = target_satisfied_us(wish->row->target);
	size_t first = part_kinds(scratch->samples, count, survey->split.flag);

	survey->kinds[0] = stats_of(scratch->samples, first, from_ms, wish->now_ms, apdex_us,
				    scratch->scratch);
	survey->kinds[1] = stats_of(scratch->samples + first, count - first, from_ms, wish->now_ms,
				    apdex_us, scratch->scratch);
}

static void keep_dots(struct survey *survey, const struct sample *samples, size_t count)
{
	if (survey->dot_capacity < count) {
		free(survey->dots);
		survey->dot_capacity = count + count / 4;
		survey->dots = x_calloc(survey->dot_capacity, sizeof(*survey->dots));
	}
	survey->dot_count = 0;
	for (size_t i = 0; i < count; i++)
		if (sample_is_good(&samples[i]))
			survey->dots[survey->dot_count++] =
				(struct dot){samples[i].at_ms, samples[i].total_us};
}

static bool is_current(const struct survey *survey, const struct survey_wish *wish)
{
	return survey->known && survey->target == wish->row->index &&
	       survey->head == wish->row->head && wish->now_ms >= survey->at_ms &&
	       wish->now_ms - survey->at_ms < STALE_MS && (survey->has_dots || !wish->dots);
}

void survey_refresh(struct survey *survey, const struct store *store, const struct rows *scratch,
		    const struct survey_wish *wish)
{
	size_t count, capacity = scratch->capacity;
	uint64_t head = wish->row->head;

	if (is_current(survey, wish))
		return;
	survey->known = true;
	survey->target = wish->row->index;
	survey->head = head;
	survey->at_ms = wish->now_ms;
	survey->split = split_of(wish->row->target);
	count = store_samples(store, wish->row->index, head > capacity ? head - capacity : 0,
			      scratch->samples, capacity, NULL);
	while (count && scratch->samples[count - 1].at_ms > wish->now_ms)
		count--; /* later than the moment that is shown */
	find_calm(survey, scratch, count, wish);
	survey->has_dots = wish->dots;
	if (wish->dots)
		keep_dots(survey, scratch->samples, count);
	if (survey->split.flag)
		find_kinds(survey, scratch, count, wish);
}
