#ifndef WEBMON_SOURCE_PROMETHEUS_TRACK_H
#define WEBMON_SOURCE_PROMETHEUS_TRACK_H
/*
 * One target of the source on its way into the store: its points become samples, which the judge
 * sees as if they had been probed here. Where the recorder tells its own state and load, those
 * hold; the judge then only keeps incidents and events in step with them. The source's thread.
 */
#include <stdbool.h>
#include <stdint.h>

#include "model/judge.h"
#include "model/target.h"
#include "source/prometheus/point.h"
#include "store/store.h"

struct track {
	uint32_t index; /* in the configuration */
	struct target rules; /* the configuration's, bent to what the recorder says */
	const struct target *target;
	struct judge judge;
	struct verdict verdict;
	struct points points; /* since the last look */
	int64_t heard_ms;     /* the newest scrape's time */
	int64_t probed_ms;    /* the newest sample's */
	int64_t silent_ms;    /* the newest taint's; 0: it is heard of */
	int64_t cert_end_ms;
	enum state said;      /* by the recorder; STATE_COUNT: nothing */
	int64_t said_since_ms;
	bool paused;	      /* here, by a person */
	uint64_t samples, failures;
};

void track_init(struct track *track, const struct target *target, uint32_t index);
void track_fini(struct track *track);

/* All points that were gathered, and forgets them. told: whether what happened is news, for log and
 * alerts, or the past. */
void track_take(struct track *track, struct store *store, bool told);

/* Nothing came: tells so once it is too long (now_ms: of the engine's clock). True while it is
 * silent. */
bool track_miss(struct track *track, struct store *store, int64_t now_ms);

void track_pause(struct track *track, struct store *store, bool paused);

#endif
