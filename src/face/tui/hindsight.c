/*
 * States of the past, out of events and samples; the header says why it takes both.
 */
#include "face/tui/hindsight.h"

#include <string.h>

#include "base/text.h"

#define TAINTED_IN_ROW 3 /* as the judge: so many make the state unknown */
#define RECENT_BITS    64

/* ---- events ---- */

static void tell_load(struct told *told, const struct event *event)
{
	const char *colon = strstr(event->detail, ": ");

	told->loaded = event->kind == EVENT_LOAD;
	told->saturated = told->loaded && strncmp(event->detail, "saturated", 9) == 0;
	told->loaded_ms = event->at_ms;
	text_copy(told->load, sizeof(told->load), colon ? colon + 2 : event->detail);
}

/* Load of many and its acknowledgement are told by who watches them all: their state is no state of
 * this target. */
static bool says_state(const struct event *event)
{
	return event->state != event->previous ||
	       (event->kind != EVENT_LOAD && event->kind != EVENT_CALM &&
		event->kind != EVENT_ACKNOWLEDGED && event->kind != EVENT_SELF &&
		event->kind != EVENT_SELF_OVER);
}

static void tell_state(struct told *told, const struct event *event)
{
	if (event->at_ms < told->told_ms) /* told later, of a time before */
		return;
	told->told_ms = event->at_ms;
	if (event->state != event->previous)
		told->since_ms = event->at_ms;
	told->state = event->state;
	told->known = true;
}

static void tell_before(struct told *told, const struct event *event)
{
	if (told->known || !says_state(event))
		return;
	told->state = event->previous;
	told->slow = event->previous == STATE_SLOW;
	told->known = true;
}

void told_event(struct told *told, const struct event *event, int64_t at_ms)
{
	if (event->at_ms > at_ms) {
		tell_before(told, event);
		return;
	}
	if (says_state(event))
		tell_state(told, event);
	switch ((int)event->kind) {
	case EVENT_LOAD:
	case EVENT_CALM:
		tell_load(told, event);
		break;
	case EVENT_SLOW:
	case EVENT_FAST:
		told->slow = event->kind == EVENT_SLOW;
		break;
	case EVENT_FLAPPING:
	case EVENT_STEADY:
		told->flapping = event->kind == EVENT_FLAPPING;
		told->flapped_ms = event->at_ms;
		break;
	case EVENT_PAUSED: /* ends all of these without a word */
		told->slow = told->flapping = told->loaded = false;
		break;
	default:
		break;
	}
}

/* ---- samples ---- */

static bool is_down_by(const struct target *target, uint64_t recent, unsigned failed_in_row)
{
	unsigned count = target->down_after.count > 0 ? target->down_after.count : 1;
	unsigned of = target->down_after.of < RECENT_BITS ? target->down_after.of : RECENT_BITS;
	uint64_t last = of == RECENT_BITS ? UINT64_MAX : (UINT64_C(1) << of) - 1;

	return of == 0 ? failed_in_row >= count
		       : (unsigned)__builtin_popcountll(recent & last) >= count;
}

/* Of one that flapped downs and ups were not told: its checks once more, by its own rules. */
static bool was_down(const struct hindsight *h)
{
	unsigned failed = 0, good = 0,
		 up_after = h->target->up_after > 0 ? (unsigned)h->target->up_after : 1;
	uint64_t recent = 0;
	bool down = false;

	for (size_t i = 0; i < h->count; i++) {
		bool fails = sample_is_failure(&h->samples[i]);

		if (sample_is_tainted(&h->samples[i]))
			continue;
		recent = recent << 1 | fails;
		failed = fails ? failed + 1 : 0;
		good = fails ? 0 : good + 1;
		down = fails ? down || is_down_by(h->target, recent, failed)
			     : down && good < up_after;
	}
	return down;
}

/* The last check that says anything of the target, and where the run begins that was as it was. */
struct run {
	const struct sample *first; /* NULL: there is none */
	bool fails;
};

static struct run last_run(const struct hindsight *h)
{
	struct run run = {NULL, false};

	for (size_t i = h->count; i > 0; i--) {
		const struct sample *sample = &h->samples[i - 1];

		if (sample_is_tainted(sample))
			continue;
		if (run.first && sample_is_failure(sample) != run.fails)
			break;
		run.first = sample;
		run.fails = sample_is_failure(sample);
	}
	return run;
}

static const struct sample *tainted_run(const struct hindsight *h)
{
	size_t i = h->count;

	while (i > 0 && sample_is_tainted(&h->samples[i - 1]))
		i--;
	return h->count - i >= TAINTED_IN_ROW ? &h->samples[i] : NULL;
}

/* ---- both ---- */

/* Whether a failed check was one of an incident: else it made the state unknown until the next
 * answer. */
static bool is_told(const struct hindsight *h, const struct sample *sample)
{
	for (uint32_t n = h->latest; n > 0; n = h->earlier[n - 1]) {
		const struct incident *incident = &h->incidents[n - 1];

		if (sample->at_ms >= incident->opened_ms)
			return incident_is_open_at(incident, sample->at_ms);
	}
	return false;
}

/* Since when failed checks were an incident that was open at the moment; 0: they were none. */
static int64_t down_since_ms(const struct hindsight *h)
{
	const struct incident *incident = h->latest ? &h->incidents[h->latest - 1] : NULL;

	return incident && incident_is_open_at(incident, h->at_ms) ? incident->opened_ms : 0;
}

/* The first answer after the state was last unknown, as far as samples and what was told say. */
static int64_t returned_ms(const struct hindsight *h)
{
	int64_t answer_ms = 0;
	unsigned tainted = 0;

	for (size_t i = h->count; i > 0 && h->samples[i - 1].at_ms > h->told->since_ms; i--) {
		const struct sample *sample = &h->samples[i - 1];

		tainted = sample_is_tainted(sample) ? tainted + 1 : 0;
		if (answer_ms && (tainted == TAINTED_IN_ROW ||
				  (sample_is_failure(sample) && !is_told(h, sample))))
			return answer_ms;
		if (!tainted)
			answer_ms = sample->at_ms;
	}
	/* that the first answer made it known was no event */
	return h->is_whole && !h->told->since_ms ? answer_ms : 0;
}

/* Up or slow. While it flapped, since when is not known: what came between was not told. */
static struct hindsight_state answers(const struct hindsight *h)
{
	const struct told *told = h->told;
	struct hindsight_state is = {told->slow ? STATE_SLOW : STATE_UP, 0, false};
	int64_t after_ms = returned_ms(h);

	if (told->flapping)
		return is;
	if (after_ms)
		is.since_ms = after_ms;
	else if (told->known && told->state == is.state && told->since_ms > told->flapped_ms)
		is.since_ms = told->since_ms;
	return is;
}

static struct hindsight_state fails(const struct hindsight *h, const struct run *run)
{
	const struct told *told = h->told;

	if (!down_since_ms(h) && !told->flapping)
		return (struct hindsight_state){STATE_UNKNOWN, run->first->at_ms, true};
	if (told->known && told->state == STATE_NEW)
		return (struct hindsight_state){STATE_NEW, 0, false};
	return answers(h); /* not often enough yet */
}

struct hindsight_state hindsight_look(const struct hindsight *h)
{
	const struct told *told = h->told;
	const struct sample *tainted = tainted_run(h);
	struct run run = last_run(h);
	int64_t down_ms = down_since_ms(h);
	bool down =
		told->flapping ? was_down(h) : told->known && told->state == STATE_DOWN && down_ms;

	if (told->known && told->state == STATE_PAUSED)
		return (struct hindsight_state){STATE_PAUSED, told->since_ms, false};
	if (tainted)
		return (struct hindsight_state){STATE_UNKNOWN, tainted->at_ms, false};
	if (!run.first)
		return (struct hindsight_state){told->known ? told->state : STATE_UNKNOWN,
						told->since_ms, false};
	if (down)
		return (struct hindsight_state){STATE_DOWN, down_ms, false};
	return run.fails ? fails(h, &run) : answers(h);
}
