/*
 * The phase machine of a probe. Plain values, no clock, no libcurl: callbacks say what happened
 * when.
 */
#include "source/poll/timeline.h"

static void add(int32_t *phase_us, enum phase phase, int64_t from_us, int64_t to_us)
{
	int64_t sum = phase_us[phase] > 0 ? phase_us[phase] : 0;

	if (from_us == 0 || to_us == 0)
		return;
	sum += to_us > from_us ? to_us - from_us : 0;
	phase_us[phase] = sum < INT32_MAX ? (int32_t)sum : INT32_MAX;
}

void timeline_begin(struct timeline *timeline, bool tls)
{
	*timeline = (struct timeline){.stage = STAGE_NAME, .tls = tls, .connect_us = ABSENT_US};
}

void timeline_open(struct timeline *timeline, int64_t now_us)
{
	bool tls = timeline->tls;

	/* After an answer (an authentication's second round) or a dead kept connection it all
	 * begins anew. */
	if (timeline->stage > STAGE_TLS)
		timeline_begin(timeline, tls);
	if (!timeline->opened_us)
		timeline->opened_us = now_us;
	if (timeline->stage == STAGE_NAME)
		timeline->stage = STAGE_CONNECT;
}

void timeline_connected(struct timeline *timeline, int64_t now_us, int64_t opened_us,
			int32_t connect_us)
{
	if (timeline->stage != STAGE_CONNECT)
		return;
	timeline->winner_us = opened_us;
	timeline->ready_us = now_us;
	timeline->connect_us = connect_us;
	timeline->kernel_connect = connect_us >= 0;
	timeline->stage = timeline->tls ? STAGE_TLS : STAGE_SEND;
}

void timeline_secured(struct timeline *timeline, int64_t now_us)
{
	if (timeline->stage != STAGE_TLS)
		return;
	timeline->secured_us = now_us;
	timeline->stage = STAGE_SEND;
}

void timeline_request(struct timeline *timeline, int64_t now_us, bool short_request)
{
	if (!timeline->opened_us) {
		timeline->reused = true;
		timeline->ready_us = now_us;
	} else if (!timeline->ready_us) {
		timeline_connected(timeline, now_us, timeline->opened_us, ABSENT_US);
	}
	timeline->stage = STAGE_SEND;
	if (short_request)
		timeline_sent(timeline, now_us);
}

void timeline_sent(struct timeline *timeline, int64_t now_us)
{
	if (timeline->stage != STAGE_SEND)
		return;
	timeline->sent_us = now_us;
	timeline->stage = STAGE_WAIT;
}

void timeline_answer(struct timeline *timeline, int64_t at_us, bool kernel)
{
	if (timeline->stage < STAGE_SEND)
		return;
	if (!timeline->sent_us)
		timeline->sent_us = at_us; /* answered before all was sent */
	if (timeline->stage < STAGE_HEADERS)
		timeline->stage = STAGE_HEADERS;
	if (!timeline->first_us) {
		timeline->first_us = at_us;
		timeline->kernel_first = kernel;
	}
	if (at_us > timeline->last_us)
		timeline->last_us = at_us;
}

void timeline_headers_closed(struct timeline *timeline)
{
	timeline->stage = STAGE_BODY;
}

void timeline_fold(const struct timeline *timeline, bool whole, int32_t *phase_us)
{
	int64_t connect_end = timeline->ready_us;
	int64_t prepared = timeline->secured_us ? timeline->secured_us : timeline->ready_us;

	if (timeline->kernel_connect)
		connect_end = timeline->winner_us + timeline->connect_us;
	if (!timeline->reused && timeline->ready_us)
		add(phase_us, PHASE_CONNECT, timeline->opened_us, connect_end);
	add(phase_us, PHASE_TLS, timeline->ready_us, timeline->secured_us);
	add(phase_us, PHASE_SEND, prepared, timeline->sent_us);
	add(phase_us, PHASE_WAIT, timeline->sent_us, timeline->first_us);
	if (whole)
		add(phase_us, PHASE_TRANSFER, timeline->first_us, timeline->last_us);
}

int32_t timeline_sum_us(const int32_t *phase_us)
{
	int64_t sum = 0;

	for (int i = 0; i < PHASE_COUNT; i++)
		sum += phase_us[i] > 0 ? phase_us[i] : 0;
	return sum < INT32_MAX ? (int32_t)sum : INT32_MAX;
}

int64_t timeline_latest_us(const struct timeline *timeline)
{
	const int64_t times[] = {timeline->last_us, timeline->sent_us, timeline->secured_us,
				 timeline->ready_us};

	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		if (times[i])
			return times[i];
	return timeline->opened_us;
}
