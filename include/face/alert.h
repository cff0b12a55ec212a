#ifndef WEBMON_FACE_ALERT_H
#define WEBMON_FACE_ALERT_H
/*
 * Alerts: a thread that follows the store's events and decides what is told, and one for each way
 * out that tells it. None of them ever holds up a probe, a key or one another.
 */
#include <stdio.h>

#include "face/log.h"
#include "model/config.h"
#include "store/store.h"

struct alerts;

/*
 * Registers with the store: call before the pollers start. Borrows all; log may be NULL. memory:
 * what alerts_stop() gave (borrowed); NULL: what the file beside the history says, or nothing.
 * Returns new, or NULL with why.
 */
struct alerts *alerts_start(const struct config *config, struct store *store, struct log *log,
			    const char *memory, char why[200]);

/* "alert pager: webhook: Couldn't connect to server, 3 messages wait"; "" where all is well. Any
 * thread. */
void alerts_trouble(const struct alerts *alerts, char out[200]);

/*
 * Tells what is gathered, delivers what waits for so long at most, ends all threads and frees.
 * Returns new: what was told and what could not be delivered, for an alerts_start() with a new
 * configuration; it is in the file beside the history too.
 */
char *alerts_stop(struct alerts *alerts, int64_t grace_ms);

/* Sends a test by each way of the alert and says how it went. False where one failed.
 * Waits for it. */
bool alert_test(const struct config *config, const struct alert_config *alert, FILE *out);

#endif
