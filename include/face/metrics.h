#ifndef WEBMON_FACE_METRICS_H
#define WEBMON_FACE_METRICS_H
/*
 * Metrics for Prometheus: a thread of its own that reads the store when it is asked (program.metrics) and on a timer
 * (program.metrics_file). It never holds up who writes the store.
 */
#include "model/config.h"
#include "store/store.h"

struct metrics;

/* Whether the configuration asks for any. */
bool metrics_are_wanted(const struct config *config);

/* Borrows both until metrics_stop(). Returns new, or NULL with why. */
struct metrics *metrics_start(const struct config *config, const struct store *store, char why[200]);

/* "metrics_file: disk full"; "" where all is well. Main thread. */
void metrics_trouble(const struct metrics *metrics, char out[200]);

/*
 * A reload, in two steps: metrics_rest() when the pollers have stopped (the store is looked at no more; who asks is told to come
 * again), metrics_switch() with the new ones, before the old configuration is freed. Counters of targets that stay go on. Address and
 * file are then those of the new configuration, which wants one of them; where the address cannot be had, the old one is kept
 * and metrics_trouble() says why. Both return when it is so.
 */
void metrics_rest(struct metrics *metrics);
void metrics_switch(struct metrics *metrics, const struct config *config, const struct store *store);

/* Ends the thread, takes the file away (what it says would be of the past), frees. */
void metrics_stop(struct metrics *metrics);

#endif
