#ifndef WEBMON_SOURCE_POLL_SPENDING_H
#define WEBMON_SOURCE_POLL_SPENDING_H
/*
 * Error budgets of the targets that have an objective, worked out about once a minute, while they
 * fail every five seconds, out of the store's rollups. One poller's thread.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;
struct watch;

/* One target, now. */
void spending_assess(struct watch *watch, struct store *store, int64_t now_ms);

/* To be called once a second: assesses a sixtieth of them, a fifth of those that fail, and those
 * that have just begun. True: something was written. */
bool spending_tick(struct watch *watches, size_t count, struct store *store, int64_t now_ms);

#endif
