#ifndef WEBMON_FACE_ALERT_CHANNEL_H
#define WEBMON_FACE_ALERT_CHANNEL_H
/*
 * One way of one alert: a queue of letters and a thread that delivers them in order, again and
 * again where the receiver is down. Whatever it waits for, nobody else does. For face/alert alone.
 */
#include "face/alert_message.h"
#include "face/log.h"

enum channel_way { CHANNEL_WEBHOOK, CHANNEL_COMMAND, CHANNEL_WAYS };

extern const char *const channel_way_name[CHANNEL_WAYS];

#define CHANNEL_QUEUE 64         /* letters that wait at most */
#define CHANNEL_BYTES (16 << 20) /* of them: with more no further one is taken */

struct alert_channel;

/* Copies what it needs. log: where failures are told; NULL: nowhere. Returns new, or NULL with
 * errno. */
struct alert_channel *alert_channel_new(const struct alert_config *alert, enum channel_way way,
					struct log *log);

/* Whether there is room for another letter. Else the caller is to wait, and gather. */
bool alert_channel_has_room(struct alert_channel *channel);
/* Takes the letter. */
void alert_channel_push(struct alert_channel *channel, struct alert_letter *letter);
/* Grows with each letter that came or went. */
uint64_t alert_channel_changes(struct alert_channel *channel);
/* Calls `see` for each letter that waits, oldest first, with the queue locked. */
void alert_channel_each(struct alert_channel *channel,
			void (*see)(void *user, const struct alert_letter *letter), void *user);

/* "alert pager: webhook: Couldn't connect to server, 3 messages wait"; "" where all is well. */
void alert_channel_trouble(struct alert_channel *channel, char out[200]);

/* From now on it does not wait between tries, and its thread ends when all is delivered or a try
 * failed. */
void alert_channel_hurry(struct alert_channel *channel);
/* Waits for that so long at most, then tells it to break off what is under way. */
void alert_channel_halt(struct alert_channel *channel, int64_t grace_ms);
/* After that: waits for the thread's end. Letters stay. */
void alert_channel_end(struct alert_channel *channel);
/* Frees the ended channel; letters are counted and told in the log where `tell`. */
void alert_channel_free(struct alert_channel *channel, bool tell);

#endif
