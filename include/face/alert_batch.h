#ifndef WEBMON_FACE_ALERT_BATCH_H
#define WEBMON_FACE_ALERT_BATCH_H
/*
 * What an alert gathers until it is told: events in order. It grows with what happens, up to a
 * bound that goes by the number of targets; what nobody could be told until then is thinned out to
 * what still stands. For face/alert alone. One thread.
 */
#include "model/config.h"
#include "model/verdict.h"

struct alert_entry {
	enum alert_word  word;
	enum alert_word  kind;     /* of the trouble: DOWN also where the word is UP */
	bool             over;     /* the end of what was told */
	bool             repeated; /* told before, and it lasts */
	bool             outdated; /* the batch it was taken from says later how it went on */
	uint32_t         target;   /* index; UINT32_MAX: the whole program */
	int64_t          at_ms, since_ms;
	int64_t          length_ms; /* of what is over; 0: not known */
	enum probe_class cls;
	enum state       state, previous;
	uint16_t         status;
	char             detail[200];
};

#define ALERT_ENTRIES 500 /* that one message names: more than a receiver takes would be no use */

struct alert_batch {
	size_t              count;
	size_t              capacity;
	struct alert_entry *entries;               /* owned */
	size_t              left_out[ALERT_WORDS]; /* thinned out: only counted */
};

/* A place for one more, all zero, until the next call. targets: how many there are. */
struct alert_entry *alert_batch_add(struct alert_batch *batch, size_t targets);

/* All events, also those that were thinned out. */
size_t alert_batch_total(const struct alert_batch *batch);

/* Moves what goes into one message, the oldest, to `part`, whose former content is freed; marks
 * what is outdated. */
void alert_batch_take(struct alert_batch *batch, struct alert_batch *part, size_t targets);

/* Leaves it empty. */
void alert_batch_clear(struct alert_batch *batch);

#endif
