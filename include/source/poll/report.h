#ifndef WEBMON_SOURCE_POLL_REPORT_H
#define WEBMON_SOURCE_POLL_REPORT_H
/*
 * The way of an ended probe into the store: its answer is checked, its sample judged, the evidence
 * kept. Its poller's thread.
 */
#include <stdbool.h>
#include <stdint.h>

struct probe;
struct profile;
struct store;
struct target;
struct watch;

/* profile is borrowed. */
void report_init(struct watch *watch, const struct target *target, uint32_t index,
		 const struct profile *profile);
/* Goes on where the store says that an earlier poller was. */
void report_resume(struct watch *watch, const struct store *store);
void report_fini(struct watch *watch);

/* A probe of it has ended: checks the answer, judges and stores what came. */
void report_take(struct watch *watch, struct store *store, const struct probe *probe,
		 int64_t now_us);

/* What lies around the target may have changed. True: it has. */
bool report_look(struct watch *watch, struct store *store);

/* The wall clock was set. */
void report_clock_set(struct watch *watch, struct store *store, int64_t by_ms);

/* A person paused or resumed the target. */
void report_pause(struct watch *watch, struct store *store, bool paused);

/* A person knows of the open incident, or takes that back. */
void report_acknowledge(struct watch *watch, struct store *store, const char *note);

/* The last round of a limited run is over. */
void report_finish(struct watch *watch, struct store *store);

#endif
