#ifndef WEBMON_MODEL_TROUBLE_H
#define WEBMON_MODEL_TROUBLE_H
/*
 * An incident as the judge keeps it while it is under way, and how what is to be told of it is put
 * together. Part of the judge; see judge.h.
 */
#include <stddef.h>

#include "model/verdict.h"

struct trouble {
	bool             open;
	bool             confirmed;
	/* no line of its own: it opened while the target was flapping or in doubt */
	bool             untold;
	bool             acknowledged;
	uint64_t         id; /* 0 until the store has given one */
	int64_t          opened_ms, last_ms;
	uint32_t         count;
	enum probe_class cls;
	uint16_t         status;
	char             note[80]; /* of the acknowledgement */
};

/* What one step of the judge changed, at most this much. */
#define JUDGE_EVENTS 8
#define JUDGE_INCIDENTS 6

struct judgement {
	/* number and target not filled in; incident 0: a new one */
	struct event    events[JUDGE_EVENTS];
	size_t          event_count;
	/* target not filled in; id 0: new, the store gives one */
	struct incident incidents[JUDGE_INCIDENTS];
	size_t          incident_count;
};

void judgement_begin(struct judgement *out);

/* One more event of the trouble. States, detail and length are the caller's to fill in. */
struct event *judgement_event(struct judgement *out, enum event_kind kind, int64_t at_ms,
			      const struct trouble *trouble);

/* The trouble's incident as it now is; closed_ms 0: still open. Result and detail are the caller's
 * to fill in; the journal keeps those it has where they are "". */
struct incident *judgement_incident(struct judgement *out, enum incident_kind kind,
				    const struct trouble *trouble, int64_t closed_ms);

void trouble_open(struct trouble *trouble, int64_t at_ms);
void trouble_close(struct trouble *trouble);

#endif
