#ifndef WEBMON_FACE_ALERT_RULE_H
#define WEBMON_FACE_ALERT_RULE_H
/*
 * When an alert says something, and of what: from the store's events to batches. No threads, no
 * I/O; time comes from base/clock. One thread.
 *
 * A trouble is told when it begins, unless its target is in a maintenance window, flapping or
 * acknowledged; then it is told when that ends, if it still lasts. Its end is told only where its
 * beginning was. A pause ends what is open without a word.
 */
#include "face/alert_message.h"
#include "store/store.h"

struct alert_rule;

/* Borrows all. Returns new. */
struct alert_rule *alert_rule_new(const struct config *config, const struct store *store,
				  const struct alert_config *alert);
void alert_rule_free(struct alert_rule *rule);

void alert_rule_take(struct alert_rule *rule, const struct event *event);

/* Takes what is open from the verdicts, in place of events that are not to be had. A tick tells
 * what came of it. */
enum alert_resume {
	RESUME_NOW,    /* after a reload: what began before the alert was there */
	RESUME_MISSED, /* they were overwritten before they could be read: ends too */
	/* the verdicts are an earlier run's: each holds when its target was checked again */
	RESUME_START
};

void alert_rule_resume(struct alert_rule *rule, enum alert_resume how);

/* Looks after what was held back, and repeats what lasts. Cheap where nothing is open. */
void alert_rule_tick(struct alert_rule *rule);

/* Whether the batch is to go out now; at_once: whatever gather and gap say. */
bool alert_rule_is_due(const struct alert_rule *rule, bool at_once);
/* When it will be (CLOCK_MONOTONIC us), or when a tick is wanted; INT64_MAX: not by itself. */
int64_t alert_rule_next_us(const struct alert_rule *rule);
/*
 * Hands out what goes into one message; batch's former content is freed. What is more than that is
 * due at once: one batch is one message to people, in as many parts as it takes.
 */
void alert_rule_flush(struct alert_rule *rule, struct alert_batch *batch);

/*
 * What is known to have been told, for the time after a restart: calls `tell` for each. And the way
 * back: told by an earlier run. What is not so any more when its target was checked again is told
 * to be over.
 */
typedef void alert_told(void *user, const char *target, enum alert_word word, int64_t told_ms);
void alert_rule_each_told(const struct alert_rule *rule, alert_told *tell, void *user);
void alert_rule_restore(struct alert_rule *rule, const char *target, enum alert_word word,
			int64_t told_ms);
/*
 * The same for what waits in the batch, in order; target: "" of the whole program. On the way back
 * the entry's own target is not looked at.
 */
typedef void alert_waiting(void *user, const char *target, const struct alert_entry *entry);
void alert_rule_each_waiting(const struct alert_rule *rule, alert_waiting *see, void *user);
void alert_rule_restore_waiting(struct alert_rule *rule, const char *target,
				const struct alert_entry *entry);
/* Grows with each change of what was told, and of what waits. */
uint64_t alert_rule_changes(const struct alert_rule *rule);

#endif
