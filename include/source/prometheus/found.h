#ifndef WEBMON_SOURCE_PROMETHEUS_FOUND_H
#define WEBMON_SOURCE_PROMETHEUS_FOUND_H
/*
 * Which targets an engine knows, and what each is called. A name is the recorder's own (label
 * target) or the address (label instance); where several series have the same, what tells them
 * apart stands behind it: "shop @fra". The source's thread, or the main one before that has begun.
 */
#include <stdint.h>

#include "source/prometheus.h"
#include "source/prometheus/reply.h"

#define FOUND_MAX 50000

struct found *found_new(void);

/* A series of one of the metrics that targets are found by; more than one of a target are taken
 * together. */
void found_add(struct found *found, const struct series *series);

/* All are there: gives them their names. */
void found_finish(struct found *found, int64_t interval_else_ms);

/* Of the target at this place of found_targets(). */
uint64_t found_key(const struct found *found, size_t i);

/* More than FOUND_MAX came: those are left out. */
bool found_is_full(const struct found *found);

#endif
