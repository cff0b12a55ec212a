#ifndef WEBMON_SOURCE_PROMETHEUS_H
#define WEBMON_SOURCE_PROMETHEUS_H
/*
 * Samples that other programs took, out of a Prometheus-compatible engine (Prometheus, Thanos,
 * Mimir, VictoriaMetrics): what webmon's own recorders export, and what plain blackbox exporters
 * do. It writes the same store as the pollers; nobody reading it sees a difference.
 *
 * Two steps: prometheus_look() asks which targets there are (a configuration is made of the answer,
 * which fixes the store's size), prometheus_start() begins a thread that fetches their history once
 * (query_range) and from then on what came since (query), two queries a look whatever the number of
 * series.
 *
 * What the engine does not tell is not made up: where it is silent, slow or does not answer, that
 * is told as webmon's own trouble (INCIDENT_SELF, "source: ..."), and a target without fresh
 * samples is UNKNOWN.
 */
#include <stdbool.h>
#include <stddef.h>

#include "model/config.h"
#include "store/store.h"

struct found; /* which targets there are */

/*
 * Asks the engine; takes at most some 15 s, and ends at once where interrupt (a descriptor, -1:
 * none) becomes readable. Returns new, or NULL with why, a clean sentence.
 */
struct found *prometheus_look(const struct source_config *source, int interrupt, char why[200]);
/* The engine was not reached: a source that starts with this looks until it is. Returns new. */
struct found *found_none(void);
bool found_is_none(const struct found *found);
void found_free(struct found *found);

/* For config_load(): borrowed of found. */
const struct found_target *found_targets(const struct found *found, size_t *count);

struct prometheus;

struct prometheus_options {
	unsigned rounds; /* 0: until stopped; else so many looks */
};

/*
 * config (whose targets are those of found, or some of them) and store are borrowed until
 * prometheus_stop(). Returns new, or NULL with why.
 */
struct prometheus *prometheus_start(const struct config *config, struct store *store,
				    const struct found *found,
				    const struct prometheus_options *options, char why[200]);

/* ---- any thread; each returns at once ---- */

void prometheus_check_now(struct prometheus *prometheus);
/* target: index or SIZE_MAX. Paused: what comes is passed over here; who measures goes on. */
void prometheus_pause(struct prometheus *prometheus, size_t target, bool paused);
/* All rounds are done. */
bool prometheus_done(struct prometheus *prometheus);
/* Look for targets anew, also where no new one was seen. */
void prometheus_look_again(struct prometheus *prometheus);
/*
 * Other targets than at the start: returns new, once for each time that a look saw some; NULL:
 * none. A store has its targets for life: who wants to show them makes a configuration, a store and
 * a source of them, which fetches their history again.
 */
struct found *prometheus_news(struct prometheus *prometheus);
/* Whether the newest look failed; why gets a clean sentence then. */
bool prometheus_failed(struct prometheus *prometheus, char why[200]);

/* Ends the thread without waiting for the engine; frees. */
void prometheus_stop(struct prometheus *prometheus);

#endif
