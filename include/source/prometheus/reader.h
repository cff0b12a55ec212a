#ifndef WEBMON_SOURCE_PROMETHEUS_READER_H
#define WEBMON_SOURCE_PROMETHEUS_READER_H
/*
 * What is asked of the engine, and where its answers go: the targets, their history, what came
 * since. It waits for the engine, within limits; for the source's own thread alone.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/config.h"
#include "source/prometheus/found.h"
#include "source/prometheus/reply.h"
#include "source/prometheus/track.h"
#include "store/store.h"

struct place;

#define MATCH_BYTES 1024

struct reader {
	const struct config *config;
	struct store *store;
	struct ask *ask;
	struct track *tracks; /* by target */
	size_t count;	      /* of them that have a key */
	size_t known;	      /* targets, also those that are not shown */
	struct track others;  /* stands for what is known and not shown */
	struct place *places; /* tracks by key */
	size_t room;	      /* of places, a power of two */
	char match[MATCH_BYTES];
	struct fleet fleet;
	int64_t ahead_ms;    /* the engine's clock before ours */
	int64_t looked_us;   /* the newest look that succeeded */
	int64_t interval_ms; /* the shortest of the targets */
	bool full;	     /* there are more targets than are taken */
	size_t strangers; /* series of targets that were not there at the start, in the newest look
			   */
};

/* All that the engine knows. Returns new, or NULL with why. */
struct found *reader_find(struct ask *ask, const struct source_config *config, char why[REPLY_WHY]);

/* Borrows config and store. */
void reader_init(struct reader *reader, const struct config *config, struct store *store,
		 const struct found *found);
void reader_fini(struct reader *reader);

/* There are targets that nobody knows, or (gone: where that counts) some are no more. */
bool reader_is_news(const struct reader *reader, const struct found *found, bool gone);

/* Each false with why; what was asked for comes with the next one that succeeds. */
bool reader_ask_time(struct reader *reader, char why[REPLY_WHY]);
bool reader_fetch_history(struct reader *reader, char why[REPLY_WHY]);
bool reader_look(struct reader *reader, char why[REPLY_WHY]);

/* By the engine's clock, as reader_ask_time() found it. */
int64_t reader_now_ms(const struct reader *reader);

/* Counts to the store, readers awake. */
void reader_publish(struct reader *reader);

#endif
